// SPDX-License-Identifier: MIT OR Apache-2.0
// How much memory the whole program takes, as the system enforces it: RLIMIT_DATA bounds all
// private writable memory (heap, anonymous mappings, stacks of threads), touched or not. The page
// cache, through which files are read, is not among it.
//
//   AION_PAYLOAD_MIB     size of the large payload (default 128; the promise is about 1024)
//   AION_ARCHIVE_NAMES   how many names a list has (default 100000; the promise is about
//                        1,000,000, which take half a minute)
#include <chrono>
#include <iostream>

#include "support/vectors.hpp"
#include "system/writers.hpp"

namespace aion::test {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

class Resources : public Writers {
  protected:
    Ended run_within(std::uint64_t limit, std::vector<std::string> arguments,
                     const std::string& output) {
        ChildOptions options = here(std::move(arguments));
        options.data_limit = limit;
        options.output_path = output;
        return Child(aion_program(), options).wait();
    }
};

TEST_F(Resources, ALargePayloadIsVerifiedWithinSixtyFourMebibytes) {
    const std::uint64_t size = number_from_environment("AION_PAYLOAD_MIB", 128);
    ChildOptions create =
        here({"create", "large.aion", "8", std::to_string(library_seed), std::to_string(size)});
    create.output_path = "out-create";
    ASSERT_EQ(Child(program_beside("system_helper"), create).wait().exit_code, 0)
        << read("out-create");
    ASSERT_GT(std::filesystem::file_size(path("large.aion")), size * mebibyte);

    // No more threads than two, because each has a stack of several MiB.
    for (const char* const threads : {"1", "2"}) {
        variables["AION_THREADS"] = threads;
        const auto start = std::chrono::steady_clock::now();
        const Ended verified = run_within(
            64 * mebibyte, {"verify", "large.aion", "--registry", "reg.json"}, "out-verify");
        const auto time = std::chrono::steady_clock::now() - start;
        EXPECT_EQ(verified.exit_code, 0) << read("out-verify");
        std::cout << size << " MiB, AION_THREADS=" << threads << ": verified in "
                  << std::chrono::duration_cast<std::chrono::milliseconds>(time).count()
                  << " ms with at most 64 MiB of memory of its own\n";
    }

    // The limit bites: a copy of the payload does not fit into it.
    const Ended shown = run_within(
        64 * mebibyte, {"show", "large.aion", "rules", "-o", "copy", "--registry", "reg.json"},
        "out-show");
    EXPECT_EQ(shown.exit_code, 2);
    EXPECT_THAT(read("out-show"), ::testing::HasSubstr("Out of memory"));
}

// Neither the payload, nor the old file, nor the new one is ever in memory.
TEST_F(Resources, ALargePayloadIsCreatedAndCommittedWithinSixtyFourMebibytes) {
    const std::uint64_t size = number_from_environment("AION_PAYLOAD_MIB", 128);
    write("rules.txt", "");
    std::filesystem::resize_file(path("rules.txt"), size * mebibyte);
    variables["AION_THREADS"] = "2";
    const std::vector<std::string> who = {"-a", "7", "-k", "1", "-q"};
    const auto run_with_rules = [&](std::vector<std::string> arguments, bool by_name) {
        arguments.insert(arguments.end(), who.begin(), who.end());
        if (by_name) {
            arguments.insert(arguments.end(), {"--rules", "rules.txt"});
        }
        ChildOptions options = here(std::move(arguments));
        options.data_limit = 64 * mebibyte;
        options.output_path = "out";
        options.input_path = by_name ? "/dev/null" : "rules.txt";
        return Child(aion_program(), options).wait();
    };
    for (const bool by_name : {true, false}) {
        EXPECT_EQ(run_with_rules({"init", "large.aion", "--force"}, by_name).exit_code, 0)
            << read("out");
        EXPECT_EQ(
            run_with_rules({"commit", "large.aion", "-m", "m", "--registry", "reg.json"}, by_name)
                .exit_code,
            0)
            << read("out");
    }
    EXPECT_EQ(run_within(64 * mebibyte, {"verify", "large.aion", "--registry", "reg.json"}, "out")
                  .exit_code,
              0);
}

// A file that says it is as long as it likes costs whoever sends it nothing: it may be sparse.
TEST_F(Resources, LargeFilesThatHoldNothingAreRefusedWithinSixtyFourMebibytes) {
    make("genuine.aion");
    const std::string header = read("genuine.aion").substr(0, 256);
    const auto with_payload = [&](std::uint64_t offset, std::uint64_t length) {
        std::string changed = header;
        for (std::size_t i = 0; i < 8; ++i) {
            changed[104 + i] = static_cast<char>(offset >> 8 * i & 0xffU);
            changed[112 + i] = static_cast<char>(length >> 8 * i & 0xffU);
        }
        return changed;
    };
    constexpr std::uint64_t size = 1024 * mebibyte;
    const std::vector<std::string> starts = {"no .aion file",
                                             header,
                                             with_payload(256, size - 256),
                                             with_payload(0, size),
                                             with_payload(300, size - 400),
                                             with_payload(UINT64_MAX, size)};
    for (const std::string& start : starts) {
        write("sparse.aion", start);
        std::filesystem::resize_file(path("sparse.aion"), size);
        const Ended ended = run_within(
            64 * mebibyte, {"verify", "sparse.aion", "--registry", "reg.json"}, "out-sparse");
        EXPECT_EQ(ended.exit_code, 1) << read("out-sparse");
    }
}

TEST_F(Resources, EveryHostileFileIsJudgedWithinEightMebibytes) {
    // One thread, because the stack of each other one counts 8 MiB.
    variables["AION_THREADS"] = "1";
    int judged = 0;
    for (const HostileVector& vector : load_hostile_vectors()) {
        const Bytes file = read_vector(vector.file);
        const Bytes registry = read_vector(vector.registry);
        write("hostile.aion", std::string(as_text(file)));
        write("trusted.json", std::string(as_text(registry)));
        const Ended ended = run_within(
            8 * mebibyte, {"verify", "hostile.aion", "--registry", "trusted.json"}, "out-hostile");
        EXPECT_EQ(ended.exit_code, vector.expect == "invalid" ? 1 : 0)
            << vector.file << read("out-hostile");
        ++judged;
    }
    EXPECT_GT(judged, 300);
}

/// As many names as a fleet has, of few files. What is remembered of each is some 40 bytes.
TEST_F(Resources, AMillionNamesOnStandardInputTakeAHundredMebibytes) {
    const std::uint64_t count = number_from_environment("AION_ARCHIVE_NAMES", 100'000);
    std::filesystem::copy_file(
        std::filesystem::path(AION_TEST_DATA) / "vectors/registries/basic.json", path("reg.json"),
        std::filesystem::copy_options::overwrite_existing);
    for (const char* name : {"chain-2.aion", "genesis-32-bytes.aion", "genesis-yaml.aion"}) {
        std::filesystem::copy_file(std::filesystem::path(AION_TEST_DATA) / "vectors/valid" / name,
                                   path(name));
    }
    std::string names;
    for (std::uint64_t i = 0; i < count; ++i) {
        names += i % 3 == 0   ? "chain-2.aion\n"
                 : i % 3 == 1 ? "genesis-32-bytes.aion\n"
                              : "genesis-yaml.aion\n";
    }
    write("list", names);
    ChildOptions options =
        here({"archive", "verify", "--files-from", "-", "--registry", "reg.json"});
    options.input_path = path("list").string();
    options.output_path = "out";
    const auto start = std::chrono::steady_clock::now();
    const Ended ended = Child(aion_program(), options).wait();
    const auto time = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(ended.exit_code, 0) << read("out");
    EXPECT_THAT(read("out"), ::testing::HasSubstr(std::to_string(count) + " valid"));
    const auto resident = static_cast<std::uint64_t>(ended.usage.ru_maxrss) << 10U;
    EXPECT_LE(resident, 20 * mebibyte + 80 * count);  // some 96 MiB for a million
    std::cout << count
              << " names: " << std::chrono::duration_cast<std::chrono::milliseconds>(time).count()
              << " ms, " << resident << " MiB resident\n";
}

}  // namespace
}  // namespace aion::test
