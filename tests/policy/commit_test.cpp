// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/commit.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "aion/base/hex.hpp"
#include "aion/policy/inspect.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using CommitTest = World;

TEST_F(CommitTest, CreatedFileIsValidAndHoldsThePayload) {
    const auto receipt = must_create("rules: 1\n");
    EXPECT_EQ(receipt.version, VersionNumber{1});
    EXPECT_EQ(receipt.timestamp, start);
    EXPECT_EQ(receipt.rules_hash, crypto::blake3(as_bytes("rules: 1\n")));
    EXPECT_TRUE(check(content()).is_valid()) << check(content()).summary();
    const auto opened = open_verified(env, path, registry);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->text(), "rules: 1\n");
    EXPECT_EQ(opened->head(), receipt.version_hash);
    EXPECT_EQ(opened->file_id(), receipt.file_id);
    EXPECT_EQ(opened->author(), alice);
}

TEST_F(CommitTest, SizeAfterCreateIsTheFormula) {
    for (const std::size_t size : {0U, 1U, 1024U, 1U << 20U}) {
        const std::string payload(size, 'x');
        CreateOptions options;
        options.replace_existing = true;
        must_create(payload, options);
        EXPECT_EQ(content().size(), 661 + size + genesis_message.size());
        EXPECT_TRUE(check(content()).is_valid());
    }
}

TEST_F(CommitTest, CreateNeverReplacesUnasked) {
    must_create("first");
    const Bytes before = content();
    const auto second = create(env, path, {as_bytes("second"), alice}, alice_key);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code(), ErrorCode::file_exists);
    EXPECT_EQ(content(), before);
    CreateOptions replace;
    replace.replace_existing = true;
    ASSERT_TRUE(create(env, path, {as_bytes("second"), alice}, alice_key, replace).has_value());
    EXPECT_EQ(open_verified(env, path, registry)->text(), "second");
}

TEST_F(CommitTest, TheReceiptTellsOfOtherNamesThatKeepTheOldHistory) {
    EXPECT_EQ(must_create().written.links, 1U);
    env.put_link("/other.aion", path);
    EXPECT_EQ(must_commit("rules: 2\n").written.links, 2U);
    EXPECT_EQ(must_commit("rules: 3\n").written.links, 1U);
    env.put_link("/another.aion", path);
    CreateOptions replace;
    replace.replace_existing = true;
    EXPECT_EQ(must_create("rules: 1\n", replace).written.links, 2U);
    // Both are genuine: nothing in a file says that it was left behind.
    EXPECT_EQ(open_verified(env, "/other.aion", registry)->version(), VersionNumber{1});
    EXPECT_EQ(open_verified(env, "/another.aion", registry)->version(), VersionNumber{3});
}

TEST_F(CommitTest, AForcedCreateReplacesOnlyTheFileItLocked) {
    must_create();
    env.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
        if (call.call == MemoryEnv::Call::append) {
            env.put(path, as_bytes("by a writer that does not lock"));
        }
        return 0;
    });
    CreateOptions replace;
    replace.replace_existing = true;
    const auto refused = create(env, path, {as_bytes("x"), alice}, alice_key, replace);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::conflict);
    EXPECT_EQ(as_text(content()), "by a writer that does not lock");
}

TEST_F(CommitTest, RandomFileIdsDiffer) {
    const auto first = must_create();
    CreateOptions replace;
    replace.replace_existing = true;
    EXPECT_NE(must_create("x", replace).file_id, first.file_id);
}

TEST_F(CommitTest, CommitsFollowTheChain) {
    must_create();
    const auto second = must_commit("rules: 2\n", "second", bob);
    const auto third = must_commit("rules: 3\n", "third");
    EXPECT_EQ(second.version, VersionNumber{2});
    EXPECT_EQ(third.version, VersionNumber{3});
    const auto report = check(content());
    EXPECT_TRUE(report.is_valid()) << report.summary();
    EXPECT_EQ(report.signatures_valid, 3U);
    EXPECT_EQ(report.head, third.version_hash);
    const Bytes bytes = content();
    const auto view = format::FileView::parse(bytes);
    const auto versions = history(*view);
    ASSERT_TRUE(versions.has_value());
    ASSERT_EQ(versions->size(), 3U);
    EXPECT_EQ((*versions)[1].message, "second");
    EXPECT_EQ((*versions)[1].author, bob);
    EXPECT_EQ((*versions)[2].parent_hash, second.version_hash);
    EXPECT_EQ(open_verified(env, path, registry)->text(), "rules: 3\n");
}

