// SPDX-License-Identifier: MIT OR Apache-2.0
// The ledger of a log in PostgreSQL (12 and later), by libpq.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "aion/base/result.hpp"
#include "aion/tlog/shared_ledger.hpp"

namespace aion::net {

struct PostgresSettings {
    /// Where: a URI (`postgresql://host/database`) or `key=value` words, as libpq takes them. What
    /// they do not say comes from where libpq looks: its environment variables, ~/.pgpass. A
    /// password belongs there.
    std::string where;
    /// The log's origin: one database may have several logs.
    std::string origin;
    /// For a connection, for somebody else's turn, and for any one statement, in seconds.
    std::uint32_t timeout_s = 30;
};

/// Connects, and makes the two tables unless they are there: `aion_tlog_head`, a row for each log,
/// which is locked for a turn, and `aion_tlog_entry`. A connection that was lost is made again with
/// the next turn. The database must not be told to answer before a commit is on stable storage;
/// `synchronous_commit` is set to `on` for each turn, unless it asks for more already.
/// Errors: `invalid_argument` for settings that libpq does not understand; `transfer_failed` with
/// the detail `ledger_failed`.
[[nodiscard]] Result<std::unique_ptr<tlog::SharedLedger>> open_postgres_ledger(
    PostgresSettings settings);

}  // namespace aion::net
