// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/canonical_copy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "aion/base/buffer.hpp"
#include "aion/base/utf8.hpp"
#include "supply/sorted_json.hpp"

// NOLINTBEGIN(portability-simd*,*redundant-inline*): as fast as can be
namespace aion::supply {
namespace {

constexpr std::uint64_t ones = 0x0101010101010101U;
constexpr std::uint64_t high_bits = 0x8080808080808080U;
constexpr std::size_t word_size = sizeof(std::uint64_t);

// What is copied is copied in steps, which may write so far beyond its end.
constexpr std::size_t step = 16;
constexpr std::size_t spare = 2 * step;

// Bytes that are moved to put members in order, for each of the text: several levels of objects, or
// it takes longer than another way, and with each level deeper.
constexpr std::size_t most_moves = 16;

// Of eight bytes the first is the lowest.
std::uint64_t load(const char* from) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return std::endian::native == std::endian::little ? word : std::byteswap(word);
}

// The high bit of every byte of `word` that is 0, and perhaps of one above it.
constexpr std::uint64_t zero_bytes(std::uint64_t word) noexcept {
    return (word - ones) & ~word & high_bits;
}

// The same of bytes that do not stand for themselves in a string. Control characters are those
// whose upper three bits are 0.
constexpr std::uint64_t special_bytes(std::uint64_t word) noexcept {
    return zero_bytes(word ^ (ones * '"')) | zero_bytes(word ^ (ones * '\\')) |
           zero_bytes(word & (ones * 0xe0));
}

constexpr bool is_plain(char c) noexcept {
    return static_cast<std::uint8_t>(c) >= 0x20 && c != '"' && c != '\\';
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_white(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

// Where reading and writing are. A local variable of which nobody has the address, so that all are
// in registers.
struct Cursor {
    const char* at;
    const char* end;
    char* out;

    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end - at); }

    [[nodiscard]] bool has(char c) const noexcept { return at != end && *at == c; }
};

[[gnu::always_inline]] inline void white(Cursor& c) noexcept {
    while (c.at != c.end && is_white(*c.at)) {
        ++c.at;
        while (c.left() >= word_size && load(c.at) == ones * ' ') {
            c.at += word_size;
        }
    }
}

[[gnu::always_inline]] inline void copy_one(Cursor& c) noexcept {
    *c.out++ = *c.at++;
}

[[gnu::always_inline]] inline bool literal(Cursor& c, std::string_view word) noexcept {
    if (c.left() < word.size() || std::memcmp(c.at, word.data(), word.size()) != 0) {
        return false;
    }
    std::memcpy(c.out, word.data(), word.size());
    c.at += word.size();
    c.out += word.size();
    return true;
}

// What is plain, and all high bits of it.
[[gnu::always_inline]] inline void plain(Cursor& c, std::uint64_t& all) noexcept {
#if defined(__SSE2__)
    // Sixteen at a time, where every processor can: most strings are one step then.
    while (c.left() >= step) {
        __m128i bytes;
        std::memcpy(&bytes, c.at, step);
        std::memcpy(c.out, c.at, step);
        const __m128i special =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
                         _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes));
        const auto stops = static_cast<std::uint32_t>(_mm_movemask_epi8(special));
        const auto high = static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
        const std::uint32_t before = stops ^ (stops - 1);  // All bits if none stops.
        all |= (high & before) != 0 ? high_bits : 0;
        const auto count = stops != 0 ? static_cast<std::size_t>(std::countr_zero(stops)) : step;
        c.at += count;
        c.out += count;
        if (stops != 0) {
            return;
        }
    }
#endif
    while (c.left() >= word_size) {
        const std::uint64_t word = load(c.at);
        std::memcpy(c.out, c.at, word_size);
        const std::uint64_t special = special_bytes(word);
        if (special != 0) {
            all |= word & (special ^ (special - 1));
            const auto count = static_cast<std::size_t>(std::countr_zero(special)) / 8;
            c.at += count;
            c.out += count;
            return;
        }
        all |= word;
        c.at += word_size;
        c.out += word_size;
    }
    while (c.at != c.end && is_plain(*c.at)) {
        all |= static_cast<std::uint8_t>(*c.at);
        copy_one(c);
    }
}

// Four digits, or something above 0xffff.
std::uint32_t four_digits(const char* at) noexcept {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = at[i];
        const char letter = static_cast<char>(c | 0x20);
        if (is_digit(c)) {
            value = (value << 4U) | static_cast<std::uint32_t>(c - '0');
        } else if (letter >= 'a' && letter <= 'f') {
            value = (value << 4U) | static_cast<std::uint32_t>(letter - 'a' + 10);
        } else {
            return UINT32_MAX;
        }
    }
    return value;
}

