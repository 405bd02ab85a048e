// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/attestation.hpp"

#include <algorithm>

#include "base/try.hpp"

namespace aion::policy {

std::array<std::uint8_t, attestation_message_size> attestation_message(
    const format::VersionRecord& version, AuthorId signer) noexcept {
    std::array<std::uint8_t, attestation_message_size> message{};
    auto* end = std::ranges::copy(format::attestation_domain(), message.begin()).out;
    end = std::ranges::copy(version.body(), end).out;
    const format::le_u64 id(signer.value);
    std::ranges::copy(format::bytes_of(id), end);
    return message;
}

Result<Attestation> attest(const format::VersionRecord& version, AuthorId signer,
                           crypto::Signer& key) {
    AION_TRY_ASSIGN(const PublicKey public_key, key.public_key());
    AION_TRY_ASSIGN(const Signature signature, key.sign(attestation_message(version, signer)));
    return Attestation{signer, public_key, signature};
}

}  // namespace aion::policy
