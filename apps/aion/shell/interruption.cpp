// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/interruption.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "shell/outcome.hpp"
#include "shell/progress.hpp"

namespace aion::cli {
namespace {

constexpr std::array<int, 3> signals = {SIGINT, SIGTERM, SIGHUP};

// What the handler needs. The first is set before there is a handler.
Interrupt* asked = nullptr;
volatile std::sig_atomic_t change_announced = 0;
volatile std::sig_atomic_t remembered = 0;

void say(std::string_view text) noexcept {
    // Nobody could be told that this failed.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

// What could be done about a failure of these, inside a signal handler?
void die_of(int signal) noexcept {
    static_cast<void>(std::signal(signal, SIG_DFL));
    static_cast<void>(std::raise(signal));
}

// Asked again, and not willing to wait. Death by a signal says that nothing was changed, so that
// whoever tries again does nothing twice: what is done ends as done.
void end_at_once(int signal) noexcept {
    erase_progress();
    if (asked->done() != 0) {
        say("Interrupted: what was asked for is done; its report is not complete\n");
        ::_exit(exit_code(Ending::success));
    }
    say("Interrupted in the middle of a write: a temporary file may be left\n");
    die_of(signal);
}

extern "C" void interrupted(int signal) {
    const int error = errno;
    if (!asked->is_under_way() && asked->done() == 0) {
        die_by_signal(signal);
        return;
    }
    if (remembered != 0) {
        end_at_once(signal);
    }
    remembered = signal;
    asked->request();
    errno = error;
}

}  // namespace

void handle_interruptions(Interrupt& interrupt) noexcept {
    asked = &interrupt;
    for (const int signal : signals) {
        struct sigaction ours{};
        struct sigaction previous{};
        ours.sa_handler = interrupted;
        ours.sa_flags = SA_RESTART;
        // One at a time: what the first does is not disturbed by a second.
        for (const int other : signals) {
            ::sigaddset(&ours.sa_mask, other);
        }
        ::sigaddset(&ours.sa_mask, SIGALRM);  // no progress behind what is said at the end
        // What the program's parent had it ignore, nohup say, stays ignored.
        if (::sigaction(signal, nullptr, &previous) == 0 && previous.sa_handler != SIG_IGN) {
            ::sigaction(signal, &ours, nullptr);
        }
    }
}

void announce_change() noexcept {
    change_announced = 1;
}

void die_if_interrupted() noexcept {
    if (remembered != 0 && asked->done() == 0) {
        die_of(static_cast<int>(remembered));
    }
}

void die_by_signal(int signal) noexcept {
    erase_progress();
    if (change_announced != 0) {
        if (::isatty(STDERR_FILENO) == 1) {
            say("\n");  // behind the ^C that a terminal shows
        }
        say(nothing_was_changed);
    }
    die_of(signal);
}

std::string_view words_for_interrupted(Env& env) noexcept {
    const Interrupt* const interrupt = env.interrupt();
    return interrupt == nullptr || interrupt->done() == 0 ? nothing_was_changed : some_was_changed;
}

}  // namespace aion::cli
