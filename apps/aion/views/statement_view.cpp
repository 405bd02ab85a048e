// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/statement_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/counted.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "views/envelope_view.hpp"

namespace aion::cli {
namespace {

using supply::Statement;

constexpr std::size_t most_subjects = 20;

void write_predicate(Stream& out, const Statement& statement) {
    if (const auto provenance = supply::provenance_of(statement)) {
        out.write(fmt::format("  built by {}, {}\n", shown(provenance->builder_id),
                              shown(provenance->build_type)));
        return;
    }
    if (const auto summary = supply::verification_summary_of(statement)) {
        out.write(fmt::format("  {} by {} at {}\n  resource: {}\n",
                              summary->has_passed ? "passed" : "not passed",
                              shown(summary->verifier_id), rfc3339(summary->time_verified),
                              shown(summary->resource_uri)));
        for (const std::string& level : summary->verified_levels) {
            out.write("  level: " + shown(level) + "\n");
        }
    }
}

void write_statement(Stream& out, const Statement& statement) {
    out.write("  " + shown(statement.predicate_type()) + "\n");
    write_predicate(out, statement);
    const auto& subjects = statement.subjects();
    for (std::size_t i = 0; i < std::min(subjects.size(), most_subjects); ++i) {
        out.write("  subject: " + shown(subjects[i].name) + "\n");
        for (const auto& [name, digest] : subjects[i].digest) {
            out.write(fmt::format("    {}: {}\n", shown(name), shown(digest)));
        }
    }
    if (subjects.size() > most_subjects) {
        out.write(fmt::format("  {} {} more\n", out.ellipsis(), subjects.size() - most_subjects));
    }
}

void write_row(Stream& out, const StatementView& view, std::size_t i) {
    const StatementView::Row& row = view.rows[i];
    std::string line = fmt::format("statement {}", i + 1);
    if (!row.signers.empty()) {
        line += ", " + signers_text(row.signers, *view.registry);
    }
    if (!row.is_good()) {
        line += fmt::format(": {} {}", view.registry != nullptr ? "does not count:" : "",
                            shown(row.problem));
    }
    out.write(line + "\n");
    if (row.statement) {
        write_statement(out, *row.statement);
    }
}

void write_predicate(DocumentWriter& out, const Statement& statement) {
    if (const auto provenance = supply::provenance_of(statement)) {
        out.member("builder_id", provenance->builder_id)
            .member("build_type", provenance->build_type)
            .member("invocation_id", provenance->invocation_id);
        return;
    }
    if (const auto summary = supply::verification_summary_of(statement)) {
        out.member("verifier_id", summary->verifier_id)
            .member("has_passed", summary->has_passed)
            .member("resource_uri", summary->resource_uri)
            .member("time_verified", rfc3339(summary->time_verified));
        out.key("verified_levels").begin_array();
        for (const std::string& level : summary->verified_levels) {
            out.value(level);
        }
        out.end_array();
    }
}

void write_statement(DocumentWriter& out, const Statement& statement) {
    out.member("predicate_type", statement.predicate_type());
    write_predicate(out, statement);
    out.key("subjects").begin_array();
    for (const supply::Subject& subject : statement.subjects()) {
        out.begin_object().member("name", subject.name).key("digest").begin_object();
        for (const auto& [name, digest] : subject.digest) {
            out.member(name, digest);
        }
        out.end_object().end_object();
    }
    out.end_array();
}

}  // namespace

bool StatementView::is_valid() const noexcept {
    return !files.empty() && std::ranges::all_of(files, &File::is_subject);
}

void write_text(Console& console, const StatementView& view) {
    if (console.is_quiet() && view.registry != nullptr) {
        return;
    }
    Stream& out = console.out();
    if (view.registry != nullptr) {
        out.write(fmt::format("{}  {}: {}\n", verdict_word(out, view.is_valid()), shown(view.path),
                              counted(view.rows.size(), "statement")));
        for (const StatementView::File& file : view.files) {
            out.write(fmt::format(
                "  {}: {}\n", shown(file.path),
                file.is_subject ? "is what it is about" : "nothing that counts is said of it"));
        }
    } else {
        out.write(
            fmt::format("{}: {}\n", shown(view.path), counted(view.rows.size(), "statement")));
    }
    for (std::size_t i = 0; i < view.rows.size(); ++i) {
        write_row(out, view, i);
    }
    if (view.registry == nullptr) {
        console.hint("Nothing was verified: `aion slsa verify` does");
    }
}

void write(DocumentWriter& out, const StatementView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    if (view.registry != nullptr) {
        out.member("is_valid", view.is_valid()).key("files").begin_array();
        for (const StatementView::File& file : view.files) {
            Twins of_file(out);
            out.begin_object();
            of_file.path(file.path);
            out.member("is_subject", file.is_subject);
            of_file.end_object();
        }
        out.end_array();
    }
    out.key("statements").begin_array();
    for (const StatementView::Row& row : view.rows) {
        out.begin_object().member("problem", row.problem);
        if (view.registry != nullptr) {
            write_signers(out, row.signers, view.required, *view.registry);
        }
        if (row.statement) {
            write_statement(out, *row.statement);
        }
        out.end_object();
    }
    out.end_array();
    twins.end_object();
}

}  // namespace aion::cli
