// SPDX-License-Identifier: MIT OR Apache-2.0
// Keeps SIGBUS from a truncated, memory-mapped file away from the program.
//
// When another process truncates a file that we have mapped, touching the pages that are gone
// raises SIGBUS; so does a disk that cannot read them. The first mapping installs one
// process-wide handler. It looks the fault address up in a table of our mappings, puts zero pages
// over the rest of that mapping, and marks it damaged; the faulting instruction then runs again
// and reads zeros. Every fault that is not ours goes to whatever handled SIGBUS before, as if we
// were not there.
//
// What this cannot do, and what happens then:
//  - a program that installs its own SIGBUS handler after our first mapping has taken ours away:
//    further files are copied instead of mapped, those already mapped are as safe as its handler;
//  - a thread that reads a mapping while it blocks SIGBUS is killed by the kernel;
//  - the table has `max_guarded_mappings` places: further files are copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "aion/base/bytes.hpp"

namespace aion::posix {

inline constexpr std::size_t max_guarded_mappings = 512;

/// A read-only mapping of a whole file whose missing pages read as zeros. Thread-safe to read.
class GuardedMapping {
    struct Key {};  // only `map` makes mappings

  public:
    /// Maps `size` > 0 bytes of `descriptor`, which may be closed afterwards. Nothing when the
    /// mapping cannot be made or guarded; then the caller reads the file instead.
    [[nodiscard]] static std::unique_ptr<GuardedMapping> map(int descriptor, std::size_t size);

    GuardedMapping(Key /*key*/, ByteView bytes, std::size_t slot) noexcept
        : bytes_(bytes), slot_(slot) {}

    ~GuardedMapping();
    GuardedMapping(const GuardedMapping&) = delete;
    GuardedMapping& operator=(const GuardedMapping&) = delete;
    GuardedMapping(GuardedMapping&&) = delete;
    GuardedMapping& operator=(GuardedMapping&&) = delete;

    [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }

    /// True once a page was missing when it was touched.
    [[nodiscard]] bool damaged() const noexcept;

  private:
    ByteView bytes_;
    std::size_t slot_;
};

}  // namespace aion::posix
