// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/policy_gate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "support/failing_pins.hpp"
#include "support/places.hpp"
#include "support/results.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using aion::test::ok;

class PolicyGateTest : public World {
  protected:
    void SetUp() override {
        World::SetUp();
        put_registry(registry);
        must_create("one");
    }

    void put_registry(const trust::Registry& trusted) {
        env.put("/registry.json", as_bytes(trusted.to_json()));
    }

    PolicyGateOptions options() {
        PolicyGateOptions made;
        made.threads = 1;
        made.events = [this](const Event& event) { told.emplace_back(event.name); };
        made.on_change = [this](const std::shared_ptr<const VerifiedPayload>& opened) {
            changes.emplace_back(opened->text());
        };
        made.on_refusal = [this](const Refusal& refusal) { refusals.push_back(refusal.message()); };
        return made;
    }

    std::string in_force() const {
        const auto current = gate.current();
        return current == nullptr ? "nothing" : std::string(current->text());
    }

    /// A look that has another policy in force.
    void expect_change(std::string_view text) {
        const auto looked = gate.refresh();
        ASSERT_TRUE(looked) << looked.error().message();
        EXPECT_TRUE(*looked);
        EXPECT_EQ(in_force(), text);
    }

    /// A look that says something like `why`, once, and leaves in force what is.
    void expect_refusal(std::string_view why) {
        const std::string before = in_force();
        refusals.clear();
        const auto looked = gate.refresh();
        ASSERT_FALSE(looked);
        EXPECT_NE(looked.error().message().find(why), std::string::npos)
            << looked.error().message();
        EXPECT_EQ(refusals, std::vector{looked.error().message()});
        expect_silence();
        EXPECT_EQ(refusals.size(), 1U);
        EXPECT_EQ(in_force(), before);
    }

    void expect_silence() {
        const auto looked = gate.refresh();
        ASSERT_TRUE(looked) << looked.error().message();
        EXPECT_FALSE(*looked);
    }

    FailingPins pins;
    std::vector<std::string> told;
    std::vector<std::string> changes;
    std::vector<std::string> refusals;
    PolicyGate gate{env, path, "/registry.json", pins, options()};
};

TEST_F(PolicyGateTest, NothingIsInForceBeforeTheFirstLook) {
    EXPECT_EQ(gate.current(), nullptr);
    expect_change("one");
    EXPECT_EQ(changes, std::vector<std::string>{"one"});
}

TEST_F(PolicyGateTest, FollowsItsFileForward) {
    expect_change("one");
    must_commit("two");
    must_commit("three");
    expect_change("three");
    EXPECT_EQ(gate.current()->version(), VersionNumber{3});
    expect_silence();
    EXPECT_EQ(changes, (std::vector<std::string>{"one", "three"}));
    EXPECT_TRUE(refusals.empty());
}

