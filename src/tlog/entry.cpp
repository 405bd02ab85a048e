// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/entry.hpp"

#include <algorithm>
#include <array>
#include <concepts>

#include "aion/crypto/hash.hpp"
#include "base/names.hpp"
#include "tlog/details.hpp"

namespace aion::tlog {
namespace {

// The NUL behind it is part of it.
constexpr std::string_view leaf_domain{"AION_V2_LOG_LEAF_V1", 20};

constexpr std::uint8_t form_payload = 1;
constexpr std::uint8_t form_hash = 2;

struct KindRow {
    EntryKind value;
    std::string_view name;
};

constexpr NameTable kinds(std::to_array<KindRow>({
    {EntryKind::version_attestation, "version_attestation"},
    {EntryKind::manifest_signature, "manifest_signature"},
    {EntryKind::key_rotation, "key_rotation"},
    {EntryKind::key_revocation, "key_revocation"},
    {EntryKind::slsa_statement, "slsa_statement"},
    {EntryKind::dsse_envelope, "dsse_envelope"},
    {EntryKind::enforcement_receipt, "enforcement_receipt"},
}));

// Fills bytes from the front. There is room for all that is put.
class Put {
  public:
    explicit Put(MutableByteView out) noexcept : rest_(out) {}

    Put& bytes(ByteView bytes) noexcept {
        std::ranges::copy(bytes, rest_.begin());
        rest_ = rest_.subspan(bytes.size());
        return *this;
    }

    template <std::unsigned_integral Number>
    Put& number(Number number) noexcept {
        std::array<std::uint8_t, sizeof number> little_endian;  // NOLINT(*-member-init)
        for (std::size_t i = 0; i < sizeof number; ++i) {
            little_endian[i] = static_cast<std::uint8_t>(number >> (8 * i));
        }
        return bytes(little_endian);
    }

  private:
    MutableByteView rest_;
};

// What `Put` wrote. There are as many bytes as are taken.
class Take {
  public:
    explicit Take(ByteView bytes) noexcept : rest_(bytes) {}

    template <std::unsigned_integral Number>
    Number number() noexcept {
        Number number = 0;
        for (std::size_t i = 0; i < sizeof number; ++i) {
            number = static_cast<Number>(number | static_cast<Number>(Number{rest_[i]} << (8 * i)));
        }
        rest_ = rest_.subspan(sizeof number);
        return number;
    }

    Hash hash() noexcept {
        const Hash hash = *Hash::from(rest_.first(Hash::size));
        rest_ = rest_.subspan(Hash::size);
        return hash;
    }

  private:
    ByteView rest_;
};

}  // namespace

std::string_view name_of(EntryKind kind) noexcept {
    return kinds.name(kind);
}

std::optional<EntryKind> entry_kind_of(std::uint16_t number) noexcept {
    const auto* const row = kinds.find(static_cast<EntryKind>(number));
    return row == nullptr ? std::nullopt : std::optional(row->value);
}

std::optional<EntryKind> entry_kind_of(std::string_view name) noexcept {
    const auto* const row = kinds.named(name);
    return row == nullptr ? std::nullopt : std::optional(row->value);
}

Result<EntryView> EntryView::parse(ByteView entry) {
    if (entry.size() < entry_header_size) {
        return fail(invalid<TlogDetail::entry_truncated>(entry.size(), entry_header_size));
    }
    if (entry.size() > max_entry_size) {
        return fail(invalid<TlogDetail::entry_too_long>(entry.size(), max_entry_size));
    }
    Take header(entry);
    const auto form = header.number<std::uint8_t>();
    if (form != form_payload && form != form_hash) {
        return fail(invalid<TlogDetail::entry_unknown_form>(form));
    }
    const auto number = header.number<std::uint16_t>();
    const auto kind = entry_kind_of(number);
    if (!kind) {
        return fail(invalid<TlogDetail::entry_unknown_kind>(number));
    }
    EntryView view;
    view.kind = *kind;
    view.timestamp_version = header.number<std::uint64_t>();
    const ByteView rest = entry.subspan(entry_header_size);
    if (form == form_payload) {
        view.payload = rest;
        view.payload_hash = crypto::blake3(rest);
        return view;
    }
    constexpr std::size_t exactly = entry_header_size + Hash::size;
    if (entry.size() < exactly) {
        return fail(invalid<TlogDetail::entry_truncated>(entry.size(), exactly));
    }
    if (entry.size() > exactly) {
        return fail(invalid<TlogDetail::entry_too_long>(entry.size(), exactly));
    }
    view.payload_hash = *Hash::from(rest);
    return view;
}

Bytes make_entry(EntryKind kind, std::uint64_t timestamp_version, ByteView payload) {
    const bool is_short = payload.size() <= max_entry_payload;
    Hash hash;
    if (!is_short) {
        hash = crypto::blake3(payload, crypto::Parallelism::all_cores);
        payload = hash.view();
    }
    Bytes entry(entry_header_size + payload.size());
    Put(entry)
        .number(is_short ? form_payload : form_hash)
        .number(static_cast<std::uint16_t>(kind))
        .number(timestamp_version)
        .bytes(payload);
    return entry;
}

Hash reference_leaf(EntryKind kind, std::uint64_t index, std::uint64_t timestamp_version,
                    const Hash& previous_leaf, const Hash& payload_hash) {
    constexpr std::size_t size = leaf_domain.size() + 2 + 8 + 8 + (2 * Hash::size);
    static_assert(size == 102);
    std::array<std::uint8_t, size> bytes;  // NOLINT(*-member-init): by the next statement.
    Put(bytes)
        .bytes(as_bytes(leaf_domain))
        .number(static_cast<std::uint16_t>(kind))
        .number(index)
        .number(timestamp_version)
        .bytes(previous_leaf.view())
        .bytes(payload_hash.view());
    return crypto::blake3(bytes);
}

Bytes LoggedVersion::bytes() const {
    Bytes out(size);
    Put(out)
        .number(file_id.value)
        .number(version.value)
        .number(author.value)
        .bytes(version_hash.view())
        .bytes(signature_hash.view());
    return out;
}

std::optional<LoggedVersion> LoggedVersion::in(const EntryView& entry) {
    return entry.kind == EntryKind::version_attestation && entry.payload ? from(*entry.payload)
                                                                         : std::nullopt;
}

std::optional<LoggedVersion> LoggedVersion::from(ByteView payload) {
    if (payload.size() != size) {
        return std::nullopt;
    }
    Take taken(payload);
    LoggedVersion version;
    version.file_id.value = taken.number<std::uint64_t>();
    version.version.value = taken.number<std::uint64_t>();
    version.author.value = taken.number<std::uint64_t>();
    version.version_hash = taken.hash();
    version.signature_hash = taken.hash();
    return version;
}

}  // namespace aion::tlog
