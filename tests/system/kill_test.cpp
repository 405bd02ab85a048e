// SPDX-License-Identifier: MIT OR Apache-2.0
// Writers killed with SIGKILL at random moments: what was reported as done stays done, nothing
// else is harmed, and what they left lying about is swept up by the next writer.
//
//   AION_KILL_SECONDS   how long to kill (default 3)
//   AION_KILL_SEED      seed of the moments; printed. The same seed draws the same moments, but
//                       which system call each of them hits is the machine's to decide.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <thread>

#include "system/writers.hpp"

namespace aion::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

class Kill : public Writers {
  protected:
    Kill()
        : seed(number_from_environment("AION_KILL_SEED", std::random_device{}())), moments(seed) {
        std::cout << "AION_KILL_SEED=" << seed << "\n";
    }

    [[nodiscard]] bool time_is_left() const { return Clock::now() < deadline; }

    // How long `child` takes on this machine when nobody kills it.
    static microseconds time_of(Child child) {
        const auto start = Clock::now();
        EXPECT_EQ(child.wait().exit_code, 0);
        return std::chrono::duration_cast<microseconds>(Clock::now() - start);
    }

    // Lets `child` run for a random while, at most `longest`, then kills it. True when it had
    // ended well before.
    bool run_and_kill(Child child, microseconds longest) {
        std::uniform_int_distribution<std::int64_t> moment(0, longest.count());
        if (!child.ends_within(microseconds(moment(moments)))) {
            child.kill();
            ++kills;
        }
        const Ended ended = child.wait();
        EXPECT_TRUE(ended.signal == SIGKILL || ended.exit_code == 0)
            << "signal " << ended.signal << ", exit code " << ended.exit_code;
        return ended.exit_code == 0;
    }

    // Ids of keys of which there is a temporary file.
    [[nodiscard]] std::set<std::string> unfinished_keys() const {
        constexpr std::string_view before = ".author-";
        std::set<std::string> ids;
        for (const auto& entry : std::filesystem::directory_iterator(path(".aion/keys"))) {
            const std::string name = entry.path().filename().string();
            const std::size_t end = name.find(".key.");
            if (name.starts_with(before) && end != std::string::npos) {
                ids.insert(name.substr(before.size(), end - before.size()));
            }
        }
        return ids;
    }

    std::uint64_t seed;
    std::mt19937_64 moments;
    Clock::time_point deadline =
        Clock::now() + std::chrono::seconds(number_from_environment("AION_KILL_SECONDS", 3));
    unsigned kills = 0;
};

// The messages whose commits a library writer reported, from all of their outputs.
std::set<std::string> reported(const std::filesystem::path& directory) {
    std::set<std::string> messages;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (!entry.path().filename().string().starts_with("out-victim")) {
            continue;
        }
        std::ifstream lines(entry.path());
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("done ")) {
                messages.insert(line.substr(5));
            }
        }
    }
    return messages;
}

TEST_F(Kill, CommitsThatWereReportedSurviveAndTheFileStaysValid) {
    make("p.aion");
    std::atomic<bool> done = false;
    Child reader = library_reader("p.aion");
    std::jthread tool_reader([&] { tool_reads("p.aion", done); });
    // A writer that nobody kills goes on meanwhile.
    std::atomic<unsigned> undisturbed = 0;
    std::jthread survivor([&] {
        while (!done) {
            must(tool_commit("p.aion", "survivor " + std::to_string(undisturbed)));
            ++undisturbed;
        }
    });
    std::set<std::string> tool_done;
    const microseconds tool_time =
        time_of({aion_program(), here(tool_commit("p.aion", "undisturbed"))});
    const microseconds library_time = time_of(library_writer("p.aion", "undisturbed", 0, 1));
    for (unsigned round = 0; time_is_left(); ++round) {
        const std::string name = "victim" + std::to_string(round);
        if (round % 4 == 3) {
            const std::string message = "tool" + name;
            if (run_and_kill({aion_program(), here(tool_commit("p.aion", message))},
                             5 * tool_time / 4)) {
                tool_done.insert(message);
            }
        } else {
            // Two at once, so that some die while they wait for the lock and some while they
            // hold it; as many commits as never end by themselves.
            Child other = library_writer("p.aion", name + "b", 0, 1'000'000);
            run_and_kill(library_writer("p.aion", name + "a", 0, 1'000'000), 4 * library_time);
            run_and_kill(std::move(other), 2 * library_time);
        }
    }
    done = true;
    survivor.join();
    tool_reader.join();
    reader.end_input();
    EXPECT_EQ(reader.wait().exit_code, 0) << read("out-reader");

    const std::size_t left = temporaries().size();
    must(tool_commit("p.aion", "last"));
    EXPECT_EQ(temporaries(), std::set<std::string>{}) << "swept by the commit after the last death";
    const auto found = messages_of_valid("p.aion");
    std::set<std::string> must_be_there = reported(path(""));
    must_be_there.merge(tool_done);
    for (unsigned i = 0; i < undisturbed; ++i) {
        must_be_there.insert("survivor " + std::to_string(i));
    }
    for (const std::string& message : must_be_there) {
        EXPECT_TRUE(found.contains(message)) << message << " was reported and is not there";
    }
    for (const auto& [message, times] : found) {
        EXPECT_EQ(times, 1) << message;
    }
    EXPECT_GT(kills, 0U);
    std::cout << kills << " killed, " << found.size() << " versions, " << must_be_there.size()
              << " of them reported, " << left << " temporary file(s) before the last commit\n";
}

