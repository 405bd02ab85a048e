// SPDX-License-Identifier: MIT OR Apache-2.0
// Why texts are not compared line by line.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::report {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class TextDetail : std::uint8_t {
    text_too_many_lines,  ///< More lines than are compared.
    text_like_markers,    ///< The texts have lines that look like conflict markers of any length.
};

inline constexpr NameTable text_details(std::to_array<DetailRow<TextDetail>>({
    {TextDetail::text_too_many_lines, "text_too_many_lines",
     "texts of {} lines together, more than {}"},
    {TextDetail::text_like_markers, "text_like_markers",
     "lines that look like conflict markers of every length up to {}"},
}));

consteval const auto& details_of(TextDetail /*of which layer*/) {
    return text_details;
}

}  // namespace aion::report
