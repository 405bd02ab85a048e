// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/machine_id.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aion {
namespace {

std::string id_of(const MachineFacts& facts) {
    const auto id = machine_id_from(facts);
    return id ? id->text : id.error().message();
}

MachineFacts with_file(std::string content) {
    return {.machine_id_file = std::move(content),
            .user = "ann",
            .username = std::nullopt,
            .host = "box"};
}

TEST(MachineId, IsTheFileWithoutWhiteSpaceAroundIt) {
    EXPECT_EQ(id_of(with_file("0123abcd\n")), "0123abcd");
    EXPECT_EQ(id_of(with_file("\t a b \u00a0\r\n")), "a b");
}

TEST(MachineId, FallsBackToUserAndHost) {
    EXPECT_EQ(id_of({.machine_id_file = {}, .user = "ann", .username = "bob", .host = "box"}),
              "ann@box");
    EXPECT_EQ(id_of({.machine_id_file = {}, .user = "", .username = "bob", .host = "box"}), "@box");
    EXPECT_EQ(id_of({.machine_id_file = {}, .user = {}, .username = "bob", .host = "box"}),
              "bob@box");
    EXPECT_EQ(id_of({.machine_id_file = {}, .user = {}, .username = {}, .host = {}}),
              "aion-user@localhost");
}

TEST(MachineId, SaysWhatItIsMadeOf) {
    EXPECT_EQ(machine_id_from(with_file("0123"))->source, MachineId::Source::file);
    const auto names =
        machine_id_from({.machine_id_file = {}, .user = "ann", .username = {}, .host = "box"});
    EXPECT_EQ(names->source, MachineId::Source::user_at_host);
    EXPECT_EQ(names->user, "ann");
    EXPECT_EQ(names->host, "box");
}

TEST(MachineId, LastsIfItIsOneOfABootedMachine) {
    const auto lasts = [](const std::string& content) {
        return machine_id_from(with_file(content))->is_lasting();
    };
    EXPECT_TRUE(lasts("0123456789abcdefABCDEF0123456789\n"));
    EXPECT_FALSE(lasts("uninitialized\n"));
    EXPECT_FALSE(lasts("0123456789abcdef0123456789abcde"));
    EXPECT_FALSE(lasts("0123456789abcdef0123456789abcdef0"));
    EXPECT_FALSE(lasts("0123456789abcdef0123456789abcdeg"));
    EXPECT_FALSE(lasts("00000000000000000000000000000000"));
    EXPECT_TRUE(machine_id_from({.machine_id_file = {}, .user = {}, .username = {}, .host = {}})
                    ->is_lasting());
}

// A key made under the substitute would be lost as soon as the file is mended.
TEST(MachineId, AFileThatIsNoTextHasNoSubstitute) {
    const auto id = machine_id_from(with_file("\xff"));
    ASSERT_FALSE(id.has_value());
    EXPECT_EQ(id.error().code(), ErrorCode::invalid_private_key);
    EXPECT_THAT(id.error().message(), ::testing::HasSubstr("/etc/machine-id cannot be read"));
}

TEST(MachineId, NamesThatAreNoTextAreReplaced) {
    EXPECT_EQ(id_of({.machine_id_file = {}, .user = "\xff", .username = "bob", .host = "b\xff"}),
              "bob@b\ufffd");
}

TEST(MachineId, RefusesAnEmptyFileAndNamesTheRemedy) {
    for (const char* content : {"", "\n", " \u3000"}) {
        const auto id = machine_id_from(with_file(content));
        ASSERT_FALSE(id.has_value());
        EXPECT_EQ(id.error().code(), ErrorCode::invalid_private_key);
        EXPECT_THAT(id.error().message(), ::testing::HasSubstr("systemd-machine-id-setup"));
    }
}

}  // namespace
}  // namespace aion
