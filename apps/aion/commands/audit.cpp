// SPDX-License-Identifier: MIT OR Apache-2.0
// aion audit: the audit trail of a file, and whether it holds (docs/cli.md#aion-audit).
#include <cstdint>

#include "shell/judged.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/judge_options.hpp"
#include "table/pager_options.hpp"
#include "views/audit_view.hpp"
#include "views/paged.hpp"

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
    present_paged(context, arguments.format, arguments.no_pager,
                  AuditView{.judged = shown_as(judged, arguments.judging),
                            .limit = arguments.limit,
                            .as_lines = arguments.format == Format::jsonl});
    advise(context, arguments.judging, judged);
    return ending_of(judged, arguments.judging);
}

void audit_options(Options& options, AuditArguments& into) {
    judge_options(options, into.judging, "File whose audit trail to show");
    options.format_or_items(into.format);
    options.number("-n,--max-count", into.limit, "N", "Only the last N entries");
    no_verify_option(options, into.judging);
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
