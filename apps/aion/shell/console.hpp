// SPDX-License-Identifier: MIT OR Apache-2.0
// Standard output and standard error: who may see what, and in which clothes.
//
// Standard output carries only results; banners, hints and warnings go to standard error.
// Symbols appear only on a terminal, colours only where asked for (--color, NO_COLOR).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "shell/host.hpp"
#include "shell/pager.hpp"
#include "shell/progress.hpp"

namespace aion::cli {

enum class ColorMode : std::uint8_t { automatic, always, never };

enum class Tone : std::uint8_t { good, bad, caution, strong, faint };

/// One output stream. Text is collected and written in large pieces.
class Stream {
  public:
    /// `dumb`: a terminal that may know ASCII only.
    Stream(int descriptor, bool dumb);

    void write(std::string_view text);
    /// Writes what is pending. After the first failure everything is dropped.
    void flush();

    /// Drops what is pending. False if something was written before and cannot be taken back.
    bool forget() noexcept;

    [[nodiscard]] bool is_terminal() const noexcept { return terminal_; }

    /// Whether nobody reads any more what is written: whoever has much to tell may stop.
    [[nodiscard]] bool is_closed() const noexcept { return closed_; }

    /// From now on what is written goes to `pager`, until `end_paging`, which waits for its reader.
    /// What was written to one that could not start is written here then.
    void begin_paging(std::unique_ptr<PagerProcess> pager);
    void end_paging();

    /// The width of the terminal that this stream is; 0 if it is none or does not say.
    [[nodiscard]] std::size_t columns() const noexcept;

    /// The errno of the first write that failed, 0 if none did. EPIPE is not counted: the
    /// reader has seen enough, which is no failure of ours.
    [[nodiscard]] int error() const noexcept { return error_; }

    /// `plain`: no colours unless asked for.
    void set_color(ColorMode mode, bool plain);

    [[nodiscard]] bool colored() const noexcept { return color_; }

    /// `text` in a colour if this stream shows any.
    [[nodiscard]] std::string paint(Tone tone, std::string_view text) const;

    /// `emoji` if this stream is a terminal that can be expected to show it, else nothing.
    [[nodiscard]] std::string_view symbol(std::string_view emoji) const noexcept {
        return terminal_ && !dumb_ ? emoji : std::string_view();
    }

    /// `sign`, or what stands for it on a terminal that may know ASCII only.
    [[nodiscard]] std::string_view glyph(std::string_view sign,
                                         std::string_view ascii) const noexcept {
        return terminal_ && dumb_ ? ascii : sign;
    }

    /// What stands where something was left out.
    [[nodiscard]] std::string_view ellipsis() const noexcept { return glyph("…", "..."); }

  private:
    /// True if all of it was written; else `closed_` is set, or the pager was given up.
    bool write_out(std::string_view text);
    bool give_up_pager();

    int descriptor_;
    std::unique_ptr<PagerProcess> pager_;
    std::string paged_;  ///< What the pager was given, as long as it may be that nobody reads it.
    bool is_paging_ = false;
    bool terminal_;
    bool dumb_;
    bool color_ = false;
    bool closed_ = false;
    bool wrote_ = false;
    int error_ = 0;
    std::string pending_;
};

/// Both streams and what is said on them.
class Console {
  public:
    /// The descriptors of standard output and standard error. `host`: whose NO_COLOR and TERM
    /// say, now, whether colours are wanted where nobody asks for them.
    Console(int out, int err, const Host& host);

    void configure(ColorMode color, bool quiet);

    [[nodiscard]] bool is_quiet() const noexcept { return quiet_; }

    /// As the functions of `Stream`, of standard output; colours go to a pager only if it
    /// `keeps_colors`, or if they were asked for.
    void begin_paging(std::unique_ptr<PagerProcess> pager, bool keeps_colors);
    void end_paging() noexcept;

    [[nodiscard]] Stream& out() noexcept { return out_; }

    [[nodiscard]] Stream& err() noexcept { return err_; }

    /// One line of progress on standard error; nothing when quiet. `emoji` ends with its space.
    void banner(std::string_view emoji, std::string_view line);
    /// One line of advice on standard error; nothing when quiet.
    void hint(std::string_view line);
    /// A warning on standard error, also when quiet.
    void warn(std::string_view text);
    /// While the result lives, a terminal shows after a second that `what` is being done, and how
    /// far the writes of `interrupt` are; nothing when quiet. For what may take long.
    [[nodiscard]] Progress progress(std::string_view what, const Interrupt* interrupt) const;
    /// The same of many files: how far they are, on a terminal in place; elsewhere, a line every
    /// five seconds. Nothing when quiet. `what`: `Verifying`.
    [[nodiscard]] Progress progress_of_files(std::string_view what) const;
    /// The first line of a success report on standard output.
    void success(std::string_view line);

    /// Notes what was done that cannot be undone, as a sentence without its end, right after it
    /// was: whatever becomes of the report, the command has succeeded.
    void deed(std::string sentence) { deed_ = std::move(sentence); }

    /// The last such sentence, empty if nothing was done.
    [[nodiscard]] const std::string& deed() const noexcept { return deed_; }

    /// Something to be written to standard error at once, after what standard output holds.
    void write_error(std::string_view text);

  private:
    Console(int out, int err, const Host& host, bool dumb);

    Stream out_;
    Stream err_;
    std::string deed_;
    ProgressStyle progress_;
    ProgressStyle progress_of_files_;
    bool plain_;
    ColorMode color_ = ColorMode::automatic;
    bool quiet_ = false;
};

/// Untrusted text made safe to show on one line.
[[nodiscard]] std::string shown(std::string_view text);
/// The same for text that may have several lines, which are kept.
[[nodiscard]] std::string shown_lines(std::string_view text);

/// Text that is meant to be handed out as it is, for a terminal, which must not be driven by it:
/// a part between line ends and tabs that has anything unseen is written as `shown`, all else as it
/// is.
[[nodiscard]] std::string shown_exactly(std::string_view text);

/// Gives every closed one of the descriptors 0 to 2 a place where reading or writing fails, so
/// that no file opened later becomes standard output by accident.
void occupy_standard_descriptors() noexcept;

}  // namespace aion::cli
