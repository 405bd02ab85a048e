// SPDX-License-Identifier: MIT OR Apache-2.0
// What of files and registries is logged, and as which entries.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/note.hpp"
#include "aion/trust/log_order.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/registry_record.hpp"

namespace aion::tlog {

/// A version of a file and its signature: kind `version_attestation`, the version's number, and the
/// 88 bytes of `LoggedVersion`.
[[nodiscard]] Bytes entry_of(const trust::SignedVersion& version);

/// A record of a registry's chain that begins or ends an epoch: kind `key_rotation` of a rotation,
/// `key_revocation` of a revocation, a tightening or an extension, the record's number, and what is
/// signed and hashed of it (`RegistryRecord::body`). Nothing for other records, which order
/// nothing.
[[nodiscard]] std::optional<Bytes> entry_of(const trust::RegistryRecord& record);

/// Those of many records, in their order.
[[nodiscard]] std::vector<Bytes> entries_of(std::span<const trust::RegistryRecord> records);

/// Whether keys that were rotated count.
enum class FormerKeys : std::uint8_t { left_out, included };

/// The keys of the log `origin` whose operator is an author of the registry: those of his epochs
/// that were neither rotated nor revoked; the rotated ones, too, if that is said. A revoked key has
/// signed whatever its thief liked, so that it is never among them. Nothing for an author whom the
/// registry does not know. Errors: those of `NoteKey::make`.
[[nodiscard]] Result<std::vector<NoteKey>> operator_keys(const trust::Registry& registry,
                                                         AuthorId author, std::string_view origin,
                                                         FormerKeys former = FormerKeys::left_out);

}  // namespace aion::tlog