// Never longer than what stands for it in the text. `point` is no surrogate.
char* put(std::uint32_t point, char* out) noexcept {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr std::string_view short_forms = "btn.fr";  // of 8 to 13
    if (point < 0x20) {
        *out++ = '\\';
        if (point >= 8 && point <= 13 && point != 11) {
            *out++ = short_forms[point - 8];
            return out;
        }
        for (const char c : {'u', '0', '0', digits[point >> 4U], digits[point & 0xfU]}) {
            *out++ = c;
        }
        return out;
    }
    if (point < 0x80) {
        if (point == '"' || point == '\\') {
            *out++ = '\\';
        }
        *out++ = static_cast<char>(point);
        return out;
    }
    unsigned more = 1;
    std::uint32_t lead = 0xc0;
    if (point >= 0x800) {
        more = point < 0x10000 ? 2 : 3;
        lead = point < 0x10000 ? 0xe0 : 0xf0;
    }
    *out++ = static_cast<char>(lead | (point >> (6 * more)));
    for (unsigned i = more; i-- > 0;) {
        *out++ = static_cast<char>(0x80U | ((point >> (6 * i)) & 0x3fU));
    }
    return out;
}

// Behind a backslash. `at` is null where that is not right.
Cursor escape(Cursor c) noexcept {
    constexpr Cursor wrong{};
    if (c.left() < 2) {
        return wrong;
    }
    const char letter = c.at[1];
    if (letter == '/') {
        *c.out++ = '/';
        c.at += 2;
        return c;
    }
    if (letter != 'u') {
        if (std::string_view("\"\\bfnrt").find(letter) == std::string_view::npos) {
            return wrong;
        }
        copy_one(c);
        copy_one(c);
        return c;
    }
    constexpr std::size_t unit = 6;  // \u0000
    std::uint32_t point = c.left() < unit ? UINT32_MAX : four_digits(c.at + 2);
    c.at += std::min(unit, c.left());
    if (point >= 0xd800 && point <= 0xdbff) {
        const bool is_pair = c.left() >= unit && c.at[0] == '\\' && c.at[1] == 'u';
        const std::uint32_t low = is_pair ? four_digits(c.at + 2) : UINT32_MAX;
        if (low < 0xdc00 || low > 0xdfff) {
            return wrong;
        }
        c.at += unit;
        c.out = put(0x10000 + ((point - 0xd800) << 10U) + (low - 0xdc00), c.out);
        return c;
    }
    if (point > 0xffff || (point >= 0xdc00 && point <= 0xdfff)) {
        return wrong;
    }
    c.out = put(point, c.out);
    return c;
}

// A number whose canonical form is what is written: a fraction of so few digits that it is the
// shortest of its double, and large enough for being written without an exponent.
bool is_shortest_fraction(std::string_view written) noexcept {
    constexpr std::size_t most_zeros = 5;  // 0.000001
    if (written.starts_with('-')) {
        written.remove_prefix(1);
    }
    const std::size_t point = written.find('.');
    if (point == std::string_view::npos || written.size() > digits_for_sure + 1 ||
        written.back() == '0' || written.find_first_of("eE") != std::string_view::npos) {
        return false;
    }
    return written[0] != '0' || written.find_first_not_of('0', point + 1) - point - 1 <= most_zeros;
}

// The end of the number at `at`, or null.
const char* number_end(const char* at, const char* end) noexcept {
    const auto has = [&](char c) { return at != end && *at == c; };
    const auto digits = [&] {
        const char* const first = at;
        while (at != end && is_digit(*at)) {
            ++at;
        }
        return at != first;
    };
    at += has('-') ? 1 : 0;
    if (has('0')) {
        ++at;
    } else if (!digits()) {
        return nullptr;
    }
    if (has('.')) {
        ++at;
        if (!digits()) {
            return nullptr;
        }
    }
    if (has('e') || has('E')) {
        ++at;
        at += has('+') || has('-') ? 1 : 0;
        if (!digits()) {
            return nullptr;
        }
    }
    return at;
}

class Copy {
  public:
    Copy(std::string_view text, const CanonicalJsonLimits& limits, std::span<char> room)
        : text_(text), limits_(limits), out_(room.data()), room_(room.data() + room.size()) {}

