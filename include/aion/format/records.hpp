// SPDX-License-Identifier: MIT OR Apache-2.0
// The records of format v2 as they lie in a file, overlaid without a copy. What the fields mean,
// and who may put what there, is in docs/file-format.md.
//
// Every record is a struct of byte arrays: alignment 1, no padding, little-endian integers that
// are decoded when read. A pointer to one may be made anywhere inside a buffer that is long enough.
//
// A file of n versions with p bytes of payload and s bytes of strings; nothing lies in between:
//
//     0        256       284+p      +152n        +112n   +80n      +s       +32
//     |--------|---------|----------|------------|-------|---------|--------|
//     | header | sealed  | versions | signatures | audit | strings | BLAKE3 |
//     |        | payload | 152 n    | 112 n      | 80 n  |         | of all |
//     |--------|---------|----------|------------|-------|---------|--------|
//
// Each record below has a map of its own. The number over the left edge of a field is its offset;
// what is drawn with `=` is what the author of a version signs.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"

namespace aion::format {

/// A little-endian unsigned integer at any address.
template <std::unsigned_integral T>
class LittleEndian {
  public:
    constexpr LittleEndian() noexcept = default;

    // NOLINTNEXTLINE(google-explicit-constructor): it is an integer, only stored differently.
    constexpr explicit(false) LittleEndian(T value) noexcept
        : bytes_(std::bit_cast<Storage>(in_file_order(value))) {}

    // NOLINTNEXTLINE(google-explicit-constructor): it is an integer, only stored differently.
    constexpr operator T() const noexcept { return in_file_order(std::bit_cast<T>(bytes_)); }

  private:
    using Storage = std::array<std::uint8_t, sizeof(T)>;

    // A shift loop would say the same, but GCC 12 does not always see a plain load in it.
    static constexpr T in_file_order(T value) noexcept {
        if constexpr (std::endian::native == std::endian::big) {
            return std::byteswap(value);
        } else {
            return value;
        }
    }

    Storage bytes_{};
};

using le_u16 = LittleEndian<std::uint16_t>;
using le_u32 = LittleEndian<std::uint32_t>;
using le_u64 = LittleEndian<std::uint64_t>;

inline constexpr std::array<std::uint8_t, 4> magic = {0x41, 0x49, 0x4F, 0x4E};  // "AION"
inline constexpr std::uint16_t format_version = 2;
inline constexpr std::uint16_t flag_encrypted = 0x0001;

inline constexpr std::size_t header_size = 256;
inline constexpr std::size_t version_record_size = 152;
inline constexpr std::size_t version_body_size = 100;
inline constexpr std::size_t signature_record_size = 112;
inline constexpr std::size_t audit_record_size = 80;
inline constexpr std::size_t integrity_size = 32;

/// Where a section of bytes lies.
struct ByteSection {
    le_u64 offset;
    le_u64 length;
};

/// Where a section of fixed-size records lies.
struct RecordSection {
    le_u64 offset;
    le_u64 count;
};

/// Who the file is and where its sections lie (docs/file-format.md#header).
///
///     0        4      6       8        16        24          56
///     |--------|------|-------|--------|---------|-----------|--------------|
///     | "AION" | 2    | flags | file   | current | root      | current      |
///     |        |      |       | id     | version | hash      | hash         |
///     |--------|------|-------|--------|---------|-----------|--------------|
///     88        96         104              120              136
///     |---------|----------|----------------|----------------|----------------|
///     | created | modified | payload        | versions       | signatures     |
///     | at      | at       | offset, length | offset, count  | offset, count  |
///     |---------|----------|----------------|----------------|----------------|
///     152              168              184                                256
///     |----------------|----------------|----------------------------------|
///     | audit          | strings        | reserved: zero                   |
///     | offset, count  | offset, length |                                  |
///     |----------------|----------------|----------------------------------|
struct HeaderRecord {
    std::array<std::uint8_t, 4> magic{};
    le_u16 version;
    le_u16 flags;
    le_u64 file_id;
    le_u64 current_version;
    Hash root_hash;     ///< Rules hash of version 1.
    Hash current_hash;  ///< Rules hash of the latest version.
    le_u64 created_at;
    le_u64 modified_at;
    ByteSection payload;
    RecordSection versions;
    RecordSection signatures;
    RecordSection audit;
    ByteSection strings;
    std::array<std::uint8_t, 72> reserved{};
};

static_assert(sizeof(HeaderRecord) == header_size && alignof(HeaderRecord) == 1);
static_assert(offsetof(HeaderRecord, version) == 4 && offsetof(HeaderRecord, flags) == 6 &&
              offsetof(HeaderRecord, file_id) == 8 &&
              offsetof(HeaderRecord, current_version) == 16 &&
              offsetof(HeaderRecord, root_hash) == 24 &&
              offsetof(HeaderRecord, current_hash) == 56 &&
              offsetof(HeaderRecord, created_at) == 88 &&
              offsetof(HeaderRecord, modified_at) == 96 && offsetof(HeaderRecord, payload) == 104 &&
              offsetof(HeaderRecord, versions) == 120 &&
              offsetof(HeaderRecord, signatures) == 136 && offsetof(HeaderRecord, audit) == 152 &&
              offsetof(HeaderRecord, strings) == 168 && offsetof(HeaderRecord, reserved) == 184);

/// One version of the payload (docs/file-format.md#version-record).
///
///     0        8             40            72       80     88        96        100        152
///     |========|=============|=============|========|======|=========|=========|----------|
///     | number | parent hash | rules hash  | author | time | message | message | reserved |
///     |        |             |             |        |      | offset  | length  | zero     |
///     |========|=============|=============|========|======|=========|=========|----------|
///     '------- the version body: hashed and signed ----------------------------'
///
/// Where the message lies in the string table is signed; what stands there is not.
struct VersionRecord {
    le_u64 number;
    Hash parent_hash;
    Hash rules_hash;
    le_u64 author;
    le_u64 timestamp;
    le_u64 message_offset;
    le_u32 message_length;
    std::array<std::uint8_t, 52> reserved{};

