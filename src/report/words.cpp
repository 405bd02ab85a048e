// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "base/names.hpp"

namespace aion::report {

using policy::Gate;
using policy::GateState;

namespace {

struct GateLabel {
    Gate value;
    std::string_view name;
};

constexpr NameTable gate_labels(std::to_array<GateLabel>({
                                    {Gate::structure, "Structure"},
                                    {Gate::integrity, "Integrity"},
                                    {Gate::header, "Header"},
                                    {Gate::chain, "Hash Chain"},
                                    {Gate::payload, "Payload"},
                                    {Gate::signatures, "Signatures"},
                                    {Gate::audit, "Audit Trail"},
                                    {Gate::pin, "Pins"},
                                }),
                                Naming::other_words);

// As the reference lists its four; then ours.
constexpr std::array<Gate, policy::gate_count> listed = {
    Gate::structure, Gate::integrity, Gate::chain, Gate::signatures,
    Gate::header,    Gate::payload,   Gate::audit, Gate::pin};

Mark mark_of(GateState state) noexcept {
    switch (state) {
        case GateState::passed:
            return Mark::good;
        case GateState::failed:
            return Mark::bad;
        case GateState::skipped:
            break;
    }
    return Mark::open;
}

}  // namespace

std::string title_of(Framework framework) {
    return fmt::format("{} Compliance Report", display_name(framework));
}

std::vector<Fact> heading_of(const Report& report) {
    return {{"Generated", rfc3339_seconds(report.run.generated_at)},
            {"File", report.run.file_path, true},
            {"File ID", to_string(report.file->report().file_id), true}};
}

std::vector<Fact> evidence_of(const Report& report) {
    const policy::Examination& file = *report.file;
    std::vector<Fact> facts = {{"Size", fmt::format("{} bytes", file.size())}};
    if (const auto& digests = file.digests()) {
        facts.push_back({"BLAKE3 (b3sum)", to_hex(digests->blake3), true});
        facts.push_back({"SHA-256 (sha256sum)", to_hex(digests->sha256), true});
    }
    if (const auto& head = file.report().head) {
        facts.push_back({"Head (version hash)", to_hex(*head), true});
    }
    append_registry(facts, report.run, file.registry().fingerprint());
    append_rules(facts, report.run, file.report().profile, file.pins());
    return facts;
}

std::vector<Fact> heading_of(const ArchiveReport& report) {
    std::vector<Fact> facts = {{"Generated", rfc3339_seconds(report.run.generated_at)}};
    for (const std::string& operand : report.operands) {
        facts.push_back({"Archive", operand, true});
    }
    return facts;
}

std::vector<Fact> evidence_of(const ArchiveReport& report) {
    std::vector<Fact> facts = {{"Files", std::to_string(report.tally.files())},
                               {"Size", fmt::format("{} bytes", report.tally.bytes)}};
    append_registry(facts, report.run, report.registry);
    append_rules(facts, report.run, report.profile, report.pins);
    return facts;
}

void append_registry(std::vector<Fact>& facts, const Run& run, const Hash& fingerprint) {
    if (!run.registry_path.empty()) {
        facts.push_back({"Registry", run.registry_path, true});
    }
    facts.push_back({"Registry fingerprint", to_hex(fingerprint), true});
    facts.push_back({"Registry BLAKE3", to_hex(run.registry_digests.blake3), true});
    facts.push_back({"Registry SHA-256", to_hex(run.registry_digests.sha256), true});
}

void append_rules(std::vector<Fact>& facts, const Run& run, policy::Profile profile,
                  const policy::Pins& pins) {
    facts.push_back({"Profile", std::string(name_of(profile))});
    if (pins.file_id) {
        facts.push_back({"Pinned file ID", to_string(*pins.file_id), true});
    }
    if (pins.head) {
        facts.push_back({"Pinned head", to_hex(*pins.head), true});
    }
    if (pins.min_version) {
        facts.push_back({"Pinned least version", to_string(*pins.min_version)});
    }
    if (!run.pins_path.empty()) {
        facts.push_back({"Store of pins", run.pins_path, true});
    }
    if (!pins.any() && run.pins_path.empty()) {
        facts.push_back({"Pins", "none"});
    }
    facts.push_back({"Tool", run.tool});
}

std::string_view label_of(Gate gate) noexcept {
    return gate_labels.name(gate);
}

std::vector<Check> checks_of(const policy::VerificationReport& report) {
    std::vector<Check> checks;
    checks.reserve(listed.size());
    for (const Gate gate : listed) {
        Check check{label_of(gate), Mark::open, "not asked"};
        if (report.asked(gate)) {
            check.mark = mark_of(report.state(gate));
            check.why_open = "not checked";
        }
        checks.push_back(check);
    }
    return checks;
}

std::string verdict_word(const policy::VerificationReport& report) {
    const std::string_view rules =
        report.profile == policy::Profile::strict ? "" : " (reference profile)";
    return fmt::format("{}{}", report.is_valid() ? "VALID" : "INVALID", rules);
}

std::string verdict_on(const policy::VerificationReport& report) {
    return report.is_valid() ? verdict_word(report)
                             : fmt::format("{}: {}", verdict_word(report), report.reason());
}

std::string window_of(const trust::EpochRecord& epoch) {
    if (!epoch.may_sign_any()) {
        return "no version";
    }
    const std::uint64_t first = std::max(epoch.active_from.value, genesis_version.value);
    const auto until = epoch.valid_until();
    if (!until) {
        return fmt::format("version {} and later", first);
    }
    const std::uint64_t last = until->value - 1;
    return first == last ? fmt::format("version {}", first)
                         : fmt::format("versions {} to {}", first, last);
}

std::string place_of(const policy::Finding& finding) {
    std::vector<std::string> parts;
    if (finding.version) {
        parts.push_back("version " + to_string(*finding.version));
    }
    if (finding.offset) {
        parts.push_back(fmt::format("offset {}", *finding.offset));
    }
    return parts.empty() ? std::string() : fmt::format(" ({})", fmt::join(parts, ", "));
}

std::string short_key(const PublicKey& key) {
    return to_hex(key.view().first<8>());
}

std::string counted(std::uint64_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::vector<policy::SignerUse> signers_of(const policy::Examination& file) {
    std::map<std::pair<AuthorId, Epoch>, policy::SignerUse> uses;
    for (std::uint64_t i = 0; i < file.version_count(); ++i) {
        const policy::ExaminedVersion version = file.version(i);
        if (version.signature != policy::SignatureState::valid || version.epoch == nullptr) {
            continue;
        }
        policy::SignerUse& use = uses[{version.author, version.epoch->epoch}];
        if (use.versions == 0) {
            use = {version.author, version.epoch->epoch, version.epoch->public_key,
                   version.number, version.number,       0};
        }
        use.last = version.number;
        ++use.versions;
    }
    std::vector<policy::SignerUse> signers;
    signers.reserve(uses.size());
    for (const auto& [by, use] : uses) {
        signers.push_back(use);
    }
    return signers;
}

std::string sentence_on(const archive::Relation& relation, const PathText& shown) {
    using Kind = archive::Relation::Kind;
    const std::string first = shown(relation.first.path);
    const std::string second = shown(relation.second.path);
    switch (relation.kind) {
        case Kind::copies:
            return fmt::format("{} files have the same history, {} and {} among them",
                               relation.members, first, second);
        case Kind::prefix:
            return fmt::format(
                "{}, which ends at version {}, is an earlier state of {}, which "
                "goes on to version {}",
                first, to_string(relation.first.version), second,
                to_string(relation.second.version));
        case Kind::fork:
            return fmt::format(
                "{} and {} say that they are the same file, share {} and go on "
                "differently",
                first, second, counted(relation.common, "version"));
        case Kind::relabelled:
            break;
    }
    return fmt::format("{} and {} have the same history under two file ids, {} and {}", first,
                       second, to_string(relation.first.file_id),
                       to_string(relation.second.file_id));
}

std::string names_of(std::span<const policy::SignerUse> signers) {
    std::string names;
    for (std::size_t i = 0; i < signers.size(); ++i) {
        if (i != 0 && signers[i - 1].author == signers[i].author) {
            names += ", " + to_string(signers[i].epoch);
            continue;
        }
        names += names.empty() ? "" : "; ";
        names += fmt::format("author {} with epoch {}", to_string(signers[i].author),
                             to_string(signers[i].epoch));
    }
    return names;
}

bool asserts(bool is_valid, policy::Profile profile) noexcept {
    return is_valid && profile == policy::Profile::strict;
}

}  // namespace aion::report
