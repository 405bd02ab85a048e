// SPDX-License-Identifier: MIT OR Apache-2.0
// What a file says beside its versions and follows from them (docs/file-format.md): whoever writes
// one, writes this.
#pragma once

#include "aion/base/ids.hpp"
#include "aion/format/records.hpp"

namespace aion::policy {

/// The scalar fields of the header of a file from `first` to `last`. Sections are `FileImage`'s.
inline void fill_header(format::HeaderRecord& header, FileId file,
                        const format::VersionRecord& first, const format::VersionRecord& last) {
    header.flags = format::flag_encrypted;
    header.file_id = file.value;
    header.current_version = last.number;
    header.root_hash = first.rules_hash;
    header.current_hash = last.rules_hash;
    header.created_at = first.timestamp;
    header.modified_at = last.timestamp;
}

/// The audit entry that mirrors `version`. `previous`: the entry before; null for the first.
[[nodiscard]] inline format::AuditRecord audit_entry_of(const format::VersionRecord& version,
                                                        const format::AuditRecord* previous) {
    format::AuditRecord entry{};
    entry.timestamp = version.timestamp;
    entry.author = version.author;
    entry.action =
        static_cast<std::uint16_t>(previous == nullptr ? format::AuditAction::create_genesis
                                                       : format::AuditAction::commit_version);
    if (previous != nullptr) {
        entry.previous_hash = format::audit_hash(*previous);
    }
    return entry;
}

}  // namespace aion::policy
