// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/registry_record.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "aion/crypto/hash.hpp"
#include "base/names.hpp"
#include "base/try.hpp"

namespace aion::trust {
namespace {

constexpr std::string_view domain = "AION_V2_REGISTRY_RECORD_V1";

constexpr NameTable record_kinds(std::to_array<Named<RecordKind>>({
                                     {RecordKind::root, "root"},
                                     {RecordKind::registration, "register"},
                                     {RecordKind::rotation, "rotate"},
                                     {RecordKind::revocation, "revoke"},
                                     {RecordKind::tightening, "tighten"},
                                     {RecordKind::extension, "extend"},
                                     {RecordKind::renaming, "rename"},
                                     {RecordKind::rekeying, "rekey"},
                                     {RecordKind::scope, "scope"},
                                     {RecordKind::expiry, "expire"},
                                     {RecordKind::hybrid, "hybrid"},
                                 }),
                                 Naming::other_words);

}  // namespace

std::string_view name_of(RecordKind kind) noexcept {
    return record_kinds.name(kind);
}

// NOLINTNEXTLINE(bugprone-exception-escape): it always has a value.
RecordKind kind_of(const RecordFacts& facts) noexcept {
    return std::visit([]<class Facts>(const Facts& /*one*/) { return Facts::kind; }, facts);
}

// NOLINTNEXTLINE(bugprone-exception-escape): it always has a value.
std::optional<AuthorId> author_of(const RecordFacts& facts) noexcept {
    return std::visit(
        []<class Facts>(const Facts& one) -> std::optional<AuthorId> {
            if constexpr (requires { one.author; }) {
                return one.author;
            } else {
                return std::nullopt;
            }
        },
        facts);
}

Hash RegistryRecord::hash() const {
    return crypto::blake3(body());
}

std::array<std::uint8_t, record_message_size> record_message(const Hash& hash) noexcept {
    static_assert(domain.size() + Hash::size == record_message_size);
    std::array<std::uint8_t, record_message_size> message{};
    auto* const end = std::ranges::copy(as_bytes(domain), message.begin()).out;
    std::ranges::copy(hash.bytes, end);
    return message;
}

Result<> sign(RegistryRecord& record, crypto::Signer& signer) {
    AION_TRY(check_form(record));
    AION_TRY_ASSIGN(const PublicKey key, signer.public_key());
    const auto place =
        std::ranges::lower_bound(record.signatures, key, std::less(), &KeySignature::key);
    const bool is_there = place != record.signatures.end() && place->key == key;
    RegistryRecord is_signed = record;
    const auto at = is_signed.signatures.begin() + (place - record.signatures.begin());
    KeySignature& added =
        is_there ? *at
                 : *is_signed.signatures.insert(at, KeySignature{.key = key, .signature = {}});
    AION_TRY(check_form(is_signed));
    AION_TRY_ASSIGN(added.signature, signer.sign(record_message(record.hash())));
    record = std::move(is_signed);
    return {};
}

}  // namespace aion::trust
