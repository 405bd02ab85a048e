// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/manifest_signature.hpp"

#include <algorithm>

#include "aion/crypto/ed25519_verify.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "trust/current_epoch.hpp"

namespace aion::supply {
namespace {

constexpr std::size_t key_at = 8;
constexpr std::size_t signature_at = key_at + sizeof(PublicKey);
constexpr std::size_t reserved_at = signature_at + sizeof(Signature);

}  // namespace

Result<ManifestSignature> manifest_signature_from_bytes(ByteView bytes) {
    const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
    if (bytes.size() != ManifestSignature::size ||
        !std::ranges::all_of(bytes.subspan(reserved_at), is_zero)) {
        return fail(invalid<SupplyDetail::manifest_bad_signature>());
    }
    ManifestSignature signature;
    for (std::size_t i = 0; i < key_at; ++i) {
        signature.signer.value |= std::uint64_t{bytes[i]} << (8 * i);
    }
    std::ranges::copy(bytes.subspan(key_at, sizeof(PublicKey)), signature.key.bytes.begin());
    std::ranges::copy(bytes.subspan(signature_at, sizeof(Signature)),
                      signature.signature.bytes.begin());
    return signature;
}

std::array<std::uint8_t, ManifestSignature::size> to_bytes(
    const ManifestSignature& signature) noexcept {
    std::array<std::uint8_t, ManifestSignature::size> bytes{};
    for (std::size_t i = 0; i < key_at; ++i) {
        bytes[i] = static_cast<std::uint8_t>(signature.signer.value >> (8 * i));
    }
    auto* const end = std::ranges::copy(signature.key.bytes, bytes.begin() + key_at).out;
    std::ranges::copy(signature.signature.bytes, end);
    return bytes;
}

Result<ManifestSignature> sign_manifest(const Manifest& manifest, AuthorId signer,
                                        crypto::Signer& key) {
    AION_TRY_ASSIGN(const PublicKey public_key, key.public_key());
    AION_TRY_ASSIGN(const Signature signature, key.sign(manifest_message(manifest, signer)));
    return ManifestSignature{.signer = signer, .key = public_key, .signature = signature};
}

bool is_signed(const Manifest& manifest, const ManifestSignature& signature,
               const trust::Registry& registry, std::optional<VersionNumber> at_version) {
    const trust::EpochRecord* const epoch =
        trust::current_epoch(registry, signature.signer, at_version);
    return epoch != nullptr && epoch->public_key == signature.key &&
           crypto::verify(signature.key, manifest_message(manifest, signature.signer),
                          signature.signature);
}

}  // namespace aion::supply
