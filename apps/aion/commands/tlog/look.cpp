// SPDX-License-Identifier: MIT OR Apache-2.0
// aion tlog fsck, tail: what is in a log, and whether it is whole
// (docs/cli-tlog.md#aion-tlog-fsck).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/tlog/log_check.hpp"
#include "commands/tlog/tlog.hpp"
#include "shell/try.hpp"
#include "views/document_writer.hpp"
#include "views/tlog_view.hpp"

namespace aion::cli {
namespace {

// --- fsck ----------------------------------------------------------------------------------------

struct CheckArguments {
    std::string log;
    LogTrust trust;
    bool repair = false;
    Format format = Format::text;
};

Outcome<Ending> run_check(Context& context, const CheckArguments& arguments) {
    tlog::LogCheckOptions options;
    CLI_TRY_ASSIGN(options.key, log_key(context, arguments.trust));
    options.repair = arguments.repair;
    const Progress progress = context.progress("Checking", arguments.log);
    const auto report = tlog::check_log(context.env, arguments.log, options);
    if (!report) {
        return about_file(fail_with("Failed to check the log " + arguments.log, report.error()),
                          arguments.log);
    }
    if (std::ranges::any_of(report->problems, &tlog::LogProblem::is_mended)) {
        context.console.deed("The log " + arguments.log + " was mended");
    }
    present(context.console, arguments.format,
            LogCheckView{.folder = arguments.log, .report = *report});
    return report->is_valid() ? Ending::success : Ending::invalid;
}

void check_options(Options& options, CheckArguments& into) {
    log_option(options, into.log);
    log_key_option(options, into.trust, "Believe this key of the log, or one that follows it");
    options.flag("--repair", into.repair,
                 "Make hash tiles and index anew from the entries, and remove what is left over; "
                 "entries, checkpoint and keys are not touched");
    options.format(into.format);
    options.footer(
        "Exit code 0: the entries make the root that the checkpoint has, and every file is what "
        "they make; 1: not so, and each file that is wrong is named; 2: it could not be found "
        "out.");
    options.example("Is the log whole?",
                    "aion tlog init --log log --origin example.org/policies --key 1001\n"
                    "  aion tlog append --log log --key 1001 policy.aion\n"
                    "  aion tlog fsck --log log");
}

// --- tail ----------------------------------------------------------------------------------------

constexpr std::uint64_t shown_at_first = 10;

struct TailArguments {
    std::string log;
    LogTrust trust;
    std::uint64_t count = shown_at_first;
    Format format = Format::text;
};

Outcome<Ending> run_tail(Context& context, const TailArguments& arguments) {
    CLI_TRY_ASSIGN(const auto log, open_log(context, arguments.log, arguments.trust));
    const std::uint64_t first = log->size() - std::min(arguments.count, log->size());
    LogTailView view{.folder = arguments.log, .checkpoint = log->checkpoint(), .entries = {}};
    const auto read =
        log->each(first, log->size(), [&](std::uint64_t index, ByteView entry) -> Result<> {
            view.entries.push_back({index, Bytes(entry.begin(), entry.end())});
            return {};
        });
    if (!read) {
        return about_file(fail_with("Failed to read the log " + arguments.log, read.error()),
                          arguments.log);
    }
    present(context.console, arguments.format, view);
    return Ending::success;
}

void tail_options(Options& options, TailArguments& into) {
    log_option(options, into.log);
    log_key_option(options, into.trust, "Believe this key of the log, or one that follows it");
    options.number("-n,--count", into.count, "N", "How many entries (default: 10)");
    options.format(into.format);
    options.example("The last entry",
                    "aion tlog init --log log --origin example.org/policies --key 1001\n"
                    "  aion tlog append --log log --key 1001 policy.aion\n"
                    "  aion tlog tail --log log -n 1");
}

}  // namespace

void declare_tlog_looking(const Declared& tlog) {
    add_command(tlog, "fsck", "Check a log, all of it", check_options, run_check);
    add_command(tlog, "tail", "Show the last entries of a log", tail_options, run_tail);
}

}  // namespace aion::cli
