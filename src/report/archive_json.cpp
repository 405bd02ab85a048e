// SPDX-License-Identifier: MIT OR Apache-2.0
#include <optional>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "aion/report/archive_report.hpp"
#include "report/documents.hpp"

namespace aion::report {

namespace {

void write_counts(DocumentWriter& out, const ArchiveReport& report) {
    Twins twins(out);
    out.key("counts").begin_object();
    twins.number("files", report.tally.files())
        .number("valid", report.tally.valid)
        .number("invalid", report.tally.invalid)
        .number("unreadable", report.tally.unreadable)
        .number("bytes", report.tally.bytes);
    out.member("stopped", report.tally.stopped);
    twins.end_object();
}

void write_gate_counts(DocumentWriter& out, const ArchiveRows& rows) {
    out.key("gates").begin_array();
    for (const policy::Gate gate : policy::all_gates) {
        const GateTally& tally = rows.gates()[static_cast<std::size_t>(gate)];
        Twins twins(out);
        out.begin_object().member("gate", name_of(gate));
        twins.number("passed", tally.passed)
            .number("failed", tally.failed)
            .number("skipped", tally.skipped)
            .number("not_asked", tally.not_asked);
        twins.end_object();
    }
    out.end_array();
}

void write_signer(DocumentWriter& out, const policy::SignerUse& use) {
    Twins twins(out);
    out.begin_object();
    twins.number("author_id", use.author);
    out.member("epoch", use.epoch).member("public_key", to_hex(use.key));
    twins.number("first_version", use.first)
        .number("last_version", use.last)
        .number("versions", use.versions);
    twins.end_object();
}

void write_row(DocumentWriter& out, const ArchiveRow& row) {
    Twins twins(out);
    out.begin_object();
    twins.path(row.path.native());
    out.member("is_valid", row.valid)
        .member("reason", row.reason.empty() ? std::nullopt : std::optional(row.reason))
        .member("file_id", row.file_id ? std::optional(to_string(*row.file_id)) : std::nullopt);
    twins.number("version_count", row.versions).number("size", row.size);
    out.member("head", hex_of(row.head))
        .member("integrity_hash", hex_of(row.integrity_hash))
        .member("remembered", row.remembered)
        .key("signers")
        .begin_array();
    for (const policy::SignerUse& use : row.signers) {
        write_signer(out, use);
    }
    out.end_array();
    twins.end_object();
}

Result<> write_rows(DocumentWriter& out, const ArchiveRows& rows) {
    out.key("files").begin_array();
    Result<> read = rows.for_each([&](const ArchiveRow& row) {
        write_row(out, row);
        return policy::Next::go_on;
    });
    out.end_array();
    return read;
}

void write_member(DocumentWriter& out, const archive::Relation::Member& member) {
    Twins twins(out);
    out.begin_object();
    twins.path(member.path.native());
    out.member("file_id", to_string(member.file_id));
    twins.number("version_count", member.version);
    out.member("head", to_hex(member.head));
    twins.end_object();
}

Result<> write_relations(DocumentWriter& out, const archive::Ledger& ledger) {
    Result<> done;
    out.key("relations").begin_array();
    const Result<> read = ledger.for_each_relation([&](const archive::Relation& relation) {
        Twins twins(out);
        out.begin_object().member("kind", name_of(relation.kind));
        twins.number("common_versions", relation.common).number("member_count", relation.members);
        out.key("first");
        write_member(out, relation.first);
        out.key("second");
        write_member(out, relation.second);
        if (relation.kind == archive::Relation::Kind::copies) {
            out.key("paths").begin_array();
            const Result<> copies = ledger.for_each_copy(
                relation, [&](const std::filesystem::path& path) { out.value(path.native()); });
            out.end_array();
            done = done ? copies : done;
        }
        twins.end_object();
    });
    out.end_array();
    return done ? read : done;
}

void write_signers(DocumentWriter& out, const archive::Ledger& ledger) {
    out.key("signers").begin_array();
    for (const archive::SignerFiles& signer : ledger.signers()) {
        Twins twins(out);
        out.begin_object();
        twins.number("author_id", signer.author);
        out.member("epoch", signer.epoch).member("public_key", to_hex(signer.key));
        twins.number("files", signer.files).number("heads", signer.heads);
        twins.end_object();
    }
    out.end_array();
}

}  // namespace

Result<> write(DocumentWriter& out, const ArchiveReport& report) {
    out.begin_object()
        .member("title", report.title)
        .member("framework", display_name(report.framework))
        .member("generated_at", rfc3339_seconds(report.run.generated_at))
        .key("operands")
        .begin_array();
    for (const std::string& operand : report.operands) {
        out.value(operand);
    }
    out.end_array()
        .key("verification")
        .begin_object()
        .member("is_valid", report.is_valid())
        .end_object()
        .member("verdict", report.summary());
    write_counts(out, report);
    write_gate_counts(out, *report.rows);
    write_sections(out, report.sections);
    write_run(out, report.run, report.registry, report.profile, report.pins);
    write_unauthenticated(out, open_points(report));
    Result<> done = write_rows(out, *report.rows);
    const Result<> related = write_relations(out, *report.ledger);
    done = done ? related : done;
    write_signers(out, *report.ledger);
    if (!done) {
        out.member("error", done.error().full_message());
    }
    out.end_object();
    return done;
}

}  // namespace aion::report
