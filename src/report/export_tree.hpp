// SPDX-License-Identifier: MIT OR Apache-2.0
// An export as a tree, and values in it with their places.
#pragma once

#include <string_view>

#include "aion/report/export_import.hpp"
#include "base/value.hpp"

namespace aion::report {

/// The tree of an export that is no table, within the limits. Errors: `export_too_large`,
/// `export_unknown_form` where it is no object with `export_version` 1.0, `export_newer`, those of
/// the readers.
[[nodiscard]] Result<Value> parse_export(std::string_view text, ExportFormat format,
                                         const ReadOptions& options);

/// Whether it has `aion_export`.
[[nodiscard]] bool is_ours(const Value& root) noexcept;

}  // namespace aion::report
