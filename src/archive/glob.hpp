// SPDX-License-Identifier: MIT OR Apache-2.0
// Patterns of names as glob(7) has them, in UTF-8 whatever the locale.
#pragma once

#include <string_view>

namespace aion::archive {

/// Whether `pattern` holds `*`, `?` or `[`, and so may match other names than itself.
[[nodiscard]] bool has_wildcard(std::string_view pattern) noexcept;

/// Whether `pattern`, one component of a path, matches all of `name`: `*` any text, `?` a
/// character, `[…]` one of those listed (with ranges, classes such as `[:digit:]` of ASCII, and
/// `!` or `^` in front for all others), a backslash nothing but what is behind it. A `[` without
/// its
/// `]` is itself, and so is a byte that is no UTF-8. A dot at the beginning of a name is matched by
/// a dot only. Takes at most time in proportion to the product of both lengths.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view name) noexcept;

}  // namespace aion::archive
