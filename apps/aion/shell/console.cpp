// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/console.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "aion/base/utf8.hpp"
#include "shell/decimal.hpp"

namespace aion::cli {
namespace {

constexpr std::size_t flush_size = std::size_t{64} << 10U;
// No pipe holds more that nobody reads, unless root made it larger.
constexpr std::size_t most_unread = std::size_t{1} << 20U;

bool is_dumb(const Host& host) {
    const std::string term = host.variable("TERM").value_or("");
    return term.empty() || term == "dumb";
}

// The delay may be another, in milliseconds, for tests that must not take seconds.
ProgressStyle progress_style(int descriptor, const Host& host, bool in_place,
                             std::chrono::milliseconds period) {
    constexpr std::uint64_t longest = 86'400'000;
    const auto wanted = parse_decimal(host.variable("AION_PROGRESS_DELAY").value_or(""), longest);
    return {.descriptor = descriptor,
            .delay = wanted ? std::chrono::milliseconds(*wanted) : period,
            .period = period,
            .in_place = in_place};
}

constexpr std::string_view code_of(Tone tone) noexcept {
    switch (tone) {
        case Tone::good:
            return "1;32";
        case Tone::bad:
            return "1;31";
        case Tone::caution:
            return "33";
        case Tone::strong:
            return "1";
        case Tone::faint:
            return "2";
    }
    return "0";
}

}  // namespace

Stream::Stream(int descriptor, bool dumb)
    : descriptor_(descriptor), terminal_(::isatty(descriptor) == 1), dumb_(dumb) {}

std::size_t Stream::columns() const noexcept {
    winsize size{};
    return terminal_ && ::ioctl(descriptor_, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void Stream::write(std::string_view text) {
    pending_ += text;
    if (pending_.size() >= flush_size) {
        flush();
    }
}

void Stream::flush() {
    const bool is_seen = terminal_ && !pending_.empty();
    const bool ends_line = pending_.ends_with('\n');
    if (is_seen) {
        keep_begun_line(true);  // first: a tick may come at any time
        erase_progress();
    }
    if (pager_ != nullptr && paged_.size() <= most_unread) {
        paged_ += pending_;
    }
    if (!write_out(pending_) && pager_ != nullptr) {
        closed_ = !give_up_pager();
    }
    if (is_seen) {
        keep_begun_line(!ends_line && !closed_);
    }
    pending_.clear();
}

bool Stream::write_out(std::string_view text) {
    while (!text.empty() && !closed_) {
        const int target = pager_ == nullptr ? descriptor_ : pager_->input();
        const ssize_t written = ::write(target, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
            wrote_ = true;
        } else if (errno != EINTR) {
            closed_ = true;
            error_ = errno == EPIPE ? 0 : errno;
        }
    }
    return text.empty();
}

// The pager does not read, or everything was said. False if its reader has seen enough, else all
// that it was given is on the terminal now.
bool Stream::give_up_pager() {
    const std::unique_ptr<PagerProcess> pager = std::move(pager_);
    const bool was_there = pager->finish();
    const std::string unread = std::exchange(paged_, {});
    if (was_there || unread.size() > most_unread) {
        return false;
    }
    closed_ = false;
    return write_out(unread);
}

void Stream::begin_paging(std::unique_ptr<PagerProcess> pager) {
    flush();
    pager_ = std::move(pager);
    is_paging_ = pager_ != nullptr;
}

void Stream::end_paging() {
    if (!is_paging_) {
        return;
    }
    flush();
    if (pager_ != nullptr) {
        static_cast<void>(give_up_pager());
    }
    is_paging_ = false;
    closed_ = closed_ && error_ != 0;
}

bool Stream::forget() noexcept {
    pending_.clear();
    return !wrote_;
}

void Stream::set_color(ColorMode mode, bool plain) {
    color_ = mode == ColorMode::automatic ? terminal_ && !plain : mode == ColorMode::always;
}

std::string Stream::paint(Tone tone, std::string_view text) const {
    return color_ ? fmt::format("\x1b[{}m{}\x1b[0m", code_of(tone), text) : std::string(text);
}

Console::Console(int out, int err, const Host& host) : Console(out, err, host, is_dumb(host)) {}

Console::Console(int out, int err, const Host& host, bool dumb)
    : out_(out, dumb),
      err_(err, dumb),
      progress_(progress_style(err, host, !dumb, std::chrono::seconds(1))),
      progress_of_files_(err_.is_terminal() && !dumb
                             ? progress_
                             : progress_style(err, host, false, std::chrono::seconds(5))),
      plain_(dumb || host.setting("NO_COLOR")) {
    configure(ColorMode::automatic, false);
}

void Console::configure(ColorMode color, bool quiet) {
    out_.set_color(color, plain_);
    err_.set_color(color, plain_);
    color_ = color;
    quiet_ = quiet;
}

void Console::begin_paging(std::unique_ptr<PagerProcess> pager, bool keeps_colors) {
    out_.set_color(color_, plain_ || !keeps_colors);
    out_.begin_paging(std::move(pager));
}

void Console::end_paging() noexcept {
    try {
        out_.end_paging();
    } catch (const std::bad_alloc&) {
        // Only a pager that could not start has anything left of it, and then not even that.
        static_cast<void>(out_.forget());
    }
    out_.set_color(color_, plain_);
}

void Console::banner(std::string_view emoji, std::string_view line) {
    if (!quiet_) {
        write_error(fmt::format("{}{}\n", err_.symbol(emoji), line));
    }
}

void Console::hint(std::string_view line) {
    if (!quiet_) {
        write_error(fmt::format("{}{}\n", err_.symbol("💡 "), line));
    }
}

void Console::warn(std::string_view text) {
    write_error(
        fmt::format("{}{} {}\n", err_.symbol("⚠️  "), err_.paint(Tone::caution, "Warning:"), text));
}

Progress Console::progress(std::string_view what, const Interrupt* interrupt) const {
    if (quiet_ || !err_.is_terminal()) {
        return {};
    }
    return {progress_, shown(what), interrupt};
}

Progress Console::progress_of_files(std::string_view what) const {
    if (quiet_) {
        return {};
    }
    return {progress_of_files_, shown(what), nullptr, Progress::Kind::many_files};
}

void Console::success(std::string_view line) {
    out_.write(fmt::format("{}{}\n", out_.symbol("✅ "), out_.paint(Tone::good, line)));
}

void Console::write_error(std::string_view text) {
    erase_progress();
    out_.flush();
    err_.write(text);
    err_.flush();
}

std::string shown(std::string_view text) {
    return escape_controls(text);
}

std::string shown_lines(std::string_view text) {
    std::string result;
    while (true) {
        const std::size_t end = text.find('\n');
        result += escape_controls(text.substr(0, end));
        if (end == std::string_view::npos) {
            return result;
        }
        result += '\n';
        text.remove_prefix(end + 1);
    }
}

std::string shown_exactly(std::string_view text) {
    const auto is_seen = [](std::string_view part) {
        while (!part.empty()) {
            const Utf8Character next = first_character(part);
            if (!next.point || is_unseen(*next.point)) {
                return false;
            }
            part.remove_prefix(next.length);
        }
        return true;
    };
    std::string result;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\n\t"), text.size());
        const std::string_view part = text.substr(0, end);
        result += is_seen(part) ? std::string(part) : escape_controls(part);
        result += text.substr(end, 1);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

void occupy_standard_descriptors() noexcept {
    for (int descriptor = 0; descriptor <= 2; ++descriptor) {
        if (::fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) {
            // The lowest free descriptor is this one. The direction that nobody will use makes
            // every use fail with EBADF, as it would have without us.
            const int mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
            if (::open("/dev/null", mode) == -1) {
                return;
            }
        }
    }
}

}  // namespace aion::cli
