// SPDX-License-Identifier: MIT OR Apache-2.0
// A file system under SQLite that fails when a test wants it.
#pragma once

#include <cstdint>

namespace aion::archive::test {

/// While it lives, every database that is opened reads and writes through it.
class FailingDisk {
  public:
    enum class Failure : std::uint8_t { broken, full, no_memory };

    FailingDisk();
    ~FailingDisk();
    FailingDisk(const FailingDisk&) = delete;
    FailingDisk& operator=(const FailingDisk&) = delete;
    FailingDisk(FailingDisk&&) = delete;
    FailingDisk& operator=(FailingDisk&&) = delete;

    /// Lets the call number `first` from now on fail, and those after it if `forever`.
    void fail_from(std::uint64_t first, bool forever, Failure how = Failure::broken) noexcept;

    /// Lets nothing fail any more.
    void mend() noexcept;

    /// Whether a call failed since `fail_from`.
    [[nodiscard]] bool has_failed() const noexcept;
};

}  // namespace aion::archive::test
