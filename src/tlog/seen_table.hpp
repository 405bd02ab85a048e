// SPDX-License-Identifier: MIT OR Apache-2.0
// The last checkpoint that was seen of each log: rows of a log, a note, a time and a digest.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aion/tlog/checkpoint.hpp"
#include "archive/database.hpp"

namespace aion::tlog {

/// Of all that a row says, so that one which was changed by mistake is found out.
using SeenDigest = Hash (*)(ByteView log, const SeenCheckpoint& seen);

/// A table `NAME(origin BLOB PRIMARY KEY, note BLOB, time INTEGER, digest BLOB)`.
class SeenTable {
  public:
    /// `database` must outlive it.
    [[nodiscard]] static Result<SeenTable> open(const archive::Database& database,
                                                std::string_view name, SeenDigest digest_of);

    /// Errors: those of the database, also for a row that is not what was written.
    [[nodiscard]] Result<std::optional<SeenCheckpoint>> find(ByteView log);

    /// Replaces `before` by `after`, durably. Error: `conflict`, which says `told`, when something
    /// else than `before` is there.
    [[nodiscard]] Result<> advance(ByteView log, const std::optional<SeenCheckpoint>& before,
                                   const SeenCheckpoint& after, std::string_view told);

  private:
    SeenTable(const archive::Database& database, archive::Statement find, archive::Statement put,
              SeenDigest digest_of)
        : database_(&database),
          find_(std::move(find)),
          put_(std::move(put)),
          digest_of_(digest_of) {}

    const archive::Database* database_;
    archive::Statement find_;
    archive::Statement put_;
    SeenDigest digest_of_;
};

}  // namespace aion::tlog
