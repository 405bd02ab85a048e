// SPDX-License-Identifier: MIT OR Apache-2.0
// Archives that somebody wants nobody to get through: hostile files among others, pipes, devices,
// names, what vanishes, what is written meanwhile, and a registry that changes.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <thread>

#include "aion/policy/verify_many.hpp"
#include "cli/scenario.hpp"
#include "support/vectors.hpp"
#include "system/child.hpp"

namespace aion::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

fs::path vector(const std::string& file) {
    return fs::absolute(fs::path(AION_TEST_DATA) / "vectors" / file);
}

/// Calls `act` again and again until it is destroyed.
class Meanwhile {
  public:
    explicit Meanwhile(std::function<void()> act)
        : thread_([this, act = std::move(act)] {
              while (!stop_) {
                  act();
              }
          }) {}

    Meanwhile(const Meanwhile&) = delete;
    Meanwhile& operator=(const Meanwhile&) = delete;
    Meanwhile(Meanwhile&&) = delete;
    Meanwhile& operator=(Meanwhile&&) = delete;

    ~Meanwhile() { stop_ = true; }

  private:
    std::atomic<bool> stop_ = false;
    std::jthread thread_;
};

class HostileArchive : public Scenario {
  protected:
    HostileArchive() {
        fs::create_directory(path("a"));
        fs::copy_file(vector("registries/basic.json"), path("reg.json"));
    }

    /// One of the vectors, under another name.
    void put(const std::string& name, const std::string& file = "valid/chain-2.aion") const {
        fs::create_directories(path(name).parent_path());
        fs::copy_file(vector(file), path(name), fs::copy_options::overwrite_existing);
    }

    struct Outcome {
        int exit_code = -1;
        std::vector<Json> files;
        Json summary;
        std::string err;

        /// The row of a file in the folder `a`.
        [[nodiscard]] const Json& row(const std::string& file) const {
            const auto found =
                std::ranges::find_if(files, [&](const Json& each) { return each["path"] == file; });
            static const Json none;
            EXPECT_NE(found, files.end()) << file;
            return found == files.end() ? none : *found;
        }
    };

    /// Judges the folder `a`: every line of what comes out is a document, the last one the summary.
    Outcome verify(const std::string& threads = "2") {
        variables["AION_THREADS"] = threads;
        const Completed run_ended =
            run({"archive", "verify", "a", "--registry", "reg.json", "--format", "jsonl"});
        Outcome outcome;
        outcome.exit_code = run_ended.exit_code;
        outcome.err = run_ended.err;
        std::istringstream lines(run_ended.out);
        for (std::string line; std::getline(lines, line);) {
            Json row = Json::parse(line);
            if (row["type"] == "file") {
                outcome.files.push_back(std::move(row));
            } else if (row["type"] == "summary") {
                outcome.summary = std::move(row);
            }
        }
        EXPECT_EQ(outcome.summary["file_count"], outcome.files.size()) << run_ended.err;
        return outcome;
    }
};

TEST_F(HostileArchive, EveryHostileFileIsARowWithItsVerdictAndStopsNothing) {
    std::vector<std::string> hostile;
    for (const HostileVector& each : load_hostile_vectors()) {
        put("a/" + each.file, each.file);
        hostile.push_back(each.file);
    }
    put("a/a-first.aion");
    put("a/hostile/m.aion");
    put("a/z-last.aion");
    std::vector<fs::path> paths;
    paths.reserve(hostile.size());
    for (const std::string& file : hostile) {
        paths.push_back(vector(file));
    }
    // What each is by itself.
    const auto registry = trust::Registry::load(Env::system(), vector("registries/basic.json"));
    ASSERT_TRUE(registry.has_value());
    std::map<std::string, bool> alone;
    ASSERT_TRUE(policy::verify_many(Env::system(), paths, *registry, {},
                                    [&](std::size_t i, const auto& report) {
                                        alone[hostile[i]] = report && report->is_valid();
                                        return policy::Next::go_on;
                                    })
                    .has_value());
    const Outcome one = verify("1");
    const Outcome two = verify("2");
    EXPECT_EQ(one.exit_code, 1) << one.err;
    EXPECT_EQ(one.files, two.files);
    ASSERT_EQ(one.files.size(), hostile.size() + 3);
    EXPECT_TRUE(std::ranges::is_sorted(
        one.files, {}, [](const Json& row) { return row["path"].get<std::string>(); }));
    std::size_t valid = 3;
    for (const auto& [file, is_valid] : alone) {
        EXPECT_EQ(one.row(file)["valid"], is_valid) << file;
        valid += is_valid ? 1U : 0U;
    }
    for (const char* file : {"a-first.aion", "hostile/m.aion", "z-last.aion"}) {
        EXPECT_EQ(one.row(file)["valid"], true) << file;
    }
    EXPECT_EQ(one.summary["valid_count"], valid);
    EXPECT_EQ(one.summary["invalid_count"], one.files.size() - valid);
    EXPECT_EQ(one.summary["unreadable_count"], 0);
}

