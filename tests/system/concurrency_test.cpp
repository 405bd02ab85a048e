// SPDX-License-Identifier: MIT OR Apache-2.0
// Many processes at once: nothing is lost, nothing is done twice, readers see only VALID files.
//
//   AION_COMMITS   commits of each of the eight writers of one file (default 50)
#include <algorithm>
#include <atomic>
#include <thread>

#include "aion/base/env.hpp"
#include "support/places.hpp"
#include "system/writers.hpp"

namespace aion::test {
namespace {

// Joins when the scope ends, also when an assertion ended it early.
using Threads = std::vector<std::jthread>;

class Concurrency : public Writers {};

std::map<std::string, int> expected_messages(const std::vector<std::string>& names,
                                             unsigned count) {
    std::map<std::string, int> messages = {{"genesis", 1}};
    for (const std::string& name : names) {
        for (unsigned i = 0; i < count; ++i) {
            messages[name + " " + std::to_string(i)] = 1;
        }
    }
    return messages;
}

// Ends a reader, which must have been content.
void expect_content(Child& reader, const std::string& said) {
    reader.end_input();
    EXPECT_EQ(reader.wait().exit_code, 0) << said;
}

TEST_F(Concurrency, EightProcessesCommitFiftyTimesEachToOneFile) {
    const auto commits_each = static_cast<unsigned>(number_from_environment("AION_COMMITS", 50));
    make("p.aion");
    std::atomic<bool> done = false;
    Child reader = library_reader("p.aion");
    std::jthread tool_reader([&] { tool_reads("p.aion", done); });
    std::vector<std::string> names;
    std::vector<Child> libraries;
    Threads tools;
    for (const std::string which : {"0", "1", "2", "3"}) {
        names.insert(names.end(), {"library" + which, "tool" + which});
        libraries.push_back(library_writer("p.aion", "library" + which, 0, commits_each));
        tools.emplace_back(
            [this, which, commits_each] { tool_commits("p.aion", "tool" + which, commits_each); });
    }
    for (Child& writer : libraries) {
        EXPECT_EQ(writer.wait().exit_code, 0);
    }
    tools.clear();
    done = true;
    tool_reader.join();
    expect_content(reader, read("out-reader"));

    const Json report = must_json({"verify", "p.aion", "--registry", "reg.json", "-f", "json"});
    EXPECT_EQ(report["version_count"], 1 + 8 * commits_each);
    EXPECT_EQ(messages_of_valid("p.aion"), expected_messages(names, commits_each));
    EXPECT_EQ(temporaries(), std::set<std::string>{});
}

TEST_F(Concurrency, FilesOfOneDirectoryDoNotDisturbEachOther) {
    // Names whose temporary files would be each other's if they were told apart carelessly.
    const std::vector<std::string> files = {"p", "p.aion", "p.aion.aion", ".p.aion", "pp.aion"};
    constexpr unsigned commits_each = 12;
    for (const std::string& file : files) {
        make(file);
    }
    std::vector<Child> writers;
    Threads tools;
    for (const std::string& file : files) {
        writers.push_back(library_writer(file, "library-" + file, 0, commits_each));
        tools.emplace_back([&, file] { tool_commits(file, "tool-" + file, commits_each / 4); });
    }
    for (Child& writer : writers) {
        EXPECT_EQ(writer.wait().exit_code, 0);
    }
    tools.clear();
    for (const std::string& file : files) {
        auto expected = expected_messages({"library-" + file}, commits_each);
        expected.merge(expected_messages({"tool-" + file}, commits_each / 4));
        EXPECT_EQ(messages_of_valid(file), expected) << file;
    }
    EXPECT_EQ(temporaries(), std::set<std::string>{});
}

TEST_F(Concurrency, OnlyOneOfManyCreatesAFile) {
    std::atomic<int> created = 0;
    std::atomic<int> refused = 0;
    {
        Threads tools;
        for (unsigned i = 0; i < 6; ++i) {
            tools.emplace_back([&] {
                const Completed made =
                    run({"init", "new.aion", "-a", "7", "-k", "1", "-r", "rules.txt"});
                created += made.exit_code == 0 ? 1 : 0;
                refused += made.err.find("File already exists") != std::string::npos ? 1 : 0;
            });
        }
    }
    EXPECT_EQ(created, 1);
    EXPECT_EQ(refused, 5);
    EXPECT_EQ(temporaries(), std::set<std::string>{});
}

TEST_F(Concurrency, EveryEditOfOneRegistryIsKept) {
    // The registry does not exist at first, so that its creation is contended, too.
    constexpr unsigned editors = 4;
    constexpr unsigned pins_each = 8;
    const std::string key = make_key(30);
    {
        Threads tools;
        for (unsigned editor = 0; editor < editors; ++editor) {
            tools.emplace_back([&, editor] {
                for (unsigned i = 0; i < pins_each; ++i) {
                    must({"registry", "pin", "--author", std::to_string(100 * (editor + 1) + i),
                          "--public-key", key, "-o", "many.json"});
                }
            });
        }
    }
    const Json registry = must_json({"registry", "show", "--registry", "many.json", "-f", "json"});
    std::set<std::uint64_t> authors;
    for (const Json& author : registry["authors"]) {
        authors.insert(author["author_id"].get<std::uint64_t>());
    }
    std::set<std::uint64_t> expected;
    for (std::uint64_t editor = 0; editor < editors; ++editor) {
        for (std::uint64_t i = 0; i < pins_each; ++i) {
            expected.insert(100 * (editor + 1) + i);
        }
    }
    EXPECT_EQ(authors, expected);
    EXPECT_EQ(temporaries(), std::set<std::string>{});
}

TEST_F(Concurrency, OnlyOneOfManyMakesAKeyAndItsPublicHalfIsThatOne) {
    std::atomic<int> made = 0;
    std::string public_key;
    {
        Threads tools;
        for (unsigned i = 0; i < 4; ++i) {
            tools.emplace_back([&] {
                const Completed done = run({"key", "generate", "--id", "40"});
                if (done.exit_code == 0) {
                    ++made;
                    public_key = after_label(done.out, "  Public Key: ");
                }
            });
        }
    }
    ASSERT_EQ(made, 1);
    EXPECT_EQ(must_json({"key", "show", "40", "-f", "json"})["public_key_hex"], public_key);
    const Json keys = must_json({"key", "list", "-f", "json"});
    const auto listed =
        std::ranges::find_if(keys, [](const Json& key) { return key["key_id"] == 40; });
    ASSERT_NE(listed, keys.end());
    EXPECT_EQ((*listed)["public_key_hex"], public_key);
}

TEST_F(Concurrency, AWriterThatMayNotWaitIsToldOfTheConflict) {
    make("p.aion");
    const auto lock = lock_at(Env::system(), path("p.aion"), 0);
    ASSERT_TRUE(lock.has_value());
    const std::string before = read("p.aion");
    std::vector<std::string> arguments = tool_commit("p.aion", "impatient");
    *(std::ranges::find(arguments, "--wait") + 1) = "0";
    expect_failure(run(arguments), "is locked by another writer");
    EXPECT_EQ(read("p.aion"), before);
}

}  // namespace
}  // namespace aion::test
