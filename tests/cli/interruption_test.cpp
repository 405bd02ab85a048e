// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/interruption.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"

namespace aion::test {
namespace {

using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

// Each in a process of its own, which ends.
class InterruptionDeathTest : public ::testing::Test {
  protected:
    // A program that writes a file and is sent so many signals at the first call of a kind. Exits
    // with 3 when nothing was written, with 4 when all was.
    [[noreturn]] void write_and_exit(MemoryEnv::Call at, int signals) {
        cli::handle_interruptions(interrupt);
        cli::announce_change();
        memory.set_fault(
            [at, signals, seen = 0](std::uint64_t, const MemoryEnv::CallRecord& call) mutable {
                for (; call.call == at && seen < signals; ++seen) {
                    static_cast<void>(std::raise(SIGTERM));
                }
                return 0;
            });
        const std::array<ByteView, 1> piece{as_bytes("new")};
        const bool written = write_file_atomically(env, "/file", piece, {}).has_value();
        if (written != memory.get("/file").has_value() || written == memory.all_paths().empty()) {
            std::_Exit(5);
        }
        cli::die_if_interrupted();
        std::_Exit(written ? 4 : 3);
    }

    Interrupt interrupt;
    MemoryEnv memory;
    InterruptibleEnv env{memory, interrupt};
};

TEST_F(InterruptionDeathTest, BeforeTheWriteItDiesAtOnceAndSaysWhy) {
    EXPECT_EXIT(write_and_exit(MemoryEnv::Call::locate, 1), KilledBySignal(SIGTERM),
                "^Interrupted: nothing was changed\n$");
}

TEST_F(InterruptionDeathTest, WhileWritingItFirstTidiesUp) {
    EXPECT_EXIT(write_and_exit(MemoryEnv::Call::append, 1), KilledBySignal(SIGTERM), "^$");
}

TEST_F(InterruptionDeathTest, TheSecondSignalKills) {
    EXPECT_EXIT(write_and_exit(MemoryEnv::Call::link, 2), KilledBySignal(SIGTERM),
                "^Interrupted in the middle of a write: a temporary file may be left\n$");
}

// Whoever is told that a command died by a signal does again what it did.
TEST_F(InterruptionDeathTest, TheSecondSignalBehindTheDeedIsNoDeath) {
    EXPECT_EXIT(write_and_exit(MemoryEnv::Call::sync_directory, 2), ExitedWithCode(0),
                "^Interrupted: what was asked for is done; its report is not complete\n$");
}

TEST_F(InterruptionDeathTest, WhenItIsDoneTheProgramGoesOn) {
    EXPECT_EXIT(write_and_exit(MemoryEnv::Call::link, 1), ExitedWithCode(4), "^$");
    EXPECT_EXIT(write_and_exit(MemoryEnv::Call::sync_directory, 1), ExitedWithCode(4), "^$");
}

TEST_F(InterruptionDeathTest, WithoutAChangeInSightItDiesWithoutAWord) {
    const auto die = [this] {
        cli::handle_interruptions(interrupt);
        static_cast<void>(std::raise(SIGHUP));
    };
    EXPECT_EXIT(die(), KilledBySignal(SIGHUP), "^$");
}

TEST_F(InterruptionDeathTest, WhatIsIgnoredStaysIgnored) {
    const auto live = [this] {
        static_cast<void>(std::signal(SIGHUP, SIG_IGN));
        cli::handle_interruptions(interrupt);
        static_cast<void>(std::raise(SIGHUP));
        std::_Exit(0);
    };
    EXPECT_EXIT(live(), ExitedWithCode(0), "^$");
}

}  // namespace
}  // namespace aion::test
