// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/supply/json_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aion::cli {
namespace {

constexpr std::size_t max_lines = 100'000;

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find('\n'));
}

bool has_more_lines(std::string_view text) {
    return !is_blank(text.substr(first_line(text).size()));
}

Outcome<> each_line(std::string_view text, const std::string& path, const std::string& thing,
                    const std::function<Result<>(std::string_view line)>& take) {
    std::size_t count = 0;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::string_view one = first_line(text);
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        if (is_blank(one)) {
            continue;
        }
        if (++count > max_lines) {
            return fail_with(fmt::format("{} has more than {} {}s", path, max_lines, thing));
        }
        if (const auto taken = take(one); !taken) {
            return about_file(
                fail_with(fmt::format("Line {} of {} is no {}", line, path, thing), taken.error()),
                path);
        }
    }
    return {};
}

}  // namespace aion::cli
