// SPDX-License-Identifier: MIT OR Apache-2.0
// Making history: creating a file and appending versions to it
// (docs/file-format.md#writing-a-file).
//
/// Example: one more version, signed with a key of the keystore.
///
///     #include "aion/trust/keystore.hpp"
///
///     Env& env = Env::system();
///     const auto registry = trust::Registry::load(env, "registry.json");
///     if (!registry) {
///         return fail(registry.error());
///     }
///     auto key = trust::Keystore(env, "keys").load(trust::KeyId{1001});
///     if (!key) {
///         return fail(key.error());
///     }
///     const auto receipt = policy::commit(env, "policy.aion",
///                                         {.payload = as_bytes("limit: 300"),
///                                          .author = AuthorId{1001},
///                                          .message = "Third"},
///                                         *key, *registry);
///     if (!receipt) {
///         return fail(receipt.error());  // and the file is as it was
///     }
///     std::cout << "version " << to_string(receipt->version) << '\n';  // version 3
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/events.hpp"
#include "aion/base/files.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/policy/verify.hpp"
#include "aion/trust/registry.hpp"

namespace aion::policy {

/// What a version holds: bytes in memory, or a file that is read by position and, from 4 MiB on,
/// never held as a whole. Borrows either.
class Payload {
  public:
    Payload() = default;

    template <class Bytes>
        requires std::convertible_to<const Bytes&, ByteView>
    explicit(false) Payload(const Bytes& bytes) noexcept : bytes_(bytes) {}

    /// All of `file`, as long as it was when it was opened. A large one is read twice, once to be
    /// signed and once to be sealed: should it change meanwhile, nothing is written
    /// (`file_changed`).
    explicit(false) Payload(ReadableFile& file) noexcept : file_(&file) {}

    [[nodiscard]] std::uint64_t size() const noexcept {
        return file_ == nullptr ? bytes_.size() : file_->info().size;
    }

    /// Null for bytes in memory.
    [[nodiscard]] ReadableFile* file() const noexcept { return file_; }

    /// Empty for a file.
    [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }

