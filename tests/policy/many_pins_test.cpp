// SPDX-License-Identifier: MIT OR Apache-2.0
// verify_many with a store of pins.
#include <gmock/gmock.h>

#include <vector>

#include "aion/base/error.hpp"
#include "aion/policy/verify_many.hpp"
#include "support/failing_pins.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using Paths = std::vector<std::filesystem::path>;

// Says at the end that what waited could not be written.
class ForgetfulPins final : public FailingPins {
  public:
    void begin_many() override { ++begun; }

    Result<> end_many() override {
        ++ended;
        return fail(error_because(ErrorCode::conflict, "pins"));
    }

    int begun = 0;
    int ended = 0;
};

class One final : public FilesToJudge {
  public:
    explicit One(FileToJudge file) : file_(std::move(file)) {}

    std::optional<FileToJudge> next() override { return std::exchange(file_, std::nullopt); }

  private:
    std::optional<FileToJudge> file_;
};

class ManyPinsTest : public World {
  protected:
    void SetUp() override {
        World::SetUp();
        must_create("one");
        old_ = *env.get(path);
        must_commit("two");
        new_ = *env.get(path);
        options_.pin_store = &pins_;
        options_.pin_base = "/";
    }

    // `valid`, a reason, or the error of each.
    std::vector<std::string> told(const Paths& files) {
        std::vector<std::string> texts;
        done_ = verify_many(env, files, registry, options_,
                            [&](std::size_t, const Result<VerificationReport>& report) {
                                texts.push_back(text_of(report));
                                return Next::go_on;
                            });
        return texts;
    }

    static std::string text_of(const Result<VerificationReport>& report) {
        if (!report) {
            return "error: " + std::string(name_of(report.error().code()));
        }
        EXPECT_FALSE(report->history.has_value());  // nobody asked
        const Finding* const found = report->first(Gate::pin);
        return report->is_valid() ? "valid"
                                  : std::string(found ? name_of(found->reason) : "another gate");
    }

    FailingPins pins_;
    VerifyOptions options_;
    Bytes old_;
    Bytes new_;
    Result<> done_;
};

TEST_F(ManyPinsTest, AreAskedInTheOrderOfTheFiles) {
    env.put("/policies/a.aion", old_);
    env.put("/policies/b.aion", new_);
    env.put("/policies/c.aion", old_);
    EXPECT_THAT(told({"/policies/a.aion", "/policies/b.aion", "/policies/c.aion"}),
                ::testing::ElementsAre("valid", "valid", "history_too_short"));
    EXPECT_TRUE(done_.has_value());
    EXPECT_THAT(told({"/policies/a.aion", "/policies/b.aion"}),
                ::testing::ElementsAre("history_too_short", "valid"));
}

TEST_F(ManyPinsTest, AlsoJudgeWhatIsAnswered) {
    options_.list_history = true;
    for (const bool old : {false, true}) {
        VerificationReport report =
            verify(old ? old_ : new_, registry, start, {.list_history = true});
        ASSERT_TRUE(report.history.has_value());
        One source({path, report});
        ASSERT_TRUE(verify_many(env, source, registry, options_, [&](const JudgedFile& file) {
            EXPECT_EQ(file.report->is_valid(), !old);
            EXPECT_EQ(file.report->history.has_value(), !old);
            return Next::go_on;
        }));
        report.history.reset();
        One without({path, report});
        ASSERT_TRUE(verify_many(env, without, registry, options_, [&](const JudgedFile& file) {
            EXPECT_EQ(file.report.error().code(), ErrorCode::invalid_argument);
            return Next::go_on;
        }));
    }
}

// Undoing a revocation by serving the registry before it is caught.
TEST_F(ManyPinsTest, RememberWhatARegistryWithdrew) {
    EXPECT_THAT(told({path}), ::testing::ElementsAre("valid"));
    trust::Registry revoked = registry;
    crypto::SigningKey master = key_from(aion::test::masters);
    const auto record =
        trust::sign(trust::RevocationRecord{.author = alice,
                                            .epoch = Epoch{0},
                                            .reason = trust::RevocationReason::compromised,
                                            .effective_from = VersionNumber{1},
                                            .master_signature = {}},
                    master);
    ASSERT_TRUE(record.has_value() && revoked.apply(*record).has_value());
    const trust::Registry before = std::exchange(registry, revoked);
    EXPECT_THAT(told({path}), ::testing::ElementsAre("another gate"));
    registry = before;
    EXPECT_THAT(told({path}), ::testing::ElementsAre("registry_rolled_back"));
}

TEST_F(ManyPinsTest, AStoreThatFailsIsAnErrorOfThatFileAlone) {
    std::vector<std::string> events;
    options_.events = [&](const Event& event) { events.emplace_back(event.name); };
    pins_.before_call = [](int index) {
        return index == 0 ? fail(error_because(ErrorCode::conflict, "pins")) : Result<>();
    };
    EXPECT_THAT(told({path, path}), ::testing::ElementsAre("error: conflict", "valid"));
    EXPECT_THAT(events, ::testing::ElementsAre("file_verified"));
}

TEST_F(ManyPinsTest, WhatCouldNotBeWrittenInTheEndIsTold) {
    ForgetfulPins forgetful;
    options_.pin_store = &forgetful;
    EXPECT_THAT(told({path}), ::testing::ElementsAre("valid"));
    ASSERT_FALSE(done_.has_value());
    EXPECT_EQ(done_.error().code(), ErrorCode::conflict);
    EXPECT_EQ(std::pair(forgetful.begun, forgetful.ended), std::pair(1, 1));
}

// The store is left as it was found, whatever ends the call.
TEST_F(ManyPinsTest, WhatASinkThrowsEndsTheRecordingToo) {
    ForgetfulPins forgetful;
    options_.pin_store = &forgetful;
    const Paths files = {path};
    EXPECT_THROW((void)verify_many(env, files, registry, options_,
                                   [](std::size_t, const Result<VerificationReport>&) -> Next {
                                       throw std::bad_alloc();
                                   }),
                 std::bad_alloc);
    EXPECT_EQ(forgetful.ended, 1);
}

}  // namespace
}  // namespace aion::policy::test
