// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/author_choice.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "trust/chain_support.hpp"

namespace aion::cli {
namespace {

using trust::Registry;
using trust::test::alice;
using trust::test::bob;

Registry with_names() {
    trust::RegistryChain chain = trust::test::chain_of_alice();
    trust::test::add(chain, trust::test::registration(bob, "bob-the-builder",
                                                      trust::test::chain_keys::bob_master,
                                                      trust::test::chain_keys::bob_first));
    return Registry::from_chain(std::move(chain));
}

AuthorChoice named(std::string_view text) {
    return parse_author(text).value();
}

TEST(AuthorChoice, IsANumberOrAName) {
    EXPECT_EQ(parse_author("1001"), AuthorChoice(AuthorId{1001}));
    EXPECT_EQ(parse_author("+07"), AuthorChoice(AuthorId{7}));
    EXPECT_EQ(parse_author("18446744073709551615"), AuthorChoice(AuthorId{UINT64_MAX}));
    EXPECT_EQ(parse_author("alice"), AuthorChoice(std::string("alice")));
    EXPECT_EQ(parse_author("4chan"), AuthorChoice(std::string("4chan")));
    EXPECT_EQ(to_text(named("007")), "7");
    EXPECT_EQ(to_text(named("alice")), "alice");
}

TEST(AuthorChoice, SaysOfAnythingElseWhatIsWrongWithTheNumber) {
    EXPECT_EQ(parse_author("").error(), "cannot parse integer from empty string");
    EXPECT_EQ(parse_author("18446744073709551616").error(),
              "number too large to fit in target type");
    for (const std::string text : {"-1", "a b", "a,b", "a\nb", "\"a\"", "alice@5"}) {
        ASSERT_FALSE(parse_author(text)) << text;
        EXPECT_EQ(parse_author(text).error(), "invalid digit found in string") << text;
    }
    EXPECT_FALSE(parse_author(std::string(trust::max_author_name + 1, 'a')));
}

TEST(AuthorChoice, IsLookedUpByName) {
    const Registry registry = with_names();
    EXPECT_EQ(resolve_author(named("alice"), registry), alice);
    EXPECT_EQ(resolve_author(named("bob-the-builder"), registry), bob);
    // Whether the registry holds an id is for whoever asked.
    EXPECT_EQ(resolve_author(named("5"), registry), AuthorId{5});
    const std::vector<AuthorChoice> both = {named("bob-the-builder"), named("1001")};
    EXPECT_EQ(resolve_authors(both, registry), (std::vector<AuthorId>{bob, alice}));
}

TEST(AuthorChoice, SuggestsWhatANameWasProbablyMeantToBe) {
    const Registry registry = with_names();
    const auto similar = resolve_author(named("Bob_the_bilder"), registry);
    ASSERT_FALSE(similar);
    EXPECT_EQ(similar.error().messages,
              std::vector<std::string>{"No author of the registry is called 'Bob_the_bilder'"});
    EXPECT_EQ(similar.error().remedy, "Did you mean bob-the-builder (1002)?");
    EXPECT_EQ(similar.error().ending(), Ending::failure);
    const auto other = resolve_author(named("carol"), registry);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().remedy, "");
}

TEST(AuthorChoice, NeedsARegistryWithNames) {
    const auto unproven = resolve_author(named("alice"), Registry());
    ASSERT_FALSE(unproven);
    EXPECT_EQ(unproven.error().messages.front(),
              "No author is called 'alice': the registry has no names");
    const auto none = resolve_author(named("alice"));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().messages.front(),
              "No author is known by the name 'alice', as no registry was named");
    EXPECT_EQ(resolve_author(named("7")), AuthorId{7});
}

}  // namespace
}  // namespace aion::cli
