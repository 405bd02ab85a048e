// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/lines.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "aion/base/bytes.hpp"
#include "aion/crypto/hash.hpp"

namespace aion::report {
namespace {

struct Line {
    std::uint64_t digest;
    std::string_view text;
    std::uint32_t place;  // In both texts, one behind the other.
};

// Nobody can make many lines that share one, as with a hash table's own function.
std::uint64_t digest_of(std::string_view line) {
    const Hash hash = crypto::blake3(as_bytes(line));
    std::uint64_t digest = 0;
    std::memcpy(&digest, hash.bytes.data(), sizeof digest);
    return digest;
}

// Equal lines have equal numbers, from 0; returns how many there are.
std::size_t number_lines(std::vector<Line>& lines, std::vector<ElementId>& ids) {
    std::ranges::sort(lines, [](const Line& a, const Line& b) {
        return a.digest != b.digest ? a.digest < b.digest : a.text < b.text;
    });
    ids.resize(lines.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0 &&
            (lines[i].digest != lines[i - 1].digest || lines[i].text != lines[i - 1].text)) {
            ++count;
        }
        ids[lines[i].place] = static_cast<ElementId>(count);
    }
    return lines.empty() ? 0 : count + 1;
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

std::vector<Region> differing_lines(const std::vector<std::string_view>& a,
                                    const std::vector<std::string_view>& b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t before = 0;
    while (before < shorter && a[before] == b[before]) {
        ++before;
    }
    std::size_t behind = 0;
    while (behind < shorter - before && a[a.size() - 1 - behind] == b[b.size() - 1 - behind]) {
        ++behind;
    }
    const std::size_t a_size = a.size() - before - behind;
    std::vector<Line> lines;
    lines.reserve(a_size + b.size() - before - behind);
    for (const auto* side : {&a, &b}) {
        for (std::size_t i = before; i < side->size() - behind; ++i) {
            lines.push_back(
                {digest_of((*side)[i]), (*side)[i], static_cast<std::uint32_t>(lines.size())});
        }
    }
    std::vector<ElementId> ids;
    const std::size_t count = number_lines(lines, ids);
    const std::span<const ElementId> all(ids);
    SearchBudget budget;
    auto regions = regions_of(sequence_diff(all.first(a_size), all.subspan(a_size), count, budget));
    for (Region& region : regions) {
        region.a_begin += before;
        region.a_end += before;
        region.b_begin += before;
        region.b_end += before;
    }
    return regions;
}

}  // namespace aion::report
