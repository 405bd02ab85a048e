// SPDX-License-Identifier: MIT OR Apache-2.0
// The key registry: which key speaks for which author at which version (docs/registry.md).
//
// A registry says whom to trust and is trusted itself: everything that changes it is checked here,
// and what its file says is believed. Windows are counted in versions of the file that was signed,
// never in dates, so nobody's clock decides who was allowed to sign.
//
/// Example: a key, and its successor from version 9 on.
///
///     Env& env = Env::system();
///     const AuthorId alice{1001};
///     auto master = crypto::SigningKey::generate(env);  // stays offline
///     auto first = crypto::SigningKey::generate(env);
///     auto second = crypto::SigningKey::generate(env);
///     for (const auto* key : {&master, &first, &second}) {
///         if (!*key) {
///             return fail(key->error());
///         }
///     }
///     trust::Registry registry;
///     auto done = registry.pin(alice, master->public_half(), first->public_half());
///     if (!done) {
///         return fail(done.error());
///     }
///     const auto rotation = trust::sign(
///         trust::RotationRecord{.author = alice,
///                               .from_epoch = Epoch{0},
///                               .to_epoch = Epoch{1},
///                               .to_public_key = second->public_half(),
///                               .effective_from = VersionNumber{9},
///                               .master_signature = {}},
///         *master);
///     if (!rotation) {
///         return fail(rotation.error());
///     }
///     done = registry.apply(*rotation);
///     if (!done) {
///         return fail(done.error());
///     }
///     const auto* old = registry.active_epoch(alice, VersionNumber{8});
///     const auto* current = registry.active_epoch(alice, VersionNumber{9});
///     std::cout << name_of(old->status()) << '\n';      // rotated
///     std::cout << name_of(current->status()) << '\n';  // active
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/files.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"

namespace aion::trust {

class RegistryChain;
struct RegistryRecord;

/// Why a key was revoked, with its code in signed records.
enum class RevocationReason : std::uint16_t {
    compromised = 1,
    superseded = 2,
    retired = 3,
    unspecified = 255,
};

/// `Compromised` and so on, as in registry JSON.
[[nodiscard]] std::string_view name_of(RevocationReason reason) noexcept;
/// `compromised` and so on, as `aion registry revoke --reason` takes it: for texts.
[[nodiscard]] std::string_view word_for(RevocationReason reason) noexcept;
/// Error: `invalid_format` (`Unknown revocation reason: {n}`); never mapped onto another.
[[nodiscard]] Result<RevocationReason> revocation_reason_from_code(std::uint16_t code);
/// Exactly as `name_of` writes it. Error: `invalid_format`.
[[nodiscard]] Result<RevocationReason> revocation_reason_from_name(std::string_view name);

/// What became of an epoch.
enum class EpochStatus : std::uint8_t {
    active,   ///< Neither of the other two; whether it has begun is another question.
    rotated,  ///< It has a successor.
    revoked,  ///< It was revoked, with or without a successor.
};

/// The enumerator, as registry JSON writes it.
[[nodiscard]] std::string_view name_of(EpochStatus status) noexcept;

/// Versions that an epoch may sign; they begin at 1.
struct VersionWindow {
    VersionNumber first;
    std::optional<VersionNumber> last;  ///< Nothing: without end.

    friend bool operator==(const VersionWindow&, const VersionWindow&) = default;
};

/// One operational key of one author. Windows are half-open intervals of version numbers.
struct EpochRecord {
    Epoch epoch;
    PublicKey public_key;
    VersionNumber active_from;  ///< First version it may sign.

    /// Set once the epoch has a successor: the first version that is the successor's.
    struct Rotation {
        Epoch successor;
        VersionNumber effective_from;
        friend bool operator==(const Rotation&, const Rotation&) = default;
    };

    struct Revocation {
        RevocationReason reason = RevocationReason::unspecified;
        VersionNumber effective_from;
        friend bool operator==(const Revocation&, const Revocation&) = default;
    };

    std::optional<Rotation> rotation;
    std::optional<Revocation> revocation;

    /// The first version it may no longer sign, if any: the tightest of rotation and revocation.
    [[nodiscard]] std::optional<VersionNumber> valid_until() const noexcept;
    [[nodiscard]] bool is_valid_at(VersionNumber version) const noexcept;
    /// Whether there is any version that it may sign; they begin at 1. Where not, whatever it
    /// signed is INVALID.
    [[nodiscard]] bool may_sign_any() const noexcept;
    /// Those versions; nothing where there is none.
    [[nodiscard]] std::optional<VersionWindow> window() const noexcept;
    [[nodiscard]] EpochStatus status() const noexcept;

