// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/progress.hpp"

#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctime>

namespace aion::cli {
namespace {

// Text in a handler, where nothing may be allocated. What does not fit is dropped.
class Line {
  public:
    void add(std::string_view text) noexcept {
        const std::size_t fits = std::min(text.size(), text_.size() - size_);
        std::memcpy(text_.data() + size_, text.data(), fits);
        size_ += fits;
    }

    void add(std::uint64_t number) noexcept {
        std::array<char, 20> digits{};
        const char* const end =
            std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        add(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
    }

    [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), size_}; }

  private:
    std::array<char, 512> text_{};
    std::size_t size_ = 0;
};

constexpr std::string_view ellipsis = "…";
constexpr std::string_view start_of_line = "\r";
constexpr std::string_view rest_of_line_empty = "\x1b[K";

// What the handler needs. Its signal is blocked wherever else this is touched.
struct State {
    ProgressStyle style;
    std::array<char, 256> what{};
    std::size_t what_size = 0;
    const Interrupt* interrupt = nullptr;
    std::time_t since = 0;
    bool is_drawn = false;  // in place, so that it can be taken away
    bool was_said = false;  // on a terminal that only appends
};

State state;
volatile std::sig_atomic_t active = 0;

std::time_t seconds() noexcept {
    timespec now{};
    static_cast<void>(::clock_gettime(CLOCK_MONOTONIC, &now));
    return now.tv_sec;
}

void put(std::string_view text) noexcept {
    // Nobody could be told that this failed.
    [[maybe_unused]] const ssize_t written =
        ::write(state.style.descriptor, text.data(), text.size());
}

void add_written(Line& line) noexcept {
    const Interrupt::Written written =
        state.interrupt == nullptr ? Interrupt::Written{} : state.interrupt->written();
    if (written.of == 0) {
        return;
    }
    constexpr std::uint64_t mib = 1U << 20U;
    line.add(", ");
    line.add(written.bytes / mib);
    line.add(" of ");
    line.add(written.of / mib);
    line.add(" MiB (");
    line.add(100 * written.bytes / written.of);  // memory holds no file too large for this
    line.add("%)");
}

void draw() noexcept {
    // While we are in the background, the line is somebody else's.
    const pid_t foreground = ::tcgetpgrp(state.style.descriptor);
    if (state.was_said || (foreground != -1 && foreground != ::getpgrp())) {
        return;
    }
    Line line;
    const std::string_view what(state.what.data(), state.what_size);
    if (!state.style.in_place) {
        line.add(what);
        line.add("...\n");
        put(line.text());
        state.was_said = true;
        return;
    }
    line.add(start_of_line);
    line.add(what);
    line.add(ellipsis);
    line.add(" ");
    line.add(static_cast<std::uint64_t>(std::max<std::time_t>(0, seconds() - state.since)));
    line.add(" s");
    add_written(line);
    line.add(rest_of_line_empty);
    put(line.text());
    state.is_drawn = true;
}

extern "C" void tick(int /*signal*/) {
    const int error = errno;
    if (active != 0) {
        draw();
    }
    errno = error;
}

// While it lives, the handler does not run.
class Undisturbed {
  public:
    Undisturbed() noexcept {
        sigset_t ours{};
        ::sigemptyset(&ours);
        ::sigaddset(&ours, SIGALRM);
        ::pthread_sigmask(SIG_BLOCK, &ours, &before_);
    }

    ~Undisturbed() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

    Undisturbed(const Undisturbed&) = delete;
    Undisturbed& operator=(const Undisturbed&) = delete;
    Undisturbed(Undisturbed&&) = delete;
    Undisturbed& operator=(Undisturbed&&) = delete;

  private:
    sigset_t before_{};
};

// A line that the terminal breaks could not be taken away: what there is room for beside the rest,
// counted in bytes, of which no character has fewer than columns, but for some few.
std::string_view cut(std::string_view what, int descriptor) noexcept {
    constexpr std::size_t rest = sizeof("… 9999 s, 9999 of 9999 MiB (100%)");
    winsize size{};
    const bool known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
    const std::size_t columns = known ? size.ws_col : 80;
    std::size_t room = columns > rest ? columns - rest : 0;
    if (what.size() <= room) {
        return what;
    }
    // Not in the middle of a character.
    while (room > 0 && (static_cast<unsigned char>(what[room]) & 0xC0U) == 0x80U) {
        --room;
    }
    return what.substr(0, room);
}

void set_what(std::string_view what) noexcept {
    const std::string_view shown = cut(what, state.style.descriptor);
    state.what_size = std::min(shown.size(), state.what.size());
    std::memcpy(state.what.data(), shown.data(), state.what_size);
}

void set_timer(std::chrono::milliseconds first, std::chrono::milliseconds then) noexcept {
    const auto time_of = [](std::chrono::milliseconds time) {
        return timeval{.tv_sec = time.count() / 1000, .tv_usec = time.count() % 1000 * 1000};
    };
    const itimerval timer{.it_interval = time_of(then), .it_value = time_of(first)};
    ::setitimer(ITIMER_REAL, &timer, nullptr);
}

// A parent that set an alarm before it became us wants us to end by it, not by a line of progress;
// and one that ignores the signal means that, too.
bool may_use_the_timer() noexcept {
    itimerval running{};
    struct sigaction now{};
    return ::getitimer(ITIMER_REAL, &running) == 0 && running.it_value.tv_sec == 0 &&
           running.it_value.tv_usec == 0 && ::sigaction(SIGALRM, nullptr, &now) == 0 &&
           (now.sa_handler == SIG_DFL || now.sa_handler == tick);
}

}  // namespace

Progress::Progress(const ProgressStyle& style, std::string_view what,
                   const Interrupt* interrupt) noexcept {
    if (active != 0 || !may_use_the_timer()) {
        return;
    }
    constexpr std::chrono::milliseconds period{1000};
    const Undisturbed now;
    state = State{};
    state.style = style;
    set_what(what);
    state.interrupt = interrupt;
    state.since = seconds();
    active = 1;
    shows_ = true;
    struct sigaction ours{};
    ours.sa_handler = tick;
    ours.sa_flags = SA_RESTART;
    ::sigaction(SIGALRM, &ours, nullptr);
    if (style.delay.count() == 0) {
        draw();
    }
    set_timer(style.delay.count() == 0 ? period : style.delay, period);
}

Progress::~Progress() {
    if (shows_) {
        set_timer(std::chrono::milliseconds(0), std::chrono::milliseconds(0));
        erase_progress();
        active = 0;  // The handler stays: a tick may still be on its way.
    }
}

// NOLINTNEXTLINE(readability-make-member-function-const): another line is shown from now on.
void Progress::go_on(std::string_view what) noexcept {
    if (!shows_) {
        return;
    }
    const Undisturbed now;
    set_what(what);
    if (state.style.delay.count() == 0) {
        draw();
    }
}

void erase_progress() noexcept {
    if (active == 0) {
        return;
    }
    const Undisturbed now;
    if (state.is_drawn) {
        put("\r\x1b[K");
        state.is_drawn = false;
    }
}

}  // namespace aion::cli
