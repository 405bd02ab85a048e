// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/progress.hpp"

#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cmath>
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

    /// Keeps the first `size` bytes.
    void cut(std::size_t size) noexcept { size_ = size; }

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
    Progress::Kind kind = Progress::Kind::one_thing;
    std::array<char, 256> what{};
    std::size_t what_size = 0;
    std::size_t columns = 0;
    const Interrupt* interrupt = nullptr;
    std::uint64_t since = 0;
    bool is_drawn = false;  // in place, so that it can be taken away
    bool was_said = false;  // on a terminal that only appends
};

State state;
volatile std::sig_atomic_t active = 0;
volatile std::sig_atomic_t line_is_begun = 0;

// How far many files are: other threads count while the handler reads. They need not fit together.
struct Counts {
    std::atomic<std::uint64_t> files = 0;
    std::atomic<std::uint64_t> bytes = 0;
    std::atomic<std::uint64_t> found = 0;
    std::atomic<double> share = -1;  // of `found`; below 0: not known
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free &&
                  std::atomic<double>::is_always_lock_free);
};

Counts counts;

constexpr std::uint64_t second = 1'000'000'000;

std::uint64_t nanoseconds() noexcept {
    timespec now{};
    static_cast<void>(::clock_gettime(CLOCK_MONOTONIC, &now));
    return static_cast<std::uint64_t>(now.tv_sec) * second +
           static_cast<std::uint64_t>(now.tv_nsec);
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

void add_grouped(Line& line, std::uint64_t number) noexcept {
    constexpr std::uint64_t group = 1000;
    std::uint64_t unit = 1;
    while (number / unit >= group) {
        unit *= group;
    }
    line.add(number / unit);
    while (unit > 1) {
        number %= unit;
        unit /= group;
        const std::uint64_t part = number / unit;
        line.add(",");
        for (std::uint64_t missing = group / 10; missing > 1 && part < missing; missing /= 10) {
            line.add("0");
        }
        line.add(part);
    }
}

// `1.2 GiB`.
void add_size(Line& line, double bytes) noexcept {
    constexpr auto units = std::to_array<std::string_view>({" KiB", " MiB", " GiB", " TiB"});
    constexpr double step = 1024;
    double size = bytes / step;
    std::size_t unit = 0;
    while (size >= step && unit + 1 < units.size()) {
        size /= step;
        ++unit;
    }
    const auto tenths = static_cast<std::uint64_t>(size * 10);
    add_grouped(line, tenths / 10);
    if (tenths < 1000) {
        line.add(".");
        line.add(tenths % 10);
    }
    line.add(units[unit]);
}

// Of a number that is no larger than a few years of seconds.
std::uint64_t rounded(double number) noexcept {
    return static_cast<std::uint64_t>(std::lround(number));
}

void add_time_left(Line& line, double left) noexcept {
    constexpr double minute = 60;
    constexpr double hour = 60 * minute;
    constexpr double longest = 10000 * hour;  // beyond, nobody knows
    if (!(left < longest)) {
        return;
    }
    line.add(", ");
    if (left < 2 * minute) {
        line.add(rounded(left));
        line.add(" s left");
    } else if (left < 2 * hour) {
        line.add(rounded(left / minute));
        line.add(" min left");
    } else {
        line.add(rounded(left / hour));
        line.add(" h left");
    }
}

// Which part of all files is done: of what was found, and of what is to be found.
double share_done(std::uint64_t files) noexcept {
    const std::uint64_t found = counts.found;
    const double share = counts.share;
    return found == 0
               ? -1
               : share * std::min(1.0, static_cast<double>(files) / static_cast<double>(found));
}

// `12,345 files, 1.2 GiB, 4,567 files/s, 37%, 8 s left`.
void add_many_files(Line& line) noexcept {
    const std::uint64_t files = counts.files;
    const auto bytes = static_cast<double>(counts.bytes.load());
    const double elapsed = static_cast<double>(nanoseconds() - state.since) / second;
    add_grouped(line, files);
    line.add(files == 1 ? " file, " : " files, ");
    add_size(line, bytes);
    const double rate = elapsed > 0 ? static_cast<double>(files) / elapsed : 0;
    constexpr double few = 10;  // large ones: their bytes tell more
    if (rate >= few) {
        line.add(", ");
        add_grouped(line, static_cast<std::uint64_t>(rate));
        line.add(" files/s");
    } else if (files > 0) {
        line.add(", ");
        add_size(line, bytes / elapsed);
        line.add("/s");
    }
    const double share = share_done(files);
    constexpr double too_early = 0.005;
    if (share < too_early) {
        return;
    }
    line.add(", ");
    line.add(static_cast<std::uint64_t>(100 * share));
    line.add("%");
    if (share < 1) {
        add_time_left(line, elapsed * (1 - share) / share);
    }
}

void draw_many_files() noexcept {
    Line line;
    const bool in_place = state.style.in_place;
    line.add(in_place ? start_of_line : "");
    line.add({state.what.data(), state.what_size});
    line.add(in_place ? ellipsis : ":");
    line.add(" ");
    const std::size_t before = line.text().size();
    add_many_files(line);
    if (!in_place) {
        line.add("\n");
        put(line.text());
        return;
    }
    // All behind `what` is ASCII, and the terminal must not break the line.
    const std::size_t used = state.what_size + ellipsis.size() + 1;
    const std::size_t room = state.columns > used ? state.columns - used : 0;
    line.cut(std::min(line.text().size(), before + room));
    line.add(rest_of_line_empty);
    put(line.text());
    state.is_drawn = true;
}

void draw() noexcept {
    // While we are in the background, the line is somebody else's.
    const pid_t foreground = ::tcgetpgrp(state.style.descriptor);
    if (state.was_said || line_is_begun != 0 || (foreground != -1 && foreground != ::getpgrp())) {
        return;
    }
    if (state.kind == Progress::Kind::many_files) {
        draw_many_files();
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
    line.add((nanoseconds() - state.since) / second);
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

std::size_t columns_of(int descriptor) noexcept {
    winsize size{};
    const bool known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
    return known ? size.ws_col : 80;
}

// A line that the terminal breaks could not be taken away: what there is room for beside the rest,
// counted in bytes, of which no character has fewer than columns, but for some few.
std::string_view cut(std::string_view what, std::size_t columns) noexcept {
    constexpr std::size_t rest = sizeof("… 9999 s, 9999 of 9999 MiB (100%)");
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
    const std::string_view shown = cut(what, state.columns);
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

Progress::Progress(const ProgressStyle& style, std::string_view what, const Interrupt* interrupt,
                   Kind kind) noexcept {
    if (active != 0 || !may_use_the_timer()) {
        return;
    }
    const Undisturbed now;
    state = State{};
    state.style = style;
    state.kind = kind;
    state.columns = columns_of(style.descriptor);
    set_what(what);
    state.interrupt = interrupt;
    state.since = nanoseconds();
    counts.files = 0;
    counts.bytes = 0;
    counts.found = 0;
    counts.share = -1;
    active = 1;
    shows_ = true;
    struct sigaction ours{};
    ours.sa_handler = tick;
    ours.sa_flags = SA_RESTART;
    ::sigaction(SIGALRM, &ours, nullptr);
    if (style.delay.count() == 0) {
        draw();
    }
    set_timer(style.delay.count() == 0 ? style.period : style.delay, style.period);
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

// NOLINTNEXTLINE(readability-make-member-function-const): as above.
void Progress::add(std::uint64_t files, std::uint64_t bytes) noexcept {
    if (shows_) {
        counts.files.fetch_add(files, std::memory_order_relaxed);
        counts.bytes.fetch_add(bytes, std::memory_order_relaxed);
    }
}

// NOLINTNEXTLINE(readability-make-member-function-const): as above.
void Progress::found(std::uint64_t files, std::optional<double> share) noexcept {
    if (shows_) {
        counts.found.store(files, std::memory_order_relaxed);
        counts.share.store(share.value_or(-1), std::memory_order_relaxed);
    }
}

void keep_begun_line(bool is_begun) noexcept {
    line_is_begun = is_begun ? 1 : 0;
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
