// SPDX-License-Identifier: MIT OR Apache-2.0
// aion key: the keystore from the outside.
#include <sys/stat.h>
#include <unistd.h>

#include "cli/scenario.hpp"
#include "support/vectors.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class KeyTest : public Scenario {
  protected:
    KeyTest() { variables["AION_KEY_PASSWORD"] = "correct horse"; }

    [[nodiscard]] unsigned mode_of(const std::string& name) const {
        struct stat facts{};
        EXPECT_EQ(::stat(path(name).c_str(), &facts), 0);
        return facts.st_mode & 0777U;
    }
};

TEST_F(KeyTest, GenerateShowsThePublicKeyAndWhereTheKeyIs) {
    const Completed result = run({"key", "generate", "--id", "50001", "-d", "build\tkey"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out,
                ::testing::MatchesRegex("Key generated successfully!\n   Key ID: 50001\n"
                                        "   Author ID: 50001\n   Public Key: [0-9a-f]+\n"
                                        "   Description: build.*key\n"));
    EXPECT_THAT(result.out, HasSubstr("build\\tkey"));
    EXPECT_THAT(result.err, HasSubstr("Generating new signing key..."));
    EXPECT_THAT(result.err, HasSubstr("Use 'aion key export 50001' to create a backup"));
    EXPECT_EQ(mode_of(".aion/keys/author-50001.key"), 0600U);
    EXPECT_EQ(mode_of(".aion/keys"), 0700U);
}

TEST_F(KeyTest, GenerateNeverReplaces) {
    make_key(1);
    const std::string before = read(".aion/keys/author-1.key");
    const Completed again = run({"key", "generate", "--id", "1"});
    expect_failure(again,
                   "Error: Key already exists for author ID 1\n"
                   "Use 'aion key delete 1' first or choose a different ID\n");
    EXPECT_EQ(read(".aion/keys/author-1.key"), before);
}

TEST_F(KeyTest, AnExportNeverGoesIntoAStrangersFile) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can make another user's file";
    }
    constexpr uid_t stranger = 54321;
    make_key(1);
    write("backup", "theirs");
    ASSERT_EQ(::chown(path("backup").c_str(), stranger, stranger), 0);
    const Completed refused = run({"key", "export", "1", "-o", "backup"});
    expect_failure(refused, "belongs to another user (54321)");
    EXPECT_THAT(refused.err, HasSubstr("remove it, or choose another name"));
    EXPECT_EQ(read("backup"), "theirs");
}

TEST_F(KeyTest, AnExportIsForItsWriterAlone) {
    make_key(1);
    write("backup", "mine");
    ASSERT_EQ(::chmod(path("backup").c_str(), 0644), 0);
    must({"key", "export", "1", "-o", "backup"});
    EXPECT_EQ(mode_of("backup"), 0600U);
}

TEST_F(KeyTest, ListOfNothing) {
    const Completed result = run({"key", "list"});
    EXPECT_EQ(result.out, "Stored Keys\n=============\n\nNo keys found in keystore.\n");
    EXPECT_EQ(result.err, "Generate a new key with: aion key generate --id KEY_ID\n");
    EXPECT_EQ(must({"key", "list", "--format", "json"}), "[]\n");
}

TEST_F(KeyTest, ListIsAscendingAndReadsNoPrivateKey) {
    const std::string nine = make_key(9);
    const std::string ten = make_key(10);
    flip(".aion/keys/author-9.key", 30);
    const std::string text = must({"key", "list"});
    EXPECT_EQ(text,
              "Stored Keys\n=============\n\n"
              "Key ID: 9\n  Author ID: 9\n  Public Key: " +
                  nine +
                  "\n\n"
                  "Key ID: 10\n  Author ID: 10\n  Public Key: " +
                  ten +
                  "\n\n"
                  "Total: 2 key(s)\n");
}

TEST_F(KeyTest, AKeyWithoutPublicHalfComesWithTheRemedy) {
    const std::string key = make_key(9);
    std::filesystem::remove(path(".aion/keys/author-9.pub"));
    EXPECT_THAT(must({"key", "list"}), HasSubstr("Public Key: not recorded; run: aion key show 9"));
    const Json list = must_json({"key", "list", "--format", "json"});
    EXPECT_EQ(list[0]["public_key_hex"], nullptr);
    EXPECT_THAT(must({"key", "show", "9"}), HasSubstr("Public Key: " + key));
    EXPECT_THAT(must({"key", "list"}), HasSubstr("Public Key: " + key));
}

TEST_F(KeyTest, ShowGivesHexAndBase64) {
    const std::string hex = make_key(9);
    const Json key = must_json({"key", "show", "9", "--format", "json"});
    EXPECT_EQ(key["key_id"], 9);
    EXPECT_EQ(key["public_key_hex"], hex);
    EXPECT_EQ(key["public_key_base64"].get<std::string>().size(), 44U);
    EXPECT_THAT(must({"key", "show", "9", "--format", "yaml"}), HasSubstr("key_id: 9\n"));
    expect_failure(run({"key", "show", "8"}),
                   "Error: Key not found: 8\nUse 'aion key list' to see available keys\n");
}

