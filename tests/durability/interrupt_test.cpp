// SPDX-License-Identifier: MIT OR Apache-2.0
// Every operation that writes, asked to stop at every call: either it is done or nothing is, and a
// process may end whenever it is told that it may.
#include "aion/base/interrupt.hpp"

#include <gtest/gtest.h>

#include "durability/operations.hpp"

namespace aion::test {
namespace {

class Interrupted : public ::testing::TestWithParam<std::size_t> {};

struct Tried {
    std::uint64_t calls = 0;
    bool done = false;
};

/// Runs the operation, asking it to stop at its call `number`.
Tried run(const Operation& operation, std::uint64_t number) {
    const auto made = prepared(operation);
    MemoryEnv& memory = made->env;
    const Files before = files_of(memory);
    Interrupt interrupt;
    InterruptibleEnv env(memory, interrupt);
    Site site(env, made->site.root);
    memory.set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord&) {
        if (index == number) {
            // What a signal handler decides by.
            if (!interrupt.is_under_way()) {
                EXPECT_EQ(temporaries_of(memory), std::vector<std::string>{});
                EXPECT_EQ(files_of(memory) != before, interrupt.done() != 0);
            }
            interrupt.request();
        }
        return 0;
    });
    const auto result = operation.run(site);
    const Tried tried{memory.call_count(), result.has_value()};
    memory.set_fault({});
    EXPECT_EQ(temporaries_of(memory), std::vector<std::string>{});
    EXPECT_EQ(what_is_wrong(made->site), "");
    EXPECT_FALSE(interrupt.is_under_way());
    EXPECT_EQ(interrupt.written().of, 0U);
    EXPECT_EQ(tried.done, interrupt.done() != 0);
    if (!result) {
        EXPECT_EQ(name_of(result.error().code()), "interrupted") << result.error().full_message();
        EXPECT_EQ(files_of(memory), before);
    } else {
        EXPECT_NE(files_of(memory), before);
    }
    return tried;
}

TEST_P(Interrupted, AllOrNothing) {
    const Operation& operation = operations().at(GetParam());
    const std::uint64_t step = operation.cost == Cost::little     ? 1
                               : operation.cost == Cost::password ? 7
                                                                  : 3;
    // Asked after its last call, it is done.
    const Tried undisturbed = run(operation, UINT64_MAX);
    EXPECT_TRUE(undisturbed.done);
    bool stopped = false;
    const std::uint64_t calls = undisturbed.calls;
    for (std::uint64_t number = 0; number < calls; number += step) {
        SCOPED_TRACE(operation.name + ", asked at call " + std::to_string(number));
        const Tried tried = run(operation, number);
        stopped = stopped || !tried.done;
    }
    EXPECT_TRUE(stopped);
}

INSTANTIATE_TEST_SUITE_P(Each, Interrupted, ::testing::Range<std::size_t>(0, operations().size()),
                         [](const auto& each) { return operations().at(each.param).name; });

}  // namespace
}  // namespace aion::test
