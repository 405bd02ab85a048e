// SPDX-License-Identifier: MIT OR Apache-2.0
// Standard output and standard error that end in memory, and what may stand on them.
#pragma once

#include <string>
#include <string_view>

#include "shell/console.hpp"

namespace aion::fuzz {

/// Not thread-safe; one for the whole process is enough.
class Screen {
  public:
    Screen();

    /// A console that writes here.
    [[nodiscard]] cli::Console console(const cli::Host& host) const { return {out_, err_, host}; }

    /// What was written, which is then forgotten.
    [[nodiscard]] std::string take_output() { return take(out_); }

    [[nodiscard]] std::string take_errors() { return take(err_); }

  private:
    [[nodiscard]] static std::string take(int descriptor);

    int out_;
    int err_;
};

/// Whether a terminal shows `text` as it is: UTF-8 with nothing that escape_controls escapes but
/// line ends and, where `colored`, our colours.
[[nodiscard]] bool is_harmless(std::string_view text, bool colored);

}  // namespace aion::fuzz
