// SPDX-License-Identifier: MIT OR Apache-2.0
// From an empty directory to a file with a history, and what may not happen on the way.
#include "aion/base/hex.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/policy/author.hpp"
#include "cli/scenario.hpp"
#include "support/vectors.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LifecycleTest : public Scenario {
  protected:
    [[nodiscard]] std::string info() {
        return must({"show", "p.aion", "info", "--registry", "reg.json"});
    }

    // A registry that pins author 1001 to a test key, and that key's signer.
    crypto::SigningKey pin_test_key() {
        const TestKey key = load_test_keys().at("a1");
        must({"registry", "pin", "--author", "1001", "--public-key", to_hex(key.public_key),
              "--output", "reg.json"});
        return *crypto::SigningKey::from_seed(key.seed);
    }
};

TEST_F(LifecycleTest, InitFromFileWritesTheResultToStandardOutputOnly) {
    make_registry();
    write("r.yaml", "allow: read\n");
    const Completed result = run({"init", "p.aion", "--rules", "r.yaml", "--author", "7", "--key",
                                  "1", "--message", "Genesis"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, ::testing::MatchesRegex(
                                "File created successfully!\n"
                                "   File ID: 0x[0-9a-f]+\n   Version: 1\n   Head: [0-9a-f]+\n"
                                "   Path: p.aion\n"));
    EXPECT_EQ(result.err,
              "Initializing AION file: p.aion\n   Author: 7\n   Message: Genesis\n"
              "   Rules size: 12 bytes\n");
    EXPECT_TRUE(std::filesystem::exists(path("p.aion")));
}

TEST_F(LifecycleTest, InitTakesRulesFromStandardInput) {
    make_registry();
    for (const std::vector<std::string>& rules : {std::vector<std::string>{}, {"--rules", "-"}}) {
        std::vector<std::string> arguments = {"init", "p.aion", "-a", "7", "-k", "1", "--force"};
        arguments.insert(arguments.end(), rules.begin(), rules.end());
        must(arguments, "from: stdin\n");
        EXPECT_EQ(must({"show", "p.aion", "rules", "--registry", "reg.json"}), "from: stdin\n\n");
    }
    EXPECT_THAT(info(), HasSubstr("Message:  Genesis version"));
}

TEST_F(LifecycleTest, InitNeverReplacesWithoutForce) {
    make_file();
    const std::string before = read("p.aion");
    const Completed again = run({"init", "p.aion", "-a", "7", "-k", "1"}, "x");
    EXPECT_EQ(again.err, "Error: File already exists: p.aion\nUse --force to overwrite\n");
    EXPECT_EQ(again.exit_code, 2);
    EXPECT_EQ(read("p.aion"), before);
    must({"init", "p.aion", "-a", "7", "-k", "1", "--force"}, "x");
    EXPECT_NE(read("p.aion"), before);
}

TEST_F(LifecycleTest, AFailedForceLeavesTheOldFile) {
    make_file();
    const std::string before = read("p.aion");
    EXPECT_EQ(run({"init", "p.aion", "-a", "7", "-k", "99", "--force"}, "x").exit_code, 2);
    EXPECT_EQ(read("p.aion"), before);
}

TEST_F(LifecycleTest, NoEncryptionIsRefusedWithTheReason) {
    make_registry();
    const Completed result = run({"init", "p.aion", "-a", "7", "-k", "1", "--no-encryption"}, "x");
    expect_failure(result, "--no-encryption is not possible in format v2");
    EXPECT_THAT(result.err, HasSubstr("anyone can derive from the file id"));
    EXPECT_FALSE(std::filesystem::exists(path("p.aion")));
}

TEST_F(LifecycleTest, CommitAppendsAVersion) {
    make_file();
    const Completed result =
        run({"commit", "p.aion", "-a", "7", "-k", "1", "-m", "more", "--registry", "reg.json"},
            "allow: write\n");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out,
                ::testing::MatchesRegex("Version committed successfully!\n   New version: 2\n"
                                        "   Rules hash: [0-9a-f]+\n   Head: [0-9a-f]+\n"
                                        "   Path: p.aion\n"));
    EXPECT_EQ(result.err,
              "Committing new version to: p.aion\n   Author: 7\n   Message: more\n"
              "   New rules size: 13 bytes\n");
    EXPECT_THAT(info(), HasSubstr("Current Version: 2\nTotal Versions:  2\n"));
}

