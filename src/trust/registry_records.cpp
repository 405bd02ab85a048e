// SPDX-License-Identifier: MIT OR Apache-2.0
// Rotation and revocation records: what the master key signs, byte for byte
// (docs/registry.md#signed-records).
#include <concepts>

#include "aion/trust/registry.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"

namespace aion::trust {
namespace {

constexpr std::string_view rotation_domain = "AION_V2_ROTATION_V1";
constexpr std::string_view revocation_domain = "AION_V2_REVOCATION_V1";

// Fills a fixed-size message from front to back, integers little-endian.
template <std::size_t N>
class MessageWriter {
  public:
    MessageWriter& put(ByteView bytes) noexcept {
        std::ranges::copy(bytes, message_.begin() + static_cast<std::ptrdiff_t>(used_));
        used_ += bytes.size();
        return *this;
    }

    template <std::unsigned_integral T>
    MessageWriter& put(T value) noexcept {
        for (std::size_t i = 0; i < sizeof(T); ++i) {
            message_[used_++] = static_cast<std::uint8_t>(value >> (8 * i));
        }
        return *this;
    }

    [[nodiscard]] const std::array<std::uint8_t, N>& bytes() const noexcept { return message_; }

  private:
    std::array<std::uint8_t, N> message_{};
    std::size_t used_ = 0;
};

// As registry JSON writes them.
constexpr NameTable revocation_reasons(std::to_array<Named<RevocationReason>>({
                                           {RevocationReason::compromised, "Compromised"},
                                           {RevocationReason::superseded, "Superseded"},
                                           {RevocationReason::retired, "Retired"},
                                           {RevocationReason::unspecified, "Unspecified"},
                                       }),
                                       Naming::other_words);

constexpr NameTable revocation_words(std::to_array<Named<RevocationReason>>({
    {RevocationReason::compromised, "compromised"},
    {RevocationReason::superseded, "superseded"},
    {RevocationReason::retired, "retired"},
    {RevocationReason::unspecified, "unspecified"},
}));

template <class Record>
Result<Record> signed_copy(Record record, crypto::Signer& master) {
    AION_TRY_ASSIGN(record.master_signature, master.sign(record.message()));
    return record;
}

}  // namespace

std::string_view name_of(RevocationReason reason) noexcept {
    return revocation_reasons.name(reason);
}

std::string_view word_for(RevocationReason reason) noexcept {
    return revocation_words.name(reason);
}

Result<RevocationReason> revocation_reason_from_code(std::uint16_t code) {
    if (const auto* row = revocation_reasons.find(RevocationReason{code})) {
        return row->value;
    }
    return fail(invalid<TrustDetail::revocation_unknown_code>(code));
}

Result<RevocationReason> revocation_reason_from_name(std::string_view name) {
    if (const auto* row = revocation_reasons.named(name)) {
        return row->value;
    }
    return fail(invalid<TrustDetail::revocation_unknown_name>());
}

std::array<std::uint8_t, RotationRecord::message_size> RotationRecord::message() const noexcept {
    static_assert(rotation_domain.size() + 8 + 4 + 4 + PublicKey::size + 8 == message_size);
    return MessageWriter<message_size>()
        .put(as_bytes(rotation_domain))
        .put(author.value)
        .put(from_epoch.value)
        .put(to_epoch.value)
        .put(to_public_key.view())
        .put(effective_from.value)
        .bytes();
}

std::array<std::uint8_t, RevocationRecord::message_size> RevocationRecord::message()
    const noexcept {
    static_assert(revocation_domain.size() + 8 + 4 + 2 + 8 == message_size);
    return MessageWriter<message_size>()
        .put(as_bytes(revocation_domain))
        .put(author.value)
        .put(epoch.value)
        .put(static_cast<std::uint16_t>(reason))
        .put(effective_from.value)
        .bytes();
}

Result<RotationRecord> sign(RotationRecord record, crypto::Signer& master) {
    return signed_copy(record, master);
}

Result<RevocationRecord> sign(RevocationRecord record, crypto::Signer& master) {
    return signed_copy(record, master);
}

}  // namespace aion::trust
