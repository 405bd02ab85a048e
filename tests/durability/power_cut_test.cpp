// SPDX-License-Identifier: MIT OR Apache-2.0
// The power goes during every operation, at every call, and what was not synced is lost, torn or
// reordered: afterwards everything is as before the operation or as after it, and whoever was
// told of success finds what was written.
//
//   AION_POWER_SEEDS=N       N ways for the disk to forget at each cut (default 12)
//   AION_POWER_HISTORIES=N   N random sequences of operations (default 8)
//   AION_POWER_CUT="commit 17 5"    replays one cut: operation, call, seed
//   AION_POWER_HISTORY="3 120 7"    replays one cut: history, call, seed
#include <gtest/gtest.h>

#include <cerrno>
#include <random>
#include <sstream>

#include "durability/operations.hpp"
#include "support/environment.hpp"
#include "support/places.hpp"

namespace aion::test {
namespace {

/// From call `first` on nothing reaches the disk any more.
void fail_from(MemoryEnv& env, std::uint64_t first) {
    env.set_fault([first](std::uint64_t index, const MemoryEnv::CallRecord&) {
        return index >= first ? EIO : 0;
    });
}

/// Seed 0 forgets all that was not synced; the others keep some of it.
void cut(MemoryEnv& env, std::uint64_t seed) {
    env.cut_power({.seed = seed, .keep_some = seed != 0});
}

// A torn write is one that the cut itself interrupted, too.
constexpr std::uint32_t torn_fraction(std::uint64_t seed) {
    return static_cast<std::uint32_t>(seed * 37 % 257);
}

struct Outline {
    Files before;
    Files after;
    std::uint64_t calls = 0;
};

Outline outline_of(const Operation& operation) {
    const auto machine = prepared(operation);
    Outline outline;
    outline.before = files_of(machine->env);
    machine->env.set_fault({});
    const auto result = operation.run(machine->site);
    EXPECT_TRUE(result) << operation.name << ": " << result.error().full_message();
    outline.calls = machine->env.call_count();
    outline.after = files_of(machine->env);
    EXPECT_NE(outline.after, outline.before);
    EXPECT_EQ(what_is_wrong(machine->site), "");
    EXPECT_TRUE(temporaries_of(machine->env).empty());
    return outline;
}

/// A later run succeeds, and cleans what the interrupted one left.
void expect_recovery(const Operation& operation, MemorySite& machine, bool is_new) {
    const auto again = is_new ? operation.later(machine.site) : operation.run(machine.site);
    EXPECT_TRUE(again) << (again ? "" : again.error().full_message());
    EXPECT_EQ(what_is_wrong(machine.site), "");
    EXPECT_EQ(temporaries_of(machine.env), std::vector<std::string>{});
    for (const std::string& path : machine.env.all_paths()) {
        const bool orphan =
            path.ends_with(".pub") && !machine.env.get(path.substr(0, path.size() - 4) + ".key");
        EXPECT_FALSE(orphan) << path << " has no private half";
    }
}

void try_cut(const Operation& operation, const Outline& outline, std::uint64_t call,
             std::uint64_t seed) {
    SCOPED_TRACE("replay with AION_POWER_CUT=\"" + operation.name + ' ' + std::to_string(call) +
                 ' ' + std::to_string(seed) + '"');
    const auto machine = prepared(operation);
    machine->env.set_torn_write_fraction(torn_fraction(seed));
    fail_from(machine->env, call);
    const auto result = operation.run(machine->site);
    cut(machine->env, seed);

    const Files now = files_of(machine->env);
    const bool is_old = now == outline.before;
    const bool is_new = now == outline.after;
    EXPECT_TRUE(is_old || is_new) << "neither the old state nor the new one";
    EXPECT_TRUE(!result || is_new) << "reported as done, and lost";
    EXPECT_EQ(what_is_wrong(machine->site), "");
    if (is_old || is_new) {
        expect_recovery(operation, *machine, is_new);
    }
}

class PowerCut : public ::testing::TestWithParam<std::size_t> {
  protected:
    [[nodiscard]] const Operation& operation() const { return operations()[GetParam()]; }
};

TEST_P(PowerCut, LeavesTheOldStateOrTheNewOne) {
    const Outline outline = outline_of(operation());
    const std::uint64_t seeds =
        number_from_environment("AION_POWER_SEEDS", operation().cost == Cost::little ? 12 : 1);
    for (std::uint64_t call = 0; call <= outline.calls; ++call) {
        for (std::uint64_t i = 0; i < seeds && !HasFailure(); ++i) {
            // With one way only, another one at every call.
            try_cut(operation(), outline, call, seeds == 1 ? call % 3 : i);
        }
    }
}

std::string name_of(const ::testing::TestParamInfo<std::size_t>& info) {
    return operations()[info.param].name;
}

INSTANTIATE_TEST_SUITE_P(Operations, PowerCut,
                         ::testing::Range(std::size_t{0}, operations().size()), name_of);

TEST(PowerCutReplay, OneCut) {
    const char* const wanted = std::getenv("AION_POWER_CUT");  // NOLINT(concurrency-mt-unsafe)
    if (wanted == nullptr) {
        GTEST_SKIP() << "AION_POWER_CUT names no cut";
    }
    std::istringstream words(wanted);
    std::string name;
    std::uint64_t call = 0;
    std::uint64_t seed = 0;
    ASSERT_TRUE(words >> name >> call >> seed) << "not \"operation call seed\": " << wanted;
    for (const Operation& operation : operations()) {
        if (operation.name == name) {
            try_cut(operation, outline_of(operation), call, seed);
            return;
        }
    }
    FAIL() << "no operation " << name;
}

// --- Sequences -----------------------------------------------------------------------------------

/// Random operations one after the other in one site. Some fail by themselves (a key that is
/// there already): then they must change nothing.
class History {
  public:
    explicit History(std::uint64_t seed) {
        std::mt19937_64 random(seed);
        for (int i = 0; i < 6; ++i) {
            const Operation& one = operations()[random() % operations().size()];
            if (one.cost == Cost::little) {
                steps_.push_back(random() % 2 == 0 ? one.run : one.later);
            }
        }
    }

