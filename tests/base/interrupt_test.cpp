// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/interrupt.hpp"

#include <gmock/gmock.h>

#include "aion/base/files.hpp"
#include "every_env.hpp"

namespace aion::test {
namespace {

using ::testing::ElementsAre;

using Call = MemoryEnv::Call;

constexpr std::size_t mib = std::size_t{1} << 20U;

class InterruptTest : public ::testing::Test {
  protected:
    InterruptTest() { memory.put("/file", as_bytes("old")); }

    Result<WriteReport> write(WriteOptions options = {}) {
        options.replace = Replace::always;
        const std::array<ByteView, 2> pieces{as_bytes("begin"), large};
        return write_file_atomically(env, "/file", pieces, options);
    }

    /// Asks at the `number`th call of a kind, counted from 1.
    void ask_at(Call kind, unsigned number) {
        memory.set_fault(
            [=, this, seen = 0U](std::uint64_t, const MemoryEnv::CallRecord& call) mutable {
                if (call.call == kind && ++seen == number) {
                    at_request = interrupt.written();
                    was_under_way = interrupt.is_under_way();
                    interrupt.request();
                }
                return 0;
            });
    }

    [[nodiscard]] std::size_t calls_of(Call kind) const {
        const auto calls = memory.calls();
        return static_cast<std::size_t>(
            std::ranges::count(calls, kind, &MemoryEnv::CallRecord::call));
    }

    MemoryEnv memory;
    Interrupt interrupt;
    InterruptibleEnv env{memory, interrupt};
    Bytes large = Bytes(20 * mib, 'x');
    Interrupt::Written at_request;
    bool was_under_way = false;
};

TEST_F(InterruptTest, AWriteStopsBetweenTwoPiecesAndLeavesNothing) {
    ask_at(Call::append, 3);  // the small piece, 8 MiB, and while 8 more are written
    const auto stopped = write();
    ASSERT_EQ(outcome(stopped), "interrupted");
    EXPECT_EQ(stopped.error(), error_at_path(ErrorCode::interrupted, "/file"));
    EXPECT_EQ(calls_of(Call::append), 3U);
    EXPECT_EQ(calls_of(Call::sync), 0U);
    EXPECT_EQ(at_request.bytes, 5 + 8 * mib);
    EXPECT_EQ(at_request.of, 5 + 20 * mib);
    EXPECT_TRUE(was_under_way);
    EXPECT_THAT(memory.all_paths(), ElementsAre("/file"));
    EXPECT_EQ(as_text(*memory.get("/file")), "old");
    EXPECT_FALSE(interrupt.is_under_way());
    EXPECT_EQ(interrupt.done(), 0U);
    EXPECT_EQ(interrupt.written().of, 0U);
    EXPECT_EQ(interrupt.written().bytes, 0U);
}

TEST_F(InterruptTest, TheLastLookIsAfterTheSync) {
    ask_at(Call::sync, 1);
    EXPECT_EQ(outcome(write()), "interrupted");
    EXPECT_EQ(calls_of(Call::rename), 0U);
    EXPECT_THAT(memory.all_paths(), ElementsAre("/file"));
}

TEST_F(InterruptTest, WhatIsRenamedIsDone) {
    ask_at(Call::rename, 1);
    EXPECT_EQ(outcome(write()), "ok");
    EXPECT_EQ(calls_of(Call::sync_directory), 1U);
    EXPECT_EQ(memory.get("/file")->size(), 5 + 20 * mib);
    EXPECT_EQ(interrupt.done(), 1U);
    // And nothing new begins.
    EXPECT_EQ(outcome(write()), "interrupted");
    EXPECT_EQ(interrupt.done(), 1U);
}

TEST_F(InterruptTest, WhatBelongsToSomethingDoneIsFinished) {
    interrupt.request();
    WriteOptions options;
    options.may_be_interrupted = false;
    EXPECT_EQ(outcome(write(options)), "ok");
    EXPECT_EQ(interrupt.done(), 0U);
}

TEST_F(InterruptTest, OtherEnvironmentsAreNotAsked) {
    interrupt.request();
    const std::array<ByteView, 1> piece{as_bytes("new")};
    EXPECT_EQ(outcome(write_file_atomically(memory, "/other", piece, {})), "ok");
    EXPECT_EQ(memory.interrupt(), nullptr);
    EXPECT_EQ(Env::system().interrupt(), nullptr);
}

}  // namespace
}  // namespace aion::test
