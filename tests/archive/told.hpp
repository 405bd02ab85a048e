// SPDX-License-Identifier: MIT OR Apache-2.0
// Names as tests compare them.
#pragma once

#include <string>
#include <vector>

#include "aion/archive/names.hpp"

namespace aion::test {

/// `path`, or `path: code (errno)` for one with an error.
inline std::string told(const archive::Name& name) {
    std::string text = name.path.string();
    if (name.error) {
        text += ": " + std::string(name_of(name.error->code()));
        text += " (" + std::to_string(name.error->os_error()) + ")";
    }
    return text;
}

/// All that is to come.
inline std::vector<std::string> told(archive::Names& names) {
    std::vector<std::string> all;
    while (const auto name = names.next()) {
        all.push_back(told(*name));
    }
    return all;
}

}  // namespace aion::test
