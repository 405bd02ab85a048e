// SPDX-License-Identifier: MIT OR Apache-2.0
// What comparing an export with its file came to.
#pragma once

#include <string_view>

#include "aion/base/document_writer.hpp"
#include "aion/policy/report.hpp"
#include "aion/report/export_check.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct ExportCheckView {
    const report::ExportCheck& check;
    const policy::VerificationReport& report;
    std::string_view export_path;  ///< As given on the command line.
    std::string_view file_path;    ///< The same.
};

/// `INVALID: …` if the file is, then `AGREES` or `DIFFERS`, then every difference.
void write_text(Console& console, const ExportCheckView& view);
void write(DocumentWriter& out, const ExportCheckView& view);

}  // namespace aion::cli
