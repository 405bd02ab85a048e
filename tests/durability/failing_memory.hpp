// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory that ends on demand: one allocation of the program, by operator new or by libcrypto,
// fails. Linked into a program, it replaces both allocators.
#pragma once

#include <cstdint>

namespace aion::test {

/// While it lives, the `nth` allocation from its making on fails, counted from 0 over all threads.
class OneFailingAllocation {
  public:
    explicit OneFailingAllocation(std::uint64_t nth) noexcept;
    ~OneFailingAllocation();
    OneFailingAllocation(const OneFailingAllocation&) = delete;
    OneFailingAllocation& operator=(const OneFailingAllocation&) = delete;
    OneFailingAllocation(OneFailingAllocation&&) = delete;
    OneFailingAllocation& operator=(OneFailingAllocation&&) = delete;

    /// Whether there were as many allocations.
    [[nodiscard]] static bool has_failed() noexcept;
};

}  // namespace aion::test