    std::optional<std::size_t> run() {
        Cursor c{text_.data(), text_.data() + text_.size(), out_};
        white(c);
        bool goes_on = true;
        while (goes_on) {
            if (c.at == c.end || values_++ == limits_.values) {
                return std::nullopt;
            }
            const char first = *c.at;
            if (first == '"') {
                bool is_verbatim = true;
                if (!string(c, is_verbatim)) {
                    return std::nullopt;
                }
            } else if (first == '{' || first == '[') {
                if (!open(c)) {
                    return std::nullopt;
                }
                white(c);
                if (!c.has(first == '{' ? '}' : ']')) {
                    if (first == '{' && !name(c)) {
                        return std::nullopt;
                    }
                    continue;
                }
            } else if (!word(c, first)) {
                return std::nullopt;
            }
            if (!behind_value(c, goes_on)) {
                return std::nullopt;
            }
        }
        return static_cast<std::size_t>(c.out - out_);
    }

  private:
    struct Open {
        bool is_array;
        bool is_sorted;
        std::uint32_t first_member;  // In `members_`.
    };

    struct Member {
        std::uint64_t front;  // Of the name, the first byte as the highest, in the order of UTF-16.
        std::uint32_t at;     // Of its name's quotation mark, in what is written.
        std::uint32_t name_size;
        std::uint32_t end;  // Set once the object is out of order.
    };

    // What follows a value, up to the next one; or that nothing does.
    [[gnu::always_inline]] inline bool behind_value(Cursor& c, bool& goes_on) {
        while (true) {
            white(c);
            if (open_.empty()) {
                goes_on = false;
                return c.at == c.end;
            }
            if (c.at == c.end) {
                return false;
            }
            const bool is_array = open_.back().is_array;
            if (*c.at == ',') {
                copy_one(c);
                white(c);
                return is_array || name(c);
            }
            if (*c.at != (is_array ? ']' : '}')) {
                return false;
            }
            if (!is_array && !close(c.out)) {
                return false;
            }
            open_.pop_back();
            copy_one(c);
        }
    }

    bool open(Cursor& c) {
        if (open_.size() >= limits_.depth) {
            return false;
        }
        open_.push_back({*c.at == '[', true, static_cast<std::uint32_t>(members_.size())});
        copy_one(c);
        return true;
    }

    // At its first quotation mark.
    [[gnu::always_inline]] inline static bool string(Cursor& c, bool& is_verbatim) noexcept {
        const char* const begin = c.at;
        std::uint64_t all = 0;
        copy_one(c);
        while (true) {
            plain(c, all);
            if (c.has('"')) {
                break;
            }
            if (!c.has('\\')) {
                return false;
            }
            is_verbatim = false;
            c = escape(c);
            if (c.at == nullptr) {
                return false;
            }
        }
        copy_one(c);
        return (all & high_bits) == 0 ||
               !find_utf8_fault({begin, static_cast<std::size_t>(c.at - begin)});
    }

    // A member's name and the colon behind it.
    [[gnu::always_inline]] inline bool name(Cursor& c) {
        Member member{0, static_cast<std::uint32_t>(c.out - out_), 0, 0};
        bool is_verbatim = true;
        if (!c.has('"') || !string(c, is_verbatim) || !is_verbatim) {
            return false;
        }
        member.name_size = static_cast<std::uint32_t>(c.out - out_) - member.at - 2;
        member.front = front_of(name_of(member));
        Open& object = open_.back();
        if (members_.size() > object.first_member && !is_before(members_.back(), member)) {
            object.is_sorted = false;
        }
        members_.push_back(member);
        white(c);
        if (!c.has(':')) {
            return false;
        }
        copy_one(c);
        white(c);
        return true;
    }

    // Numbers and literals.
    [[gnu::always_inline]] inline bool word(Cursor& c, char first) {
        switch (first) {
            case 't':
                return literal(c, "true");
            case 'f':
                return literal(c, "false");
            case 'n':
                return literal(c, "null");
            default:
                break;
        }
        const char* at = c.at;
        while (at != c.end && is_digit(*at)) {
            ++at;
        }
        const auto size = static_cast<std::size_t>(at - c.at);
        const char next = at == c.end ? '\0' : *at;
        const bool is_usual = size != 0 && size <= digits_for_sure && (size == 1 || first != '0') &&
                              next != '.' && (next | 0x20) != 'e';
        if (is_usual && c.left() >= step) {
            std::memcpy(c.out, c.at, step);
            c.at = at;
            c.out += size;
            return true;
        }
        c = number(c);
        return c.at != nullptr;
    }

