// SPDX-License-Identifier: MIT OR Apache-2.0
// aion why: by which right each version was signed, or why it was not (docs/cli.md#aion-why).
#include <fmt/format.h>

#include <cstdint>
#include <optional>

#include "shell/judged.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/judge_options.hpp"
#include "table/pager_options.hpp"
#include "views/paged.hpp"
#include "views/why_view.hpp"

namespace aion::cli {
namespace {

struct WhyArguments {
    JudgeArguments judging;
    std::optional<VersionNumber> version;
    Format format = Format::text;
    bool no_pager = false;
};

std::unexpected<Failure> no_such_version(const WhyArguments& arguments, std::uint64_t count) {
    return fail_with(fmt::format(
        "{} has no version {}: {}", arguments.judging.file, to_string(*arguments.version),
        count == 0 ? std::string("none can be seen") : fmt::format("the last one is {}", count)));
}

Outcome<Ending> run_why(Context& context, const WhyArguments& arguments) {
    CLI_TRY_ASSIGN(const Judged judged, judge(context, arguments.judging));
    const std::uint64_t count = judged.file.version_count();
    std::uint64_t first = 0;
    std::uint64_t end = count;
    if (arguments.version) {
        const std::uint64_t wanted = arguments.version->value;
        if (wanted == 0 || wanted > count) {
            return about_file(no_such_version(arguments, count), arguments.judging.file);
        }
        first = wanted - 1;
        end = wanted;
    }
    present_paged(context, arguments.format, arguments.no_pager,
                  WhyView{.judged = shown_as(judged, arguments.judging),
                          .first = first,
                          .end = end,
                          .registry = arguments.judging.registry,
                          .as_lines = arguments.format == Format::jsonl});
    advise(context, arguments.judging, judged);
    return ending_of(judged, arguments.judging);
}

void why_options(Options& options, WhyArguments& into) {
    judge_options(options, into.judging, "File whose signatures to explain");
    options.number("VERSION", into.version, "VERSION",
                   "Only this version, by its place in the file");
    options.format_or_items(into.format);
    pager_options(options, into.no_pager);
    options.footer(
        "From the registry to the verdict: who holds which key, which epoch may sign the version "
        "and why it ended, whose key the signature names, whether it verifies; and for a refusal "
        "what can be done.");
    options.example("By which right was each version signed?",
                    "aion why policy.aion --registry registry.json");
    options.example("Only version 1", "aion why policy.aion 1 --registry registry.json");
}

}  // namespace

Declare declare_why;

void declare_why(const Declared& root) {
    add_command(root, "why", "Explain why signatures count or do not, and what to do", why_options,
                run_why);
}

}  // namespace aion::cli
