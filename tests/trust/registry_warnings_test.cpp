// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gmock/gmock.h>

#include "trust/support.hpp"

namespace aion::trust {
namespace {

using test::author;
using test::ok;
using test::pinned;
using test::public_of;
using test::revocation;
using test::rotation;

std::vector<std::string> messages(const Registry& registry) {
    std::vector<std::string> out;
    for (const RegistryWarning& warning : registry.warnings()) {
        out.push_back(warning.message);
    }
    return out;
}

TEST(RegistryWarnings, AnOrdinaryRegistryHasNone) {
    Registry registry = pinned();
    ok(registry.apply(rotation(0, 1, 0x33, 9)));
    ok(registry.apply(revocation(0, 9)));
    EXPECT_TRUE(messages(registry).empty());
    EXPECT_TRUE(messages(Registry()).empty());
}

TEST(RegistryWarnings, EmptyWindowsAndAuthorsWithoutAFuture) {
    Registry registry = pinned();
    ok(registry.apply(revocation(0, 0)));
    EXPECT_THAT(messages(registry),
                testing::ElementsAre("epoch 0 of author 50001 can sign no version: the first "
                                     "could be 1, and it ends before 0",
                                     "author 50001 has no epoch that may sign version 0 or a "
                                     "later one: rotate to a new key"));
    EXPECT_EQ(registry.warnings()[0].author, author);
    EXPECT_EQ(registry.warnings()[0].epoch, Epoch{0});
}

// Versions begin at 1, and epoch 0 at version 0: legal in the format, and nothing is left to it.
TEST(RegistryWarnings, ARotationAtTheFirstVersionLeavesNone) {
    Registry registry = pinned();
    ok(registry.apply(rotation(0, 1, 0x33, 1)));
    EXPECT_FALSE(registry.find(author)->epochs[0].may_sign_any());
    EXPECT_TRUE(registry.find(author)->epochs[1].may_sign_any());
    EXPECT_THAT(messages(registry),
                testing::ElementsAre("epoch 0 of author 50001 can sign no version: the first "
                                     "could be 1, and it ends before 1"));
    registry = pinned();
    ok(registry.apply(rotation(0, 1, 0x33, 2)));
    EXPECT_TRUE(registry.find(author)->epochs[0].may_sign_any());
    EXPECT_TRUE(messages(registry).empty());
    ok(registry.apply(revocation(1, 2)));
    EXPECT_FALSE(registry.find(author)->epochs[1].may_sign_any());
}

TEST(RegistryWarnings, AMasterKeyThatSigns) {
    Registry registry;
    ok(registry.pin(author, public_of(0x11), public_of(0x11)));
    EXPECT_THAT(messages(registry), testing::ElementsAre(testing::StartsWith(
                                        "epoch 0 of author 50001 uses the author's master key")));
}

TEST(RegistryWarnings, AKeyUsedTwice) {
    Registry registry = pinned();
    ok(registry.apply(rotation(0, 1, 0x22, 9)));
    ok(registry.pin(AuthorId{50002}, public_of(0x11), public_of(0x22)));
    EXPECT_THAT(
        messages(registry),
        testing::ElementsAre("epoch 1 of author 50001 has the same key as epoch 0 of author 50001",
                             "epoch 0 of author 50002 has the same key as epoch 0 of author "
                             "50001"));
}

// A hostile file may have millions, each as long as it likes.
TEST(RegistryWarnings, FewUnknownKeysAreNamed) {
    std::string text = R"({"version":1,"authors":[])";
    for (int i = 0; i < 40; ++i) {
        text += ",\"" + std::to_string(i) + std::string(i == 0 ? 5000 : 0, 'x') + "\":0";
    }
    const Registry registry = ok(Registry::from_json(text + "}"));
    EXPECT_EQ(registry.unknown_keys().count, 40U);
    EXPECT_EQ(registry.unknown_keys().places.size(), UnknownKeys::max_places);
    EXPECT_LT(registry.unknown_keys().places[0].size(), 100U);
    EXPECT_TRUE(registry.unknown_keys().text().ends_with(" and 8 more"));
    EXPECT_EQ(registry.warnings().size(), UnknownKeys::max_places + 1);
}

}  // namespace
}  // namespace aion::trust
