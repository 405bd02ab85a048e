// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/env.hpp"

#include <algorithm>

#include "base/try.hpp"

namespace aion {

Result<std::vector<std::string>> Directory::list() {
    std::vector<std::string> names;
    AION_TRY(each_entry([&](std::string_view name, std::optional<FileKind> /*kind*/) {
        names.emplace_back(name);
    }));
    std::ranges::sort(names);
    return names;
}

}  // namespace aion
