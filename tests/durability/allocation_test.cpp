// SPDX-License-Identifier: MIT OR Apache-2.0
// Every allocation fails once, in every operation, whether C++ or libcrypto asks for the memory:
// std::bad_alloc or an error comes out, never a wrong verdict and never the end of the process;
// the old state or the new one is there, and the operation succeeds when tried again.
//
//   AION_EVERY_ALLOCATION=1   also where deriving a key makes each try slow; by default one
//                             allocation in 16 is tried there, one in 160 with a password
#include <gtest/gtest.h>

#include <new>

#include "aion/policy/inspect.hpp"
#include "aion/policy/verify_many.hpp"
#include "durability/failing_memory.hpp"
#include "durability/operations.hpp"
#include "support/environment.hpp"
#include "support/keys.hpp"
#include "support/world.hpp"

namespace aion::test {
namespace {

using policy::test::known_registry;

/// From one failing allocation to the next one tried.
std::uint64_t step(Cost cost) {
    if (cost == Cost::little || number_from_environment("AION_EVERY_ALLOCATION", 0) != 0) {
        return 1;
    }
    return cost == Cost::much_data ? 5 : cost == Cost::machine ? 16 : 160;
}

/// What came out: nothing wrong, an error's code, or that memory was short.
struct Outcome {
    bool succeeded = false;
    std::optional<Error> error;  ///< None when `std::bad_alloc` was thrown.
};

Error error_of(Error error) {
    return error;
}

Error error_of(policy::Refusal refusal) {
    return std::move(refusal.error);
}

template <class Body>
Outcome outcome_without_memory(std::uint64_t nth, const Body& body) {
    try {
        const OneFailingAllocation failing(nth);
        auto result = body();
        return result ? Outcome{true, std::nullopt}
                      : Outcome{false, error_of(std::move(result).error())};
    } catch (const std::bad_alloc&) {
        return {};
    }
}

/// Short of memory is what it is called, whoever was short of it.
void expect_honest(const Outcome& outcome) {
    if (outcome.error) {
        EXPECT_EQ(outcome.error->code(), ErrorCode::resource_exhausted)
            << outcome.error->full_message();
    }
}

/// False when the operation ended before the allocation.
bool try_without_memory(const Operation& operation, const Files& before, std::uint64_t nth) {
    SCOPED_TRACE(operation.name + ", allocation " + std::to_string(nth));
    const auto machine = prepared(operation);
    const Outcome outcome =
        outcome_without_memory(nth, [&] { return operation.run(machine->site); });
    const bool has_failed = OneFailingAllocation::has_failed();
    const bool is_old = files_of(machine->env) == before;
    EXPECT_EQ(what_is_wrong(machine->site), "");
    EXPECT_TRUE(!outcome.succeeded || !is_old) << "reported as done, and not done";
    expect_honest(outcome);
    if (!has_failed) {
        EXPECT_TRUE(outcome.succeeded);
        return false;
    }
    const auto again = is_old ? operation.run(machine->site) : operation.later(machine->site);
    EXPECT_TRUE(again) << (again ? "" : again.error().full_message());
    EXPECT_EQ(what_is_wrong(machine->site), "");
    EXPECT_EQ(temporaries_of(machine->env), std::vector<std::string>{});
    return true;
}

class Allocations : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Allocations, OneFails) {
    const Operation& operation = operations()[GetParam()];
    const Files before = files_of(prepared(operation)->env);
    // What is made once in a process is made now.
    ASSERT_TRUE(operation.run(prepared(operation)->site));
    std::uint64_t nth = 0;
    while (!HasFailure() && try_without_memory(operation, before, nth)) {
        nth += step(operation.cost);
    }
    EXPECT_GT(nth, 10U) << "hardly anything was allocated";
}

std::string name_of(const ::testing::TestParamInfo<std::size_t>& info) {
    return operations()[info.param].name;
}

INSTANTIATE_TEST_SUITE_P(Operations, Allocations,
                         ::testing::Range(std::size_t{0}, operations().size()), name_of);

// --- Sessions ------------------------------------------------------------------------------------

/// A session after `count` versions were added to it, and the file that it continues.
struct Opened {
    Opened(int count, policy::CommitOptions options) {
        machine.env.put(machine.site.policy(), genesis());
        options.verify.threads = 1;
        session.emplace(policy::CommitSession::open(machine.env, machine.site.policy(),
                                                    known_registry(), options)
                            .value());
        for (int i = 0; i < count; ++i) {
            EXPECT_TRUE(add());
        }
    }

    static const Bytes& genesis() {
        static const Bytes made = [] {
            MemorySite site;
            EXPECT_TRUE(policy::create(site.env, site.site.policy(), {as_bytes("rules"), alice},
                                       key_of(alices)));
            return site.env.get(site.site.policy()).value();
        }();
        return made;
    }