// A change within the tick of the clock in which it was read does not show.
TEST_F(PolicyGateTest, WhatChangedJustBeforeItWasReadIsReadAgain) {
    const auto calls_of_a_look = [this] {
        env.set_fault(nullptr);
        expect_silence();
        return env.call_count();
    };
    expect_change("one");
    EXPECT_GT(calls_of_a_look(), 2U);
    EXPECT_GT(calls_of_a_look(), 2U);
    env.advance(10'000'000'000);
    EXPECT_GT(calls_of_a_look(), 2U);
    EXPECT_EQ(calls_of_a_look(), 2U);
}

TEST_F(PolicyGateTest, WhatDidNotChangeIsNotRead) {
    env.advance(10'000'000'000);
    expect_change("one");
    env.set_fault(nullptr);
    expect_silence();
    for (const MemoryEnv::CallRecord& call : env.calls()) {
        EXPECT_EQ(call.call, MemoryEnv::Call::info) << call.path;
    }
    EXPECT_EQ(env.call_count(), 2U);
}

TEST_F(PolicyGateTest, WhoHoldsTheOldPolicyKeepsIt) {
    expect_change("one");
    const auto held = gate.current();
    must_commit("two");
    expect_change("two");
    EXPECT_EQ(held->text(), "one");
}

TEST_F(PolicyGateTest, AnOlderStateIsRefusedAndTheLastGoodOneStays) {
    const Bytes old = content();
    must_commit("two");
    const Bytes good = content();
    expect_change("two");
    env.put(path, old);
    expect_refusal("version 2 was accepted before");
    env.put(path, good);
    expect_silence();
    EXPECT_EQ(in_force(), "two");
}

TEST_F(PolicyGateTest, AForkIsRefused) {
    const Bytes trunk = content();
    must_commit("ours");
    expect_change("ours");
    env.put(path, trunk);
    must_commit("theirs");
    must_commit("theirs, too");
    expect_refusal("accepted before was");
}

TEST_F(PolicyGateTest, AnotherFileIsRefused) {
    expect_change("one");
    must_create("other", {.replace_existing = true});
    expect_refusal("the file id is");
}

TEST_F(PolicyGateTest, WhatIsDamagedCutOrGoneIsRefused) {
    expect_change("one");
    const Bytes good = content();
    Bytes forged = good;
    forged[forged.size() / 2] ^= 1U;
    env.put(path, forged);
    expect_refusal("INVALID");
    env.put(path, ByteView(good).first(100));
    expect_refusal("structure");
    env.put(path, {});
    expect_refusal("structure");
    ok(aion::test::remove_at(env, path));
    expect_refusal("policy.aion");
    env.put_directory(path);
    expect_refusal("policy.aion");
}

TEST_F(PolicyGateTest, AFileThatIsTooLargeIsNotRead) {
    PolicyGateOptions small = options();
    small.max_file_size = 64;
    PolicyGate narrow(env, path, "/registry.json", pins, small);
    const auto looked = narrow.refresh();
    ASSERT_FALSE(looked);
    EXPECT_EQ(looked.error().error.code(), ErrorCode::resource_exhausted);
    EXPECT_EQ(narrow.current(), nullptr);
}

TEST_F(PolicyGateTest, AChangedRegistryHasTheFileJudgedAgain) {
    expect_change("one");
    trust::Registry stranger;
    ok(stranger.pin(AuthorId{77}, aion::test::public_of(aion::test::masters),
                    aion::test::public_of(0x77)));
    put_registry(stranger);
    expect_refusal("signatures");
    env.put("/registry.json", as_bytes("{"));
    expect_refusal("registry.json");
    put_registry(registry);
    expect_silence();  // The same policy, under the same registry as before.
    EXPECT_EQ(in_force(), "one");
}

TEST_F(PolicyGateTest, ARegistryThatWasRolledBackIsRefused) {
    expect_change("one");
    trust::Registry more = registry;
    ok(more.pin(AuthorId{77}, aion::test::public_of(aion::test::masters),
                aion::test::public_of(0x77)));
    put_registry(more);
    expect_silence();
    put_registry(registry);
    expect_refusal("registry was superseded");
}

TEST_F(PolicyGateTest, ARestartRemembersByItsStore) {
    const Bytes old = content();
    must_commit("two");
    expect_change("two");
    env.put(path, old);
    PolicyGate later(env, path, "/registry.json", pins, options());
    EXPECT_FALSE(later.refresh());
    EXPECT_EQ(later.current(), nullptr);
}

TEST_F(PolicyGateTest, WhatAPersonAcceptsIsTakenOverThoughTheFileStays) {
    const CommitReceipt first = must_commit("two");
    const Bytes old = content();
    must_commit("three");
    expect_change("three");
    env.put(path, old);
    expect_refusal("version 3 was accepted before");
    ok(pins.accept({.file_id = first.file_id,
                    .version = first.version,
                    .head = first.version_hash,
                    .name = path.string(),
                    .time = start},
                   AskedRegistry(registry), "three was a mistake"));
    expect_change("two");
}

TEST_F(PolicyGateTest, AStoreThatFailsKeepsAPolicyOutUntilItWorks) {
    expect_change("one");
    must_commit("two");
    for (const int failing : {0, 1}) {
        pins.calls = 0;
        pins.before_call = [failing](int index) -> Result<> {
            return failing == 0 || index % 2 == 1
                       ? Result<>(fail(error_at_path(ErrorCode::file_read_error, "pins.db", EIO)))
                       : Result<>();
        };
        told.clear();
        expect_refusal(failing == 0 ? "could not be read" : "could not be recorded");
        EXPECT_TRUE(told.empty());
    }
    pins.before_call = nullptr;
    expect_change("two");
}

TEST_F(PolicyGateTest, TheSameRefusalOfAnotherStateIsToldAgain) {
    expect_change("one");
    env.put(path, as_bytes("no such thing"));
    expect_refusal("structure");
    env.advance(1);
    env.put(path, as_bytes("no such thin"));
    expect_refusal("structure");
}

TEST_F(PolicyGateTest, AnOutageIsToldOnceEachTime) {
    expect_change("one");
    const auto outage = [this] {
        env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord&) { return EIO; });
    };
    outage();
    expect_refusal("policy.aion");
    env.set_fault(nullptr);
    expect_silence();
    outage();
    expect_refusal("policy.aion");
}

// Whatever call fails: what is in force is good, and is the newest as soon as nothing fails.
TEST_F(PolicyGateTest, EachFaultLeavesTheLastGoodPolicyAndPasses) {
    const Bytes one = content();
    must_commit("two");
    const Bytes two = content();
    env.set_fault(nullptr);
    expect_change("two");
    const std::uint64_t calls = env.call_count();
    ASSERT_GT(calls, 4U);
    for (std::uint64_t failing = 0; failing < calls; ++failing) {
        PinMemory fresh;
        PolicyGate tried(env, path, "/registry.json", fresh, options());
        env.put(path, one);
        ASSERT_TRUE(tried.refresh());
        env.advance(1);
        env.put(path, two);
        env.set_fault([failing](std::uint64_t index, const MemoryEnv::CallRecord&) {
            return index == failing ? EIO : 0;
        });
        told.clear();
        const auto looked = tried.refresh();
        EXPECT_FALSE(looked) << failing;
        EXPECT_EQ(tried.current()->text(), "one");
        env.set_fault(nullptr);
        const auto again = tried.refresh();
        EXPECT_TRUE(again && *again) << failing;
        EXPECT_EQ(tried.current()->text(), "two");
    }
}

TEST_F(PolicyGateTest, RunEndsWhenItIsStoppedBeforeItBegan) {
    std::stop_source stop;
    stop.request_stop();
    gate.run(stop.get_token());
    EXPECT_EQ(gate.current(), nullptr);
}

TEST_F(PolicyGateTest, RunPollsWhereNothingIsWatched) {
    PolicyGateOptions quick = options();
    quick.poll_ms = 1;
    std::stop_source stop;
    int count = 0;
    quick.on_change = [&](const std::shared_ptr<const VerifiedPayload>& opened) {
        changes.emplace_back(opened->text());
        if (++count == 1) {
            must_commit("two");
        } else {
            stop.request_stop();
        }
    };
    PolicyGate followed(env, path, "/registry.json", pins, quick);
    followed.run(stop.get_token());
    EXPECT_EQ(changes, (std::vector<std::string>{"one", "two"}));
}

}  // namespace
}  // namespace aion::policy::test
