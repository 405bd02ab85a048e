// SPDX-License-Identifier: MIT OR Apache-2.0
// aion registry: pinning, rotating, revoking, and doing so with the master key elsewhere.
#include "cli/scenario.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RegistryTest : public Scenario {
  protected:
    RegistryTest() {
        make_file();
        make_key(3);
    }

    static std::vector<std::string> rotation(const std::string& version,
                                             const std::string& master = "2") {
        return {"registry",
                "rotate",
                "--author",
                "7",
                "--from-epoch",
                "0",
                "--to-epoch",
                "1",
                "--new-key",
                "3",
                "--master-key",
                master,
                "--effective-from-version",
                version,
                "--registry",
                "reg.json"};
    }

    static std::vector<std::string> revocation(const std::string& epoch,
                                               const std::string& version) {
        return {"registry",
                "revoke",
                "--author",
                "7",
                "--epoch",
                epoch,
                "--reason",
                "compromised",
                "--master-key",
                "2",
                "--effective-from-version",
                version,
                "--registry",
                "reg.json"};
    }
};

TEST_F(RegistryTest, PinSaysWhatItDid) {
    EXPECT_EQ(
        must({"registry", "pin", "--author", "8", "--key", "3", "--master", "2", "-o", "new.json"}),
        "Pinned author 8 with key '3'\n   Registry: new.json\n");
    EXPECT_FALSE(read("new.json").ends_with("\n"));
}

TEST_F(RegistryTest, PinTwiceIsHarmlessPinDifferentlyIsNot) {
    const std::string before = read("reg.json");
    const Completed again =
        run({"registry", "pin", "--author", "7", "--key", "1", "--master", "2", "-o", "reg.json"});
    EXPECT_EQ(again.exit_code, 0);
    EXPECT_THAT(again.err, HasSubstr("nothing was changed"));
    expect_failure(run({"registry", "pin", "--author", "7", "--key", "3", "-o", "reg.json"}),
                   "Error: Failed to pin author 7\n\nCaused by:\n"
                   "    Invalid file format: author 7 already registered");
    EXPECT_EQ(read("reg.json"), before);
}

