// SPDX-License-Identifier: MIT OR Apache-2.0
// The history of a file as data: JSON, YAML, CSV (docs/exports.md). All that an export says of the
// file comes from the bytes that were judged, and it says what the verdict on them is.
//
/// Example: a history for whoever reads JSON.
///
///     Env& env = Env::system();
///     const auto registry = trust::Registry::load(env, "registry.json");
///     if (!registry) {
///         return fail(registry.error());
///     }
///     policy::ExamineOptions how;
///     how.digests = true;
///     const auto file = policy::examine(env, "policy.aion", *registry, how);
///     if (!file) {
///         return fail(file.error());
///     }
///     report::Export history{.file = &*file, .run = {}};
///     history.run.file_path = "policy.aion";
///     std::string text;
///     JsonWriter out(text, JsonStyle::compact);
///     report::write(out, history);
///     std::cout << text.substr(0, 24) << '\n';  // {"export_version":"1.0",
#pragma once

#include <cstdint>
#include <optional>

#include "aion/base/document_writer.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/compliance.hpp"

namespace aion::report {

/// What is exported. Borrows the file.
struct Export {
    const policy::Examination* file = nullptr;  ///< Should have `digests`.
    Run run;
    /// What aion-context 1.0.0 says and nothing else; see `exports_like_reference`.
    bool like_reference = false;
    /// Of a table: what a spreadsheet takes for a formula stands as it is.
    bool raw_csv = false;
    /// Only so many versions, as if the file had ended there, and nothing of a verdict: what the
    /// export of an earlier state of the file said. At most `file->version_count()`.
    std::optional<std::uint64_t> as_of = std::nullopt;
};

/// Whether the reference would export the file, which it does as soon as all of its records can be
/// located. Error: `invalid_format` (`export_not_like_reference`).
[[nodiscard]] Result<> exports_like_reference(const policy::Examination& file);

/// The reference's keys in its order, then ours. Memory does not grow with the number of versions.
void write(DocumentWriter& out, const Export& what);

/// A table: a row a version, the reference's six columns, then ours. RFC 4180 with CR LF, or as the
/// reference writes it.
void write_csv(const TextSink& sink, const Export& what);

}  // namespace aion::report