    // Any number; `at` is null where it is none, or not for here.
    [[gnu::noinline]] Cursor number(Cursor c) {
        constexpr Cursor wrong{};
        const char* const end = number_end(c.at, c.end);
        if (end == nullptr) {
            return wrong;
        }
        const std::string_view written(c.at, static_cast<std::size_t>(end - c.at));
        const bool is_whole = written.find_first_of(".eE") == std::string_view::npos;
        if (is_shortest_fraction(written) ||
            (is_whole && written.size() <= digits_for_sure && written != "-0")) {
            std::memcpy(c.out, written.data(), written.size());
            c.at = end;
            c.out += written.size();
            return c;
        }
        double number = 0;
        if (std::from_chars(c.at, end, number).ec != std::errc()) {
            return wrong;
        }
        printed_.clear();
        append_ecmascript(printed_, number);
        c.at = end;
        if ((is_whole && std::abs(number) >= first_unsure && printed_ != written) ||
            static_cast<std::size_t>(room_ - c.out) < printed_.size() + c.left() + spare) {
            return wrong;
        }
        std::memcpy(c.out, printed_.data(), printed_.size());
        c.out += printed_.size();
        return c;
    }

    [[nodiscard]] std::string_view name_of(const Member& member) const noexcept {
        return {out_ + member.at + 1, member.name_size};
    }

    // Of something written, behind which are `spare` bytes of room.
    static std::uint64_t front_of(std::string_view name) noexcept {
        std::uint64_t word = load(name.data());
        if (name.size() < word_size) {
            word &= (std::uint64_t{1} << (8 * name.size())) - 1;
        }
        if ((word & high_bits) != 0) {
            std::uint64_t ranks = 0;
            for (std::size_t i = 0; i < std::min(name.size(), word_size); ++i) {
                ranks |= std::uint64_t{utf16_rank(name[i])} << (8 * i);
            }
            word = ranks;
        }
        return std::byteswap(word);
    }

    [[nodiscard]] bool is_before(const Member& a, const Member& b) const noexcept {
        return a.front != b.front ? a.front < b.front : is_before_in_utf16(name_of(a), name_of(b));
    }

    // The innermost object, which is all written but for its bracket.
    bool close(const char* out) {
        const Open& object = open_.back();
        if (!object.is_sorted &&
            !sort(std::span(members_).subspan(object.first_member), out - out_)) {
            return false;
        }
        members_.resize(object.first_member);
        return true;
    }

    // Puts members in order, the last of which ends at `end`. Not if two have the same name, or if
    // it would be too much work.
    [[gnu::noinline]] bool sort(std::span<Member> members, std::ptrdiff_t end) {
        std::uint32_t at = members[0].at;
        for (std::size_t i = 0; i + 1 < members.size(); ++i) {
            members[i].end = members[i + 1].at - 1;
        }
        members.back().end = static_cast<std::uint32_t>(end);
        const auto order = [this](const Member& a, const Member& b) { return is_before(a, b); };
        std::sort(members.begin(), members.end(), order);
        const auto not_before = [this](const Member& a, const Member& b) {
            return !is_before(a, b);
        };
        if (std::ranges::adjacent_find(members, not_before) != members.end()) {
            return false;
        }
        while (members.front().at == at) {  // Not all are; the order was another.
            at = members.front().end + 1;
            members = members.subspan(1);
        }
        const std::size_t size = static_cast<std::size_t>(end) - at;
        moved_ += size;
        if (moved_ > most_moves * text_.size()) {
            return false;
        }
        if (size + spare > sorted_size_) {
            sorted_size_ = std::max(size + spare, 2 * sorted_size_);
            sorted_ = make_buffer(sorted_size_);
        }
        std::uint8_t* to = sorted_.get();
        for (const Member& member : members) {
            to = append(to, out_ + member.at, member.end - member.at);
            *to++ = ',';
        }
        std::memcpy(out_ + at, sorted_.get(), size);
        return true;
    }

    // Both have `step` bytes more than are copied.
    static std::uint8_t* append(std::uint8_t* to, const char* from, std::size_t size) noexcept {
        if (size > 4 * step) {
            std::memcpy(to, from, size);
        } else {
            for (std::size_t i = 0; i < size; i += step) {
                std::memcpy(to + i, from + i, step);
            }
        }
        return to + size;
    }

    std::string_view text_;
    const CanonicalJsonLimits& limits_;
    char* out_;   // What is written begins here;
    char* room_;  // there is room for it up to here.
    std::vector<Open> open_;
    std::vector<Member> members_;  // Of the objects that are open.
    std::size_t values_ = 0;
    std::size_t moved_ = 0;
    Buffer sorted_;
    std::size_t sorted_size_ = 0;
    std::string printed_;
};

}  // namespace

std::optional<std::size_t> copy_canonical(std::string_view text, const CanonicalJsonLimits& limits,
                                          std::span<char> room) {
    if (text.size() > std::min(limits.size, most_copied) ||
        room.size() < canonical_room(text.size())) {
        return std::nullopt;
    }
    return Copy(text, limits, room).run();
}

}  // namespace aion::supply

// NOLINTEND(portability-simd*,*redundant-inline*)
