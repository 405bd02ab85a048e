// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/monitor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "tlog/log_folder.hpp"
#include "tlog/small_log.hpp"

namespace aion::tlog::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MonitorTest : public testing::Test {
  protected:
    MonitorTest() : memory(ok(open_monitor_memory(Env::system(), folder / "followed"))) {
        env.set_now(Timestamp{1'700'000'000'000'000'000});
    }

    Result<MonitorReport> look(SmallLog& at) {
        told.clear();
        return look_at_log(env, at, LogPolicy::of(at.key()), *memory,
                           [&](std::uint64_t index, ByteView entry) -> Result<> {
                               EXPECT_TRUE(equal(entry, at.entries[index]));
                               told.push_back(index);
                               return stops_at == index ? Result<>(fail(invalid_format("stop")))
                                                        : Result<>();
                           });
    }

    [[nodiscard]] std::vector<LogAlarm> alarms() const {
        std::vector<LogAlarm> all;
        ok(memory->each_alarm(small_log_name,
                              [&](const LogAlarm& alarm) { all.push_back(alarm); }));
        return all;
    }

    aion::test::TemporaryFolder folder;
    MemoryEnv env;
    std::unique_ptr<MonitorMemory> memory;
    SmallLog log{3};
    std::vector<std::uint64_t> told;
    std::optional<std::uint64_t> stops_at;
};

TEST_F(MonitorTest, TellsOfEachEntryOnce) {
    auto report = ok(look(log));
    EXPECT_TRUE(report.is_first);
    EXPECT_EQ(report.latest.checkpoint, log.checkpoint_at(3));
    EXPECT_THAT(told, ElementsAre(0, 1, 2));
    report = ok(look(log));
    EXPECT_FALSE(report.is_first);
    EXPECT_THAT(told, IsEmpty());
    log.append("four");
    log.append("five");
    memory = ok(open_monitor_memory(Env::system(), folder / "followed"));
    report = ok(look(log));
    EXPECT_EQ(report.size_before, 3);
    EXPECT_THAT(told, ElementsAre(3, 4));
    EXPECT_FALSE(report.alarm);
}

// Records as a log's writer makes them: the key of a number takes over from the one before.
std::string record(std::uint64_t number, std::uint64_t size, const NoteSigner& key,
                   const std::vector<NoteSigner>& signers) {
    std::vector<Signing> signings;
    for (const NoteSigner& signer : signers) {
        signings.push_back({.signer = signer});
    }
    return signed_note(key_record(number, size, key.key()), signings);
}

class MonitorOfKeys : public MonitorTest {
  protected:
    MonitorOfKeys() : former(signer_of(small_log_name, NoteKeyType::ed25519, 0x51)) {
        log.key_records = {record(0, 0, former, {former}),
                           record(1, 2, log.signer(), {former, log.signer()})};
    }

    Result<MonitorReport> follow(const NoteKey& key) {
        return look_at_log(env, log, LogPolicy::of(key), *memory,
                           [](std::uint64_t, ByteView) -> Result<> { return {}; });
    }

    NoteSigner former;
};

TEST_F(MonitorOfKeys, ALaterKeyIsFollowed) {
    auto report = ok(follow(former.key()));
    EXPECT_TRUE(report.is_of_later_key);
    EXPECT_EQ(report.latest.log, log.key());
    EXPECT_EQ(report.latest.checkpoint, log.checkpoint_at(3));
    report = ok(follow(log.key()));
    EXPECT_FALSE(report.is_of_later_key);
}

TEST_F(MonitorOfKeys, OnlyWhereAKeyThatIsBelievedVouchesForIt) {
    const NoteSigner stranger = signer_of(small_log_name, NoteKeyType::ed25519, 0x52);
    EXPECT_EQ(detail_of(follow(stranger.key())), "note_not_signed");
    log.key_records = {record(0, 0, stranger, {stranger}),
                       record(1, 2, log.signer(), {stranger, log.signer()})};
    EXPECT_EQ(detail_of(follow(former.key())), "note_not_signed");
    log.key_records = {record(0, 0, former, {former}), record(1, 2, log.signer(), {log.signer()})};
    EXPECT_EQ(detail_of(follow(former.key())), "log_bad_keys");
    log.key_records = {"no note"};
    EXPECT_FALSE(follow(former.key()));
    log.key_records.clear();
    EXPECT_EQ(detail_of(follow(former.key())), "note_not_signed");
}

TEST_F(MonitorOfKeys, NotBeforeItTookOver) {
    log.key_records[1] = record(1, 4, log.signer(), {former, log.signer()});
    EXPECT_EQ(detail_of(follow(former.key())), "note_not_signed");
}

