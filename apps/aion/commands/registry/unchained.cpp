// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/unchained.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "commands/registry/chain.hpp"
#include "commands/registry/update.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "views/registry_view.hpp"

namespace aion::cli {
namespace {

Outcome<> refuse_what_needs_a_chain(const BoundArguments& until, const RecordArguments& how) {
    if (until.needs_chain()) {
        return fail_with(
            "--inventory and --unlisted are for a registry with a chain: without one a window "
            "counts versions of whatever file",
            import_advice(how.registry));
    }
    if (!how.keys.empty() || !how.note.empty() || !how.record.path.empty()) {
        return fail_with(
            "--root-key, --note and --record are for a registry with a chain, which this one has "
            "not",
            import_advice(how.registry));
    }
    return {};
}

// The authors whom records are about, each once, as they will be.
void show_preview(Context& context, const trust::Registry& preview,
                  const std::vector<trust::SignedRecord>& records) {
    std::set<AuthorId> authors;
    for (const trust::SignedRecord& record : records) {
        authors.insert(std::visit([](const auto& one) { return one.author; }, record));
    }
    for (const AuthorId author : authors) {
        write_text(context.console, AuthorView{preview, author});
    }
    context.console.hint("This is a dry run: nothing was written");
}

// Which verdicts would change, and whether that is a reason to stop.
Outcome<> check_files(Context& context, const RecordArguments& how, const RegistryChange& change,
                      bool is_meant_to_invalidate) {
    if (how.check.empty()) {
        return {};
    }
    CLI_TRY_ASSIGN(const trust::Registry before, load_registry_silently(context, how.registry));
    CLI_TRY_ASSIGN(const trust::Registry after,
                   preview_update(context, how.registry, Creation::refused, change));
    CLI_TRY_ASSIGN(const std::size_t lost, show_verdict_changes(context, how.check, before, after));
    return refuse_lost_verdicts(lost, how, is_meant_to_invalidate);
}

bool is_revocation(const trust::SignedRecord& record) {
    return std::holds_alternative<trust::RevocationRecord>(record);
}

}  // namespace

Outcome<Ending> apply_all(Context& context, const RecordArguments& how,
                          const std::vector<trust::SignedRecord>& records) {
    const std::string& registry = how.registry;
    AppliedRecords applied;
    const auto change = [&](trust::Registry& target) -> Result<trust::Applied> {
        auto done = apply_records(target, records);
        if (!done) {
            return aion::fail(std::move(done).error());
        }
        applied = *std::move(done);
        return applied.outcome;
    };
    const auto refused = [&](Failure failure) {
        explain_collapse(context, registry, records, failure);
        return failure_of(std::move(failure));
    };
    CLI_TRY(check_files(context, how, change, std::ranges::all_of(records, is_revocation)));
    if (how.dry_run) {
        auto preview = preview_update(context, registry, Creation::refused, change);
        if (!preview) {
            return refused(std::move(preview).error());
        }
        show_preview(context, *preview, records);
    } else {
        auto updated = update_registry(context, registry, Creation::refused, change);
        if (!updated) {
            return refused(std::move(updated).error());
        }
        report_update(context.console, *updated, applied.lines, registry);
    }
    for (const std::string& warning : applied.warnings) {
        context.console.warn(warning);
    }
    return Ending::success;
}

Outcome<Ending> rotate_unchained(Context& context, const RotationArguments& arguments,
                                 AuthorId author, const trust::Registry& registry) {
    CLI_TRY(refuse_what_needs_a_chain(arguments.until, arguments.how));
    CLI_TRY_ASSIGN(const Succession succession, succession_of(arguments, author, registry));
    CLI_TRY_ASSIGN(const trust::SignedRecord record,
                   sign_rotation(context, arguments, author, succession, registry));
    return apply_all(context, arguments.how, {record});
}

Outcome<Ending> revoke_unchained(Context& context, const RevocationArguments& arguments,
                                 AuthorId author, const trust::Registry& registry) {
    CLI_TRY(refuse_what_needs_a_chain(arguments.until, arguments.how));
    CLI_TRY_ASSIGN(const trust::SignedRecord record,
                   sign_revocation(context, arguments, author, registry));
    return apply_all(context, arguments.how, {record});
}

}  // namespace aion::cli
