// SPDX-License-Identifier: MIT OR Apache-2.0
// A line on the terminal while something takes long: what is done, for how long, how far it is.
//
// A timer's signal draws it, so there is no thread to be had or not to be had. It is there after a
// second, anew each second, and gone in the end.
#pragma once

#include <chrono>
#include <string_view>

#include "aion/base/interrupt.hpp"

namespace aion::cli {

/// How the line is drawn.
struct ProgressStyle {
    int descriptor = 2;
    std::chrono::milliseconds delay{1000};  ///< Until it appears; 0: at once.
    bool in_place = true;  ///< False for a terminal that only appends: the line is said once.
};

/// Shows the line while it lives; one inside another shows nothing. In a process in the background
/// nothing is shown.
class Progress {
  public:
    /// Nothing to be shown.
    Progress() = default;
    /// `what`: `Writing p.aion`, shown as it is and cut where the terminal ends. `interrupt`: whose
    /// writes are shown in bytes, if any.
    Progress(const ProgressStyle& style, std::string_view what,
             const Interrupt* interrupt) noexcept;
    ~Progress();

    [[nodiscard]] bool is_shown() const noexcept { return shows_; }

    /// From now on that is what is done; the seconds go on.
    void go_on(std::string_view what) noexcept;

    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    Progress(Progress&&) = delete;
    Progress& operator=(Progress&&) = delete;

  private:
    bool shows_ = false;
};

/// Takes the line away, if it is there, before something else is written to the terminal; the next
/// second brings it back. Async-signal-safe.
void erase_progress() noexcept;

}  // namespace aion::cli
