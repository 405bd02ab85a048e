// SPDX-License-Identifier: MIT OR Apache-2.0
// Why signatures count, or do not: from the registry to the verdict (docs/cli.md#aion-why).
#pragma once

#include <cstdint>
#include <string>

#include "aion/base/document_writer.hpp"
#include "shell/console.hpp"
#include "views/judged_parts.hpp"

namespace aion::cli {

struct WhyView {
    JudgedFile judged;
    std::uint64_t first = 0;  ///< Versions from this index on,
    std::uint64_t end = 0;    ///< up to this one.
    std::string registry;     ///< Where a command of a remedy changes it; `-` is nowhere.
    bool as_lines = false;    ///< Document: an array, of the verdict and then the versions.
};

void write_text(Console& console, const WhyView& view);
void write(DocumentWriter& out, const WhyView& view);

}  // namespace aion::cli
