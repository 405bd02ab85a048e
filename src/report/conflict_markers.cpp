// SPDX-License-Identifier: MIT OR Apache-2.0
// Two contents in one text, and back.
#include <algorithm>

#include "aion/base/utf8.hpp"
#include "aion/report/conflict.hpp"
#include "report/lines.hpp"

namespace aion::report {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t shortest_marker = 7;  // As everybody writes them.
constexpr char begins = '<';
constexpr char divides = '=';
constexpr char ends = '>';
constexpr char has_no_line_feed = '\\';

std::size_t run_of(char mark, std::string_view line) {
    return std::min(line.find_first_not_of(mark), line.size());
}

// Longer than what any line begins with.
std::size_t marker_size(const Lines& a, const Lines& b) {
    std::size_t size = shortest_marker;
    for (const Lines* lines : {&a, &b}) {
        for (const std::string_view line : *lines) {
            for (const char mark : {begins, divides, ends, has_no_line_feed}) {
                size = std::max(size, run_of(mark, line) + 1);
            }
        }
    }
    return size;
}

class Maker {
  public:
    Maker(const Lines& local, const Lines& remote) : size_(marker_size(local, remote)) {}

    void lines(const Lines& lines, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            out_ += lines[i];
        }
    }

    // The same inside markers, where each line ends.
    void whole_lines(const Lines& lines, std::size_t begin, std::size_t end) {
        this->lines(lines, begin, end);
        if (begin < end && !lines[end - 1].ends_with('\n')) {
            out_ += '\n';
            marker(has_no_line_feed, "no line feed at the end");
        }
    }

    void marker(char mark, std::string_view label = {}) {
        out_.append(size_, mark);
        if (!label.empty()) {
            out_ += ' ';
            out_ += label;
        }
        out_ += '\n';
    }

    [[nodiscard]] std::string take() && { return std::move(out_); }

  private:
    std::size_t size_;
    std::string out_;
};

// Whether a line is a marker of that size.
bool is_marker(std::string_view line, char mark, std::size_t size) {
    if (run_of(mark, line) != size) {
        return false;
    }
    const std::string_view rest = line.substr(size);
    return rest.empty() || rest.starts_with(' ') || rest == "\n" || rest == "\r\n";
}

std::string label_of(std::string_view line, std::size_t size) {
    std::string_view label = line.substr(size);
    while (label.ends_with('\n') || label.ends_with('\r')) {
        label.remove_suffix(1);
    }
    if (label.starts_with(' ')) {
        label.remove_prefix(1);
    }
    return std::string(label);
}

std::optional<std::size_t> size_in(const Lines& lines) {
    std::size_t longest = 0;
    for (const std::string_view line : lines) {
        const std::size_t size = run_of(begins, line);
        if (size >= shortest_marker && is_marker(line, begins, size)) {
            longest = std::max(longest, size);
        }
    }
    return longest == 0 ? std::nullopt : std::optional(longest);
}

// Reads line after line: outside of markers both sides get it, inside one does.
class Reader {
  public:
    explicit Reader(std::size_t size) : size_(size) {}

    // False: markers in an order that means nothing.
    bool read(std::string_view line) {
        if (is_marker(line, begins, size_)) {
            if (!found_.local_label && where_ == Where::outside) {
                found_.local_label = label_of(line, size_);
            }
            return step(Where::outside, Where::local);
        }
        if (where_ != Where::outside) {
            if (is_marker(line, divides, size_)) {
                return step(Where::local, Where::remote);
            }
            if (is_marker(line, ends, size_)) {
                if (!found_.remote_label) {
                    found_.remote_label = label_of(line, size_);
                }
                return step(Where::remote, Where::outside);
            }
            std::string& side = where_ == Where::local ? found_.local : found_.remote;
            if (is_marker(line, has_no_line_feed, size_) && side.ends_with('\n')) {
                side.pop_back();
                return true;
            }
            side += line;
            return true;
        }
        found_.local += line;
        found_.remote += line;
        return true;
    }

    [[nodiscard]] std::optional<ConflictSides> take() && {
        if (where_ != Where::outside || !found_.remote_label) {
            return std::nullopt;
        }
        return ConflictSides{.local = std::move(found_.local),
                             .remote = std::move(found_.remote),
                             .local_label = *std::move(found_.local_label),
                             .remote_label = *std::move(found_.remote_label)};
    }

  private:
    enum class Where : std::uint8_t { outside, local, remote };

    bool step(Where from, Where to) {
        const bool is_in_order = where_ == from;
        where_ = to;
        return is_in_order;
    }

    struct Found {
        std::string local;
        std::string remote;
        std::optional<std::string> local_label;
        std::optional<std::string> remote_label;
    };

    std::size_t size_;
    Where where_ = Where::outside;
    Found found_;
};

}  // namespace

std::string make_conflict_markers(const ConflictSides& sides) {
    const Lines local = lines_of(sides.local);
    const Lines remote = lines_of(sides.remote);
    Maker maker(local, remote);
    std::size_t at = 0;
    for (const Region& region : differing_lines(local, remote)) {
        maker.lines(local, at, region.a_begin);
        maker.marker(begins, escape_controls(sides.local_label));
        maker.whole_lines(local, region.a_begin, region.a_end);
        maker.marker(divides);
        maker.whole_lines(remote, region.b_begin, region.b_end);
        maker.marker(ends, escape_controls(sides.remote_label));
        at = region.a_end;
    }
    maker.lines(local, at, local.size());
    return std::move(maker).take();
}

std::optional<ConflictSides> parse_conflict_markers(std::string_view text) {
    const Lines lines = lines_of(text);
    const auto size = size_in(lines);
    if (!size) {
        return std::nullopt;
    }
    Reader reader(*size);
    for (const std::string_view line : lines) {
        if (!reader.read(line)) {
            return std::nullopt;
        }
    }
    return std::move(reader).take();
}

bool has_conflict_markers(std::string_view text) {
    return parse_conflict_markers(text).has_value();
}

}  // namespace aion::report
