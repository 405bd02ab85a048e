// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/threads.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <csignal>
#include <fstream>
#include <mutex>
#include <new>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aion {
namespace {

using namespace std::chrono_literals;

/// Which threads have been here.
class Visitors {
  public:
    void sign() {
        const std::scoped_lock lock(mutex_);
        seen_.insert(std::this_thread::get_id());
    }

    [[nodiscard]] std::size_t count() const {
        const std::scoped_lock lock(mutex_);
        return seen_.size();
    }

    /// Waits for so many, but no longer than a machine that is very busy takes to start them.
    void wait_for(std::size_t wanted) const {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (count() < wanted && std::chrono::steady_clock::now() < end) {
            std::this_thread::yield();
        }
    }

  private:
    mutable std::mutex mutex_;
    std::set<std::thread::id> seen_;
};

std::size_t threads_of_this_process() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word && word != "Threads:") {
    }
    std::size_t count = 0;
    status >> count;
    return count;
}

/// Without threads of an earlier call that never came to run: on a busy machine those take a
/// moment to end, and keep others from being started.
class ThreadsTest : public ::testing::Test {
  protected:
    void SetUp() override { expect_no_thread_of_ours(); }

    static void expect_no_thread_of_ours() {
        // After a first thread, with which a sanitizer starts one of its own.
        static const std::size_t at_first = (std::thread([] {}).join(), threads_of_this_process());
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (threads_of_this_process() > at_first && std::chrono::steady_clock::now() < end) {
            std::this_thread::yield();
        }
        EXPECT_EQ(threads_of_this_process(), at_first);
    }
};

TEST_F(ThreadsTest, EveryPieceIsDoneOnceWhateverTheLimit) {
    for (const unsigned limit : {0U, 1U, 2U, 3U, 8U}) {
        for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U}) {
            std::vector<std::atomic<int>> done(count);
            for_each_piece(limit, count, [&](std::size_t i) { ++done[i]; });
            for (const auto& times : done) {
                ASSERT_EQ(times, 1) << "limit " << limit << ", " << count << " pieces";
            }
        }
    }
}

TEST_F(ThreadsTest, OneThreadTakesPiecesInOrderAndIsTheCallers) {
    std::vector<std::size_t> order;
    Visitors visitors;
    for_each_piece(1, 5, [&](std::size_t i) {
        order.push_back(i);
        visitors.sign();
        EXPECT_FALSE(has_company());
    });
    EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
    EXPECT_EQ(visitors.count(), 1U);
}

TEST_F(ThreadsTest, SeveralThreadsWorkAtTheSameTimeAndEndWithTheCall) {
    Visitors visitors;
    const auto meet = [&] {
        EXPECT_TRUE(has_company());
        visitors.sign();
        visitors.wait_for(3);
    };
    together(3, meet, meet, meet);
    EXPECT_EQ(visitors.count(), 3U);
    EXPECT_FALSE(has_company());
    expect_no_thread_of_ours();
}

TEST_F(ThreadsTest, CallsInsideShareTheThreadsOfTheOutermost) {
    Visitors visitors;
    std::atomic<int> sum = 0;
    for_each_piece(3, 3, [&](std::size_t) {
        for_each_piece(8, 20,
                       [&](std::size_t) { together(8, [&] { ++sum; }, [&] { visitors.sign(); }); });
    });
    EXPECT_EQ(sum, 60);
    EXPECT_LE(visitors.count(), 3U);
}

// A call inside that had a team of its own would have more threads.
TEST_F(ThreadsTest, CallsInsideStartNone) {
    const std::size_t before = threads_of_this_process();
    Visitors visitors;
    std::atomic<std::size_t> most = 0;
    for_each_piece(2, 2, [&](std::size_t) {
        visitors.sign();
        visitors.wait_for(2);
        for_each_piece(4, 4, [&](std::size_t) {
            const std::size_t now = threads_of_this_process();
            for (std::size_t seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
            }
        });
    });
    EXPECT_EQ(visitors.count(), 2U);
    EXPECT_EQ(most, before + 1);
}

TEST_F(ThreadsTest, OneFunctionMayUseTheThreadsByCallsInside) {
    Visitors visitors;
    together(2, [&] {
        for_each_piece(2, 2, [&](std::size_t) {
            visitors.sign();
            visitors.wait_for(2);
        });
    });
    EXPECT_EQ(visitors.count(), 2U);
}

