// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/tlog_view.hpp"

#include <fmt/format.h>

#include "aion/base/base64.hpp"
#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "aion/tlog/entry.hpp"
#include "views/envelope_view.hpp"

namespace aion::cli {
namespace {

using tlog::Checkpoint;
using tlog::EntryView;
using tlog::LoggedVersion;
using tlog::Sha256Tree;

constexpr std::uint64_t nanoseconds = 1'000'000'000;

std::string size_text(const Checkpoint& checkpoint) {
    return entries_text(checkpoint.size);
}

void write_checkpoint(DocumentWriter& out, const Checkpoint& checkpoint) {
    Twins twins(out);
    out.key("checkpoint").begin_object();
    write_members(out, twins, checkpoint);
    twins.end_object();
}

void write_digests(DocumentWriter& out, std::string_view name,
                   const std::vector<Sha256Tree::Digest>& digests) {
    out.key(name).begin_array();
    for (const Sha256Tree::Digest& digest : digests) {
        out.value(to_hex(digest));
    }
    out.end_array();
}

void write_named_entry(DocumentWriter& out, ByteView entry) {
    out.key("entry").begin_object();
    write_entry(out, entry);
    out.end_object();
}

// Seconds of a cosignature as a time of ours, where it is one.
std::optional<std::string> time_in(const std::optional<std::uint64_t>& seconds) {
    if (!seconds || *seconds > UINT64_MAX / nanoseconds) {
        return std::nullopt;
    }
    return rfc3339_seconds(Timestamp{*seconds * nanoseconds});
}

std::string_view words_for(tlog::LogFinding finding) {
    switch (finding) {
        case tlog::LogFinding::missing:
            return "missing";
        case tlog::LogFinding::cut:
            return "of another size";
        case tlog::LogFinding::other_content:
            return "changed";
        case tlog::LogFinding::unreadable:
            return "cannot be read";
        case tlog::LogFinding::bad_entry:
            return "has an entry that is none of ours";
        case tlog::LogFinding::bad_index:
            return "not the log's";
        case tlog::LogFinding::superfluous:
            return "left over";
        case tlog::LogFinding::foreign:
            return "no file of a log";
    }
    return "";
}

}  // namespace

void write_members(DocumentWriter& out, Twins& twins, const Checkpoint& checkpoint) {
    out.member("origin", checkpoint.origin);
    twins.number("size", checkpoint.size);
    out.member("root", to_hex(checkpoint.root));
}

std::string entries_text(std::uint64_t count) {
    return grouped(count) + (count == 1 ? " entry" : " entries");
}

std::string entry_text(ByteView bytes) {
    const auto entry = EntryView::parse(bytes);
    if (!entry) {
        return "no entry of ours";
    }
    if (const auto version = LoggedVersion::in(*entry)) {
        return fmt::format("version {} of {} by author {}", version->version.value,
                           to_string(version->file_id), version->author.value);
    }
    const std::string size = entry->payload
                                 ? counted(entry->payload->size(), "byte", Digits::grouped)
                                 : "of which the log has the hash";
    return fmt::format("{}, {}", name_of(entry->kind), size);
}

void write_entry(DocumentWriter& out, ByteView bytes) {
    out.member("leaf", to_hex(Sha256Tree::leaf(bytes)));
    const auto entry = EntryView::parse(bytes);
    if (!entry) {
        out.member("kind", nullptr);
        return;
    }
    Twins twins(out);
    out.member("kind", name_of(entry->kind));
    twins.number("timestamp_version", entry->timestamp_version);
    out.member("payload_hash", to_hex(entry->payload_hash));
    twins.number("payload_size",
                 entry->payload ? std::optional(entry->payload->size()) : std::nullopt);
    if (const auto version = LoggedVersion::in(*entry)) {
        out.member("file_id", to_string(version->file_id));
        twins.number("version", version->version).number("author", version->author);
        out.member("version_hash", to_hex(version->version_hash));
        out.member("signature_hash", to_hex(version->signature_hash));
    }
    twins.write();
}

// --- init, rotate --------------------------------------------------------------------------------

namespace {

void write_keys(Stream& out, const std::vector<tlog::NoteSigner>& keys) {
    out.write(fmt::format("  Verifier key: {}\n", shown(keys.front().key().text())));
    if (keys.size() > 1) {
        out.write(fmt::format("  Post-quantum key: {}\n", shown(keys[1].key().text())));
    }
}

void write_keys(DocumentWriter& out, const std::vector<tlog::NoteSigner>& keys) {
    out.member("verifier_key", keys.front().key().text())
        .member("post_quantum_key",
                keys.size() > 1 ? std::optional(keys[1].key().text()) : std::nullopt);
}

}  // namespace

void write_text(Console& console, const LogMadeView& view) {
    console.success("Log made in: " + shown(view.folder));
    console.out().write(fmt::format("  {}\n", shown(view.keys.front().key().name())));
    write_keys(console.out(), view.keys);
}

void write(DocumentWriter& out, const LogMadeView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("log", view.folder);
    out.member("origin", view.keys.front().key().name());
    write_keys(out, view.keys);
    twins.end_object();
}

void write_text(Console& console, const LogRotatedView& view) {
    console.success("The log has another key: " + shown(view.folder));
    write_keys(console.out(), view.keys);
    console.out().write(
        fmt::format("  Until {}: {}\n", entries_text(view.size), shown(view.former.text())));
}

void write(DocumentWriter& out, const LogRotatedView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("log", view.folder);
    write_keys(out, view.keys);
    out.member("former_key", view.former.text());
    twins.number("size", view.size);
    twins.end_object();
}

void write_text(Console& console, const LogPolicyView& view) {
    console.success("Policy written to: " + shown(view.path));
    for (const tlog::NoteKey& key : view.keys) {
        console.out().write(
            fmt::format("  Author {}: {}\n", to_string(view.author), shown(key.text())));
    }
}

void write(DocumentWriter& out, const LogPolicyView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.member("origin", view.origin);
    twins.number("author", view.author);
    out.key("verifier_keys").begin_array();
    for (const tlog::NoteKey& key : view.keys) {
        out.value(key.text());
    }
    out.end_array();
    twins.end_object();
}

// --- append --------------------------------------------------------------------------------------

void write_text(Console& console, const LogAppendedView& view) {
    Stream& out = console.out();
    for (const LogAppendedView::Row& row : view.rows) {
        out.write(fmt::format("{}: {}{}  {}\n", shown(row.path), row.index,
                              row.is_new ? "" : " (was there)", entry_text(row.entry)));
    }
    out.write(fmt::format("{}: {}\n", shown(view.folder), size_text(view.checkpoint)));
}

void write(DocumentWriter& out, const LogAppendedView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("log", view.folder);
    write_checkpoint(out, view.checkpoint);
    out.key("entries").begin_array();
    for (const LogAppendedView::Row& row : view.rows) {
        Twins own(out);
        out.begin_object();
        own.path(row.path).number("index", row.index);
        out.member("is_new", row.is_new);
        write_entry(out, row.entry);
        own.end_object();
    }
    out.end_array();
    twins.end_object();
}

// --- checkpoint ----------------------------------------------------------------------------------

void write_text(Console& console, const LogCheckpointView& view) {
    Stream& out = console.out();
    if (view.only_key) {
        out.write(shown(view.key.text()) + "\n");
        return;
    }
    out.write(shown_lines(view.note));
    if (view.growth) {
        out.write(fmt::format("\nContinues {} with the root {}:\n", entries_text(view.growth->from),
                              to_base64(view.growth->root.view())));
        for (const Sha256Tree::Digest& digest : view.growth->path) {
            out.write("  " + to_base64(digest.view()) + "\n");
        }
    }
    if (view.reference_root) {
        out.write(
            fmt::format("\nRoot of the reference's tree: {}\n", to_hex(*view.reference_root)));
    }
}

void write(DocumentWriter& out, const LogCheckpointView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("log", view.folder);
    write_checkpoint(out, view.checkpoint);
    out.member("verifier_key", view.key.text()).member("note", view.note);
    out.key("consistency");
    if (view.growth) {
        Twins own(out);
        out.begin_object();
        own.number("from", view.growth->from);
        out.member("root", to_hex(view.growth->root));
        write_digests(out, "path", view.growth->path);
        own.end_object();
    } else {
        out.null();
    }
    out.member("reference_root",
               view.reference_root ? std::optional(to_hex(*view.reference_root)) : std::nullopt);
    twins.end_object();
}

// --- prove, verify -------------------------------------------------------------------------------

void write_text(Console& console, const LogProvedView& view) {
    console.success("Proof written to: " + shown(view.path));
    console.out().write(fmt::format("  Index {} of {}\n  {}\n", view.proof.index,
                                    size_text(view.checkpoint),
                                    entry_text(view.proof.extra.value_or(Bytes()))));
}

void write(DocumentWriter& out, const LogProvedView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path).path("log", view.folder);
    write_checkpoint(out, view.checkpoint);
    twins.number("index", view.proof.index);
    write_named_entry(out, view.proof.extra.value_or(Bytes()));
    write_digests(out, "digests", view.proof.path);
    twins.end_object();
}

