// SPDX-License-Identifier: MIT OR Apache-2.0
// What a fuzz target claims about any input.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace aion::fuzz {

/// Ends the process, naming the claim's place, unless it holds: the fuzzer takes that for a crash.
inline void require(bool holds,
                    std::source_location where = std::source_location::current()) noexcept {
    if (!holds) {
        std::fprintf(stderr, "%s:%u: what %s requires does not hold\n", where.file_name(),
                     where.line(), where.function_name());
        std::abort();
    }
}

}  // namespace aion::fuzz
