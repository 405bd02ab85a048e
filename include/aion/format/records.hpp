// SPDX-License-Identifier: MIT OR Apache-2.0
// The records of format v2 as they lie in a file (spec 01 section 5), overlaid without a copy.
//
// Every record is a struct of byte arrays: alignment 1, no padding, little-endian integers that
// are decoded when read. A pointer to one may be made anywhere inside a buffer that is long enough.
#pragma once

#include <array>
#include <bit>
#include <concepts>
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

/// Spec 01 section 5.2.
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

/// Spec 01 section 5.4. The first 100 bytes are what is hashed and signed (section 13.1).
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

/// Spec 01 section 5.5. The i-th signature belongs to the i-th version.
struct SignatureRecord {
    le_u64 author;
    PublicKey public_key;
    Signature signature;
    std::array<std::uint8_t, 8> reserved{};
};

static_assert(sizeof(SignatureRecord) == signature_record_size && alignof(SignatureRecord) == 1);

/// Spec 01 section 11.2.
enum class AuditAction : std::uint16_t {
    create_genesis = 1,
    commit_version = 2,
    verify = 3,
    inspect = 4,
};

/// `Create genesis version` and so on; `Unknown action` for any other code.
[[nodiscard]] std::string_view describe(AuditAction action) noexcept;
/// True for 1..4.
[[nodiscard]] bool is_known_action(std::uint16_t code) noexcept;

/// Spec 01 section 5.6.
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

/// The bytes of a record, for writing. Borrows from it.
template <class Record>
[[nodiscard]] ByteView bytes_of(const Record& record) noexcept {
    static_assert(alignof(Record) == 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes of a byte struct.
    return {reinterpret_cast<const std::uint8_t*>(&record), sizeof(Record)};
}

/// The BLAKE3 of the canonical version body (spec 01 section 13.4).
[[nodiscard]] Hash version_hash(const VersionRecord& record);
/// The same for many records at once, which is several times faster: `hashes[i]` becomes the
/// version hash of `records[i]`. Stops at the shorter of the two.
void version_hashes(std::span<const VersionRecord> records, std::span<Hash> hashes);
/// The BLAKE3 of the 80 bytes (spec 01 section 13.5).
[[nodiscard]] Hash audit_hash(const AuditRecord& record);
/// The same for many records at once, as `version_hashes`.
void audit_hashes(std::span<const AuditRecord> records, std::span<Hash> hashes);

/// The action of an entry. Error: `invalid_action_code` for anything but 1..4.
[[nodiscard]] Result<AuditAction> action_of(const AuditRecord& record);

/// A copy of an entry from its 80 bytes; no field is validated (spec 01 section 11.1).
/// Error: `invalid_format` for any other length.
[[nodiscard]] Result<AuditRecord> audit_record_from(ByteView bytes);

/// Whether `entry` properly follows `previous` in an audit trail (spec 01 section 11.1).
/// Errors, first one wins: `broken_audit_chain` (previous hash), `invalid_timestamp` (earlier than
/// its predecessor), `invalid_format` (reserved bytes of `entry`).
[[nodiscard]] Result<> check_audit_link(const AuditRecord& entry, const AuditRecord& previous);

/// `AION_V2_VERSION_SIGNATURE_V1`, the domain that precedes the body in the signed message
/// (spec 01 section 13.2).
[[nodiscard]] ByteView version_signature_domain() noexcept;
/// `AION_V2_ATTESTATION_V1` (spec 01 section 13.3).
[[nodiscard]] ByteView attestation_domain() noexcept;

inline constexpr std::size_t version_message_size = 128;
/// The 128 bytes that the author of `record` signs (spec 01 section 13.2).
[[nodiscard]] std::array<std::uint8_t, version_message_size> version_message(
    const VersionRecord& record) noexcept;

}  // namespace aion::format
