// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/pins_view.hpp"

#include <fmt/format.h>

#include <optional>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"

namespace aion::cli {
namespace {

using policy::Pin;
using policy::PinDecision;

std::string_view name_of(PinDecision::Kind kind) {
    return kind == PinDecision::Kind::accept ? "accept" : "forget";
}

// Null where nothing was pinned.
void write_pin(DocumentWriter& out, const std::optional<Pin>& pin) {
    if (!pin) {
        out.null();
        return;
    }
    Twins twins(out);
    out.begin_object();
    twins.number("file_id", pin->file_id).number("version", pin->version);
    out.member("file_id_hex", to_string(pin->file_id))
        .member("head_hex", to_hex(pin->head))
        .member("registry_hex", to_hex(pin->registry));
    twins.path_unless_empty(pin->name)
        .time("first_seen", pin->first_seen)
        .time("last_seen", pin->last_seen)
        .number("registry_record", pin->chain ? std::optional(pin->chain->number) : std::nullopt);
    out.member("registry_record_hex",
               pin->chain ? std::optional(to_hex(pin->chain->hash)) : std::nullopt);
    twins.end_object();
}

void write_decision(DocumentWriter& out, const PinDecision& decision) {
    Twins twins(out);
    out.begin_object();
    out.member("decision", name_of(decision.kind));
    twins.time("time", decision.time);
    out.member("reason", decision.reason);
    out.key("before");
    write_pin(out, decision.before);
    out.key("after");
    write_pin(out, decision.after);
    twins.end_object();
}

FileId file_of(const PinDecision& decision) {
    return (decision.after ? decision.after : decision.before).value_or(Pin{}).file_id;
}

std::string brief(const Stream& out, const std::optional<Pin>& pin) {
    constexpr std::size_t shown_hex = 8;
    return pin ? fmt::format("version {}, head {}{}", to_string(pin->version),
                             to_hex(pin->head).substr(0, shown_hex), out.ellipsis())
               : "nothing";
}

void print_pin(Stream& out, const Pin& pin) {
    out.write(fmt::format("File ID: {}\n", to_string(pin.file_id)));
    if (!pin.name.empty()) {
        out.write(fmt::format("  Path: {}\n", shown(pin.name)));
    }
    out.write(fmt::format("  Version: {}\n  Head: {}\n  Registry: {}\n", to_string(pin.version),
                          to_hex(pin.head), to_hex(pin.registry)));
    if (pin.chain) {
        out.write(
            fmt::format("  Registry record: {}, {}\n", pin.chain->number, to_hex(pin.chain->hash)));
    }
    out.write(fmt::format("  First seen: {}\n  Last seen: {}\n\n", rfc3339_seconds(pin.first_seen),
                          rfc3339_seconds(pin.last_seen)));
}

void print_decision(Stream& out, const PinDecision& decision) {
    out.write(fmt::format("{}  {}  {}\n  Before: {}\n  After: {}\n", rfc3339_seconds(decision.time),
                          name_of(decision.kind), to_string(file_of(decision)),
                          brief(out, decision.before), brief(out, decision.after)));
    if (!decision.reason.empty()) {
        out.write(fmt::format("  Reason: {}\n", shown(decision.reason)));
    }
}

}  // namespace

void write_text(Console& console, const PinListView& view) {
    for (const Pin& pin : view.pins) {
        print_pin(console.out(), pin);
    }
    console.out().write("Total: " + counted(view.pins.size(), "pinned file") + "\n");
}

void write(DocumentWriter& out, const PinListView& view) {
    out.begin_array();
    for (const Pin& pin : view.pins) {
        write_pin(out, pin);
    }
    out.end_array();
}

void write_text(Console& console, const DecisionListView& view) {
    for (const PinDecision& decision : view.decisions) {
        print_decision(console.out(), decision);
    }
    console.out().write("Total: " + counted(view.decisions.size(), "decision") + "\n");
}

void write(DocumentWriter& out, const DecisionListView& view) {
    out.begin_array();
    for (const PinDecision& decision : view.decisions) {
        write_decision(out, decision);
    }
    out.end_array();
}

void write_text(Console& console, const DecisionView& view) {
    print_decision(console.out(), view.decision);
}

void write(DocumentWriter& out, const DecisionView& view) {
    write_decision(out, view.decision);
}

}  // namespace aion::cli
