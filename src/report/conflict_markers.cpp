// SPDX-License-Identifier: MIT OR Apache-2.0
// Two contents in one text, and back.
#include <algorithm>
#include <array>
#include <initializer_list>

#include "aion/base/utf8.hpp"
#include "aion/report/conflict.hpp"
#include "base/try.hpp"
#include "report/lines.hpp"
#include "report/text_details.hpp"

namespace aion::report {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t shortest_marker = 7;  // As everybody writes them.
constexpr std::size_t longest_marker = 32;  // Three for each difference are written.
constexpr char begins = '<';
constexpr char begins_base = '|';  // What both came from, which git can show between the two.
constexpr char divides = '=';
constexpr char ends = '>';
constexpr char has_no_line_feed = '\\';

std::size_t run_of(char mark, std::string_view line) {
    return std::min(line.find_first_not_of(mark), line.size());
}

std::string_view without_line_end(std::string_view line) {
    for (const char end : {'\n', '\r'}) {
        if (line.ends_with(end)) {
            line.remove_suffix(1);
        }
    }
    return line;
}

// Whether a line is a marker of that size, also with a line feed that it has not.
bool is_marker(std::string_view line, char mark, std::size_t size) {
    if (run_of(mark, line) != size) {
        return false;
    }
    const std::string_view rest = without_line_end(line.substr(size));
    return rest.empty() || rest.starts_with(' ');
}

// Which sizes a text has lines of that are such markers.
class Alike {
  public:
    void look_at(std::string_view text) {
        while (!text.empty()) {
            const std::string_view line = take_line(text);
            for (const char mark : {begins, begins_base, divides, ends, has_no_line_feed}) {
                const std::size_t size = run_of(mark, line);
                if (size >= shortest_marker && is_marker(line, mark, size)) {
                    add(mark, size);
                }
            }
        }
    }

    // The shortest that is longer than all that begin something, as whoever reads it expects, and
    // that no other line has.
    [[nodiscard]] std::optional<std::size_t> other() const {
        for (std::size_t size = least_; size <= longest_marker; ++size) {
            if (!is_there_[size]) {
                return size;
            }
        }
        return std::nullopt;
    }

  private:
    void add(char mark, std::size_t size) {
        if (mark == begins) {
            least_ = std::max(least_, size + 1);
        }
        if (size <= longest_marker) {
            is_there_[size] = true;
        }
    }

    std::size_t least_ = shortest_marker;
    std::array<bool, longest_marker + 1> is_there_{};
};

Result<std::size_t> marker_size(std::string_view local, std::string_view remote) {
    Alike alike;
    alike.look_at(local);
    alike.look_at(remote);
    if (const auto size = alike.other()) {
        return *size;
    }
    return fail(invalid<TextDetail::text_like_markers>(longest_marker));
}

class Maker {
  public:
    Maker(std::size_t size, const TextSink& sink) : size_(size), sink_(sink) {}

    void lines(const Lines& lines, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            sink_(lines[i]);
        }
    }

    // The same inside markers, where each line ends.
    void whole_lines(const Lines& lines, std::size_t begin, std::size_t end) {
        this->lines(lines, begin, end);
        if (begin < end && !lines[end - 1].ends_with('\n')) {
            sink_("\n");
            marker(has_no_line_feed, "no line feed at the end");
        }
    }

    void marker(char mark, std::string_view label = {}) {
        line_.assign(size_, mark);
        if (!label.empty()) {
            line_ += ' ';
            line_ += label;
        }
        line_ += '\n';
        sink_(line_);
    }

  private:
    std::size_t size_;
    const TextSink& sink_;
    std::string line_;
};

std::string label_of(std::string_view line, std::size_t size) {
    std::string_view label = without_line_end(line.substr(size));
    if (label.starts_with(' ')) {
        label.remove_prefix(1);
    }
    return std::string(label);
}

std::optional<std::size_t> size_in(std::string_view text) {
    std::size_t longest = 0;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
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
            return step({Where::outside}, Where::local);
        }
        if (where_ == Where::outside) {
            found_.local += line;
            found_.remote += line;
            return true;
        }
        if (where_ == Where::local && is_marker(line, begins_base, size_)) {
            return step({Where::local}, Where::base);
        }
        if (is_marker(line, divides, size_)) {
            return step({Where::local, Where::base}, Where::remote);
        }
        if (is_marker(line, ends, size_)) {
            if (!found_.remote_label) {
                found_.remote_label = label_of(line, size_);
            }
            return step({Where::remote}, Where::outside);
        }
        if (where_ != Where::base) {
            put(where_ == Where::local ? found_.local : found_.remote, line);
        }
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
    enum class Where : std::uint8_t { outside, local, base, remote };

    bool step(std::initializer_list<Where> from, Where to) {
        const bool is_in_order = std::ranges::find(from, where_) != from.end();
        where_ = to;
        return is_in_order;
    }

    void put(std::string& side, std::string_view line) const {
        if (is_marker(line, has_no_line_feed, size_) && side.ends_with('\n')) {
            side.pop_back();
        } else {
            side += line;
        }
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

Result<> check_conflict_markers(std::string_view local, std::string_view remote) {
    AION_TRY(check_lines(local, remote));
    AION_TRY(marker_size(local, remote));
    return {};
}

Result<> make_conflict_markers(const ConflictTexts& texts, const TextSink& sink) {
    AION_TRY(check_lines(texts.local, texts.remote));
    AION_TRY_ASSIGN(const std::size_t size, marker_size(texts.local, texts.remote));
    const std::string local_label = escape_controls(texts.local_label);
    const std::string remote_label = escape_controls(texts.remote_label);
    const Lines local = lines_of(texts.local);
    const Lines remote = lines_of(texts.remote);
    Maker maker(size, sink);
    std::size_t at = 0;
    for (const Region& region : differing_lines(local, remote)) {
        maker.lines(local, at, region.a_begin);
        maker.marker(begins, local_label);
        maker.whole_lines(local, region.a_begin, region.a_end);
        maker.marker(divides);
        maker.whole_lines(remote, region.b_begin, region.b_end);
        maker.marker(ends, remote_label);
        at = region.a_end;
    }
    maker.lines(local, at, local.size());
    return {};
}

std::optional<ConflictSides> parse_conflict_markers(std::string_view text) {
    const auto size = size_in(text);
    if (!size) {
        return std::nullopt;
    }
    Reader reader(*size);
    while (!text.empty()) {
        if (!reader.read(take_line(text))) {
            return std::nullopt;
        }
    }
    return std::move(reader).take();
}

bool has_conflict_markers(std::string_view text) {
    return parse_conflict_markers(text).has_value();
}

}  // namespace aion::report
