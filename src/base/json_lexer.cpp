// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/json_lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>
#include <utility>

namespace aion::json {
namespace {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_white(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

constexpr bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20;
}

constexpr bool is_plain(char c) noexcept {
    return c != '"' && c != '\\' && !is_control(c);
}

// The high bit of every byte of `word` that is 0, and perhaps of one above it.
constexpr std::uint64_t zero_bytes(std::uint64_t word) noexcept {
    return (word - 0x0101010101010101U) & ~word & 0x8080808080808080U;
}

// How many bytes at the front stand for themselves in a string: most of them, eight at a time.
std::size_t plain_length(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    std::size_t i = 0;
    for (; text.size() - i >= 8; i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + i, sizeof word);
        // Control characters are those whose upper three bits are 0.
        if ((zero_bytes(word ^ (ones * '"')) | zero_bytes(word ^ (ones * '\\')) |
             zero_bytes(word & (ones * 0xe0))) != 0) {
            break;
        }
    }
    while (i < text.size() && is_plain(text[i])) {
        ++i;
    }
    return i;
}

std::string control_character(char c) {
    static constexpr std::array<std::string_view, 32> names{
        "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS",  "HT",  "LF",
        "VT",  "FF",  "CR",  "SO",  "SI",  "DLE", "DC1", "DC2", "DC3", "DC4", "NAK",
        "SYN", "ETB", "CAN", "EM",  "SUB", "ESC", "FS",  "GS",  "RS",  "US"};
    constexpr std::string_view with_short_forms = "\b\t\n\f\r";
    constexpr std::string_view short_forms = "btnfr";
    const auto code = static_cast<std::uint8_t>(c);
    std::string out =
        fmt::format("invalid string: control character U+{:04X} ({}) must be escaped to \\u{:04X}",
                    code, names[code], code);
    if (const auto i = with_short_forms.find(c); i != std::string_view::npos) {
        out += " or \\";
        out += short_forms[i];
    }
    return out;
}

void append_utf8(std::uint32_t point, std::string& out) {
    if (point < 0x80) {
        out += static_cast<char>(point);
        return;
    }
    unsigned more = 1;
    std::uint32_t lead = 0xc0;
    if (point >= 0x10000) {
        more = 3;
        lead = 0xf0;
    } else if (point >= 0x800) {
        more = 2;
        lead = 0xe0;
    }
    out += static_cast<char>(lead | (point >> (6 * more)));
    for (unsigned i = more; i-- > 0;) {
        out += static_cast<char>(0x80U | ((point >> (6 * i)) & 0x3fU));
    }
}

// Where the first digit of a number that is not 0 stands: 1 is just before the point, as if there
// were no exponent; and the exponent. Saturating.
long long magnitude(std::string_view number) noexcept {
    constexpr long long most = 1LL << 40U;
    const std::size_t mantissa_end = std::min(number.find_first_of("eE"), number.size());
    const std::string_view mantissa = number.substr(0, mantissa_end);
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    const std::size_t first = std::min(mantissa.find_first_of("123456789"), mantissa.size());
    long long out = static_cast<long long>(point) - static_cast<long long>(first);
    std::string_view exponent = number.substr(std::min(mantissa_end + 1, number.size()));
    if (exponent.starts_with('+')) {
        exponent.remove_prefix(1);
    }
    long long value = 0;
    const auto read = std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
    if (read.ec == std::errc::result_out_of_range) {
        value = exponent.starts_with('-') ? -most : most;
    }
    return out + std::clamp(value, -most, most);
}

}  // namespace

Token Lexer::refuse(std::string why) {
    fault_ = std::move(why);
    return Token::fault;
}

Token Lexer::next() {
    while (at_ < text_.size() && is_white(text_[at_])) {
        ++at_;
    }
    start_ = at_;
    was_decoded_ = false;
    if (at_ == text_.size()) {
        return Token::end;
    }
    switch (text_[at_]) {
        case '"':
            return string();
        case ':':
            ++at_;
            return Token::colon;
        case ',':
            ++at_;
            return Token::comma;
        case '{':
            ++at_;
            return Token::begin_object;
        case '}':
            ++at_;
            return Token::end_object;
        case '[':
            ++at_;
            return Token::begin_array;
        case ']':
            ++at_;
            return Token::end_array;
        case 't':
            return literal("true", Token::true_literal);
        case 'f':
            return literal("false", Token::false_literal);
        case 'n':
            return literal("null", Token::null_literal);
        default:
            break;
    }
    if (text_[at_] == '-' || is_digit(text_[at_])) {
        return number();
    }
    ++at_;
    return refuse("invalid literal");
}

Token Lexer::literal(std::string_view word, Token token) {
    for (const char c : word) {
        if (peek() != c) {
            ++at_;
            return refuse("invalid literal");
        }
        ++at_;
    }
    return token;
}

