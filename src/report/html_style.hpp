// SPDX-License-Identifier: MIT OR Apache-2.0
// How pages look: on screens of any width, light and dark, and on A4.
#pragma once

#include <string_view>

namespace aion::report {

/// CSS without `<` and `&`, so that it reads the same in HTML and in XML.
extern const std::string_view style_sheet;

}  // namespace aion::report
