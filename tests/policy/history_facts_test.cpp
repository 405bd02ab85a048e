// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gmock/gmock.h>

#include "aion/policy/verify.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

class HistoryFactsTest : public World {
  protected:
    void SetUp() override {
        World::SetUp();
        must_create("one");
    }

    void add(AuthorId author, crypto::Signer& key) {
        auto session = CommitSession::open(env, path, registry);
        ASSERT_TRUE(session.has_value());
        ASSERT_TRUE(session->add({as_bytes("next"), author, "m"}, key).has_value());
        ASSERT_TRUE(session->save().has_value());
    }

    std::optional<HistoryFacts> facts(VerifyOptions options = {}) {
        options.list_history = true;
        return verify(*env.get(path), registry, env.now(), options).history;
    }
};

TEST_F(HistoryFactsTest, SignersAreMergedAndHashesAreThoseOfTheRecords) {
    add(bob, bob_key);
    add(alice, alice_key);
    add(alice, alice_key);
    const auto found = facts();
    ASSERT_TRUE(found.has_value());
    const Bytes file = *env.get(path);
    const auto view = format::FileView::parse(file);
    ASSERT_EQ(found->version_hashes.size(), 4U);
    for (std::uint64_t i = 0; i < 4; ++i) {
        EXPECT_EQ(found->version_hashes[i],
                  format::version_hash(**view->version(VersionNumber{i + 1})));
    }
    EXPECT_EQ(found->file_hash, *view->integrity_hash());
    ASSERT_EQ(found->signers.size(), 2U);
    const auto& [first, second] = std::tie(found->signers[0], found->signers[1]);
    EXPECT_LT(first.author, second.author);
    const SignerUse& by_alice = first.author == alice ? first : second;
    const SignerUse& by_bob = first.author == alice ? second : first;
    EXPECT_EQ(by_alice.key, registry.active_epoch(alice, VersionNumber{1})->public_key);
    EXPECT_EQ(std::tuple(by_alice.first.value, by_alice.last.value, by_alice.versions),
              std::tuple(1U, 4U, 3U));
    EXPECT_EQ(std::tuple(by_bob.first.value, by_bob.last.value, by_bob.versions),
              std::tuple(2U, 2U, 1U));
}

TEST_F(HistoryFactsTest, AreToldWhereTheyAreAskedForOnly) {
    EXPECT_FALSE(verify(*env.get(path), registry, env.now(), {}).history.has_value());
    VerifyOptions narrow;
    narrow.profile = Profile::reference;
    EXPECT_TRUE(facts().has_value());
    EXPECT_EQ(facts(narrow), facts());
}

// Also of a history that a cache knows, whose signatures are not looked at again.
TEST_F(HistoryFactsTest, AreTheSameFromACache) {
    HistoryCache cache;
    VerifyOptions options;
    options.history_cache = &cache;
    const auto first = facts(options);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(facts(options), first);
}

TEST_F(HistoryFactsTest, ThereAreNoneOfAFileThatIsNotValid) {
    Bytes file = *env.get(path);
    file.back() ^= 1U;
    env.put(path, file);
    EXPECT_FALSE(facts().has_value());
    VerifyOptions pinned;
    pinned.pins.min_version = VersionNumber{9};
    file.back() ^= 1U;
    env.put(path, file);
    EXPECT_FALSE(facts(pinned).has_value());
}

}  // namespace
}  // namespace aion::policy::test
