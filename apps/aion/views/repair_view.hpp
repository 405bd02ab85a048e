// SPDX-License-Identifier: MIT OR Apache-2.0
// What was repaired.
#pragma once

#include <string>

#include "aion/base/document_writer.hpp"
#include "aion/policy/repair.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct RepairView {
    const std::string& file;
    const std::string& output;
    const policy::Repair& repair;
    bool written;  ///< False where there was nothing to repair.
};

void write_text(Console& console, const RepairView& view);
void write(DocumentWriter& out, const RepairView& view);

}  // namespace aion::cli
