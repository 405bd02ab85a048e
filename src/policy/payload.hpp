// SPDX-License-Identifier: MIT OR Apache-2.0
// Sealing the payload (docs/file-format.md#payload-section). The key follows from the file id,
// which is in the header: this protects against accidents, not against readers, and is no
// confidentiality.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/aead.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/format/records.hpp"

namespace aion::policy {

/// Bytes that sealing adds: nonce before, tag behind.
inline constexpr std::size_t seal_overhead = crypto::aead_nonce_size + crypto::aead_tag_size;

/// What a version's payload is sealed under.
struct SealingKey {
    std::array<std::uint8_t, crypto::aead_key_size> key{};
    std::array<std::uint8_t, crypto::aead_nonce_size> nonce{};
    format::le_u64 version;

    [[nodiscard]] ByteView associated_data() const noexcept { return format::bytes_of(version); }
};

/// Error: `encryption_failed`.
[[nodiscard]] Result<SealingKey> sealing_key(FileId file, VersionNumber version,
                                             crypto::AeadNonceView nonce);

/// Writes nonce, ciphertext and tag into `section`, `payload.size() + seal_overhead` bytes long.
/// Error: `encryption_failed`.
[[nodiscard]] Result<> seal_payload(ByteView payload, FileId file, VersionNumber version,
                                    crypto::AeadNonceView nonce, MutableByteView section);

/// What becomes of a payload that was found to be genuine.
enum class Keep : std::uint8_t {
    nothing,  ///< It is judged in constant memory.
    payload,
};

/// Opens a sealed section that arrives in pieces, in memory that nobody else can change.
class SectionOpener {
  public:
    /// `section_size`: bytes of all pieces together.
    SectionOpener(FileId file, VersionNumber version, std::uint64_t section_size, Keep keep);
    ~SectionOpener();
    SectionOpener(const SectionOpener&) = delete;
    SectionOpener& operator=(const SectionOpener&) = delete;
    SectionOpener(SectionOpener&&) = delete;
    SectionOpener& operator=(SectionOpener&&) = delete;

    /// The next piece of the section.
    void update(ByteView piece);

    /// The payload, or nothing of it under `Keep::nothing`. To be called once, after all pieces.
    /// Errors: `decryption_failed`; `hash_mismatch` with `rules_hash`.
    [[nodiscard]] Result<Bytes> finish(const Hash& rules_hash);

  private:
    void decrypt(ByteView ciphertext);

    FileId file_;
    VersionNumber version_;
    Keep keep_;
    std::uint64_t ciphertext_;  ///< Bytes of it still to come.
    std::array<std::uint8_t, crypto::aead_nonce_size> nonce_{};
    std::array<std::uint8_t, crypto::aead_tag_size> tag_{};
    std::size_t nonce_filled_ = 0;
    std::size_t tag_filled_ = 0;
    std::optional<Error> failure_;
    std::optional<crypto::AeadOpener> opener_;
    crypto::Blake3 hasher_;
    /// What was decrypted: all of it, or room for one step. Not yet authentic.
    Bytes plaintext_;
};

/// The payload of a section that is in memory as a whole. Errors: as `SectionOpener::finish`.
[[nodiscard]] Result<Bytes> open_payload(ByteView section, FileId file, VersionNumber version,
                                         const Hash& rules_hash, Keep keep = Keep::payload);

}  // namespace aion::policy
