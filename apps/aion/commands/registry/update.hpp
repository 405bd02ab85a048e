// SPDX-License-Identifier: MIT OR Apache-2.0
// Changing a registry file, and saying what became of it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "aion/trust/registry.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Whether a registry file that does not exist is made.
enum class Creation : std::uint8_t { allowed, refused };

using RegistryChange = std::function<Result<trust::Applied>(trust::Registry&)>;

[[nodiscard]] Outcome<trust::Applied> update_registry(Context& context, const std::string& path,
                                                      Creation creation,
                                                      const RegistryChange& change);

/// What `update_registry` would leave behind; it is refused what that would refuse, and nothing is
/// written.
[[nodiscard]] Outcome<trust::Registry> preview_update(Context& context, const std::string& path,
                                                      Creation creation,
                                                      const RegistryChange& change);

/// What became of records.
struct AppliedRecords {
    trust::Applied outcome = trust::Applied::already;
    /// Of each record, in their order: `Rotated author 7: epoch 0 to 1, effective from version 5`,
    /// `Unchanged: …` where the registry says so already, or more.
    std::vector<std::string> lines;
    /// Of each epoch that they leave without any version.
    std::vector<std::string> warnings;
};

/// Applies records, whatever order they are in: one that needs an epoch that another brings comes
/// after that. The first that is refused stops it.
[[nodiscard]] Result<AppliedRecords> apply_records(trust::Registry& registry,
                                                   std::span<const trust::SignedRecord> records);

/// Adds to `failure` what to do about a rotation that would leave its epoch without a version.
void explain_collapse(Context& context, const std::string& path,
                      std::span<const trust::SignedRecord> records, Failure& failure);

void report_update(Console& console, trust::Applied applied, std::span<const std::string> lines,
                   const std::string& path);

inline void report_update(Console& console, trust::Applied applied,
                          std::initializer_list<std::string> lines, const std::string& path) {
    report_update(console, applied, std::span<const std::string>(lines.begin(), lines.size()),
                  path);
}

}  // namespace aion::cli
