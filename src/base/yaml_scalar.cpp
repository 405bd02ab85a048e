// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "aion/base/ascii.hpp"
#include "aion/base/utf8.hpp"

namespace aion::yaml {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr bool is_one_of(std::string_view text, std::span<const std::string_view> words) noexcept {
    return std::ranges::find(words, text) != words.end();
}

void append_hex(std::string& out, std::string_view digits, std::uint32_t point) {
    const unsigned bits = point < 0x100 ? 8 : 16;
    const unsigned all_bits = point < 0x10000 ? bits : 32;
    constexpr std::string_view letters = "xuU";  // of 8, 16 and 32 bits
    out += letters[all_bits / 16];
    for (unsigned left = all_bits; left > 0; left -= 4) {
        out += digits[point >> (left - 4) & 0xFU];
    }
}

// U+FFFE and U+FFFF are the characters of UTF-8 beyond those that YAML does not allow as they are.
bool must_escape(char32_t c) noexcept {
    return c == U'"' || c == U'\\' || c == 0xfffe || c == 0xffff || is_unseen(c);
}

// The letter of an escape sequence that readers of JSON know, too; 0 if there is none.
char letter_of(char32_t c) noexcept {
    switch (c) {
        case U'"':
        case U'\\':
            return static_cast<char>(c);
        case U'\n':
            return 'n';
        case U'\r':
            return 'r';
        case U'\t':
            return 't';
        default:
            return 0;
    }
}

char reference_letter_of(char32_t c) noexcept {
    constexpr std::string_view from_7 = "abtnvfr";
    if (c >= 7 && c <= 13) {
        return from_7[c - 7];
    }
    switch (c) {
        case 0:
            return '0';
        case 0x1b:
            return 'e';
        case 0x85:
            return 'N';
        default:
            return letter_of(c);
    }
}

// What the reference never writes as it is, besides line ends. The last two it does write, and
// readers then take them for line ends.
bool is_special(char32_t c) noexcept {
    const bool is_printed = (c >= 0x20 && c <= 0x7e) || (c >= 0xa0 && c <= 0xd7ff) ||
                            (c >= 0xe000 && c <= 0xfffd && c != 0xfeff) || c >= 0x10000;
    return !is_printed || c == 0x2028 || c == 0x2029;
}

template <class Escapes, class Letter>
void append_quoted(std::string& out, std::string_view text, std::string_view digits,
                   Escapes escapes, Letter letter) {
    out += '"';
    while (!text.empty()) {
        const Utf8Character next = first_character(text);
        if (next.point && escapes(*next.point)) {
            out += '\\';
            if (const char short_form = letter(*next.point)) {
                out += short_form;
            } else {
                append_hex(out, digits, static_cast<std::uint32_t>(*next.point));
            }
        } else {
            out += text.substr(0, next.length);
        }
        text.remove_prefix(next.length);
    }
    out += '"';
}

bool has_special(std::string_view text) noexcept {
    while (!text.empty()) {
        const Utf8Character next = first_character(text);
        if (next.point && *next.point != U'\n' && is_special(*next.point)) {
            return true;
        }
        text.remove_prefix(next.length);
    }
    return false;
}

std::string_view without_sign(std::string_view text) noexcept {
    if (text.starts_with('-') || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    return text;
}

// --- The core schema ----------------------------------------------------------------------------

constexpr auto nulls = std::to_array<std::string_view>({"", "~", "null", "Null", "NULL"});
constexpr auto truths = std::to_array<std::string_view>({"true", "True", "TRUE"});
constexpr auto untruths = std::to_array<std::string_view>({"false", "False", "FALSE"});
constexpr auto infinities = std::to_array<std::string_view>({".inf", ".Inf", ".INF"});
constexpr auto nans = std::to_array<std::string_view>({".nan", ".NaN", ".NAN"});

constexpr std::string_view decimal_digits = "0123456789";

bool consists_of(std::string_view text, std::string_view characters) noexcept {
    return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_core_integer(std::string_view text) noexcept {
    if (text.starts_with("0o")) {
        return consists_of(text.substr(2), "01234567");
    }
    if (text.starts_with("0x")) {
        return consists_of(text.substr(2), "0123456789abcdefABCDEF");
    }
    return consists_of(without_sign(text), decimal_digits);
}

// The reference's readers have these words, too.
bool is_infinity_or_nan(std::string_view text) noexcept {
    return is_one_of(without_sign(text), infinities) || is_one_of(text, nans);
}

bool is_core_float(std::string_view text) noexcept {
    if (is_infinity_or_nan(text)) {
        return true;
    }
    text = without_sign(text);
    if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
        if (!consists_of(without_sign(text.substr(e + 1)), decimal_digits)) {
            return false;
        }
        text = text.substr(0, e);
    }
    const auto point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
    return (consists_of(whole, decimal_digits) &&
            (fraction.empty() || consists_of(fraction, decimal_digits))) ||
           (whole.empty() && consists_of(fraction, decimal_digits));
}

// --- What aion-context 1.0.0 takes for a number -------------------------------------------------

// Digits of that base, as many as 128 bits have; a sign may have one bit.
bool is_number_of(std::string_view digits, unsigned base, bool is_negative) noexcept {
    Wide value = 0;
    const Wide most = is_negative ? static_cast<Wide>(1) << 127U : ~static_cast<Wide>(0);
    if (digits.empty()) {
        return false;
    }
    for (const char c : digits) {
        unsigned digit = 0;
        if (std::from_chars(&c, &c + 1, digit, static_cast<int>(base)).ec != std::errc()) {
            return false;
        }
        if (value > (most - digit) / base) {
            return false;
        }
        value = value * base + digit;
    }
    return true;
}

bool is_reference_integer(std::string_view text) noexcept {
    const bool is_negative = text.starts_with('-');
    const std::string_view digits = without_sign(text);
    if (digits.starts_with("0x")) {
        return is_number_of(digits.substr(2), 16, is_negative);
    }
    if (digits.starts_with("0o")) {
        return is_number_of(digits.substr(2), 8, is_negative);
    }
    if (digits.starts_with("0b")) {
        return is_number_of(digits.substr(2), 2, is_negative);
    }
    return is_number_of(digits, 10, is_negative);
}

bool is_reference_float(std::string_view text) noexcept {
    if (is_infinity_or_nan(text)) {
        return true;
    }
    const std::string_view digits = without_sign(text);
    if (digits.empty() || (!is_ascii_digit(digits.front()) && digits.front() != '.')) {
        return false;
    }
    double value = 0;
    const char* const end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, value, std::chars_format::general);
    return parsed.ptr == end && parsed.ec == std::errc() && std::isfinite(value);
}

// Several digits of which the first is 0, which the reference takes for a string.
bool has_leading_zero(std::string_view text) noexcept {
    const std::string_view digits = without_sign(text);
    return digits.size() > 1 && digits.front() == '0' &&
           std::ranges::all_of(digits, is_ascii_digit);
}

bool reads_as_something_else(std::string_view text) noexcept {
    const CoreType type = core_type(text);
    return type == CoreType::null || type == CoreType::boolean ||
           (!has_leading_zero(text) && (is_reference_integer(text) || is_reference_float(text)));
}

// What stands around a sign: a space is the only white space in a text without specials.
bool is_space_or_end(std::string_view text, std::size_t index) noexcept {
    return index >= text.size() || text[index] == ' ';
}

// Of a text without line ends and specials.
bool may_be_plain(std::string_view text) noexcept {
    constexpr std::string_view indicators = "#,[]{}&*!|>'\"%@`";
    constexpr std::string_view indicators_before_space = "-?:";
    const char first = text.front();
    if (first == ' ' || text.back() == ' ' || text.starts_with("---") || text.starts_with("...") ||
        indicators.find(first) != std::string_view::npos ||
        (indicators_before_space.find(first) != std::string_view::npos &&
         is_space_or_end(text, 1))) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((text[i] == ':' && is_space_or_end(text, i + 1)) ||
            (text[i] == '#' && i > 0 && text[i - 1] == ' ')) {
            return false;
        }
    }
    return true;
}

}  // namespace

