// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/shell_word.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/ascii.hpp"
#include "shell/console.hpp"

namespace aion::cli {
namespace {

bool is_plain(char c) noexcept {
    return is_ascii_letter(c) || is_ascii_digit(c) || c == '.' || c == '_' || c == '/' || c == '-';
}

// Within '…' everything is itself but the quote.
std::string in_quotes(std::string_view text) {
    std::string word = "'";
    for (const char c : text) {
        word += c == '\'' ? std::string(R"('\'')") : std::string(1, c);
    }
    return word + "'";
}

// Every byte that is not printable ASCII by its number.
std::string quoted_by_number(std::string_view text) {
    std::string word = "$'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') {
            word += '\\';
            word += c;
        } else if (c >= ' ' && c <= '~') {
            word += c;
        } else {
            word += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return word + "'";
}

}  // namespace

std::string shell_word(std::string_view path) {
    std::string name = (path.starts_with('-') ? "./" : "") + std::string(path);
    if (!name.empty() && std::ranges::all_of(name, is_plain)) {
        return name;
    }
    return shown(name) == name ? in_quotes(name) : quoted_by_number(name);
}

}  // namespace aion::cli
