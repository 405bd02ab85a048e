// SPDX-License-Identifier: MIT OR Apache-2.0
// Watching a process from outside with ptrace(2): each of its system calls, and its memory.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "system/child.hpp"

namespace aion::test {

/// A system call that a thread is about to make, or has made.
struct SystemCall {
    pid_t thread = -1;
    std::uint64_t number = 0;  ///< As in <sys/syscall.h>.
    std::array<std::uint64_t, 6> arguments{};
    bool made = false;        ///< False before, true after.
    std::int64_t result = 0;  ///< After: what it returned; negative errors.
};

struct Watchers {
    std::function<void(const SystemCall&)> call;
    /// The process is about to end; its memory is as it leaves it.
    std::function<void(pid_t)> exit;
};

/// Whether this system lets us trace a program that we start.
[[nodiscard]] bool may_trace();

/// Runs a program to its end. All its threads stand still while a watcher is called for one only
/// in so far as they make system calls themselves.
Ended run_traced(const std::string& program, ChildOptions options, const Watchers& watchers);

/// The text at `address` in the memory of `process`, to its terminating zero.
[[nodiscard]] std::string text_at(pid_t process, std::uint64_t address);

/// The number of 64 bits at `address`; 0 where there is none.
[[nodiscard]] std::uint64_t number_at(pid_t process, std::uint64_t address);

/// One mapping of a process and what is in it.
struct Region {
    std::uint64_t start = 0;
    std::string permissions;
    std::string name;
    std::string flags;  ///< VmFlags of smaps: `dd` do not dump, `lo` locked.
    std::string bytes;

    [[nodiscard]] bool has_flag(const std::string& flag) const;
};

/// Everything readable in the memory of `process`, but for what the kernel maps into all.
[[nodiscard]] std::vector<Region> read_memory(pid_t process);

}  // namespace aion::test
