// SPDX-License-Identifier: MIT OR Apache-2.0
// Every vector through the command line: verdict, exit code, document.
#include <algorithm>
#include <map>

#include "cli/scenario.hpp"
#include "support/vectors.hpp"

namespace aion::test {
namespace {

constexpr std::size_t batch_size = 64;

class HostileTest : public Scenario {
  protected:
    [[nodiscard]] static std::string absolute(const std::string& file) {
        return std::filesystem::absolute(std::filesystem::path(AION_TEST_DATA) / "vectors" / file)
            .string();
    }

    // One report for each file, all judged under one registry.
    std::map<std::string, Json> verify(const std::string& registry,
                                       const std::vector<std::string>& files) {
        std::map<std::string, Json> reports;
        for (std::size_t begin = 0; begin < files.size(); begin += batch_size) {
            const std::size_t end = std::min(begin + batch_size, files.size());
            std::vector<std::string> arguments = {"verify", "-q",         "--format",
                                                  "json",   "--registry", absolute(registry)};
            for (std::size_t i = begin; i < end; ++i) {
                arguments.push_back(absolute(files[i]));
            }
            variables["AION_LOG"] = "off";
            const Completed result = run(arguments);
            EXPECT_EQ(result.err, "");
            const Json parsed = Json::parse(result.out);
            const Json list = parsed.is_array() ? parsed : Json::array({parsed});
            EXPECT_EQ(list.size(), end - begin);
            const bool all_valid = std::ranges::all_of(
                list, [](const Json& report) { return report["is_valid"] == true; });
            EXPECT_EQ(result.exit_code, all_valid ? 0 : 1);
            for (std::size_t i = begin; i < end; ++i) {
                reports[files[i]] = list[i - begin];
            }
        }
        return reports;
    }
};

bool gate_failed(const Json& report, const std::string& gate) {
    return std::ranges::any_of(report["gates"], [&](const Json& entry) {
        return entry["gate"] == gate && entry["state"] != "passed";
    });
}

TEST_F(HostileTest, EveryHostileFileGetsItsVerdict) {
    const std::vector<HostileVector> vectors = load_hostile_vectors();
    ASSERT_EQ(vectors.size(), 373U);
    std::map<std::string, std::vector<std::string>> by_registry;
    for (const HostileVector& vector : vectors) {
        by_registry[vector.registry].push_back(vector.file);
    }
    std::map<std::string, Json> reports;
    for (const auto& [registry, files] : by_registry) {
        reports.merge(verify(registry, files));
    }
    for (const HostileVector& vector : vectors) {
        const Json& report = reports.at(vector.file);
        if (vector.expect == "invalid") {
            EXPECT_EQ(report["is_valid"], false) << vector.file;
            EXPECT_TRUE(gate_failed(report, vector.gate) || gate_failed(report, "structure"))
                << vector.file << " should fail " << vector.gate;
            EXPECT_FALSE(report["findings"].empty());
        } else {
            EXPECT_EQ(report["is_valid"], true) << vector.file;
            const std::string needed =
                vector.expect == "valid-unless-pinned" ? "file_id" : "message_texts";
            EXPECT_TRUE(std::ranges::any_of(report["unauthenticated"], [&](const Json& entry) {
                return entry["what"] == needed;
            })) << vector.file;
        }
    }
}

TEST_F(HostileTest, WhatOnlyPinsCanTellIsInvalidUnderPins) {
    std::map<std::string, ValidVector> bases;
    for (const ValidVector& vector : load_valid_vectors()) {
        bases[vector.file] = vector;
    }
    std::size_t count = 0;
    for (const HostileVector& vector : load_hostile_vectors()) {
        if (vector.expect != "valid-unless-pinned") {
            continue;
        }
        ++count;
        const ValidVector& base = bases.at(vector.base);
        const Completed result =
            run({"verify", absolute(vector.file), "--registry", absolute(vector.registry),
                 "--expect-file-id", to_string(base.file_id), "--min-version",
                 std::to_string(base.version_count)});
        EXPECT_EQ(result.exit_code, 1) << vector.file;
    }
    EXPECT_EQ(count, 6U);
}

TEST_F(HostileTest, NoHostileContentIsShown) {
    std::size_t index = 0;
    for (const HostileVector& vector : load_hostile_vectors()) {
        if (vector.expect != "invalid" || index++ % 12 != 0) {
            continue;
        }
        const Completed result =
            run({"show", absolute(vector.file), "rules", "--registry", absolute(vector.registry)});
        EXPECT_EQ(result.exit_code, 1) << vector.file;
        EXPECT_EQ(result.out, "") << vector.file;
        // Looking anyway may fail, but in order.
        for (const char* part : {"rules", "history", "signatures", "info"}) {
            const Completed looked = run({"show", absolute(vector.file), part, "--no-verify",
                                          "--registry", absolute(vector.registry)});
            EXPECT_THAT(looked.exit_code, ::testing::AnyOf(0, 2)) << vector.file << " " << part;
        }
    }
}

TEST_F(HostileTest, EveryValidFileIsValidAndShowsItsPayload) {
    std::map<std::string, std::vector<std::string>> by_registry;
    for (const ValidVector& vector : load_valid_vectors()) {
        by_registry[vector.registry].push_back(vector.file);
        const std::string rules = must({"show", absolute(vector.file), "rules", "--registry",
                                        absolute(vector.registry), "--output", "-"});
        EXPECT_EQ(rules, as_text(read_vector(vector.payload))) << vector.file;
    }
    for (const auto& [registry, files] : by_registry) {
        for (const auto& [file, report] : verify(registry, files)) {
            EXPECT_EQ(report["is_valid"], true) << file;
        }
    }
}

}  // namespace
}  // namespace aion::test
