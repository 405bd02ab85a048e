// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry as text and as documents.
#pragma once

#include "aion/trust/registry.hpp"
#include "shell/console.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {

void print_registry(Stream& out, const trust::Registry& registry, Format format);

/// What `Registry::warnings` remarks. Text: the warnings go to standard error.
void print_registry_check(Console& console, const trust::Registry& registry, Format format);

}  // namespace aion::cli
