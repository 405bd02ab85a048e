// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/statements.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

#include "aion/base/ascii.hpp"
#include "base/names.hpp"

namespace aion::report {

using policy::Gate;

namespace {

constexpr NameTable gate_words(
    std::to_array<GateWords>({
        {Gate::structure, "Structure",
         "The header is valid, the sections tile the file, the counts agree.",
         "the file is complete and well formed: its sections cover every byte of it and agree with "
         "each other",
         "the file is not well formed", "whether the file is well formed"},
        {Gate::integrity, "Integrity", "The trailing BLAKE3 is that of the bytes before it.",
         "the bytes are those that the hash at the end was computed over: nothing was damaged by "
         "accident since (anybody can compute that hash, so it stops no forger)",
         "the bytes are not those that the hash at the end was computed over: they changed since",
         "whether the bytes are those that were written"},
        {Gate::header, "Header", "The header says what the chain of versions implies.",
         "the header says nothing but what follows from the versions",
         "the header contradicts the versions", "whether the header agrees with the versions"},
        {Gate::chain, "Hash Chain",
         "Versions are numbered from 1, and each names the hash of the one before.",
         "the versions are one chain: numbered from 1 without a gap, each with the hash of the one "
         "before, so none before the last can be missing or reordered; whether later ones were cut "
         "off, it "
         "does not tell",
         "the versions are not one chain: a number or the hash of the version before is wrong",
         "whether the versions are one chain"},
        {Gate::payload, "Payload",
         "The payload decrypts, and is the one that the last version signed.",
         "the content is the one that the last version was made for",
         "the content is not the one that the last version was made for",
         "whether the content is the one that the last version was made for"},
        {Gate::signatures, "Signatures",
         "Every version is signed with the key that the registry holds for its author and number.",
         "every version is signed with the key that the registry holds active for its author at "
         "that "
         "version",
         "not every version is signed with the key that the registry holds active for its author "
         "at "
         "that version",
         "who signed the versions"},
        {Gate::audit, "Audit Trail", "The audit trail is linked and mirrors the versions.",
         "the audit trail is linked without a gap and mirrors the versions: the same authors at "
         "the "
         "same times",
         "the audit trail has a broken link or says something else than the versions do",
         "whether the audit trail mirrors the versions"},
        {Gate::pin, "Pins", "File id, head and length are what was pinned before.",
         "the file agrees with what was pinned before this run",
         "the file contradicts what was pinned: it is another file, another history or an older "
         "state",
         "whether this is the file that is meant, and its newest state"},
    }),
    Naming::other_words);

using Kind = Item::Kind;

constexpr Item gate(Gate which, std::string_view label = {}) {
    return {Kind::gate, label, which};
}

constexpr Item remark(std::string_view text) {
    return {Kind::remark, text};
}

constexpr std::string_view signing =
    "Format v2 prescribes a signature a version, with Ed25519 (RFC 8032); keys and signatures "
    "that are not canonical or of small order are refused.";
constexpr std::string_view hashing =
    "Format v2 prescribes BLAKE3, 256 bits, for the hashes of versions, contents, audit entries "
    "and the file.";
constexpr std::string_view sealing =
    "Format v2 prescribes that the content is sealed with ChaCha20-Poly1305 (RFC 8439), with a key "
    "derived with HKDF-SHA256 (RFC 5869) from fields that a file shows to everybody. So a seal "
    "keeps nothing secret: whoever has a file can read it.";

constexpr auto sox_control = std::to_array<Item>({
    {Kind::file_id},
    {Kind::extent},
    {Kind::signatures},
    gate(Gate::signatures, "Authorisation"),
    gate(Gate::chain, "Sequence of the record"),
    {Kind::completeness, "Completeness of the record"},
    gate(Gate::integrity, "Integrity"),
    gate(Gate::structure, "Form of the record"),
    gate(Gate::header, "Summary of the record"),
    gate(Gate::payload, "Content"),
    gate(Gate::audit, "Audit trail"),
    gate(Gate::pin, "Identity and state"),
});

constexpr auto sox_log = std::to_array<Item>({
    {Kind::events},
    {Kind::extent},
    remark("A change is listed with the author and the time that its version names, the key of "
           "its signature, the epoch that the registry holds for author and version, and the hash "
           "of the content. Times are what an author's machine claims; messages are not signed: "
           "they are hearsay."),
});

constexpr auto sox_assertion = std::to_array<Item>({
    {Kind::conclusion, "Management may conclude"},
    {Kind::open},
    remark("Whether those who hold keys were rightly given them, and whether what they approved "
           "is right, is for management to establish: no check of a file can."),
});

constexpr auto hipaa_access = std::to_array<Item>({
    gate(Gate::audit, "Audit controls, §164.312(b)"),
    gate(Gate::chain, "Audit controls, §164.312(b)"),
    gate(Gate::signatures, "Audit controls, §164.312(b)"),
    gate(Gate::structure, "Integrity, §164.312(c)(1)"),
    gate(Gate::integrity, "Integrity, §164.312(c)(1)"),
    gate(Gate::header, "Integrity, §164.312(c)(1)"),
    gate(Gate::payload, "Mechanism to authenticate, §164.312(c)(2)"),
    gate(Gate::pin, "Mechanism to authenticate, §164.312(c)(2)"),
    remark("Access control, §164.312(a): format v2 has none. A file can be read by whoever has "
           "it; what is controlled is who can add a version that is VALID. That reading was "
           "recorded is not claimed: an audit trail tells of changes only."),
});

constexpr auto hipaa_log = std::to_array<Item>({
    {Kind::entries},
    {Kind::signatures},
    {Kind::events},
});

constexpr auto hipaa_safeguards = std::to_array<Item>({
    {Kind::conclusion, "The covered entity may conclude"},
    remark(signing),
    remark(hashing),
    remark(sealing),
    {Kind::times},
    {Kind::open},
});

constexpr auto gdpr_record = std::to_array<Item>({
    {Kind::file_id, "Reference of the controller"},
    {Kind::events},
    {Kind::extent},
    remark("Purposes, categories of persons and data, recipients and time limits, which Article "
           "30(1) asks for, are not fields of format v2: the controller adds them."),
});

constexpr auto gdpr_log = std::to_array<Item>({
    {Kind::entries},
    {Kind::signatures},
    remark("An event is a change of the content, which by format v2 its author has to sign. "
           "Reading leaves no trace in a file."),
});

constexpr auto gdpr_accountability = std::to_array<Item>({
    {Kind::conclusion, "The controller can demonstrate"},
    gate(Gate::integrity, "Integrity, Article 5(1)(f)"),
    gate(Gate::payload, "Integrity, Article 5(1)(f)"),
    gate(Gate::structure, "Integrity, Article 5(1)(f)"),
    gate(Gate::header, "Integrity, Article 5(1)(f)"),
    gate(Gate::signatures, "Measure in the sense of Article 32(1)(b)"),
    gate(Gate::chain, "Measure in the sense of Article 32(1)(b)"),
    gate(Gate::audit, "Measure in the sense of Article 32(1)(b)"),
    gate(Gate::pin, "Measure in the sense of Article 32(1)(b)"),
    remark("Confidentiality, Articles 5(1)(f) and 32(1)(a): format v2 gives none, as the key of a "
           "seal follows from fields that the file shows to everybody. Personal data need other "
           "protection."),
    {Kind::open},
});

constexpr auto generic_summary = std::to_array<Item>({
    {Kind::file_id},
    {Kind::extent},
    {Kind::last},
    {Kind::signatures},
});

constexpr auto generic_results = std::to_array<Item>({
    {Kind::verdict},
    gate(Gate::structure),
    gate(Gate::integrity),
    gate(Gate::header),
    gate(Gate::chain),
    gate(Gate::payload),
    gate(Gate::signatures),
    gate(Gate::audit),
    gate(Gate::pin),
    {Kind::times},
    {Kind::open},
});

constexpr auto generic_methods = std::to_array<Item>({
    remark(signing),
    remark(hashing),
    remark(sealing),
});

struct FrameworkPlan {
    Framework value;
    std::string_view name;
    std::array<SectionPlan, 3> sections;
};

constexpr NameTable plans(std::to_array<FrameworkPlan>({
    {Framework::sox,
     "sox",
     {{{"Internal Control Assessment", sox_control},
       {"Change Management Log", sox_log, true},
       {"Management Assertion", sox_assertion}}}},
    {Framework::hipaa,
     "hipaa",
     {{{"Access and Audit Controls (§164.312)", hipaa_access},
       {"Audit Log Entries", hipaa_log, true},
       {"Technical Safeguards Summary", hipaa_safeguards}}}},
    {Framework::gdpr,
     "gdpr",
     {{{"Record of Processing Activities (Article 30)", gdpr_record},
       {"Data Processing Log", gdpr_log, true},
       {"Accountability Demonstration (Article 5(2))", gdpr_accountability}}}},
    {Framework::generic,
     "generic",
     {{{"File Summary", generic_summary},
       {"Verification Results", generic_results},
       {"Cryptographic Methods", generic_methods}}}},
}));

}  // namespace

const GateWords& words_of(Gate gate) noexcept {
    const GateWords* const row = gate_words.find(gate);
    return row == nullptr ? *gate_words.begin() : *row;
}

std::span<const SectionPlan> plan_of(Framework framework) noexcept {
    const FrameworkPlan* const row = plans.find(framework);
    return row == nullptr ? std::span<const SectionPlan>()
                          : std::span<const SectionPlan>(row->sections);
}

std::vector<Section> sections_of(Framework framework, const Teller& teller) {
    std::vector<Section> sections;
    for (const SectionPlan& plan : plan_of(framework)) {
        Section section{std::string(plan.title), {}, plan.lists_versions};
        teller.open(section.statements);
        for (const Item& item : plan.items) {
            if (item.kind == Kind::remark) {
                section.statements.push_back({Standing::text, std::string(item.label), {}});
            } else {
                teller.tell(item, section.statements);
            }
        }
        sections.push_back(std::move(section));
    }
    return sections;
}

std::string basis_of(Gate gate) {
    return fmt::format("gate {}", name_of(gate));
}

std::string sentence(std::string_view label, std::string_view clause) {
    std::string text = label.empty() ? std::string(clause) : fmt::format("{}: {}", label, clause);
    if (!text.empty()) {
        text.front() = ascii_upper(text.front());
        if (text.back() != '.') {
            text += '.';
        }
    }
    return text;
}

}  // namespace aion::report
