// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/registry_entries.hpp"

#include <utility>

#include "base/try.hpp"

namespace aion::tlog {
namespace {

std::optional<EntryKind> kind_in_log(trust::RecordKind kind) {
    switch (kind) {
        case trust::RecordKind::rotation:
            return EntryKind::key_rotation;
        case trust::RecordKind::revocation:
        case trust::RecordKind::tightening:
        case trust::RecordKind::extension:
            return EntryKind::key_revocation;
        default:
            return std::nullopt;
    }
}

}  // namespace

Bytes entry_of(const trust::SignedVersion& version) {
    const LoggedVersion logged{.file_id = version.file_id,
                               .version = version.version,
                               .author = version.author,
                               .version_hash = version.version_hash,
                               .signature_hash = version.signature_hash};
    return make_entry(EntryKind::version_attestation, version.version.value, logged.bytes());
}

std::optional<Bytes> entry_of(const trust::RegistryRecord& record) {
    const auto kind = kind_in_log(trust::kind_of(record.facts));
    return kind ? std::optional(make_entry(*kind, record.number, record.body())) : std::nullopt;
}

std::vector<Bytes> entries_of(std::span<const trust::RegistryRecord> records) {
    std::vector<Bytes> entries;
    for (const trust::RegistryRecord& record : records) {
        if (auto entry = entry_of(record)) {
            entries.push_back(*std::move(entry));
        }
    }
    return entries;
}

Result<std::vector<NoteKey>> operator_keys(const trust::Registry& registry, AuthorId author,
                                           std::string_view origin, FormerKeys former) {
    std::vector<NoteKey> keys;
    const trust::Registry::Author* const known = registry.find(author);
    if (known == nullptr) {
        return keys;
    }
    for (const trust::EpochRecord& epoch : known->epochs) {
        const bool counts = !epoch.rotation || former == FormerKeys::included;
        if (counts && !epoch.revocation) {
            AION_TRY_ASSIGN(NoteKey key,
                            NoteKey::make(origin, NoteKeyType::ed25519, epoch.public_key.view()));
            keys.push_back(std::move(key));
        }
    }
    return keys;
}

}  // namespace aion::tlog
