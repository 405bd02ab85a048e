// SPDX-License-Identifier: MIT OR Apache-2.0
// Which histories there are, for records that end a key's validity in each of them, and what such a
// record would change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/report.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/registry_record.hpp"

namespace aion::archive {

struct InventoryOptions {
    unsigned threads = 0;  ///< As `policy::VerifyOptions::threads`.
};

/// Histories that were verified.
struct Inventory {
    /// The heads, in the order of `trust::Bound::listed`, with the paths as names: that of the
    /// copies of a history that is first in byte order, with what a reader does not see escaped and
    /// the end of one that is too long. A file that is the beginning of another is one of its own,
    /// since it has nothing of how that goes on.
    std::vector<trust::HistoryPoint> points;
    std::size_t files = 0;  ///< How many files were verified; one that is named twice is two.
};

/// Verifies the files that `scan` finds by `roots`, and lists their heads. Each is read once.
/// Errors: `invalid_argument` naming the first file that is INVALID under `registry`, and why; what
/// reading and listing may end in, `interrupted` among it. No file is left out.
[[nodiscard]] Result<Inventory> collect_inventory(Env& env,
                                                  std::span<const std::filesystem::path> roots,
                                                  const trust::Registry& registry,
                                                  const InventoryOptions& options = {});

/// A file that one registry finds VALID and another INVALID.
struct VerdictChange {
    std::filesystem::path path;
    bool was_valid = false;
    bool is_valid = false;
    std::string reason;  ///< Why it was, or would be, INVALID.
};

struct VerdictChanges {
    std::vector<VerdictChange> changes;  ///< By path.
    std::size_t files = 0;               ///< How many were judged.
};

/// Which files of `roots` have another verdict under `after` than under `before`. Each is read
/// once, and judged by the same bytes under both. Errors: as above, but that INVALID files are
/// none.
[[nodiscard]] Result<VerdictChanges> compare_verdicts(Env& env,
                                                      std::span<const std::filesystem::path> roots,
                                                      const trust::Registry& before,
                                                      const trust::Registry& after,
                                                      const InventoryOptions& options = {});

}  // namespace aion::archive
