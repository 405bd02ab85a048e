// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <iterator>
#include <utility>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/trust/registry_chain.hpp"
#include "policy/history_facts.hpp"
#include "report/statements.hpp"

namespace aion::report {

using policy::Gate;
using policy::GateState;

namespace {

constexpr std::string_view everything = "everything";
constexpr OpenPoint by_reference{
    everything, "nothing is authenticated, as the reference profile lets pass what is not genuine"};

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

void append_digests(std::vector<Fact>& facts, const policy::FileDigests& digests,
                    std::array<std::string_view, 2> labels) {
    facts.push_back({std::string(labels[0]), to_hex(digests.blake3), Form::digits});
    facts.push_back({std::string(labels[1]), to_hex(digests.sha256), Form::digits});
}

Fact proof_of(const RegistryFacts& registry) {
    if (!registry.chain) {
        return {"Registry proof", "none: the file itself is trusted"};
    }
    return {"Registry proof",
            fmt::format("record {} of its chain: {}", registry.chain->number,
                        to_hex(registry.chain->head)),
            Form::words, "whoever knows an earlier record can tell that this continues it"};
}

void append_registry(std::vector<Fact>& facts, const Run& run, const RegistryFacts& registry) {
    if (run.has_registry_file()) {
        facts.push_back({"Registry", run.registry_path, Form::path});
    }
    facts.push_back({"Registry fingerprint", to_hex(registry.fingerprint), Form::digits,
                     "of what it trusts, however it is written"});
    if (run.has_registry_file()) {
        append_digests(facts, run.registry_digests, {"Registry BLAKE3", "Registry SHA-256"});
    }
    facts.push_back(proof_of(registry));
}

std::string ids_of(std::span<const AuthorId> authors) {
    std::vector<std::string> ids;
    ids.reserve(authors.size());
    for (const AuthorId author : authors) {
        ids.push_back(to_string(author));
    }
    return fmt::format("{}", fmt::join(ids, ", "));
}

void append_rules(std::vector<Fact>& facts, const Run& run, policy::Profile profile,
                  const policy::Pins& pins) {
    facts.push_back({"Profile", std::string(name_of(profile)), Form::words,
                     profile == policy::Profile::strict
                         ? "every gate decides"
                         : "only what aion-context 1.0.0 checks: accepts files that are not "
                           "genuine"});
    if (pins.file_id) {
        facts.push_back({"Pinned file ID", to_string(*pins.file_id), Form::digits});
    }
    if (pins.head) {
        facts.push_back({"Pinned head", to_hex(*pins.head), Form::digits});
    }
    if (pins.min_version) {
        facts.push_back({"Pinned least version", to_string(*pins.min_version)});
    }
    if (pins.registry) {
        facts.push_back({"Expected registry", to_hex(*pins.registry), Form::digits});
    }
    if (!run.pins_path.empty()) {
        facts.push_back({"Store of pins", run.pins_path, Form::path});
    }
    if (!run.authors.empty()) {
        facts.push_back({"Allowed authors", ids_of(run.authors)});
    }
    if (run.require) {
        facts.push_back({"Required signers", text_of(*run.require)});
    }
    if (!pins.any() && run.pins_path.empty() && run.authors.empty() && !run.require) {
        facts.push_back({"Pins", "none"});
    }
    facts.push_back({"Tool", run.tool});
}

}  // namespace

std::string text_of(const policy::Requirement& require) {
    return fmt::format("any {} of {}", require.threshold, ids_of(require.authors));
}

RegistryFacts facts_of(const trust::Registry& registry) {
    RegistryFacts facts{.fingerprint = registry.fingerprint()};
    if (const trust::RegistryChain* const chain = registry.chain()) {
        facts.chain = {.number = chain->number(), .head = chain->head()};
    }
    return facts;
}

std::string title_of(Framework framework) {
    return fmt::format("{} Compliance Report", display_name(framework));
}

Fact generated_at(const Run& run) {
    return {"Generated", rfc3339_seconds(run.generated_at), Form::words,
            fmt::format("{} ns since 1970", run.generated_at.value)};
}

std::vector<Fact> heading_of(const Report& report) {
    const auto id = file_id_of(*report.file);
    return {generated_at(report.run),
            {"File", report.run.file_path, Form::path},
            {"File ID", id ? to_string(*id) : "none: no readable header",
             id ? Form::digits : Form::words}};
}

std::vector<Fact> evidence_of(const Report& report) {
    const policy::Examination& file = *report.file;
    std::vector<Fact> facts = {{"Size", fmt::format("{} bytes", file.size())}};
    if (const auto& digests = file.digests()) {
        append_digests(facts, *digests, {"BLAKE3 (b3sum)", "SHA-256 (sha256sum)"});
    }
    if (const auto& head = file.report().head) {
        facts.push_back(asserts(file.report())
                            ? Fact{"Head (version hash)", to_hex(*head), Form::digits,
                                   "the hash of the last version, for pinning it"}
                            : Fact{"Head, as the file says", to_hex(*head), Form::digits,
                                   "not proven: do not pin it"});
    }
    append_registry(facts, report.run, facts_of(file.registry()));
    append_rules(facts, report.run, file.report().profile, file.pins());
    return facts;
}

std::vector<Fact> heading_of(const ArchiveReport& report) {
    std::vector<Fact> facts = {generated_at(report.run)};
    for (const std::string& operand : report.operands) {
        facts.push_back({"Archive", operand, Form::path});
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

std::vector<Check> checks_of(const policy::VerificationReport& report) {
    std::vector<Check> checks;
    checks.reserve(listed.size());
    for (const Gate gate : listed) {
        Check check{words_of(gate).name, Mark::open, "not asked"};
        if (report.asked(gate)) {
            check.mark = mark_of(report.state(gate));
            check.why_open = "not checked";
        }
        checks.push_back(check);
    }
    return checks;
}

std::string word_on(const policy::VerificationReport& verdict) {
    return fmt::format("{}{}", verdict.is_valid() ? "VALID" : "INVALID",
                       verdict.profile == policy::Profile::strict ? "" : " (reference profile)");
}

std::string verdict_on(const policy::VerificationReport& verdict) {
    return verdict.is_valid() ? word_on(verdict)
                              : fmt::format("{}: {}", word_on(verdict), verdict.reason());
}

SignatureWords words_on(const policy::ExaminedVersion& version, bool is_proven) {
    switch (version.signature) {
        case policy::SignatureState::valid:
            return is_proven ? SignatureWords{Seal::proven, "valid", {}}
                             : SignatureWords{Seal::unproven, "verifies", "proves nothing alone"};
        case policy::SignatureState::refused:
            return {Seal::refused, "refused", version.why};
        case policy::SignatureState::not_judged:
            break;
    }
    return {Seal::not_judged, "not judged", {}};
}

std::string SignatureWords::line() const {
    return note.empty() ? std::string(word)
                        : fmt::format("{}{}{}", word, seal == Seal::refused ? ": " : ", ", note);
}

std::vector<OpenPoint> points_of(std::span<const policy::Unauthenticated> open) {
    std::vector<OpenPoint> points;
    points.reserve(open.size());
    for (const policy::Unauthenticated what : open) {
        points.push_back({name_of(what), explain(what)});
    }
    return points;
}

std::vector<OpenPoint> open_points(const policy::VerificationReport& verdict) {
    if (!verdict.is_valid()) {
        return {{everything, "nothing in the file is authenticated, as it is INVALID"}};
    }
    return verdict.profile == policy::Profile::strict ? points_of(verdict.unauthenticated)
                                                      : std::vector{by_reference};
}

std::vector<OpenPoint> open_points(const ArchiveReport& report) {
    if (report.profile != policy::Profile::strict) {
        return {by_reference};
    }
    std::vector<OpenPoint> points;
    if (!report.is_valid()) {
        points.push_back({"invalid_files", "nothing in a file that is not VALID is authenticated"});
    }
    std::ranges::copy(points_of(policy::left_open(report.pins)), std::back_inserter(points));
    return points;
}

std::string warnings_on(const policy::Examination& file) {
    return file.version_count() == 0 ? "not checked"
                                     : std::to_string(file.report().temporal_warnings.size());
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

std::vector<policy::SignerUse> signers_of(const policy::Examination& file) {
    policy::SignerTally tally;
    for (std::uint64_t i = 0; i < file.version_count(); ++i) {
        const policy::ExaminedVersion version = file.version(i);
        if (version.signature == policy::SignatureState::valid && version.epoch != nullptr) {
            tally.add(version.author, *version.epoch, version.number);
        }
    }
    return tally.take();
}

std::optional<FileId> file_id_of(const policy::Examination& file) {
    return file.header() == nullptr ? std::nullopt : std::optional(file.report().file_id);
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

bool asserts(const policy::VerificationReport& verdict) noexcept {
    return asserts(verdict.is_valid(), verdict.profile);
}

}  // namespace aion::report
