// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/export_check_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "aion/base/counted.hpp"
#include "aion/base/twins.hpp"

namespace aion::cli {
namespace {

using report::ExportDifference;
using report::ExportRelation;

bool leaves_out(const report::ExportCheck& check, std::string_view place) {
    return std::ranges::find(check.not_compared, place) != check.not_compared.end();
}

// What the two are to each other, where they do not tell of the same state.
std::string relation_text(const ExportCheckView& view) {
    const report::ExportCheck& check = view.check;
    switch (check.relation) {
        case ExportRelation::same_state:
            return "";
        case ExportRelation::earlier:
            return fmt::format(
                "the export ends at version {}, the file goes on to {}{}{}", check.versions_stated,
                check.versions_found, check.agrees() ? "; what it states of them agrees" : "",
                leaves_out(check, "verification") ? "; its verification was not compared" : "");
        case ExportRelation::later:
            return fmt::format("the export goes on to version {}, the file ends at {}",
                               check.versions_stated, check.versions_found);
        case ExportRelation::other_file:
            break;
    }
    return "the export is of another file";
}

std::string value_text(const std::optional<std::string>& value) {
    return value ? shown(*value) : "(nothing)";
}

void write_differences(Stream& out, const report::ExportCheck& check) {
    for (const ExportDifference& difference : check.differences) {
        out.write(fmt::format("  {}\n    export: {}\n    file:   {}\n", shown(difference.place),
                              value_text(difference.stated), value_text(difference.found)));
    }
    if (check.difference_count > check.differences.size() &&
        check.relation != ExportRelation::other_file) {
        out.write(
            fmt::format("  and {} more\n", check.difference_count - check.differences.size()));
    }
}

}  // namespace

void write_text(Console& console, const ExportCheckView& view) {
    Stream& out = console.out();
    if (!view.report.is_valid()) {
        out.write(out.paint(Tone::bad, shown(view.report.summary())) + "\n");
    }
    const report::ExportCheck& check = view.check;
    std::string relation = relation_text(view);
    if (relation.empty() && !check.agrees()) {
        relation = counted(check.difference_count, "difference");
    } else if (check.relation == ExportRelation::earlier && !check.agrees()) {
        relation += "; " + counted(check.difference_count, "difference");
    }
    out.write(fmt::format(
        "{} {}{}\n",
        out.paint(check.agrees() ? Tone::good : Tone::bad, check.agrees() ? "AGREES" : "DIFFERS"),
        shown(view.export_path), relation.empty() ? "" : ": " + relation));
    write_differences(out, check);
}

void write(DocumentWriter& out, const ExportCheckView& view) {
    const report::ExportCheck& check = view.check;
    Twins twins(out);
    out.begin_object()
        .member("result", check.agrees() ? "AGREES" : "DIFFERS")
        .member("agrees", check.agrees());
    twins.path("export_path", view.export_path).path("file_path", view.file_path);
    out.member("export_format", name_of(check.format))
        .member("is_reference_export", !check.is_ours)
        .member("relation", name_of(check.relation));
    twins.number("versions_stated", check.versions_stated)
        .number("versions_found", check.versions_found)
        .number("difference_count", check.difference_count);
    out.key("differences").begin_array();
    for (const ExportDifference& difference : check.differences) {
        out.begin_object()
            .member("place", difference.place)
            .member("export", difference.stated)
            .member("file", difference.found)
            .end_object();
    }
    out.end_array().key("not_compared").begin_array();
    for (const std::string& place : check.not_compared) {
        out.text(place);
    }
    out.end_array()
        .member("file_is_valid", view.report.is_valid())
        .member("file_reason",
                view.report.is_valid() ? std::nullopt : std::optional(view.report.reason()));
    twins.end_object();
}

}  // namespace aion::cli