    /// The canonical version body. Borrows from this record.
    [[nodiscard]] std::span<const std::uint8_t, version_body_size> body() const noexcept {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes of a byte struct.
        return std::span<const std::uint8_t, version_body_size>(
            reinterpret_cast<const std::uint8_t*>(this), version_body_size);
    }
};

static_assert(sizeof(VersionRecord) == version_record_size && alignof(VersionRecord) == 1);
static_assert(offsetof(VersionRecord, parent_hash) == 8 &&
              offsetof(VersionRecord, rules_hash) == 40 && offsetof(VersionRecord, author) == 72 &&
              offsetof(VersionRecord, timestamp) == 80 &&
              offsetof(VersionRecord, message_offset) == 88 &&
              offsetof(VersionRecord, message_length) == 96 &&
              offsetof(VersionRecord, reserved) == version_body_size);

/// The i-th signature belongs to the i-th version (docs/file-format.md#signature-record).
///
///     0        8            40                        104        112
///     |--------|------------|-------------------------|----------|
///     | author | public key | signature               | reserved |
///     |        |            | R            | S        | zero     |
///     |--------|------------|-------------------------|----------|
struct SignatureRecord {
    le_u64 author;
    PublicKey public_key;
    Signature signature;
    std::array<std::uint8_t, 8> reserved{};
};

static_assert(sizeof(SignatureRecord) == signature_record_size && alignof(SignatureRecord) == 1);
static_assert(offsetof(SignatureRecord, public_key) == 8 &&
              offsetof(SignatureRecord, signature) == 40 &&
              offsetof(SignatureRecord, reserved) == 104);

/// What an audit entry says was done (docs/file-format.md#audit-record).
enum class AuditAction : std::uint16_t {
    create_genesis = 1,  ///< Written with version 1.
    commit_version = 2,  ///< Written with every later one.
    verify = 3,          ///< Never written.
    inspect = 4,         ///< Never written.
};

/// `Create genesis version` and so on; `Unknown action` for any other code.
[[nodiscard]] std::string_view describe(AuditAction action) noexcept;
/// True for 1..4.
[[nodiscard]] bool is_known_action(std::uint16_t code) noexcept;

/// One entry a version (docs/file-format.md#audit-record). Nothing signs it: it has to say what the
/// version implies.
///
///     0      8        16       18         24        32        36         40         72         80
///     |------|--------|--------|----------|---------|---------|----------|----------|----------|
///     | time | author | action | reserved | details | details | reserved | previous | reserved |
///     |      |        |        | zero     | offset  | length  | zero     | hash     | zero     |
///     |------|--------|--------|----------|---------|---------|----------|----------|----------|
struct AuditRecord {
    le_u64 timestamp;
    le_u64 author;
    le_u16 action;
    std::array<std::uint8_t, 6> reserved1{};
    le_u64 details_offset;
    le_u32 details_length;
    std::array<std::uint8_t, 4> reserved2{};
    Hash previous_hash;
    std::array<std::uint8_t, 8> reserved3{};

