// SPDX-License-Identifier: MIT OR Apache-2.0
// What an author may sign, and which records say so
// (docs/cli-registry.md#aion-registry-explain).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"
#include "aion/trust/seen_registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct ExplainView {
    const trust::SeenRegistry& seen;
    AuthorId author;  ///< Whom the registry has.
    std::optional<VersionNumber> version;
    std::string file = {};  ///< Whose history it is seen by; empty: one that no record lists.
    std::optional<bool> is_valid = {};  ///< The verdict on `file`.
    /// What that history has of what records list, ascending.
    std::vector<trust::RegistryChain::Listed> points = {};
};

void write_text(Console& console, const ExplainView& view);
void write(DocumentWriter& out, const ExplainView& view);

}  // namespace aion::cli
