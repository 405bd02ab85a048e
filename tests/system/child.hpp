// SPDX-License-Identifier: MIT OR Apache-2.0
// A process that runs while the test goes on: to be killed, limited, traced or waited for.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aion::test {

struct ChildOptions {
    std::vector<std::string> arguments;
    std::filesystem::path directory;               ///< Where it runs.
    std::map<std::string, std::string> variables;  ///< The whole environment, and `no_progress`.
    std::string input_path = "/dev/null";
    /// Standard input is a pipe that ends when the test says so; `input_path` is ignored.
    bool hold_input = false;
    std::string output_path = "/dev/null";  ///< Both outputs; relative paths are in `directory`.
    /// The most it may have of heap and other private writable memory (RLIMIT_DATA), in bytes.
    std::optional<std::uint64_t> data_limit;
    /// No thread besides its first: RLIMIT_NPROC, as a user whom that binds.
    bool no_threads = false;
    /// The most it may have of address space (RLIMIT_AS), in bytes.
    std::optional<std::uint64_t> address_limit;
    bool traced = false;  ///< PTRACE_TRACEME: it stops when its program starts.
};

struct Ended {
    int exit_code = -1;  ///< -1 when a signal ended it.
    int signal = 0;
    rusage usage{};
};

/// Starts when made; when destroyed, what still runs is killed. Not thread-safe.
class Child {
  public:
    Child(const std::string& program, const ChildOptions& options);
    ~Child();
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] pid_t id() const noexcept { return id_; }

    /// Waits until it has ended or `longest` has passed; true when it has ended.
    [[nodiscard]] bool ends_within(std::chrono::microseconds longest) const;
    /// SIGKILL. Harmless after it has ended.
    void kill() const;
    /// Ends its standard input (see `hold_input`).
    void end_input();
    /// Waits for the end. To be called once.
    Ended wait();

    /// Somebody else (a tracer) has waited for it.
    void forget() noexcept { id_ = -1; }

  private:
    pid_t id_ = -1;
    int watch_ = -1;  // a pidfd
    int input_ = -1;
};

/// From now on this process can start no other, and no thread: root, whom no limit binds, becomes
/// nobody. False if that cannot be done.
[[nodiscard]] bool forgo_threads();

/// A program that was built beside this test.
[[nodiscard]] std::string program_beside(const std::string& name);

}  // namespace aion::test
