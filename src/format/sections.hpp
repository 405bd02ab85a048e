// SPDX-License-Identifier: MIT OR Apache-2.0
// Where sections lie, and laying records over bytes: shared by reader, writer and layout check.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>

#include "aion/base/bytes.hpp"
#include "aion/format/file_view.hpp"
#include "aion/format/records.hpp"

namespace aion::format {

// Offsets of 64 bits index memory below without a narrowing that would have to be checked.
static_assert(sizeof(std::size_t) == sizeof(std::uint64_t), "64-bit targets only");

inline constexpr std::size_t smallest_file = header_size + integrity_size;

/// In canonical order.
inline constexpr std::array all_sections = {Section::payload, Section::versions,
                                            Section::signatures, Section::audit, Section::strings};

/// Stands for every length that 64 bits cannot hold. No file is that long, and no count of records
/// multiplies to it (it is odd, record sizes are even), so it is out of bounds wherever it appears.
inline constexpr std::uint64_t unbounded = std::numeric_limits<std::uint64_t>::max();

/// Bytes of `count` records of `size` bytes, or `unbounded`.
[[nodiscard]] constexpr std::uint64_t records_length(std::uint64_t count,
                                                     std::uint64_t size) noexcept {
    return count > unbounded / size ? unbounded : count * size;
}

/// Where the header says that a section lies, in bounds or not.
[[nodiscard]] inline Extent declared_extent(const HeaderRecord& header, Section section) noexcept {
    switch (section) {
        case Section::payload:
            return {header.payload.offset, header.payload.length};
        case Section::versions:
            return {header.versions.offset,
                    records_length(header.versions.count, version_record_size)};
        case Section::signatures:
            return {header.signatures.offset,
                    records_length(header.signatures.count, signature_record_size)};
        case Section::audit:
            return {header.audit.offset, records_length(header.audit.count, audit_record_size)};
        case Section::strings:
            break;
    }
    return {header.strings.offset, header.strings.length};
}

/// Whether all of `extent` is within `[begin, end)`; no sum can overflow. An empty extent may
/// stand at either edge.
[[nodiscard]] constexpr bool lies_within(Extent extent, std::uint64_t begin,
                                         std::uint64_t end) noexcept {
    return extent.offset >= begin && extent.offset <= end && extent.length <= end - extent.offset;
}

/// The bytes of an extent that was found to lie within `file`.
[[nodiscard]] inline ByteView slice(ByteView file, Extent extent) noexcept {
    return file.subspan(extent.offset, extent.length);
}

/// The records in a section, as many as fit.
template <class Record>
[[nodiscard]] std::span<const Record> overlay(ByteView section) noexcept {
    static_assert(alignof(Record) == 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): a struct of byte arrays.
    return {reinterpret_cast<const Record*>(section.data()), section.size() / sizeof(Record)};
}

/// Whether all bytes are zero, eight at a time.
template <std::size_t N>
[[nodiscard]] bool all_zero(const std::array<std::uint8_t, N>& bytes) noexcept {
    std::uint64_t seen = 0;
    std::size_t i = 0;
    for (; i + sizeof(seen) <= N; i += sizeof(seen)) {
        std::uint64_t word = 0;
        std::memcpy(&word, &bytes[i], sizeof(word));
        seen |= word;
    }
    for (; i < N; ++i) {
        seen |= bytes[i];
    }
    return seen == 0;
}

/// Whether the reserved bytes of a record are all zero.
[[nodiscard]] inline bool reserved_is_zero(const VersionRecord& record) noexcept {
    return all_zero(record.reserved);
}

[[nodiscard]] inline bool reserved_is_zero(const SignatureRecord& record) noexcept {
    return all_zero(record.reserved);
}

[[nodiscard]] inline bool reserved_is_zero(const AuditRecord& record) noexcept {
    return all_zero(record.reserved1) && all_zero(record.reserved2) && all_zero(record.reserved3);
}

}  // namespace aion::format
