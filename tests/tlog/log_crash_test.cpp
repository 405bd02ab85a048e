// SPDX-License-Identifier: MIT OR Apache-2.0
// The power goes, or a call fails, at every call of what writes a log: what was acknowledged is
// there, the log is as it was before or as it should be after, and whoever writes next goes on.
#include <gtest/gtest.h>

#include <cerrno>

#include "aion/base/memory_env.hpp"
#include "aion/tlog/log_check.hpp"
#include "aion/tlog/log_store.hpp"
#include "tlog/log_world.hpp"

namespace aion::tlog::test {
namespace {

using aion::test::ok;

struct Step {
    std::string name;
    std::uint64_t before;                    // How many entries there are.
    std::uint64_t after;                     // And then.
    std::function<Result<>(LogWorld&)> run;  // In a log of `before`.
};

Result<> append_until(LogWorld& world, std::uint64_t first, std::uint64_t end) {
    const auto appended = world.append(entries_of(first, end));
    return appended ? Result<>{} : fail(appended.error());
}

const std::vector<Step>& steps() {
    static const std::vector<Step> all{
        {"first", 0, 1, [](LogWorld& world) { return append_until(world, 0, 1); }},
        {"within a tile", 3, 5, [](LogWorld& world) { return append_until(world, 3, 5); }},
        {"ends a tile", 250, 256, [](LogWorld& world) { return append_until(world, 250, 256); }},
        {"over two tiles", 255, 520, [](LogWorld& world) { return append_until(world, 255, 520); }},
        {"rotate", 3, 3,
         [](LogWorld& world) -> Result<> {
             const auto writer = world.write();
             return writer ? (*writer)->rotate({signer_of(next_operators)}) : fail(writer.error());
         }},
    };
    return all;
}

void prepare(LogWorld& world, const Step& step) {
    ok(world.create());
    if (step.before > 0) {
        // In two, so that there is a partial tile of an earlier checkpoint.
        ok(world.append(entries_of(0, (step.before + 1) / 2)));
        ok(world.append(entries_of(0, step.before)));
    }
}

// As before or as after; what is there, is right; and it can be written again.
void expect_sound(LogWorld& world, const Step& step, bool is_done) {
    const auto log = world.read();
    ASSERT_TRUE(log) << log.error().full_message();
    const std::uint64_t size = (*log)->size();
    EXPECT_TRUE(size == step.before || size == step.after) << size;
    if (is_done) {
        EXPECT_EQ(size, step.after);
    }
    for (std::uint64_t i = 0; i < size; ++i) {
        const auto entry = (*log)->entry(i);
        ASSERT_TRUE(entry) << i << ": " << entry.error().full_message();
        ASSERT_EQ(*entry, entry_of(i));
    }
    const bool is_rotated = (*log)->key() == signer_of(next_operators).key();
    EXPECT_TRUE(!is_rotated || step.name == "rotate");
    const auto filler = is_rotated ? next_operators : operators;
    const auto appended = world.append(entries_of(0, step.after + 2), filler);
    ASSERT_TRUE(appended) << appended.error().full_message();
    EXPECT_EQ(appended->added, step.after + 2 - size);
    LogCheckOptions options;
    options.indexing = LogIndexing::none;
    const auto report = check_log(world.env, world.folder, options);
    ASSERT_TRUE(report) << report.error().full_message();
    EXPECT_TRUE(report->is_valid());
    EXPECT_EQ(report->checkpoint.size, step.after + 2);
}

TEST(LogCrash, ThePowerGoesAtEveryCall) {
    for (const Step& step : steps()) {
        SCOPED_TRACE(step.name);
        std::uint64_t calls = 1;
        for (std::uint64_t call = 0; call < calls; ++call) {
            for (std::uint64_t seed = 0; seed < 3; ++seed) {
                SCOPED_TRACE("call " + std::to_string(call) + ", seed " + std::to_string(seed));
                MemoryEnv env;
                LogWorld world(env);
                prepare(world, step);
                env.set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord&) {
                    return index >= call ? EIO : 0;
                });
                const bool is_done = step.run(world).has_value();
                calls = std::max(calls, is_done ? call : call + 2);
                env.cut_power({.seed = seed, .keep_some = seed != 0});
                expect_sound(world, step, is_done);
                if (::testing::Test::HasFailure()) {
                    return;
                }
            }
        }
        EXPECT_GT(calls, 10U);
    }
}

TEST(LogCrash, EveryCallFailsOnce) {
    for (const Step& step : steps()) {
        SCOPED_TRACE(step.name);
        bool is_clean = false;
        for (std::uint64_t call = 0; !is_clean; ++call) {
            SCOPED_TRACE("call " + std::to_string(call));
            MemoryEnv env;
            LogWorld world(env);
            prepare(world, step);
            bool has_failed = false;
            env.set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord&) {
                has_failed = has_failed || index == call;
                return index == call ? ENOSPC : 0;
            });
            const bool is_done = step.run(world).has_value();
            env.set_fault({});
            is_clean = !has_failed;
            expect_sound(world, step, is_done);
            if (::testing::Test::HasFailure()) {
                return;
            }
        }
    }
}

TEST(LogCrash, ALogThatWasNotFinishedIsMadeAgain) {
    std::uint64_t calls = 1;
    for (std::uint64_t call = 0; call < calls; ++call) {
        SCOPED_TRACE("call " + std::to_string(call));
        MemoryEnv env;
        LogWorld world(env);
        env.set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord&) {
            return index >= call ? EIO : 0;
        });
        const bool is_done = world.create().has_value();
        calls = std::max(calls, is_done ? call : call + 2);
        env.cut_power({.seed = call, .keep_some = true});
        if (!world.read()) {
            EXPECT_FALSE(is_done);
            ok(world.create());
        }
        ok(world.append(entries_of(0, 2)));
    }
    EXPECT_GT(calls, 5U);
}

// A writer that goes on after an error, with what it holds in memory.
TEST(LogCrash, TheSameWriterGoesOn) {
    bool is_clean = false;
    for (std::uint64_t call = 0; !is_clean; ++call) {
        SCOPED_TRACE("call " + std::to_string(call));
        MemoryEnv env;
        LogWorld world(env);
        ok(world.create());
        const auto writer = ok(world.write());
        ok(writer->append(views_of(entries_of(0, 250))));
        bool has_failed = false;
        env.set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord&) {
            has_failed = has_failed || index == call;
            return index == call ? ENOSPC : 0;
        });
        const auto first = writer->append(views_of(entries_of(250, 260)));
        env.set_fault({});
        is_clean = !has_failed;
        const auto again = writer->append(views_of(entries_of(250, 261)));
        ASSERT_TRUE(again) << again.error().full_message();
        EXPECT_EQ(again->indexes.back(), 260U);
        EXPECT_TRUE(!first || again->added == 1U);
        const auto log = ok(world.read());
        EXPECT_EQ(log->size(), 261U);
        for (std::uint64_t i = 0; i < 261; ++i) {
            ASSERT_EQ(ok(log->entry(i)), entry_of(i));
        }
    }
}

}  // namespace
}  // namespace aion::tlog::test
