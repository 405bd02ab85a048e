// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/tile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/try.hpp"
#include "tlog/bundle.hpp"
#include "tlog/details.hpp"

namespace aion::tlog {
namespace {

// Takes `word` from the front, if it is there.
bool take(std::string_view& text, std::string_view word) noexcept {
    if (!text.starts_with(word)) {
        return false;
    }
    text.remove_prefix(word.size());
    return true;
}

// Takes decimal digits from the front, as many as there are.
template <class Number>
std::optional<Number> take_number(std::string_view& text) noexcept {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

// Takes groups of three digits, all but the last with an `x` before them.
std::optional<std::uint64_t> take_index(std::string_view& text) noexcept {
    std::uint64_t index = 0;
    for (bool more = true; more;) {
        more = take(text, "x");
        if (text.size() < 3) {
            return std::nullopt;
        }
        std::string_view digits = text.substr(0, 3);
        const auto group = take_number<std::uint16_t>(digits);
        if (!group || !digits.empty() || index > (UINT64_MAX - *group) / 1000) {
            return std::nullopt;
        }
        index = (index * 1000) + *group;
        text.remove_prefix(3);
        if (more && !take(text, "/")) {
            return std::nullopt;
        }
    }
    return index;
}

}  // namespace

std::string TileName::path() const {
    std::string numbers = fmt::format("{:03}", index % 1000);
    for (std::uint64_t rest = index / 1000; rest > 0; rest /= 1000) {
        numbers.insert(0, fmt::format("x{:03}/", rest % 1000));
    }
    std::string path = level ? fmt::format("tile/{}/{}", *level, numbers)
                             : fmt::format("tile/entries/{}", numbers);
    if (width != tile_width) {
        path += fmt::format(".p/{}", width);
    }
    return path;
}

std::optional<TileName> TileName::parse(std::string_view path) {
    std::string_view rest = path;
    TileName name;
    if (!take(rest, "tile/")) {
        return std::nullopt;
    }
    if (!take(rest, "entries/")) {
        name.level = take_number<unsigned>(rest);
        if (!name.level || *name.level > max_tile_level || !take(rest, "/")) {
            return std::nullopt;
        }
    }
    const auto index = take_index(rest);
    if (!index) {
        return std::nullopt;
    }
    name.index = *index;
    if (take(rest, ".p/")) {
        const auto width = take_number<unsigned>(rest);
        if (!width || *width == 0 || *width >= tile_width) {
            return std::nullopt;
        }
        name.width = *width;
    }
    // Zeros in front, or groups of them, are other names of the same.
    if (!rest.empty() || name.path() != path) {
        return std::nullopt;
    }
    return name;
}

unsigned tile_width_at(unsigned level, std::uint64_t index, std::uint64_t size) noexcept {
    if (level > max_tile_level) {
        return 0;
    }
    const std::uint64_t digests = size >> (tile_height * level);
    if (index > digests / tile_width) {
        return 0;
    }
    return static_cast<unsigned>(std::min(digests - (index * tile_width), tile_width));
}

void append_to_bundle(Bytes& bundle, ByteView entry) {
    bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8U));
    bundle.push_back(static_cast<std::uint8_t>(entry.size()));
    bundle.insert(bundle.end(), entry.begin(), entry.end());
}

std::optional<ByteView> take_from_bundle(ByteView& rest) noexcept {
    constexpr std::size_t length_size = 2;
    if (rest.size() < length_size) {
        return std::nullopt;
    }
    const std::size_t size = (std::size_t{rest[0]} << 8U) + rest[1];
    if (rest.size() - length_size < size) {
        return std::nullopt;
    }
    const ByteView entry = rest.subspan(length_size, size);
    rest = rest.subspan(length_size + size);
    return entry;
}

Result<> each_of_bundle(ByteView bundle, unsigned width,
                        const std::function<Result<>(ByteView entry)>& each) {
    ByteView rest = bundle;
    for (unsigned i = 0; i < width; ++i) {
        const auto entry = take_from_bundle(rest);
        if (!entry) {
            return fail(invalid<TlogDetail::tile_bad_bundle>(bundle.size(), width));
        }
        AION_TRY(each(*entry));
    }
    if (!rest.empty()) {
        return fail(invalid<TlogDetail::tile_bad_bundle>(bundle.size(), width));
    }
    return {};
}

}  // namespace aion::tlog
