// SPDX-License-Identifier: MIT OR Apache-2.0
// The signed records that a registry's chain is made of (docs/registry.md#the-chain).
//
// A record says one thing about who is trusted, names the record before it by its hash, and is
// signed by those who may say that. What is signed, and what the next record names, are the bytes
// of `RegistryRecord::body`; signatures stand beside them, so that many can be collected.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/base/variant.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/trust/registry.hpp"

namespace aion::trust {

/// What a record says, with its code in the record's bytes.
enum class RecordKind : std::uint8_t {
    root = 1,          ///< Who may say what nobody else may: keys, and how many of them.
    registration = 2,  ///< A new author: name, contact, master key, first epoch.
    rotation = 3,      ///< An author's next epoch, and where the one before ends.
    revocation = 4,    ///< Where an epoch ends because its key is no longer trusted.
    tightening = 5,    ///< An epoch that ends already ends earlier.
    extension = 6,     ///< An epoch that ends already ends later.
    renaming = 7,      ///< An author's name and contact.
    rekeying = 8,      ///< An author's next master key.
    scope = 9,         ///< The only histories that an author may sign.
    expiry = 10,       ///< When the registry should have been renewed.
    hybrid = 11,       ///< The post-quantum half of an epoch's key.
};
/// `root`, `register`, `rotate`, `revoke`, `tighten`, `extend`, `rename`, `rekey`, `scope`,
/// `expire`, `hybrid`: stable, and the command that makes one.
[[nodiscard]] std::string_view name_of(RecordKind kind) noexcept;

/// One version of one history. It is known by its version hash, which covers the whole history
/// before it; file id and name are not signed by format v2 and are there for people.
struct HistoryPoint {
    VersionNumber version;
    Hash hash;  ///< Version hash of that version.
    FileId file_id;
    std::string name;  ///< Where it was seen, at most `max_point_name` bytes; may be empty.
    friend bool operator==(const HistoryPoint&, const HistoryPoint&) = default;
};

/// Where an epoch ends: the first version that it may not sign any more.
struct Bound {
    /// In histories that are not listed. 0: it may sign none.
    VersionNumber unlisted;
    /// The last version that it may stand under in known histories; ascending by version, then
    /// hash, and no hash twice. Where a history has several of them, the highest counts.
    std::vector<HistoryPoint> listed;
    friend bool operator==(const Bound&, const Bound&) = default;
};

struct RootRecord {
    static constexpr RecordKind kind = RecordKind::root;
    std::vector<PublicKey> keys;  ///< Ascending, 1 to `max_root_keys`.
    std::uint16_t threshold = 1;  ///< How many of them have to sign.
    friend bool operator==(const RootRecord&, const RootRecord&) = default;
};

struct AuthorRegistration {
    static constexpr RecordKind kind = RecordKind::registration;
    AuthorId author;
    std::string name;     ///< As `check_author_name` has it; empty for none.
    std::string contact;  ///< One line, at most `max_contact` bytes; may be empty.
    PublicKey master_key;
    PublicKey operational_key;  ///< Of epoch 0.
    VersionNumber active_from;  ///< First version that it may sign.
    friend bool operator==(const AuthorRegistration&, const AuthorRegistration&) = default;
};

struct EpochRotation {
    static constexpr RecordKind kind = RecordKind::rotation;
    AuthorId author;
    Epoch from_epoch;  ///< The newest; its successor is the number after it.
    PublicKey to_public_key;
    Bound until;  ///< Where the old epoch ends and the new one begins.
    friend bool operator==(const EpochRotation&, const EpochRotation&) = default;
};

struct EpochRevocation {
    static constexpr RecordKind kind = RecordKind::revocation;
    AuthorId author;
    Epoch epoch;
    RevocationReason reason = RevocationReason::unspecified;
    Bound until;
    friend bool operator==(const EpochRevocation&, const EpochRevocation&) = default;
};

/// Which of an epoch's ends is meant.
enum class EpochEnd : std::uint8_t { rotation = 1, revocation = 2 };

/// One more bound of an end: of all of them the tightest counts.
struct EndTightening {
    static constexpr RecordKind kind = RecordKind::tightening;
    AuthorId author;
    Epoch epoch;
    EpochEnd end = EpochEnd::revocation;
    Bound until;
    friend bool operator==(const EndTightening&, const EndTightening&) = default;
};

/// One bound in the place of all that an end had.
struct EndExtension {
    static constexpr RecordKind kind = RecordKind::extension;
    AuthorId author;
    Epoch epoch;
    EpochEnd end = EpochEnd::revocation;
    Bound until;
    friend bool operator==(const EndExtension&, const EndExtension&) = default;
};

struct AuthorRenaming {
    static constexpr RecordKind kind = RecordKind::renaming;
    AuthorId author;
    std::string name;
    std::string contact;
    friend bool operator==(const AuthorRenaming&, const AuthorRenaming&) = default;
};

/// The answer to a stolen master key.
struct MasterRekeying {
    static constexpr RecordKind kind = RecordKind::rekeying;
    AuthorId author;
    PublicKey master_key;
    friend bool operator==(const MasterRekeying&, const MasterRekeying&) = default;
};

struct AuthorScope {
    static constexpr RecordKind kind = RecordKind::scope;
    AuthorId author;
    /// The author may sign the histories that have one of these, in the order of `Bound::listed`;
    /// nothing: any history.
    std::optional<std::vector<HistoryPoint>> histories;
    friend bool operator==(const AuthorScope&, const AuthorScope&) = default;
};

struct RegistryExpiry {
    static constexpr RecordKind kind = RecordKind::expiry;
    std::optional<Timestamp> at;  ///< Nothing: it does not expire.
    friend bool operator==(const RegistryExpiry&, const RegistryExpiry&) = default;
};

/// The ML-DSA-65 key that signs together with an epoch's key (trust/hybrid.hpp). An epoch has at
/// most one, for good: whoever needs another rotates.
struct HybridBinding {
    static constexpr RecordKind kind = RecordKind::hybrid;
    AuthorId author;
    Epoch epoch;
    Bytes key;  ///< `crypto::ml_dsa_65_public_key_size` bytes.
    friend bool operator==(const HybridBinding&, const HybridBinding&) = default;
};

using RecordFacts = Variant<RegistryExpiry, RootRecord, AuthorRegistration, EpochRotation,
                            EpochRevocation, EndTightening, EndExtension, AuthorRenaming,
                            MasterRekeying, AuthorScope, HybridBinding>;

[[nodiscard]] RecordKind kind_of(const RecordFacts& facts) noexcept;
/// Whom a record is about; nothing for `root` and `expiry`.
[[nodiscard]] std::optional<AuthorId> author_of(const RecordFacts& facts) noexcept;

/// A signature and who made it.
struct KeySignature {
    PublicKey key;
    Signature signature;
    friend bool operator==(const KeySignature&, const KeySignature&) = default;
};

inline constexpr std::size_t max_root_keys = 64;
/// Of one record: a new root's, and the old one's.
inline constexpr std::size_t max_record_signatures = 2 * max_root_keys;
inline constexpr std::size_t max_author_name = 128;
inline constexpr std::size_t max_contact = 1024;
inline constexpr std::size_t max_point_name = 1024;
inline constexpr std::size_t max_record_reason = 4096;
/// Of the body, in bytes: an inventory of more than 100,000 histories.
inline constexpr std::size_t max_record_size = std::size_t{16} << 20U;
/// No bound and no beginning is behind this version.
inline constexpr VersionNumber max_bound_version{INT64_MAX};

struct RegistryRecord {
    std::uint64_t number = 0;  ///< From 0.
    Hash previous;             ///< `hash()` of the record before; zero for number 0.
    Timestamp time;            ///< Of whoever made it; decides nothing.
    std::string reason;        ///< For people, at most `max_record_reason` bytes; may be empty.
    RecordFacts facts;
    std::vector<KeySignature> signatures;  ///< Ascending by key, no key twice.

