// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/threads.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace aion {

namespace {

// The processors that this process may run on.
unsigned core_count() noexcept {
#ifdef CPU_COUNT
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
        return static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
    }
#endif
    // Beyond 1024 processors, where the set above is too small, and on other systems.
    return std::max(1U, std::thread::hardware_concurrency());
}

unsigned default_limit(unsigned cores) noexcept {
    const char* variable = std::getenv("AION_THREADS");  // NOLINT(concurrency-mt-unsafe): once
    if (variable == nullptr) {
        return cores;
    }
    const std::string_view text(variable);
    unsigned threads = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && threads > 0 ? threads : cores;
}

// How long to wait awake: some times what being woken takes, so that whoever meets another after
// each piece of a long file does not fall asleep in between.
constexpr std::chrono::microseconds patience{200};

// Enough for the deepest of our work, and small beside what a process has; the system's own size is
// anything from 128 KiB to 8 MiB.
constexpr std::size_t stack_size = std::size_t{1} << 20U;

// Where the address space is limited, a helper's stack and its share of the heap would take what
// the caller's work needs, which then fails though one thread could have done it.
bool address_space_is_limited() noexcept {
    rlimit limit{};
    return ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

// Threads of ours in this process, whoever called for them: many callers together have no more
// helpers than one alone could use, and a few that are just ending.
std::atomic<unsigned> helpers_alive = 0;

bool there_may_be_another() noexcept {
    static const unsigned most = [] {
        // A process that is forked off has none of them.
        return ::pthread_atfork(nullptr, nullptr, [] { helpers_alive = 0; }) == 0 ? core_count() + 3
                                                                                  : 0;
    }();
    return helpers_alive < most;
}

// While it lives, a thread that is started has blocked what its caller has, and all signals but
// those for a fault of its own, which blocked would kill the program without its handler, and a
// profiler's, which asks what this very thread is doing.
class SignalsBlocked {
  public:
    SignalsBlocked() noexcept {
        sigset_t set;
        ::sigfillset(&set);
        for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF}) {
            ::sigdelset(&set, own);
        }
        ::pthread_sigmask(SIG_BLOCK, &set, &before_);
    }

    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

  private:
    sigset_t before_{};
};

// How many pieces a thread may have begun on top of one another by helping while it waited. Deeper
// it only waits, or what it helps with, waiting in turn, could fill its stack. That ends: whoever
// it waits for began before, and waits, if at all, for a loop that is newer than the one before it.
constexpr unsigned deepest_help = 8;

// Pieces of work of one call, on the stack of the thread that made it.
class Loop {
  public:
    Loop(std::size_t count, detail::PieceFunction piece) noexcept : count_(count), piece_(piece) {}

    [[nodiscard]] bool is_worth_offering() const noexcept { return count_ > 1; }

    // By its owner: does the first piece, and others until none is left to begin.
    void begin() noexcept { work_from(0); }

    // By whoever helps: the same without the first.
    void help() noexcept { work_from(begun_++); }

    // After everybody's work.
    void rethrow() {
        if (error_) {
            std::rethrow_exception(error_);
        }
    }

    // The rest is the team's, under its mutex.
    unsigned welcome = 0;  // Helpers that may still join; if there are any, the loop is listed.
    unsigned helpers = 0;  // Those at work on it.
    Loop* older = nullptr;
    Loop* newer = nullptr;

  private:
    void work_from(std::size_t first) noexcept {
        try {
            for (std::size_t i = first; i < count_; i = begun_++) {
                piece_(i);
            }
        } catch (...) {
            begun_ = count_;
            if (!failed_.exchange(true)) {
                error_ = std::current_exception();
            }
        }
    }

    std::size_t count_;
    detail::PieceFunction piece_;
    std::atomic<std::size_t> begun_ = 1;  // The first is the owner's, whoever comes before it.
    std::atomic<bool> failed_ = false;
    std::exception_ptr error_;
};

// The threads of one outermost call. Whoever has nothing to do helps with the oldest loop, which
// is the one nearest the root, so that what is taken over is large.
class Team {
  public:
    // This thread and up to so many others; null if memory for a team cannot be had.
    static std::shared_ptr<Team> with_helpers(unsigned helpers) noexcept {
        try {
            auto team = std::make_shared<Team>();
            team->helpers_.reserve(helpers);
            team->start(team, helpers);
            return team;
        } catch (const std::bad_alloc&) {
            return nullptr;
        }
    }

    // Ends the others. Those that have not come to run yet, on a busy machine, are not waited for:
    // they will find that there is nothing to do, and do nothing.
    void dismiss() noexcept {
        {
            const std::scoped_lock lock(mutex_);
            over_ = true;
            ++changes_;
        }
        changes_.notify_all();
        for (const Helper& helper : helpers_) {
            if (helper.has_begun) {
                ::pthread_join(helper.thread, nullptr);
            } else {
                ::pthread_detach(helper.thread);
            }
        }
        of_this_thread = nullptr;
    }

