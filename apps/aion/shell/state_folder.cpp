// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/state_folder.hpp"

namespace aion::cli {

Outcome<std::filesystem::path> state_folder(const Context& context) {
    if (const auto folder = context.host.setting("AION_STATE_DIR")) {
        if (!std::filesystem::path(*folder).is_absolute()) {
            return fail_with("AION_STATE_DIR is not an absolute path: " + *folder,
                             "From each folder it would be another; name it from / on");
        }
        return *folder;
    }
    if (const auto base = context.host.setting("XDG_STATE_HOME");
        base && std::filesystem::path(*base).is_absolute()) {
        return std::filesystem::path(*base) / "aion";
    }
    const auto home = context.host.home();
    if (!home) {
        return fail_with(
            "No home directory: neither HOME nor /etc/passwd names one by an absolute path",
            "Set AION_STATE_DIR to the folder where what is remembered is kept");
    }
    return *home / ".local" / "state" / "aion";
}

}  // namespace aion::cli