TEST_F(ThreadsTest, ALimitInsideIsKept) {
    std::atomic<unsigned> at_once = 0;
    std::atomic<unsigned> most = 0;
    together(4, [&] {
        for_each_piece(2, 200, [&](std::size_t) {
            const unsigned now = ++at_once;
            for (unsigned seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
            }
            std::this_thread::sleep_for(20us);
            --at_once;
        });
    });
    EXPECT_LE(most, 2U);
}

// Helpers that are awake, or woken while the caller is still waking others, are at a loop first.
TEST_F(ThreadsTest, TheFirstPieceIsAlwaysTheCallers) {
    constexpr unsigned limit = 6;
    const auto caller = std::this_thread::get_id();
    std::atomic<int> elsewhere = 0;
    const auto look = [&] { elsewhere += std::this_thread::get_id() != caller ? 1 : 0; };
    together(limit, [&] {
        for (int turn = 0; turn < 1000; ++turn) {
            std::this_thread::sleep_for(std::chrono::microseconds(turn % 2 == 0 ? 300 : 20));
            for_each_piece(limit, limit, [&](std::size_t i) {
                if (i == 0) {
                    look();
                }
            });
            together(limit, look);
        }
    });
    EXPECT_EQ(elsewhere, 0);
}

// How many pieces a thread has begun on top of one another while it waited for others.
thread_local const void* piece_of_this_thread = nullptr;
thread_local unsigned depth_of_this_thread = 0;

// A chain, of which each piece leaves all but a moment's work to whoever comes: two threads that
// wait for each other at every link.
void link(unsigned length, const void* parent, std::atomic<unsigned>& deepest) {
    const bool is_on_top = piece_of_this_thread != parent;
    const void* const below = std::exchange(piece_of_this_thread, &length);
    depth_of_this_thread += is_on_top ? 1 : 0;
    for (unsigned seen = deepest; seen < depth_of_this_thread &&
                                  !deepest.compare_exchange_weak(seen, depth_of_this_thread);) {
    }
    std::atomic<bool> is_taken = false;
    if (length > 0) {
        together(
            2,
            [&] {
                const auto end = std::chrono::steady_clock::now() + 2ms;
                while (!is_taken && std::chrono::steady_clock::now() < end) {
                    std::this_thread::yield();
                }
            },
            [&] {
                is_taken = true;
                link(length - 1, &length, deepest);
            });
    }
    depth_of_this_thread -= is_on_top ? 1 : 0;
    piece_of_this_thread = below;
}

// The stack of a helper is small.
TEST_F(ThreadsTest, WhoWaitsAndHelpsDoesNotDoSoEverDeeper) {
    std::atomic<unsigned> deepest = 0;
    together(2, [&] { link(100, nullptr, deepest); });
    EXPECT_GE(deepest, 1U);
    EXPECT_LE(deepest, 8U);
}

// As a file's records are halved: every level shares its two parts.
std::uint64_t sum_by_halves(std::span<const std::uint64_t> numbers) {
    if (numbers.size() <= 8) {
        return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
    }
    std::uint64_t left = 0;
    std::uint64_t right = 0;
    const std::size_t half = numbers.size() / 2;
    together(
        2, [&] { left = sum_by_halves(numbers.first(half)); },
        [&] { right = sum_by_halves(numbers.subspan(half)); });
    return left + right;
}

