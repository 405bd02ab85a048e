// SPDX-License-Identifier: MIT OR Apache-2.0
// Commit sessions: many versions in memory, one write, and what may happen in between.
#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>

#include "aion/policy/inspect.hpp"
#include "policy/gates.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using SessionTest = World;

TEST_F(SessionTest, ManyVersionsOneWrite) {
    must_create();
    const Bytes before = content();
    auto session = CommitSession::open(env, path, registry);
    ASSERT_TRUE(session.has_value());
    for (int i = 2; i <= 50; ++i) {
        env.advance(1'000);
        const auto made = session->add({as_bytes("rules: " + std::to_string(i)),
                                        i % 2 == 0 ? alice : bob, "version " + std::to_string(i)},
                                       i % 2 == 0 ? alice_key : bob_key);
        ASSERT_TRUE(made.has_value());
        EXPECT_EQ(made->version.value, static_cast<std::uint64_t>(i));
    }
    EXPECT_EQ(session->pending(), 49U);
    EXPECT_EQ(content(), before);
    ASSERT_TRUE(session->save().has_value());
    EXPECT_EQ(session->pending(), 0U);
    const auto report = check(content());
    EXPECT_TRUE(report.is_valid()) << report.summary();
    EXPECT_EQ(report.signatures_valid, 50U);
    EXPECT_EQ(open_verified(env, path, registry)->text(), "rules: 50");
}

TEST_F(SessionTest, SavesWhereItWasOpened) {
    must_create();
    env.put("/other/policy.aion", content());
    env.put("/ours/policy.aion", content());
    env.put_symlink("/folder", "/ours");
    auto session = CommitSession::open(env, "/folder/policy.aion", registry);
    ASSERT_TRUE(session.has_value());
    ASSERT_TRUE(session->add({as_bytes("x"), alice, "m"}, alice_key).has_value());
    env.put_symlink("/folder", "/other");
    env.put_link("/second-name", "/ours/policy.aion");
    const auto saved = session->save();
    ASSERT_TRUE(saved.has_value());
    EXPECT_EQ(saved->links, 2U);
    EXPECT_EQ(open_verified(env, "/ours/policy.aion", registry)->version(), VersionNumber{2});
    EXPECT_EQ(env.get("/other/policy.aion"), content());
}

TEST_F(SessionTest, GoesOnAfterSave) {
    must_create();
    auto session = CommitSession::open(env, path, registry);
    ASSERT_TRUE(session.has_value());
    for (int round = 0; round < 3; ++round) {
        ASSERT_TRUE(session->add({as_bytes("x"), alice, "m"}, alice_key).has_value());
        ASSERT_TRUE(session->save().has_value());
        ASSERT_TRUE(session->save().has_value());  // Nothing pending: nothing happens.
    }
    EXPECT_EQ(check(content()).signatures_valid, 4U);
    EXPECT_TRUE(check(content()).is_valid());
}

TEST_F(SessionTest, LoserOfARaceGetsConflictAndLosesNothing) {
    must_create();
    auto first = CommitSession::open(env, path, registry);
    auto second = CommitSession::open(env, path, registry);
    ASSERT_TRUE(first->add({as_bytes("by first"), alice, "first"}, alice_key).has_value());
    ASSERT_TRUE(second->add({as_bytes("by second"), bob, "second"}, bob_key).has_value());
    ASSERT_TRUE(first->save().has_value());
    const Bytes won = content();
    const auto lost = second->save();
    ASSERT_FALSE(lost.has_value());
    EXPECT_EQ(lost.error().code(), ErrorCode::conflict);
    EXPECT_EQ(content(), won);
    EXPECT_EQ(second->pending(), 1U);
}

TEST_F(SessionTest, FailedAddLeavesTheSessionAsItWas) {
    must_create();
    auto session = CommitSession::open(env, path, registry);
    ASSERT_TRUE(session->add({as_bytes("good"), alice, "good"}, alice_key).has_value());
    auto stranger = key_from(0x44);
    EXPECT_FALSE(session->add({as_bytes("bad"), AuthorId{9}, "bad"}, stranger).has_value());
    EXPECT_FALSE(session->add({as_bytes("bad"), alice, "\xFF"}, alice_key).has_value());
    EXPECT_FALSE(
        session->add({as_bytes("bad"), alice, "early", Timestamp{1}}, alice_key).has_value());
    EXPECT_EQ(session->pending(), 1U);
    ASSERT_TRUE(session->save().has_value());
    EXPECT_EQ(open_verified(env, path, registry)->text(), "good");
}

TEST_F(SessionTest, EveryFaultLeavesOldOrNewAndCanBeRetried) {
    must_create();
    const Bytes before = content();
    for (std::uint64_t failing = 0;; ++failing) {
        env.put(path, before);
        auto session = CommitSession::open(env, path, registry);
        ASSERT_TRUE(session.has_value());
        ASSERT_TRUE(session->add({as_bytes("new"), alice, "m"}, alice_key).has_value());
        bool reached = false;
        env.set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord&) {
            reached = reached || index == failing;
            return index == failing ? 5 : 0;
        });
        const auto saved = session->save();
        env.set_fault({});
        if (!reached) {
            EXPECT_TRUE(saved.has_value());
            EXPECT_GT(failing, 5U);
            break;
        }
        const Bytes now = content();
        EXPECT_TRUE(check(now).is_valid()) << failing;
        if (!saved && now == before) {
            ASSERT_TRUE(session->save().has_value()) << failing;
        }
        EXPECT_EQ(open_verified(env, path, registry)->text(), "new") << failing;
        EXPECT_EQ(env.all_paths().size(), 1U) << failing;
    }
}