TEST_F(LifecycleTest, TwoAuthorsShareAFile) {
    make_file();
    make_key(3);
    must({"registry", "pin", "--author", "8", "--key", "3", "--output", "reg.json"});
    must({"commit", "p.aion", "-a", "8", "-k", "3", "-m", "from eight", "--registry", "reg.json"},
         "x");
    const std::string history = must({"show", "p.aion", "history", "--registry", "reg.json"});
    EXPECT_THAT(history, HasSubstr("Author:    7\n"));
    EXPECT_THAT(history, HasSubstr("Author:    8\n"));
    must({"verify", "p.aion", "--registry", "reg.json"});
}

TEST_F(LifecycleTest, AStrangerCannotCommit) {
    make_file();
    const std::string before = read("p.aion");
    const Completed result =
        run({"commit", "p.aion", "-a", "9", "-k", "1", "-m", "m", "--registry", "reg.json"}, "x");
    expect_failure(result,
                   "Error: Failed to commit new version to: p.aion\n\nCaused by:\n"
                   "    Unauthorized signer: author 9 has no active registry epoch at version 2");
    EXPECT_EQ(read("p.aion"), before);
}

TEST_F(LifecycleTest, AnotherKeyCannotCommit) {
    make_file();
    const std::string before = read("p.aion");
    const Completed result =
        run({"commit", "p.aion", "-a", "7", "-k", "2", "-m", "m", "--registry", "reg.json"}, "x");
    expect_failure(result,
                   "Key mismatch: author 7 signing key does not match registry epoch 0 "
                   "operational key");
    EXPECT_EQ(read("p.aion"), before);
}

TEST_F(LifecycleTest, ForcedCommitWarnsAndIsInvalidAfterwards) {
    make_file();
    const Completed result = run({"commit", "p.aion", "-a", "9", "-k", "1", "-m", "m", "--registry",
                                  "reg.json", "--force-unregistered"},
                                 "x");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("Warning: --force-unregistered: skipping registry authz"));
    EXPECT_EQ(run({"verify", "p.aion", "--registry", "reg.json"}).exit_code, 1);
}

TEST_F(LifecycleTest, ABrokenFileIsNeverCarriedForward) {
    make_file();
    flip("p.aion", 100);
    const std::string before = read("p.aion");
    const Completed result =
        run({"commit", "p.aion", "-a", "7", "-k", "1", "-m", "m", "--registry", "reg.json"}, "x");
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr("INVALID"));
    EXPECT_EQ(read("p.aion"), before);
}

TEST_F(LifecycleTest, CommitHonoursPins) {
    make_file();
    const auto commit_with = [this](const std::string& option, const std::string& value) {
        return run({"commit", "p.aion", "-a", "7", "-k", "1", "-m", "m", "--registry", "reg.json",
                    option, value},
                   "x")
            .exit_code;
    };
    EXPECT_EQ(commit_with("--min-version", "2"), 1);
    EXPECT_EQ(commit_with("--expect-head", std::string(64, '0')), 1);
    EXPECT_EQ(commit_with("--expect-file-id", "0x0000000000000001"), 1);
    EXPECT_EQ(commit_with("--min-version", "1"), 0);
}

TEST_F(LifecycleTest, ACommitBehindTheLastVersionIsClampedAndSaysSo) {
    crypto::SigningKey key = pin_test_key();
    must({"registry", "pin", "--author", "7", "--public-key", make_key(1), "--output", "reg.json"});
    policy::CreateOptions options;
    options.timestamp = Timestamp{4'000'000'000'000'000'000};
    ASSERT_TRUE(
        policy::create(Env::system(), path("p.aion"), as_bytes("x"), AuthorId{1001}, key, options));
    const Completed result =
        run({"commit", "p.aion", "-a", "7", "-k", "1", "-m", "m", "--registry", "reg.json"}, "y");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("Warning: the clock is behind the last version; version 2 "
                                      "carries that version's time, 4000000000000000000"));
}

TEST_F(LifecycleTest, RulesMayBeEmptyOrBinary) {
    make_registry();
    const std::string binary("\0\xff\x80\n", 4);
    for (const std::string& rules : {std::string(), binary}) {
        must({"init", "p.aion", "-a", "7", "-k", "1", "--force"}, rules);
        EXPECT_EQ(must({"show", "p.aion", "rules", "--registry", "reg.json", "--output", "-"}),
                  rules);
    }
}

