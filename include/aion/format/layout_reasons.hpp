// SPDX-License-Identifier: MIT OR Apache-2.0
// What can be wrong with a layout: one row a reason, from which `format::LayoutReason`,
// `policy::Reason` and the tables of their names are made.
#pragma once

// row(name, meaning). New ones are appended.
// clang-format off
#define AION_LAYOUT_REASONS(row) \
    row(too_small, "shorter than header and trailing hash together (288 bytes)") \
    row(bad_magic, "not an `.aion` file") \
    row(unsupported_version, "a format version other than 2") \
    row(reserved_flags, "a header flag other than `encrypted`") \
    row(reserved_nonzero, "reserved bytes of the header or of a record are not zero") \
    row(section_out_of_bounds, "a section is not between header and trailing hash") \
    row(section_gap, "bytes before a section belong to nothing") \
    row(section_overlap, "a section shares bytes with one before it") \
    row(section_out_of_order, "a section lies before one that it must follow") \
    row(trailing_bytes, "bytes between the last section and the trailing hash") \
    row(count_mismatch, "not as many signatures as versions") \
    row(no_versions, "a file without any version") \
    row(message_out_of_bounds, "a message is not inside the string table") \
    row(message_not_terminated, "no zero byte follows a message") \
    row(message_not_utf8, "a message is not UTF-8") \
    row(string_table_gap, "bytes of the string table before a message belong to nothing") \
    row(string_table_overlap, "a message shares bytes with one before it") \
    row(string_table_excess, "bytes of the string table behind the last message")
// clang-format on

/// The list as enumerators, and its length.
#define AION_LAYOUT_REASON_ENUMERATOR(name, meaning) name,
// NOLINTNEXTLINE(bugprone-macro-parentheses): an operator for each row.
#define AION_LAYOUT_REASON_COUNTED(name, meaning) +1