TEST_F(SessionTest, HistoryCacheRemembersOnlyWhatWasVerified) {
    must_create();
    HistoryCache cache;
    CommitOptions options;
    options.verify.history_cache = &cache;
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(commit(env, path, {as_bytes("x"), alice, "m"}, alice_key, registry, options)
                        .has_value());
    }
    VerifyOptions with_cache;
    with_cache.history_cache = &cache;
    EXPECT_TRUE(check(content(), with_cache).is_valid());
    Bytes forged = content();
    const auto view = format::FileView::parse(forged);
    const auto where = view->offset_of(&(*view->signature_at(2))->signature);
    forged[where] ^= 1U;
    rehash(forged);
    EXPECT_EQ(failed_gates(check(forged, with_cache)), "signatures ");
    // Another registry never profits from what was found under this one.
    trust::Registry other;
    ASSERT_TRUE(other.pin(alice, bob_key.public_half(), bob_key.public_half()));
    EXPECT_FALSE(verify(content(), other, start, with_cache).is_valid());
}

TEST_F(SessionTest, HistoryCacheIsBounded) {
    HistoryCache cache(2);
    Hash a;
    Hash b;
    Hash c;
    a.bytes[0] = 1;
    b.bytes[0] = 2;
    c.bytes[0] = 3;
    for (const Hash& history : {a, b, b, c}) {
        HistoryCacheAccess::insert(cache, history);
    }
    EXPECT_FALSE(HistoryCacheAccess::contains(cache, a));
    EXPECT_TRUE(HistoryCacheAccess::contains(cache, b));
    EXPECT_TRUE(HistoryCacheAccess::contains(cache, c));
}

// A registry that is changed in place between `open` and `save` neither decides what the session
// may add, nor lends its fingerprint to what it never judged.
TEST_F(SessionTest, ASessionKeepsTheRegistryThatItWasOpenedWith) {
    must_create();
    HistoryCache cache;
    CommitOptions options;
    options.verify.history_cache = &cache;
    trust::Registry changing = registry;
    auto session = CommitSession::open(env, path, changing, options);
    ASSERT_TRUE(session.has_value());
    const trust::Registry stranger = [&] {
        trust::Registry other;
        EXPECT_TRUE(other.pin(alice, bob_key.public_half(), bob_key.public_half()).has_value());
        return other;
    }();
    changing = stranger;
    EXPECT_TRUE(session->add({as_bytes("new"), alice, "m"}, alice_key).has_value());
    EXPECT_FALSE(session->add({as_bytes("new"), alice, "m"}, bob_key).has_value());
    ASSERT_TRUE(session->save().has_value());
    VerifyOptions with_cache;
    with_cache.history_cache = &cache;
    EXPECT_TRUE(check(content(), with_cache).is_valid());
    EXPECT_FALSE(verify(content(), stranger, start, with_cache).is_valid());
}

std::ptrdiff_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
}

// Of a large file the payload is not held, and nothing reads it again: it need not stay open.
TEST_F(SessionTest, ASessionKeepsNoFileOpen) {
    const auto held_by_session = [this](std::size_t payload) {
        const std::filesystem::path real =
            std::filesystem::path(::testing::TempDir()) / "aion-session-keeps-no-file.aion";
        CreateOptions replace;
        replace.replace_existing = true;
        Env& system = Env::system();
        const Bytes large(payload, 0x70);
        EXPECT_TRUE(create(system, real, {large, alice}, alice_key, replace).has_value());
        const auto before = open_descriptors();
        const auto session = CommitSession::open(system, real, registry);
        EXPECT_TRUE(session.has_value());
        const auto held = open_descriptors() - before;
        std::filesystem::remove(real);
        return held;
    };
    EXPECT_EQ(held_by_session(std::size_t{5} << 20U), held_by_session(1));
}

// A file that is INVALID for any reason leaves nothing behind, however good its signatures.
TEST_F(SessionTest, HistoryCacheRemembersNothingOfAnInvalidFile) {
    must_create();
    Bytes damaged = content();
    damaged.back() ^= 1U;
    HistoryCache cache;
    VerifyOptions with_cache;
    with_cache.history_cache = &cache;
    EXPECT_EQ(failed_gates(check(damaged, with_cache)), "integrity ");
    const auto view = format::FileView::parse(damaged);
    HistoryDigest digest;
    digest.append(*view->versions(), *view->signatures(), *view->audit());
    const Hash history = digest.under(registry);
    EXPECT_FALSE(HistoryCacheAccess::contains(cache, history));
    EXPECT_TRUE(check(content(), with_cache).is_valid());
    EXPECT_TRUE(HistoryCacheAccess::contains(cache, history));
}

}  // namespace
}  // namespace aion::policy::test
