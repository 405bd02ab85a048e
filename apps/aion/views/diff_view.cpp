// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/diff_view.hpp"

#include <fmt/format.h>

#include <string>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "views/author_text.hpp"

namespace aion::cli {
namespace {

using policy::Examination;
using policy::ExaminedVersion;
using policy::SignatureState;
using report::Relation;

// --- Text ---------------------------------------------------------------------------------------

void write_verdict(Stream& out, std::string_view name, std::string_view path,
                   const Examination& file) {
    const bool is_valid = file.report().is_valid();
    out.write(
        fmt::format("{}  {}  {}, {}\n", name, shown(path),
                    out.paint(is_valid ? Tone::good : Tone::bad, shown(file.report().summary())),
                    counted(file.version_count(), "version")));
}

std::string versions_up_to(std::uint64_t last) {
    return last == 1 ? "version 1" : fmt::format("versions 1 to {}", last);
}

std::string relation_text(const report::Comparison& compared) {
    switch (compared.relation) {
        case Relation::same:
            return "Both have the same " + counted(compared.shared, "version") + ".";
        case Relation::a_continues:
            return fmt::format("A continues B: it has all that B has, and {} more.",
                               counted(compared.a_added(), "version"));
        case Relation::b_continues:
            return fmt::format("B continues A: it has all that A has, and {} more.",
                               counted(compared.b_added(), "version"));
        case Relation::diverged:
            return fmt::format("They have diverged: both have {}, then A added {} and B {}.",
                               versions_up_to(compared.shared),
                               counted(compared.a_added(), "version"), compared.b_added());
        case Relation::unrelated:
            return "They have no version in common.";
        case Relation::unreadable:
            break;
    }
    const std::string nothing = "There is nothing to compare: no version can be located in ";
    if (compared.a_count == 0 && compared.b_count == 0) {
        return nothing + "either.";
    }
    return nothing + (compared.a_count == 0 ? "A." : "B.");
}

std::string id_of(const Examination& file) {
    return to_string(FileId{file.header()->file_id});
}

// What follows is shown all the same.
void write_caution(Stream& out, const DiffView& view) {
    const bool a_holds = view.a.report().is_valid();
    const bool b_holds = view.b.report().is_valid();
    if (a_holds && b_holds) {
        return;
    }
    const bool is_one = a_holds || b_holds;
    const std::string_view one = a_holds ? "B is" : "A is";
    out.write(
        fmt::format("{} INVALID: what follows of {} is what the bytes say, and nobody's word.\n",
                    is_one ? one : "Both are", is_one ? "it" : "them"));
}

void write_ids(Stream& out, const DiffView& view) {
    if (view.compared.same_file_id || view.a.header() == nullptr || view.b.header() == nullptr) {
        return;
    }
    out.write(fmt::format("The file ids differ: {} and {}. Nobody signs them.\n", id_of(view.a),
                          id_of(view.b)));
    if (view.compared.is_relabelled()) {
        out.write("It is one history under two ids: a copy that was given another.\n");
    }
}

void write_ancestor(Stream& out, const DiffView& view) {
    const report::Comparison& compared = view.compared;
    if (const auto ancestor = compared.ancestor()) {
        const ExaminedVersion version = view.a.version(*ancestor - 1);
        out.write(fmt::format("Common ancestor: version {}, {}\n", to_string(version.number),
                              to_hex(version.version_hash)));
    } else {
        out.write("Common ancestor: none that is proven\n");
    }
    if (compared.proven < compared.shared) {
        out.write(
            fmt::format("Up to version {} the hashes agree, but the signature of version {} "
                        "is not valid in both files.\n",
                        compared.shared, compared.proven + 1));
    }
}

void write_version(Stream& out, const trust::Registry& registry, const ExaminedVersion& version) {
    std::string time = rfc3339_seconds(version.timestamp);
    out.write(fmt::format(
        "  v{}  {} {}Z  {}  {}  {}\n", to_string(version.number), time.substr(0, 10),
        time.substr(11, 5), author_text(registry, version.author),
        version.epoch == nullptr ? "no epoch" : "epoch " + to_string(version.epoch->epoch),
        shown(version.message)));
    if (version.signature != SignatureState::valid) {
        out.write(fmt::format(
            "      {}\n", out.paint(Tone::bad, version.why.empty() ? "The signature was not judged."
                                                                   : shown(version.why))));
    }
}

void write_added(Stream& out, std::string_view name, const Examination& file,
                 std::uint64_t shared) {
    if (file.version_count() == shared) {
        return;
    }
    out.write(fmt::format("\nAdded by {} (messages are not authenticated):\n", name));
    for (std::uint64_t i = shared; i < file.version_count(); ++i) {
        write_version(out, file.registry(), file.version(i));
    }
}

void write_conflict(Stream& out, const DiffView& view) {
    const report::MergeStrategy strategy = view.conflict.suggested_strategy;
    out.write(fmt::format("\nConflict: {} (local is A, remote is B)\nSuggested: {} ({})\n",
                          report::describe(view.conflict.type), report::describe(strategy),
                          report::name_of(strategy)));
    if (view.by_reference != view.conflict) {
        out.write(fmt::format("The reference compares rules hashes only, and finds: {}; {}\n",
                              report::describe(view.by_reference.type),
                              report::describe(view.by_reference.suggested_strategy)));
    }
}

// --- Documents ----------------------------------------------------------------------------------

void write_file(DocumentWriter& out, std::string_view path, const Examination& file) {
    Twins twins(out);
    out.begin_object();
    twins.path(path);
    out.member("is_valid", file.report().is_valid()).member("verdict", file.report().summary());
    twins.number("version_count", file.version_count());
    out.key("file_id");
    if (file.header() == nullptr) {
        out.null().key("file_id_hex").null();
    } else {
        const FileId id{file.header()->file_id};
        out.value(id).member("file_id_hex", to_string(id));
        out.member("file_id_text", std::to_string(id.value));
    }
    twins.end_object();
}

void write_ancestor(DocumentWriter& out, const DiffView& view) {
    const auto ancestor = view.compared.ancestor();
    if (!ancestor) {
        out.null();
        return;
    }
    const ExaminedVersion version = view.a.version(*ancestor - 1);
    Twins twins(out);
    out.begin_object();
    twins.number("version_number", version.number);
    out.member("version_hash_hex", to_hex(version.version_hash));
    twins.end_object();
}

void write_version(DocumentWriter& out, const ExaminedVersion& version) {
    Twins twins(out);
    out.begin_object();
    twins.number("position", version.position)
        .number("version_number", version.number)
        .number("author_id", version.author)
        .time("timestamp", version.timestamp);
    out.member("message", version.message)
        .member("epoch",
                version.epoch == nullptr ? std::nullopt : std::optional(version.epoch->epoch.value))
        .member("signature", policy::name_of(version.signature))
        .member("why_refused", version.why.empty() ? std::nullopt : std::optional(version.why))
        .member("rules_hash_hex", to_hex(version.rules_hash))
        .member("version_hash_hex", to_hex(version.version_hash));
    twins.end_object();
}

void write_added(DocumentWriter& out, const Examination& file, std::uint64_t shared) {
    out.begin_array();
    for (std::uint64_t i = shared; i < file.version_count(); ++i) {
        write_version(out, file.version(i));
    }
    out.end_array();
}

void write_conflict(DocumentWriter& out, const report::ConflictReport& conflict) {
    out.begin_object().key("conflict_type");
    report::write(out, conflict.type);
    out.member("local_version_count", conflict.local_version_count)
        .member("remote_version_count", conflict.remote_version_count)
        .member("suggested_strategy", report::name_of(conflict.suggested_strategy))
        .member("description", report::describe(conflict.type))
        .end_object();
}

}  // namespace

void write_text(Console& console, const DiffView& view) {
    Stream& out = console.out();
    write_verdict(out, "A", view.a_path, view.a);
    write_verdict(out, "B", view.b_path, view.b);
    write_caution(out, view);
    out.write("\n" + relation_text(view.compared) + "\n");
    write_ids(out, view);
    if (view.compared.shared > 0) {
        write_ancestor(out, view);
    }
    write_added(out, "A", view.a, view.compared.shared);
    write_added(out, "B", view.b, view.compared.shared);
    write_conflict(out, view);
    if (view.payload) {
        out.write("\n");
        write_text(console, *view.payload);
    }
}

void write(DocumentWriter& out, const DiffView& view) {
    const report::Comparison& compared = view.compared;
    Twins twins(out);
    out.begin_object()
        .member("relation", report::name_of(compared.relation))
        .member("same_file_id", compared.same_file_id)
        .member("relabelled", compared.is_relabelled())
        .key("a");
    write_file(out, view.a_path, view.a);
    out.key("b");
    write_file(out, view.b_path, view.b);
    twins.number("shared_versions", compared.shared).number("proven_versions", compared.proven);
    out.key("common_ancestor");
    write_ancestor(out, view);
    out.key("a_added");
    write_added(out, view.a, compared.shared);
    out.key("b_added");
    write_added(out, view.b, compared.shared);
    out.key("conflict");
    write_conflict(out, view.conflict);
    out.key("conflict_by_reference");
    write_conflict(out, view.by_reference);
    out.key("payload");
    if (view.payload) {
        write(out, *view.payload);
    } else {
        out.null();
    }
    twins.end_object();
}

}  // namespace aion::cli
