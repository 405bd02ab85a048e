// SPDX-License-Identifier: MIT OR Apache-2.0
// Where no thread can be had (RLIMIT_NPROC), or its memory is missed elsewhere (RLIMIT_AS), the
// calling thread does the work: for whoever uses the library, and for the program.
#include "system/writers.hpp"

namespace aion::test {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

class NoThreads : public Writers {
  protected:
    // Each way in which verification spreads over threads: an image in memory, a payload that
    // passes through a buffer, a long history.
    void SetUp() override {
        const auto make_with = [&](const std::string& file, std::size_t size) {
            write("payload.txt", std::string(size, 'x'));
            must({"init", file, "-a", "7", "-k", "1", "-r", "payload.txt"});
        };
        make_with("image.aion", 2 * mebibyte);
        make_with("stream.aion", 5 * mebibyte);
        make_with("history.aion", 10);
        ChildOptions write = here({"write", "history.aion", "reg.json", "8",
                                   std::to_string(library_seed), "version", "1", "70"});
        write.output_path = "out-write";
        ASSERT_EQ(Child(program_beside("system_helper"), write).wait().exit_code, 0)
            << read("out-write");
        // For somebody else, too, whom the limit binds.
        using std::filesystem::perms;
        constexpr perms may_read = perms::group_read | perms::others_read;
        constexpr perms may_enter = may_read | perms::group_exec | perms::others_exec;
        std::filesystem::permissions(path(""), may_enter, std::filesystem::perm_options::add);
        for (const std::string& file : files) {
            std::filesystem::permissions(path(file), may_read, std::filesystem::perm_options::add);
        }
        variables["AION_THREADS"] = "8";
    }

    Ended run_limited(const std::string& program, ChildOptions options) {
        std::filesystem::remove(path("out"));
        write("out", "");
        std::filesystem::permissions(path("out"), std::filesystem::perms::all);
        options.output_path = "out";
        return Child(program, options).wait();
    }

    [[nodiscard]] ChildOptions judge() const {
        return here({"judge", "reg.json", "image.aion", "stream.aion", "history.aion"});
    }

    [[nodiscard]] ChildOptions verify() const {
        return here({"verify", "image.aion", "stream.aion", "history.aion", "--registry",
                     "reg.json", "--quiet"});
    }

    // From too little for anything to enough for everything: right, or out of memory (with less
    // than main() needs the dynamic linker ends with 127, or the C++ runtime aborts before it), and
    // never out of it where one thread is not.
    void within_any_address_space(const std::string& program, ChildOptions options) {
        std::size_t successes = 0;
        bool reaches_main = false;
        for (std::uint64_t limit = 8 * mebibyte; limit <= 64 * mebibyte; limit += mebibyte / 2) {
            options.address_limit = limit;
            options.variables["AION_THREADS"] = "8";
            const Ended ended = run_limited(program, options);
            const std::string output = read("out");
            reaches_main = reaches_main || ended.exit_code == 0 || ended.exit_code == 2;
            if (!reaches_main) {
                EXPECT_TRUE(ended.exit_code == 127 || ended.signal != 0) << output;
                continue;
            }
            EXPECT_EQ(ended.signal, 0) << limit << " bytes: " << output;
            if (ended.exit_code == 0) {
                ++successes;
                continue;
            }
            EXPECT_TRUE(ended.exit_code == 2 && output.find("Out of memory") != std::string::npos)
                << limit << " bytes: " << ended.exit_code << ' ' << output;
            options.variables["AION_THREADS"] = "1";
            EXPECT_NE(run_limited(program, options).exit_code, 0)
                << limit << " bytes would do for one thread";
        }
        EXPECT_GE(successes, 16U);
    }

    const std::vector<std::string> files = {"image.aion", "stream.aion", "history.aion",
                                            "reg.json"};
};

TEST_F(NoThreads, TheLibraryJudgesOnTheCallingThreadAtTheLimitOfProcesses) {
    ChildOptions options = judge();
    options.no_threads = true;
    const Ended ended = run_limited(program_beside("system_helper"), options);
    EXPECT_EQ(ended.exit_code, 0) << ended.signal;
    EXPECT_EQ(read("out"), "alone: all VALID\n");
}

TEST_F(NoThreads, TheProgramJudgesOnTheCallingThreadAtTheLimitOfProcesses) {
    ChildOptions options = verify();
    options.no_threads = true;
    const Ended ended = run_limited(aion_program(), options);
    EXPECT_EQ(ended.exit_code, 0) << ended.signal << read("out");
}

// Of many files, in turn small ones and such as several threads would share.
TEST_F(NoThreads, TheProgramJudgesManyFilesAlike) {
    std::vector<std::string> words = {"verify", "--registry", "reg.json"};
    for (int i = 0; i < 40; ++i) {
        for (const char* file : {"history.aion", "none.aion", "reg.json", "image.aion"}) {
            words.emplace_back(file);
        }
    }
    words.insert(words.end(), {"stream.aion", "history.aion"});
    const auto judged = [&](const std::string& threads, bool none) {
        ChildOptions options = here(words);
        options.variables["AION_THREADS"] = threads;
        options.no_threads = none;
        EXPECT_EQ(run_limited(aion_program(), options).exit_code, 2);
        return read("out");
    };
    const std::string one_by_one = judged("1", false);
    EXPECT_THAT(one_by_one,
                ::testing::HasSubstr("162 files: 82 VALID, 40 INVALID, 40 without a verdict"));
    EXPECT_EQ(judged("8", true), one_by_one);
    EXPECT_EQ(judged("2", false), one_by_one);
    EXPECT_EQ(judged("8", false), one_by_one);
}

TEST_F(NoThreads, TheLibraryNeedsNoMoreAddressSpaceThanOneThreadDoes) {
    within_any_address_space(program_beside("system_helper"), judge());
}

TEST_F(NoThreads, TheProgramNeedsNoMoreAddressSpaceThanOneThreadDoes) {
    within_any_address_space(aion_program(), verify());
}

#ifdef AION_PROGRAM_IS_SMALL
// The image of a static program takes address space before its first line runs: one that grows
// beyond a limit is ended by the kernel and says nothing.
TEST_F(NoThreads, TheProgramFitsInto12000Kibibytes) {
    ChildOptions options = here({"verify", "history.aion", "--registry", "reg.json", "--quiet"});
    options.address_limit = std::uint64_t{12'000} << 10U;
    const Ended ended = run_limited(aion_program(), options);
    EXPECT_EQ(ended.signal, 0);
    EXPECT_TRUE(ended.exit_code == 0 || ended.exit_code == 2) << read("out");
}
#endif

}  // namespace
}  // namespace aion::test
