// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/export.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "report/csv.hpp"
#include "report/export_details.hpp"
#include "report/export_form.hpp"
#include "report/export_verdict.hpp"
#include "report/words.hpp"

namespace aion::report {
namespace {

using policy::Examination;
using policy::ExaminedVersion;
using policy::SignatureState;

// How much of the file is told.
struct Extents {
    explicit Extents(const Export& what)
        : versions(what.as_of.value_or(what.file->version_count())),
          signatures(std::min(what.file->signature_count(), what.as_of.value_or(UINT64_MAX))),
          audit(std::min(what.file->audit_count(), what.as_of.value_or(UINT64_MAX))) {}

    std::uint64_t versions;
    std::uint64_t signatures;
    std::uint64_t audit;
};

std::optional<std::string> parent_of(const ExaminedVersion& version) {
    return version.number == genesis_version ? std::nullopt
                                             : std::optional(to_hex(version.parent_hash));
}

template <class T>
std::optional<T> of_epoch(const ExaminedVersion& version,
                          std::optional<T> (*get)(const trust::EpochRecord&)) {
    return version.epoch == nullptr ? std::nullopt : get(*version.epoch);
}

std::optional<Epoch> epoch_number(const trust::EpochRecord& epoch) {
    return epoch.epoch;
}

std::optional<VersionNumber> active_from(const trust::EpochRecord& epoch) {
    return epoch.active_from;
}

std::optional<VersionNumber> valid_until(const trust::EpochRecord& epoch) {
    return epoch.valid_until();
}

std::optional<std::string_view> refusal_of(const ExaminedVersion& version) {
    return version.refused ? std::optional(name_of(*version.refused)) : std::nullopt;
}

void write_file_info(DocumentWriter& out, const Export& what, const Extents& extents) {
    const Examination& file = *what.file;
    std::optional<FileId> id;
    std::optional<std::uint64_t> count;
    if (file.header() != nullptr) {
        id = file.report().file_id;
        count = what.as_of.value_or(file.report().version_count);
    }
    VersionNumber current{0};
    if (extents.versions > 0) {
        current = file.version(extents.versions - 1).number;
    }
    Twins twins(out);
    out.key("file_info").begin_object();
    if (id) {
        out.member("file_id", to_string(*id));
    } else {
        out.member("file_id", nullptr);
    }
    twins.number("version_count", count).number("current_version", current);
    if (what.like_reference) {
        out.end_object();
    } else {
        twins.end_object();
    }
}

void write_what_is_ours(DocumentWriter& out, Twins& twins, const ExaminedVersion& version) {
    twins.write();
    out.member("timestamp_rfc3339", rfc3339(version.timestamp));
    twins.number("timestamp_nanos", version.timestamp);
    out.member("version_hash", to_hex(version.version_hash))
        .member("message_authenticated", false)
        .member("signature", name_of(version.signature))
        .member("refused", refusal_of(version))
        .member("why", version.why)
        .member("key", hex_of(version.key));
    twins.number("epoch", of_epoch(version, epoch_number))
        .number("epoch_active_from", of_epoch(version, active_from))
        .number("epoch_valid_until", of_epoch(version, valid_until));
    twins.write();
}

void write_version(DocumentWriter& out, const Export& what, const ExaminedVersion& version) {
    Twins twins(out);
    out.begin_object();
    twins.number("version", version.number).number("author_id", version.author);
    out.member("timestamp", rfc3339_seconds(version.timestamp))
        .member("message", version.message)
        .member("rules_hash", to_hex(version.rules_hash))
        .member("parent_hash", parent_of(version));
    if (!what.like_reference) {
        write_what_is_ours(out, twins, version);
    }
    out.end_object();
}

void write_signature(DocumentWriter& out, const Export& what,
                     const policy::ExaminedSignature& signature) {
    Twins twins(out);
    out.begin_object();
    twins.number("version", signature.version).number("author_id", signature.author);
    out.member("public_key", to_hex(signature.key))
        .member("verified", signature.state == SignatureState::valid);
    if (!what.like_reference) {
        twins.write();
        out.member("signature", name_of(signature.state));
    }
    out.end_object();
}

void write_run(DocumentWriter& out, const Export& what) {
    const Run& run = what.run;
    Twins twins(out);
    out.key("run").begin_object().member("tool", run.tool);
    twins.time("checked_at", run.generated_at)
        .path_unless_empty("file_path", run.file_path)
        .path_unless_empty("registry_path", run.registry_path)
        .path_unless_empty("pins_path", run.pins_path);
    out.member("pinned", what.file->report().pinned);
    twins.end_object();
}

std::optional<std::string_view> action_name(std::uint16_t code) {
    return format::is_known_action(code)
               ? std::optional(describe(static_cast<format::AuditAction>(code)))
               : std::nullopt;
}

void write_audit_trail(DocumentWriter& out, const Examination& file, std::uint64_t count) {
    out.key("audit_trail").begin_array();
    for (std::uint64_t i = 0; i < count; ++i) {
        const policy::ExaminedAuditEntry entry = file.audit_entry(i);
        Twins twins(out);
        out.begin_object()
            .member("entry", entry.position)
            .member("action_code", entry.action)
            .member("action", action_name(entry.action));
        twins.number("author_id", entry.author);
        out.member("timestamp_rfc3339", rfc3339(entry.timestamp));
        twins.number("timestamp_nanos", entry.timestamp);
        out.member("previous_hash", to_hex(entry.previous_hash))
            .member("hash", to_hex(entry.hash))
            .member("is_linked", entry.is_linked);
        twins.end_object();
    }
    out.end_array();
}

std::string text_of(const auto& optional_id) {
    return optional_id ? std::to_string(optional_id->value) : std::string();
}

}  // namespace

Result<> exports_like_reference(const Examination& file) {
    const auto refuse = [](std::string_view why) {
        return fail(invalid<ExportDetail::export_not_like_reference>(why));
    };
    if (file.header() == nullptr) {
        return refuse("it has no readable header");
    }
    if (file.version_count() != file.report().version_count) {
        return refuse("its versions cannot be located");
    }
    if (file.signature_count() > file.version_count()) {
        return refuse("it has more signatures than versions");
    }
    return {};
}

void write(DocumentWriter& out, const Export& what) {
    const auto verification = [&] {
        write_verification(out, what.file->report(), judged_of(what));
    };
    write(out, what, what.as_of ? std::function<void()>() : verification);
}

void write(DocumentWriter& out, const Export& what, const std::function<void()>& verification) {
    const Examination& file = *what.file;
    const Extents extents(what);
    out.begin_object().member("export_version", "1.0").member("source_file", what.run.file_path);
    write_file_info(out, what, extents);
    out.key("versions").begin_array();
    for (std::uint64_t i = 0; i < extents.versions; ++i) {
        write_version(out, what, file.version(i));
    }
    out.end_array().key("signatures").begin_array();
    for (std::uint64_t i = 0; i < extents.signatures; ++i) {
        write_signature(out, what, file.signature(i));
    }
    out.end_array();
    if (!what.like_reference) {
        out.member("aion_export", export_kind);
        write_run(out, what);
        if (verification) {
            out.key("verification");
            verification();
        }
        write_audit_trail(out, file, extents.audit);
    }
    out.end_object();
}

std::vector<std::string> row_of(const Examination& file, std::uint64_t index, bool is_ours) {
    const ExaminedVersion version = file.version(index);
    std::vector<std::string> cells = {
        std::to_string(version.number.value), std::to_string(version.author.value),
        rfc3339_seconds(version.timestamp),   version.message,
        to_hex(version.rules_hash),           parent_of(version).value_or("")};
    if (is_ours) {
        cells.insert(
            cells.end(),
            {rfc3339(version.timestamp), "false", to_hex(version.version_hash),
             std::string(name_of(version.signature)), std::string(refusal_of(version).value_or("")),
             hex_of(version.key).value_or(""), text_of(of_epoch(version, epoch_number)),
             text_of(of_epoch(version, active_from)), text_of(of_epoch(version, valid_until)),
             word_on(file.report())});
    }
    return cells;
}

void write_csv(const TextSink& sink, const Export& what) {
    const CsvStyle ours = what.raw_csv ? CsvStyle::raw : CsvStyle::safe;
    CsvWriter table(sink, what.like_reference ? CsvStyle::reference : ours);
    const auto columns = what.like_reference ? reference_columns() : all_columns();
    for (const std::string_view column : columns) {
        table.cell(column);
    }
    table.end_row();
    const Extents extents(what);
    for (std::uint64_t i = 0; i < extents.versions; ++i) {
        for (const std::string& cell : row_of(*what.file, i, !what.like_reference)) {
            table.cell(cell);
        }
        table.end_row();
    }
    table.end();
}

}  // namespace aion::report
