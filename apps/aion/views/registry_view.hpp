// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry, and what is odd about it.
#pragma once

#include "aion/base/document_writer.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct RegistryView {
    const trust::Registry& registry;
};

void write_text(Console& console, const RegistryView& view);
void write(DocumentWriter& out, const RegistryView& view);

/// What `Registry::warnings` remarks.
struct RegistryCheckView {
    const trust::Registry& registry;
};

/// The warnings go to standard error.
void write_text(Console& console, const RegistryCheckView& view);
void write(DocumentWriter& out, const RegistryCheckView& view);

}  // namespace aion::cli
