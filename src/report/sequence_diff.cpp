// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/sequence_diff.hpp"

#include <algorithm>
#include <optional>

namespace aion::report {
namespace {

using Index = std::ptrdiff_t;

// What one cut of a box may cost, in edits: more for few elements.
constexpr Index least_effort = 256;
constexpr Index effort_for_all = 20'000'000;

// How far the paths with a number of edits reach on each diagonal x - y: `none` where there is no
// such path. One for paths from the beginning, one for paths from the end.
class Frontier {
  public:
    static constexpr Index none = -1;

    explicit Frontier(std::size_t diagonals) : reach_(diagonals, none) {}

    // Diagonals from -height to width will be asked for, and one more on each side.
    void begin(Index width, Index height) {
        zero_ = height + 1;
        width_ = width;
        height_ = height;
        at(-height - 1) = none;
        at(width + 1) = none;
    }

    [[nodiscard]] Index& at(Index diagonal) {
        return reach_[static_cast<std::size_t>(diagonal + zero_)];
    }

    // The diagonals that paths with `edits` edits can end on.
    [[nodiscard]] Index lowest(Index edits) const { return bounded(-edits, -height_, edits); }

    [[nodiscard]] Index highest(Index edits) const { return -bounded(-edits, -width_, edits); }

    // What lies just outside of the paths so far is no path of an earlier box.
    void widen(Index edits) {
        if (edits <= height_) {
            at(-edits - 1) = none;
        }
        if (edits <= width_) {
            at(edits + 1) = none;
        }
    }

    // Where a path on `diagonal` begins after one more edit, inside the box.
    [[nodiscard]] Index next(Index diagonal) {
        const Index right = at(diagonal - 1);
        const Index down = at(diagonal + 1);
        const Index by_right = right != none && right < width_ ? right + 1 : none;
        const Index by_down = down != none && down - diagonal <= height_ ? down : none;
        return std::max(by_right, by_down);
    }

  private:
    // Not below `limit`, and as even or odd as `edits`.
    static Index bounded(Index from, Index limit, Index edits) {
        if (from >= limit) {
            return from;
        }
        return (limit - edits) % 2 == 0 ? limit : limit + 1;
    }

    std::vector<Index> reach_;
    Index zero_ = 0;
    Index width_ = 0;
    Index height_ = 0;
};

struct Box {
    Index a_begin;
    Index a_end;
    Index b_begin;
    Index b_end;

    [[nodiscard]] Index width() const { return a_end - a_begin; }

    [[nodiscard]] Index height() const { return b_end - b_begin; }
};

struct Point {
    Index x;
    Index y;
};

class Search {
  public:
    Search(std::span<const ElementId> a, std::span<const ElementId> b, SearchBudget& budget)
        : a_(a),
          b_(b),
          budget_(budget),
          removed_(a.size(), false),
          added_(b.size(), false),
          forward_(a.size() + b.size() + 3),
          backward_(a.size() + b.size() + 3),
          effort_(std::max(least_effort,
                           effort_for_all / static_cast<Index>(a.size() + b.size() + 1))) {}

    void run() {
        std::vector<Box> boxes{{.a_begin = 0,
                                .a_end = static_cast<Index>(a_.size()),
                                .b_begin = 0,
                                .b_end = static_cast<Index>(b_.size())}};
        while (!boxes.empty()) {
            Box box = boxes.back();
            boxes.pop_back();
            trim(box);
            if (box.width() == 0 || box.height() == 0) {
                mark(box);
                continue;
            }
            const auto cut = budget_.steps > 0 ? cut_of(box) : std::nullopt;
            if (!cut) {
                mark(box);
                continue;
            }
            const Index x = box.a_begin + cut->x;
            const Index y = box.b_begin + cut->y;
            boxes.push_back({.a_begin = x, .a_end = box.a_end, .b_begin = y, .b_end = box.b_end});
            boxes.push_back(
                {.a_begin = box.a_begin, .a_end = x, .b_begin = box.b_begin, .b_end = y});
        }
    }

    [[nodiscard]] const std::vector<bool>& removed() const { return removed_; }

    [[nodiscard]] const std::vector<bool>& added() const { return added_; }

  private:
    [[nodiscard]] bool same(Index i, Index j) const {
        return a_[static_cast<std::size_t>(i)] == b_[static_cast<std::size_t>(j)];
    }

    void trim(Box& box) const {
        while (box.width() > 0 && box.height() > 0 && same(box.a_begin, box.b_begin)) {
            ++box.a_begin;
            ++box.b_begin;
        }
        while (box.width() > 0 && box.height() > 0 && same(box.a_end - 1, box.b_end - 1)) {
            --box.a_end;
            --box.b_end;
        }
    }

    void mark(const Box& box) {
        std::fill(removed_.begin() + box.a_begin, removed_.begin() + box.a_end, true);
        std::fill(added_.begin() + box.b_begin, added_.begin() + box.b_end, true);
    }

