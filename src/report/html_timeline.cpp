// SPDX-License-Identifier: MIT OR Apache-2.0
// A drawing of who signed which version: a lane an author, epochs as bands. However many versions
// there are, its size is bounded: beyond some forty they are counted in columns.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "aion/base/time_text.hpp"
#include "report/html_history.hpp"
#include "report/words.hpp"

namespace aion::report {
namespace {

using policy::SignatureState;

// The drawing's measures, in its own units; on a wide screen one is a pixel.
constexpr double width = 880;
constexpr double left = 112;
constexpr double right = 14;
constexpr double top = 24;
constexpr double lane_height = 74;
constexpr double band_top = 20;
constexpr double band_height = 28;
constexpr double axis_height = 44;
constexpr double letter = 6.4;  // Of a label, at most.

constexpr std::uint64_t most_marks = 40;
constexpr std::uint64_t most_columns = 150;
constexpr std::size_t most_lanes = 12;
constexpr std::size_t most_bands = 24;  // A lane.
constexpr std::uint64_t most_ticks = 9;

/// How many versions of a column have a signature of that state.
using Counts = std::array<std::uint64_t, 3>;

struct Lane {
    std::optional<AuthorId> author;  ///< Nothing: all authors without a lane of their own.
    std::uint64_t authors = 1;
    std::uint64_t versions = 0;
    std::vector<Counts> columns;
};

double lane_top(std::size_t lane) {
    return top + lane_height * static_cast<double>(lane);
}

struct Drawing {
    const policy::Examination& file;
    const Overview& overview;
    bool is_valid;
    std::uint64_t count;   ///< Versions.
    std::uint64_t column;  ///< Versions in a column; 1: each is drawn.
    std::vector<Lane> lanes;

    /// Where version `number` begins, which is where the one before ends.
    [[nodiscard]] double begin_of(std::uint64_t number) const {
        const double share = static_cast<double>(number - 1) / static_cast<double>(count);
        return left + share * (width - left - right);
    }

