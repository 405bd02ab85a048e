// SPDX-License-Identifier: MIT OR Apache-2.0
// The tool interrupted by SIGINT, SIGTERM and SIGHUP: dead by the signal, nothing was changed and
// it says so; or it was too late, and all is done.
//
//   AION_KILL_SECONDS   how long to interrupt at random moments (default 3)
//   AION_KILL_SEED      seed of the moments; printed
#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <random>
#include <thread>
#include <tuple>

#include "aion/base/env.hpp"
#include "system/writers.hpp"

namespace aion::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr std::string_view nothing_changed = "Interrupted: nothing was changed\n";

class Interruption : public Writers {
  protected:
    /// What the process of `here` with output `out` has said, once it has said `text`.
    [[nodiscard]] std::string said(const std::string& text) const {
        for (int i = 0; i < 3000; ++i) {
            const std::string all = std::filesystem::exists(path("out")) ? read("out") : "";
            if (all.find(text) != std::string::npos) {
                return all;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ADD_FAILURE() << "never said: " << text;
        return {};
    }

    /// A process that waits for its standard input.
    [[nodiscard]] Child waiting(std::vector<std::string> arguments) const {
        ChildOptions options = here(std::move(arguments));
        options.hold_input = true;
        options.output_path = "out";
        return {aion_program(), options};
    }

    static Ended interrupted(Child child, int signal) {
        ::kill(child.id(), signal);
        return child.wait();
    }
};

TEST_F(Interruption, WhileNothingIsBegunItDiesAtOnceAndSaysThatNothingWasChanged) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        Child child = waiting({"init", "p.aion", "-a", "7", "-k", "1"});
        std::ignore = said("Initializing");
        EXPECT_EQ(interrupted(std::move(child), signal).signal, signal);
        EXPECT_TRUE(read("out").ends_with(nothing_changed)) << read("out");
        EXPECT_FALSE(std::filesystem::exists(path("p.aion")));
        std::filesystem::remove(path("out"));
    }
}

TEST_F(Interruption, WhileItWaitsForAnotherWriterItDiesAtOnce) {
    make("p.aion");
    const auto place = Env::system().locate(path("p.aion"));
    ASSERT_TRUE(place.has_value());
    const auto lock = place->directory->lock(place->name, 0);
    ASSERT_TRUE(lock.has_value());
    std::vector<std::string> commit = tool_commit("p.aion", "more");
    commit.pop_back();  // --quiet
    Child child = waiting(commit);
    std::ignore = said("New rules size");
    EXPECT_EQ(interrupted(std::move(child), SIGTERM).signal, SIGTERM);
    EXPECT_TRUE(read("out").ends_with(nothing_changed)) << read("out");
}

TEST_F(Interruption, WhoOnlyReadsSaysNothing) {
    Child child = waiting({"verify", "-", "--registry", "reg.json", "--profile", "reference"});
    std::ignore = said("--profile reference checks less");
    EXPECT_EQ(interrupted(std::move(child), SIGINT).signal, SIGINT);
    EXPECT_EQ(read("out").find("Interrupted"), std::string::npos);
}

TEST_F(Interruption, WhatTheParentHadIgnoredStaysIgnored) {
    ChildOptions options =
        here({"-c", "trap '' HUP; exec \"$0\" init p.aion -a 7 -k 1", aion_program()});
    options.hold_input = true;
    options.output_path = "out";
    Child child("/bin/sh", options);
    std::ignore = said("Initializing");
    ::kill(child.id(), SIGHUP);
    child.end_input();
    EXPECT_EQ(child.wait().exit_code, 2);  // there were no rules
}

TEST_F(Interruption, AtAnyMomentAllIsDoneOrNothingIs) {
    const std::uint64_t seed = number_from_environment("AION_KILL_SEED", std::random_device{}());
    std::cout << "AION_KILL_SEED=" << seed << "\n";
    std::mt19937_64 random(seed);
    write("large.bin", std::string(std::size_t{16} << 20U, 'x'));
    ChildOptions options = here({"init", "big.aion", "-a", "7", "-k", "1", "-r", "large.bin"});
    options.output_path = "out";
    const auto start = Clock::now();
    EXPECT_EQ(Child(aion_program(), options).wait().exit_code, 0);
    const auto time = std::chrono::duration_cast<microseconds>(Clock::now() - start);
    std::filesystem::remove(path("big.aion"));
    constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP};
    std::uniform_int_distribution<std::int64_t> moment(0, time.count());
    const auto deadline =
        Clock::now() + std::chrono::seconds(number_from_environment("AION_KILL_SECONDS", 3));
    unsigned died = 0;
    unsigned spoke = 0;
    unsigned rounds = 0;
    for (; Clock::now() < deadline || died == 0; ++rounds) {
        ASSERT_LT(rounds, 10'000U);
        const int signal = signals.at(rounds % signals.size());
        std::filesystem::remove(path("out"));
        Child child(aion_program(), options);
        if (!child.ends_within(microseconds(moment(random)))) {
            ::kill(child.id(), signal);
        }
        const Ended ended = child.wait();
        const std::string text = read("out");
        EXPECT_EQ(temporaries(), std::set<std::string>{}) << text;
        if (ended.exit_code == 0) {
            EXPECT_EQ(messages_of_valid("big.aion").size(), 1U);
            std::filesystem::remove(path("big.aion"));
        } else {
            EXPECT_EQ(ended.signal, signal) << text;
            EXPECT_FALSE(std::filesystem::exists(path("big.aion"))) << text;
            // Before there is a handler, and a banner, it says nothing.
            const bool speaks = text.ends_with(nothing_changed);
            EXPECT_TRUE(speaks || text.find("Rules size") == std::string::npos) << text;
            spoke += speaks ? 1U : 0U;
            ++died;
        }
    }
    std::cout << rounds << " interrupted, " << died << " died of it, " << spoke << " said so\n";
}

}  // namespace
}  // namespace aion::test