    // Where a path with few edits passes, in coordinates of the box, neither first nor last corner.
    // Nothing if none was found.
    std::optional<Point> cut_of(const Box& box) {
        const Index width = box.width();
        const Index height = box.height();
        forward_.begin(width, height);
        backward_.begin(width, height);
        const bool is_odd = (width - height) % 2 != 0;
        for (Index edits = 0;; ++edits) {
            if (edits > effort_) {
                return furthest(box, edits - 1);
            }
            budget_.steps -= 2 * (edits + 1);
            forward_.widen(edits);
            if (auto met = extend(box, true, edits, is_odd)) {
                return met;
            }
            backward_.widen(edits);
            if (auto met = extend(box, false, edits, !is_odd)) {
                return Point{.x = width - met->x, .y = height - met->y};
            }
        }
    }

    // One more edit for the paths of one side, whose coordinates count from its own corner. Where
    // one meets a path of the other side, if they can meet now.
    std::optional<Point> extend(const Box& box, bool is_forward, Index edits, bool may_meet) {
        Frontier& mine = is_forward ? forward_ : backward_;
        Frontier& other = is_forward ? backward_ : forward_;
        const Index others_edits = is_forward ? edits - 1 : edits;
        const Index delta = box.width() - box.height();
        for (Index k = mine.lowest(edits); k <= mine.highest(edits); k += 2) {
            Index x = edits == 0 ? 0 : mine.next(k);
            if (x == Frontier::none) {
                mine.at(k) = x;
                continue;
            }
            const Index from = x;
            while (x < box.width() && x - k < box.height() &&
                   same_from(box, is_forward, x, x - k)) {
                ++x;
            }
            budget_.steps -= x - from;
            mine.at(k) = x;
            const Index opposite = delta - k;
            if (may_meet && opposite >= other.lowest(others_edits) &&
                opposite <= other.highest(others_edits) && others_edits >= 0) {
                const Index reached = other.at(opposite);
                if (reached != Frontier::none && x + reached >= box.width()) {
                    return Point{.x = x, .y = x - k};
                }
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] bool same_from(const Box& box, bool is_forward, Index x, Index y) const {
        return is_forward ? same(box.a_begin + x, box.b_begin + y)
                          : same(box.a_end - 1 - x, box.b_end - 1 - y);
    }

    // The best that either side came to after `edits` edits.
    std::optional<Point> furthest(const Box& box, Index edits) {
        Point best{.x = 0, .y = 0};
        bool is_forward = true;
        for (const bool side : {true, false}) {
            Frontier& mine = side ? forward_ : backward_;
            for (Index k = mine.lowest(edits); k <= mine.highest(edits); k += 2) {
                const Index x = mine.at(k);
                if (x != Frontier::none && x + x - k > best.x + best.y) {
                    best = {.x = x, .y = x - k};
                    is_forward = side;
                }
            }
        }
        if (best.x + best.y == 0 || best.x + best.y == box.width() + box.height()) {
            return std::nullopt;
        }
        return is_forward ? best : Point{.x = box.width() - best.x, .y = box.height() - best.y};
    }

    std::span<const ElementId> a_;
    std::span<const ElementId> b_;
    SearchBudget& budget_;
    std::vector<bool> removed_;
    std::vector<bool> added_;
    Frontier forward_;
    Frontier backward_;
    Index effort_;
};

// The elements of one side that are on the other, too, and where they stand.
struct Shared {
    Shared(std::span<const ElementId> elements, const std::vector<bool>& is_there) {
        for (std::size_t i = 0; i < elements.size(); ++i) {
            if (is_there[elements[i]]) {
                ids.push_back(elements[i]);
                places.push_back(static_cast<std::uint32_t>(i));
            }
        }
    }

    [[nodiscard]] std::vector<bool> marks(std::size_t size, const std::vector<bool>& of) const {
        std::vector<bool> all(size, true);
        for (std::size_t i = 0; i < places.size(); ++i) {
            all[places[i]] = of[i];
        }
        return all;
    }

    std::vector<ElementId> ids;
    std::vector<std::uint32_t> places;  // As many as numbers of elements at the most.
};

std::vector<bool> presence(std::span<const ElementId> elements, std::size_t ids) {
    std::vector<bool> is_there(ids, false);
    for (const ElementId id : elements) {
        is_there[id] = true;
    }
    return is_there;
}

}  // namespace

SequenceDiff sequence_diff(std::span<const ElementId> a, std::span<const ElementId> b,
                           std::size_t ids, SearchBudget& budget) {
    const Shared in_a(a, presence(b, ids));
    const Shared in_b(b, presence(a, ids));
    Search search(in_a.ids, in_b.ids, budget);
    search.run();
    return {.removed = in_a.marks(a.size(), search.removed()),
            .added = in_b.marks(b.size(), search.added())};
}

std::vector<Region> regions_of(const SequenceDiff& diff) {
    std::vector<Region> regions;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < diff.removed.size() || j < diff.added.size()) {
        const Region region{.a_begin = i, .a_end = i, .b_begin = j, .b_end = j};
        while (i < diff.removed.size() && diff.removed[i]) {
            ++i;
        }
        while (j < diff.added.size() && diff.added[j]) {
            ++j;
        }
        if (i > region.a_begin || j > region.b_begin) {
            regions.push_back(
                {.a_begin = region.a_begin, .a_end = i, .b_begin = region.b_begin, .b_end = j});
        }
        // What stays, on both sides.
        if (i < diff.removed.size()) {
            ++i;
        }
        if (j < diff.added.size()) {
            ++j;
        }
    }
    return regions;
}

}  // namespace aion::report
