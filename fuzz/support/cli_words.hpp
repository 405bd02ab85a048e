// SPDX-License-Identifier: MIT OR Apache-2.0
// The words of the command line for the fuzzer, from the table of commands itself.
#pragma once

#include <string>

namespace aion::fuzz {

/// What a dictionary of libFuzzer says: every command, option and closed value, each as a line.
[[nodiscard]] std::string command_dictionary();

/// The name of a file with what the dictionary `path` says and the words of the commands. It lives
/// as long as this process.
[[nodiscard]] std::string with_command_words(const std::string& path);

}  // namespace aion::fuzz
