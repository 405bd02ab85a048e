// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/threads.hpp"

#include <oneapi/tbb/info.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace aion::crypto {

namespace {

unsigned core_count() noexcept {
    return static_cast<unsigned>(std::max(1, oneapi::tbb::info::default_concurrency()));
}

unsigned default_limit() noexcept {
    const unsigned cores = core_count();
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
    static const unsigned fallback = default_limit();
    return std::min(requested != 0 ? requested : fallback, core_count());
}

}  // namespace aion::crypto