CoreType core_type(std::string_view text) noexcept {
    if (is_one_of(text, nulls)) {
        return CoreType::null;
    }
    if (is_one_of(text, truths) || is_one_of(text, untruths)) {
        return CoreType::boolean;
    }
    if (is_core_integer(text)) {
        return CoreType::integer;
    }
    return is_core_float(text) ? CoreType::floating : CoreType::text;
}

bool core_truth(std::string_view text) noexcept {
    return is_one_of(text, truths);
}

bool is_string_everywhere(std::string_view text) noexcept {
    static constexpr auto other_types = std::to_array<std::string_view>(
        {"true", "false", "yes", "no", "on", "off", "null", "y", "n"});
    if (text.empty() || !is_ascii_letter(text.front()) || text.back() == ' ') {
        return false;
    }
    const auto is_text = [text](std::string_view word) {
        return std::ranges::equal(text, word, {}, ascii_lower);
    };
    return std::ranges::none_of(other_types, is_text) && std::ranges::all_of(text, [](char c) {
               return is_ascii_letter(c) || is_ascii_digit(c) || c == ' ' || c == '_' || c == '/' ||
                      c == '.' || c == '-';
           });
}

bool is_printed_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void append_double_quoted(std::string& out, std::string_view text) {
    append_quoted(out, text, "0123456789abcdef", must_escape, letter_of);
}

Form reference_form(std::string_view text, bool is_key) noexcept {
    if (has_special(text)) {
        return Form::double_quoted;
    }
    if (text.find('\n') != std::string_view::npos) {
        const bool is_literal =
            !is_key && text.find(" \n") == std::string_view::npos && text.back() != ' ';
        return is_literal ? Form::literal : Form::double_quoted;
    }
    return reads_as_something_else(text) || !may_be_plain(text) ? Form::single_quoted : Form::plain;
}

void append_double_quoted_like_reference(std::string& out, std::string_view text) {
    append_quoted(
        out, text, "0123456789ABCDEF",
        [](char32_t c) { return c == U'"' || c == U'\\' || is_special(c); }, reference_letter_of);
}

}  // namespace aion::yaml
