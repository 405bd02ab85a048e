// SPDX-License-Identifier: MIT OR Apache-2.0
// What is said of files, and who says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/supply/statement.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct StatementView {
    /// An envelope.
    struct Row {
        std::vector<AuthorId> signers;
        std::optional<supply::Statement> statement = {};
        std::string problem;  ///< Why it counts for nothing, or cannot be shown; else empty.

        [[nodiscard]] bool is_good() const noexcept { return problem.empty(); }
    };

    /// A file that it was to be about.
    struct File {
        std::string path;
        bool is_subject = false;  ///< Of a row that counts.
    };

    const std::string& path;
    const trust::Registry* registry;  ///< nullptr: nothing was verified.
    std::uint32_t required = 1;       ///< How many must have signed.
    std::vector<Row> rows;
    std::vector<File> files;

    [[nodiscard]] bool is_valid() const noexcept;
};

void write_text(Console& console, const StatementView& view);
void write(DocumentWriter& out, const StatementView& view);

}  // namespace aion::cli
