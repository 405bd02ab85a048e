// SPDX-License-Identifier: MIT OR Apache-2.0
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "aion/crypto/hash.hpp"
#include "aion/tlog/monitor.hpp"
#include "archive/database.hpp"
#include "base/try.hpp"

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

enum Sql : std::size_t { find_log, put_log, find_alarm, put_alarm, all_alarms };

constexpr auto sql = std::to_array<std::string_view>({
    "SELECT note, time, digest FROM followed WHERE origin = ?1",
    "INSERT OR REPLACE INTO followed VALUES(?1, ?2, ?3, ?4)",
    "SELECT 1 FROM alarms WHERE origin = ?1 AND before = ?2 AND after = ?3 LIMIT 1",
    "INSERT INTO alarms VALUES(NULL, ?1, ?2, ?3, ?4, ?5, ?6)",
    "SELECT misdeed, time, before, after, digest FROM alarms WHERE origin = ?1 ORDER BY number",
});

// Length first, so that no two rows give the same bytes.
void add(crypto::Blake3& hasher, std::uint64_t number) {
    std::array<std::uint8_t, sizeof number> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    hasher.update(bytes);
}

void add(crypto::Blake3& hasher, std::string_view text) {
    add(hasher, text.size());
    hasher.update(as_bytes(text));
}

Hash digest_of(std::string_view origin, const FollowedLog& log) {
    crypto::Blake3 hasher;
    add(hasher, origin);
    add(hasher, log.note);
    add(hasher, log.time);
    return hasher.digest();
}

Hash digest_of(std::string_view origin, const LogAlarm& alarm) {
    crypto::Blake3 hasher;
    add(hasher, origin);
    add(hasher, static_cast<std::uint64_t>(alarm.misdeed));
    add(hasher, alarm.time);
    add(hasher, alarm.before);
    add(hasher, alarm.after);
    return hasher.digest();
}

class MonitorFile final : public MonitorMemory {
  public:
    explicit MonitorFile(std::unique_ptr<Database> database) : database_(std::move(database)) {}

    [[nodiscard]] Result<> prepare() {
        // So that the name of the journal, which would undo a change, is gone for good, too.
        AION_TRY(database_->run("PRAGMA synchronous=EXTRA"));
        statements_.reserve(sql.size());
        for (const std::string_view text : sql) {
            AION_TRY_ASSIGN(Statement made, database_->prepare(text));
            statements_.push_back(std::move(made));
        }
        return {};
    }

    [[nodiscard]] Result<std::optional<FollowedLog>> find(std::string_view origin) override {
        Statement& rows = statements_[find_log];
        rows.bind(1, as_bytes(origin));
        AION_TRY_ASSIGN(const bool is_there, rows.step());
        std::optional<FollowedLog> log;
        bool is_sound = true;
        if (is_there) {
            log = {.note = std::string(as_text(rows.bytes(0))), .time = rows.number(1)};
            is_sound = equal(rows.bytes(2), digest_of(origin, *log).view());
        }
        rows.reset();
        if (!is_sound) {
            return fail(database_->damaged("a checkpoint is not what was written"));
        }
        return log;
    }

    [[nodiscard]] Result<> advance(std::string_view origin,
                                   const std::optional<FollowedLog>& before,
                                   const FollowedLog& after) override {
        return database_->change([&]() -> Result<> {
            AION_TRY_ASSIGN(const auto now, find(origin));
            if (now != before) {
                return fail(error_because(ErrorCode::conflict,
                                          "another process has looked at the log meanwhile"));
            }
            const Hash digest = digest_of(origin, after);
            return statements_[put_log]
                .bind(1, as_bytes(origin))
                .bind(2, as_bytes(after.note))
                .bind(3, after.time)
                .bind(4, digest.view())
                .run();
        });
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
    std::vector<Statement> statements_;  // They go before it.
};

}  // namespace

Result<std::unique_ptr<MonitorMemory>> open_monitor_memory(Env& env,
                                                           const std::filesystem::path& path) {
    AION_TRY_ASSIGN(auto database,
                    Database::open(env, path, kind, DatabaseOpening::create, wait_ms));
    auto memory = std::make_unique<MonitorFile>(std::move(database));
    AION_TRY(memory->prepare());
    return memory;
}

}  // namespace aion::tlog
