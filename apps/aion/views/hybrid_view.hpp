// SPDX-License-Identifier: MIT OR Apache-2.0
// The verdict on a hybrid signature, half by half.
#pragma once

#include <string>

#include "aion/base/document_writer.hpp"
#include "aion/trust/hybrid.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct HybridView {
    const trust::HybridVerdict& verdict;
    const trust::Registry& registry;
    const std::string& file;
};

void write_text(Console& console, const HybridView& view);
void write(DocumentWriter& out, const HybridView& view);

}  // namespace aion::cli
