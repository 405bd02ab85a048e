// SPDX-License-Identifier: MIT OR Apache-2.0
// What of files and registries is logged, and as which entries.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/trust/log_order.hpp"
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

}  // namespace aion::tlog
