// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/evidence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/world.hpp"

namespace aion::report {
namespace {

using policy::test::World;

class EvidenceTest : public World {
  protected:
    EvidenceTest() {
        env.put_directory("/policies");
        must_create();
        must_commit("rules: 2\n", "second", policy::test::bob);
        file_.registry = registry;
        const std::string text = registry.to_json();
        file_.bytes.assign(text.begin(), text.end());
    }

    Evidence begin() {
        return {env, file_, Framework::generic,
                report::Run{.tool = "aion test",
                            .generated_at = policy::test::start,
                            .file_path = {},
                            .registry_path = "registry.json",
                            .registry_digests = policy::digests_of(file_.bytes),
                            .pins_path = {}}};
    }

    policy::VerificationReport add(Evidence& evidence, const std::filesystem::path& name,
                                   policy::Profile profile = policy::Profile::strict) {
        const auto opened = env.open(path, {});
        policy::VerifyOptions options;
        options.profile = profile;
        const auto added = evidence.add(**opened, name, options);
        EXPECT_TRUE(added) << added.error().full_message();
        return *added;
    }

    static std::string content(const Evidence& evidence, std::string_view name) {
        const auto item = std::ranges::find(evidence.items(), name, &Evidence::Item::name);
        if (item == evidence.items().end()) {
            return "(none)";
        }
        const Bytes bytes = read_all(*item->content).value();
        return std::string(as_text(bytes));
    }

    static std::vector<std::string> names(const Evidence& evidence) {
        std::vector<std::string> all;
        for (const Evidence::Item& item : evidence.items()) {
            all.push_back(item.name);
        }
        return all;
    }

