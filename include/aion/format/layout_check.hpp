// SPDX-License-Identifier: MIT OR Apache-2.0
// Is a file laid out exactly as a writer would have laid it out? The pure layout part of the
// `structure` gate: no keys, no hashes, no payload.
//
// A reader finds its way by the header's offsets alone, so a file could keep bytes that nobody
// looks at: between sections, behind the last one, in reserved fields, between two messages. Such
// a file says more than its readers show; this check names every such place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/format/file_view.hpp"
#include "aion/format/layout_reasons.hpp"

namespace aion::format {

/// What is wrong with a layout: see layout_reasons.hpp. `name_of` gives each its stable name; new
/// ones may be appended.
enum class LayoutReason : std::uint8_t { AION_LAYOUT_REASONS(AION_LAYOUT_REASON_ENUMERATOR) };
inline constexpr std::size_t layout_reason_count =
    0 AION_LAYOUT_REASONS(AION_LAYOUT_REASON_COUNTED);

/// The stable snake-case name, equal to the enumerator.
[[nodiscard]] std::string_view name_of(LayoutReason reason) noexcept;

/// One thing wrong. Small, so that a hostile file full of them costs little; `describe` makes the
/// text.
struct LayoutFault {
    LayoutReason reason = LayoutReason::too_small;
    std::optional<Section> section = std::nullopt;  ///< Nothing: the header or the file as a whole.
    std::optional<std::uint64_t> index = std::nullopt;  ///< Which record of the section, from 0.
    std::uint64_t offset = 0;    ///< Where in the file to look; always inside it or at its end.
    std::uint64_t stated = 0;    ///< What the file says there: an offset, a count, a size, …
    std::uint64_t expected = 0;  ///< What it had to say, where there is one such value.
    std::uint64_t length = 0;    ///< Stated length of a range; 2^64-1 when not expressible.

    friend bool operator==(const LayoutFault&, const LayoutFault&) = default;
};

/// One line for people, without control characters, e.g.
/// `signatures section: 19 unused bytes before it, at offset 495`. Records are counted from 1.
[[nodiscard]] std::string describe(const LayoutFault& fault);

/// What of a file is known to be in order: so many records of each section, and the bytes of the
/// string table that their messages fill.
struct CheckedBefore {
    std::uint64_t records = 0;
    std::uint64_t strings = 0;
};

/// Every fault, in the order header, sections, counts, versions with their messages, signatures,
/// audit entries, end of the string table; none for a file as the writer makes it (FileImage).
///
/// Takes any bytes, also ones that FileView::parse refuses. What cannot be located because of one
/// fault is not examined further: records of a section that is out of bounds or lies over another,
/// messages without a string table. A record yields at most one fault. Messages must tile the
/// string table, in whatever order of versions. How many audit entries there ought to be and what
/// they say is not layout. Time is linear in the file's size; so is
/// memory: a fault is smaller than the smallest record.
///
/// The payload may be absent, or bytes that belong to nothing; header, records, messages may not.
/// Of records and messages, those that are not known from `before` are looked at.
[[nodiscard]] std::vector<LayoutFault> check_layout(const FileBytes& file,
                                                    const CheckedBefore& before = {});

/// The same for bytes, and for a parsed file.
[[nodiscard]] inline std::vector<LayoutFault> check_layout(ByteView file) {
    return check_layout(FileBytes(file));
}

[[nodiscard]] inline std::vector<LayoutFault> check_layout(const FileView& view) {
    return check_layout(view.file());
}

}  // namespace aion::format