void Lexer::skip_digits() noexcept {
    while (is_digit(peek())) {
        ++at_;
    }
}

Token Lexer::number() {
    const auto refused = [this](std::string_view expected) {
        ++at_;
        return refuse("invalid number; expected " + std::string(expected));
    };
    if (peek() == '-') {
        ++at_;
        if (!is_digit(peek())) {
            return refused("digit after '-'");
        }
    }
    if (peek() == '0') {
        ++at_;  // Nothing but a point or an exponent follows.
    } else {
        skip_digits();
    }
    if (peek() == '.') {
        ++at_;
        if (!is_digit(peek())) {
            return refused("digit after '.'");
        }
        skip_digits();
    }
    if (peek() == 'e' || peek() == 'E') {
        ++at_;
        const bool is_signed = peek() == '+' || peek() == '-';
        at_ += is_signed ? 1 : 0;
        if (!is_digit(peek())) {
            return refused(is_signed ? "digit after exponent sign"
                                     : "'+', '-', or digit after exponent");
        }
        skip_digits();
    }
    return Token::number;
}

bool Lexer::is_beyond_a_double() const noexcept {
    const std::string_view number = text_.substr(start_, at_ - start_);
    constexpr std::size_t digits_of_any = 300;
    if (number.size() < digits_of_any && number.find_first_of("eE") == std::string_view::npos) {
        return false;
    }
    double value = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
    // Too large, or too small, which is as good as 0.
    const bool is_out = read.ec == std::errc::result_out_of_range || !std::isfinite(value);
    return is_out && magnitude(number) > 0;
}

Token Lexer::string() {
    ++at_;
    const std::size_t plain = plain_length(text_.substr(at_));
    at_ += plain;
    if (peek() == '"') {
        ++at_;
        string_size_ = plain;
        return Token::string;
    }
    return decoded_string(plain);
}

// From the first byte on that does not stand for itself, behind `plain` bytes.
Token Lexer::decoded_string(std::size_t plain) {
    was_decoded_ = true;
    decoded_at_ = decoded_.size();
    decoded_.append(sizeof(DecodedSize), '\0');
    decoded_ += text_.substr(at_ - plain, plain);
    while (peek() != '"') {
        if (at_ == text_.size()) {
            ++at_;
            return refuse("invalid string: missing closing quote");
        }
        const char c = text_[at_++];
        if (c != '\\') {
            return refuse(control_character(c));
        }
        if (!escape()) {
            return Token::fault;
        }
        const std::size_t more = plain_length(text_.substr(at_));
        decoded_ += text_.substr(at_, more);
        at_ += more;
    }
    ++at_;
    string_size_ = decoded_.size() - decoded_at_ - sizeof(DecodedSize);
    const auto size = static_cast<DecodedSize>(string_size_);
    std::memcpy(decoded_.data() + decoded_at_, &size, sizeof size);
    return Token::string;
}

// Behind the backslash.
bool Lexer::escape() {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char letter = peek();
    ++at_;
    if (letter == 'u') {
        return unicode_escape();
    }
    const std::size_t i = letters.find(letter);  // At the end of the text it is 0.
    if (i == std::string_view::npos) {
        refuse("invalid string: forbidden character after backslash");
        return false;
    }
    decoded_ += meanings[i];
    return true;
}

bool Lexer::unicode_escape() {
    std::uint32_t point = 0;
    if (!four_digits(point)) {
        return false;
    }
    if (point >= 0xdc00 && point <= 0xdfff) {
        refuse("invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF");
        return false;
    }
    if (point >= 0xd800 && point <= 0xdbff) {
        std::uint32_t low = 0;
        for (const char c : std::string_view("\\u")) {
            if (peek() != c) {
                ++at_;
                refuse(
                    "invalid string: surrogate U+D800..U+DBFF must be followed by "
                    "U+DC00..U+DFFF");
                return false;
            }
            ++at_;
        }
        if (!four_digits(low)) {
            return false;
        }
        if (low < 0xdc00 || low > 0xdfff) {
            refuse("invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF");
            return false;
        }
        point = 0x10000 + ((point - 0xd800) << 10U) + (low - 0xdc00);
    }
    append_utf8(point, decoded_);
    return true;
}

bool Lexer::four_digits(std::uint32_t& value) {
    for (int i = 0; i < 4; ++i) {
        const char c = peek();
        ++at_;
        std::uint32_t digit = 16;
        if (is_digit(c)) {
            digit = static_cast<std::uint32_t>(c - '0');
        } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
            digit = (static_cast<std::uint32_t>(c) | 0x20U) - 'a' + 10;
        }
        if (digit == 16) {
            refuse("invalid string: '\\u' must be followed by 4 hex digits");
            return false;
        }
        value = (value << 4U) | digit;
    }
    return true;
}

}  // namespace aion::json
