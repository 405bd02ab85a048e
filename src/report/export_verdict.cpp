// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/export_verdict.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "base/named.hpp"
#include "report/documents.hpp"

namespace aion::report {
namespace {

using policy::Finding;
using policy::Gate;
using policy::GateState;
using policy::Unauthenticated;
using policy::VerificationReport;
using Kind = Value::Kind;

void write_digests(DocumentWriter& out, const policy::FileDigests& digests) {
    out.member("blake3", to_hex(digests.blake3)).member("sha256", to_hex(digests.sha256));
}

const Value* member(const Value* object, std::string_view name) {
    return object == nullptr ? nullptr : object->find(name);
}

// In YAML a plain text of digits reads as a number: its digits are the text.
std::string text_in(const Value* object, std::string_view name) {
    const Value* const value = member(object, name);
    const bool is_text =
        value != nullptr && (value->kind == Kind::text || value->kind == Kind::number);
    return is_text ? value->text : std::string();
}

std::optional<std::uint64_t> number_in(const Value* object, std::string_view name) {
    const Value* const value = member(object, name);
    return value == nullptr || value->kind != Kind::number ? std::nullopt
                                                           : unsigned_from(value->text);
}

std::optional<Hash> hash_in(const Value* object, std::string_view name) {
    const auto hash = octets_from_hex<Hash>(text_in(object, name));
    return hash ? std::optional<Hash>(*hash) : std::nullopt;
}

policy::FileDigests digests_in(const Value* object) {
    policy::FileDigests digests;
    digests.blake3 = hash_in(object, "blake3").value_or(digests.blake3);
    const auto sha256 = octets_from_hex<decltype(digests.sha256)>(text_in(object, "sha256"));
    if (sha256) {
        digests.sha256 = *sha256;
    }
    return digests;
}

void take_findings(const Value* stated, VerificationReport& report) {
    if (stated == nullptr) {
        return;
    }
    for (const Value& item : stated->items) {
        const auto gate = enumerator_named<Gate>(text_in(&item, "gate"));
        const auto reason = enumerator_named<policy::Reason>(text_in(&item, "reason"));
        if (!gate || !reason) {
            continue;
        }
        Finding finding;
        finding.gate = *gate;
        finding.reason = *reason;
        finding.message = text_in(&item, "message");
        if (const auto version = number_in(&item, "version")) {
            finding.version = VersionNumber{*version};
        }
        finding.offset = number_in(&item, "offset");
        report.findings.push_back(std::move(finding));
    }
}

// Behind the findings: no gate has fewer than are listed, and it has failed if it has any.
void take_gates(const Value* stated, VerificationReport& report) {
    for (const Gate gate : policy::all_gates) {
        const auto i = static_cast<std::size_t>(gate);
        const Value* const item =
            stated != nullptr && i < stated->items.size() ? &stated->items[i] : nullptr;
        const auto listed =
            static_cast<std::uint64_t>(std::ranges::count(report.findings, gate, &Finding::gate));
        report.finding_counts[i] = std::max(listed, number_in(item, "finding_count").value_or(0));
        const auto state =
            enumerator_named<GateState>(text_in(item, "state")).value_or(GateState::skipped);
        const bool has_findings = report.finding_counts[i] != 0;
        const bool is_consistent = has_findings == (state == GateState::failed);
        const GateState follows = has_findings ? GateState::failed : GateState::skipped;
        report.gates[i] = is_consistent ? state : follows;
    }
}

bool lists(const Value* stated, Unauthenticated what) {
    return stated != nullptr && std::ranges::any_of(stated->items, [what](const Value& item) {
               return text_in(&item, "what") == name_of(what);
           });
}

// Only what pins can settle may be missing, and only where there were pins.
std::vector<Unauthenticated> taken_open(const Value* stated, bool is_pinned) {
    std::vector<Unauthenticated> open = policy::left_open({});
    std::erase_if(open, [&](Unauthenticated what) {
        return what != Unauthenticated::message_texts && is_pinned && !lists(stated, what);
    });
    return open;
}

}  // namespace

Judged judged_of(const Export& what) {
    return {.file_size = what.file->size(),
            .file = what.file->digests(),
            .registry = what.run.registry_digests,
            .fingerprint = what.file->registry().fingerprint()};
}

void write_verification(DocumentWriter& out, const VerificationReport& report,
                        const Judged& judged) {
    out.begin_object()
        .member("verdict", report.is_valid() ? "VALID" : "INVALID")
        .member("is_valid", report.is_valid())
        .member("reason", report.is_valid() ? std::nullopt : std::optional(report.reason()))
        .member("profile", name_of(report.profile));
    write_gates(out, report);
    write_findings(out, report);
    out.member("finding_count", report.finding_count());
    write_unauthenticated(out, report.unauthenticated);
    Twins twins(out);
    twins.number("signatures_valid", report.signatures_valid);
    twins.write();
    out.member("head", hex_of(report.head)).key("file").begin_object();
    twins.number("size", judged.file_size);
    if (judged.file) {
        write_digests(out, *judged.file);
    }
    twins.end_object();
    out.key("registry").begin_object();
    write_digests(out, judged.registry);
    out.member("fingerprint", to_hex(judged.fingerprint)).end_object().end_object();
}

StatedVerdict verdict_from(const Value& root) {
    StatedVerdict stated;
    VerificationReport& report = stated.report;
    const Value* const verification = root.find("verification");
    const Value* const gates = member(verification, "gates");
    report.profile = enumerator_named<policy::Profile>(text_in(verification, "profile"))
                         .value_or(policy::Profile::strict);
    report.pinned = stated_pinned(root).value_or(false);
    take_findings(member(verification, "findings"), report);
    take_gates(gates, report);
    const Value* const id = member(root.find("file_info"), "file_id");
    if (id != nullptr && id->kind != Kind::null) {
        report.unauthenticated = taken_open(member(verification, "unauthenticated"), report.pinned);
    }
    report.signatures_valid = number_in(verification, "signatures_valid").value_or(0);
    report.head = hash_in(verification, "head");
    const Value* const file = member(verification, "file");
    stated.judged.file_size = number_in(file, "size").value_or(0);
    if (member(file, "blake3") != nullptr || member(file, "sha256") != nullptr) {
        stated.judged.file = digests_in(file);
    }
    const Value* const registry = member(verification, "registry");
    stated.judged.registry = digests_in(registry);
    stated.judged.fingerprint = hash_in(registry, "fingerprint").value_or(Hash{});
    return stated;
}

std::optional<bool> stated_pinned(const Value& root) {
    const Value* const pinned = member(root.find("run"), "pinned");
    return pinned != nullptr && pinned->kind == Kind::boolean ? std::optional(pinned->truth)
                                                              : std::nullopt;
}

VerificationReport without_pins(VerificationReport report) {
    report.pinned = false;
    report.gates[static_cast<std::size_t>(Gate::pin)] = GateState::skipped;
    report.finding_counts[static_cast<std::size_t>(Gate::pin)] = 0;
    std::erase_if(report.findings,
                  [](const Finding& finding) { return finding.gate == Gate::pin; });
    if (!report.unauthenticated.empty()) {
        report.unauthenticated = policy::left_open({});
    }
    return report;
}

}  // namespace aion::report
