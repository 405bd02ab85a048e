// SPDX-License-Identifier: MIT OR Apache-2.0
// What stands in a log: an entry says of what kind it is, of which version its author said it is,
// and carries what is logged, or its hash where that is too long.
//
// The bytes of an entry, which are what tiles hold and what a leaf of the SHA-256 tree is made of:
//
//     offset  size
//          0     1   01: the payload follows; 02: BLAKE3 of the payload follows, 32 bytes
//          1     2   kind, little-endian
//          3     8   timestamp version, little-endian
//         11   ...   to the end
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/tlog/merkle.hpp"

namespace aion::tlog {

/// Numbers and names are the reference's (spec: kinds of entries).
enum class EntryKind : std::uint16_t {
    version_attestation = 1,  ///< A version of a file and its signature, or what others say of it.
    manifest_signature = 2,
    key_rotation = 3,    ///< A record of a registry's chain that begins an epoch.
    key_revocation = 4,  ///< A record of a registry's chain that ends one.
    slsa_statement = 5,
    dsse_envelope = 6,
    enforcement_receipt = 7,
};
/// `version_attestation`, …: stable.
[[nodiscard]] std::string_view name_of(EntryKind kind) noexcept;
/// Nothing for a number that is no kind, or a name that is none.
[[nodiscard]] std::optional<EntryKind> entry_kind_of(std::uint16_t number) noexcept;
[[nodiscard]] std::optional<EntryKind> entry_kind_of(std::string_view name) noexcept;

/// What tiles can hold (c2sp.org/tlog-tiles: a length is 16 bits).
inline constexpr std::size_t max_entry_size = 65'535;
inline constexpr std::size_t entry_header_size = 11;
/// A longer payload is logged by its hash.
inline constexpr std::size_t max_entry_payload = max_entry_size - entry_header_size;

/// One entry, read where it lies: borrows the bytes.
struct EntryView {
    EntryKind kind = EntryKind::version_attestation;
    std::uint64_t timestamp_version = 0;
    /// The payload, or nothing of an entry that has only its hash.
    std::optional<ByteView> payload;
    Hash payload_hash;

    /// Errors: `invalid_format` with the detail `entry_truncated`, `entry_unknown_form`,
    /// `entry_unknown_kind`, or `entry_too_long`.
    [[nodiscard]] static Result<EntryView> parse(ByteView entry);
};

/// The bytes of a new entry; of a payload longer than `max_entry_payload`, with its hash.
[[nodiscard]] Bytes make_entry(EntryKind kind, std::uint64_t timestamp_version, ByteView payload);

/// The reference's leaf: of kind, place, timestamp version, the leaf before (zero for the first)
/// and the hash of the payload.
[[nodiscard]] Hash reference_leaf(EntryKind kind, std::uint64_t index,
                                  std::uint64_t timestamp_version, const Hash& previous_leaf,
                                  const Hash& payload_hash);

/// A version of a file as the payload of an entry of kind `version_attestation`, 88 bytes: file id,
/// version, author (8 bytes each, little-endian), the version's hash, and BLAKE3 of its signature.
///
/// The signature is part of it so that nobody logs a text early and signs it late with a stolen
/// key: what was logged is that this signature was there.
struct LoggedVersion {
    static constexpr std::size_t size = 88;
    FileId file_id;
    VersionNumber version;
    AuthorId author;
    Hash version_hash;
    Hash signature_hash;

    [[nodiscard]] Bytes bytes() const;
    /// Nothing for a payload of another length.
    [[nodiscard]] static std::optional<LoggedVersion> from(ByteView payload);
    /// Nothing for an entry of another kind, or with another payload.
    [[nodiscard]] static std::optional<LoggedVersion> in(const EntryView& entry);
    friend bool operator==(const LoggedVersion&, const LoggedVersion&) = default;
};

}  // namespace aion::tlog
