// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/verdict_text_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

#include "aion/base/ascii.hpp"
#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/trust/registry_chain.hpp"
#include "views/verdict_parts.hpp"

namespace aion::cli {
namespace {

using policy::Finding;
using policy::Gate;
using policy::GateState;
using policy::VerificationReport;

std::string verdict_word(const VerificationReport& report) {
    return (report.is_valid() ? "VALID" : "INVALID") + profile_suffix(report.profile);
}

std::string painted_verdict(const Stream& out, const VerificationReport& report) {
    return out.paint(report.is_valid() ? Tone::good : Tone::bad, verdict_word(report));
}

// `3 versions, head 5ca22a06…`; nothing where the header could not be read.
std::string extent_of(const Stream& out, const VerificationReport& report) {
    if (report.version_count == 0 && !report.head) {
        return {};
    }
    std::string text = counted(report.version_count, "version");
    if (report.head) {
        text += fmt::format(", head {}{}", to_hex(*report.head).substr(0, 8), out.ellipsis());
    }
    return text;
}

// Whether the message names the version itself.
bool names_version(const std::string& message, VersionNumber version) {
    const std::string name = "version " + to_string(version);
    const std::size_t at = message.find(name);
    return at != std::string::npos &&
           (at + name.size() == message.size() || !is_ascii_digit(message[at + name.size()]));
}

std::string text_of(const Stream& out, const Finding& finding) {
    const bool is_said = finding.version && names_version(finding.message, *finding.version);
    return fmt::format("{}: {}{}\n", out.paint(Tone::bad, name_of(finding.reason)), finding.message,
                       place_text(is_said ? std::nullopt : finding.version, finding.offset));
}

// A gate's name in front of what is said of it.
std::string gate_label(Gate gate) {
    return fmt::format("  {:<12}", name_of(gate));
}

std::uint64_t count_of(const VerificationReport& report, Gate gate) {
    return report.finding_counts[static_cast<std::size_t>(gate)];
}

// `  not asked: header, payload`; nothing if there are none.
template <class Condition>
void list_gates(Stream& out, std::string_view label, Condition applies) {
    std::vector<std::string_view> names;
    for (const Gate gate : policy::all_gates) {
        if (applies(gate)) {
            names.push_back(name_of(gate));
        }
    }
    if (!names.empty()) {
        out.write(fmt::format("  {}: {}\n", label, fmt::join(names, ", ")));
    }
}

// The failed gates, each with what it found first.
void write_failures(Stream& out, const VerificationReport& report) {
    for (const Gate gate : policy::all_gates) {
        const Finding* const finding = report.first(gate);
        if (finding == nullptr) {
            continue;
        }
        out.write(gate_label(gate) + text_of(out, *finding));
        if (const std::uint64_t others = count_of(report, gate) - 1; others > 0) {
            out.write(fmt::format("  {:<12}and {} more (-v lists them)\n", "", others));
        }
    }
}

// The gates of which that does not tell: what they read could not be located, or they take no part
// under another profile than ours.
void write_other_gates(Stream& out, const VerificationReport& report) {
    list_gates(out, "not checked", [&](Gate gate) {
        return report.asked(gate) && report.state(gate) == GateState::skipped;
    });
    list_gates(out, "not asked",
               [&](Gate gate) { return gate != Gate::pin && !report.asked(gate); });
}

std::string state_text(const Stream& out, const VerificationReport& report, Gate gate) {
    if (!report.asked(gate)) {
        return gate == Gate::pin ? "nothing pinned" : "not asked";
    }
    switch (report.state(gate)) {
        case GateState::passed:
            return "passed";
        case GateState::failed:
            return out.paint(Tone::bad, "FAILED");
        case GateState::skipped:
            break;
    }
    return out.paint(Tone::caution, "not checked");
}

// Every gate, and everything that each found.
void write_gates(Stream& out, const VerdictView& view) {
    const VerificationReport& report = view.report;
    out.write(fmt::format("  {:<12}{}\n", "file id", to_string(report.file_id)));
    if (report.head) {
        out.write(fmt::format("  {:<12}{}\n", "head", to_hex(*report.head)));
    }
    if (view.registry != nullptr) {
        const trust::RegistryChain* const chain = view.registry->chain();
        out.write(fmt::format("  {:<12}{}\n", "registry",
                              chain == nullptr ? "unproven"
                                               : fmt::format("record {}, {}", chain->number(),
                                                             to_hex(chain->head()))));
    }
    for (const Gate gate : policy::all_gates) {
        out.write(gate_label(gate) + state_text(out, report, gate) + "\n");
        std::uint64_t listed = 0;
        for (const Finding& finding : report.findings) {
            if (finding.gate == gate) {
                ++listed;
                out.write("    " + text_of(out, finding));
            }
        }
        if (const std::uint64_t others = count_of(report, gate) - listed; others > 0) {
            out.write(fmt::format("    and {} more\n", others));
        }
    }
}

void write_remarks(Stream& out, const VerificationReport& report) {
    for (const policy::TemporalWarning& warning : report.temporal_warnings) {
        out.write(fmt::format("{} {} (times are no part of the verdict)\n",
                              out.paint(Tone::caution, "remark:"), warning.message()));
    }
}

void write_timings(Stream& out, const policy::Timings& timings) {
    for (const TimingStep& step : timing_steps) {
        out.write(fmt::format("  {:<12}{:>10.1f} us\n", step.name,
                              static_cast<double>(timings.*step.nanoseconds) / 1000.0));
    }
}

// `message_texts` as people write it.
std::string_view words_for(policy::Unauthenticated what) {
    switch (what) {
        case policy::Unauthenticated::message_texts:
            return "message texts";
        case policy::Unauthenticated::file_id:
            return "file id";
        case policy::Unauthenticated::history_length:
            return "length of history";
    }
    return "?";
}

// The longest verdict by these rules.
std::size_t verdict_width(policy::Profile profile) {
    return std::max(std::string_view("NO VERDICT").size(),
                    std::string_view("INVALID").size() + profile_suffix(profile).size());
}

void write_row(Stream& out, policy::Profile profile, const std::string& painted,
               std::string_view verdict, std::string_view path, std::size_t width,
               std::string_view rest) {
    const std::string name = shown(path);
    out.write(
        fmt::format("{}  {}\n", padded(painted, verdict, verdict_width(profile)),
                    rest.empty() ? name : fmt::format("{}  {}", padded(name, name, width), rest)));
}

// What is said of a file whose name stands in front of it.
std::string without_name(const NoVerdictView& view) {
    const auto& messages = view.failure.messages;
    if (messages.size() > 1) {
        return fmt::format("{}", fmt::join(messages.begin() + 1, messages.end(), ": "));
    }
    std::string_view message = messages.front();
    if (const std::string named = fmt::format(": {}", view.path); message.ends_with(named)) {
        message.remove_suffix(named.size());
    }
    return std::string(message);
}

}  // namespace

void write_block(Stream& out, const VerdictView& view) {
    const VerificationReport& report = view.report;
    const std::string extent = extent_of(out, report);
    out.write(fmt::format("{}  {}{}{}\n", painted_verdict(out, report), shown(view.path),
                          extent.empty() ? "" : "  ", extent));
    if (view.verbose) {
        write_gates(out, view);
    } else {
        write_failures(out, report);
        write_other_gates(out, report);
    }
    write_remarks(out, report);
    if (view.timings) {
        write_timings(out, report.timings);
    }
}

void write_gate_states(Stream& out, const VerificationReport& report) {
    for (const Gate gate : policy::all_gates) {
        const Finding* const first = report.first(gate);
        const std::uint64_t count = count_of(report, gate);
        out.write(fmt::format("{}{}{}\n", gate_label(gate), state_text(out, report, gate),
                              count > 1 ? fmt::format(", {} findings", count) : ""));
        if (first != nullptr) {
            out.write("    " + text_of(out, *first));
        }
    }
}

void write_row(Stream& out, const VerdictView& view, std::size_t width) {
    const VerificationReport& report = view.report;
    const bool valid = report.is_valid();
    write_row(out, report.profile, painted_verdict(out, report), verdict_word(report), view.path,
              width, valid ? extent_of(out, report) : report.reason());
}

void write_row(Stream& out, const NoVerdictView& view, std::size_t width) {
    write_row(out, view.profile, out.paint(Tone::caution, "NO VERDICT"), "NO VERDICT", view.path,
              width, shown(without_name(view)));
}

void write_tally(Stream& out, const Tally& tally) {
    out.write(fmt::format("{}: {} VALID, {} INVALID, {} without a verdict\n",
                          counted(tally.files(), "file"), tally.valid, tally.invalid,
                          tally.without_verdict));
}

void write_not_proven(Stream& out, const std::vector<policy::Unauthenticated>& open,
                      bool explained) {
    if (open.empty()) {
        return;
    }
    std::vector<std::string_view> names;
    names.reserve(open.size());
    for (const policy::Unauthenticated what : open) {
        names.push_back(words_for(what));
    }
    out.write(fmt::format("not proven: {}{}\n", fmt::join(names, ", "),
                          explained ? "" : " (see --explain)"));
    for (const policy::Unauthenticated what : open) {
        if (explained) {
            out.write(fmt::format("  {}\n", explain(what)));
        }
    }
}

}  // namespace aion::cli