    [[nodiscard]] double height() const { return lane_top(lanes.size()) + axis_height; }
};

/// Authors with most versions get lanes, in order of their numbers; all others share one.
std::vector<Lane> lanes_of(const Overview& overview) {
    std::vector<std::pair<std::uint64_t, AuthorId>> authors;
    authors.reserve(overview.by_author.size());
    for (const auto& [author, versions] : overview.by_author) {
        authors.emplace_back(versions, author);
    }
    const std::size_t own = authors.size() <= most_lanes ? authors.size() : most_lanes - 1;
    std::ranges::partial_sort(authors, authors.begin() + static_cast<std::ptrdiff_t>(own),
                              [](const auto& a, const auto& b) {
                                  return a.first != b.first ? a.first > b.first
                                                            : a.second < b.second;
                              });
    std::vector<Lane> lanes;
    lanes.reserve(own + 1);
    for (std::size_t i = 0; i < own; ++i) {
        lanes.push_back({.author = authors[i].second, .versions = authors[i].first, .columns = {}});
    }
    std::ranges::sort(lanes, {}, [](const Lane& lane) { return *lane.author; });
    if (own < authors.size()) {
        Lane others{.author = {}, .authors = authors.size() - own, .columns = {}};
        for (std::size_t i = own; i < authors.size(); ++i) {
            others.versions += authors[i].first;
        }
        lanes.push_back(std::move(others));
    }
    return lanes;
}

Drawing drawing_of(const policy::Examination& file, const Overview& overview) {
    const std::uint64_t count = overview.versions.size();
    Drawing drawing{.file = file,
                    .overview = overview,
                    .is_valid = asserts(file.report().is_valid(), file.report().profile),
                    .count = count,
                    .column = count <= most_marks ? 1 : (count + most_columns - 1) / most_columns,
                    .lanes = lanes_of(overview)};
    const std::uint64_t columns = (count + drawing.column - 1) / drawing.column;
    for (Lane& lane : drawing.lanes) {
        lane.columns.resize(columns);
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        const VersionMark& version = overview.versions[i];
        const auto is_its = [&](const Lane& lane) {
            return !lane.author || *lane.author == version.author;
        };
        // The last lane is everybody's who has no other.
        Lane& lane = *std::ranges::find_if(drawing.lanes, is_its);
        ++lane.columns[i / drawing.column][static_cast<std::size_t>(version.signature)];
    }
    return drawing;
}

Markup css_of(SignatureState state, bool is_valid) {
    switch (state) {
        case SignatureState::valid:
            return is_valid ? Markup("proven") : Markup("held");
        case SignatureState::refused:
            return "refused";
        default:
            return "unjudged";
    }
}

Markup words_for(SignatureState state, bool is_valid) {
    switch (state) {
        case SignatureState::valid:
            return is_valid ? Markup("signed with the key of the author's epoch")
                            : Markup("signature verifies, but the file is not proven");
        case SignatureState::refused:
            return "signature refused";
        default:
            return "signature not judged";
    }
}

/// One version, around a place. Shapes differ, so that nobody needs colours.
void draw_mark(Page& page, SignatureState state, bool is_valid, double x, double y) {
    if (state == SignatureState::refused) {
        page.mark(R"(<path class="refused" d="M)").place(x - 4).mark(" ").place(y - 4);
        page.mark("l8 8m0 -8l-8 8\">");
    } else {
        page.mark("<circle").css(css_of(state, is_valid)).mark(R"( r="5" cx=")").place(x);
        page.mark("\" cy=\"").place(y).mark("\">");
    }
}

void end_mark(Page& page, SignatureState state) {
    page.mark(state == SignatureState::refused ? Markup("</path>") : Markup("</circle>"));
}

void rectangle(Page& page, Markup css, double x, double y, double w, double h) {
    page.mark("<rect").css(css).mark(" x=\"").place(x).mark("\" y=\"").place(y);
    page.mark("\" width=\"").place(w).mark("\" height=\"").place(h).mark("\"");
}

void line(Page& page, Markup css, double x, double from, double to) {
    page.mark("<line").css(css).mark(" x1=\"").place(x).mark("\" x2=\"").place(x);
    page.mark("\" y1=\"").place(from).mark("\" y2=\"").place(to).mark("\" />");
}

void label(Page& page, Markup css, double x, double y, std::string_view text,
           Markup anchor = "start") {
    page.mark("<text").css(css).mark(" x=\"").place(x).mark("\" y=\"").place(y);
    page.mark("\" text-anchor=\"").mark(anchor).mark("\">").text(text).mark("</text>\n");
}

void draw_revocation(Page& page, const Drawing& drawing, const trust::EpochRecord& epoch,
                     double y) {
    const std::uint64_t from = std::max<std::uint64_t>(epoch.revocation->effective_from.value, 1);
    if (from > drawing.count) {
        return;
    }
    const double x = drawing.begin_of(from);
    line(page, "revocation", x, y + band_top - 4, y + band_top + band_height + 5);
    const std::string text = fmt::format("\u2715 epoch {} revoked from {} ({})", epoch.epoch.value,
                                         from, word_for(epoch.revocation->reason));
    const bool fits = x + letter * static_cast<double>(text.size()) < width - right;
    label(page, "revoked", x, y + band_top + band_height + 16, text,
          fits ? Markup("start") : Markup("end"));
}

/// The window of one epoch. Whether it is wide enough to be seen.
bool draw_band(Page& page, const Drawing& drawing, const trust::EpochRecord& epoch, bool is_next,
               double y) {
    const auto window = epoch.window();
    if (!window || window->first.value > drawing.count) {
        return false;
    }
    const std::uint64_t from = window->first.value;
    const std::uint64_t until =
        window->last ? std::min(window->last->value, drawing.count) + 1 : drawing.count + 1;
    const double x = drawing.begin_of(from);
    const double wide = drawing.begin_of(until) - x;
    rectangle(page, is_next ? Markup("band next") : Markup("band"), x, y + band_top, wide,
              band_height);
    page.mark(" rx=\"2\" />");
    if (from > 1) {
        line(page, "rotation", x, y + 6, y + band_top + band_height);
    }
    const std::string text = from > 1 ? fmt::format("epoch {} from {}", epoch.epoch.value, from)
                                      : fmt::format("epoch {}", epoch.epoch.value);
    if (wide > letter * static_cast<double>(text.size()) + 8) {
        label(page, "turned", x + 4, y + band_top - 6, text);
    }
    return wide >= 1;
}

void draw_bands(Page& page, const Drawing& drawing, const Lane& lane, double y) {
    const trust::Registry::Author* const author =
        lane.author ? drawing.file.seen().find(*lane.author) : nullptr;
    if (author == nullptr) {
        return;
    }
    std::size_t drawn = 0;
    for (const trust::EpochRecord& epoch : author->epochs) {
        if (drawn == most_bands) {
            break;
        }
        drawn += draw_band(page, drawing, epoch, drawn % 2 == 1, y) ? 1U : 0U;
        if (epoch.revocation && drawn < most_bands) {
            draw_revocation(page, drawing, epoch, y);
        }
    }
}

void draw_marks(Page& page, const Drawing& drawing, const Lane& lane, double y) {
    for (std::uint64_t i = 0; i < lane.columns.size(); ++i) {
        for (std::size_t state = 0; state < Counts().size(); ++state) {
            if (lane.columns[i][state] == 0) {
                continue;
            }
            const auto signature = static_cast<SignatureState>(state);
            const double x = (drawing.begin_of(i + 1) + drawing.begin_of(i + 2)) / 2;
            draw_mark(page, signature, drawing.is_valid, x, y + band_top + band_height / 2);
            page.mark("<title>version ").number(i + 1).mark(", ");
            page.text(rfc3339_seconds(drawing.overview.versions[i].timestamp)).mark(", ");
            page.mark(words_for(signature, drawing.is_valid)).mark("</title>");
            end_mark(page, signature);
        }
    }
}

/// A column's height is the share of its versions that are this lane's.
void draw_column(Page& page, const Drawing& drawing, const Lane& lane, std::uint64_t i, double y) {
    const std::uint64_t first = i * drawing.column + 1;
    const std::uint64_t last = std::min(first + drawing.column - 1, drawing.count);
    const double x = drawing.begin_of(first);
    const double wide = drawing.begin_of(last + 1) - x;
    double base = y + band_top + band_height;
    constexpr auto refused = static_cast<std::size_t>(SignatureState::refused);
    constexpr std::array bars{Markup("bar proven"), Markup("bar refused"), Markup("bar unjudged")};
    for (std::size_t state = 0; state < Counts().size(); ++state) {
        const std::uint64_t count = lane.columns[i][state];
        if (count == 0) {
            continue;
        }
        const double share = static_cast<double>(count) / static_cast<double>(last - first + 1);
        const double tall = std::max(2.0, std::floor(share * (band_height - 4)));
        base -= tall;
        const bool is_held = state == 0 && !drawing.is_valid;
        rectangle(page, is_held ? Markup("bar held") : bars[state], x + wide * 0.1, base,
                  wide * 0.8, tall);
        page.mark("><title>versions ").number(first).mark(" to ").number(last).mark(": ");
        page.number(count).mark(", ");
        page.mark(words_for(static_cast<SignatureState>(state), drawing.is_valid));
        page.mark("</title></rect>");
        // A sign beside the colour, where such columns begin.
        if (state == refused && (i == 0 || lane.columns[i - 1][refused] == 0)) {
            label(page, "revoked", x + wide / 2, base - 2, "\u2715", "middle");
        }
    }
}

void draw_lane(Page& page, const Drawing& drawing, std::size_t index) {
    const Lane& lane = drawing.lanes[index];
    const double y = lane_top(index);
    draw_bands(page, drawing, lane, y);
    const std::string name =
        lane.author ? to_string(*lane.author) : fmt::format("{} others", grouped(lane.authors));
    // Twenty digits are the longest name.
    const bool is_long = name.size() > 13;
    label(page, is_long ? Markup("quiet") : Markup("author"), 0, y + band_top + 11, name);
    label(page, "quiet", 0, y + band_top + 27, many(lane.versions, "version"));
    if (drawing.column == 1) {
        draw_marks(page, drawing, lane, y);
    } else {
        for (std::uint64_t i = 0; i < lane.columns.size(); ++i) {
            draw_column(page, drawing, lane, i, y);
        }
    }
    page.mark("\n");
}

/// 1, 2 or 5 times a power of ten, so that there are not too many ticks.
std::uint64_t tick_step(std::uint64_t count) {
    constexpr std::array<std::uint64_t, 3> factors{1, 2, 5};
    for (std::uint64_t ten = 1; ten <= UINT64_MAX / 100; ten *= 10) {
        for (const std::uint64_t factor : factors) {
            if (count / (ten * factor) <= most_ticks) {
                return ten * factor;
            }
        }
    }
    return count;
}

/// Numbers of versions, and below when they say they were made: the day, or within one the time.
void draw_axis(Page& page, const Drawing& drawing) {
    const double bottom = lane_top(drawing.lanes.size());
    const std::uint64_t step = tick_step(drawing.count);
    std::string day;
    label(page, "quiet", 0, bottom + 14, "version");
    label(page, "quiet", 0, bottom + 30, "time (UTC)");
    for (std::uint64_t at = step == 1 ? 1 : step; at <= drawing.count; at += step) {
        const double x = (drawing.begin_of(at) + drawing.begin_of(at + 1)) / 2;
        line(page, "grid", x, top, bottom);
        // A time has ten letters, half of which would stick out at the edge.
        const bool is_edge = x + 5 * letter > width;
        const Markup anchor = is_edge ? Markup("end") : Markup("middle");
        const double end = is_edge ? width : x;
        label(page, "", end, bottom + 14, std::to_string(at), anchor);
        const std::string time = rfc3339(drawing.overview.versions[at - 1].timestamp);
        const bool is_new_day = day != time.substr(0, 10);
        day = time.substr(0, 10);
        label(page, "quiet", end, bottom + 30, is_new_day ? day : time.substr(11, 8), anchor);
    }
}

void draw_unproven(Page& page, const Drawing& drawing) {
    page.mark(
        "<defs><pattern id=\"hatch\" width=\"9\" height=\"9\" "
        "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
        "<line class=\"hatch\" x1=\"0\" x2=\"0\" y1=\"0\" y2=\"9\" /></pattern></defs>");
    const double bottom = lane_top(drawing.lanes.size());
    rectangle(page, "", left, top, width - left - right, bottom - top);
    page.mark(" fill=\"url(#hatch)\" />");
    label(page, "unproven", left, top - 8,
          drawing.file.report().is_valid() ? "not proven: judged by the rules of the reference only"
                                           : "not proven: the file is INVALID");
}

/// The same in words, for whoever does not see it.
void describe(Page& page, const Drawing& drawing) {
    page.text(many(drawing.count, "version")).mark(" by ");
    page.text(many(drawing.overview.by_author.size(), "author")).mark(". ");
    for (const Lane& lane : drawing.lanes) {
        if (lane.author) {
            page.mark("Author ").text(to_string(*lane.author)).mark(": ");
        } else {
            page.text(many(lane.authors, "other author")).mark(": ");
        }
        page.text(many(lane.versions, "version")).mark(". ");
    }
    if (drawing.overview.refused != 0) {
        page.text(many(drawing.overview.refused, "signature")).mark(" refused. ");
    }
    page.mark(
        "Who may sign from when on is in the table of keys below, each of the newest "
        "versions in the table of versions.");
    if (!drawing.is_valid) {
        page.mark(" None of it is proven.");
    }
}

void write_key(Page& page, const Drawing& drawing) {
    const Overview& seen = drawing.overview;
    const std::array counts{drawing.count - seen.refused - seen.not_judged, seen.refused,
                            seen.not_judged};
    page.mark("<ul class=\"key\">");
    for (std::size_t state = 0; state < counts.size(); ++state) {
        if (counts[state] == 0) {
            continue;
        }
        const auto signature = static_cast<SignatureState>(state);
        page.mark(R"(<li><svg viewBox="0 0 16 16" aria-hidden="true">)");
        draw_mark(page, signature, drawing.is_valid, 8, 8);
        end_mark(page, signature);
        page.mark("</svg>").mark(words_for(signature, drawing.is_valid)).mark("</li>");
    }
    page.mark(
        "<li><svg viewBox=\"0 0 16 16\" aria-hidden=\"true\">"
        "<rect class=\"band next\" x=\"0\" y=\"3\" width=\"16\" height=\"10\" rx=\"2\" />"
        "</svg>versions that an epoch of the registry may sign</li></ul>\n");
}

}  // namespace

void write_timeline(Page& page, const policy::Examination& file, const Overview& overview) {
    if (overview.versions.empty()) {
        page.mark("<p>No version could be located in the file.</p>\n");
        return;
    }
    const Drawing drawing = drawing_of(file, overview);
    page.mark(
        "<figure>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
        "aria-label=\"Timeline, scrolls sideways\">\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
        "aria-labelledby=\"timeline-title timeline-text\" viewBox=\"0 0 ");
    page.place(width).mark(" ").place(drawing.height());
    page.mark(
        "\">\n<title id=\"timeline-title\">Versions by author and epoch</title>\n"
        "<desc id=\"timeline-text\">");
    describe(page, drawing);
    page.mark("</desc>\n");
    draw_axis(page, drawing);
    for (std::size_t lane = 0; lane < drawing.lanes.size(); ++lane) {
        draw_lane(page, drawing, lane);
    }
    if (!drawing.is_valid) {
        draw_unproven(page, drawing);
    }
    page.mark("</svg>\n</div>\n</figure>\n");
    write_key(page, drawing);
    if (drawing.column > 1) {
        page.mark("<p class=\"soft\">Each column stands for ")
            .text(many(drawing.column, "version"))
            .mark("; its height is the share of them that the author made.</p>\n");
    }
}

}  // namespace aion::report
