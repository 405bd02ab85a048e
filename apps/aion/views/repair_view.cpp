// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/repair_view.hpp"

#include <fmt/format.h>

#include "aion/base/counted.hpp"
#include "aion/base/twins.hpp"

namespace aion::cli {
namespace {

// Of a hash the beginning says enough to a person.
std::string short_text(const std::string& text) {
    constexpr std::size_t most = 72;
    return text.size() <= most && text.find_first_not_of("0123456789abcdef") != std::string::npos
               ? text
               : (text.size() > 16 ? text.substr(0, 16) + "…" : text);
}

std::string change_text(const policy::RepairChange& change) {
    std::string line = "  " + change.place;
    if (change.first != 0) {
        line +=
            fmt::format(" of {}, first of entry {}", counted(change.count, "record"), change.first);
    }
    if (change.now.empty()) {
        return line + ": " + shown(change.was);
    }
    return fmt::format("{}: {} -> {}", line, short_text(shown(change.was)),
                       short_text(shown(change.now)));
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
        .member("messages_are_intact", view.repair.messages_are_intact())
        .key("changes")
        .begin_array();
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