    friend bool operator==(const EpochRecord&, const EpochRecord&) = default;
};

/// A window in words: `versions 3 to 9`, `version 3`, `from version 3 on`; `no version` for none.
/// Reads on behind `may sign`.
[[nodiscard]] std::string in_words(const std::optional<VersionWindow>& window);

/// Hands an author's next versions to a new key; signed by the author's master key.
struct RotationRecord {
    AuthorId author;
    Epoch from_epoch;
    Epoch to_epoch;
    PublicKey to_public_key;
    VersionNumber effective_from;
    Signature master_signature;

    static constexpr std::size_t message_size = 75;
    /// What the master key signs (docs/registry.md#rotation).
    [[nodiscard]] std::array<std::uint8_t, message_size> message() const noexcept;
    friend bool operator==(const RotationRecord&, const RotationRecord&) = default;
};

/// Ends an epoch's validity; signed by the author's master key.
struct RevocationRecord {
    AuthorId author;
    Epoch epoch;
    RevocationReason reason = RevocationReason::unspecified;
    VersionNumber effective_from;
    Signature master_signature;

    static constexpr std::size_t message_size = 43;
    /// What the master key signs (docs/registry.md#revocation).
    [[nodiscard]] std::array<std::uint8_t, message_size> message() const noexcept;
    friend bool operator==(const RevocationRecord&, const RevocationRecord&) = default;
};

/// Signs `record` with the author's master key. Errors: the signer's own.
[[nodiscard]] Result<RotationRecord> sign(RotationRecord record, crypto::Signer& master);
[[nodiscard]] Result<RevocationRecord> sign(RevocationRecord record, crypto::Signer& master);

/// A record as a portable JSON file, so that a master key can stay offline:
/// `{"type": "aion.rotation.v1", …}` and `{"type": "aion.revocation.v1", …}`.
using SignedRecord = std::variant<RotationRecord, RevocationRecord>;
/// Numbers as in registry JSON, key and signature in padded base64, a newline at the end.
[[nodiscard]] std::string to_json(const SignedRecord& record);
/// Strict: every key is required and no other is allowed, because the signature would not cover
/// it. Checks form only; `Registry::apply` checks what the record says.
/// Errors: `invalid_format`, naming the key that is missing or wrong.
[[nodiscard]] Result<SignedRecord> signed_record_from_json(std::string_view text);

/// Whether applying a record changed anything.
enum class Applied : std::uint8_t { changed, already };

/// A remark by `Registry::warnings`: legal, yet probably not what was meant.
struct RegistryWarning {
    std::optional<AuthorId> author;  ///< Nothing: it is about the file.
    std::optional<Epoch> epoch;
    std::string message;
};

/// What a registry's JSON says beyond what anybody here understands. It has no effect.
struct UnknownKeys {
    /// How many are named.
    static constexpr std::size_t max_places = 32;

    std::vector<std::string> places;  ///< The first of them, e.g. `authors[0].name`.
    std::size_t count = 0;            ///< All of them.

    /// `comment, authors[0].name and 3 more`
    [[nodiscard]] std::string text() const;
};

/// Which keys are trusted. A value: copy it freely. Reading from several threads is safe.
///
/// Differences from the reference (docs/verification.md#the-registry): the tightest bound wins when
/// an epoch is both rotated and revoked, or revoked twice; every key must be a canonical point that
/// is not of small order; what cannot be loaded again is refused before it is made; a rotation is
/// possible after the active epoch was revoked; applying the same record twice changes nothing.
class Registry {
  public:
    /// Limits on what is loaded.
    static constexpr std::size_t max_json_size = std::size_t{256} << 20U;

    struct Author {
        PublicKey master_key;
        std::vector<EpochRecord> epochs;  ///< Ascending, never empty.

        /// The epoch that may sign `version`, or nullptr.
        [[nodiscard]] const EpochRecord* active_epoch(VersionNumber version) const noexcept;
        /// Or nullptr.
        [[nodiscard]] const EpochRecord* find(Epoch epoch) const noexcept;
        /// The epoch of a key that signed `version`: of several with that key the one that may,
        /// else the newest. Or nullptr.
        [[nodiscard]] const EpochRecord* find(const PublicKey& key,
                                              VersionNumber version) const noexcept;
        friend bool operator==(const Author&, const Author&) = default;
    };

    Registry() = default;

