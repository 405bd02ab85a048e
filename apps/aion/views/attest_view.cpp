// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/attest_view.hpp"

#include <fmt/format.h>

#include <set>
#include <string_view>
#include <vector>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "views/author_text.hpp"
#include "views/judged_parts.hpp"
#include "views/verdict_text_view.hpp"
#include "views/verdict_view.hpp"

namespace aion::cli {
namespace {

constexpr std::size_t finding_columns = 15;

void write_entry(DocumentWriter& out, const attest::Entry& entry,
                 const attest::EntryFinding* finding) {
    Twins twins(out);
    out.begin_object();
    twins.number("signer", entry.attestation.signer);
    if (finding != nullptr) {
        out.member("finding", name_of(*finding));
    }
    out.member("public_key_hex", to_hex(entry.attestation.public_key))
        .member("signature_hex", to_hex(entry.attestation.signature))
        .member("is_well_formed", entry.is_well_formed());
    twins.end_object();
}

void write_authors(DocumentWriter& out, std::string_view key,
                   const std::vector<AuthorId>& authors) {
    out.key(key).begin_array();
    for (const AuthorId author : authors) {
        out.value(author);
    }
    out.end_array();
}

void print_row(Stream& out, std::string_view what, std::string_view who) {
    out.write(fmt::format("  {:<{}} {}\n", what, finding_columns, who));
}

void print_quorum(Stream& out, const QuorumView& view) {
    const trust::Registry& registry = view.file.registry();
    out.write(fmt::format("Attestations  {}  {} of {} required\n", shown(view.attestations),
                          view.quorum.valid_count, view.quorum.required));
    std::set<AuthorId> by_entry;
    for (std::size_t i = 0; i < view.entries.size(); ++i) {
        const AuthorId signer = view.entries[i].attestation.signer;
        print_row(out, name_of(view.quorum.findings[i]), author_text(registry, signer));
        if (view.quorum.findings[i] == attest::EntryFinding::counts) {
            by_entry.insert(signer);
        }
    }
    for (const AuthorId author : view.quorum.valid) {
        if (!by_entry.contains(author)) {
            print_row(out, "wrote it", author_text(registry, author));
        }
    }
    for (const AuthorId author : view.quorum.missing) {
        print_row(out, "missing", author_text(registry, author));
    }
    if (view.elsewhere != 0) {
        out.write(fmt::format("  {} of other versions\n", view.elsewhere));
    }
}

}  // namespace

void write_text(Console& console, const ContainerView& view) {
    Stream& out = console.out();
    for (const attest::AttestedVersion& version : view.container.versions()) {
        out.write(fmt::format("version {}  {}\n", to_string(version.number),
                              shortened(out, to_hex(version.hash))));
        for (const attest::Entry& entry : version.entries) {
            out.write(fmt::format("  author {}  key {}{}\n", to_string(entry.attestation.signer),
                                  shortened(out, to_hex(entry.attestation.public_key)),
                                  entry.is_well_formed() ? "" : "  malformed"));
        }
    }
    out.write(fmt::format("Total: {} of file {}, none of them judged\n",
                          counted(view.container.size(), "attestation"),
                          to_string(view.container.file_id())));
}

void write(DocumentWriter& out, const ContainerView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path).number("file_id", view.container.file_id());
    out.member("file_id_hex", to_string(view.container.file_id()));
    out.key("versions").begin_array();
    for (const attest::AttestedVersion& version : view.container.versions()) {
        Twins of_version(out);
        out.begin_object();
        of_version.number("version_number", version.number);
        out.member("version_hash_hex", to_hex(version.hash)).key("attestations").begin_array();
        for (const attest::Entry& entry : version.entries) {
            write_entry(out, entry, nullptr);
        }
        out.end_array();
        of_version.end_object();
    }
    out.end_array();
    twins.end_object();
}

void write_text(Console& console, const QuorumView& view) {
    if (console.is_quiet()) {
        return;
    }
    Stream& out = console.out();
    const policy::VerificationReport& report = view.file.report();
    write_block(out, {.report = report, .path = view.path, .registry = &view.file.registry()});
    print_quorum(out, view);
    if (report.is_valid()) {
        write_not_proven(out, report.unauthenticated, false);
    }
}

void write(DocumentWriter& out, const QuorumView& view) {
    const policy::VerificationReport& report = view.file.report();
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.member("is_valid", view.is_valid);
    out.key("verification");
    write(out, VerdictView{.report = report, .path = view.path, .registry = &view.file.registry()});
    twins.path("attestations", view.attestations)
        .number("required", view.quorum.required)
        .number("valid_count", view.quorum.valid_count);
    write_authors(out, "valid_signers", view.quorum.valid);
    write_authors(out, "invalid_signers", view.quorum.invalid);
    write_authors(out, "missing_signers", view.quorum.missing);
    write_authors(out, "ignored_signers", view.quorum.ignored);
    out.key("entries").begin_array();
    for (std::size_t i = 0; i < view.entries.size(); ++i) {
        write_entry(out, view.entries[i], &view.quorum.findings[i]);
    }
    out.end_array();
    twins.number("of_other_versions", view.elsewhere);
    twins.end_object();
}

}  // namespace aion::cli