TEST_F(RegistryTest, PinWithItsOwnMasterSaysWhatThatMeans) {
    const Completed result =
        run({"registry", "pin", "--author", "8", "--key", "3", "-o", "reg.json"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("The master key is the operational key itself"));
}

TEST_F(RegistryTest, PinTakesPublicKeysAsHexOrFile) {
    const Json key = must_json({"key", "show", "3", "--format", "json"});
    const std::string hex = key["public_key_hex"];
    write("hex.pub", hex + "\n");
    write("base64.pub", key["public_key_base64"].get<std::string>() + "\n");
    int author = 100;
    for (const std::string& form : {hex, std::string("hex.pub"), std::string("base64.pub")}) {
        must({"registry", "pin", "--author", std::to_string(author++), "--public-key", form,
              "--master-public-key", form, "-o", "new.json"});
    }
    const Json registry = must_json({"registry", "show", "--registry", "new.json", "-f", "json"});
    for (const Json& entry : registry["authors"]) {
        EXPECT_EQ(entry["master_key_hex"], hex);
        EXPECT_EQ(entry["epochs"][0]["public_key_hex"], hex);
    }
    EXPECT_EQ(registry["authors"].size(), 3U);
}

TEST_F(RegistryTest, PinRefusesWhatIsNoKey) {
    write("junk.pub", "junk");
    expect_failure(run({"registry", "pin", "--author", "8", "--public-key", "junk.pub", "-o", "n"}),
                   "Error: No public key in: junk.pub\n");
    expect_failure(run({"registry", "pin", "--author", "8", "--public-key", "none.pub", "-o", "n"}),
                   "is neither a public key (64 hex digits) nor a file with one");
    const std::string small_order = "01" + std::string(62, '0');
    expect_failure(
        run({"registry", "pin", "--author", "8", "--public-key", small_order, "-o", "n"}),
        "Error: Failed to pin author 8\n");
    expect_failure(run({"registry", "pin", "--author", "8", "-o", "n"}),
                   "Pass one of: --key or --public-key");
    EXPECT_EQ(
        run({"registry", "pin", "--author", "8", "--key", "1", "--public-key", "x", "-o", "n"})
            .exit_code,
        2);
    EXPECT_FALSE(std::filesystem::exists(path("n")));
}

TEST_F(RegistryTest, RotationHandsOverAtItsVersion) {
    EXPECT_EQ(must(rotation("2")),
              "Rotated author 7: epoch 0 → 1, effective from version 2\n   Registry: reg.json\n");
    must({"verify", "p.aion", "--registry", "reg.json"});
    const std::vector<std::string> commit_with_old = {
        "commit", "p.aion", "-a", "7", "-k", "1", "-m", "m", "--registry", "reg.json"};
    expect_failure(run(commit_with_old, "x"),
                   "Key mismatch: author 7 signing key does not match registry epoch 1 "
                   "operational key");
    std::vector<std::string> commit_with_new = commit_with_old;
    commit_with_new[5] = "3";
    must(commit_with_new, "x");
    must({"verify", "p.aion", "--registry", "reg.json"});
}

TEST_F(RegistryTest, ARotationWithoutWarningIsQuiet) {
    std::vector<std::string> arguments = rotation("10");
    EXPECT_EQ(run(arguments).err, "");
    arguments.push_back("--no-warn");
    const Completed again = run(arguments);
    EXPECT_EQ(again.exit_code, 0);
    EXPECT_EQ(again.err, "The registry said so already; nothing was changed\n");
}

TEST_F(RegistryTest, ACollapsingRotationIsRefusedWithTheRemedy) {
    const std::string before = read("reg.json");
    const Completed result = run(rotation("0"));
    expect_failure(result,
                   "Error: Failed to apply rotation for author 7 (from epoch 0 to epoch 1 "
                   "effective version 0)\n--effective-from-version 0 matches epoch 0's "
                   "created_at_version");
    EXPECT_EQ(read("reg.json"), before);
    must({"registry", "check", "--registry", "reg.json"});
}

TEST_F(RegistryTest, ARotationSignedByAnotherMasterIsRefused) {
    const std::string before = read("reg.json");
    expect_failure(run(rotation("5", "1")), "Error: Failed to apply rotation for author 7");
    EXPECT_EQ(read("reg.json"), before);
}

TEST_F(RegistryTest, RevocationEndsAnEpoch) {
    EXPECT_EQ(must(revocation("0", "3")),
              "Revoked author 7 epoch 0 (Compromised), effective from version 3\n"
              "   Registry: reg.json\n");
    must({"verify", "p.aion", "--registry", "reg.json"});
    commit("x", "two");
    EXPECT_EQ(
        run({"commit", "p.aion", "-a", "7", "-k", "1", "-m", "three", "--registry", "reg.json"},
            "x")
            .exit_code,
        2);
    EXPECT_EQ(run(revocation("5", "3")).exit_code, 2);
}

TEST_F(RegistryTest, RotationIsPossibleAfterRevocation) {
    must(revocation("0", "2"));
    must(rotation("2"));
    must({"commit", "p.aion", "-a", "7", "-k", "3", "-m", "m", "--registry", "reg.json"}, "x");
    must({"verify", "p.aion", "--registry", "reg.json"});
}

TEST_F(RegistryTest, MissingRegistryComesWithTheHint) {
    std::vector<std::string> arguments = rotation("5");
    arguments.back() = "none.json";
    expect_failure(run(arguments),
                   "Error: Registry file not found: none.json\n"
                   "Hint: use `aion registry pin` first to create one.\n");
}

TEST_F(RegistryTest, MissingKeysAreNamedOnOneLine) {
    expect_failure(run(rotation("5", "99")), "Error: Failed to load key '99' from keystore\n\n");
    expect_failure(run(rotation("5", "x")), "Error: Invalid key ID 'x': must be a number\n");
}

TEST_F(RegistryTest, RecordsAreSignedWhereTheMasterKeyIsAndAppliedElsewhere) {
    const std::string new_key = must_json({"key", "show", "3", "-f", "json"})["public_key_hex"];
    must({"registry", "sign-rotation", "--author", "7", "--from-epoch", "0", "--to-epoch", "1",
          "--new-public-key", new_key, "--master-key", "2", "--effective-from-version", "2", "-o",
          "rotation.json"});
    write("revocation.json",
          must({"registry", "sign-revocation", "--author", "7", "--epoch", "1", "--reason",
                "retired", "--master-key", "2", "--effective-from-version", "9", "-o", "-"}));
    EXPECT_EQ(Json::parse(read("rotation.json"))["type"], "aion.rotation.v1");
    must({"key", "delete", "2", "--force"});
    EXPECT_EQ(
        must({"registry", "apply", "--registry", "reg.json", "rotation.json", "revocation.json"}),
        "Rotated author 7: epoch 0 → 1, effective from version 2\n"
        "Revoked author 7 epoch 1 (Retired), effective from version 9\n"
        "   Registry: reg.json\n");
    const std::string after = read("reg.json");
    must({"registry", "apply", "--registry", "reg.json", "rotation.json"});
    EXPECT_EQ(read("reg.json"), after);
}

TEST_F(RegistryTest, ApplyIsAllOrNothing) {
    must({"registry", "sign-revocation", "--author", "7", "--epoch", "0", "--reason", "retired",
          "--master-key", "2", "--effective-from-version", "9", "-o", "good.json"});
    must({"registry", "sign-revocation", "--author", "7", "--epoch", "4", "--reason", "retired",
          "--master-key", "2", "--effective-from-version", "9", "-o", "bad.json"});
    const std::string before = read("reg.json");
    expect_failure(run({"registry", "apply", "--registry", "reg.json", "good.json", "bad.json"}),
                   "Error: Failed to apply revocation for author 7 epoch 4 effective version 9\n");
    EXPECT_EQ(read("reg.json"), before);
    write("junk.json", "{}");
    expect_failure(run({"registry", "apply", "--registry", "reg.json", "junk.json"}),
                   "Error: Failed to parse record: junk.json\n");
    expect_failure(run({"registry", "apply", "--registry", "reg.json", "none.json"}),
                   "Error: Failed to read record: none.json\n");
    expect_failure(run({"registry", "apply", "--registry", "none.json", "good.json"}),
                   "Error: Registry file not found: none.json\n");
}

TEST_F(RegistryTest, ShowTellsWindowsAndRevocations) {
    must(rotation("5"));
    must(revocation("1", "9"));
    const std::string text = must({"registry", "show", "--registry", "reg.json"});
    EXPECT_THAT(text, HasSubstr("Author 7\n  Master Key: "));
    EXPECT_THAT(text, HasSubstr("    Versions: 0 up to, not including, 5\n"));
    EXPECT_THAT(text, HasSubstr("    Revoked: Compromised, effective from version 9\n"));
    const Json json = must_json({"registry", "show", "--registry", "reg.json", "-f", "json"});
    const Json& epochs = json["authors"][0]["epochs"];
    EXPECT_EQ(epochs[0]["valid_until_version"], 5);
    EXPECT_EQ(epochs[0]["rotation"]["successor_epoch"], 1);
    EXPECT_EQ(epochs[1]["status"], "revoked");
    EXPECT_EQ(epochs[1]["revocation"]["reason"], "Compromised");
    EXPECT_EQ(json["fingerprint"].get<std::string>().size(), 64U);
    variables["AION_REGISTRY"] = "reg.json";
    EXPECT_EQ(must({"registry", "show"}), text);
}

TEST_F(RegistryTest, CheckWarnsButSucceedsAndFailsOnlyWhenNotLoadable) {
    EXPECT_EQ(must({"registry", "check", "--registry", "reg.json"}),
              "Registry loads: 1 author(s), 1 epoch(s), 0 warning(s)\n");
    must({"registry", "pin", "--author", "8", "--key", "3", "-o", "reg.json"});
    const Completed warned = run({"registry", "check", "--registry", "reg.json"});
    EXPECT_EQ(warned.exit_code, 0);
    EXPECT_THAT(warned.err, HasSubstr("Warning: author 8 epoch 0: "));
    const Json json = must_json({"registry", "check", "--registry", "reg.json", "-f", "json"});
    EXPECT_EQ(json["loadable"], true);
    EXPECT_EQ(json["warnings"].size(), 1U);
    write("bad.json", R"({"version": 2, "authors": []})");
    expect_failure(run({"registry", "check", "--registry", "bad.json"}),
                   "unsupported registry file version: 2 (expected 1)");
}

TEST_F(RegistryTest, EveryReasonIsKept) {
    for (const auto& [word, name] :
         std::vector<std::pair<std::string, std::string>>{{"compromised", "Compromised"},
                                                          {"superseded", "Superseded"},
                                                          {"retired", "Retired"},
                                                          {"unspecified", "Unspecified"}}) {
        const std::string record =
            must({"registry", "sign-revocation", "--author", "7", "--epoch", "0", "--reason", word,
                  "--master-key", "2", "--effective-from-version", "9", "-o", "-"});
        EXPECT_EQ(Json::parse(record)["reason"], name);
    }
    expect_failure(
        run({"registry", "sign-revocation", "--author", "7", "--epoch", "0", "--reason", "Retired",
             "--master-key", "2", "--effective-from-version", "9", "-o", "-"}),
        "[possible values: compromised, superseded, retired, unspecified]");
}

}  // namespace
}  // namespace aion::test
