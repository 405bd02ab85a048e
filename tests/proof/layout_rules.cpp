// SPDX-License-Identifier: MIT OR Apache-2.0
// Where sections and messages have to lie, and what UTF-8 is: the part of the expectations that is
// a computation and not a table.
#include <algorithm>
#include <utility>
#include <vector>

#include "proof/expectation.hpp"

namespace aion::proof {

using policy::Reason;

// Each section has to start where the one before it ends, from the header to the trailing hash.
// Where one cannot be placed, the next may start anywhere behind what could be.
std::optional<Mark> Judge::section_fault(ByteView file) {
    const std::uint64_t hash = file.size() - hash_size;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> placed;
    std::uint64_t next = header_size;
    for (std::size_t s = 0; s < section_count; ++s) {
        const std::uint64_t start = number_at(file, section_field(s));
        const std::uint64_t items = number_at(file, section_field(s) + 8);
        const bool inside =
            start >= header_size && start <= hash && items <= (hash - start) / item_sizes[s];
        if (!inside) {
            return Mark{Reason::section_out_of_bounds, 0, section_field(s)};
        }
        const std::uint64_t end = start + items * item_sizes[s];
        for (const auto& [from, to] : placed) {
            if (start < to && from < end) {
                return Mark{Reason::section_overlap, 0, start};
            }
        }
        if (start < next) {
            return Mark{Reason::section_out_of_order, 0, start};
        }
        if (start > next) {
            return Mark{Reason::section_gap, 0, next};
        }
        placed.emplace_back(start, end);
        next = end;
    }
    if (next < hash) {
        return Mark{Reason::trailing_bytes, 0, next};
    }
    return std::nullopt;
}

std::optional<Mark> Judge::message_fault(ByteView file) const {
    struct Text {
        std::uint64_t start;
        std::size_t version;
        std::uint64_t end;
    };

    const ByteView table = file.subspan(map_.strings(), map_.hash() - map_.strings());
    std::vector<std::optional<Mark>> faults(map_.count());
    std::vector<Text> texts;
    for (std::size_t i = 0; i < map_.count(); ++i) {
        const std::uint64_t start = number_at(file, map_.version(i) + 88);
        const std::uint64_t length = number_at(file, map_.version(i) + 96, 4);
        if (start > table.size() || length > table.size() - start) {
            faults[i] = in_version(Reason::message_out_of_bounds, i, map_.version(i) + 88);
        } else {
            texts.push_back({start, i, start + length});
        }
    }
    std::ranges::sort(texts, [](const Text& a, const Text& b) {
        return std::pair(a.start, a.version) < std::pair(b.start, b.version);
    });
    const bool all_known = texts.size() == map_.count();
    std::uint64_t next = 0;
    for (const Text& text : texts) {
        const std::uint64_t expected = next;
        next = std::max(next, text.end + 1);
        const auto fault = [&](Reason reason, std::uint64_t at) {
            faults[text.version] = in_version(reason, text.version, map_.strings() + at);
        };
        if (text.start < expected) {
            fault(Reason::string_table_overlap, text.start);
        } else if (text.start > expected && all_known) {
            fault(Reason::string_table_gap, expected);
        } else if (text.end == table.size() || table[text.end] != 0) {
            fault(Reason::message_not_terminated, text.end);
        } else if (const auto bad =
                       first_bad_utf8(table.subspan(text.start, text.end - text.start))) {
            fault(Reason::message_not_utf8, text.start + *bad);
        }
    }
    for (const auto& fault : faults) {
        if (fault) {
            return fault;
        }
    }
    if (all_known && next < table.size()) {
        return Mark{Reason::string_table_excess, 0, map_.strings() + next};
    }
    return std::nullopt;
}

namespace {

// The length of a sequence and what its second byte may be, by its first (RFC 3629 section 4).
struct Lead {
    std::size_t size;
    std::uint8_t second_low;
    std::uint8_t second_high;
};

std::optional<Lead> lead_of(std::uint8_t byte) {
    if (byte < 0x80) {
        return Lead{1, 0, 0};
    }
    if (byte >= 0xC2 && byte <= 0xDF) {
        return Lead{2, 0x80, 0xBF};
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        return Lead{3, static_cast<std::uint8_t>(byte == 0xE0 ? 0xA0 : 0x80),
                    static_cast<std::uint8_t>(byte == 0xED ? 0x9F : 0xBF)};
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        return Lead{4, static_cast<std::uint8_t>(byte == 0xF0 ? 0x90 : 0x80),
                    static_cast<std::uint8_t>(byte == 0xF4 ? 0x8F : 0xBF)};
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::size_t> first_bad_utf8(ByteView text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = lead_of(text[i]);
        if (!lead || i + lead->size > text.size()) {
            return i;
        }
        for (std::size_t k = 1; k < lead->size; ++k) {
            const std::uint8_t low = k == 1 ? lead->second_low : 0x80;
            const std::uint8_t high = k == 1 ? lead->second_high : 0xBF;
            if (text[i + k] < low || text[i + k] > high) {
                return i;
            }
        }
        i += lead->size;
    }
    return std::nullopt;
}

}  // namespace aion::proof
