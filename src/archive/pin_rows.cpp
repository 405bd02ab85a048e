// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/pin_rows.hpp"

#include "aion/crypto/hash.hpp"

namespace aion::archive {

using policy::ChainPoint;
using policy::Pin;

namespace {

// Behind a pin that is so; of others there is nothing, which is what version 1 had. The second is
// followed by the record that it left.
constexpr std::uint64_t exempt = 1;
constexpr std::uint64_t exempt_from_chain = 2;

// What a row says, under the name of its table: none is taken for another's.
Hash digest_under(std::string_view table, const Encoder& row) {
    crypto::Blake3 hasher;
    hasher.update(as_bytes(table)).update(row.view());
    return hasher.digest();
}

}  // namespace

FileKey key_of(FileId id) noexcept {
    FileKey key{};
    for (std::size_t i = 0; i < key.size(); ++i) {
        key[i] = static_cast<std::uint8_t>(id.value >> (8 * (key.size() - 1 - i)));
    }
    return key;
}

std::optional<FileId> file_id_of(ByteView key) noexcept {
    if (key.size() != sizeof(std::uint64_t)) {
        return std::nullopt;
    }
    FileId id;
    for (const std::uint8_t byte : key) {
        id.value = id.value << 8U | byte;
    }
    return id;
}

Encoder encoded(const Pin& pin) {
    Encoder out;
    out.number(pin.file_id.value)
        .number(pin.version.value)
        .raw(pin.head.view())
        .raw(pin.registry.view())
        .number(pin.first_seen.value)
        .number(pin.last_seen.value)
        .sized(pin.name);
    if (pin.exempt) {
        out.number(pin.left ? exempt_from_chain : exempt);
    }
    if (pin.exempt && pin.left) {
        out.raw(pin.left->root.view()).number(pin.left->number).raw(pin.left->hash.view());
    }
    return out;
}

std::optional<Pin> decoded(ByteView bytes) {
    Decoder in(bytes);
    Pin pin;
    pin.file_id.value = in.number();
    pin.version.value = in.number();
    pin.head = in.octets<Hash>();
    pin.registry = in.octets<Hash>();
    pin.first_seen.value = in.number();
    pin.last_seen.value = in.number();
    pin.name = as_text(in.sized());
    pin.exempt = !in.complete();
    const std::uint64_t how = pin.exempt ? in.number() : exempt;
    if (how == exempt_from_chain) {
        ChainPoint& left = pin.left.emplace();
        left.root = in.octets<Hash>();
        left.number = in.number();
        left.hash = in.octets<Hash>();
    } else if (how != exempt) {
        return std::nullopt;
    }
    return in.complete() ? std::optional(std::move(pin)) : std::nullopt;
}

Hash digest_of(const Pin& pin) {
    return digest_under("pins\n", encoded(pin));
}

Hash digest_of_name(std::string_view name, FileId id) {
    Encoder row;
    row.number(id.value).sized(name);
    return digest_under("names\n", row);
}

Hash digest_of_registry(const Hash& fingerprint, const RegistryRow& registry) {
    Encoder row;
    row.number(registry.superseded).raw(fingerprint.view());
    if (registry.chain) {
        row.raw(registry.chain->root.view())
            .number(registry.chain->number)
            .raw(registry.chain->hash.view())
            .number(registry.forward);
    }
    return digest_under("registries\n", row);
}

Hash digest_of_chain(const policy::ChainPoint& newest) {
    Encoder row;
    row.raw(newest.root.view()).number(newest.number).raw(newest.hash.view());
    return digest_under("chains\n", row);
}

Hash DecisionRow::digest() const {
    Encoder row;
    row.number(number).number(kind).number(time).sized(before).sized(after).sized(reason);
    return digest_under("decisions\n", row);
}

}  // namespace aion::archive
