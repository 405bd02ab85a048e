// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/archive_view.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "aion/base/bytes.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "aion/base/utf8.hpp"
#include "aion/report/verdict_members.hpp"
#include "shell/try.hpp"
#include "views/failure_view.hpp"
#include "views/verdict_view.hpp"

namespace aion::cli {
namespace {

using archive::Relation;
using archive::SignerFiles;
using policy::SignerUse;
using policy::VerificationReport;

// Who signed the last version of a VALID file.
const SignerUse* head_signer(const VerificationReport& report) {
    if (!report.history || !report.is_valid()) {
        return nullptr;
    }
    const auto& signers = report.history->signers;
    const auto found = std::ranges::find(signers, report.history->version_hashes.size(),
                                         [](const SignerUse& use) { return use.last.value; });
    return found == signers.end() ? nullptr : &*found;
}

// What the reference says is wrong: its first error, which is text.
std::optional<std::string> error_of(const ArchiveFileView& view) {
    if (view.report == nullptr) {
        return view.failure->messages.back();
    }
    return view.report->findings.empty() ? std::nullopt
                                         : std::optional(view.report->findings.front().message);
}

void write_history(DocumentWriter& out, const policy::HistoryFacts& history) {
    out.key("version_hashes").begin_array();
    for (const Hash& hash : history.version_hashes) {
        out.value(to_hex(hash));
    }
    out.end_array().key("signers").begin_array();
    for (const SignerUse& use : history.signers) {
        Twins twins(out);
        out.begin_object();
        twins.number("author", use.author);
        out.member("epoch", use.epoch).member("public_key", to_hex(use.key));
        twins.number("first_version", use.first)
            .number("last_version", use.last)
            .number("versions", use.versions);
        twins.end_object();
    }
    out.end_array();
}

// What it takes to put parts together as if there had been none.
void write_place(DocumentWriter& out, const ArchiveFileView& view) {
    out.member("position", view.position);
    if (view.report != nullptr) {
        return;
    }
    out.member("in_every_part", view.is_in_every_part).key("causes").begin_array();
    for (const std::string& message : view.failure->messages) {
        out.value(message);
    }
    out.end_array();
}

void write_member(DocumentWriter& out, const ArchiveView& view, const Relation::Member& member) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.name_of(member.path))
        .number("file_id", member.file_id)
        .number("version_count", member.version);
    out.member("file_id_hex", to_string(member.file_id)).member("head", to_hex(member.head));
    twins.end_object();
}

Result<> write_relation_members(DocumentWriter& out, const ArchiveView& view,
                                const Relation& relation) {
    out.member("kind", name_of(relation.kind)).member("common_versions", relation.common);
    out.key("first");
    write_member(out, view, relation.first);
    out.key("second");
    write_member(out, view, relation.second);
    out.member("member_count", relation.members).key("paths").begin_array();
    Result<> done;
    if (relation.kind == Relation::Kind::copies) {
        done = view.ledger->for_each_copy(relation,
                                          [&](const auto& path) { out.value(view.name_of(path)); });
    } else {
        out.value(view.name_of(relation.first.path)).value(view.name_of(relation.second.path));
    }
    out.end_array();
    return done;
}

// The reference's breakdown: each author with the keys of last versions, by the beginnings of keys.
Result<> write_authors(DocumentWriter& out, const ArchiveView& view) {
    const std::vector<SignerFiles>& signers = view.ledger->signers();
    Result<> done;
    out.key("authors").begin_array();
    for (std::size_t first = 0; first < signers.size();) {
        std::map<std::string, std::vector<std::size_t>> keys;
        std::size_t last = first;
        for (; last < signers.size() && signers[last].author == signers[first].author; ++last) {
            if (signers[last].heads != 0) {
                keys[short_hex(signers[last].key.view())].push_back(last);
            }
        }
        if (!keys.empty()) {
            Twins twins(out);
            out.begin_object();
            twins.number("author", signers[first].author);
            out.key("keys").begin_array();
            for (const auto& [prefix, of_prefix] : keys) {
                out.begin_object().member("pubkey_prefix", prefix).key("files").begin_array();
                for (const std::size_t signer : of_prefix) {
                    const Result<> read = view.ledger->for_each_head(
                        signer, [&](const auto& path) { out.value(view.name_of(path)); });
                    done = done ? read : done;
                }
                out.end_array().end_object();
            }
            out.end_array().member("rotated", keys.size() > 1);
            twins.end_object();
        }
        first = last;
    }
    out.end_array();
    return done;
}

void write_signers(DocumentWriter& out, const ArchiveView& view) {
    out.key("signers").begin_array();
    for (const SignerFiles& signer : view.ledger->signers()) {
        Twins twins(out);
        out.begin_object();
        twins.number("author", signer.author);
        out.member("epoch", signer.epoch)
            .member("public_key", to_hex(signer.key))
            .member("files", signer.files)
            .member("heads", signer.heads);
        twins.end_object();
    }
    out.end_array();
}