TEST_F(Kill, RegistryEditsThatWereReportedSurviveAndTheRegistryAlwaysLoads) {
    const std::string key = make_key(30);
    std::set<std::uint64_t> pinned;
    const auto pin = [&](std::uint64_t author) {
        return here({"registry", "pin", "--author", std::to_string(author), "--public-key", key,
                     "-o", "many.json"});
    };
    const microseconds time = time_of({aion_program(), pin(1)});
    for (std::uint64_t author = 1000; time_is_left(); ++author) {
        if (run_and_kill({aion_program(), pin(author)}, 5 * time / 4)) {
            pinned.insert(author);
        }
        if (!pinned.empty()) {
            must({"registry", "check", "--registry", "many.json"});
        }
    }
    must(pin(2).arguments);
    EXPECT_EQ(temporaries(), std::set<std::string>{});
    const Json registry = must_json({"registry", "show", "--registry", "many.json", "-f", "json"});
    std::set<std::uint64_t> found;
    for (const Json& entry : registry["authors"]) {
        found.insert(entry["author_id"].get<std::uint64_t>());
    }
    EXPECT_TRUE(std::ranges::includes(found, pinned));
    std::cout << kills << " killed, " << pinned.size() << " reported, " << found.size()
              << " authors\n";
}

TEST_F(Kill, WhatDeathsDuringCreationLeaveIsSweptByTheCreationThatSucceeds) {
    const std::vector<std::string> init = {"init", "new.aion", "-a",        "7",      "-k",
                                           "1",    "-r",       "rules.txt", "--quiet"};
    unsigned created = 0;
    const microseconds time = time_of({aion_program(), here(init)});
    std::filesystem::remove(path("new.aion"));
    while (time_is_left()) {
        created += run_and_kill({aion_program(), here(init)}, 5 * time / 4) ? 1U : 0U;
        if (std::filesystem::exists(path("new.aion"))) {
            EXPECT_EQ(messages_of_valid("new.aion").size(), 1U);
            std::filesystem::remove(path("new.aion"));
        }
    }
    const std::size_t left = temporaries().size();
    must(init);
    EXPECT_EQ(temporaries(), std::set<std::string>{});
    std::cout << kills << " killed, " << created << " reported, " << left
              << " temporary file(s) before the last one\n";
}

TEST_F(Kill, AKeyIsThereWholeOrNotAtAll) {
    std::set<std::string> made;
    const auto generate = [&](std::uint64_t id) {
        return here({"key", "generate", "--id", std::to_string(id)});
    };
    const microseconds time = time_of({aion_program(), generate(999)});
    for (std::uint64_t id = 1000; time_is_left(); ++id) {
        if (run_and_kill({aion_program(), generate(id)}, 5 * time / 4)) {
            made.insert(std::to_string(id));
        }
    }
    const Json keys = must_json({"key", "list", "-f", "json"});
    std::set<std::string> listed;
    for (const Json& key : keys) {
        EXPECT_TRUE(key["problem"].is_null()) << key.dump();
        const std::string name = std::to_string(key["key_id"].get<std::uint64_t>());
        listed.insert(name);
        must({"key", "show", name});
    }
    EXPECT_TRUE(std::ranges::includes(listed, made));

    // A private key that an interrupted attempt left goes when the attempt is repeated.
    const std::set<std::string> left = unfinished_keys();
    for (const std::string& id : left) {
        if (listed.contains(id)) {
            must({"key", "delete", id, "--force"});
        }
        must({"key", "generate", "--id", id});
    }
    EXPECT_EQ(unfinished_keys(), std::set<std::string>{});
    std::cout << kills << " killed, " << made.size() << " reported, " << listed.size() << " keys, "
              << left.size() << " unfinished\n";
}

}  // namespace
}  // namespace aion::test