TEST_F(CommitTest, NumberComesFromTheChainEvenIfTheHeaderLies) {
    must_create();
    Bytes bytes = content();
    bytes[16] = 77;  // current version
    rehash(bytes);
    env.put(path, bytes);
    const auto refused = try_commit("x");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::verdict_invalid);
    EXPECT_EQ(content(), bytes);
}

TEST_F(CommitTest, BrokenFilesAreNeverCarriedForward) {
    must_create();
    must_commit("two");
    const Bytes good = content();
    for (std::size_t offset = 0; offset < good.size(); offset += 7) {
        Bytes bad = good;
        bad[offset] ^= 0x40U;
        env.put(path, bad);
        const auto refused = try_commit("three");
        ASSERT_FALSE(refused.has_value()) << offset;
        EXPECT_EQ(refused.error().code(), ErrorCode::verdict_invalid) << offset;
        EXPECT_EQ(content(), bad);
    }
}

TEST_F(CommitTest, UnauthorizedSignersAreRefusedBeforeTheyAreAsked) {
    must_create();
    const Bytes before = content();
    ScriptedSigner stranger(key_from(0x33));
    auto unknown = commit(env, path, {as_bytes("x"), AuthorId{7}, "m"}, stranger, registry);
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().full_message(),
              "the registry does not hold author 7: Unauthorized signer: author 7 has no active "
              "registry epoch at version 2");
    auto other_key = commit(env, path, {as_bytes("x"), alice, "m"}, stranger, registry);
    ASSERT_FALSE(other_key.has_value());
    EXPECT_EQ(other_key.error().message(),
              "Key mismatch: author 1001 signing key does not match registry epoch 0 operational "
              "key");
    EXPECT_EQ(stranger.calls, 0);
    EXPECT_EQ(content(), before);
}

TEST_F(CommitTest, ForcedCommitIsInvalidUntilPinned) {
    must_create();
    auto stranger = key_from(0x33);
    CommitOptions options;
    options.authorization = Authorization::not_checked;
    ASSERT_TRUE(
        commit(env, path, {as_bytes("x"), AuthorId{7}, "forced"}, stranger, registry, options)
            .has_value());
    const auto report = check(content());
    EXPECT_EQ(failed_gates(report), "signatures ");
    EXPECT_EQ(report.first(Gate::signatures)->reason, Reason::no_active_epoch);
    EXPECT_EQ(try_commit("y").error().code(), ErrorCode::verdict_invalid);
    ASSERT_TRUE(registry.pin(AuthorId{7}, stranger.public_half(), stranger.public_half()));
    EXPECT_TRUE(check(content()).is_valid());
    must_commit("z");
}

TEST_F(CommitTest, ExternalSignerIsAskedOnceForTheCanonicalMessage) {
    must_create();
    ScriptedSigner signer(key_from(0x11));
    ASSERT_TRUE(commit(env, path, {as_bytes("x"), alice, "m"}, signer, registry).has_value());
    EXPECT_EQ(signer.calls, 1);
    const Bytes bytes = content();
    const auto stored = format::FileView::parse(bytes)->version(VersionNumber{2});
    const auto message = format::version_message(**stored);
    EXPECT_TRUE(equal(message, signer.last_message));
}

TEST_F(CommitTest, FailingOrLyingSignersChangeNothing) {
    must_create();
    const Bytes before = content();
    ScriptedSigner liar(key_from(0x11));
    liar.answer = Signature{};
    const auto lied = commit(env, path, {as_bytes("x"), alice, "m"}, liar, registry);
    EXPECT_EQ(lied.error().code(), ErrorCode::invalid_signature);
    ScriptedSigner broken(key_from(0x11));
    broken.failure = error_because(ErrorCode::signing_failed, "token removed");
    const auto failed = commit(env, path, {as_bytes("x"), alice, "m"}, broken, registry);
    EXPECT_EQ(failed.error(), *broken.failure);
    EXPECT_EQ(content(), before);
    ScriptedSigner liar_again(key_from(0x11));
    liar_again.answer = Signature{};
    EXPECT_EQ(create(env, "/policies/new.aion", {{}, alice}, liar_again).error().code(),
              ErrorCode::invalid_signature);
    EXPECT_FALSE(env.get("/policies/new.aion").has_value());
}

