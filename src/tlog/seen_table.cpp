// SPDX-License-Identifier: MIT OR Apache-2.0
#include "tlog/seen_table.hpp"

#include <fmt/format.h>

#include "base/try.hpp"

namespace aion::tlog {

Result<SeenTable> SeenTable::open(const archive::Database& database, std::string_view name,
                                  SeenDigest digest_of) {
    AION_TRY_ASSIGN(auto find, database.prepare(fmt::format(
                                   "SELECT note, time, digest FROM {} WHERE origin = ?1", name)));
    AION_TRY_ASSIGN(auto put, database.prepare(fmt::format(
                                  "INSERT OR REPLACE INTO {} VALUES(?1, ?2, ?3, ?4)", name)));
    return SeenTable(database, std::move(find), std::move(put), digest_of);
}

Result<std::optional<SeenCheckpoint>> SeenTable::find(ByteView log) {
    find_.bind(1, log);
    AION_TRY_ASSIGN(const bool is_there, find_.step());
    std::optional<SeenCheckpoint> seen;
    bool is_sound = true;
    if (is_there) {
        seen = {.note = std::string(as_text(find_.bytes(0))), .time = find_.number(1)};
        is_sound = equal(find_.bytes(2), digest_of_(log, *seen).view());
    }
    find_.reset();
    if (!is_sound) {
        return fail(database_->damaged("a checkpoint is not what was written"));
    }
    return seen;
}

Result<> SeenTable::advance(ByteView log, const std::optional<SeenCheckpoint>& before,
                            const SeenCheckpoint& after, std::string_view told) {
    return database_->change([&]() -> Result<> {
        AION_TRY_ASSIGN(const auto now, find(log));
        if (now != before) {
            return fail(error_because(ErrorCode::conflict, std::string(told)));
        }
        const Hash digest = digest_of_(log, after);
        return put_.bind(1, log)
            .bind(2, as_bytes(after.note))
            .bind(3, after.time)
            .bind(4, digest.view())
            .run();
    });
}

}  // namespace aion::tlog