TEST_F(HostileArchive, WhatIsNoFileIsNeitherWaitedForNorRead) {
    put("a/good.aion");
    ASSERT_EQ(::mkfifo(path("a/pipe.aion").c_str(), 0600), 0);
    fs::create_symlink("/dev/zero", path("a/device.aion"));
    fs::create_symlink("/dev/stdin", path("a/input.aion"));
    fs::create_symlink("nowhere", path("a/gone.aion"));
    fs::create_symlink("self.aion", path("a/self.aion"));
    fs::create_symlink("..", path("a/loop"));  // said, and no row
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path("a/socket.aion").string().copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    std::size_t unreadable = 6;
    if (::geteuid() != 0) {
        put("a/closed.aion");
        ASSERT_EQ(::chmod(path("a/closed.aion").c_str(), 0), 0);
        ++unreadable;
    }
    const Outcome outcome = verify();
    ::close(socket);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.summary["unreadable_count"], unreadable);
    EXPECT_EQ(outcome.summary["valid_count"], 1);
    for (const Json& row : outcome.files) {
        EXPECT_EQ(row["valid"], row["path"] == "good.aion" ? Json(true) : Json()) << row;
    }
}

TEST_F(HostileArchive, NamesCannotWriteOnTheScreen) {
    const std::string good = "a/\x1b[2J\x1b]0;owned\x07\n  2 valid, 0 invalid.aion";
    put(good);
    put("a/bad\nPASS bad.aion", "hostile/chain-10--sig-zero.aion");
    put("a/\xff\xfe.aion", "hostile/chain-10--sig-zero.aion");
    for (const char* format : {"text", "reference-text", "json", "yaml"}) {
        const Completed shown =
            run({"archive", "verify", "a", "--registry", "reg.json", "-v", "--format", format});
        EXPECT_EQ(shown.exit_code, 1) << format << shown.err;
        for (const char* forbidden : {"\x1b", "\x07", "\nPASS bad", "\n  2 valid", "\xff"}) {
            EXPECT_THAT(shown.out + shown.err, Not(HasSubstr(forbidden))) << format;
        }
    }
    const Outcome outcome = verify();
    EXPECT_EQ(outcome.row(good.substr(2))["valid"], true);
    EXPECT_EQ(outcome.row("bad\nPASS bad.aion")["valid"], false);
    EXPECT_EQ(outcome.summary["invalid_count"], 2);
}

TEST_F(HostileArchive, AFileThatIsWrittenMeanwhileHarmsNoOther) {
    for (int i = 0; i < 40; ++i) {
        put("a/" + std::to_string(i) + ".aion");
    }
    put("one", "valid/chain-10.aion");
    put("other", "valid/chain-2.aion");
    put("a/renamed.aion");
    put("a/torn.aion");
    const Meanwhile renamed([this, first = true]() mutable {
        fs::copy_file(path(first ? "one" : "other"), path("next"),
                      fs::copy_options::overwrite_existing);
        fs::rename(path("next"), path("a/renamed.aion"));
        first = !first;
    });
    const Meanwhile torn([this, first = true]() mutable {
        std::ofstream(path("a/torn.aion"), std::ios::binary)
            << std::ifstream(path(first ? "one" : "other"), std::ios::binary).rdbuf();
        first = !first;
    });
    for (int round = 0; round < 10; ++round) {
        const Outcome outcome = verify();
        EXPECT_EQ(outcome.files.size(), 42U);
        int torn_comes_to = -1;
        for (const Json& row : outcome.files) {
            if (row["path"] == "torn.aion") {  // which may be anything in between
                torn_comes_to = row["valid"].is_null() ? 2 : row["valid"] == false ? 1 : 0;
            } else {
                EXPECT_EQ(row["valid"], true) << row;
            }
        }
        EXPECT_EQ(outcome.exit_code, torn_comes_to);
    }
}