    /// Registers `author` with epoch 0, active from version 0 (or `active_from`).
    /// Errors: `invalid_format` (already registered with anything different; the very same
    /// registration again is accepted and changes nothing), `invalid_public_key`.
    [[nodiscard]] Result<Applied> pin(AuthorId author, const PublicKey& master_key,
                                      const PublicKey& operational_key,
                                      VersionNumber active_from = VersionNumber{0});

    /// Applies a signed rotation (docs/registry.md#rotation), checking its master signature.
    /// Errors: `invalid_format`, `invalid_public_key`, `invalid_signature`; nothing is changed
    /// then.
    [[nodiscard]] Result<Applied> apply(const RotationRecord& record);
    /// Applies a signed revocation (docs/registry.md#revocation). One that ends the epoch earlier
    /// than it ended before tightens it; one that does not changes nothing, whatever order they
    /// come in. Errors as above.
    [[nodiscard]] Result<Applied> apply(const RevocationRecord& record);
    [[nodiscard]] Result<Applied> apply(const SignedRecord& record);

    /// The registry that a chain comes to.
    [[nodiscard]] static Registry from_chain(RegistryChain chain);

    /// The chain that this registry proves itself by, or nullptr: it is unproven, as its file is.
    /// `pin` and `apply` of unchained records are refused where there is one.
    [[nodiscard]] const RegistryChain* chain() const noexcept { return chain_.get(); }

    /// Adds a record to the chain; the very record that is the last one already changes nothing.
    /// Errors: as `RegistryChain::append`; `operation_not_permitted` without a chain. Nothing is
    /// changed then.
    [[nodiscard]] Result<Applied> append(const RegistryRecord& record);

    /// Whether `digest` names this registry, or one that this one continues: its `fingerprint()`,
    /// or the hash of any record of its chain.
    [[nodiscard]] bool is_or_continues(const Hash& digest) const;

    /// The name of an author whom a chain names; empty where none does.
    [[nodiscard]] std::string_view author_name(AuthorId author) const noexcept;
    /// The author of that name, exactly as registered; nothing where there is none, or no chain.
    [[nodiscard]] std::optional<AuthorId> author_named(std::string_view name) const;

    // What follows tells of histories that no record of a chain lists; seen_registry.hpp of others.

    /// The epoch that may sign `version` for `author`, or nullptr. Points into this registry.
    [[nodiscard]] const EpochRecord* active_epoch(AuthorId author,
                                                  VersionNumber version) const noexcept;
    /// The newest epoch of `author` (which may be revoked), or nullptr.
    [[nodiscard]] const EpochRecord* latest_epoch(AuthorId author) const noexcept;
    /// An author's record, or nullptr. Points into this registry.
    [[nodiscard]] const Author* find(AuthorId author) const noexcept;
    /// One of an author's epochs, or nullptr. Points into this registry.
    [[nodiscard]] const EpochRecord* find(AuthorId author, Epoch epoch) const noexcept;

    [[nodiscard]] const std::map<AuthorId, Author>& authors() const noexcept { return authors_; }

    /// What `registry check` reports: keys of the file that nobody knows, an epoch that the file
    /// calls active and ends, empty windows, master keys equal to operational keys, the same key
    /// for several authors or epochs, authors without any usable epoch.
    [[nodiscard]] std::vector<RegistryWarning> warnings() const;

    /// The keys of the JSON that this registry was read from that nobody knows. They are not
    /// written again, and two registries that differ in them only are equal.
    [[nodiscard]] const UnknownKeys& unknown_keys() const noexcept { return unknown_; }

    /// Trusted JSON (docs/registry.md#writing-it), byte-equal to the reference's output for what
    /// it can express: no newline at the end, no unknown keys. A chain stands behind it, and the
    /// authors are its projection (docs/registry.md#the-projection).
    [[nodiscard]] std::string to_json() const;

    /// Reads trusted JSON (docs/registry.md#reading-it), strictly: no duplicate keys, none that was
    /// probably meant to be another, no status that says of an epoch that it ended when it did not.
    /// Errors: `invalid_format`, `invalid_public_key`, with the author and epoch concerned. The
    /// keys of more than a hundred authors are judged in threads, as `crypto::VerifyOptions` has
    /// them.
    [[nodiscard]] static Result<Registry> from_json(std::string_view text);

    /// Reads a registry file. Errors: `file_read_error`, `resource_exhausted` (beyond
    /// `max_json_size`), `invalid_utf8`, and as `from_json`, in
    /// the context `Failed to read registry file: {path}` / `Failed to parse registry file: …`.
    [[nodiscard]] static Result<Registry> load(Env& env, const std::filesystem::path& path);

