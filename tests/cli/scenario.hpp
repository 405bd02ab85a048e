// SPDX-License-Identifier: MIT OR Apache-2.0
// A temporary home with keys, a registry and files, and the tool run inside it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aion/base/bytes.hpp"
#include "cli/process.hpp"

namespace aion::test {

using Json = nlohmann::ordered_json;

/// Each test has a directory of its own, which is current directory and HOME of what it runs.
class Scenario : public ::testing::Test {
  protected:
    Scenario();
    ~Scenario() override;

    /// Runs the tool. `input` is its standard input.
    Completed run(const std::vector<std::string>& arguments, const std::string& input = {});
    Completed run(Invocation invocation);
    /// Runs what must succeed and returns its standard output.
    std::string must(const std::vector<std::string>& arguments, const std::string& input = {});
    /// The same, parsed as JSON, which must be nothing but one document.
    Json must_json(const std::vector<std::string>& arguments);

    /// Makes a key and returns its public half in hex.
    std::string make_key(std::uint64_t id);
    /// Keys 1 (author 7) and 2 (its master), pinned in reg.json.
    void make_registry();
    /// `make_registry`, and p.aion with one version holding "allow: read\n".
    void make_file();
    /// One more version of p.aion, holding `rules`.
    void commit(const std::string& rules, const std::string& message);

    [[nodiscard]] std::filesystem::path path(const std::string& name) const;
    void write(const std::string& name, const std::string& content) const;
    [[nodiscard]] std::string read(const std::string& name) const;
    /// Inverts one byte of a file.
    void flip(const std::string& name, std::size_t offset) const;

    /// The environment of everything that runs, besides HOME and PATH.
    std::map<std::string, std::string> variables;

  private:
    std::filesystem::path directory_;
};

/// The first line of `text` that starts with `label`, without the label.
[[nodiscard]] std::string after_label(const std::string& text, const std::string& label);

/// Exit code 2, nothing on standard output, and a message on standard error.
void expect_failure(const Completed& result, const std::string& message);

}  // namespace aion::test