TEST_F(HostileArchive, WhatVanishesIsSaidAndHarmsNoOther) {
    for (int i = 0; i < 20; ++i) {
        put("a/" + std::to_string(i) + ".aion");
    }
    const Meanwhile vanishing([this] {
        std::error_code ignored;
        fs::create_directories(path("a/1/2"), ignored);
        fs::copy_file(path("a/0.aion"), path("a/1/2/v.aion"), fs::copy_options::overwrite_existing,
                      ignored);
        fs::copy_file(path("a/0.aion"), path("a/v.aion"), fs::copy_options::overwrite_existing,
                      ignored);
        fs::remove_all(path("a/1"), ignored);
        fs::remove(path("a/v.aion"), ignored);
    });
    for (int round = 0; round < 20; ++round) {
        const Outcome outcome = verify();
        std::size_t lasting = 0;
        bool has_none = false;
        bool has_invalid = false;
        for (const Json& row : outcome.files) {
            const std::string name = row["path"];
            if (name == "v.aion" || name.starts_with("1/") || name == "1") {
                // A copy that is under way is a file that ends early.
                has_none = has_none || row["valid"].is_null();
                has_invalid = has_invalid || row["valid"] == false;
                continue;
            }
            ++lasting;
            EXPECT_EQ(row["valid"], true) << row;
        }
        EXPECT_EQ(lasting, 20U);
        EXPECT_EQ(outcome.exit_code, has_none ? 2 : has_invalid ? 1 : 0) << outcome.err;
    }
}

/// Writes to a pipe that somebody reads; false if nobody does for a minute.
bool write_all(int pipe, std::string_view text) {
    while (!text.empty()) {
        pollfd wait{.fd = pipe, .events = POLLOUT, .revents = 0};
        if (::poll(&wait, 1, 60'000) != 1) {
            return false;
        }
        const ssize_t written = ::write(pipe, text.data(), text.size());
        if (written < 0 && errno != EAGAIN) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return true;
}

/// The registry is replaced when the program is known to have begun with its list: it has read
/// from a pipe that was full.
TEST_F(HostileArchive, OneStateOfTheRegistryRules) {
    put("a/p.aion");
    ASSERT_EQ(::mkfifo(path("list").c_str(), 0600), 0);
    ChildOptions options;
    options.arguments = {"archive",    "verify",   "--files-from", "-",
                         "--registry", "reg.json", "--format",     "jsonl"};
    options.directory = path(".");
    options.variables = variables;
    options.variables["HOME"] = path(".").string();
    options.input_path = path("list").string();
    options.output_path = "out";
    const int list = ::open(path("list").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(list, 0);
    Child child(aion_program(), options);
    std::string names;
    std::size_t count = 0;
    while (names.size() < (std::size_t{200} << 10U)) {  // more than a pipe holds
        names += "a/p.aion\n";
        ++count;
    }
    ASSERT_TRUE(write_all(list, names));
    fs::copy_file(vector("registries/empty.json"), path("next.json"));
    fs::rename(path("next.json"), path("reg.json"));
    ASSERT_TRUE(write_all(list, names));
    ::close(list);
    EXPECT_EQ(child.wait().exit_code, 0);
    std::istringstream lines(read("out"));
    std::size_t valid = 0;
    for (std::string line; std::getline(lines, line);) {
        const Json row = Json::parse(line);
        valid += row["type"] == "file" && row["valid"] == true ? 1U : 0U;
    }
    EXPECT_EQ(valid, 2 * count);
    // The new one is for the next run.
    EXPECT_EQ(verify().exit_code, 1);
}

}  // namespace
}  // namespace aion::test
