// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "aion/base/hex.hpp"

namespace aion {
namespace {

constexpr std::string_view replacement_character = "\xef\xbf\xbd";

/// What a first byte promises: how long its sequence is, and between what its second byte lies.
/// Those two bounds are all it takes to exclude overlong forms, surrogates and what is above
/// U+10FFFF (Unicode 15, table 3-7). Length 0: no sequence begins with this byte.
struct Lead {
    std::size_t length;
    std::uint8_t second_min;
    std::uint8_t second_max;
};

constexpr Lead lead_of(std::uint8_t first) noexcept {
    if (first < 0x80) {
        return {1, 0, 0};
    }
    if (first >= 0xc2 && first <= 0xdf) {
        return {2, 0x80, 0xbf};
    }
    if (first >= 0xe0 && first <= 0xef) {
        return {3, static_cast<std::uint8_t>(first == 0xe0 ? 0xa0 : 0x80),
                static_cast<std::uint8_t>(first == 0xed ? 0x9f : 0xbf)};
    }
    if (first >= 0xf0 && first <= 0xf4) {
        return {4, static_cast<std::uint8_t>(first == 0xf0 ? 0x90 : 0x80),
                static_cast<std::uint8_t>(first == 0xf4 ? 0x8f : 0xbf)};
    }
    return {0, 0, 0};
}

constexpr std::uint8_t byte_at(std::string_view text, std::size_t i) noexcept {
    return static_cast<std::uint8_t>(text[i]);
}

/// One step of decoding at the front of a text that is not empty.
struct Step {
    std::size_t length = 0;  ///< Bytes to go on: a whole sequence or a maximal bad subpart.
    bool valid = false;
    bool cut_short = false;  ///< Not valid, but only because the text ends.
};

constexpr Step step(std::string_view text) noexcept {
    const Lead lead = lead_of(byte_at(text, 0));
    if (lead.length == 0) {
        return {1, false, false};
    }
    for (std::size_t i = 1; i < lead.length; ++i) {
        if (i == text.size()) {
            return {i, false, true};
        }
        const std::uint8_t low = i == 1 ? lead.second_min : 0x80;
        const std::uint8_t high = i == 1 ? lead.second_max : 0xbf;
        if (byte_at(text, i) < low || byte_at(text, i) > high) {
            return {i, false, false};
        }
    }
    return {lead.length, true, false};
}

/// How many bytes at the front are ASCII, in steps of eight; most text is nothing else.
std::size_t skip_ascii(std::string_view text) noexcept {
    std::size_t i = 0;
    for (; text.size() - i >= 8; i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + i, sizeof word);
        if ((word & 0x8080808080808080U) != 0) {
            break;
        }
    }
    return i;
}

/// The code point of one valid sequence.
constexpr char32_t decode(std::string_view sequence) noexcept {
    constexpr std::array<std::uint8_t, 5> lead_bits{0, 0x7f, 0x1f, 0x0f, 0x07};
    char32_t point = byte_at(sequence, 0) & lead_bits[sequence.size()];
    for (std::size_t i = 1; i < sequence.size(); ++i) {
        point = point << 6U | (byte_at(sequence, i) & 0x3fU);
    }
    return point;
}

/// First and last of a run of characters.
struct Run {
    char32_t first;
    char32_t last;
};

/// The characters that nobody sees, in order: control characters (Cc), what separates lines (Zl,
/// Zp) or changes the direction of the text (Bidi_Control), what Unicode 15.1 lets a screen leave
/// out (Default_Ignorable_Code_Point) and annotations (U+FFF9 to U+FFFB).
constexpr std::array unseen{
    Run{0x0000, 0x001f},   Run{0x007f, 0x009f},   Run{0x00ad, 0x00ad},   Run{0x034f, 0x034f},
    Run{0x061c, 0x061c},   Run{0x115f, 0x1160},   Run{0x17b4, 0x17b5},   Run{0x180b, 0x180f},
    Run{0x200b, 0x200f},   Run{0x2028, 0x202e},   Run{0x2060, 0x206f},   Run{0x3164, 0x3164},
    Run{0xfe00, 0xfe0f},   Run{0xfeff, 0xfeff},   Run{0xffa0, 0xffa0},   Run{0xfff0, 0xfffb},
    Run{0x1bca0, 0x1bca3}, Run{0x1d173, 0x1d17a}, Run{0xe0000, 0xe0fff},
};

std::string escape(char32_t c) {
    switch (c) {
        case U'\\':
            return "\\\\";
        case U'\n':
            return "\\n";
        case U'\r':
            return "\\r";
        case U'\t':
            return "\\t";
        default:
            break;
    }
    const auto low = static_cast<std::uint8_t>(c);
    if (c < 0x80) {
        return "\\x" + to_hex(std::array{low});
    }
    // No leading zeros: \u{85}, \u{61c}, \u{202e}, \u{e0041}.
    const std::string digits = to_hex(
        std::array{static_cast<std::uint8_t>(c >> 16U), static_cast<std::uint8_t>(c >> 8U), low});
    return "\\u{" + digits.substr(digits.find_first_not_of('0')) + "}";
}

std::string escape_bytes(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        out += "\\x" + to_hex(std::array{static_cast<std::uint8_t>(c)});
    }
    return out;
}