    trust::RegistryFile file_;
};

TEST_F(EvidenceTest, HoldsTheVeryBytesAndWhatComesOfThem) {
    Evidence evidence = begin();
    EXPECT_TRUE(add(evidence, "dir/policy.aion").is_valid());
    ASSERT_TRUE(evidence.finish());
    EXPECT_EQ(names(evidence),
              (std::vector<std::string>{"policy.aion/policy.aion", "policy.aion/payload",
                                        "policy.aion/report.html", "policy.aion/report.md",
                                        "policy.aion/report.json", "registry.json", "check.sh",
                                        "README.txt", "SHA256SUMS", "B3SUMS"}));
    const Bytes bytes = this->World::content();
    EXPECT_EQ(content(evidence, "policy.aion/policy.aion"), as_text(bytes));
    EXPECT_EQ(content(evidence, "policy.aion/payload"), "rules: 2\n");
    EXPECT_EQ(content(evidence, "registry.json"), registry.to_json());
    EXPECT_NE(content(evidence, "policy.aion/report.json").find("dir/policy.aion"),
              std::string::npos);
    EXPECT_TRUE(content(evidence, "check.sh").starts_with("#!/bin/sh\n"));
    for (const Evidence::Item& item : evidence.items()) {
        EXPECT_EQ(item.digests, policy::digests_of(read_all(*item.content).value())) << item.name;
    }
}

TEST_F(EvidenceTest, ThePayloadOfWhatIsInvalidIsWithheld) {
    Bytes bytes = World::content();
    bytes[offsetof(format::HeaderRecord, current_version)] ^= 1U;
    env.put(path, bytes);
    Evidence evidence = begin();
    EXPECT_FALSE(add(evidence, path).is_valid());
    ASSERT_TRUE(evidence.finish());
    EXPECT_EQ(content(evidence, "policy.aion/policy.aion"), as_text(bytes));
    EXPECT_EQ(content(evidence, "policy.aion/payload"), "(none)");
    EXPECT_NE(content(evidence, "README.txt")
                  .find("policy.aion, given as /policies/policy.aion: INVALID: "),
              std::string::npos);
}

TEST_F(EvidenceTest, AVerdictByTheReferencesRulesSaysSo) {
    Evidence evidence = begin();
    EXPECT_TRUE(add(evidence, path, policy::Profile::reference).is_valid());
    ASSERT_TRUE(evidence.finish());
    EXPECT_NE(content(evidence, "README.txt").find("policy.aion: VALID (reference profile)\n"),
              std::string::npos);
}

TEST_F(EvidenceTest, NamesDoNothingToAShell) {
    Evidence evidence = begin();
    for (const char* name : {"a/$(reboot).aion", "-rf", ".hidden", "b/p.aion", "c/p.aion", "-",
                             "\x1b[2J\xff.aion", ""}) {
        add(evidence, name);
    }
    ASSERT_TRUE(evidence.finish());
    const auto has = [&](const char* name) {
        return content(evidence, std::string(name) + "/" + name) != "(none)";
    };
    EXPECT_TRUE(has("__reboot_.aion"));
    EXPECT_TRUE(has("_-rf"));
    EXPECT_TRUE(has("_.hidden"));
    EXPECT_TRUE(has("p.aion"));
    EXPECT_TRUE(has("p.aion-2"));
    EXPECT_TRUE(has("standard-input"));
    EXPECT_TRUE(has("__2J_.aion"));
    EXPECT_TRUE(has("_"));
}

TEST_F(EvidenceTest, NoNameMeetsAnotherNotEvenInSmallLetters) {
    Evidence evidence = begin();
    for (const char* name :
         {"README.txt", "payload", "Report.HTML", "b3sums", "p.aion", "P.AION"}) {
        add(evidence, name);
    }
    ASSERT_TRUE(evidence.finish());
    EXPECT_NE(content(evidence, "README.txt-2/README.txt-2"), "(none)");
    EXPECT_NE(content(evidence, "payload-2/payload-2"), "(none)");
    EXPECT_NE(content(evidence, "Report.HTML-2/Report.HTML-2"), "(none)");
    EXPECT_NE(content(evidence, "P.AION-2/P.AION-2"), "(none)");
    ASSERT_TRUE(evidence.write_folder("/policies/evidence"));
}

TEST_F(EvidenceTest, LongNamesAndManyOfOneNameStayWholeInAnArchive) {
    Evidence evidence = begin();
    const std::string name = std::string(200, 'a') + ".aion";
    for (int i = 0; i < 300; ++i) {
        add(evidence, name);
    }
    ASSERT_TRUE(evidence.finish());
    auto all = names(evidence);
    for (const std::string& item : all) {
        EXPECT_LE(("evidence/" + item).size(), 100U);
    }
    std::ranges::sort(all);
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

TEST_F(EvidenceTest, AFolderIsNewOrEmpty) {
    Evidence evidence = begin();
    add(evidence, path);
    ASSERT_TRUE(evidence.finish());
    ASSERT_TRUE(evidence.write_folder("/policies/evidence"));
    EXPECT_EQ(*env.get("/policies/evidence/policy.aion/policy.aion"), World::content());
    EXPECT_TRUE(env.get("/policies/evidence/B3SUMS"));
    const auto again = evidence.write_folder("/policies/evidence");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), ErrorCode::file_exists);
}

TEST_F(EvidenceTest, TheSameItemsGiveTheSameArchiveOfTheSizeThatWasSaid) {
    Evidence evidence = begin();
    add(evidence, path);
    ASSERT_TRUE(evidence.finish());
    const auto archive = [&] {
        Bytes bytes;
        const ProducedContent content = evidence.tar();
        const auto done = content.produce(
            [&](ByteView piece) {
                bytes.insert(bytes.end(), piece.begin(), piece.end());
                return Result<>();
            },
            [] { return Result<>(); });
        EXPECT_TRUE(done);
        EXPECT_EQ(bytes.size(), content.size);
        return bytes;
    };
    const Bytes first = archive();
    EXPECT_EQ(first.size() % 512, 0U);
    EXPECT_EQ(first, archive());
    EXPECT_TRUE(as_text(first).starts_with("evidence/policy.aion/policy.aion"));
}

}  // namespace
}  // namespace aion::report
