// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/repair_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "aion/base/counted.hpp"
#include "aion/base/twins.hpp"

namespace aion::cli {
namespace {

// Of what is long, so much from where the two begin to differ.
std::string difference(const std::string& was, const std::string& now) {
    constexpr std::size_t most = 24;
    constexpr std::size_t part = 16;
    if (was.size() <= most && now.size() <= most) {
        return was + " -> " + now;
    }
    const auto at = static_cast<std::size_t>(std::ranges::mismatch(was, now).in1 - was.begin());
    const std::size_t begin = at - (at % 2);  // a byte has two digits
    const auto piece = [&](const std::string& text) {
        const std::size_t from = std::min(begin, text.size());
        return (from == 0 ? "" : "…") + text.substr(from, part) +
               (text.size() > from + part ? "…" : "");
    };
    return piece(was) + " -> " + piece(now);
}

std::string change_text(const policy::RepairChange& change) {
    std::string line = "  " + change.place;
    if (change.first != 0) {
        line +=
            fmt::format(" of {}, from record {} on", counted(change.count, "record"), change.first);
    }
    if (change.now.empty()) {
        return line + ": " + shown(change.was);
    }
    return line + ": " + shown(difference(change.was, change.now));
}

}  // namespace

void write_text(Console& console, const RepairView& view) {
    Stream& out = console.out();
    if (!view.written) {
        out.write(fmt::format("{} is VALID: there is nothing to repair, and nothing was written\n",
                              shown(view.file)));
        return;
    }
    out.write(fmt::format("{} {} as {}\n", out.paint(Tone::good, "Repaired"), shown(view.file),
                          shown(view.output)));
    out.write("  it was " + shown(view.repair.before().summary()) + "\n");
    for (const policy::RepairChange& change : view.repair.changes()) {
        out.write(change_text(change) + "\n");
    }
}

void write(DocumentWriter& out, const RepairView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.file);
    out.member("output", view.output)
        .member("written", view.written)
        .member("was_valid", view.repair.before().is_valid())
        .member("reason", view.repair.before().reason())
        .member("trailing_hash_fits", view.repair.trailing_hash_fits());
    twins.number("versions", view.repair.versions())
        .number("versions_named", view.repair.versions_named());
    out.key("changes").begin_array();
    for (const policy::RepairChange& change : view.repair.changes()) {
        Twins numbers(out);
        out.begin_object().member("place", change.place);
        numbers.number("count", change.count).number("first", change.first);
        out.member("was", change.was).member("now", change.now);
        numbers.end_object();
    }
    out.end_array();
    twins.end_object();
}

}  // namespace aion::cli
