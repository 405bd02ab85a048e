// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/payload_diff_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "aion/base/utf8.hpp"
#include "aion/report/conflict.hpp"
#include "aion/report/text_diff.hpp"

namespace aion::cli {
namespace {

using policy::Examination;

// Whatever the payload is, the last version says what it hashes to.
std::optional<Hash> hash_of(const Examination& file) {
    return file.version_count() == 0
               ? std::nullopt
               : std::optional(file.version_record(file.version_count() - 1).rules_hash);
}

std::string size_and_hash(const Examination& file) {
    const auto size = file.payload_size();
    const auto hash = hash_of(file);
    return fmt::format("{}, rules hash {}", size ? counted(*size, "byte") : "no size",
                       hash ? to_hex(*hash) : "none");
}

bool are_text(const PayloadDiffView& view) {
    return report::is_text(*view.a.payload()) && report::is_text(*view.b.payload());
}

enum class Finding : std::uint8_t { not_there, same, binary, different };

Finding finding_of(const PayloadDiffView& view) {
    if (!view.a.payload() || !view.b.payload()) {
        return Finding::not_there;
    }
    if (std::ranges::equal(*view.a.payload(), *view.b.payload())) {
        return Finding::same;
    }
    return are_text(view) ? Finding::different : Finding::binary;
}

std::string_view name_of(Finding finding) {
    switch (finding) {
        case Finding::not_there:
            return "not_compared";
        case Finding::same:
            return "same";
        case Finding::binary:
            return "binary";
        case Finding::different:
            break;
    }
    return "different";
}

Tone tone_of(std::string_view line) {
    if (line.starts_with("@@")) {
        return Tone::faint;
    }
    return line.starts_with('-') ? Tone::bad : Tone::good;
}

// For people on a terminal, exact for everything else.
void write_line(Stream& out, std::string_view line) {
    if (!out.is_terminal()) {
        out.write(line);
        return;
    }
    std::string safe = shown_exactly(line);
    if (!out.colored() || line.starts_with(' ') || !safe.ends_with('\n')) {
        out.write(safe);
        return;
    }
    safe.pop_back();
    out.write(out.paint(tone_of(line), safe) + "\n");
}

void write_changes(Stream& out, const report::StructuralDiff& diff) {
    for (const report::StructuralChange& change : diff.changes) {
        const std::string path = change.path.empty() ? "(all)" : shown(change.path);
        switch (change.kind) {
            case report::ChangeKind::added:
                out.write(out.paint(Tone::good, fmt::format("+ {}: {}", path, shown(change.to))));
                break;
            case report::ChangeKind::removed:
                out.write(out.paint(Tone::bad, fmt::format("- {}: {}", path, shown(change.from))));
                break;
            case report::ChangeKind::changed:
                out.write(fmt::format(
                    "~ {}{}: {} -> {}", path,
                    change.b_path == change.path ? "" : " (now " + shown(change.b_path) + ")",
                    shown(change.from), shown(change.to)));
                break;
        }
        out.write("\n");
    }
    if (diff.changes.empty()) {
        out.write("The payloads say the same, in other words.\n");
    }
    if (diff.omitted > 0) {
        out.write(fmt::format("and {} more\n", diff.omitted));
    }
}

void write_why_not(Stream& out, std::string_view name, const Examination& file) {
    if (const auto why = why_no_payload(file)) {
        out.write(fmt::format("The payload of {} is not compared: {}\n", name, *why));
    }
}

// Neither of the two fails where `check_payloads` did not.

void tell_conflict(const PayloadDiffView& view, const TextSink& sink) {
    [[maybe_unused]] const Result<> told =
        report::make_conflict_markers({.local = as_text(*view.a.payload()),
                                       .remote = as_text(*view.b.payload()),
                                       .local_label = view.a_label,
                                       .remote_label = view.b_label},
                                      sink);
}

report::LineCounts tell_diff(const PayloadDiffView& view, const TextSink& sink) {
    return report::unified_diff(
               as_text(*view.a.payload()), as_text(*view.b.payload()),
               {.context = view.context, .a_label = view.a_label, .b_label = view.b_label}, sink)
        .value_or(report::LineCounts{});
}

void write_difference(Console& console, const PayloadDiffView& view) {
    Stream& out = console.out();
    if (view.structure) {
        write_changes(out, *view.structure);
    } else if (view.form == PayloadForm::markers) {
        tell_conflict(view, [&out](std::string_view line) {
            out.write(out.is_terminal() ? shown_exactly(line) : line);
        });
    } else {
        tell_diff(view, [&out](std::string_view line) { write_line(out, line); });
    }
}

void write_side(DocumentWriter& out, const Examination& file) {
    Twins twins(out);
    out.begin_object();
    twins.number("size", file.payload_size());
    const auto hash = hash_of(file);
    out.member("rules_hash_hex", hex_of(hash)).member("not_compared", why_no_payload(file));
    twins.end_object();
}

void write_changes(DocumentWriter& out, const report::StructuralDiff& diff) {
    out.member("a_form", report::name_of(diff.a_form))
        .member("b_form", report::name_of(diff.b_form))
        .key("changes")
        .begin_array();
    for (const report::StructuralChange& change : diff.changes) {
        const bool is_added = change.kind == report::ChangeKind::added;
        const bool is_removed = change.kind == report::ChangeKind::removed;
        out.begin_object()
            .member("change", report::name_of(change.kind))
            .member("path", change.path)
            .member("b_path", is_added || is_removed ? std::nullopt : std::optional(change.b_path))
            .member("from", is_added ? std::nullopt : std::optional(change.from))
            .member("to", is_removed ? std::nullopt : std::optional(change.to))
            .end_object();
    }
    out.end_array().member("omitted_changes", diff.omitted);
}

void write_difference(DocumentWriter& out, const PayloadDiffView& view) {
    if (view.structure) {
        write_changes(out, *view.structure);
    } else if (view.form == PayloadForm::markers) {
        std::string text;
        tell_conflict(view, [&text](std::string_view piece) { text += piece; });
        out.member("markers", text);
    } else {
        std::string diff;
        const auto lines = tell_diff(view, [&diff](std::string_view line) { diff += line; });
        out.member("diff", diff)
            .member("removed_lines", lines.removed)
            .member("added_lines", lines.added);
    }
}

}  // namespace

std::optional<std::string> why_no_payload(const policy::Examination& file) {
    if (file.payload()) {
        return std::nullopt;
    }
    const auto size = file.payload_size();
    if (size && *size > largest_payload) {
        return fmt::format("{} are more than the {} that are compared", counted(*size, "byte"),
                           largest_payload);
    }
    return "it is not what the last version says, or cannot be read";
}

Result<> check_payloads(const PayloadDiffView& view) {
    if (view.form == PayloadForm::structure || finding_of(view) != Finding::different) {
        return {};
    }
    const std::string_view a = as_text(*view.a.payload());
    const std::string_view b = as_text(*view.b.payload());
    return view.form == PayloadForm::markers ? report::check_conflict_markers(a, b)
                                             : report::check_unified_diff(a, b);
}

void write_text(Console& console, const PayloadDiffView& view) {
    Stream& out = console.out();
    switch (finding_of(view)) {
        case Finding::not_there:
            write_why_not(out, "A", view.a);
            write_why_not(out, "B", view.b);
            out.write(fmt::format("{}: {}\n{}: {}\n", shown(view.a_label), size_and_hash(view.a),
                                  shown(view.b_label), size_and_hash(view.b)));
            return;
        case Finding::same:
            out.write(fmt::format("The payloads are the same: {}\n", size_and_hash(view.a)));
            return;
        case Finding::binary:
            out.write(fmt::format("Binary payloads differ: {}: {}; {}: {}\n", shown(view.a_label),
                                  size_and_hash(view.a), shown(view.b_label),
                                  size_and_hash(view.b)));
            return;
        case Finding::different:
            break;
    }
    write_difference(console, view);
}

void write(DocumentWriter& out, const PayloadDiffView& view) {
    const Finding finding = finding_of(view);
    out.begin_object().member("result", name_of(finding)).key("a");
    write_side(out, view.a);
    out.key("b");
    write_side(out, view.b);
    if (finding == Finding::different) {
        write_difference(out, view);
    }
    out.end_object();
}

}  // namespace aion::cli