    // Has `loop` done by this thread and up to `limit` - 1 of the others.
    void share(Loop& loop, unsigned limit) noexcept {
        if (limit > 1 && !helpers_.empty() && loop.is_worth_offering()) {
            offer(loop, limit - 1);
            loop.begin();
            settle(loop);
        } else {
            loop.begin();
        }
    }

    static thread_local Team* of_this_thread;

  private:
    using Lock = std::unique_lock<std::mutex>;

    struct Helper {
        std::shared_ptr<Team> team;  // Until it comes to run.
        pthread_t thread{};
        bool has_begun = false;  // Never, once the call is over.
    };

    void start(const std::shared_ptr<Team>& self, unsigned count) noexcept {
        of_this_thread = this;
        if (address_space_is_limited()) {
            return;
        }
        pthread_attr_t attributes;
        if (::pthread_attr_init(&attributes) != 0) {
            return;
        }
        ::pthread_attr_setstacksize(&attributes, stack_size);
        const SignalsBlocked blocked;
        while (helpers_.size() < count && there_may_be_another()) {
            Helper& helper = helpers_.emplace_back();
            helper.team = self;
            ++helpers_alive;
            if (::pthread_create(&helper.thread, &attributes, &Team::run_helper, &helper) != 0) {
                --helpers_alive;
                helpers_.pop_back();  // Those that there are will do.
                break;
            }
        }
        ::pthread_attr_destroy(&attributes);
    }

    static void* run_helper(void* argument) noexcept {
        auto& helper = *static_cast<Helper*>(argument);
        const std::shared_ptr<Team> team = std::move(helper.team);
        team->help(helper);
        --helpers_alive;
        return nullptr;
    }

    void offer(Loop& loop, unsigned helpers) noexcept {
        {
            const std::scoped_lock lock(mutex_);
            loop.welcome = helpers;
            loop.older = newest_;
            (newest_ != nullptr ? newest_->newer : oldest_) = &loop;
            newest_ = &loop;
            ++changes_;
        }
        changes_.notify_all();
    }

    void unlist(Loop& loop) noexcept {
        loop.welcome = 0;
        (loop.older != nullptr ? loop.older->newer : oldest_) = loop.newer;
        (loop.newer != nullptr ? loop.newer->older : newest_) = loop.older;
    }

    // Until nobody is at work on `loop` any more.
    void settle(Loop& loop) noexcept {
        Lock lock(mutex_);
        if (loop.welcome != 0) {
            unlist(loop);
        }
        while (loop.helpers != 0) {
            help_or_wait(lock);
        }
    }

    void help(Helper& self) noexcept {
        of_this_thread = this;
        Lock lock(mutex_);
        if (over_) {
            return;
        }
        self.has_begun = true;
        while (!over_) {
            help_or_wait(lock);
        }
    }

    void help_or_wait(Lock& lock) noexcept {
        if (oldest_ == nullptr || depth_of_help == deepest_help) {
            const std::uint32_t seen = changes_;
            lock.unlock();
            wait_for_change(seen);
            lock.lock();
            return;
        }
        Loop& loop = *oldest_;
        ++loop.helpers;
        if (--loop.welcome == 0) {
            unlist(loop);
        }
        lock.unlock();
        ++depth_of_help;
        loop.help();
        --depth_of_help;
        lock.lock();
        // From here on its owner may take it away.
        if (--loop.helpers == 0) {
            ++changes_;
            changes_.notify_all();
        }
    }

    void wait_for_change(std::uint32_t seen) const noexcept {
        const auto end = std::chrono::steady_clock::now() + patience;
        do {
            if (changes_ != seen) {
                return;
            }
            std::this_thread::yield();  // To whoever we wait for, where cores are few.
        } while (std::chrono::steady_clock::now() < end);
        changes_.wait(seen);
    }

    static thread_local unsigned depth_of_help;

    std::mutex mutex_;
    std::atomic<std::uint32_t> changes_ = 0;  // Counts what somebody may wait for.
    bool over_ = false;
    Loop* oldest_ = nullptr;
    Loop* newest_ = nullptr;
    std::vector<Helper> helpers_;  // Reserved: each stays where it is.
};

thread_local Team* Team::of_this_thread = nullptr;
thread_local unsigned Team::depth_of_help = 0;

}  // namespace

unsigned thread_limit(unsigned requested) noexcept {
    static const unsigned cores = core_count();
    static const unsigned fallback = default_limit(cores);
    return std::min(requested != 0 ? requested : fallback, cores);
}

bool has_company() noexcept {
    return Team::of_this_thread != nullptr;
}

void detail::share(unsigned limit, std::size_t count, PieceFunction function) {
    Loop loop(count, function);
    std::shared_ptr<Team> own;
    if (Team::of_this_thread == nullptr && limit > 1) {
        own = Team::with_helpers(limit - 1);
    }
    if (Team::of_this_thread != nullptr) {
        Team::of_this_thread->share(loop, limit);
    } else {
        loop.begin();
    }
    if (own != nullptr) {
        own->dismiss();
    }
    loop.rethrow();
}

}  // namespace aion
