// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/watched_archive.hpp"

#include <utility>

#include "shell/try.hpp"
#include "shell/watched_names.hpp"

namespace aion::cli {

Outcome<archive::Tally> verify_watched(Context& context, archive::Names& names,
                                       const trust::Registry& registry,
                                       const archive::VerifyOptions& options, LeftOut& left_out,
                                       archive::Ledger& ledger, const RowTaker& take) {
    Progress progress = context.console.progress_of_files("Verifying");
    WatchedNames watched(names, progress);
    Result<> taken;
    auto tally = archive::verify(
        context.env, watched, registry, options,
        [&](const archive::Row& row) {
            left_out.say(context.console);
            taken = take(row);
            progress.add(1, row.size);
            return taken ? policy::Next::go_on : policy::Next::stop;
        },
        &ledger);
    left_out.say(context.console);
    if (tally && !taken) {
        tally = fail(std::move(taken).error());
    }
    CLI_TRY_ASSIGN(const archive::Tally all,
                   or_fail(std::move(tally), "Failed to verify the archive"));
    CLI_TRY(or_fail(ledger.finish(), "Failed to compare the files"));
    return all;
}

}  // namespace aion::cli
