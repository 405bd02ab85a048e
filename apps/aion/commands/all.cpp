// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/all.hpp"

// A function declare_NAME(const Declared&) of some file in this folder.
#define AION_COMMAND(name)      \
    do {                        \
        Declare declare_##name; \
        declare_##name(root);   \
    } while (false)

namespace aion::cli {

void declare_commands(CommandTable& table) {
    const Declared root{table, table.root()};
    AION_COMMAND(init);
    AION_COMMAND(commit);
    AION_COMMAND(verify);
    AION_COMMAND(show);
    AION_COMMAND(key);
    AION_COMMAND(registry);
    AION_COMMAND(completion);
    AION_COMMAND(man);
    AION_COMMAND(help);  // Last: it explains what was declared before.
}

}  // namespace aion::cli
