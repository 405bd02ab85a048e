// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/value.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace aion {

const Value* Value::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(
        members, name, [](const auto& member) -> const std::string& { return member.first; });
    return found == members.end() ? nullptr : &found->second;
}

std::optional<std::uint64_t> unsigned_from(std::string_view text) noexcept {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    const bool is_canonical =
        parsed.ec == std::errc() && parsed.ptr == end && (text == "0" || text.front() != '0');
    return is_canonical ? std::optional(number) : std::nullopt;
}

}  // namespace aion