    Result<policy::CommitReceipt> add() {
        return session->add({as_bytes("rules: more"), alice, "added"}, key_of(alices));
    }

    /// What is at the file's name.
    std::uint64_t versions() {
        const auto opened =
            policy::open_verified(machine.env, machine.site.policy(), known_registry());
        return opened ? opened->version().value : 0;
    }

    MemorySite machine;
    std::optional<policy::CommitSession> session;
};

/// False when `add` ended before the allocation.
bool try_to_add(int before, std::uint64_t nth) {
    SCOPED_TRACE(std::to_string(before) + " added, allocation " + std::to_string(nth));
    Opened opened(before, {});
    const auto pending = static_cast<std::size_t>(before);
    const Outcome outcome = outcome_without_memory(nth, [&] { return opened.add(); });
    const bool has_failed = OneFailingAllocation::has_failed();
    expect_honest(outcome);
    if (outcome.succeeded) {
        EXPECT_EQ(opened.session->pending(), pending + 1);
    } else {
        EXPECT_EQ(opened.session->pending(), pending);
        const auto again = opened.add();
        EXPECT_TRUE(again) << (again ? "" : again.error().full_message());
    }
    const auto saved = opened.session->save();
    EXPECT_TRUE(saved) << (saved ? "" : saved.error().full_message());
    EXPECT_EQ(opened.versions(), pending + 2);
    return has_failed;
}

// Versions are added until every array had to grow, each time out of memory that may end.
TEST(AllocationsOfSessions, AFailedAddLeavesTheSessionAsItWas) {
    for (int before = 0; before < 5 && !HasFailure(); ++before) {
        std::uint64_t nth = 0;
        while (!HasFailure() && try_to_add(before, nth)) {
            ++nth;
        }
        EXPECT_GT(nth, 0U);
    }
}

// --- Behind the rename ---------------------------------------------------------------------------

/// What remembers histories, and does not sync: the environment's own call for that allocates.
policy::CommitOptions remembering(policy::HistoryCache& histories) {
    policy::CommitOptions options;
    options.verify.threads = 1;
    options.verify.history_cache = &histories;
    options.sync = false;
    return options;
}

/// Fails each allocation of `change`, which is made in a new site each time. What failed is not
/// done, so that it may be tried again; nothing that is done is called a failure.
template <class MadeIn>
void fail_before_the_rename_only(const MadeIn& made_in) {
    for (std::uint64_t nth = 0; !::testing::Test::HasFailure(); ++nth) {
        SCOPED_TRACE("allocation " + std::to_string(nth));
        policy::HistoryCache histories;
        auto change = made_in(histories);
        const Outcome outcome = outcome_without_memory(nth, [&] { return change->run(); });
        const bool has_failed = OneFailingAllocation::has_failed();
        expect_honest(outcome);
        EXPECT_EQ(change->opened.versions(), outcome.succeeded ? 2U : 1U);
        if (!outcome.succeeded) {
            const auto again = change->run();
            EXPECT_TRUE(again) << (again ? "" : again.error().full_message());
        }
        EXPECT_EQ(change->opened.versions(), 2U);
        change->go_on();
        EXPECT_EQ(change->opened.versions(), 3U);
        if (!has_failed) {
            EXPECT_GT(nth, 10U);
            return;
        }
    }
}

struct SavedSession {
    explicit SavedSession(policy::HistoryCache& histories) : opened(1, remembering(histories)) {}

    Result<WriteReport> run() { return opened.session->save(); }

    /// A session that does not know that it saved takes its own file for another writer's.
    void go_on() {
        EXPECT_EQ(opened.session->pending(), 0U);
        EXPECT_TRUE(opened.add());
        const auto saved = opened.session->save();
        EXPECT_TRUE(saved) << (saved ? "" : saved.error().full_message());
    }

    Opened opened;
};

struct Committed {
    explicit Committed(policy::HistoryCache& histories)
        : opened(0, {}), options(remembering(histories)) {}

    Result<policy::CommitReceipt> run() {
        return policy::commit(opened.machine.env, opened.machine.site.policy(),
                              {as_bytes("rules: more"), alice, "added"}, key_of(alices),
                              known_registry(), options);
    }

    void go_on() { EXPECT_TRUE(run()); }

    Opened opened;
    policy::CommitOptions options;
};

TEST(AllocationsOfSessions, WhatFailedToBeSavedIsNotSaved) {
    fail_before_the_rename_only(
        [](policy::HistoryCache& histories) { return std::make_unique<SavedSession>(histories); });
}

TEST(AllocationsOfCommits, WhatFailedIsNotCommitted) {
    fail_before_the_rename_only(
        [](policy::HistoryCache& histories) { return std::make_unique<Committed>(histories); });
}

// --- Reading -------------------------------------------------------------------------------------

class AllocationsOfReaders : public ::testing::Test {
  protected:
    AllocationsOfReaders() {
        for (const Operation& operation : operations()) {
            if (operation.name == "session") {
                machine_ = prepared(operation);
                EXPECT_TRUE(operation.run(machine_->site));
            }
        }
        file_ = machine_->env.get(machine_->site.policy()).value();
    }