    /// All 80 bytes: what the next entry's previous hash covers. Borrows from this record.
    [[nodiscard]] std::span<const std::uint8_t, audit_record_size> all() const noexcept {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes of a byte struct.
        return std::span<const std::uint8_t, audit_record_size>(
            reinterpret_cast<const std::uint8_t*>(this), audit_record_size);
    }
};

static_assert(sizeof(AuditRecord) == audit_record_size && alignof(AuditRecord) == 1);
static_assert(offsetof(AuditRecord, author) == 8 && offsetof(AuditRecord, action) == 16 &&
              offsetof(AuditRecord, reserved1) == 18 &&
              offsetof(AuditRecord, details_offset) == 24 &&
              offsetof(AuditRecord, details_length) == 32 &&
              offsetof(AuditRecord, reserved2) == 36 &&
              offsetof(AuditRecord, previous_hash) == 40 && offsetof(AuditRecord, reserved3) == 72);

/// The bytes of a record, for writing. Borrows from it.
template <class Record>
[[nodiscard]] ByteView bytes_of(const Record& record) noexcept {
    static_assert(alignof(Record) == 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes of a byte struct.
    return {reinterpret_cast<const std::uint8_t*>(&record), sizeof(Record)};
}

/// The BLAKE3 of the canonical version body (docs/file-format.md#hashes).
[[nodiscard]] Hash version_hash(const VersionRecord& record);
/// The same for many records at once, which is several times faster: `hashes[i]` becomes the
/// version hash of `records[i]`. Stops at the shorter of the two.
void version_hashes(std::span<const VersionRecord> records, std::span<Hash> hashes);
/// The BLAKE3 of the 80 bytes.
[[nodiscard]] Hash audit_hash(const AuditRecord& record);
/// The same for many records at once, as `version_hashes`.
void audit_hashes(std::span<const AuditRecord> records, std::span<Hash> hashes);

/// The action of an entry. Error: `invalid_action_code` for anything but 1..4.
[[nodiscard]] Result<AuditAction> action_of(const AuditRecord& record);

/// A copy of an entry from its 80 bytes; no field is validated.
/// Error: `invalid_format` for any other length.
[[nodiscard]] Result<AuditRecord> audit_record_from(ByteView bytes);

/// Whether `entry` properly follows `previous` in an audit trail.
/// Errors, first one wins: `broken_audit_chain` (previous hash), `invalid_timestamp` (earlier than
/// its predecessor), `invalid_format` (reserved bytes of `entry`).
[[nodiscard]] Result<> check_audit_link(const AuditRecord& entry, const AuditRecord& previous);

/// `AION_V2_VERSION_SIGNATURE_V1`, the domain that precedes the body in the signed message
/// (docs/file-format.md#signed-messages).
[[nodiscard]] ByteView version_signature_domain() noexcept;
/// `AION_V2_ATTESTATION_V1`, with which a signature cannot pass for an author's.
[[nodiscard]] ByteView attestation_domain() noexcept;

inline constexpr std::size_t version_message_size = 128;
/// The 128 bytes that the author of `record` signs.
[[nodiscard]] std::array<std::uint8_t, version_message_size> version_message(
    const VersionRecord& record) noexcept;

}  // namespace aion::format
