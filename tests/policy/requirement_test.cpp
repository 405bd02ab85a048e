// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/requirement.hpp"

#include <gtest/gtest.h>

#include "support/chain_world.hpp"

namespace aion::policy::test {
namespace {

// alice (1001), bob (1002) and 1003 without a name.
trust::Registry registry() {
    return trust::Registry::from_chain(chain_of_three());
}

struct Case {
    std::string text;
    std::uint32_t threshold = 0;
    std::vector<AuthorId> authors = {};
};

TEST(Requirement, TextsAndWhatTheyMean) {
    const std::vector<Case> cases = {
        {"alice", 1, {alice}},
        {"1003", 1, {carol}},
        {"  alice \t", 1, {alice}},
        {"alice\n", 1, {alice}},
        {"any 1 of alice", 1, {alice}},
        {"any 2 of alice,bob,1003", 2, {alice, bob, carol}},
        {"any 2 of 1003 , bob,\talice\n", 2, {alice, bob, carol}},
        {"all of bob,alice", 2, {alice, bob}},
        {" all\t of  bob ", 1, {bob}},
    };
    const trust::Registry known = registry();
    for (const Case& one : cases) {
        const auto read = requirement_from_text(one.text, known);
        ASSERT_TRUE(read.has_value()) << one.text << ": " << read.error().message();
        EXPECT_EQ(*read, (Requirement{one.threshold, one.authors})) << one.text;
        EXPECT_EQ(requirement_from_text(to_text(*read, known), known), read) << one.text;
    }
    EXPECT_EQ(to_text({2, {alice, bob, carol}}, known), "any 2 of alice, bob, 1003");
}

TEST(Requirement, WhatIsNoRequirementIsRefusedWithTheReason) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "a requirement is"},
        {"\n", "a requirement is"},
        {"alice,bob", "a requirement is"},
        {"any of alice", "a requirement is"},
        {"any", "does not know author any"},
        {"any 2", "a requirement is"},
        {"any 2 from alice,bob", "a requirement is"},
        {"all alice", "a requirement is"},
        {"alice bob", "a requirement is"},
        {"any 0 of alice", "0 of 1 authors cannot be required"},
        {"any 3 of alice,bob", "3 of 2 authors cannot be required"},
        {"any -1 of alice", "number, not -1"},
        {"any 4294967297 of alice", "number, not 4294967297"},
        {"any 1 of", "an author missing"},
        {"any 1 of alice,", "an author missing"},
        {"any 1 of ,alice", "an author missing"},
        {"any 2 of alice,alice", "named twice"},
        {"any 2 of alice,1001", "author 1001 is named twice"},
        {"Alice", "does not know author Alice"},
        {"1004", "does not know author 1004"},
        {"+1003", "does not know author +1003"},
        {"99999999999999999999999", "does not know author 999"},
        {"alice\n\n", "does not know author"},
        {"any 1 of alice\nbob", "does not know author"},
        {std::string("alice\0", 6), "does not know author"},
        {"\xff", "does not know author"},
    };
    const trust::Registry known = registry();
    for (const auto& [text, reason] : cases) {
        const auto read = requirement_from_text(text, known);
        ASSERT_FALSE(read.has_value()) << text;
        EXPECT_EQ(read.error().code(), ErrorCode::invalid_argument) << text;
        EXPECT_NE(read.error().message().find(reason), std::string::npos)
            << text << ": " << read.error().message();
    }
}

TEST(Requirement, LongTextsAreRefused) {
    const trust::Registry known = registry();
    const auto too_long = requirement_from_text(std::string(max_requirement_size + 1, ' '), known);
    ASSERT_FALSE(too_long.has_value());
    EXPECT_NE(too_long.error().message().find("at most 65536 bytes"), std::string::npos);
    std::string many = "any 1 of 1001";
    for (std::size_t i = 0; i < max_required_authors; ++i) {
        many += ",1001";
    }
    const auto too_many = requirement_from_text(many, known);
    ASSERT_FALSE(too_many.has_value());
    EXPECT_NE(too_many.error().message().find("at most 1024 authors"), std::string::npos);
    // What is said of a word is not as long as the word.
    const auto long_word = requirement_from_text(std::string(60'000, 'x'), known);
    ASSERT_FALSE(long_word.has_value());
    EXPECT_LT(long_word.error().message().size(), 300U);
}

}  // namespace
}  // namespace aion::policy::test