Result<> write_relations(DocumentWriter& out, const ArchiveView& view) {
    Result<> done;
    out.key("relations").begin_array();
    const Result<> read = view.ledger->for_each_relation([&](const Relation& relation) {
        out.begin_object();
        const Result<> written = write_relation_members(out, view, relation);
        done = done ? written : done;
        out.end_object();
    });
    out.end_array();
    return done ? read : done;
}

// As they were given; and where one is not UTF-8, by which texts alone two may be the same, all of
// them again.
void write_operands(DocumentWriter& out, const ArchiveView& view) {
    out.key("operands").begin_array();
    for (const std::string& operand : view.operands) {
        out.value(operand);
    }
    out.end_array().member("files_from", view.files_from);
    if (std::ranges::any_of(view.sources(),
                            [](const std::string& text) { return !!find_utf8_fault(text); })) {
        out.key("operands_bytes").begin_array();
        for (const std::string& operand : view.operands) {
            out.value(to_hex(as_bytes(operand)));
        }
        out.end_array();
        if (view.files_from) {
            out.member("files_from_bytes", to_hex(as_bytes(*view.files_from)));
        }
    }
}

// What is known of the run, but for the counts and lists.
void write_run(DocumentWriter& out, const ArchiveView& view) {
    out.member("unreadable_count", view.tally.unreadable)
        .member("remembered_count", view.tally.remembered)
        .member("bytes", view.tally.bytes);
    write_signers(out, view);
    write_operands(out, view);
    out.member("registry", to_hex(view.registry));
    out.key("shard");
    if (view.shard) {
        out.begin_object()
            .member("index", view.shard->index)
            .member("count", view.shard->count)
            .member("expectations", hex_of(view.expectations))
            .end_object();
    } else {
        out.null();
    }
    out.member("profile", name_of(view.profile))
        .member("stopped", view.tally.stopped)
        .member("elapsed_ns", view.elapsed_ns);
}

Outcome<> write_end(DocumentWriter& out, const Result<>& read) {
    if (read) {
        return {};
    }
    Outcome<> failed = fail_with("Failed to read what was kept of the files", read.error());
    out.key("error");
    write_error(out, failed.error());
    return failed;
}

}  // namespace

std::string ArchiveView::name_of(const std::filesystem::path& path) const {
    std::string_view name = path.native();
    if (directory && name.starts_with(*directory)) {
        name.remove_prefix(directory->size());
        name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
    }
    return std::string(name.empty() && directory ? "." : name);
}

std::vector<std::string> ArchiveView::sources() const {
    std::vector<std::string> all = operands;
    if (files_from) {
        all.push_back(*files_from);
    }
    return all;
}

void write_members(DocumentWriter& out, const ArchiveFileView& view) {
    const VerificationReport* const report = view.report;
    Twins twins(out);
    twins.path(view.path);
    out.member("valid", report == nullptr ? std::nullopt : std::optional(report->is_valid()));
    const SignerUse* const signer = report == nullptr ? nullptr : head_signer(*report);
    twins.number("author", signer == nullptr ? std::nullopt : std::optional(signer->author));
    out.member("public_key_prefix",
               signer == nullptr ? std::nullopt : std::optional(short_hex(signer->key.view())))
        .member("error", error_of(view));
    if (report == nullptr) {
        out.key("no_verdict");
        write_error(out, *view.failure);
    } else {
        twins.number("file_id", report->file_id).number("version_count", report->version_count);
        out.member("file_id_hex", to_string(report->file_id)).member("head", hex_of(report->head));
        report::write_gates(out, *report);
        report::write_findings(out, *report);
        if (view.comparable && report->is_valid() && report->history) {
            write_history(out, *report->history);
        }
    }
    out.member("size", view.size).member("remembered", view.remembered);
    if (view.position != 0) {
        write_place(out, view);
    }
    twins.write();
}

void write_directory(DocumentWriter& out, const ArchiveView& view) {
    out.member("archive_dir", view.directory);
}

void write_counts(DocumentWriter& out, const ArchiveView& view) {
    out.member("file_count", view.tally.files())
        .member("valid_count", view.tally.valid)
        .member("invalid_count", view.tally.invalid);
}

Outcome<> write_conclusions(DocumentWriter& out, const ArchiveView& view) {
    Result<> read = write_authors(out, view);
    const Result<> related = write_relations(out, view);
    read = read ? related : read;
    write_run(out, view);
    return write_end(out, read);
}

Outcome<> write_lines(DocumentWriter& out, const ArchiveView& view) {
    Result<> read;
    const Result<> all = view.ledger->for_each_relation([&](const Relation& relation) {
        out.begin_object().member("type", "relation");
        const Result<> written = write_relation_members(out, view, relation);
        read = read ? written : read;
        out.end_object();
    });
    out.begin_object().member("type", "summary");
    write_directory(out, view);
    write_counts(out, view);
    write_run(out, view);
    Outcome<> done = write_end(out, read ? all : read);
    out.end_object();
    return done;
}

}  // namespace aion::cli
