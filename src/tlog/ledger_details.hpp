// SPDX-License-Identifier: MIT OR Apache-2.0
// What can be wrong with what several machines agree by.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::tlog {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class LedgerDetail : std::uint8_t {
    ledger_failed,     ///< The store cannot be reached, or refuses.
    ledger_went_back,  ///< It has fewer entries than the log in the folder.
    ledger_other_log,  ///< What it gives is not what the log's key signed, or not of this log.
};

inline constexpr NameTable ledger_details(std::to_array<DetailRow<LedgerDetail>>({
    {LedgerDetail::ledger_failed, "ledger_failed", "the database does not {}: {}"},
    {LedgerDetail::ledger_went_back, "ledger_went_back",
     "the database has {} entries of the log, and {} has {}: appending would fork it"},
    {LedgerDetail::ledger_other_log, "ledger_other_log",
     "the first {} entries in the database do not make the log that {} continues: {}"},
}));

consteval const auto& details_of(LedgerDetail /*of which layer*/) {
    return ledger_details;
}

}  // namespace aion::tlog
