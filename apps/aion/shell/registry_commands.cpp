// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/registry_commands.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "shell/shell_word.hpp"

namespace aion::cli {

std::string pin_command(AuthorId author, const std::string& path) {
    return fmt::format(
        "aion registry pin --author {} --key KEY_ID --master MASTER_KEY_ID --output {}",
        to_string(author), shell_word(path));
}

std::string rotate_command(AuthorId author, Epoch epoch, VersionNumber version,
                           const std::string& path) {
    return fmt::format(
        "aion registry rotate --author {} --from-epoch {} --to-epoch {} --new-key KEY_ID "
        "--master-key MASTER_KEY_ID --effective-from-version {} --registry {}",
        to_string(author), to_string(epoch), std::uint64_t{epoch.value} + 1, to_string(version),
        shell_word(path));
}

}  // namespace aion::cli
