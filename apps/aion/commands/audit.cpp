// SPDX-License-Identifier: MIT OR Apache-2.0
// aion audit: the audit trail of a file, and whether it holds (docs/cli.md#aion-audit).
#include <cstdint>

#include "shell/judged.hpp"
#include "shell/pager.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/judge_options.hpp"
#include "table/pager_options.hpp"
#include "views/audit_view.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {
namespace {

struct AuditArguments {
    JudgeArguments judging;
    Format format = Format::text;
    std::uint64_t limit = UINT64_MAX;
    bool no_pager = false;
};

Outcome<Ending> run_audit(Context& context, const AuditArguments& arguments) {
    CLI_TRY_ASSIGN(const Judged judged, judge(context, arguments.judging));
    {
        const Paging paging(context, arguments.format == Format::text && !arguments.no_pager);
        present(context.console, arguments.format,
                AuditView{.judged = {.path = arguments.judging.file,
                                     .file = judged.file,
                                     .verified = !arguments.judging.no_verify,
                                     .has_registry = judged.has_registry},
                          .limit = arguments.limit,
                          .as_lines = arguments.format == Format::jsonl});
    }
    advise(context, arguments.judging, judged);
    return ending_of(judged, arguments.judging);
}

void audit_options(Options& options, AuditArguments& into) {
    judge_options(options, into.judging, "File whose audit trail to show");
    options.format("-f,--format", into.format,
                   {{"text", Format::text},
                    {"json", Format::json},
                    {"yaml", Format::yaml},
                    {"jsonl", Format::jsonl}});
    options.number("-n,--max-count", into.limit, "N", "Only the last N entries");
    options.flag("--no-verify", into.judging.no_verify,
                 "Whatever the verdict: a registry need not be named, and the exit code is 0");
    pager_options(options, into.no_pager);
    options.footer(
        "The trail is not signed: it is proven by the versions that it mirrors, as far as the "
        "gates audit and signatures pass. `aion log` shows those.");
    options.example("Does the audit trail hold?",
                    "aion audit policy.aion --registry registry.json");
}

}  // namespace

Declare declare_audit;

void declare_audit(const Declared& root) {
    add_command(root, "audit", "Show the audit trail and whether it holds", audit_options,
                run_audit);
}

}  // namespace aion::cli
