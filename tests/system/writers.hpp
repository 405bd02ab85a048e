// SPDX-License-Identifier: MIT OR Apache-2.0
// One directory, two authors, and processes that write and read in it at the same time.
#pragma once

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/scenario.hpp"
#include "support/environment.hpp"
#include "system/child.hpp"

namespace aion::test {

/// reg.json pins author 7, who signs with stored key 1, and author 8, whose key's seed is 32
/// bytes of `library_seed`; the tool writes as the one, programs using the library as the other.
class Writers : public Scenario {
  protected:
    static constexpr unsigned library_seed = 0x38;

    Writers();

    /// Makes `file` with one version, whose message is "genesis".
    void make(const std::string& file);
    /// Options to run something in this directory, with this home.
    [[nodiscard]] ChildOptions here(std::vector<std::string> arguments) const;
    /// A process that commits "NAME FIRST" and so on through the library.
    [[nodiscard]] Child library_writer(const std::string& file, const std::string& name,
                                       unsigned first, unsigned count) const;
    /// A process that reads `file` until `end_input`, and fails at anything but VALID.
    [[nodiscard]] Child library_reader(const std::string& file) const;
    /// Arguments with which the tool commits `message`.
    [[nodiscard]] static std::vector<std::string> tool_commit(const std::string& file,
                                                              const std::string& message);

    /// Runs the tool as a thread of a test may: `run` with standard input taken from rules.txt.
    void tool_commits(const std::string& file, const std::string& name, unsigned count);
    /// Verifies with the tool until `done` says so: VALID each time, and never shorter.
    void tool_reads(const std::string& file, const std::atomic<bool>& done);

    /// Verifies `file` and returns how often each message occurs in its history.
    std::map<std::string, int> messages_of_valid(const std::string& file);
    /// Names in the directory that begin with a dot.
    [[nodiscard]] std::set<std::string> temporaries() const;
};

}  // namespace aion::test
