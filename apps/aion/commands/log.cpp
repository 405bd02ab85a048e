// SPDX-License-Identifier: MIT OR Apache-2.0
// aion log: who changed what, when, and by which right (docs/cli.md#aion-log).
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/counted.hpp"
#include "aion/base/time_text.hpp"
#include "aion/report/history.hpp"
#include "shell/judged.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/judge_options.hpp"
#include "table/pager_options.hpp"
#include "views/log_view.hpp"
#include "views/paged.hpp"

namespace aion::cli {
namespace {

struct LogArguments {
    JudgeArguments judging;
    Format format = Format::text;
    bool oneline = false;
    bool no_pager = false;
    std::optional<std::string> since;
    std::optional<std::string> until;
    report::HistoryQuery query;
    std::vector<AuthorChoice> authors;
};

Outcome<std::optional<TimeSpan>> time_of(const std::optional<std::string>& text,
                                         std::string_view option) {
    if (!text) {
        return std::nullopt;
    }
    auto span = parse_time(*text);
    if (!span) {
        const Error::Value* const reason = span.error().field("reason");
        const auto* const told = reason == nullptr ? nullptr : std::get_if<std::string>(reason);
        return fail_because(
            span.error(),
            fmt::format("{}: {}", option, told == nullptr ? span.error().message() : *told));
    }
    return *span;
}

Outcome<report::HistoryQuery> query_of(const LogArguments& arguments) {
    report::HistoryQuery query = arguments.query;
    CLI_TRY_ASSIGN(const auto since, time_of(arguments.since, "--since"));
    CLI_TRY_ASSIGN(const auto until, time_of(arguments.until, "--until"));
    if (since) {
        query.since = since->first;
    }
    if (until) {
        query.until = until->last;
    }
    return query;
}

Outcome<std::vector<AuthorId>> authors_of(const LogArguments& arguments, const Judged& judged) {
    if (judged.has_registry) {
        return resolve_authors(arguments.authors, judged.by->registry);
    }
    std::vector<AuthorId> authors;
    for (const AuthorChoice& choice : arguments.authors) {
        CLI_TRY_ASSIGN(const AuthorId author, resolve_author(choice));
        authors.push_back(author);
    }
    return authors;
}

Outcome<Ending> run_log(Context& context, const LogArguments& arguments) {
    if (arguments.oneline && is_document(arguments.format)) {
        return fail_with("--oneline is a form of text and cannot be combined with --format");
    }
    CLI_TRY_ASSIGN(report::HistoryQuery query, query_of(arguments));
    CLI_TRY_ASSIGN(const Judged judged, judge(context, arguments.judging));
    CLI_TRY_ASSIGN(query.authors, authors_of(arguments, judged));
    std::uint64_t shown = 0;
    present_paged(context, arguments.format, arguments.no_pager,
                  LogView{.judged = shown_as(judged, arguments.judging),
                          .query = query,
                          .oneline = arguments.oneline,
                          .as_lines = arguments.format == Format::jsonl,
                          .shown = &shown});
    if (shown == 0 && judged.file.version_count() > 0) {
        context.console.hint(fmt::format("No version is shown: none of {} is asked for",
                                         counted(judged.file.version_count(), "version")));
    }
    advise(context, arguments.judging, judged);
    return ending_of(judged, arguments.judging);
}

void log_options(Options& options, LogArguments& into) {
    judge_options(options, into.judging, "File whose history to show", "--expect-author");
    options.format_or_items(into.format);
    options.flag("--oneline", into.oneline, "Text: a table with a line for each version");
    options.authors("--author", into.authors,
                    "Only versions by these authors, ids or names; may be given several times");
    options.text("--since", into.since, "TIME",
                 "Only versions of that time or later: a date, or RFC 3339");
    options.text("--until", into.until, "TIME",
                 "Only versions of that time or earlier; a date is all of that day");
    options.text("--grep", into.query.grep, "TEXT",
                 "Only versions whose message contains TEXT, in upper or lower case");
    options.number("-n,--max-count", into.query.limit, "N", "Only the newest N of those");
    options.flag("--reverse", into.query.reverse, "The oldest first");
    no_verify_option(options, into.judging);
    pager_options(options, into.no_pager);
    options.footer(
        "The verdict comes first. Format v2 authenticates no message, and times are what authors "
        "say: see `aion why` for what a signature rests on.");
    options.example("Who changed what, and when?", "aion log policy.aion --registry registry.json");
    options.example(
        "What one author did this year, as a table",
        "aion log policy.aion --oneline --author 1001 --since 2026-01-01 --registry registry.json");
    options.example("The last change, for a program",
                    "aion log policy.aion -n 1 --format json --registry registry.json");
}

}  // namespace

Declare declare_log;
Declare declare_history;

void declare_log(const Declared& root) {
    add_command(root, "log", "Show who changed what and when, the newest first", log_options,
                run_log);
}

void declare_history(const Declared& root) {
    add_command(root, "history", "The same as `aion log`", log_options, run_log).hide();
}

}  // namespace aion::cli
