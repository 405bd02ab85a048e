// SPDX-License-Identifier: MIT OR Apache-2.0
// What every command is given.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/events.hpp"
#include "shell/console.hpp"
#include "shell/host.hpp"

namespace aion::cli {

struct Context {
    Env& env;
    Console& console;
    Host& host;
    EventSink events;

    /// `Console::progress` of something that is being done to a file, e.g. `Verifying`.
    [[nodiscard]] Progress progress(std::string_view what,
                                    const std::filesystem::path& file) const {
        return console.progress(std::string(what) + " " + file.filename().string(),
                                env.interrupt());
    }

    /// The same is done to the next file.
    static void go_on(Progress& progress, std::string_view what,
                      const std::filesystem::path& file) {
        if (progress.is_shown()) {
            progress.go_on(shown(std::string(what) + " " + file.filename().string()));
        }
    }

    /// What standard input was read for, as in `the rules`: it is there only once.
    std::string standard_input_is = {};
};

}  // namespace aion::cli
