// SPDX-License-Identifier: MIT OR Apache-2.0
// Details of errors: each layer has an enumeration of what precisely can be wrong, with a table of
// one row a case, its name and its text. Only through the table does an error get either.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "aion/base/error.hpp"
#include "base/names.hpp"

namespace aion {

/// A layer's table is a NameTable of these, and `details_of(Enum)` beside the enumeration gives it.
template <class Enum>
struct DetailRow {
    Enum value;
    std::string_view name;  ///< As docs/errors.md lists it.
    std::string_view text;  ///< What the error's `reason` says, with `{}` for each argument.
};

/// A detail and its text, for an error whose reason begins with something else.
struct Told {
    DetailName detail;
    std::string text;
};

/// The text of a detail with its arguments, which are compared with the text when compiled.
template <auto detail, class... Args>
[[nodiscard]] Told told(const Args&... args) {
    constexpr auto& row = *details_of(detail).find(detail);
    return {DetailName(row.name),
            fmt::format(fmt::format_string<const Args&...>(row.text), args...)};
}

[[nodiscard]] inline Error invalid_format(Told told) {
    return invalid_format(std::move(told.text), told.detail);
}

/// `invalid_format` with a detail.
template <auto detail, class... Args>
[[nodiscard]] Error invalid(const Args&... args) {
    return invalid_format(told<detail>(args...));
}

}  // namespace aion