void write_text(Console& console, const LogVerdictView& view) {
    if (console.is_quiet()) {
        return;
    }
    Stream& out = console.out();
    const std::string word = verdict_word(out, view.accepted.has_value());
    if (!view.accepted) {
        out.write(fmt::format("{}  {}: {}\n", word, shown(view.path), shown(view.reason)));
        return;
    }
    const tlog::AcceptedCheckpoint& accepted = *view.accepted;
    out.write(fmt::format("{}  {}: index {} of {}, {}\n  Log: {}\n", word, shown(view.path),
                          view.index, size_text(accepted.checkpoint), entry_text(view.entry),
                          shown(accepted.log.name())));
    for (const std::string& witness : accepted.witnesses) {
        out.write("  Witness: " + shown(witness) + "\n");
    }
    if (const auto time = time_in(accepted.time)) {
        out.write("  Not later than: " + *time + "\n");
    }
}

void write(DocumentWriter& out, const LogVerdictView& view) {
    Twins twins(out);
    out.begin_object().member("is_valid", view.accepted.has_value());
    twins.path(view.path).path("proof", view.proof);
    out.member("reason", view.accepted ? std::nullopt : std::optional(view.reason));
    twins.number("index", view.index);
    if (view.accepted) {
        write_named_entry(out, view.entry);
        write_checkpoint(out, view.accepted->checkpoint);
        out.member("verifier_key", view.accepted->log.text()).key("witnesses").begin_array();
        for (const std::string& witness : view.accepted->witnesses) {
            out.value(witness);
        }
        out.end_array().member("time", time_in(view.accepted->time));
    }
    twins.end_object();
}

