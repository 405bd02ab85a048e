// SPDX-License-Identifier: MIT OR Apache-2.0
// A verdict together with what it was reached on: what reports, histories and exports are made of.
// All that is shown of a file comes from the very bytes that were judged.
//
/// Example: who made the last version, and by which right.
///
///     Env& env = Env::system();
///     const auto registry = trust::Registry::load(env, "registry.json");
///     if (!registry) {
///         return fail(registry.error());
///     }
///     const auto file = policy::examine(env, "policy.aion", *registry);
///     if (!file) {
///         return fail(file.error());  // no verdict: the file could not be read
///     }
///     std::cout << file->report().summary() << '\n';  // VALID
///     const policy::ExaminedVersion last = file->version(file->version_count() - 1);
///     std::cout << "author " << to_string(last.author) << '\n';  // author 1001
///     std::cout << "epoch " << to_string(last.epoch->epoch) << '\n';  // epoch 0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/sha256.hpp"
#include "aion/format/file_view.hpp"
#include "aion/policy/verify.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/seen_registry.hpp"

namespace aion::policy {

struct ExamineOptions {
    VerifyOptions verify = {};
    /// The payload is kept if it is genuine and of at most so many bytes.
    std::uint64_t max_payload = 0;
    /// Also hash all bytes of the file, as `FileDigests`.
    bool digests = false;
};

/// Of all bytes of a file: what `b3sum` and `sha256sum` print.
struct FileDigests {
    Hash blake3;
    crypto::Sha256Digest sha256;
    friend bool operator==(const FileDigests&, const FileDigests&) = default;
};

/// Of bytes in memory.
[[nodiscard]] FileDigests digests_of(ByteView bytes);

/// What became of the signature of a version.
enum class SignatureState : std::uint8_t {
    valid,       ///< Made with the key that the registry holds for author and version.
    refused,     ///< It does not count: `ExaminedVersion::refused` says why.
    not_judged,  ///< No signature was: they could not be located, or the profile stopped before.
};
/// `valid`, `refused`, `not_judged`: stable.
[[nodiscard]] std::string_view name_of(SignatureState state) noexcept;

/// One version: what the file says of it, and what the registry says to that.
struct ExaminedVersion {
    std::uint64_t position = 0;  ///< In the file, from 1. In a VALID file, the number.
    VersionNumber number;        ///< As the record has it.
    AuthorId author;
    Timestamp timestamp;
    std::string message;  ///< Valid UTF-8; bad bytes replaced by U+FFFD. Not signed by format v2.
    Hash rules_hash;
    Hash parent_hash;  ///< Zero for version 1.
    Hash version_hash;
    std::optional<PublicKey> key;    ///< That of the signature entry, if there is one.
    std::optional<AuthorId> signer;  ///< Whom that entry names.
    SignatureState signature = SignatureState::not_judged;
    std::optional<Reason> refused;  ///< Why the signature does not count.
    std::string why;                ///< The same in one line for people; else empty.
    /// The epoch that the registry holds active for author and version in this history, whose key a
    /// valid signature was made with. Null if there is none. Points into the registry or the
    /// `Examination`.
    const trust::EpochRecord* epoch = nullptr;
};

/// One signature entry, as the file has it.
struct ExaminedSignature {
    std::uint64_t position = 0;  ///< In the file, from 1.
    /// The number of the version at the same position; nothing where there is none.
    std::optional<VersionNumber> version;
    AuthorId author;  ///< As the entry has it, which is not signed.
    PublicKey key;
    SignatureState state = SignatureState::not_judged;
};

/// One entry of the audit trail, as the file has it.
struct ExaminedAuditEntry {
    std::uint64_t position = 0;  ///< In the file, from 1.
    std::uint16_t action = 0;    ///< `format::AuditAction`, or a code that nobody knows.
    AuthorId author;
    Timestamp timestamp;
    Hash previous_hash;
    Hash hash;  ///< Of all 80 bytes.
    bool is_linked =
        false;  ///< `previous_hash` is the hash of the entry before, or zero for the first.
};

/// One file, judged. Holds the header, records and messages that were judged, in memory of its own.
/// Moves; reading from several threads is safe. Whatever the verdict says, all of it is untrusted
/// text and numbers unless `report()` is VALID.
class Examination {
  public:
    ~Examination();
    Examination(Examination&&) noexcept;
    Examination& operator=(Examination&&) noexcept;
    Examination(const Examination&) = delete;
    Examination& operator=(const Examination&) = delete;

