// SPDX-License-Identifier: MIT OR Apache-2.0
// New versions in memory, signed but not yet written.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/files.hpp"
#include "aion/crypto/aead.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/format/file_image.hpp"
#include "aion/policy/commit.hpp"
#include "policy/gates.hpp"
#include "policy/payload_source.hpp"

namespace aion::policy {

/// Makes room for `more` elements, so that appending them cannot fail. What grows one by one is
/// moved as seldom as if it grew by itself.
template <class Element>
void make_room(std::vector<Element>& elements, std::size_t more) {
    if (elements.capacity() - elements.size() < more) {
        elements.reserve(elements.size() + std::max(more, elements.size()));
    }
}

/// A file's past, borrowed and already found VALID, and the versions to be appended to it.
class Draft {
  public:
    /// A file without a past. `threads` as in `VerifyOptions`, for hashing and sealing what is new.
    /// Error: `entropy_unavailable`.
    [[nodiscard]] static Result<Draft> empty(Env& env, std::optional<FileId> file_id,
                                             unsigned threads);

    /// Continues the file of `past`, which must stay in place as long as this object. `history`:
    /// of its records, if there is to be one of the new ones. Error: `invalid_format`, impossible
    /// for a file that is VALID.
    [[nodiscard]] static Result<Draft> continuing(Env& env, const Subject& past,
                                                  std::optional<HistoryDigest> history,
                                                  unsigned threads);

    /// A version that only lacks its signature.
    struct Unsigned {
        format::VersionRecord record;
        CommitReceipt receipt;
        std::string_view message;
        PayloadSource payload;
        std::array<std::uint8_t, crypto::aead_nonce_size> nonce{};
    };

    /// Whether the version of this number may be made. Null: it may.
    using MaySign = std::function<Result<>(VersionNumber)>;

    /// The next version, numbered, timed and hashed; nothing is appended. Everything about it that
    /// can fail but its signature is done, and there is room for it. Borrows the message, and what
    /// `ownership` says. `may_sign` is asked before the payload, which may be long, is read.
    /// Errors: as `CommitSession::add` for message, timestamp and payload; `version_overflow`;
    /// `entropy_unavailable`; those of `may_sign`.
    [[nodiscard]] Result<Unsigned> prepare(const NewVersion& version, Ownership ownership,
                                           const MaySign& may_sign);

    /// Appends the version that was prepared last, for which there is room, so that nothing can
    /// fail; whoever signed it or will. Without its signature it must be the last one. Only the
    /// last payload is kept.
    void append(Unsigned next, const std::optional<format::SignatureRecord>& signature);

    /// Bytes of the file that `write` makes.
    [[nodiscard]] std::uint64_t file_size() const noexcept;

    /// Signs the last version; null if every version is signed.
    using SignLast = std::function<Result<format::SignatureRecord>()>;

    /// Makes the finished file and appends it to something: the sealed payload first, and only then
    /// is the signature asked for that is still missing. What is behind is looked at before it is
    /// let out. Returns the file, without the payload if that passed by. May be called again, to
    /// write the same once more.
    /// Errors: those of `append` and `sign_last`; `encryption_failed`; `file_changed`,
    /// `file_read_error` (the payload); `invalid_format` if what was built does not hold, or a
    /// signature is missing and `sign_last` null, which would be a defect of this library.
    [[nodiscard]] Result<format::FileImage> write(const ProducedContent::Append& append,
                                                  const SignLast& sign_last);

    /// The digest of the history with all that was appended, if there was one of the past.
    [[nodiscard]] std::optional<HistoryDigest> history() const;

    /// The version hash of a version, new or not; nothing for one that there is not.
    [[nodiscard]] std::optional<Hash> hash_of(VersionNumber number) const;

    [[nodiscard]] FileId file_id() const noexcept { return file_id_; }

  private:
    explicit Draft(Env& env) noexcept : env_(&env) {}

    [[nodiscard]] Result<Timestamp> time_for(const NewVersion& version, bool& clamped) const;
    [[nodiscard]] Result<VersionNumber> next_number() const;
    [[nodiscard]] format::Layout layout() const noexcept;
    [[nodiscard]] format::AuditRecord audit_of(const format::VersionRecord& record) const;
    void fill_header(format::HeaderRecord& header) const;
    void fill_records(format::FileImage& image) const;
    [[nodiscard]] Result<> sign(const SignLast& sign_last);
    [[nodiscard]] Result<> require_sound(const format::FileImage& image) const;
    [[nodiscard]] Result<format::FileImage> write_held(const ProducedContent::Append& append,
                                                       const SignLast& sign_last);
    [[nodiscard]] Result<format::FileImage> write_in_pieces(const ProducedContent::Append& append,
                                                            const SignLast& sign_last);

    Env* env_;
    unsigned threads_ = 0;
    FileId file_id_;
    // The past.
    std::span<const format::VersionRecord> versions_;
    std::span<const format::SignatureRecord> signatures_;
    std::span<const format::AuditRecord> audit_;
    ByteView strings_;
    std::optional<HistoryDigest> history_;
    // What is new.
    std::vector<format::VersionRecord> new_versions_;
    std::vector<format::SignatureRecord> new_signatures_;
    std::vector<format::AuditRecord> new_audit_;
    Bytes new_strings_;
    PayloadSource payload_;
    std::array<std::uint8_t, crypto::aead_nonce_size> nonce_{};

    [[nodiscard]] const format::VersionRecord* last() const noexcept;
};

/// Has `version` signed. `key` is the signer's, under which what it returns is verified; `keys` (if
/// any) makes that cheaper for a key that signs often. Errors: `invalid_signature`, and the
/// signer's own.
[[nodiscard]] Result<format::SignatureRecord> sign(const format::VersionRecord& version,
                                                   const PublicKey& key, crypto::Signer& signer,
                                                   crypto::KeyCache* keys);

}  // namespace aion::policy
