// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/payload.hpp"

#include <fmt/format.h>

#include <array>

#include "aion/crypto/hash.hpp"
#include "aion/crypto/kdf.hpp"
#include "aion/format/records.hpp"
#include "base/try.hpp"

namespace aion::policy {

namespace {

using Key = std::array<std::uint8_t, crypto::aead_key_size>;

Result<Key> derive_key(FileId file, VersionNumber version) {
    const std::string input = fmt::format("aion-v2-master-{}", file.value);
    const std::string info = fmt::format("aion-v2-rules-v{}", version.value);
    const format::le_u64 salt(file.value);
    Key key{};
    AION_TRY(crypto::hkdf_sha256(as_bytes(input), format::bytes_of(salt), as_bytes(info), key));
    return key;
}

// A section taken apart; the error says what is missing.
struct Sealed {
    crypto::AeadNonceView nonce;
    ByteView body;
};

Result<Sealed> take_apart(ByteView section) {
    if (section.size() < crypto::aead_nonce_size) {
        return fail(error_because(
            ErrorCode::decryption_failed,
            fmt::format("Encrypted data too short: {} bytes, need at least {} for nonce",
                        section.size(), crypto::aead_nonce_size)));
    }
    return Sealed{section.first<crypto::aead_nonce_size>(),
                  section.subspan(crypto::aead_nonce_size)};
}

Result<> require_hash(const Hash& actual, const Hash& expected) {
    if (actual != expected) {
        return fail(Error(ErrorCode::hash_mismatch, {{"expected", expected}, {"actual", actual}}));
    }
    return {};
}

}  // namespace

Result<> seal_payload(ByteView payload, FileId file, VersionNumber version,
                      crypto::AeadNonceView nonce, MutableByteView section) {
    AION_TRY_ASSIGN(const Key key, derive_key(file, version));
    const format::le_u64 associated(version.value);
    std::ranges::copy(nonce, section.begin());
    return crypto::aead_seal(key, nonce, format::bytes_of(associated), payload,
                             section.subspan(crypto::aead_nonce_size));
}

Result<Bytes> open_payload(ByteView section, FileId file, VersionNumber version,
                           const Hash& rules_hash) {
    AION_TRY_ASSIGN(const Sealed sealed, take_apart(section));
    AION_TRY_ASSIGN(const Key key, derive_key(file, version));
    const format::le_u64 associated(version.value);
    AION_TRY_ASSIGN(Bytes payload, crypto::aead_open(key, sealed.nonce,
                                                     format::bytes_of(associated), sealed.body));
    AION_TRY(require_hash(crypto::blake3(payload), rules_hash));
    return payload;
}

Result<> check_payload(ByteView section, FileId file, VersionNumber version,
                       const Hash& rules_hash) {
    AION_TRY_ASSIGN(const Sealed sealed, take_apart(section));
    AION_TRY_ASSIGN(const Key key, derive_key(file, version));
    const format::le_u64 associated(version.value);
    crypto::Blake3 hasher;
    AION_TRY(crypto::aead_open_streaming(key, sealed.nonce, format::bytes_of(associated),
                                         sealed.body,
                                         [&hasher](ByteView piece) { hasher.update(piece); }));
    return require_hash(hasher.digest(), rules_hash);
}

}  // namespace aion::policy
