// SPDX-License-Identifier: MIT OR Apache-2.0
// Running the tool on a terminal, answering what it asks.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "cli/process.hpp"

namespace aion::test {

/// Wait until the terminal shows `prompt`, then type `answer`.
struct Exchange {
    std::string prompt;
    std::string answer;
};

struct TerminalSession {
    int exit_code = -1;
    int signal = 0;
    std::string screen;       ///< Everything the terminal showed, line ends as CR LF.
    bool echo_after = false;  ///< Whether the terminal echoes again at the end.
};

/// What a failed expectation says of one.
void PrintTo(const TerminalSession& session, std::ostream* out);

/// Runs `program` with all three standard streams on a new controlling terminal, so many columns
/// wide; 0: it does not say. Throws what the terminal shows and which processes it has where
/// nothing happens for a minute.
[[nodiscard]] TerminalSession run_on_terminal(const std::string& program,
                                              const Invocation& invocation,
                                              const std::vector<Exchange>& dialogue,
                                              unsigned short columns = 0);

}  // namespace aion::test