TEST_F(KeyTest, ADamagedKeyIsRefusedAndLogged) {
    make_key(9);
    flip(".aion/keys/author-9.key", 30);
    const Completed result = run({"key", "show", "9"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("event=\"keystore_load_rejected\" author=0000000000000009"));
    EXPECT_THAT(result.err, HasSubstr("Caused by:\n    Decryption failed: "));
}

TEST_F(KeyTest, DeleteAsksUnlessForced) {
    for (const auto& [answer, deleted] : std::vector<std::pair<std::string, bool>>{{"n\n", false},
                                                                                   {"", false},
                                                                                   {"yes\n", false},
                                                                                   {"\n", false},
                                                                                   {" y \n", true},
                                                                                   {"Y\n", true},
                                                                                   {"y", true}}) {
        make_key(9);
        const Completed result = run({"key", "delete", "9"}, answer);
        EXPECT_EQ(result.exit_code, 0);
        EXPECT_THAT(result.err, HasSubstr("Are you sure you want to delete key 9? This cannot be "
                                          "undone. (y/N): "));
        EXPECT_EQ(result.out, deleted ? "Key 9 deleted from keystore\n" : "Cancelled.\n");
        EXPECT_EQ(std::filesystem::exists(path(".aion/keys/author-9.key")), !deleted) << answer;
        if (!deleted) {
            EXPECT_EQ(must({"key", "delete", "9", "--force"}), "Key 9 deleted from keystore\n");
        }
        EXPECT_THAT(must({"key", "list"}), HasSubstr("No keys found"));
    }
    expect_failure(run({"key", "delete", "9", "-f"}), "Error: Key not found: 9\n");
}

TEST_F(KeyTest, ExportAndImportBringAKeyBack) {
    const std::string key = make_key(9);
    const Completed exported = run({"key", "export", "9", "-o", "k.akey"});
    EXPECT_EQ(exported.exit_code, 0);
    EXPECT_EQ(exported.out, "Key exported successfully!\n   Output: k.akey\n   Size: 81 bytes\n");
    EXPECT_THAT(exported.err, HasSubstr("Keep this file secure"));
    EXPECT_EQ(mode_of("k.akey"), 0600U);
    expect_failure(run({"key", "import", "k.akey", "--id", "9"}),
                   "Error: Key already exists for author ID 9\nUse 'aion key delete 9' first\n");
    must({"key", "delete", "9", "--force"});
    const std::string out = must({"key", "import", "k.akey", "--id", "9"});
    EXPECT_EQ(out, "Key imported successfully!\n   Key ID: 9\n   Author ID: 9\n   Public Key: " +
                       key + "\n");
}

TEST_F(KeyTest, ImportUnderAnotherIdNeedsTheOldOne) {
    const std::string key = make_key(9);
    must({"key", "export", "9", "-o", "k.akey"});
    const Completed refused = run({"key", "import", "k.akey", "--id", "10"});
    expect_failure(refused,
                   "Error: Failed to import key (wrong password or corrupted file)\n"
                   "If it was exported under another id, name that with --exported-as\n");
    EXPECT_THAT(must({"key", "import", "k.akey", "--id", "10", "--exported-as", "9"}),
                HasSubstr("   Public Key: " + key));
}

TEST_F(KeyTest, ImportRefusesWhatIsNoExport) {
    write("short.akey", "AKEY");
    write("long.akey", std::string(5000, 'A'));
    expect_failure(run({"key", "import", "short.akey", "--id", "9"}),
                   "encrypted key file too small: 4 bytes (minimum: 81)");
    EXPECT_EQ(run({"key", "import", "long.akey", "--id", "9"}).exit_code, 2);
    expect_failure(run({"key", "import", "none.akey", "--id", "9"}),
                   "Error: Failed to read from: none.akey\n\nCaused by:\n"
                   "    No such file or directory (os error 2)\n");
}

TEST_F(KeyTest, ExportsOfTheReferenceAreReadable) {
    const Bytes bytes = read_vector("keystore/author-1001.akey");
    write("k.akey", std::string(as_text(bytes)));
    variables["AION_KEY_PASSWORD"] = "correct horse battery staple";
    EXPECT_EQ(after_label(must({"key", "import", "k.akey", "-i", "1001"}), "   Public Key: "),
              "0e89ed765f7a6bf9c69afee6c3e02ace2a79416e470316465730142f451d1ffc");
}

TEST_F(KeyTest, TheKeystoreCanBeElsewhere) {
    variables["AION_KEYSTORE_DIR"] = path("elsewhere").string();
    make_key(9);
    EXPECT_TRUE(std::filesystem::exists(path("elsewhere/author-9.key")));
    EXPECT_FALSE(std::filesystem::exists(path(".aion")));
    variables.erase("AION_KEYSTORE_DIR");
    EXPECT_THAT(must({"key", "list"}), HasSubstr("No keys found"));
}

TEST_F(KeyTest, KeyListIsUnharmedByForeignFiles) {
    make_key(9);
    write(".aion/keys/notes.txt", "x");
    write(".aion/keys/author-x.key", "x");
    write(".aion/keys/author-5.tmp", "x");
    EXPECT_THAT(must({"key", "list"}), HasSubstr("Total: 1 key(s)"));
}

}  // namespace
}  // namespace aion::test
