// SPDX-License-Identifier: MIT OR Apache-2.0
// Who signs is not asked for a write that is known to be given up (commit.cpp, base/files.cpp).
#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <string_view>

#include "aion/base/interrupt.hpp"
#include "policy/private_file.hpp"
#include "policy/sealing.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using Call = MemoryEnv::Call;

std::string_view outcome(const Result<CommitReceipt>& result) {
    return result ? "ok" : name_of(result.error().code());
}

/// How large the payload is: sealed in memory, sealed on its way, read from its file twice.
class SigningLast : public World, public ::testing::WithParamInterface<std::size_t> {
  protected:
    SigningLast() { env.put("/payload", Bytes(GetParam(), 0x70)); }

    /// Does something once, at the first call of a kind.
    void at_first(Call kind, const std::function<void()>& act) {
        env.set_fault([=, done = false](std::uint64_t, const MemoryEnv::CallRecord& call) mutable {
            if (call.call == kind && !done) {
                done = true;
                act();
            }
            return 0;
        });
    }

    void put_strangers() { env.put(path, as_bytes("by a writer that does not lock")); }

    Result<CommitReceipt> created(CreateOptions options = {}) {
        const auto payload = env.open("/payload", {}).value();
        return create(interruptible, path, {*payload, alice, "m"}, signer, options);
    }

    Result<CommitReceipt> committed() {
        const auto payload = env.open("/payload", {}).value();
        return commit(interruptible, path, {*payload, alice, "m"}, signer, registry);
    }

    static CreateOptions replacing() {
        CreateOptions options;
        options.replace_existing = true;
        return options;
    }

    Interrupt interrupt;
    InterruptibleEnv interruptible{env, interrupt};
    ScriptedSigner signer{key_from(aion::test::alices)};
};

TEST_P(SigningLast, ButOnceIfNothingHappens) {
    EXPECT_EQ(outcome(created()), "ok");
    EXPECT_EQ(outcome(committed()), "ok");
    EXPECT_EQ(signer.calls, 2);
    EXPECT_TRUE(check(content()).is_valid());
}

TEST_P(SigningLast, NotWhenSomebodyAskedToStop) {
    interrupt.request();
    EXPECT_EQ(outcome(created()), "interrupted");
    EXPECT_FALSE(env.get(path).has_value());
    must_create();
    EXPECT_EQ(outcome(committed()), "interrupted");
    EXPECT_EQ(outcome(created(replacing())), "interrupted");
    EXPECT_EQ(signer.calls, 0);
}

TEST_P(SigningLast, NotWhenSomebodyAskedToStopMeanwhile) {
    must_create();
    at_first(Call::reserve, [&] { interrupt.request(); });
    EXPECT_EQ(outcome(committed()), "interrupted");
    EXPECT_EQ(signer.calls, 0);
}

TEST_P(SigningLast, NotWhenTheFileIsAnother) {
    must_create();
    at_first(Call::reserve, [&] { put_strangers(); });
    EXPECT_EQ(outcome(committed()), "conflict");
    must_create("again", replacing());
    at_first(Call::reserve, [&] { put_strangers(); });
    EXPECT_EQ(outcome(created(replacing())), "conflict");
    EXPECT_EQ(signer.calls, 0);
    EXPECT_EQ(as_text(content()), "by a writer that does not lock");
}

TEST_P(SigningLast, NotWhenANewNameIsTaken) {
    at_first(Call::reserve, [&] { put_strangers(); });
    EXPECT_EQ(outcome(created()), "file_exists");
    env.set_fault({});
    ASSERT_TRUE(env.locate(path)->directory->remove("policy.aion").has_value());
    at_first(Call::reserve, [&] { put_strangers(); });
    EXPECT_EQ(outcome(created(replacing())), "conflict");
    EXPECT_EQ(signer.calls, 0);
    EXPECT_EQ(as_text(content()), "by a writer that does not lock");
}

// The same by way of a temporary file, where no file can be without a name.
TEST_P(SigningLast, NotWhenANewNameIsTakenByWhicheverWay) {
    env.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
        if (call.call == Call::reserve) {
            put_strangers();
        }
        return call.call == Call::create_unlinked ? EOPNOTSUPP : 0;
    });
    EXPECT_EQ(outcome(created()), "file_exists");
    EXPECT_EQ(signer.calls, 0);
    EXPECT_EQ(as_text(content()), "by a writer that does not lock");
}

// A large payload takes long to write, and the look comes behind it.
TEST_P(SigningLast, NotWhenTheFileBecameAnotherWhileThePayloadWasWritten) {
    must_create();
    bool appended = false;
    at_first(Call::append, [&] {
        appended = true;
        put_strangers();
    });
    EXPECT_EQ(outcome(committed()), "conflict");
    EXPECT_TRUE(appended);
    const bool is_held = GetParam() < sealed_in_pieces_size;
    // What is held is signed before anything is written: there it is after the look.
    EXPECT_EQ(signer.calls, is_held ? 1 : 0);
    EXPECT_EQ(as_text(content()), "by a writer that does not lock");
}

INSTANTIATE_TEST_SUITE_P(Payloads, SigningLast,
                         ::testing::Values(std::size_t{9}, sealed_in_pieces_size,
                                           streamed_payload_size + 1),
                         [](const auto& each) { return "Of" + std::to_string(each.param); });

}  // namespace
}  // namespace aion::policy::test
