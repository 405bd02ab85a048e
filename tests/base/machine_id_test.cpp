// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/machine_id.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aion {
namespace {

std::string id_of(const MachineFacts& facts) {
    const auto id = machine_id_from(facts);
    return id ? *id : id.error().message();
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

TEST(MachineId, FallsBackWhereTextIsNotUnicode) {
    EXPECT_EQ(id_of(with_file("\xff")), "ann@box");
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
