// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/monitor.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "aion/tlog/tile.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "tlog/details.hpp"
#include "tlog/log_folder.hpp"
#include "tlog/note_details.hpp"

namespace aion::tlog {
namespace {

constexpr std::uint64_t ns_per_s = 1'000'000'000;

constexpr NameTable misdeeds(std::to_array<Named<LogMisdeed>>({
    {LogMisdeed::rollback, "rollback"},
    {LogMisdeed::fork, "fork"},
}));

// Whether the log of `tree` begins as `before` says; an error where that cannot be found out.
Result<bool> continues(TileTree& tree, const Checkpoint& before, const Checkpoint& now) {
    if (before.size == 0) {
        return true;
    }
    if (before.size == now.size) {
        return before.root == now.root;
    }
    // Proven against the root of now, so that it is what the log says of itself.
    AION_TRY_ASSIGN(const auto root, tree.root(before.size));
    return root == before.root;
}

// The key that a log has now, if one of the policy's vouches for it.
Result<std::optional<LogKey>> later_key(LogSource& log, const LogPolicy& policy,
                                        std::string_view origin) {
    AION_TRY_ASSIGN(const std::vector<LogKey> keys,
                    read_log_keys([&](std::uint64_t number) { return log.key_record(number); }));
    const auto is_believed = [&](const LogKey& key) {
        return key.key.name() == origin &&
               std::ranges::any_of(policy.logs(),
                                   [&](const LogPolicy::Log& each) { return each.key == key.key; });
    };
    if (keys.empty() || is_believed(keys.back()) || std::ranges::none_of(keys, is_believed)) {
        return std::nullopt;
    }
    return keys.back();
}

// Fills in what is accepted, and by which key.
Result<> judge(LogSource& log, const LogPolicy& policy, const std::string& note,
               MonitorReport& report) {
    auto accepted = policy.judge(note);
    if (!accepted && accepted.error().detail() == note_details.name(NoteDetail::note_not_signed)) {
        AION_TRY_ASSIGN(const Checkpoint claimed, Checkpoint::of_note(note));
        AION_TRY_ASSIGN(const auto later, later_key(log, policy, claimed.origin));
        if (later && later->size <= claimed.size) {
            accepted = policy.with_log(later->key).judge(note);
            report.is_of_later_key = true;
        }
    }
    AION_TRY_ASSIGN(report.latest, std::move(accepted));
    return {};
}

}  // namespace

std::string_view name_of(LogMisdeed misdeed) noexcept {
    return misdeeds.name(misdeed);
}

Result<MonitorReport> look_at_log(Env& env, LogSource& log, const LogPolicy& policy,
                                  MonitorMemory& memory, const OnLogEntry& each,
                                  const OnMonitorReport& tell) {
    AION_TRY_ASSIGN(const std::string note, log.checkpoint());
    MonitorReport report;
    AION_TRY(judge(log, policy, note, report));
    const Checkpoint& now = report.latest.checkpoint;
    const std::uint64_t time = env.now().value / ns_per_s;
    AION_TRY_ASSIGN(const auto known, memory.find(now.origin));
    report.is_first = !known;
    TileTree tree(log.tiles(), now.size, now.root);
    if (known) {
        AION_TRY_ASSIGN(const Checkpoint before, Checkpoint::of_note(known->note));
        report.size_before = before.size;
        std::optional<LogMisdeed> misdeed;
        if (now.size < before.size) {
            misdeed = LogMisdeed::rollback;
        } else {
            AION_TRY_ASSIGN(const bool goes_on, continues(tree, before, now));
            misdeed = goes_on ? misdeed : LogMisdeed::fork;
        }
        if (misdeed) {
            report.alarm = {
                .misdeed = *misdeed, .time = time, .before = known->note, .after = note};
            AION_TRY(memory.add(now.origin, *report.alarm));
            if (tell) {
                AION_TRY(tell(report));
            }
            return report;
        }
    }
    AION_TRY(tree.each_entry(report.size_before, now.size, each));
    if (tell) {
        AION_TRY(tell(report));
    }
    AION_TRY(memory.advance(now.origin, known, {.note = note, .time = time}));
    return report;
}

}  // namespace aion::tlog
