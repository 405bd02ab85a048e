// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/archive_text_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "aion/base/counted.hpp"
#include "aion/base/files.hpp"
#include "aion/base/hex.hpp"
#include "shell/try.hpp"
#include "views/verdict_text_view.hpp"

namespace aion::cli {
namespace {

using archive::Relation;
using archive::SignerFiles;
using Kind = Relation::Kind;

constexpr std::size_t rule_width = 71;

// As the reference pads: every character is one column to it, emoji too.
std::string by_characters(std::string_view text, std::size_t width) {
    const auto count = static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
    return std::string(text) + std::string(count < width ? width - count : 0, ' ');
}

std::string rule(std::string_view sign, std::size_t width) {
    std::string line;
    for (std::size_t i = 0; i < width; ++i) {
        line += sign;
    }
    return line + "\n";
}

std::string failed_line(const Stream& out, std::string_view path,
                        const policy::VerificationReport& report) {
    std::string line = fmt::format("{} {}", out.paint(Tone::bad, "FAIL"), path);
    if (report.findings.empty()) {
        return line;
    }
    const policy::Finding& finding = report.findings.front();
    line += fmt::format(" {} {}", name_of(finding.gate), name_of(finding.reason));
    return finding.version ? line + fmt::format(" version {}", to_string(*finding.version)) : line;
}

std::string passed_line(const Stream& out, std::string_view path, const ArchiveFileView& view) {
    return fmt::format("{} {} {}{}{}", out.paint(Tone::good, "PASS"), path,
                       counted(view.report->version_count, "version"),
                       view.report->head ? ", head " + to_hex(*view.report->head).substr(0, 8) +
                                               std::string(out.ellipsis())
                                         : "",
                       view.remembered ? ", remembered" : "");
}

// Why there is no verdict on the file whose name stands in front: no line says that name again.
std::string why_none(std::string_view path, const Failure& failure) {
    const std::string name = fmt::format(": {}", path);
    std::string why;
    for (std::string_view message : failure.messages) {
        const bool is_named = message.ends_with(name);
        message.remove_suffix(is_named ? name.size() : 0);
        if (is_named && (message == "Failed to verify file" || message == "Failed to read file")) {
            continue;
        }
        why += fmt::format("{}{}", why.empty() ? "" : ": ", message);
    }
    return why.empty() ? failure.messages.back() : why;
}

// An alarm is what no honest archive has; copies and earlier states are told only to who asks.
bool is_alarm(Kind kind) noexcept {
    return kind == Kind::fork || kind == Kind::relabelled;
}

std::string_view word_for(Kind kind) noexcept {
    switch (kind) {
        case Kind::copies:
            return "COPIES";
        case Kind::prefix:
            return "PREFIX";
        case Kind::fork:
            return "FORK";
        case Kind::relabelled:
            break;
    }
    return "RELABELLED";
}

std::string place_of(const Relation& relation) {
    switch (relation.kind) {
        case Kind::copies:
            break;
        case Kind::prefix:
            return fmt::format(" up to version {}", relation.common);
        case Kind::fork:
            return relation.common == 0 ? std::string(" from the first version on")
                                        : fmt::format(" after version {}", relation.common);
        case Kind::relabelled:
            return fmt::format(" as {} and {}", to_string(relation.first.file_id),
                               to_string(relation.second.file_id));
    }
    return {};
}

Result<> write_relation(Stream& out, const ArchiveView& view, const Relation& relation) {
    out.write(
        out.paint(is_alarm(relation.kind) ? Tone::bad : Tone::faint, word_for(relation.kind)));
    Result<> done;
    if (relation.kind == Kind::copies) {
        done = view.ledger->for_each_copy(
            relation, [&](const auto& path) { out.write(" " + shown(path.native())); });
    } else {
        out.write(fmt::format(" {} {}", shown(relation.first.path.native()),
                              shown(relation.second.path.native())));
    }
    out.write(place_of(relation) + "\n");
    return done;
}

std::string counted_relations(std::uint64_t count, Kind kind) {
    switch (kind) {
        case Kind::copies:
            return fmt::format("{} of copies", counted(count, "group"));
        case Kind::prefix:
            return counted(count, "earlier state");
        case Kind::fork:
            return counted(count, "fork");
        case Kind::relabelled:
            break;
    }
    return fmt::format("{} relabelled", count);
}

// `relations: 1 fork, 2 groups of copies`: how many there are of each kind that there is.
void write_relation_counts(Stream& out, const archive::Ledger& ledger, bool verbose) {
    std::string counts;
    bool untold = false;
    for (const Kind kind : {Kind::fork, Kind::relabelled, Kind::prefix, Kind::copies}) {
        if (const std::uint64_t count = ledger.count(kind); count != 0) {
            counts += (counts.empty() ? "" : ", ") + counted_relations(count, kind);
            untold = untold || (!verbose && !is_alarm(kind));
        }
    }
    if (!counts.empty()) {
        out.write(
            fmt::format("relations: {}{}\n", counts, untold ? " (-v lists all of them)" : ""));
    }
}

}  // namespace

void write_file(Stream& out, std::string_view path, const ArchiveFileView& view) {
    const std::string name = shown(path);
    if (view.report == nullptr) {
        out.write(fmt::format("{} {} {}\n", out.paint(Tone::caution, "NONE"), name,
                              shown(why_none(path, *view.failure))));
    } else if (view.report->is_valid()) {
        out.write(passed_line(out, name, view) + "\n");
    } else {
        out.write(failed_line(out, name, *view.report) + "\n");
    }
}

Outcome<> write_conclusions(Stream& out, const ArchiveView& view, bool verbose) {
    Result<> read;
    const Result<> all = view.ledger->for_each_relation([&](const Relation& relation) {
        if (verbose || is_alarm(relation.kind)) {
            const Result<> written = write_relation(out, view, relation);
            read = read ? written : read;
        }
    });
    write_relation_counts(out, *view.ledger, verbose);
    if (view.tally.remembered != 0) {
        out.write(fmt::format("remembered: {} of {}\n", view.tally.remembered, view.tally.valid));
    }
    if (view.tally.stopped) {
        out.write("stopped at the first file that is not VALID\n");
    }
    out.write(fmt::format("{} valid, {} invalid, {} unreadable in {:.2f} s\n", view.tally.valid,
                          view.tally.invalid, view.tally.unreadable,
                          static_cast<double>(view.elapsed_ns) / 1e9));
    return or_fail(read ? all : read, "Failed to read what was kept of the files");
}

void ReferenceArchiveText::begin(std::string_view directory) {
    out_.write("\n" + rule("═", rule_width) +
               fmt::format(" Archive verification — {}\n", shown(directory)) +
               rule("═", rule_width) + "\nPass 1 — Per-file verification\n" + rule("─", 30) +
               "  FILE                          VERDICT     DETAILS\n");
}

Result<> ReferenceArchiveText::file(const ArchiveFileView& view) {
    const bool is_valid = view.report != nullptr && view.report->is_valid();
    std::string details;
    if (view.report == nullptr) {
        details = "verify_file failed: " + view.failure->messages.front();
    } else if (!view.report->findings.empty()) {
        details = view.report->findings.front().message;
    }
    const std::string name = shown(view.path);
    const std::string verdict = is_valid ? "✅ VALID" : "❌ INVALID";
    out_.write(fmt::format("  {}  {}  {}\n", by_characters(name, 28), by_characters(verdict, 10),
                           shown(details)));
    return is_valid ? Result<>() : failed_.append(as_bytes(fmt::format("     - {}\n", name)));
}

Result<> ReferenceArchiveText::end(const ArchiveView& view) {
    const archive::Tally& tally = view.tally;
    const std::uint64_t failed = tally.invalid + tally.unreadable;
    out_.write(
        fmt::format("\n  Summary: {}/{} VALID, {} INVALID\n", tally.valid, tally.files(), failed));
    out_.write("\nPass 2 — Signer breakdown\n" + rule("─", 25));
    const Result<> signers = write_signers(view);
    out_.write("\nFindings\n" + rule("─", 8));
    if (failed == 0) {
        out_.write(
            fmt::format("  ✅ All {} files verified. Archive passes audit.\n", tally.files()));
        return signers;
    }
    out_.write(fmt::format("  ❗ {} of {} files failed verification.\n", failed, tally.files()));
    const Result<> named = write_failed();
    return signers ? named : signers;
}

Result<> ReferenceArchiveText::write_signers(const ArchiveView& view) {
    const std::vector<SignerFiles>& signers = view.ledger->signers();
    std::map<AuthorId, std::map<std::string, std::vector<std::size_t>>> authors;
    for (std::size_t i = 0; i < signers.size(); ++i) {
        if (signers[i].heads != 0) {
            authors[signers[i].author][short_hex(signers[i].key.view())].push_back(i);
        }
    }
    Result<> done;
    for (const auto& [author, keys] : authors) {
        out_.write(keys.size() == 1
                       ? fmt::format("  ✓  Author {} — stable\n", to_string(author))
                       : fmt::format("  ⚙  Author {} — ROTATED ({} distinct keys observed)\n",
                                     to_string(author), keys.size()));
        for (const auto& [prefix, of_prefix] : keys) {
            out_.write(fmt::format("       key {}…  files: ", prefix));
            bool is_first = true;
            for (const std::size_t signer : of_prefix) {
                const Result<> read = view.ledger->for_each_head(signer, [&](const auto& path) {
                    out_.write((std::exchange(is_first, false) ? "" : ", ") +
                               shown(view.name_of(path)));
                });
                done = done ? read : done;
            }
            out_.write("\n");
        }
    }
    return done;
}

Result<> ReferenceArchiveText::write_failed() {
    const auto lines = failed_.finish("the names of those that failed");
    return read_pieces(*lines, 0, lines->info().size,
                       [this](ByteView piece) { out_.write(as_text(piece)); });
}

}  // namespace aion::cli
