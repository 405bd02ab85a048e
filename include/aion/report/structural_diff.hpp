// SPDX-License-Identifier: MIT OR Apache-2.0
// What differs in two documents, JSON or YAML, by their structure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/result.hpp"

namespace aion::report {

enum class DocumentForm : std::uint8_t { json, yaml };
/// `json`, `yaml`.
[[nodiscard]] std::string_view name_of(DocumentForm form) noexcept;

enum class ChangeKind : std::uint8_t {
    added,    ///< A member or element that only the second document has.
    removed,  ///< One that only the first has.
    changed,  ///< Another value in the same place.
};
/// `added`, `removed`, `changed`.
[[nodiscard]] std::string_view name_of(ChangeKind kind) noexcept;

struct StructuralChange {
    ChangeKind kind = ChangeKind::changed;
    /// JSON pointer (RFC 6901): in the second document of what was added, else in the first.
    std::string path;
    /// In the second document, of what was changed: another where elements of a list moved.
    std::string b_path;
    /// The value as compact JSON; empty of what was added. Numbers are as written, so that of a
    /// YAML document they may be such as JSON has not (`0x1F`, `.inf`).
    std::string from;
    std::string to;  ///< The same in the second document; empty of what was removed.
    friend bool operator==(const StructuralChange&, const StructuralChange&) = default;
};

struct StructuralDiff {
    DocumentForm a_form = DocumentForm::json;
    DocumentForm b_form = DocumentForm::json;
    /// In the order of the documents, members of objects by their names. Whoever makes what was
    /// changed in the first document, removes from the last to the first what was removed, and adds
    /// from the first to the last what was added, has the second one.
    std::vector<StructuralChange> changes;
    /// Changes that are not in `changes`, because the text of those that are is very long.
    std::uint64_t omitted = 0;
};

/// Compares documents as trees. Each is JSON if it can be read as that, else YAML (core schema
/// 1.2): the two may be of different forms. Objects are compared by key, in any order. Lists are
/// compared by their longest common part, what stands between in its order; of very long ones the
/// common part may be shorter than it could be. Numbers are equal if their values are, exactly:
/// 1, 1.0, 1e0 and 0x1 are, 0.1 and 0.10000000000000001 are not.
/// Errors: `invalid_format` where one is neither, saying why it is not either of them; the detail
/// is that of YAML's reader. Limits: 64 MiB of JSON, 8 MiB of YAML, 1,000,000 values, 128 levels.
[[nodiscard]] Result<StructuralDiff> structural_diff(std::string_view a, std::string_view b);

}  // namespace aion::report
