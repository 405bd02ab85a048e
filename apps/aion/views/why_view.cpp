// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/why_view.hpp"

#include <fmt/format.h>

#include <optional>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "aion/report/explain.hpp"
#include "shell/registry_commands.hpp"
#include "views/author_text.hpp"
#include "views/verdict_text_view.hpp"

namespace aion::cli {
namespace {

using report::Explanation;
using report::Remedy;
using report::RemedyKind;
using report::Step;

// What a remedy needs of the registry; nothing where no file is to be changed.
std::optional<std::string> command_of(const Remedy& remedy, const std::string& registry) {
    if (registry == "-" || !remedy.author) {
        return std::nullopt;
    }
    if (remedy.kind == RemedyKind::pin_author) {
        return pin_command(*remedy.author, registry);
    }
    if (remedy.kind == RemedyKind::hand_over && remedy.epoch && remedy.version) {
        return rotate_command(*remedy.author, *remedy.epoch, *remedy.version, registry);
    }
    return std::nullopt;
}

void write_explanation(Stream& out, const WhyView& view, const Explanation& explanation) {
    const policy::ExaminedVersion& version = explanation.version;
    const std::string place = version.number.value == version.position
                                  ? ""
                                  : fmt::format(" at place {}", version.position);
    out.write(
        fmt::format("\nversion {}{} by author {}, {}: signature {}\n", to_string(version.number),
                    place, author_text(view.judged.file.registry(), version.author),
                    rfc3339_seconds(version.timestamp), signature_text(out, view.judged, version)));
    for (const Step& step : explanation.steps) {
        out.write(fmt::format("  {}.\n", in_words(step)));
    }
    if (explanation.remedy) {
        out.write(fmt::format("  {} {}.\n", out.paint(Tone::strong, "Remedy:"),
                              in_words(*explanation.remedy)));
        if (const auto command = command_of(*explanation.remedy, view.registry)) {
            out.write(fmt::format("    {}\n", shown(*command)));
        }
    }
}

template <class T>
void member_if(DocumentWriter& out, std::string_view name, const std::optional<T>& value) {
    if (value) {
        out.member(name, *value);
    }
}

template <class T>
void twin_if(Twins& twins, std::string_view name, const std::optional<T>& value) {
    if (value) {
        twins.number(name, *value);
    }
}

void hex_if(DocumentWriter& out, std::string_view name, const auto& octets) {
    if (octets) {
        out.member(name, to_hex(*octets));
    }
}

void write_step(DocumentWriter& out, const Step& step) {
    Twins twins(out);
    out.begin_object().member("kind", name_of(step.kind)).member("text", in_words(step));
    twin_if(twins, "author_id", step.author);
    member_if(out, "epoch", step.epoch);
    member_if(out, "other_epoch", step.other_epoch);
    hex_if(out, "public_key", step.key);
    hex_if(out, "fingerprint", step.fingerprint);
    twin_if(twins, "version_number", step.version);
    twin_if(twins, "first_version", step.first);
    twin_if(twins, "last_version", step.last);
    if (step.reason) {
        out.member("revocation_reason", word_for(*step.reason));
    }
    if (!step.why.empty()) {
        out.member("why", step.why);
    }
    if (!step.where.empty()) {
        out.member("where", step.where);
    }
    if (!step.name.empty()) {
        out.member("name", step.name);
    }
    twins.end_object();
}

void write_remedy(DocumentWriter& out, const Remedy& remedy, const std::string& registry) {
    Twins twins(out);
    out.begin_object().member("kind", name_of(remedy.kind)).member("text", in_words(remedy));
    twin_if(twins, "author_id", remedy.author);
    member_if(out, "epoch", remedy.epoch);
    hex_if(out, "public_key", remedy.key);
    member_if(out, "record", remedy.record);
    twin_if(twins, "version_number", remedy.version);
    out.member("command", command_of(remedy, registry));
    twins.end_object();
}

void write_explanation(DocumentWriter& out, const WhyView& view, const Explanation& explanation) {
    Twins twins(out);
    out.begin_object();
    write_version_members(out, twins, explanation.version);
    write_signature_members(out, view.judged, explanation.version);
    out.key("steps").begin_array();
    for (const Step& step : explanation.steps) {
        write_step(out, step);
    }
    out.end_array().key("remedy");
    if (explanation.remedy) {
        write_remedy(out, *explanation.remedy, view.registry);
    } else {
        out.null();
    }
    twins.end_object();
}

void write_explanations(DocumentWriter& out, const WhyView& view) {
    for (std::uint64_t i = view.first; i < view.end; ++i) {
        write_explanation(out, view, report::explain(view.judged.file, i));
    }
}

}  // namespace

void write_text(Console& console, const WhyView& view) {
    Stream& out = console.out();
    write_verdict_line(out, view.judged);
    write_gate_states(out, view.judged.report());
    for (std::uint64_t i = view.first; i < view.end && !out.is_closed(); ++i) {
        write_explanation(out, view, report::explain(view.judged.file, i));
    }
}

void write(DocumentWriter& out, const WhyView& view) {
    write_judged(
        out, view.judged, view.as_lines,
        [&](Twins& twins) { twins.number("total_versions", view.judged.file.version_count()); },
        {.key = "versions", .write = [&] { write_explanations(out, view); }});
}

}  // namespace aion::cli
