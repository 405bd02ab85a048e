// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/similar.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "aion/base/ascii.hpp"

namespace aion {
namespace {

// A name without what people take for the same: case, hyphens and underscores.
class Letters {
  public:
    explicit Letters(std::string_view name) noexcept {
        for (const char c : name.substr(0, max_similar_size)) {
            if (c != '-' && c != '_') {
                letters_[size_++] = ascii_lower(c);
            }
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    [[nodiscard]] char operator[](std::size_t i) const noexcept { return letters_[i]; }

  private:
    std::array<char, max_similar_size> letters_{};
    std::size_t size_ = 0;
};

// Optimal string alignment: the fewest letters put in, left out, replaced or swapped with the next.
std::size_t distance(const Letters& a, const Letters& b) noexcept {
    using Row = std::array<std::size_t, max_similar_size + 1>;
    std::array<Row, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j) {
        rows[0][j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        Row& row = rows[i % 3];
        const Row& above = rows[(i + 2) % 3];
        const Row& two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = a[i - 1] == b[j - 1];
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], two_above[j - 2] + 1);
            }
        }
    }
    return rows[a.size() % 3][b.size()];
}

// Nothing if they are not similar.
std::optional<std::size_t> likeness(std::string_view typed, std::string_view known) noexcept {
    if (typed.size() > max_similar_size || known.size() > max_similar_size) {
        return std::nullopt;
    }
    const Letters a(typed);
    const Letters b(known);
    const std::size_t most = std::clamp<std::size_t>(b.size() / 3, 1, 2);
    if (a.size() == 0 || b.size() == 0 || a.size() > b.size() + most ||
        b.size() > a.size() + most) {
        return std::nullopt;
    }
    const std::size_t found = distance(a, b);
    return found <= most ? std::optional(found) : std::nullopt;
}

}  // namespace

bool is_similar(std::string_view typed, std::string_view known) noexcept {
    return likeness(typed, known).has_value();
}

std::optional<std::string_view> most_similar(std::string_view typed,
                                             std::span<const std::string_view> known) noexcept {
    std::optional<std::string_view> best;
    std::size_t least = SIZE_MAX;
    for (const std::string_view name : known) {
        const auto found = likeness(typed, name);
        if (found && *found < least) {
            best = name;
            least = *found;
        }
    }
    return best;
}

}  // namespace aion
