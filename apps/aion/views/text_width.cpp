// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/text_width.hpp"

#include <algorithm>
#include <array>

#include "aion/base/utf8.hpp"

namespace aion::cli {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// By blocks where a block has few others in it: terminals do not agree on those either.
constexpr auto wide = std::to_array<Range>({
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x23f0, 0x23f0},   {0x23f3, 0x23f3},   {0x25fd, 0x25fe},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267f, 0x267f},   {0x2693, 0x2693},   {0x26a1, 0x26a1},
    {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x26c4, 0x26c5},   {0x26ce, 0x26ce},
    {0x26d4, 0x26d4},   {0x26ea, 0x26ea},   {0x26f2, 0x26f3},   {0x26f5, 0x26f5},
    {0x26fa, 0x26fa},   {0x26fd, 0x26fd},   {0x2705, 0x2705},   {0x270a, 0x270b},
    {0x2728, 0x2728},   {0x274c, 0x274c},   {0x274e, 0x274e},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27b0, 0x27b0},   {0x27bf, 0x27bf},
    {0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},   {0x2b55, 0x2b55},   {0x2e80, 0x303e},
    {0x3041, 0x3098},   {0x309b, 0x4dbf},   {0x4e00, 0xa4cf},   {0xa960, 0xa97c},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},
    {0xff01, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18cff}, {0x1aff0, 0x1b2ff},
    {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a},
    {0x1f200, 0x1f265}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7f0},
    {0x1f90c, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
});

constexpr auto no_column = std::to_array<Range>({
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2},
    {0x05c4, 0x05c5}, {0x05c7, 0x05c7}, {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0670, 0x0670},
    {0x06d6, 0x06dc}, {0x06df, 0x06e4}, {0x06e7, 0x06e8}, {0x06ea, 0x06ed}, {0x0711, 0x0711},
    {0x0730, 0x074a}, {0x07a6, 0x07b0}, {0x0900, 0x0902}, {0x093a, 0x093a}, {0x093c, 0x093c},
    {0x0941, 0x0948}, {0x094d, 0x094d}, {0x0951, 0x0957}, {0x0981, 0x0981}, {0x09bc, 0x09bc},
    {0x09c1, 0x09c4}, {0x09cd, 0x09cd}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e},
    {0x0eb1, 0x0eb1}, {0x0eb4, 0x0ebc}, {0x0ec8, 0x0ece}, {0x1ab0, 0x1ace}, {0x1dc0, 0x1dff},
    {0x20d0, 0x20f0}, {0x302a, 0x302d}, {0x3099, 0x309a}, {0xfe20, 0xfe2f},
});

template <std::size_t size>
bool is_in(const std::array<Range, size>& ranges, char32_t c) {
    const auto* const found = std::ranges::lower_bound(ranges, c, {}, &Range::last);
    return found != ranges.end() && found->first <= c;
}

std::size_t columns_of(const Utf8Character& character) {
    if (!character.point || *character.point < no_column.front().first) {
        return 1;
    }
    if (is_in(no_column, *character.point)) {
        return 0;
    }
    return is_in(wide, *character.point) ? 2 : 1;
}

// `\n`, `\\`, `\xff`, `\u{202e}`: what stands for one character.
std::size_t length_of_escape(std::string_view text) {
    if (text.size() < 2) {
        return text.size();
    }
    std::size_t length = 2;
    if (text[1] == 'x') {
        length = 4;
    } else if (text.starts_with("\\u{")) {
        length = text.find('}') + 1;  // 0 if there is none
    }
    return length == 0 || length > text.size() ? 1 : length;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const Utf8Character next = first_character(text);
        columns += columns_of(next);
        text.remove_prefix(next.length);
    }
    return columns;
}

std::string padded(const std::string& painted, std::string_view plain, std::size_t width) {
    const std::size_t columns = columns_of(plain);
    return painted + std::string(columns < width ? width - columns : 0, ' ');
}

std::string cut_to(std::string_view text, std::size_t width, std::string_view ellipsis) {
    const std::size_t room = width - std::min(width, columns_of(ellipsis));
    std::size_t columns = 0;
    std::size_t fits = 0;  // bytes of `text` before the ellipsis
    std::size_t at = 0;
    while (at < text.size() && columns <= width) {
        const std::string_view rest = text.substr(at);
        const Utf8Character next = first_character(rest);
        const bool is_escape = rest.front() == '\\';
        const std::size_t length = is_escape ? length_of_escape(rest) : next.length;
        columns += is_escape ? length : columns_of(next);
        at += length;
        if (columns <= room) {
            fits = at;
        }
    }
    if (columns <= width) {
        return std::string(text);
    }
    return std::string(text.substr(0, fits)) + std::string(room < width ? ellipsis : "");
}

}  // namespace aion::cli
