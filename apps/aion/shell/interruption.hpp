// SPDX-License-Identifier: MIT OR Apache-2.0
// Ctrl-C, SIGTERM and SIGHUP: the process dies by the signal if nothing was changed, and says so;
// it goes on to its end if something was.
#pragma once

#include <string_view>

#include "aion/base/interrupt.hpp"

namespace aion::cli {

/// What whoever interrupted a command is told that would have changed something.
inline constexpr std::string_view nothing_was_changed = "Interrupted: nothing was changed\n";
/// The same where much is done one by one: pins of files, remembered verdicts.
inline constexpr std::string_view some_was_changed =
    "Interrupted: what was recorded until then stays\n";
/// Which of them is to be said of a command that ended with `interrupted`.
[[nodiscard]] std::string_view words_for_interrupted(Env& env) noexcept;

/// Handles the three signals, save those that are ignored, until the process ends. When one comes
/// and no change is under way or done, the process dies at once. Else `interrupt` is asked, and the
/// signal is remembered for `die_if_interrupted`. A second one does not wait for that: it kills in
/// the middle of a change, and behind one ends the process as one that has succeeded. To be called
/// once.
void handle_interruptions(Interrupt& interrupt) noexcept;

/// From now on, whoever interrupts the process is told that nothing was changed. Before, and in a
/// command that only reads, that goes without saying.
void announce_change() noexcept;

/// Dies by the signal that came, if one came and nothing was changed.
void die_if_interrupted() noexcept;

/// What the handler does when nothing is under way, for whoever has one of its own: never returns
/// to what was interrupted. Async-signal-safe.
void die_by_signal(int signal) noexcept;

}  // namespace aion::cli