    [[nodiscard]] const VerificationReport& report() const noexcept;

    /// Of the file, in bytes.
    [[nodiscard]] std::uint64_t size() const noexcept;

    /// If they were asked for. Nothing where the file has more than 4 MiB that belong to nothing
    /// and has no header, of which nothing else was read either.
    [[nodiscard]] const std::optional<FileDigests>& digests() const noexcept;

    /// Null when there is no readable header.
    [[nodiscard]] const format::HeaderRecord* header() const noexcept;

    /// Version records that could be located: as many as there are to be seen.
    [[nodiscard]] std::uint64_t version_count() const noexcept;
    /// One of them by index from 0, less than `version_count()`. Costs nothing but its own text.
    /// The message is empty where messages together are longer than the file, which overlap then.
    [[nodiscard]] ExaminedVersion version(std::uint64_t index) const;

    /// The bytes of one of them, less than `version_count()`: for whoever looks at very many.
    [[nodiscard]] const format::VersionRecord& version_record(std::uint64_t index) const noexcept;
    /// What `version(index).signature` says, without the rest.
    [[nodiscard]] SignatureState signature_state(std::uint64_t index) const noexcept;

    /// One of them and its signature, as a log knows them; nothing where there is none, or no such
    /// version.
    [[nodiscard]] std::optional<trust::SignedVersion> signed_version(std::uint64_t index) const;

    /// Signature records that could be located.
    [[nodiscard]] std::uint64_t signature_count() const noexcept;
    /// One of them by index from 0, less than `signature_count()`.
    [[nodiscard]] ExaminedSignature signature(std::uint64_t index) const;

    /// Audit records that could be located.
    [[nodiscard]] std::uint64_t audit_count() const noexcept;
    /// One of them by index from 0, less than `audit_count()`.
    [[nodiscard]] ExaminedAuditEntry audit_entry(std::uint64_t index) const;

    /// The payload of the last version, if the payload gate passed and it was to be kept. It is
    /// what the last version says, whether that version is anybody's is for `report()`.
    [[nodiscard]] std::optional<ByteView> payload() const noexcept;
    /// Of the payload, in bytes, by the header; nothing where it could not be located.
    [[nodiscard]] std::optional<std::uint64_t> payload_size() const noexcept;

    /// As given to `examine`.
    [[nodiscard]] const trust::Registry& registry() const noexcept;
    /// The same as this history sees it: who may sign which version of it.
    [[nodiscard]] const trust::SeenRegistry& seen() const noexcept;
    /// As given to `examine`.
    [[nodiscard]] const Pins& pins() const noexcept;

  private:
    friend struct Examiner;
    struct State;
    explicit Examination(std::unique_ptr<State> state) noexcept;

    std::unique_ptr<State> state_;
};

/// Judges the file at `path` as `verify` does, reading every byte once, and keeps what it was
/// judged by. `registry` must outlive the result. Memory: that of `verify`, the payload if it is
/// kept. Errors: those of `verify`. A file that is no `.aion` file is a result, not an error.
[[nodiscard]] Result<Examination> examine(Env& env, const std::filesystem::path& path,
                                          const trust::Registry& registry,
                                          const ExamineOptions& options = {});

/// The same of a file that is open. `options.verify.pin_path` says by what name a store of pins
/// knows it.
[[nodiscard]] Result<Examination> examine(Env& env, std::unique_ptr<ReadableFile> file,
                                          const trust::Registry& registry,
                                          const ExamineOptions& options = {});

/// The same of a file in memory, which is copied before anything looks at it. Error: those of
/// `VerifyOptions::pin_store`.
[[nodiscard]] Result<Examination> examine(ByteView file, const trust::Registry& registry,
                                          Timestamp now, const ExamineOptions& options = {});

}  // namespace aion::policy