// Whoever signs often is verified with a table of the key.
TEST_F(CommitTest, AWrongSignatureIsRefusedHoweverOftenTheSignerWasRight) {
    env.put_directory("/policies");
    ScriptedSigner signer(key_from(0x11));
    for (int i = 0; i < 64; ++i) {
        const auto made = create(env, "/policies/" + std::to_string(i), {{}, alice}, signer);
        ASSERT_TRUE(made.has_value()) << made.error().full_message();
        signer.answer.reset();
        if (i % 8 == 7) {
            // Of the key, and of another message.
            signer.answer = *key_from(0x11).sign(as_bytes("something else"));
            const auto lied = create(env, "/policies/lie", {{}, alice}, signer);
            ASSERT_FALSE(lied.has_value());
            EXPECT_EQ(lied.error().code(), ErrorCode::invalid_signature);
            EXPECT_FALSE(env.get("/policies/lie").has_value());
            signer.answer.reset();
        }
    }
}

TEST_F(CommitTest, TimeNeverRunsBackwards) {
    must_create();
    env.set_now(Timestamp{start.value - 5'000});
    const auto clamped = try_commit("later");
    ASSERT_TRUE(clamped.has_value());
    EXPECT_TRUE(clamped->timestamp_clamped);
    EXPECT_EQ(clamped->timestamp, start);
    const auto refused = commit(env, path, {as_bytes("x"), alice, "m", Timestamp{start.value - 1}},
                                alice_key, registry);
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_timestamp);
    EXPECT_TRUE(
        commit(env, path, {as_bytes("x"), alice, "m", start}, alice_key, registry).has_value());
    EXPECT_TRUE(check(content()).is_valid());
}

TEST_F(CommitTest, MessagesMustBeUtf8) {
    EXPECT_EQ(create(env, path, {{}, alice, "\xFF\xFE"}, alice_key).error().code(),
              ErrorCode::invalid_utf8);
    must_create();
    EXPECT_EQ(try_commit("x", "\xC3").error().code(), ErrorCode::invalid_utf8);
    must_commit("x", "Grüße, 世界 \xF0\x9F\x9A\x80");
    must_commit("x", "");
    EXPECT_TRUE(check(content()).is_valid());
}

TEST_F(CommitTest, PinsGuardACommit) {
    const auto made = must_create();
    CommitOptions options;
    options.verify.pins.head = Hash{};
    EXPECT_EQ(
        commit(env, path, {as_bytes("x"), alice, "m"}, alice_key, registry, options).error().code(),
        ErrorCode::verdict_invalid);
    options.verify.pins.head = made.version_hash;
    EXPECT_TRUE(
        commit(env, path, {as_bytes("x"), alice, "m"}, alice_key, registry, options).has_value());
}

TEST_F(CommitTest, NothingIsContinuedUnderTheReferenceProfile) {
    must_create();
    const Bytes before = content();
    CommitOptions options;
    options.verify.profile = Profile::reference;
    const NewVersion version{.payload = as_bytes("x"), .author = alice};
    EXPECT_EQ(commit(env, path, version, alice_key, registry, options).error().code(),
              ErrorCode::invalid_argument);
    EXPECT_EQ(CommitSession::open(env, path, registry, options).error().code(),
              ErrorCode::invalid_argument);
    EXPECT_EQ(content(), before);
}

TEST_F(CommitTest, ARegistrySaysWhoMayBeginAFile) {
    CreateOptions options;
    options.registry = &registry;
    const auto create_by = [&](AuthorId author, crypto::SigningKey& key) {
        return create(env, path, {as_bytes("x"), author, "m"}, key, options);
    };
    const auto stranger = create_by(AuthorId{4711}, alice_key);
    EXPECT_EQ(stranger.error().code(), ErrorCode::unauthorized_signer);
    EXPECT_EQ(create_by(alice, bob_key).error().code(), ErrorCode::key_mismatch);
    EXPECT_FALSE(env.get(path).has_value()) << "nothing is written";
    EXPECT_TRUE(create_by(alice, alice_key).has_value());
    EXPECT_TRUE(check(content()).is_valid());
}

// A payload may be gigabytes long, and who may sign is known without it.
TEST_F(CommitTest, WhoMaySignIsAskedBeforeThePayloadIsRead) {
    must_create();
    env.put("/payload", Bytes(std::size_t{5} << 20U, 0x70));
    const auto payload = env.open("/payload", {}).value();
    bool was_read = false;
    env.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
        was_read = was_read || (call.call == MemoryEnv::Call::read && call.path == "/payload");
        return 0;
    });
    CreateOptions options;
    options.registry = &registry;
    options.replace_existing = true;
    auto session = CommitSession::open(env, path, registry);
    const NewVersion version{*payload, AuthorId{4711}, "m"};
    const ErrorCode unauthorized = ErrorCode::unauthorized_signer;
    EXPECT_EQ(create(env, path, version, alice_key, options).error().code(), unauthorized);
    EXPECT_EQ(commit(env, path, version, alice_key, registry).error().code(), unauthorized);
    EXPECT_EQ(session->add(version, alice_key).error().code(), unauthorized);
    EXPECT_FALSE(was_read);
    EXPECT_TRUE(session->add({*payload, alice, "m"}, alice_key).has_value());
    EXPECT_TRUE(was_read);
}

