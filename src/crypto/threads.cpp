// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/threads.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <thread>

namespace aion::crypto {

namespace {

// The processors that this process may run on. Not asked of oneTBB, which would start up to answer:
// it reads /sys and looks for an OpenMP library, and most calls turn out to need one thread.
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

}  // namespace

unsigned thread_limit(unsigned requested) noexcept {
    static const unsigned cores = core_count();
    static const unsigned fallback = default_limit(cores);
    return std::min(requested != 0 ? requested : fallback, cores);
}

}  // namespace aion::crypto