TEST_F(LifecycleTest, AuthorAndKeyIdsAreIndependentAndFullRange) {
    make_key(18446744073709551615U);
    must({"registry", "pin", "--author", "0", "--key", "18446744073709551615", "-o", "reg.json"});
    must({"init", "p.aion", "-a", "0", "-k", "+018446744073709551615"}, "x");
    must({"verify", "p.aion", "--registry", "reg.json"});
}

TEST_F(LifecycleTest, MissingFilesAreNamed) {
    make_registry();
    const std::vector<std::vector<std::string>> commands = {
        {"verify", "no.aion", "--registry", "reg.json"},
        {"show", "no.aion", "info", "--registry", "reg.json"},
        {"show", "no.aion", "rules", "--registry", "reg.json"},
        {"commit", "no.aion", "-a", "7", "-k", "1", "-m", "m", "--registry", "reg.json"}};
    for (const auto& command : commands) {
        expect_failure(run(command, "x"), "Error: File not found: no.aion\n");
    }
}

TEST_F(LifecycleTest, RulesThatCannotBeReadAreNamed) {
    make_registry();
    const Completed result = run({"init", "p.aion", "-a", "7", "-k", "1", "-r", "none.yaml"});
    expect_failure(result,
                   "Error: Failed to read rules from: none.yaml\n\nCaused by:\n"
                   "    No such file or directory (os error 2)\n");
    EXPECT_EQ(run({"init", "p.aion", "-a", "7", "-k", "1", "-r", "."}).exit_code, 2);
}

TEST_F(LifecycleTest, TheTwoLineHintFollowsAMissingKey) {
    const Completed result = run({"init", "p.aion", "-a", "7", "-k", "999"}, "x");
    expect_failure(result,
                   "Error: Failed to load key '999' from keystore.\n"
                   "Hint: Generate a key first with: aion key generate --id 999\n\nCaused by:\n"
                   "    Key not found for author 999: key file not found: ");
}

TEST_F(LifecycleTest, KeyIdsAreParsedAfterOptions) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"abc", "invalid digit found in string"},
        {"", "cannot parse integer from empty string"},
        {"-", "invalid digit found in string"},
        {"18446744073709551616", "number too large to fit in target type"}};
    for (const auto& [text, cause] : cases) {
        const Completed result = run({"init", "p.aion", "-a", "7", "--key=" + text}, "x");
        expect_failure(result, "Error: Invalid key ID '" + text +
                                   "': must be a number\n\nCaused by:\n    " + cause + "\n");
    }
}

TEST_F(LifecycleTest, ASymbolicLinkStaysOne) {
    make_file();
    std::filesystem::create_symlink("p.aion", path("link.aion"));
    must({"commit", "link.aion", "-a", "7", "-k", "1", "-m", "m", "--registry", "reg.json"}, "x");
    EXPECT_TRUE(std::filesystem::is_symlink(path("link.aion")));
    EXPECT_THAT(info(), HasSubstr("Current Version: 2"));
}

TEST_F(LifecycleTest, NothingIsLeftBehind) {
    make_file();
    commit("x", "m");
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path("."))) {
        names.push_back(entry.path().filename().string());
    }
    EXPECT_THAT(names, ::testing::UnorderedElementsAre(".aion", "p.aion", "reg.json"));
}

TEST_F(LifecycleTest, OtherNamesOfAFileAreWarnedOf) {
    make_file();
    std::filesystem::create_hard_link(path("p.aion"), path("other.aion"));
    const std::string before = read("p.aion");
    write("new", "allow: write\n");
    const auto commits = [&] {
        return run({"commit", "p.aion", "-r", "new", "-a", "7", "-k", "1", "-m", "x", "--registry",
                    "reg.json"});
    };
    const std::string warning =
        "p.aion was one of 2 names of a file (hard links): the others keep the old content";
    const Completed first = commits();
    EXPECT_EQ(first.exit_code, 0);
    EXPECT_THAT(first.err, ::testing::HasSubstr(warning));
    EXPECT_EQ(read("other.aion"), before);
    const Completed second = commits();
    EXPECT_EQ(second.exit_code, 0);
    EXPECT_THAT(second.err, ::testing::Not(::testing::HasSubstr(warning)));
}

}  // namespace
}  // namespace aion::test
