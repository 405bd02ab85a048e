// SPDX-License-Identifier: MIT OR Apache-2.0
// A long text on a terminal goes to a pager, as git does it (docs/cli.md#conventions).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aion::cli {

class Host;
struct Context;

/// A pager at work. Whoever destroys it without `finish` leaves it to itself.
class PagerProcess {
  public:
    PagerProcess() = default;
    virtual ~PagerProcess() = default;
    PagerProcess(const PagerProcess&) = delete;
    PagerProcess& operator=(const PagerProcess&) = delete;
    PagerProcess(PagerProcess&&) = delete;
    PagerProcess& operator=(PagerProcess&&) = delete;

    /// The descriptor that it reads from at its other end; its own.
    [[nodiscard]] virtual int input() const noexcept = 0;
    /// Ends what it reads and waits until its reader has seen enough. False if there never was
    /// such a program, so that nobody has read anything. To be called once.
    [[nodiscard]] virtual bool finish() noexcept = 0;
};

/// Which pager, and what it is told.
struct PagerChoice {
    std::string command;        ///< For /bin/sh.
    bool sets_less = false;     ///< LESS is to be set to `default_less`: nobody has set it.
    bool keeps_colors = false;  ///< It is known to show colours as such.
};

/// Quit if it is one screen, colours as they are, and what was read stays on the screen.
inline constexpr const char* default_less = "FRX";

/// The pager that `host` has: what AION_PAGER says, else PAGER, else less. Nothing where that is
/// empty or `cat`, or where it would be less on a terminal that cannot move its cursor.
[[nodiscard]] std::optional<PagerChoice> pager_of(const Host& host);

/// Starts `choice` with a pipe as its standard input. While it lives, Ctrl-C and Ctrl-\ are the
/// pager's alone. Null where no process can be had.
[[nodiscard]] std::unique_ptr<PagerProcess> start_pager_process(const PagerChoice& choice);

/// While it lives, standard output goes to a pager, if it is a terminal and there is a pager; at
/// its end the pager's reader is waited for. What the pager does not want to read is dropped, and
/// what one that could not start left unread goes to the terminal.
class Paging {
  public:
    /// `is_wanted`: text, and nobody said --no-pager. With --quiet there is none either.
    Paging(Context& context, bool is_wanted);
    ~Paging();

    Paging(const Paging&) = delete;
    Paging& operator=(const Paging&) = delete;
    Paging(Paging&&) = delete;
    Paging& operator=(Paging&&) = delete;

  private:
    Context& context_;
};

}  // namespace aion::cli
