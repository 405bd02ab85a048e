// SPDX-License-Identifier: MIT OR Apache-2.0
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "aion/crypto/hash.hpp"
#include "aion/tlog/monitor.hpp"
#include "archive/database.hpp"
#include "archive/encoding.hpp"
#include "base/try.hpp"
#include "tlog/seen_table.hpp"

namespace aion::tlog {
namespace {

using archive::Database;
using archive::DatabaseKind;
using archive::DatabaseOpening;
using archive::Statement;

constexpr int wait_ms = 5000;
constexpr std::uint32_t application_id = 0x61696F6D;  // "aiom"

constexpr auto tables = std::to_array<const char*>({
    "CREATE TABLE followed(origin BLOB PRIMARY KEY, note BLOB, time INTEGER, digest BLOB) "
    "WITHOUT ROWID",
    "CREATE TABLE alarms(number INTEGER PRIMARY KEY, origin BLOB, misdeed INTEGER, time INTEGER, "
    "before BLOB, after BLOB, digest BLOB)",
});

constexpr DatabaseKind kind = {
    .what = "logs that are followed",
    .remedy = "bring back a copy, or remove it, whereby all that was seen is forgotten",
    .application_id = application_id,
    .version = 1,
    .tables = tables,
    .believed = true};

enum Sql : std::size_t { find_alarm, put_alarm, all_alarms };

constexpr auto sql = std::to_array<std::string_view>({
    "SELECT 1 FROM alarms WHERE origin = ?1 AND before = ?2 AND after = ?3 LIMIT 1",
    "INSERT INTO alarms VALUES(NULL, ?1, ?2, ?3, ?4, ?5, ?6)",
    "SELECT misdeed, time, before, after, digest FROM alarms WHERE origin = ?1 ORDER BY number",
});

Hash digest_of(ByteView origin, const FollowedLog& log) {
    return crypto::blake3(archive::Encoder().sized(origin).sized(log.note).number(log.time).view());
}

Hash digest_of(std::string_view origin, const LogAlarm& alarm) {
    return crypto::blake3(archive::Encoder()
                              .sized(origin)
                              .number(static_cast<std::uint64_t>(alarm.misdeed))
                              .number(alarm.time)
                              .sized(alarm.before)
                              .sized(alarm.after)
                              .view());
}

class MonitorFile final : public MonitorMemory {
  public:
    MonitorFile(std::unique_ptr<Database> database, SeenTable followed,
                std::vector<Statement> statements)
        : database_(std::move(database)),
          followed_(std::move(followed)),
          statements_(std::move(statements)) {}

    [[nodiscard]] Result<std::optional<FollowedLog>> find(std::string_view origin) override {
        return followed_.find(as_bytes(origin));
    }

    [[nodiscard]] Result<> advance(std::string_view origin,
                                   const std::optional<FollowedLog>& before,
                                   const FollowedLog& after) override {
        return followed_.advance(as_bytes(origin), before, after,
                                 "another process has looked at the log meanwhile");
    }

    [[nodiscard]] Result<> add(std::string_view origin, const LogAlarm& alarm) override {
        return database_->change([&]() -> Result<> {
            Statement& known = statements_[find_alarm];
            known.bind(1, as_bytes(origin))
                .bind(2, as_bytes(alarm.before))
                .bind(3, as_bytes(alarm.after));
            AION_TRY_ASSIGN(const bool is_there, known.step());
            known.reset();
            if (is_there) {
                return {};
            }
            const Hash digest = digest_of(origin, alarm);
            return statements_[put_alarm]
                .bind(1, as_bytes(origin))
                .bind(2, static_cast<std::uint64_t>(alarm.misdeed))
                .bind(3, alarm.time)
                .bind(4, as_bytes(alarm.before))
                .bind(5, as_bytes(alarm.after))
                .bind(6, digest.view())
                .run();
        });
    }

    [[nodiscard]] Result<> each_alarm(std::string_view origin,
                                      const std::function<void(const LogAlarm&)>& tell) override {
        std::vector<LogAlarm> alarms;
        Statement& rows = statements_[all_alarms];
        rows.bind(1, as_bytes(origin));
        while (true) {
            AION_TRY_ASSIGN(const bool more, rows.step());
            if (!more) {
                break;
            }
            LogAlarm alarm{.misdeed = rows.number(0) == 0 ? LogMisdeed::rollback : LogMisdeed::fork,
                           .time = rows.number(1),
                           .before = std::string(as_text(rows.bytes(2))),
                           .after = std::string(as_text(rows.bytes(3)))};
            if (!equal(rows.bytes(4), digest_of(origin, alarm).view())) {
                rows.reset();
                return fail(database_->damaged("an alarm is not what was written"));
            }
            alarms.push_back(std::move(alarm));
        }
        for (const LogAlarm& alarm : alarms) {
            tell(alarm);
        }
        return {};
    }

  private:
    std::unique_ptr<Database> database_;
    SeenTable followed_;  // They go before it.
    std::vector<Statement> statements_;
};

}  // namespace

Result<std::unique_ptr<MonitorMemory>> open_monitor_memory(Env& env,
                                                           const std::filesystem::path& path) {
    AION_TRY_ASSIGN(auto database,
                    Database::open(env, path, kind, DatabaseOpening::create, wait_ms));
    AION_TRY_ASSIGN(SeenTable followed, SeenTable::open(*database, "followed", digest_of));
    std::vector<Statement> statements;
    statements.reserve(sql.size());
    for (const std::string_view text : sql) {
        AION_TRY_ASSIGN(Statement made, database->prepare(text));
        statements.push_back(std::move(made));
    }
    return std::make_unique<MonitorFile>(std::move(database), std::move(followed),
                                         std::move(statements));
}

}  // namespace aion::tlog