TEST_F(ThreadsTest, WorkDividedAgainAndAgainAddsUp) {
    std::vector<std::uint64_t> numbers(10'000);
    std::iota(numbers.begin(), numbers.end(), 1);
    for (const unsigned limit : {1U, 2U, 4U}) {
        for (int turn = 0; turn < 20; ++turn) {
            std::uint64_t sum = 0;
            together(limit, [&] { sum = sum_by_halves(numbers); });
            ASSERT_EQ(sum, 50'005'000U);
        }
    }
}

TEST_F(ThreadsTest, WhatIsThrownOnAnyThreadReachesTheCallerWhenAllHaveStopped) {
    for (const unsigned limit : {1U, 2U, 4U}) {
        for (std::size_t bad = 0; bad < 8; ++bad) {
            std::atomic<int> inside = 0;
            EXPECT_THROW(for_each_piece(limit, 8,
                                        [&](std::size_t i) {
                                            ++inside;
                                            std::this_thread::sleep_for(50us);
                                            --inside;
                                            if (i == bad) {
                                                throw std::bad_alloc();
                                            }
                                        }),
                         std::bad_alloc);
            EXPECT_EQ(inside, 0);
        }
    }
}

TEST_F(ThreadsTest, WhatHelpersThrowReachesTheCaller) {
    const auto caller = std::this_thread::get_id();
    Visitors visitors;
    const auto fail_elsewhere = [&] {
        visitors.sign();
        visitors.wait_for(2);
        if (std::this_thread::get_id() != caller) {
            throw std::bad_alloc();
        }
    };
    EXPECT_THROW(together(2, fail_elsewhere, fail_elsewhere), std::bad_alloc);
    // Through a call inside, too, and nothing is broken afterwards.
    EXPECT_THROW(together(3, [&] { together(2, [] { throw std::bad_alloc(); }, [] {}); }),
                 std::bad_alloc);
    std::atomic<int> done = 0;
    for_each_piece(2, 10, [&](std::size_t) { ++done; });
    EXPECT_EQ(done, 10);
}

TEST_F(ThreadsTest, HelpersBlockSignalsButThoseOfFaults) {
    sigset_t before;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
    Visitors visitors;
    std::atomic<int> checked = 0;
    const auto caller = std::this_thread::get_id();
    const auto look = [&] {
        visitors.sign();
        visitors.wait_for(2);
        sigset_t mask;
        ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
        const int blocked = std::this_thread::get_id() != caller ? 1 : 0;
        for (const int program : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGALRM, SIGCHLD, SIGWINCH}) {
            EXPECT_EQ(::sigismember(&mask, program), blocked) << program;
        }
        for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
            EXPECT_EQ(::sigismember(&mask, fault), 0) << fault;
        }
        ++checked;
    };
    together(2, look, look);
    EXPECT_EQ(checked, 2);
    sigset_t after;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
    EXPECT_EQ(::sigismember(&after, SIGTERM), ::sigismember(&before, SIGTERM));
}

TEST_F(ThreadsTest, AForkedProcessStartsThreadsOfItsOwn) {
    const auto share = [] {
        Visitors visitors;
        const auto meet = [&] {
            visitors.sign();
            visitors.wait_for(2);
        };
        together(2, meet, meet);
        return visitors.count();
    };
    EXPECT_EQ(share(), 2U);
    const pid_t child = ::fork();
    ASSERT_NE(child, -1);
    if (child == 0) {
        ::_exit(share() == 2 ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

// The helpers that the parent has are not the child's, nor do they count as such.
TEST_F(ThreadsTest, AProcessForkedWhileAllHelpersAreBusyHasHelpers) {
    const unsigned most = thread_limit(UINT_MAX) + 4;
    Visitors busy;
    std::atomic<bool> over = false;
    std::jthread caller([&] {
        for_each_piece(most, most, [&](std::size_t) {
            busy.sign();
            while (!over) {
                std::this_thread::yield();
            }
        });
    });
    busy.wait_for(most);
    EXPECT_EQ(busy.count(), most);
    const pid_t child = ::fork();
    if (child == 0) {
        Visitors visitors;
        const auto meet = [&] {
            visitors.sign();
            visitors.wait_for(2);
        };
        together(2, meet, meet);
        ::_exit(visitors.count() == 2 ? 0 : 1);
    }
    over = true;
    ASSERT_NE(child, -1);
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST_F(ThreadsTest, ManyCallersHaveNoMoreHelpersThanOneMay) {
    std::atomic<std::size_t> most = 0;
    constexpr int callers = 12;
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < callers; ++i) {
            all.emplace_back([&] {
                for_each_piece(8, 16, [&](std::size_t) {
                    most = std::max(most.load(), threads_of_this_process());
                    std::this_thread::sleep_for(1ms);
                });
            });
        }
    }
    // With seven helpers each they would be some hundred.
    EXPECT_LE(most, callers + 28 + thread_limit(UINT_MAX));
}

TEST_F(ThreadsTest, ThreadsThatNeverComeToRunDoNotPileUp) {
    std::size_t most = 0;
    for (int turn = 0; turn < 300; ++turn) {
        for_each_piece(3, 3, [](std::size_t) {});
        most = std::max(most, threads_of_this_process());
    }
    // Those that are just ending count no more for the library, but still for the system.
    EXPECT_LE(most, 40 + thread_limit(UINT_MAX));
    expect_no_thread_of_ours();
}

TEST_F(ThreadsTest, CallsOfSeveralThreadsOfAProgramDoNotMeet) {
    std::atomic<int> sum = 0;
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 4; ++i) {
            callers.emplace_back([&] {
                for (int turn = 0; turn < 50; ++turn) {
                    for_each_piece(2, 10, [&](std::size_t) { ++sum; });
                }
            });
        }
    }
    EXPECT_EQ(sum, 2000);
}

}  // namespace
}  // namespace aion
