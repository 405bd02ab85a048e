// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/payload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "aion/crypto/hash.hpp"
#include "aion/crypto/kdf.hpp"
#include "aion/crypto/secret.hpp"
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

// Decrypted and hashed at a time: stays in the second-level cache between the two.
constexpr std::size_t step_size = std::size_t{64} << 10U;

constexpr std::uint64_t longest_section = seal_overhead + crypto::aead_plaintext_limit;

// In the words of `aead_open`, whatever the cause: which one it was must not show.
Error refused() {
    return error_because(ErrorCode::decryption_failed, "aead::Error");
}

// Moves the start of `piece` to what is still free of `out`, and returns the rest.
ByteView take(ByteView piece, MutableByteView out, std::size_t& filled) noexcept {
    const std::size_t count = std::min(piece.size(), out.size() - filled);
    std::ranges::copy(piece.first(count), out.subspan(filled).begin());
    filled += count;
    return piece.subspan(count);
}

Result<> require_hash(const Hash& actual, const Hash& expected) {
    if (actual != expected) {
        return fail(hash_mismatch(expected, actual));
    }
    return {};
}

}  // namespace

Result<SealingKey> sealing_key(FileId file, VersionNumber version, crypto::AeadNonceView nonce) {
    SealingKey made;
    AION_TRY_ASSIGN(made.key, derive_key(file, version));
    std::ranges::copy(nonce, made.nonce.begin());
    made.version = version.value;
    return made;
}

Result<> seal_payload(ByteView payload, FileId file, VersionNumber version,
                      crypto::AeadNonceView nonce, MutableByteView section) {
    AION_TRY_ASSIGN(const SealingKey key, sealing_key(file, version, nonce));
    std::ranges::copy(nonce, section.begin());
    return crypto::aead_seal(key.key, nonce, key.associated_data(), payload,
                             section.subspan(crypto::aead_nonce_size));
}

SectionOpener::SectionOpener(FileId file, VersionNumber version, std::uint64_t section_size,
                             Keep keep)
    : file_(file),
      version_(version),
      keep_(keep),
      ciphertext_(section_size < seal_overhead ? 0 : section_size - seal_overhead) {
    if (section_size < crypto::aead_nonce_size) {
        failure_ = error_because(
            ErrorCode::decryption_failed,
            fmt::format("Encrypted data too short: {} bytes, need at least {} for nonce",
                        section_size, crypto::aead_nonce_size));
    } else if (section_size < seal_overhead || section_size > longest_section) {
        failure_ = refused();
    } else {
        const std::uint64_t room =
            keep == Keep::payload ? ciphertext_ : std::min<std::uint64_t>(ciphertext_, step_size);
        plaintext_.reserve(room);
    }
}

// What is left here was decrypted and never found to be genuine.
SectionOpener::~SectionOpener() {
    crypto::wipe(plaintext_);
}

void SectionOpener::update(ByteView piece) {
    if (failure_) {
        return;
    }
    piece = take(piece, nonce_, nonce_filled_);
    if (nonce_filled_ == nonce_.size() && !opener_) {
        if (auto key = derive_key(file_, version_)) {
            const format::le_u64 associated(version_.value);
            opener_.emplace(*key, nonce_, format::bytes_of(associated));
        } else {
            failure_ = std::move(key).error();
            return;
        }
    }
    const std::size_t ciphertext = std::min<std::uint64_t>(piece.size(), ciphertext_);
    decrypt(piece.first(ciphertext));
    ciphertext_ -= ciphertext;
    take(piece.subspan(ciphertext), tag_, tag_filled_);
}

void SectionOpener::decrypt(ByteView ciphertext) {
    while (!ciphertext.empty()) {
        const ByteView step = ciphertext.first(std::min(ciphertext.size(), step_size));
        const std::size_t before = keep_ == Keep::payload ? plaintext_.size() : 0;
        // Growing step by step keeps what `resize` zeroes in the cache until it is overwritten.
        plaintext_.resize(before + step.size());
        const MutableByteView plain = MutableByteView(plaintext_).subspan(before);
        opener_->update(step, plain.data());
        hasher_.update(plain);
        ciphertext = ciphertext.subspan(step.size());
    }
}

Result<Bytes> SectionOpener::finish(const Hash& rules_hash) {
    if (!failure_ && (tag_filled_ != tag_.size() || !opener_->accepts(tag_))) {
        failure_ = refused();
    }
    if (failure_) {
        return fail(*std::move(failure_));
    }
    // The tag says only that somebody sealed it who read the header; the hash was signed.
    AION_TRY(require_hash(hasher_.digest(), rules_hash));
    return keep_ == Keep::payload ? std::exchange(plaintext_, {}) : Bytes();
}

Result<Bytes> open_payload(ByteView section, FileId file, VersionNumber version,
                           const Hash& rules_hash, Keep keep) {
    SectionOpener opener(file, version, section.size(), keep);
    opener.update(section);
    return opener.finish(rules_hash);
}

}  // namespace aion::policy
