// SPDX-License-Identifier: MIT OR Apache-2.0
// Verifying many files while somebody watches: progress, and what a look through folders leaves
// out.
#pragma once

#include <functional>

#include "aion/archive/ledger.hpp"
#include "aion/archive/names.hpp"
#include "aion/archive/verify.hpp"
#include "shell/context.hpp"
#include "shell/left_out.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Takes one file. An error ends everything.
using RowTaker = std::function<Result<>(const archive::Row& row)>;

/// `archive::verify` of `names`, of which `left_out` was told what is missing. `ledger` is finished
/// then.
[[nodiscard]] Outcome<archive::Tally> verify_watched(Context& context, archive::Names& names,
                                                     const trust::Registry& registry,
                                                     const archive::VerifyOptions& options,
                                                     LeftOut& left_out, archive::Ledger& ledger,
                                                     const RowTaker& take);

}  // namespace aion::cli
