// SPDX-License-Identifier: MIT OR Apache-2.0
// What can be wrong with the bytes of a file, one fault that keeps it from being read.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::format {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class FormatDetail : std::uint8_t {
    file_too_small,         ///< Shorter than a header.
    file_without_hash,      ///< Shorter than header and trailing hash together.
    header_bad_magic,       ///< Not an `.aion` file.
    header_reserved_flags,  ///< A header flag other than `encrypted`.
    header_reserved_bytes,  ///< Reserved bytes of the header are not zero.
    section_size_overflow,  ///< A count of records that no file can hold.
    section_end_overflow,   ///< The end of a section is beyond 2^64.
    section_out_of_bounds,  ///< A section is not between header and trailing hash.
    section_not_in_memory,  ///< The section was left in the file and cannot be looked at here.
    index_out_of_bounds,    ///< There is no record of that index.
    record_reserved_bytes,  ///< Reserved bytes of a record are not zero.
    audit_entry_size,       ///< Bytes that are no audit entry.
    audit_reserved_bytes,   ///< Reserved bytes of a linked audit entry are not zero.
    string_overflow,        ///< The end of a string is beyond 2^64.
    string_out_of_bounds,   ///< A string is not inside the string table.
    string_not_terminated,  ///< No zero byte follows a string.
};

inline constexpr NameTable format_details(std::to_array<DetailRow<FormatDetail>>({
    {FormatDetail::file_too_small, "file_too_small",
     "File too small: {} bytes (minimum: {} bytes)"},
    {FormatDetail::file_without_hash, "file_without_hash",
     "File too small for integrity hash: {} bytes"},
    {FormatDetail::header_bad_magic, "header_bad_magic",
     "Invalid magic number: expected [65, 73, 79, 78], got [{}, {}, {}, {}]"},
    {FormatDetail::header_reserved_flags, "header_reserved_flags",
     "Invalid flags: reserved bits set (0x{:04x})"},
    {FormatDetail::header_reserved_bytes, "header_reserved_bytes", "Reserved bytes must be zero"},
    {FormatDetail::section_size_overflow, "section_size_overflow", "{} size overflow"},
    {FormatDetail::section_end_overflow, "section_end_overflow",
     "{} section: offset + length overflow"},
    {FormatDetail::section_out_of_bounds, "section_out_of_bounds",
     "{} section out of bounds: offset={}, length={}, file_size={}"},
    {FormatDetail::section_not_in_memory, "section_not_in_memory", "{} section is not in memory"},
    {FormatDetail::index_out_of_bounds, "index_out_of_bounds",
     "{} index {} out of bounds (max {})"},
    {FormatDetail::record_reserved_bytes, "record_reserved_bytes",
     "{} reserved bytes must be all zero"},
    {FormatDetail::audit_entry_size, "audit_entry_size",
     "AuditEntry must be exactly 80 bytes, got {}"},
    {FormatDetail::audit_reserved_bytes, "audit_reserved_bytes", "Reserved fields must be zero"},
    {FormatDetail::string_overflow, "string_overflow",
     "String table access overflow: offset={}, length={}"},
    {FormatDetail::string_out_of_bounds, "string_out_of_bounds",
     "String table access out of bounds: offset={}, length={}, table_size={}"},
    {FormatDetail::string_not_terminated, "string_not_terminated",
     "String at offset {} is not null-terminated"},
}));

consteval const auto& details_of(FormatDetail /*of which layer*/) {
    return format_details;
}

}  // namespace aion::format
