// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/text_output.hpp"

#include <utility>

#include "aion/base/spool.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

// A spool for pieces of any size.
class KeptText {
  public:
    explicit KeptText(Env& env) : spool_(env) {}

    void append(std::string_view piece) {
        pending_ += piece;
        if (pending_.size() >= most_pending) {
            flush();
        }
    }

    Result<std::unique_ptr<ReadableFile>> finish(const std::string& path) {
        flush();
        if (!kept_) {
            return fail(kept_.error());
        }
        return spool_.finish(path);
    }

  private:
    static constexpr std::size_t most_pending = std::size_t{64} << 10U;

    void flush() {
        if (kept_) {
            kept_ = spool_.append(as_bytes(pending_));
        }
        pending_.clear();
    }

    Spool spool_;
    std::string pending_;
    Result<> kept_;
};

// A terminal gets whole lines, in which nothing is left that could drive it.
class TerminalText {
  public:
    explicit TerminalText(Stream& out) : out_(out) {}

    void append(std::string_view piece) {
        pending_ += piece;
        if (const std::size_t end = pending_.rfind('\n'); end != std::string::npos) {
            out_.write(shown_exactly(std::string_view(pending_).substr(0, end + 1)));
            pending_.erase(0, end + 1);
        }
    }

    void finish() { out_.write(shown_exactly(std::exchange(pending_, {}))); }

  private:
    Stream& out_;
    std::string pending_;
};

constexpr const char* unmade = "Failed to read what the result is made of";

Outcome<> write_to_stream(Stream& out, const TextMaker& make) {
    if (!out.is_terminal()) {
        return or_fail(make([&out](std::string_view piece) { out.write(piece); }), unmade);
    }
    TerminalText text(out);
    CLI_TRY(or_fail(make([&text](std::string_view piece) { text.append(piece); }), unmade));
    text.finish();
    return {};
}

}  // namespace

Outcome<> write_text_output(Context& context, std::optional<Output>& output, const TextMaker& make,
                            std::string_view what, std::string_view ending) {
    if (!output || output->is_standard_output()) {
        Stream& out = context.console.out();
        CLI_TRY(write_to_stream(out, make));
        out.write(ending);
        return {};
    }
    KeptText kept(context.env);
    CLI_TRY(or_fail(make([&kept](std::string_view piece) { kept.append(piece); }), unmade));
    CLI_TRY_ASSIGN(const auto text, or_fail_with_cause(kept.finish(output->path()),
                                                       "Failed to keep the result until it is "
                                                       "complete"));
    CLI_TRY(output->write(context, *text));
    say_written(context.console, *output, what);
    return {};
}

}  // namespace aion::cli
