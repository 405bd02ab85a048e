// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading exports back, ours and the reference's (docs/exports.md#reading-one). What is read is
// what the text says: whether it is so, only the file can tell (report/export_check.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/examine.hpp"

namespace aion::report {

enum class ExportFormat : std::uint8_t { json, yaml, csv };
/// `json`, `yaml`, `csv`.
[[nodiscard]] std::string_view name_of(ExportFormat format) noexcept;

/// By how a text begins, a byte order mark aside: an object of JSON, the columns of a table, as a
/// spreadsheet may have written them back, too, else YAML.
[[nodiscard]] ExportFormat export_format_of(std::string_view text) noexcept;

/// What may be read. A value of JSON or YAML costs some 150 bytes of memory.
struct ReadOptions {
    std::size_t max_size = std::size_t{512} << 20U;  ///< Bytes of text; YAML: an eighth of it.
    std::size_t max_values = 10'000'000;             ///< Of any kind, all levels together.
    std::size_t max_depth = 16;                      ///< Lists and objects inside each other.
};

/// One version, as an export states it. What only ours state is absent in the reference's.
struct ExportedVersion {
    VersionNumber number;
    AuthorId author;
    Timestamp timestamp;  ///< To the nanosecond in ours, to the second in the reference's.
    std::string message;
    Hash rules_hash;
    std::optional<Hash> parent_hash;  ///< Absent of version 1.
    std::optional<Hash> version_hash;
    std::optional<policy::SignatureState> signature;
    std::optional<PublicKey> key;
    std::optional<Epoch> epoch;
    std::optional<VersionNumber> epoch_active_from;
    std::optional<VersionNumber> epoch_valid_until;
    friend bool operator==(const ExportedVersion&, const ExportedVersion&) = default;
};

struct ExportedSignature {
    std::optional<VersionNumber> version;  ///< Absent of a signature without a version.
    AuthorId author;
    PublicKey key;
    bool verified = false;
    friend bool operator==(const ExportedSignature&, const ExportedSignature&) = default;
};

struct ExportedAuditEntry {
    std::uint64_t position = 0;  ///< From 1.
    std::uint16_t action = 0;
    AuthorId author;
    Timestamp timestamp;
    Hash previous_hash;
    Hash hash;
    bool is_linked = false;
    friend bool operator==(const ExportedAuditEntry&, const ExportedAuditEntry&) = default;
};

/// What an export states.
struct ExportedHistory {
    bool is_ours = false;  ///< It has `aion_export`.
    std::string source_file;
    std::optional<FileId> file_id;  ///< Absent, as the next one, where there was no header.
    std::optional<std::uint64_t> version_count;  ///< By the header.
    VersionNumber current_version;
    std::vector<ExportedVersion> versions;
    std::vector<ExportedSignature> signatures;
    std::vector<ExportedAuditEntry> audit_trail;  ///< Empty in the reference's.
    /// The verdict that it was written with; absent in the reference's.
    std::optional<bool> was_valid;
    friend bool operator==(const ExportedHistory&, const ExportedHistory&) = default;
};

/// Reads an export of ours or of the reference, JSON or YAML. Every key that the reference has is
/// required, and in ours those of ours; others are ignored. Hex, numbers and times must be such,
/// and numbers what their text beside them says. Unless it says itself that the file was INVALID,
/// the counts must agree, versions be numbered from 1 without a gap, and every parent hash be
/// there and, in ours, be the version hash before it. In ours the verdict must be what its gates
/// and findings come to, and signatures be valid where their versions say so; if it is VALID by the
/// strict rules, the head must be the last version hash, and every version have a valid signature
/// of its author and key, an epoch that may sign it, and an audit entry that mirrors it.
/// Errors: `invalid_format`: `export_too_large`, `export_unknown_form` (a table, too: it states
/// less than a history), `export_newer`, `export_missing_key`, `export_wrong_value` and
/// `export_contradiction`, which name the place, as `versions[3].rules_hash`; those of the readers
/// of JSON and YAML.
[[nodiscard]] Result<ExportedHistory> import_export(std::string_view text, ExportFormat format,
                                                    const ReadOptions& options = {});

}  // namespace aion::report
