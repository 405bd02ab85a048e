// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/judged_parts.hpp"

#include <fmt/format.h>

#include <optional>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/report/verdict_members.hpp"

namespace aion::cli {
namespace {

std::string verdict_text(const Stream& out, const JudgedFile& judged) {
    if (!judged.verified) {
        return out.paint(Tone::caution, "NOT VERIFIED") + ": what follows may be forged or damaged";
    }
    const policy::VerificationReport& report = judged.report();
    if (!report.is_valid()) {
        return fmt::format("{}: {}", out.paint(Tone::bad, "INVALID"), shown(report.reason()));
    }
    std::string text = fmt::format("{}: {}", out.paint(Tone::good, "VALID"),
                                   counted(report.version_count, "version"));
    if (report.head) {
        text += ", head " + to_hex(*report.head).substr(0, 8) + std::string(out.ellipsis());
    }
    return text;
}

// The members `path` and `verification`.
void write_verification(DocumentWriter& out, Twins& twins, const JudgedFile& judged) {
    const policy::VerificationReport& report = judged.report();
    const bool told = judged.verified;
    twins.path(judged.path);
    out.key("verification").begin_object();
    out.member("is_valid", told ? std::optional(report.is_valid()) : std::nullopt)
        .member("summary", told ? std::optional(report.summary()) : std::nullopt)
        .member("profile", name_of(report.profile))
        .member("head", hex_of(report.head));
    if (told) {
        report::write_gates(out, report);
        report::write_findings(out, report);
    } else {
        out.key("gates").begin_array().end_array().key("findings").begin_array().end_array();
    }
    out.end_object();
}

}  // namespace

void write_verdict_line(Stream& out, const JudgedFile& judged, std::string_view note) {
    out.write(fmt::format("{}{}\n", verdict_text(out, judged), note));
}

void write_judged(DocumentWriter& out, const JudgedFile& judged, bool as_lines, const Members& head,
                  const JudgedItems& items, const Members& tail) {
    if (as_lines) {
        out.begin_array();
    }
    Twins twins(out);
    out.begin_object();
    write_verification(out, twins, judged);
    head(twins);
    if (as_lines) {
        twins.end_object();
        items.write();
        out.end_array();
        return;
    }
    out.key(items.key).begin_array();
    items.write();
    out.end_array();
    if (tail) {
        tail(twins);
    }
    twins.end_object();
}

std::string signature_text(const Stream& out, const JudgedFile& judged,
                           const policy::ExaminedVersion& version) {
    switch (judged.state_of(version)) {
        case policy::SignatureState::valid:
            return judged.is_proven() ? out.paint(Tone::good, "valid")
                                      : "verifies, which alone proves nothing";
        case policy::SignatureState::refused:
            return out.paint(Tone::bad, "does not count");
        case policy::SignatureState::not_judged:
            break;
    }
    return out.paint(Tone::caution, "not judged");
}

std::string shortened(const Stream& out, std::string_view hex) {
    constexpr std::size_t digits = 16;
    return std::string(hex.substr(0, digits)) +
           std::string(hex.size() > digits ? out.ellipsis() : "");
}

void write_version_members(DocumentWriter& out, Twins& twins,
                           const policy::ExaminedVersion& version) {
    twins.number("version_number", version.number)
        .number("position", version.position)
        .number("author_id", version.author)
        .time("timestamp", version.timestamp);
    out.member("message", version.message)
        .member("message_authenticated", false)
        .member("rules_hash", to_hex(version.rules_hash))
        .member("parent_hash", version.parent_hash.is_zero()
                                   ? std::nullopt
                                   : std::optional(to_hex(version.parent_hash)))
        .member("version_hash", to_hex(version.version_hash));
}

void write_signature_members(DocumentWriter& out, const JudgedFile& judged,
                             const policy::ExaminedVersion& version) {
    const bool told = judged.has_registry && version.refused;
    out.member("signature", name_of(judged.state_of(version)))
        .member("refused",
                told ? std::optional(std::string(name_of(*version.refused))) : std::nullopt)
        .member("why", told ? std::optional(version.why) : std::nullopt)
        .member("public_key", hex_of(version.key));
}

}  // namespace aion::cli
