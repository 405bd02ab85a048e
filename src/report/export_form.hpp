// SPDX-License-Identifier: MIT OR Apache-2.0
// What writing and reading of exports agree on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/export.hpp"

namespace aion::report {

/// `aion_export`: of which kind an export of ours is.
inline constexpr std::uint64_t export_kind = 1;

/// The columns of a table, the reference's first.
inline constexpr auto export_columns = std::to_array<std::string_view>(
    {"version", "author_id", "timestamp", "message", "rules_hash", "parent_hash",
     "timestamp_rfc3339", "message_authenticated", "version_hash", "signature", "refused", "key",
     "epoch", "epoch_active_from", "epoch_valid_until", "file_verdict"});

inline constexpr std::size_t reference_column_count = 6;

[[nodiscard]] constexpr std::span<const std::string_view> reference_columns() noexcept {
    return std::span(export_columns).first<reference_column_count>();
}

[[nodiscard]] constexpr std::span<const std::string_view> all_columns() noexcept {
    return export_columns;
}

/// The cells of the row of a version, as they are before anything is quoted.
[[nodiscard]] std::vector<std::string> row_of(const policy::Examination& file, std::uint64_t index,
                                              bool is_ours);

/// An export with `verification` writing the value of that member; without one it has none.
void write(DocumentWriter& out, const Export& what, const std::function<void()>& verification);

}  // namespace aion::report