    template <class Body>
    void fail_each(const Body& body, std::uint64_t by = 1) {
        ASSERT_TRUE(body());
        for (std::uint64_t nth = 0;; nth += by) {
            SCOPED_TRACE("allocation " + std::to_string(nth));
            const Outcome outcome = outcome_without_memory(nth, body);
            expect_honest(outcome);
            if (!OneFailingAllocation::has_failed()) {
                EXPECT_TRUE(outcome.succeeded);
                EXPECT_GT(nth, 0U);
                return;
            }
            if (HasFailure()) {
                return;
            }
        }
    }

    std::unique_ptr<MemorySite> machine_;
    Bytes file_;
};

/// A file that is VALID is never called anything else.
Result<> must_be_valid(const policy::VerificationReport& report) {
    return report.is_valid() ? Result<>{}
                             : fail(error_because(ErrorCode::verdict_invalid, report.summary()));
}

TEST_F(AllocationsOfReaders, Verify) {
    for (const unsigned threads : {1U, 2U}) {
        policy::VerifyOptions options;
        options.threads = threads;
        fail_each([&] {
            return must_be_valid(policy::verify(file_, known_registry(),
                                                Timestamp{1'800'000'000'000'000'000}, options));
        });
    }
}

TEST_F(AllocationsOfReaders, VerifyWithCaches) {
    fail_each([&] {
        crypto::KeyCache keys;
        policy::HistoryCache histories;
        policy::VerifyOptions options;
        options.threads = 1;
        options.key_cache = &keys;
        options.history_cache = &histories;
        return must_be_valid(
            policy::verify(file_, known_registry(), Timestamp{1'800'000'000'000'000'000}, options));
    });
}

// A file for which memory did not suffice says so, and the others are what they are.
TEST_F(AllocationsOfReaders, VerifyMany) {
    const std::vector<std::filesystem::path> files(3, machine_->site.policy());
    policy::VerifyOptions options;
    options.threads = 1;
    fail_each([&] {
        Result<> worst;
        auto done = policy::verify_many(
            machine_->env, files, known_registry(), options,
            [&](std::size_t, Result<policy::VerificationReport> report) {
                if (auto valid = report ? must_be_valid(*report) : fail(report.error()); !valid) {
                    worst = std::move(valid);
                }
                return policy::Next::go_on;
            });
        return done ? worst : done;
    });
}

// Nor does a file for which memory did not suffice leave the verdicts of its signatures to the next
// one of its batch.
TEST_F(AllocationsOfReaders, VerifyManyCallsNoForgedFileValid) {
    Bytes forged = file_;
    const auto view = format::FileView::parse(forged);
    forged[view->offset_of(&(*view->signature_at(0))->signature)] ^= 1U;
    policy::test::rehash(forged);
    machine_->env.put("/forged.aion", forged);
    const std::vector<std::filesystem::path> files = {machine_->site.policy(),
                                                      machine_->site.policy(), "/forged.aion"};
    policy::VerifyOptions options;
    options.threads = 1;
    fail_each([&] {
        Result<> worst;
        auto done =
            policy::verify_many(machine_->env, files, known_registry(), options,
                                [&](std::size_t i, Result<policy::VerificationReport> report) {
                                    if (!report) {
                                        worst = fail(report.error());
                                    } else {
                                        EXPECT_EQ(report->is_valid(), i != 2) << report->summary();
                                    }
                                    return policy::Next::go_on;
                                });
        return done ? worst : done;
    });
}

TEST_F(AllocationsOfReaders, OpenVerified) {
    fail_each([&] {
        return policy::open_verified(machine_->env, machine_->site.policy(), known_registry());
    });
}

TEST_F(AllocationsOfReaders, LoadAKey) {
    ASSERT_TRUE(machine_->site.keys().store(trust::KeyId{5}, key_of(alices)));
    fail_each([&] { return machine_->site.keys().load(trust::KeyId{5}); }, step(Cost::machine));
}

// So it is not written out again, however large it is.
TEST_F(AllocationsOfReaders, AFingerprintThatIsKeptTakesNoMemory) {
    const trust::Registry registry = known_registry();
    const Hash first = registry.fingerprint();
    const trust::Registry copy = registry;
    const OneFailingAllocation failing(0);
    EXPECT_EQ(registry.fingerprint(), first);
    EXPECT_EQ(copy.fingerprint(), first);
    EXPECT_FALSE(OneFailingAllocation::has_failed());
}

TEST_F(AllocationsOfReaders, LoadARegistry) {
    const std::string text = known_registry().to_json();
    fail_each([&] { return trust::Registry::from_json(text); });
}

}  // namespace
}  // namespace aion::test