  private:
    ByteView bytes_;
    ReadableFile* file_ = nullptr;
};

/// A version that is to be made. Borrows payload and message for the call that it is passed to.
struct NewVersion {
    Payload payload;
    AuthorId author;
    std::string_view message = {};  ///< UTF-8, below 4 GiB. Not signed by format v2.
    /// Nothing: the clock, or the last version's time where the clock is behind it.
    std::optional<Timestamp> timestamp = {};
};

/// What a new version came to be.
struct CommitReceipt {
    FileId file_id;
    VersionNumber version;
    Hash version_hash;    ///< The new head: `Pins::head`.
    Hash rules_hash;      ///< BLAKE3 of the payload.
    Hash signature_hash;  ///< BLAKE3 of the signature: for a log (trust/log_order.hpp).
    Timestamp timestamp;
    /// The clock was behind the last version; its time was used, since time never runs backwards.
    bool timestamp_clamped = false;
    /// What the write could not keep of the file it replaced, and how many other names go on with
    /// the old history. Of a session's receipts `save` tells instead.
    WriteReport written = {};
    /// What went wrong when `VerifyOptions::pin_store` was told of the new head, which is in the
    /// file all the same: whoever verifies that next pins it. Nothing here does not say that the
    /// head is pinned: it is not to be without a store that records, nor where `CommitOptions`
    /// leaves it out. Of a session's receipts `save` tells instead.
    std::optional<Error> not_pinned = {};
};

/// A version that `author` made, as a log knows it.
[[nodiscard]] inline trust::SignedVersion signed_version(const CommitReceipt& receipt,
                                                         AuthorId author) {
    return {.file_id = receipt.file_id,
            .version = receipt.version,
            .author = author,
            .version_hash = receipt.version_hash,
            .signature_hash = receipt.signature_hash};
}

struct CreateOptions {
    /// Threads for hashing; 0: as many as are useful (`AION_THREADS` limits).
    unsigned threads = 0;
    bool replace_existing = false;        ///< Replaces atomically; else `file_exists`.
    bool sync = true;                     ///< See base/files.hpp.
    std::uint32_t lock_wait_ms = 10'000;  ///< How long to wait for a writer of a file to replace.
    /// For reproducing files; nothing: random, which is what a file should have.
    std::optional<FileId> file_id = {};
    EventSink events = {};
    /// Whom it does not hold active for version 1 may not create the file, as for `commit`. Null:
    /// who may sign is judged when the file is verified.
    const trust::Registry* registry = nullptr;
};

/// Creates the file at `path` with `version` as its version 1, signed by `signer` for
/// `version.author`. The signer is asked when the payload is sealed and nothing but its signature
/// is missing, and not at all if the file could not be put in place any more; what was put together
/// is checked before it is.
/// Errors: `unauthorized_signer`, `key_mismatch` (if a registry was given); `file_exists`,
/// `file_write_error`, `entropy_unavailable`, `invalid_utf8` (message), `resource_exhausted`
/// (message of 4 GiB), `encryption_failed` (payload of 256 GiB), `file_read_error` and
/// `file_changed` (a payload that is read from a file), `invalid_signature` (the signer returned
/// garbage), `conflict` (another writer holds the lock of a file to be replaced), `interrupted`
/// (base/interrupt.hpp), and the signer's own.
[[nodiscard]] Result<CommitReceipt> create(Env& env, const std::filesystem::path& path,
                                           const NewVersion& version, crypto::Signer& signer,
                                           const CreateOptions& options = {});

/// Whether a signer that the registry does not hold active may commit.
enum class Authorization : std::uint8_t {
    required,
    /// The new file will be INVALID until the registry pins the signer. Everything else about it
    /// must still hold.
    not_checked,
};

struct CommitOptions {
    /// How the file is verified before it is continued: what it must be (`pins`, and what
    /// `pin_store` knows, which then records the new head), caches, threads. Its `profile` must be
    /// strict; `events` also tell what becomes of the commit.
    /// The new head is not recorded where whoever verifies it may have to refuse it yet, while the
    /// one before is still good: if `require` asks for more than its author's signature, and if the
    /// registry lists the new version, so that other windows may hold for those before.
    VerifyOptions verify = {};
    Authorization authorization = Authorization::required;
    bool sync = true;                     ///< See base/files.hpp.
    std::uint32_t lock_wait_ms = 10'000;  ///< How long to wait for another writer.
};

/// Appends `version` to the file at `path`.
///
/// The file is locked, read once and verified under `registry`: a file that is not VALID is never
/// carried forward. The number follows from the chain, the time never runs backwards, everything
/// that can fail is done, the payload is sealed, and nobody has changed the file or asked to stop,
/// before `signer` is asked for its one signature; what was put together is checked, and the file
/// is replaced atomically only if still nobody changed it. Neither the old payload nor, if it comes
/// from a file, the new one is held in memory, where it is large. On any error the file is as it
/// was. Errors: `file_read_error`; `file_changed`; `verdict_invalid` (the file is INVALID; the
/// reason says why); `unauthorized_signer`, `key_mismatch`; `invalid_timestamp` (explicit and
/// before the last version's); `version_overflow`; `conflict` (another writer held the lock or
/// changed the file); `invalid_signature`; `invalid_utf8`; `resource_exhausted`;
/// `encryption_failed`; `entropy_unavailable`; `file_write_error`; `interrupted`;
/// `invalid_argument` (a profile that is not strict); those of a store of pins that could not be
/// asked; and the signer's own.
[[nodiscard]] Result<CommitReceipt> commit(Env& env, const std::filesystem::path& path,
                                           const NewVersion& version, crypto::Signer& signer,
                                           const trust::Registry& registry,
                                           const CommitOptions& options = {});

/// What a session wrote.
struct SaveReport : WriteReport {
    /// As in `CommitReceipt`: also nothing where the head was not to be pinned.
    std::optional<Error> not_pinned = {};
};

/// Appends many versions and writes once.
///
/// `open` reads and verifies the file; each `add` signs a version in memory; `save` encrypts the
/// last payload, locks the file, checks that nobody changed it since `open`, and replaces it.
/// Nothing is on disk before `save` succeeds. Not thread-safe.
class CommitSession {
  public:
    /// The session keeps a copy of `registry` as it is now.
    /// Errors: as `commit` up to the verdict.
    [[nodiscard]] static Result<CommitSession> open(Env& env, const std::filesystem::path& path,
                                                    const trust::Registry& registry,
                                                    const CommitOptions& options = {});
    ~CommitSession();
    CommitSession(CommitSession&&) noexcept;
    CommitSession& operator=(CommitSession&&) noexcept;
    CommitSession(const CommitSession&) = delete;
    CommitSession& operator=(const CommitSession&) = delete;

    /// Appends one version in memory; a large payload that comes from a file is copied to a file
    /// without a name (base/spool.hpp). On an error, also `std::bad_alloc`, the session is as it
    /// was before the call.
    /// Errors: as `commit` for authorization, message, timestamp, payload and signature.
    [[nodiscard]] Result<CommitReceipt> add(const NewVersion& version, crypto::Signer& signer);

    /// Versions added and not yet saved.
    [[nodiscard]] std::size_t pending() const noexcept;

    /// Writes everything added. Does nothing when nothing is pending. The session may go on.
    /// Errors: `conflict` when the file is no longer what `open` read; `entropy_unavailable`;
    /// `file_read_error`; `file_changed`; `file_write_error`; `interrupted`. The file is then as it
    /// was and the session can be saved again, unless the context says that the new content is in
    /// place and its directory could not be synced: then open a new session, whose file has what
    /// this one added.
    [[nodiscard]] Result<SaveReport> save();

  private:
    struct State;
    explicit CommitSession(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace aion::policy
