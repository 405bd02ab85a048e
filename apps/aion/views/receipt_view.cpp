// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/receipt_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "views/author_text.hpp"
#include "views/envelope_view.hpp"

namespace aion::cli {
namespace {

using release::ReceiptStatement;
using release::ReceiptVerdict;

// Of what can be long, texts show so many.
constexpr std::size_t most_rows = 20;

// `deny by 1002 (receipt 7) under version 2 of 0x…`.
std::string claim(const ReceiptStatement& statement, const std::string& runtime) {
    return fmt::format("{} by {} (receipt {}) under version {} of {}",
                       release::name_of(statement.decision), runtime,
                       statement.receipt_version.value, statement.policy.version.value,
                       to_string(statement.policy.file_id));
}

std::string place_of(const std::string& path, std::size_t count, std::size_t i) {
    return count == 1 ? shown(path) : fmt::format("{}:{}", shown(path), i + 1);
}

void write_subjects(DocumentWriter& out, const ReceiptStatement& statement) {
    out.key("subjects").begin_array();
    for (const supply::Subject& subject : statement.subjects) {
        out.begin_object().member("name", subject.name).key("digest").begin_object();
        for (const auto& [name, digest] : subject.digest) {
            out.member(name, digest);
        }
        out.end_object().end_object();
    }
    out.end_array();
}

void write_approvals(DocumentWriter& out, const ReceiptStatement& statement) {
    out.key("approvals").begin_array();
    for (const release::ReceiptApproval& approval : statement.approvals) {
        Twins twins(out);
        out.begin_object();
        twins.number("approver", approval.approver);
        out.member("attestation_ref", to_hex(approval.attestation));
        twins.end_object();
    }
    out.end_array();
}

void write_statement(DocumentWriter& out, const ReceiptStatement& statement) {
    Twins twins(out);
    out.begin_object().member("decision", release::name_of(statement.decision));
    twins.number("runtime", statement.runtime).number("receipt_version", statement.receipt_version);
    out.member("nonce", to_hex(statement.nonce));
    out.member("file_id", to_string(statement.policy.file_id));
    twins.number("policy_version", statement.policy.version)
        .number("policy_author", statement.policy.author)
        .number("epoch_author", statement.trust.author)
        .number("epoch", statement.trust.epoch);
    write_subjects(out, statement);
    write_approvals(out, statement);
    twins.end_object();
}

void write_authors(DocumentWriter& out, std::string_view name, std::span<const AuthorId> authors,
                   const trust::Registry& registry) {
    out.key(name).begin_array();
    for (const AuthorId author : authors) {
        Twins twins(out);
        out.begin_object();
        twins.number("author", author);
        out.member("author_name", author_text(registry, author));
        twins.end_object();
    }
    out.end_array();
}

std::string witnesses_text(std::span<const AuthorId> witnesses, const trust::Registry& registry) {
    std::string text;
    for (const AuthorId witness : witnesses) {
        text += (text.empty() ? ", witnessed by " : ", ") + author_text(registry, witness);
    }
    return text;
}

void write_one(DocumentWriter& out, const ReceiptVerdict& verdict,
               const trust::Registry& registry) {
    Twins twins(out);
    out.begin_object()
        .member("is_valid", verdict.is_valid())
        .member("reason", verdict.reason())
        .key("receipt");
    if (verdict.is_valid()) {
        write_statement(out, *verdict.statement);
    } else {
        out.null();
    }
    const std::span<const AuthorId> witnesses =
        verdict.is_valid() ? std::span(verdict.witnesses) : std::span<const AuthorId>();
    write_authors(out, "witnesses", witnesses, registry);
    twins.number("log_index", verdict.log_index).number("seen_log_size", verdict.seen_log_size);
    out.key("gates").begin_object();
    for (const release::ReceiptGate gate : release::all_receipt_gates) {
        out.member(release::name_of(gate), policy::name_of(verdict.state(gate)));
    }
    out.end_object().key("findings").begin_array();
    for (const ReceiptVerdict::Finding& finding : verdict.findings) {
        out.begin_object()
            .member("gate", release::name_of(finding.gate))
            .member("reason", finding.reason)
            .end_object();
    }
    out.end_array();
    twins.end_object();
}

void write_one(Stream& out, const std::string& place, const ReceiptVerdict& verdict,
               const trust::Registry& registry) {
    if (verdict.is_valid()) {
        out.write(fmt::format(
            "{}  {}: {}{}\n", verdict_word(out, true), place,
            claim(*verdict.statement, author_text(registry, verdict.statement->runtime)),
            witnesses_text(verdict.witnesses, registry)));
        return;
    }
    out.write(
        fmt::format("{}  {}: {}\n", verdict_word(out, false), place, shown(verdict.reason())));
    for (std::size_t i = 1; i < verdict.findings.size(); ++i) {
        const ReceiptVerdict::Finding& finding = verdict.findings[i];
        out.write(fmt::format("  {}: {}\n", release::name_of(finding.gate), shown(finding.reason)));
    }
}

void write_details(Stream& out, const ReceiptStatement& statement) {
    out.write(fmt::format("  policy by {}, epoch {} of {}\n  nonce {}\n",
                          statement.policy.author.value, statement.trust.epoch.value,
                          statement.trust.author.value, to_hex(statement.nonce)));
    const std::size_t count = statement.subjects.size();
    for (std::size_t i = 0; i < std::min(count, most_rows); ++i) {
        std::string row = "  about " + shown(statement.subjects[i].name);
        for (const auto& [name, digest] : statement.subjects[i].digest) {
            row += fmt::format(", {} {}", shown(name), shown(digest));
        }
        out.write(row + "\n");
    }
    if (count > most_rows) {
        out.write(fmt::format("  {} {} more\n", out.ellipsis(), count - most_rows));
    }
    for (const release::ReceiptApproval& approval : statement.approvals) {
        out.write(fmt::format("  approved by {}: {}\n", approval.approver.value,
                              to_hex(approval.attestation)));
    }
}

}  // namespace

void write_text(Console& console, const ReceiptMadeView& view) {
    if (console.is_quiet()) {
        return;
    }
    console.out().write(
        fmt::format("Receipt written to: {}\n  {}{}\n", shown(view.path),
                    claim(view.statement, author_text(view.registry, view.statement.runtime)),
                    witnesses_text(view.witnesses, view.registry)));
}

void write(DocumentWriter& out, const ReceiptMadeView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.key("receipt");
    write_statement(out, view.statement);
    write_authors(out, "witnesses", view.witnesses, view.registry);
    twins.end_object();
}

void write_text(Console& console, const ApprovalMadeView& view) {
    if (console.is_quiet()) {
        return;
    }
    console.out().write(fmt::format(
        "Approval written to: {}\n  {} approves {} under version {} of {}\n  Reference: {}\n",
        shown(view.path), author_text(view.registry, view.approval.approver),
        release::name_of(view.approval.decision), view.approval.policy_version.value,
        to_string(view.approval.file_id), to_hex(view.reference)));
}

void write(DocumentWriter& out, const ApprovalMadeView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.member("attestation_ref", to_hex(view.reference));
    twins.number("approver", view.approval.approver);
    out.member("decision", release::name_of(view.approval.decision));
    out.member("file_id", to_string(view.approval.file_id));
    twins.number("policy_version", view.approval.policy_version);
    twins.end_object();
}

bool ReceiptVerdictsView::is_valid() const noexcept {
    return std::ranges::all_of(verdicts, &ReceiptVerdict::is_valid);
}

void write_text(Console& console, const ReceiptVerdictsView& view) {
    if (console.is_quiet()) {
        return;
    }
    Stream& out = console.out();
    const std::size_t count = view.verdicts.size();
    for (std::size_t i = 0; i < count; ++i) {
        write_one(out, place_of(view.path, count, i), view.verdicts[i], view.registry);
    }
    if (count > 1) {
        const auto valid = std::ranges::count_if(view.verdicts, &ReceiptVerdict::is_valid);
        out.write(fmt::format("{}  {}: {} of {} receipts are valid\n",
                              verdict_word(out, view.is_valid()), shown(view.path), valid, count));
    }
}

void write(DocumentWriter& out, const ReceiptVerdictsView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.member("is_valid", view.is_valid()).key("receipts").begin_array();
    for (const ReceiptVerdict& verdict : view.verdicts) {
        write_one(out, verdict, view.registry);
    }
    out.end_array();
    twins.end_object();
}

void write_text(Console& console, const ReceiptsView& view) {
    Stream& out = console.out();
    for (std::size_t i = 0; i < view.receipts.size(); ++i) {
        const auto& [receipt, statement] = view.receipts[i];
        out.write(fmt::format("{} (not verified): {}\n",
                              place_of(view.path, view.receipts.size(), i),
                              claim(statement, std::to_string(statement.runtime.value))));
        write_details(out, statement);
        for (const supply::EnvelopeSignature& signature : receipt.envelope.signatures) {
            out.write("  signed as " + shown(signature.keyid));
            const auto listed = std::ranges::find(receipt.witnesses, signature.keyid,
                                                  &release::ReceiptWitness::keyid);
            out.write(listed == receipt.witnesses.end()
                          ? "\n"
                          : fmt::format(" at version {}\n", listed->version.value));
        }
    }
    console.hint("Nothing was verified: `aion receipt verify` does");
}

void write(DocumentWriter& out, const ReceiptsView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.member("is_verified", false).key("receipts").begin_array();
    for (const auto& [receipt, statement] : view.receipts) {
        out.begin_object().key("receipt");
        write_statement(out, statement);
        out.key("signatures").begin_array();
        for (const supply::EnvelopeSignature& signature : receipt.envelope.signatures) {
            out.value(signature.keyid);
        }
        out.end_array().key("witnesses").begin_array();
        for (const release::ReceiptWitness& witness : receipt.witnesses) {
            Twins witness_twins(out);
            out.begin_object().member("keyid", witness.keyid);
            witness_twins.number("version", witness.version);
            witness_twins.end_object();
        }
        out.end_array().end_object();
    }
    out.end_array();
    twins.end_object();
}

}  // namespace aion::cli
