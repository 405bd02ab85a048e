// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/mapping_guard.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <csetjmp>
#include <csignal>
#include <numeric>
#include <thread>

#include "base/env_posix.hpp"
#include "env_world.hpp"

namespace aion::test {
namespace {

using posix::Descriptor;
using posix::GuardedMapping;

std::size_t page_size() {
    return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// A new, nameless file of so many bytes, all 'x'.
Descriptor file_of(std::size_t size) {
    Descriptor file(::memfd_create("guarded", MFD_CLOEXEC));
    const std::string text(size, 'x');
    EXPECT_EQ(::write(file.get(), text.data(), size), static_cast<ssize_t>(size));
    return file;
}

bool all_are(ByteView bytes, char c) {
    return std::ranges::all_of(bytes,
                               [c](std::uint8_t b) { return b == static_cast<std::uint8_t>(c); });
}

TEST(MappingGuard, MapsAFile) {
    const Descriptor file = file_of(10'000);
    const auto mapping = GuardedMapping::map(file.get(), 10'000);
    ASSERT_NE(mapping, nullptr);
    EXPECT_EQ(mapping->bytes().size(), 10'000U);
    EXPECT_TRUE(all_are(mapping->bytes(), 'x'));
    EXPECT_FALSE(mapping->damaged());
}

TEST(MappingGuard, MissingPagesReadAsZeros) {
    const std::size_t size = 16 * page_size();
    const Descriptor file = file_of(size);
    const auto mapping = GuardedMapping::map(file.get(), size);
    ASSERT_NE(mapping, nullptr);
    ASSERT_EQ(::ftruncate(file.get(), static_cast<off_t>(4 * page_size())), 0);
    EXPECT_TRUE(all_are(mapping->bytes().first(4 * page_size()), 'x'));
    EXPECT_FALSE(mapping->damaged());
    EXPECT_TRUE(all_are(mapping->bytes().subspan(9 * page_size()), '\0'));
    EXPECT_TRUE(mapping->damaged());
    EXPECT_TRUE(all_are(mapping->bytes().subspan(4 * page_size()), '\0'));
    EXPECT_TRUE(all_are(mapping->bytes().first(4 * page_size()), 'x'));
}

TEST(MappingGuard, DamageToOneMappingIsNotDamageToAnother) {
    const std::size_t size = 4 * page_size();
    const Descriptor shrinking = file_of(size);
    const Descriptor steady = file_of(size);
    const auto damaged = GuardedMapping::map(shrinking.get(), size);
    const auto intact = GuardedMapping::map(steady.get(), size);
    ASSERT_TRUE(damaged != nullptr && intact != nullptr);
    ASSERT_EQ(::ftruncate(shrinking.get(), 0), 0);
    EXPECT_TRUE(all_are(damaged->bytes(), '\0'));
    EXPECT_TRUE(damaged->damaged());
    EXPECT_TRUE(all_are(intact->bytes(), 'x'));
    EXPECT_FALSE(intact->damaged());
}

TEST(MappingGuard, APlaceInTheTableIsGivenBackWithItsMarkRemoved) {
    const std::size_t size = page_size();
    for (std::size_t i = 0; i < 2 * posix::max_guarded_mappings; ++i) {
        const Descriptor file = file_of(size);
        const auto mapping = GuardedMapping::map(file.get(), size);
        ASSERT_NE(mapping, nullptr);
        EXPECT_FALSE(mapping->damaged());
        ASSERT_EQ(::ftruncate(file.get(), 0), 0);
        EXPECT_EQ(mapping->bytes()[0], 0);
        EXPECT_TRUE(mapping->damaged());
    }
}

TEST(MappingGuard, AFullTableIsSaidSo) {
    const Descriptor file = file_of(1);
    std::vector<std::unique_ptr<GuardedMapping>> mappings;
    while (mappings.size() < posix::max_guarded_mappings) {
        mappings.push_back(GuardedMapping::map(file.get(), 1));
        ASSERT_NE(mappings.back(), nullptr);
    }
    EXPECT_EQ(GuardedMapping::map(file.get(), 1), nullptr);
    mappings.pop_back();
    EXPECT_NE(GuardedMapping::map(file.get(), 1), nullptr);
}

TEST(MappingGuard, WhatCannotBeMappedIsSaidSo) {
    EXPECT_EQ(GuardedMapping::map(-1, 10), nullptr);
}

TEST(MappingGuard, ManyThreadsMayMeetTheSameMissingPage) {
    const std::size_t size = 256 * page_size();
    for (int round = 0; round < 10; ++round) {
        const Descriptor file = file_of(size);
        const auto mapping = GuardedMapping::map(file.get(), size);
        ASSERT_NE(mapping, nullptr);
        std::vector<std::thread> readers;
        std::atomic<std::uint64_t> sum{0};
        for (int i = 0; i < 4; ++i) {
            readers.emplace_back([&] {
                const ByteView bytes = mapping->bytes();
                sum += std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
            });
        }
        ASSERT_EQ(::ftruncate(file.get(), 0), 0);
        for (std::thread& reader : readers) {
            reader.join();
        }
        EXPECT_LE(sum, 4 * size * 'x');
        EXPECT_EQ(mapping->bytes()[size - 1], 0);
        EXPECT_TRUE(mapping->damaged());
    }
}

TEST(MappingGuard, MappingsComeAndGoWhileOthersFault) {
    const std::size_t size = 8 * page_size();
    std::vector<std::thread> threads;
    std::atomic<int> failures{0};
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 100; ++round) {
                const Descriptor file = file_of(size);
                const auto mapping = GuardedMapping::map(file.get(), size);
                if (mapping == nullptr || ::ftruncate(file.get(), 0) != 0 ||
                    !all_are(mapping->bytes(), '\0') || !mapping->damaged()) {
                    ++failures;
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(failures, 0);
}

TEST(MappingGuard, TheRealEnvReportsATruncatedFile) {
    const auto world = make_system_world();
    const std::size_t size = 8U << 20U;
    world->overwrite(world->at("file"), std::string(size, 'x'));
    const auto content = Env::system().read(world->at("file"), {});
    ASSERT_EQ(outcome(content), "ok");
    EXPECT_EQ(outcome((*content)->check_unchanged()), "ok");
    std::filesystem::resize_file(world->at("file"), 100);
    EXPECT_TRUE(all_are((*content)->bytes().subspan(size / 2), '\0'));
    EXPECT_EQ(outcome((*content)->check_unchanged()), "file_changed");
    // Also when it has its old size back by the time somebody asks.
    std::filesystem::resize_file(world->at("file"), size);
    EXPECT_EQ(outcome((*content)->check_unchanged()), "file_changed");
}

// --- Whoever handled SIGBUS before us -------------------------------------------------------
//
// Handlers belong to the whole process, so each of these runs in a child of its own. It exits
// with 0 when all was well and with the number of the first check that failed otherwise.

class MappingGuardDeathTest : public ::testing::Test {
  protected:
    // Each child is a new process in which the guard is not up yet.
    void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

    void TearDown() override { GTEST_FLAG_SET(death_test_style, "fast"); }
};

void check(bool good, int number) {
    if (!good) {
        ::_exit(number);
    }
}

/// A mapping that is not ours and has lost its file: touching it is the program's own affair.
const volatile std::uint8_t* foreign_broken_mapping() {
    const Descriptor file = file_of(page_size());
    void* const at = ::mmap(nullptr, page_size(), PROT_READ, MAP_SHARED, file.get(), 0);
    check(at != MAP_FAILED && ::ftruncate(file.get(), 0) == 0, 90);
    return static_cast<const volatile std::uint8_t*>(at);
}

/// Makes the guard install itself, then checks that it works.
void use_guard(int number) {
    const Descriptor file = file_of(page_size());
    const auto mapping = GuardedMapping::map(file.get(), page_size());
    check(mapping != nullptr && ::ftruncate(file.get(), 0) == 0, number);
    check(mapping->bytes()[0] == 0 && mapping->damaged(), number);
}

void handle_sigbus_with(void (*handler)(int, siginfo_t*, void*), unsigned flags) {
    struct sigaction action{};
    action.sa_sigaction = handler;
    action.sa_flags = static_cast<int>(flags | SA_SIGINFO);
    sigaddset(&action.sa_mask, SIGUSR1);
    check(::sigaction(SIGBUS, &action, nullptr) == 0, 91);
}

void set_disposition(void (*disposition)(int)) {
    struct sigaction action{};
    action.sa_handler = disposition;
    check(::sigaction(SIGBUS, &action, nullptr) == 0, 92);
}

sigjmp_buf way_out;
volatile std::sig_atomic_t foreign_faults = 0;
const volatile void* volatile foreign_address = nullptr;
volatile std::sig_atomic_t usr1_was_blocked = 0;

void jump_out(int, siginfo_t* info, void*) {
    foreign_faults = foreign_faults + 1;
    foreign_address = info->si_addr;
    sigset_t blocked;
    ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
    usr1_was_blocked = sigismember(&blocked, SIGUSR1);
    siglongjmp(way_out, 1);
}

[[noreturn]] void previous_handler_gets_its_own_faults() {
    handle_sigbus_with(jump_out, 0);
    use_guard(1);
    const volatile std::uint8_t* const foreign = foreign_broken_mapping();
    for (int i = 1; i <= 3; ++i) {
        if (sigsetjmp(way_out, 1) == 0) {
            (void)*foreign;
            ::_exit(2);
        }
        check(foreign_faults == i && foreign_address == foreign, 3);
        check(usr1_was_blocked == 1, 4);  // its own sa_mask held
        use_guard(5);                     // and ours still works afterwards
        check(foreign_faults == i, 6);
    }
    ::_exit(0);
}

TEST_F(MappingGuardDeathTest, ThePreviousHandlerGetsItsOwnFaults) {
    EXPECT_EXIT(previous_handler_gets_its_own_faults(), ::testing::ExitedWithCode(0), "");
}

volatile std::sig_atomic_t plain_calls = 0;

[[noreturn]] void previous_plain_handler_gets_sent_signals() {
    set_disposition([](int) { plain_calls = plain_calls + 1; });
    use_guard(1);
    ::raise(SIGBUS);
    ::raise(SIGBUS);
    check(plain_calls == 2, 2);
    use_guard(3);
    ::_exit(0);
}

TEST_F(MappingGuardDeathTest, APlainPreviousHandlerGetsWhatWasSent) {
    EXPECT_EXIT(previous_plain_handler_gets_sent_signals(), ::testing::ExitedWithCode(0), "");
}

[[noreturn]] void ignored_signals_stay_ignored() {
    set_disposition(SIG_IGN);
    use_guard(1);
    ::raise(SIGBUS);
    use_guard(2);
    ::_exit(0);
}

TEST_F(MappingGuardDeathTest, IgnoredSignalsStayIgnored) {
    EXPECT_EXIT(ignored_signals_stay_ignored(), ::testing::ExitedWithCode(0), "");
}

[[noreturn]] void fault_with(void (*disposition)(int)) {
    set_disposition(disposition);
    use_guard(1);
    (void)*foreign_broken_mapping();
    ::_exit(0);
}

TEST_F(MappingGuardDeathTest, OtherFaultsAreFatalAsEver) {
    EXPECT_EXIT(fault_with(SIG_DFL), ::testing::KilledBySignal(SIGBUS), "");
    EXPECT_EXIT(fault_with(SIG_IGN), ::testing::KilledBySignal(SIGBUS), "");
}

[[noreturn]] void send_with_default() {
    set_disposition(SIG_DFL);
    use_guard(1);
    ::raise(SIGBUS);
    ::_exit(0);
}

TEST_F(MappingGuardDeathTest, ASentSignalIsFatalAsEver) {
    EXPECT_EXIT(send_with_default(), ::testing::KilledBySignal(SIGBUS), "");
}

[[noreturn]] void reset_after_the_first_call() {
    handle_sigbus_with([](int, siginfo_t*, void*) { foreign_faults = foreign_faults + 1; },
                       SA_RESETHAND);
    use_guard(1);
    ::raise(SIGBUS);
    check(foreign_faults == 1, 2);
    use_guard(3);  // our own faults do not count
    ::raise(SIGBUS);
    ::_exit(0);
}

TEST_F(MappingGuardDeathTest, AHandlerForOneCallGetsOne) {
    EXPECT_EXIT(reset_after_the_first_call(), ::testing::KilledBySignal(SIGBUS), "");
}

[[noreturn]] void copies_when_the_guard_is_gone() {
    use_guard(1);
    handle_sigbus_with(jump_out, 0);
    const Descriptor file = file_of(page_size());
    check(GuardedMapping::map(file.get(), page_size()) == nullptr, 2);
    const auto content =
        Env::system().read("/proc/self/fd/" + std::to_string(file.get()), {.map_from_size = 1});
    check(content.has_value() && ::ftruncate(file.get(), 0) == 0, 3);
    check(all_are((*content)->bytes(), 'x'), 4);
    ::_exit(0);
}

TEST_F(MappingGuardDeathTest, FilesAreCopiedOnceSomebodyReplacedTheHandler) {
    EXPECT_EXIT(copies_when_the_guard_is_gone(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace aion::test
