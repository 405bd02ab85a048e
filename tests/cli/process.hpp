// SPDX-License-Identifier: MIT OR Apache-2.0
// Running the built command-line tool and looking at what comes out.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aion::test {

struct Invocation {
    std::vector<std::string> arguments;
    std::string input;                             ///< What standard input holds.
    std::filesystem::path directory;               ///< Where it runs; empty: here.
    std::map<std::string, std::string> variables;  ///< The whole environment.
    std::string output_path;                       ///< Standard output goes to this file instead.
    bool close_output = false;                     ///< Standard output is closed from the start.
    bool read_one_line = false;                    ///< Stop reading standard output after a line.
    /// What the program finds open as descriptor 7, for --password-fd.
    std::optional<std::string> descriptor_seven;
};

struct Completed {
    int exit_code = -1;  ///< -1 when a signal ended it.
    int signal = 0;
    std::string out;
    std::string err;
};

/// A variable for whoever does not look at progress: it comes by the clock, so that what is shown
/// would depend on how busy the machine is.
inline const std::pair<const std::string, std::string> no_progress{"AION_PROGRESS_DELAY",
                                                                   "86400000"};

/// Runs `program` to its end.
[[nodiscard]] Completed run_program(const std::string& program, const Invocation& invocation);

/// The tool that was built beside this test.
[[nodiscard]] std::string aion_program();

}  // namespace aion::test
