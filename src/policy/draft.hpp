// SPDX-License-Identifier: MIT OR Apache-2.0
// New versions in memory, signed but not yet written.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/crypto/aead.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/format/file_image.hpp"
#include "aion/format/file_view.hpp"
#include "aion/policy/commit.hpp"

namespace aion::policy {

/// A file's past, borrowed and already found VALID, and the versions to be appended to it.
class Draft {
  public:
    /// A file without a past. `threads` as in `VerifyOptions`, for hashing what is new.
    /// Error: `entropy_unavailable`.
    [[nodiscard]] static Result<Draft> empty(Env& env, std::optional<FileId> file_id,
                                             unsigned threads);

    /// Continues `file`, which must stay in place as long as this object.
    /// Error: `invalid_format`, impossible for a file that is VALID.
    [[nodiscard]] static Result<Draft> continuing(Env& env, ByteView file, unsigned threads);

    /// A version that only lacks its signature.
    struct Unsigned {
        NewVersion version;
        format::VersionRecord record;
        CommitReceipt receipt;
    };

    /// The next version, numbered, timed and hashed; nothing is appended. Borrows the payload for
    /// as long as `sign` says. Errors: as `CommitSession::add` for message and timestamp, and
    /// `version_overflow`.
    [[nodiscard]] Result<Unsigned> prepare(const NewVersion& version) const;

    /// Has the version that was prepared last signed and appends it, whoever the signer is: who may
    /// sign is the caller's to ask first. Everything that can fail comes before the signature; on
    /// an error nothing was appended. The payload is borrowed until `image` or the next `sign`.
    /// `key` is the signer's; `keys` makes checking the new signature cheaper for a key that signs
    /// often: without one, one of the process does. Errors: as `CommitSession::add` for the
    /// signature, `entropy_unavailable`.
    [[nodiscard]] Result<CommitReceipt> sign(const Unsigned& next, const PublicKey& key,
                                             crypto::Signer& signer, crypto::KeyCache* keys);

    /// The finished file with the last payload sealed into it, its records verified.
    /// Errors: `encryption_failed`; `invalid_format` if what was built does not hold, which would
    /// be a defect of this library and is not let out.
    [[nodiscard]] Result<format::FileImage> image() const;

    /// Tells `cache` (if any) that this history is signed throughout under `registry`.
    void remember(const trust::Registry& registry, HistoryCache* cache) const;

    [[nodiscard]] FileId file_id() const noexcept { return file_id_; }

  private:
    explicit Draft(Env& env) noexcept : env_(&env) {}

    [[nodiscard]] Result<Timestamp> time_for(const NewVersion& version, bool& clamped) const;
    [[nodiscard]] Result<VersionNumber> next_number() const;
    void fill_header(format::HeaderRecord& header) const;
    void append_audit(const format::VersionRecord& record);

    template <class Hashing>
    void hash_in_threads(std::size_t size, const Hashing& hashing) const;

    Env* env_;
    unsigned threads_ = 0;
    FileId file_id_;
    // The past.
    std::span<const format::VersionRecord> versions_;
    std::span<const format::SignatureRecord> signatures_;
    std::span<const format::AuditRecord> audit_;
    ByteView strings_;
    // What is new.
    std::vector<format::VersionRecord> new_versions_;
    std::vector<format::SignatureRecord> new_signatures_;
    std::vector<format::AuditRecord> new_audit_;
    Bytes new_strings_;
    ByteView payload_;
    std::array<std::uint8_t, crypto::aead_nonce_size> nonce_{};

    [[nodiscard]] const format::VersionRecord* last() const noexcept;
};

}  // namespace aion::policy