constexpr bool is_white_space(char32_t c) noexcept {
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

/// Length of the last sequence of a valid text that is not empty.
std::size_t last_length(std::string_view text) noexcept {
    std::size_t length = 1;
    while (length < text.size() && (byte_at(text, text.size() - length) & 0xc0U) == 0x80) {
        ++length;
    }
    return length;
}

}  // namespace

std::optional<Utf8Fault> find_utf8_fault(std::string_view text) noexcept {
    std::size_t i = skip_ascii(text);
    while (i < text.size()) {
        const Step next = step(text.substr(i));
        if (!next.valid) {
            return Utf8Fault{i, next.cut_short ? 0 : next.length};
        }
        i += next.length;
        if (next.length == 1) {
            i += skip_ascii(text.substr(i));
        }
    }
    return std::nullopt;
}

std::string describe(const Utf8Fault& fault) {
    const std::string place = " from index " + std::to_string(fault.index);
    if (fault.length == 0) {
        return "incomplete utf-8 byte sequence" + place;
    }
    return "invalid utf-8 sequence of " + std::to_string(fault.length) + " bytes" + place;
}

std::string to_valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (const auto fault = find_utf8_fault(text)) {
        out += text.substr(0, fault->index);
        out += replacement_character;
        text.remove_prefix(fault->length == 0 ? text.size() : fault->index + fault->length);
    }
    return out += text;
}

std::string escape_bad_bytes(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (const auto fault = find_utf8_fault(text)) {
        const std::size_t length = fault->length == 0 ? text.size() - fault->index : fault->length;
        out += text.substr(0, fault->index);
        out += escape_bytes(text.substr(fault->index, length));
        text.remove_prefix(fault->index + length);
    }
    return out += text;
}

Utf8Character first_character(std::string_view text) noexcept {
    const Step first = step(text);
    return {first.length,
            first.valid ? std::optional(decode(text.substr(0, first.length))) : std::nullopt};
}

bool is_unseen(char32_t c) noexcept {
    const auto* const run = std::ranges::lower_bound(unseen, c, {}, &Run::last);
    return run != unseen.end() && run->first <= c;
}

std::string escape_controls(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Utf8Character next = first_character(text);
        const std::string_view sequence = text.substr(0, next.length);
        if (!next.point) {
            out += escape_bytes(sequence);
        } else if (*next.point == U'\\' || is_unseen(*next.point)) {
            out += escape(*next.point);
        } else {
            out += sequence;
        }
        text.remove_prefix(next.length);
    }
    return out;
}

std::string_view trim_white_space(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = std::min(step(text).length, text.size());
        if (!is_white_space(decode(text.substr(0, length)))) {
            break;
        }
        text.remove_prefix(length);
    }
    while (!text.empty()) {
        const std::size_t length = std::min<std::size_t>(last_length(text), 4);
        if (!is_white_space(decode(text.substr(text.size() - length)))) {
            break;
        }
        text.remove_suffix(length);
    }
    return text;
}

std::string_view without_byte_order_mark(std::string_view text) noexcept {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

}  // namespace aion