// --- fsck, tail ----------------------------------------------------------------------------------

void write_text(Console& console, const LogCheckView& view) {
    if (console.is_quiet()) {
        return;
    }
    const tlog::LogReport& report = view.report;
    Stream& out = console.out();
    out.write(fmt::format("{}  {}: {}{}\n", verdict_word(out, report.is_valid()),
                          shown(view.folder), size_text(report.checkpoint),
                          report.is_root_right()
                              ? ", whose root is the checkpoint's"
                              : ", which do not make the root of the checkpoint"));
    for (const tlog::LogProblem& problem : report.problems) {
        out.write(fmt::format("  {}: {}{}{}\n", shown(problem.file), words_for(problem.finding),
                              problem.what.empty() ? "" : " (" + shown(problem.what) + ")",
                              problem.is_mended ? ", mended" : ""));
    }
    if (report.more_problems > 0) {
        out.write(fmt::format("  and {} more\n", grouped(report.more_problems)));
    }
}

void write(DocumentWriter& out, const LogCheckView& view) {
    const tlog::LogReport& report = view.report;
    Twins twins(out);
    out.begin_object().member("is_valid", report.is_valid());
    twins.path("log", view.folder);
    write_checkpoint(out, report.checkpoint);
    out.member("verifier_key", report.key.text()).member("root", to_hex(report.root));
    out.member("reference_root", report.reference_root
                                     ? std::optional(to_hex(*report.reference_root))
                                     : std::nullopt);
    twins.number("bytes", report.bytes).number("more_problems", report.more_problems);
    out.key("problems").begin_array();
    for (const tlog::LogProblem& problem : report.problems) {
        out.begin_object().member("file", problem.file);
        out.member("finding", name_of(problem.finding)).member("what", problem.what);
        out.member("is_harmless", problem.is_harmless);
        out.member("is_mended", problem.is_mended).end_object();
    }
    out.end_array();
    twins.end_object();
}

void write_text(Console& console, const LogTailView& view) {
    Stream& out = console.out();
    for (const LogTailView::Entry& entry : view.entries) {
        out.write(fmt::format("{}  {}  {}\n", entry.index, to_hex(Sha256Tree::leaf(entry.bytes)),
                              entry_text(entry.bytes)));
    }
    out.write(fmt::format("{}: {}\n", shown(view.folder), size_text(view.checkpoint)));
}

void write(DocumentWriter& out, const LogTailView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("log", view.folder);
    write_checkpoint(out, view.checkpoint);
    out.key("entries").begin_array();
    for (const LogTailView::Entry& entry : view.entries) {
        Twins own(out);
        out.begin_object();
        own.number("index", entry.index);
        write_entry(out, entry.bytes);
        own.end_object();
    }
    out.end_array();
    twins.end_object();
}

}  // namespace aion::cli
