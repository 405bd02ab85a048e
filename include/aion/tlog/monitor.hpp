// SPDX-License-Identifier: MIT OR Apache-2.0
// Following a log: what is new in it, and whether it is still the log that it was.
//
// What was seen last is kept. Each look proves that the log continues it, tells of all entries
// since then, and only then moves on; so whoever is interrupted is told of the same entries again,
// and of none never.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/tlog/checkpoint.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/log_client.hpp"
#include "aion/tlog/policy.hpp"

namespace aion::tlog {

/// What a log must never do.
enum class LogMisdeed : std::uint8_t {
    rollback,  ///< It shows fewer entries than it did: an old copy is served, or it was set back.
    fork,      ///< It has other entries where it had some: it shows different logs.
};
[[nodiscard]] std::string_view name_of(LogMisdeed misdeed) noexcept;

/// A misdeed, and the two signed notes that show it to anybody.
struct LogAlarm {
    LogMisdeed misdeed = LogMisdeed::rollback;
    std::uint64_t time = 0;  ///< When it was found, seconds since the epoch.
    std::string before;
    std::string after;
};

/// What was seen of a log: the latest checkpoint that continues all before it.
using FollowedLog = SeenCheckpoint;

/// Where a monitor keeps what it has seen, by the names of logs. What it says is believed.
class MonitorMemory {
  public:
    MonitorMemory() = default;
    virtual ~MonitorMemory() = default;
    MonitorMemory(const MonitorMemory&) = delete;
    MonitorMemory& operator=(const MonitorMemory&) = delete;
    MonitorMemory(MonitorMemory&&) = delete;
    MonitorMemory& operator=(MonitorMemory&&) = delete;

    [[nodiscard]] virtual Result<std::optional<FollowedLog>> find(std::string_view origin) = 0;
    /// Durable when it returns, as the next. Error: `conflict` when something else than `before` is
    /// there.
    [[nodiscard]] virtual Result<> advance(std::string_view origin,
                                           const std::optional<FollowedLog>& before,
                                           const FollowedLog& after) = 0;
    /// Notes an alarm, once for each two notes.
    [[nodiscard]] virtual Result<> add(std::string_view origin, const LogAlarm& alarm) = 0;
    /// Tells of all alarms about a log, in the order in which they were found.
    [[nodiscard]] virtual Result<> each_alarm(std::string_view origin,
                                              const std::function<void(const LogAlarm&)>& tell) = 0;
};

/// A database at `path`, which is made if it is not there. Errors, of its functions, too: as
/// `open_witness_memory`.
[[nodiscard]] Result<std::unique_ptr<MonitorMemory>> open_monitor_memory(
    Env& env, const std::filesystem::path& path);

/// What a look has found.
struct MonitorReport {
    AcceptedCheckpoint latest;
    /// The policy does not have the key that signed that, but a former one, which vouches for it.
    bool is_of_later_key = false;
    bool is_first = false;          ///< Nothing was known of this log.
    std::uint64_t size_before = 0;  ///< Its size when it was looked at last.
    std::optional<LogAlarm> alarm;  ///< Nothing was told of entries then.
};

/// Is told of an entry since the last look: of those that are not ours, too.
using OnLogEntry = std::function<Result<>(std::uint64_t index, ByteView entry)>;

/// Is told what was found, before it counts as seen. An error leaves all as it was.
using OnMonitorReport = std::function<Result<>(const MonitorReport& report)>;

/// Looks at a log once. One whose key has changed since the policy was written is followed by the
/// records of that, `keys/N`, each of which the key before has signed.
/// Errors: `invalid_format` with the detail `log_bad_keys`; those of `LogPolicy::judge`,
/// `TileTree`, `MonitorMemory`, of the source, of `each` and `tell`.
[[nodiscard]] Result<MonitorReport> look_at_log(Env& env, LogSource& log, const LogPolicy& policy,
                                                MonitorMemory& memory, const OnLogEntry& each,
                                                const OnMonitorReport& tell = nullptr);

}  // namespace aion::tlog