TEST_F(MonitorTest, AnEmptyLogIsFollowedToo) {
    SmallLog empty;
    EXPECT_TRUE(ok(look(empty)).is_first);
    EXPECT_THAT(told, IsEmpty());
    empty.append("one");
    EXPECT_FALSE(ok(look(empty)).is_first);
    EXPECT_THAT(told, ElementsAre(0));
}

TEST_F(MonitorTest, WhoeverIsInterruptedIsToldAgain) {
    stops_at = 1;
    EXPECT_FALSE(look(log));
    stops_at.reset();
    EXPECT_TRUE(ok(look(log)).is_first);
    EXPECT_THAT(told, ElementsAre(0, 1, 2));
}

TEST_F(MonitorTest, ALogThatShrinksIsARollback) {
    ok(look(log));
    const std::string before = log.note();
    log.shows = log.note_at(2);
    const auto report = ok(look(log));
    ASSERT_TRUE(report.alarm);
    EXPECT_EQ(report.alarm->misdeed, LogMisdeed::rollback);
    EXPECT_EQ(report.alarm->before, before);
    EXPECT_EQ(report.alarm->after, log.note_at(2));
    EXPECT_THAT(told, IsEmpty());
    // It stays so, and is noted once.
    ok(look(log));
    ASSERT_EQ(alarms().size(), 1);
    EXPECT_EQ(alarms().front().time, 1'700'000'000);
    // The log as it was goes on as if nothing had happened.
    log.shows.reset();
    log.append("four");
    EXPECT_FALSE(ok(look(log)).alarm);
    EXPECT_THAT(told, ElementsAre(3));
}

TEST_F(MonitorTest, OtherEntriesAreAFork) {
    ok(look(log));
    SmallLog fork(2);
    fork.append("another");
    auto report = ok(look(fork));
    ASSERT_TRUE(report.alarm);
    EXPECT_EQ(report.alarm->misdeed, LogMisdeed::fork);
    fork.append("and another");
    report = ok(look(fork));
    ASSERT_TRUE(report.alarm);
    EXPECT_EQ(report.alarm->misdeed, LogMisdeed::fork);
    EXPECT_THAT(told, IsEmpty());
    EXPECT_EQ(alarms().size(), 2);
    EXPECT_EQ(alarms()[1].after, fork.note());
    EXPECT_EQ(name_of(LogMisdeed::fork), "fork");
    EXPECT_EQ(name_of(LogMisdeed::rollback), "rollback");
}

TEST_F(MonitorTest, TilesThatAreNotOfTheCheckpointAreAnErrorAndNoAlarm) {
    ok(look(log));
    SmallLog other(4);
    log.append("four");
    log.other_tiles["tile/0/000.p/4"] = ok(other.tile({.level = 0, .index = 0, .width = 4}));
    EXPECT_EQ(detail_of(look(log)), "tile_other_content");
    log.other_tiles.clear();
    log.other_tiles["tile/entries/000.p/4"] =
        ok(other.tile({.level = std::nullopt, .index = 0, .width = 4}));
    EXPECT_EQ(detail_of(look(log)), "tile_other_content");
    EXPECT_THAT(told, IsEmpty());
    EXPECT_THAT(alarms(), IsEmpty());
    log.other_tiles.clear();
    EXPECT_FALSE(ok(look(log)).alarm);
}

TEST_F(MonitorTest, ACheckpointThatThePolicyDoesNotAcceptIsAnError) {
    SmallLog stranger(3, small_log_name, 0x77);
    const auto seen = look_at_log(env, stranger, LogPolicy::of(log.key()), *memory,
                                  [](std::uint64_t, ByteView) { return Result<>(); });
    EXPECT_EQ(detail_of(seen), "note_not_signed");
}

TEST_F(MonitorTest, TwoAtATimeDoNotUndoEachOther) {
    ok(look(log));
    const FollowedLog now = *ok(memory->find(small_log_name));
    const auto other = ok(open_monitor_memory(Env::system(), folder / "followed"));
    ok(other->advance(small_log_name, now, {.note = "later\n", .time = 5}));
    EXPECT_EQ(code_of(memory->advance(small_log_name, now, {.note = "mine\n", .time = 4})),
              ErrorCode::conflict);
    EXPECT_EQ(ok(memory->find(small_log_name))->note, "later\n");
    EXPECT_EQ(ok(memory->find("log.example/two")), std::nullopt);
}

}  // namespace
}  // namespace aion::tlog::test