    /// Runs steps until one fails although `expected` says that it succeeds, which is how a cut
    /// shows, and says how many were done.
    std::size_t run(MemorySite& machine, const std::vector<bool>* expected,
                    const std::function<void(bool)>& after_each) const {
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            const bool succeeded = steps_[i](machine.site).has_value();
            if (expected != nullptr && succeeded != (*expected)[i]) {
                return i;
            }
            after_each(succeeded);
        }
        return steps_.size();
    }

    [[nodiscard]] std::size_t size() const { return steps_.size(); }

  private:
    std::vector<std::function<Result<>(Site&)>> steps_;
};

struct HistoryOutline {
    std::vector<Files> states;  ///< Before the first step and after each.
    std::vector<bool> successes;
    std::uint64_t calls = 0;
};

HistoryOutline outline_of(const History& history, std::uint64_t seed) {
    MemorySite machine(seed + 1);
    HistoryOutline outline;
    outline.states.push_back(files_of(machine.env));
    machine.env.set_fault({});
    history.run(machine, nullptr, [&](bool succeeded) {
        outline.successes.push_back(succeeded);
        outline.states.push_back(files_of(machine.env));
    });
    outline.calls = machine.env.call_count();
    EXPECT_EQ(what_is_wrong(machine.site), "");
    return outline;
}

void try_cut(const History& history, const HistoryOutline& outline, std::uint64_t number,
             std::uint64_t call, std::uint64_t seed) {
    SCOPED_TRACE("replay with AION_POWER_HISTORY=\"" + std::to_string(number) + ' ' +
                 std::to_string(call) + ' ' + std::to_string(seed) + '"');
    MemorySite machine(number + 1);
    machine.env.set_torn_write_fraction(torn_fraction(seed));
    fail_from(machine.env, call);
    const std::size_t done = history.run(machine, &outline.successes, [](bool) {});
    cut(machine.env, seed);
    const Files now = files_of(machine.env);
    const bool known =
        now == outline.states[done] || (done < history.size() && now == outline.states[done + 1]);
    EXPECT_TRUE(known) << done << " operations were done, which is not what the disk holds";
    EXPECT_EQ(what_is_wrong(machine.site), "");
}

TEST(PowerCutHistory, KeepsWhatWasDone) {
    const std::uint64_t histories = number_from_environment("AION_POWER_HISTORIES", 8);
    for (std::uint64_t number = 0; number < histories && !HasFailure(); ++number) {
        const History history(number);
        const HistoryOutline outline = outline_of(history, number);
        for (std::uint64_t call = 0; call <= outline.calls && !HasFailure(); ++call) {
            try_cut(history, outline, number, call, number * 131 + call);
        }
    }
}

TEST(PowerCutReplay, OneHistory) {
    const char* const wanted = std::getenv("AION_POWER_HISTORY");  // NOLINT(concurrency-mt-unsafe)
    if (wanted == nullptr) {
        GTEST_SKIP() << "AION_POWER_HISTORY names no cut";
    }
    std::istringstream words(wanted);
    std::uint64_t number = 0;
    std::uint64_t call = 0;
    std::uint64_t seed = 0;
    ASSERT_TRUE(words >> number >> call >> seed) << "not \"history call seed\": " << wanted;
    const History history(number);
    try_cut(history, outline_of(history, number), number, call, seed);
}

// --- The simulation itself -----------------------------------------------------------------------

/// The cut must be able to do harm, or the tests above show nothing.
TEST(PowerCutSimulation, HarmsAWriterThatDoesNotSync) {
    std::size_t lost = 0;
    std::size_t torn = 0;
    for (std::uint64_t seed = 0; seed < 64; ++seed) {
        MemorySite machine;
        const Bytes content(1000, 'x');
        {
            auto file = create_at(machine.env, "/w/plain", 0644U);
            ASSERT_TRUE(file);
            ASSERT_TRUE((*file)->append(content));
            ASSERT_TRUE((*file)->close());
        }
        cut(machine.env, seed);
        const auto kept = machine.env.get("/w/plain");
        lost += kept ? 0U : 1U;
        torn += kept && *kept != content ? 1U : 0U;
    }
    EXPECT_GT(lost, 0U);
    EXPECT_GT(torn, 0U);
}

}  // namespace
}  // namespace aion::test