// What is wrong with the version itself comes first, whoever signs it.
TEST_F(CommitTest, AWrongMessageOrTimeIsToldBeforeWhoMaySign) {
    must_create();
    const auto refusal = [&](std::string_view message, std::optional<Timestamp> time) {
        const NewVersion version{as_bytes("x"), AuthorId{4711}, message, time};
        return commit(env, path, version, alice_key, registry).error().code();
    };
    EXPECT_EQ(refusal("\xFF", Timestamp{1}), ErrorCode::invalid_utf8);
    EXPECT_EQ(refusal("m", Timestamp{1}), ErrorCode::invalid_timestamp);
    EXPECT_EQ(refusal("m", std::nullopt), ErrorCode::unauthorized_signer);
}

TEST_F(CommitTest, MissingFileIsAReadError) {
    const auto missing = try_commit("x");
    EXPECT_EQ(missing.error().code(), ErrorCode::file_read_error);
}

TEST_F(CommitTest, GoldenVectorIsReproduced) {
    // docs/file-format.md#version-1: same inputs, same bytes, but for what the nonce decides.
    auto golden_key = *crypto::SigningKey::from_seed(
        *from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
    CreateOptions options;
    options.file_id = FileId{0x0123456789abcdef};
    const auto made = create(
        env, path,
        {as_bytes("fraud_threshold: 1000\nrisk_level: medium"), AuthorId{50001}, genesis_message},
        golden_key, options);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(to_hex(made->version_hash),
              "4895f1d34bd7618db60bf66fb38752cef0d9d525acda2e106c1ae7d26eb5ddbe");
    EXPECT_EQ(content().size(), 716U);
    const Bytes bytes = content();
    const auto view = format::FileView::parse(bytes);
    EXPECT_EQ(to_hex((*view->signature_at(0))->signature),
              "641dd2b9f925e01c1d331460a0bc6b28f9cdcb93e225919763b80978c4e6060ed9f83437b1827509a7e1"
              "58fef0965bf3ba237eb407dd86b992f8a359c68b8a06");
}

TEST_F(CommitTest, AnyHistoryOfAnyContentVerifies) {
    const bool held = rc::check("create and commits verify and read back", [this] {
        // A commit verifies all of the past: short histories keep this test quick.
        const auto payloads =
            *rc::gen::resize(8, rc::gen::container<std::vector<std::vector<std::uint8_t>>>(
                                    rc::gen::arbitrary<std::vector<std::uint8_t>>()));
        CreateOptions options;
        options.replace_existing = true;
        must_create("genesis", options);
        for (const auto& payload : payloads) {
            must_commit(as_text(payload), "m");
        }
        const auto opened = open_verified(env, path, registry);
        RC_ASSERT(opened.has_value());
        RC_ASSERT(opened->version().value == payloads.size() + 1);
        if (!payloads.empty()) {
            RC_ASSERT(equal(opened->bytes(), payloads.back()));
        }
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace aion::policy::test
