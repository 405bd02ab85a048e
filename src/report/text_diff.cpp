// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/text_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "aion/base/utf8.hpp"
#include "base/try.hpp"
#include "report/lines.hpp"

namespace aion::report {
namespace {

using Lines = std::vector<std::string_view>;

// `3` for one line, `3,2` for two, and for none the line before.
std::string range(std::size_t begin, std::size_t end) {
    if (end - begin == 1) {
        return std::to_string(begin + 1);
    }
    return fmt::format("{},{}", begin + (end > begin ? 1 : 0), end - begin);
}

class Teller {
  public:
    Teller(const Lines& a, const Lines& b, const UnifiedDiffOptions& options, const TextSink& sink)
        : a_(a), b_(b), options_(options), sink_(sink) {}

    LineCounts tell(const std::vector<Region>& regions) {
        if (regions.empty()) {
            return counts_;
        }
        sink_(fmt::format("--- {}\n", escape_controls(options_.a_label)));
        sink_(fmt::format("+++ {}\n", escape_controls(options_.b_label)));
        std::size_t first = 0;
        for (std::size_t i = 1; i <= regions.size(); ++i) {
            if (i == regions.size() || is_apart(regions[i - 1], regions[i])) {
                tell_hunk(std::span(regions).subspan(first, i - first));
                first = i;
            }
        }
        return counts_;
    }

  private:
    // Of the end of a text: no sum of places and contexts that could be too large.
    [[nodiscard]] std::size_t context_behind(std::size_t end, std::size_t size) const {
        return end + std::min(options_.context, size - end);
    }

    [[nodiscard]] std::size_t context_before(std::size_t begin) const {
        return begin - std::min(options_.context, begin);
    }

    // More equal lines between them than belong to both.
    [[nodiscard]] bool is_apart(const Region& one, const Region& next) const {
        const std::size_t between = next.a_begin - one.a_end;
        return between > options_.context && between - options_.context > options_.context;
    }

    void tell_hunk(std::span<const Region> regions) {
        const std::size_t a_begin = context_before(regions.front().a_begin);
        const std::size_t a_end = context_behind(regions.back().a_end, a_.size());
        const std::size_t b_begin = context_before(regions.front().b_begin);
        const std::size_t b_end = context_behind(regions.back().b_end, b_.size());
        sink_(fmt::format("@@ -{} +{} @@\n", range(a_begin, a_end), range(b_begin, b_end)));
        std::size_t at = a_begin;
        for (const Region& region : regions) {
            tell_lines(' ', a_, at, region.a_begin);
            tell_lines('-', a_, region.a_begin, region.a_end);
            tell_lines('+', b_, region.b_begin, region.b_end);
            counts_.removed += region.a_end - region.a_begin;
            counts_.added += region.b_end - region.b_begin;
            at = region.a_end;
        }
        tell_lines(' ', a_, at, a_end);
    }

    void tell_lines(char mark, const Lines& lines, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            line_ = mark;
            line_ += lines[i];
            if (!lines[i].ends_with('\n')) {
                line_ += '\n';
                sink_(line_);
                sink_("\\ No newline at end of file\n");
            } else {
                sink_(line_);
            }
        }
    }

    const Lines& a_;
    const Lines& b_;
    const UnifiedDiffOptions& options_;
    const TextSink& sink_;
    LineCounts counts_;
    std::string line_;
};

}  // namespace

bool is_text(ByteView content) noexcept {
    const std::string_view text = as_text(content);
    return text.find('\0') == std::string_view::npos && !find_utf8_fault(text);
}

Result<> check_unified_diff(std::string_view a, std::string_view b) {
    return check_lines(a, b);
}

Result<LineCounts> unified_diff(std::string_view a, std::string_view b,
                                const UnifiedDiffOptions& options, const TextSink& sink) {
    AION_TRY(check_lines(a, b));
    const Lines a_lines = lines_of(a);
    const Lines b_lines = lines_of(b);
    return Teller(a_lines, b_lines, options, sink).tell(differing_lines(a_lines, b_lines));
}

}  // namespace aion::report
