// SPDX-License-Identifier: MIT OR Apache-2.0
// A line on standard error while something takes long: what is done, for how long, how far it is.
//
// A timer's signal draws it, so there is no thread to be had or not to be had. On a terminal it is
// there after a second, anew each second, and gone in the end.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aion/base/interrupt.hpp"

namespace aion::cli {

/// How the line is drawn.
struct ProgressStyle {
    int descriptor = 2;
    std::chrono::milliseconds delay{1000};   ///< Until it appears; 0: at once.
    std::chrono::milliseconds period{1000};  ///< Between two of them.
    /// False for what only appends, a file or a plain terminal: there, `what` is said once, and how
    /// far many files are in a line of its own each time.
    bool in_place = true;
};

/// Shows the line while it lives; one inside another shows nothing. In a process in the background
/// nothing is shown.
class Progress {
  public:
    /// What the line says behind what is done.
    enum class Kind : std::uint8_t {
        one_thing,   ///< For how long, and how much is written.
        many_files,  ///< `12,345 files, 1.2 GiB, 4,567 files/s, 37%, 8 s left`.
    };

    /// Nothing to be shown.
    Progress() = default;
    /// `what`: `Writing p.aion`, shown as it is and cut where the terminal ends. `interrupt`: whose
    /// writes are shown in bytes, if any.
    Progress(const ProgressStyle& style, std::string_view what, const Interrupt* interrupt,
             Kind kind = Kind::one_thing) noexcept;
    ~Progress();

    [[nodiscard]] bool is_shown() const noexcept { return shows_; }

    /// From now on that is what is done; the seconds go on.
    void go_on(std::string_view what) noexcept;

    /// Of many files, so many more are done. May be called in any thread, like what follows.
    void add(std::uint64_t files, std::uint64_t bytes) noexcept;
    /// So many files were found so far, those that are done among them, and `share` is which part
    /// of all there is to be found, from 0 to 1, if that is known: it is from both that what is
    /// left is told.
    void found(std::uint64_t files, std::optional<double> share) noexcept;

    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    Progress(Progress&&) = delete;
    Progress& operator=(Progress&&) = delete;

  private:
    bool shows_ = false;
};

/// While a line is begun nothing is drawn: whoever writes to the terminal says that one is, then
/// takes the progress away, writes, and says whether the line has ended. Async-signal-safe.
void keep_begun_line(bool is_begun) noexcept;

/// Takes the line away, if it is there, before something else is written to the terminal; the next
/// second brings it back. Async-signal-safe.
void erase_progress() noexcept;

}  // namespace aion::cli