    /// A digest that changes whenever what is trusted changes. With a chain, the hash of its last
    /// record. Else `to_json()` is written and hashed when it is first asked for after a change
    /// (some 20 ms for 20,000 authors); then it is kept, also in copies, and costs nothing.
    [[nodiscard]] Hash fingerprint() const;

    /// Whether they trust the same, and prove it by the same chain, if any.
    friend bool operator==(const Registry& a, const Registry& b) {
        return a.authors_ == b.authors_ && a.has_same_chain(b);
    }

  private:
    // A fingerprint, once somebody asked for it. Whoever has the same to say at the same time may
    // keep it; to drop it is for whoever changes the registry, alone.
    class KeptFingerprint {
      public:
        KeptFingerprint() = default;
        ~KeptFingerprint() = default;

        KeptFingerprint(const KeptFingerprint& other) noexcept { take(other); }

        KeptFingerprint(KeptFingerprint&& other) noexcept {
            take(other);
            other.drop();
        }

        KeptFingerprint& operator=(const KeptFingerprint& other) noexcept {
            if (this != &other) {
                take(other);
            }
            return *this;
        }

        KeptFingerprint& operator=(KeptFingerprint&& other) noexcept {
            if (this != &other) {
                take(other);
                other.drop();
            }
            return *this;
        }

        [[nodiscard]] std::optional<Hash> get() const noexcept {
            return state_.load(std::memory_order_acquire) == State::kept ? std::optional(hash_)
                                                                         : std::nullopt;
        }

        void keep(const Hash& hash) noexcept {
            State expected = State::none;
            if (state_.compare_exchange_strong(expected, State::being_kept,
                                               std::memory_order_acquire)) {
                hash_ = hash;
                state_.store(State::kept, std::memory_order_release);
            }
        }

        void drop() noexcept { state_.store(State::none, std::memory_order_relaxed); }

      private:
        enum class State : std::uint8_t { none, being_kept, kept };

        void take(const KeptFingerprint& other) noexcept {
            drop();
            if (const std::optional<Hash> hash = other.get()) {
                keep(*hash);
            }
        }

        std::atomic<State> state_ = State::none;
        Hash hash_{};
    };

    [[nodiscard]] bool has_same_chain(const Registry& other) const noexcept;

    friend Result<Applied> append(Registry& registry, std::span<const RegistryRecord> records);

    std::map<AuthorId, Author> authors_;
    std::shared_ptr<const RegistryChain> chain_;
    mutable KeptFingerprint fingerprint_;
    // Of the text that this was read from.
    UnknownKeys unknown_;
    std::vector<RegistryWarning> remarks_;
};

/// A registry and the very bytes that it was read from.
struct RegistryFile {
    Registry registry;
    Bytes bytes;
};

/// Reads a registry file once. Errors: as `Registry::load`.
[[nodiscard]] Result<RegistryFile> read_registry_file(Env& env, const std::filesystem::path& path);

/// How to change a registry file.
struct UpdateOptions {
    bool create = false;  ///< An absent file is an empty registry, and is created.
    bool sync = true;     ///< False: as `WriteOptions::sync`.
    std::uint32_t lock_wait_ms = 10'000;
    /// Everything but the writing: whatever would be refused before it is.
    bool dry_run = false;
};

/// What became of a registry file.
struct RegistryUpdate {
    Applied applied = Applied::already;
    /// What the write could not keep of the file it replaced.
    WriteReport written = {};
};

/// Changes a registry file under its lock: reads it, calls `change`, and if that succeeds and
/// changed anything writes it back durably, after checking that what is about to be written loads
/// again to the same registry. `path` is resolved once. `change` may be called again, with a
/// registry freshly read, when another process creates or removes the file meanwhile.
/// Errors: `change`'s own; `file_not_found` without `create`; `conflict` when the lock is not
/// free in time or somebody who does not lock changed the file; `invalid_format` when the result
/// could not be loaded again; `operation_not_permitted` when the file has keys that nobody here
/// knows, which writing it would lose; as `Registry::load`, `Directory::lock` and
/// `write_file_atomically`. On any error the file is as it was, but for the directory's sync that
/// `write_file_atomically` describes.
[[nodiscard]] Result<RegistryUpdate> update_registry_file(
    Env& env, const std::filesystem::path& path, const UpdateOptions& options,
    const std::function<Result<Applied>(Registry&)>& change);

}  // namespace aion::trust
