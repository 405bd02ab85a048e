// SPDX-License-Identifier: MIT OR Apache-2.0
// aion registry: which keys are trusted (docs/cli-registry.md).
#include "commands/registry/parts.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

Declare declare_registry;

void declare_registry(const Declared& root) {
    const Declared registry = add_group(root, "registry", "Manage trusted key registries");
    declare_making(registry);
    declare_windows(registry);
    declare_authors(registry);
    declare_hybrid_keys(registry);
    declare_viewing(registry);
    declare_signing(registry);
    declare_applying(registry);
    declare_exchange(registry);
}

}  // namespace aion::cli