    /// The bytes of all but the signatures (docs/registry.md#records): one way only to write them.
    [[nodiscard]] Bytes body() const;
    /// BLAKE3 of `body()`.
    [[nodiscard]] Hash hash() const;

    friend bool operator==(const RegistryRecord&, const RegistryRecord&) = default;
};

/// What is signed of a record with this hash: `AION_V2_REGISTRY_RECORD_V1` and the hash.
inline constexpr std::size_t record_message_size = 26 + 32;
[[nodiscard]] std::array<std::uint8_t, record_message_size> record_message(
    const Hash& hash) noexcept;

/// Adds the signature of `signer` to `record`, in the place of one by the same key.
/// Errors: the signer's own; as `check_form`.
[[nodiscard]] Result<> sign(RegistryRecord& record, crypto::Signer& signer);

/// Whether `record` can be written so that it is read as the same: orders, sizes, names, codes;
/// texts are UTF-8 without control characters. Error: `invalid_format`, saying what is wrong with
/// it and where.
[[nodiscard]] Result<> check_form(const RegistryRecord& record);

/// A name that an author may have: 1 to `max_author_name` bytes of UTF-8 without white space,
/// characters that are not seen, commas and quotation marks, that could not be meant as anything
/// else: not digits alone, not `author-` and digits, not beginning with `-` or `+`, not ending in
/// `@` and digits.
/// Error: `invalid_format`, saying what is wrong.
[[nodiscard]] Result<> check_author_name(std::string_view name);

/// Body and signatures in bytes (docs/registry.md#records). `record` passes `check_form`.
[[nodiscard]] Bytes encode(const RegistryRecord& record);
/// Reads what `encode` writes and nothing else: every accepted text is written in one way only.
/// Checks form only, no signature. Errors: `invalid_format`, saying what is wrong and where.
[[nodiscard]] Result<RegistryRecord> decode_record(ByteView bytes);

/// A record as a file, so that those who sign it can be elsewhere:
/// `{"type": "aion.registry-record.v1", "record": "…"}`, base64 of `encode`, a newline at the end.
[[nodiscard]] std::string to_json(const RegistryRecord& record);
/// Strict, as `signed_record_from_json`. Errors: `invalid_format`.
[[nodiscard]] Result<RegistryRecord> registry_record_from_json(std::string_view text);

}  // namespace aion::trust
