// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/value.hpp"

#include <algorithm>

namespace aion::report {

const Value* Value::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(
        members, name, [](const auto& member) -> const std::string& { return member.first; });
    return found == members.end() ? nullptr : &found->second;
}

}  // namespace aion::report
