// SPDX-License-Identifier: MIT OR Apache-2.0
// Payloads of any size: what is sealed as it passes by is what one buffer would have held, and
// whatever happens between reading it twice, nothing is written that was not signed.
#include "policy/sealing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "aion/base/interrupt.hpp"
#include "policy/private_file.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Call = MemoryEnv::Call;

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

Bytes bytes_of_size(std::size_t size) {
    Bytes bytes(size);
    std::minstd_rand random(static_cast<unsigned>(size) + 1);
    std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random() >> 8U); });
    return bytes;
}

/// The file that holds `payload` as version 1, sealed in one piece: known nonce, file id and time.
void expect_sealed(const Bytes& file, const Bytes& payload) {
    const auto view = format::FileView::parse(file);
    ASSERT_TRUE(view.has_value());
    EXPECT_TRUE(view->check_integrity().has_value());
    const ByteView section = view->payload().value();
    Bytes expected(payload.size() + seal_overhead);
    const VersionNumber head{view->header().current_version};
    ASSERT_TRUE(seal_payload(payload, view->file_id(), head,
                             section.first<crypto::aead_nonce_size>(), expected));
    EXPECT_TRUE(equal(section, expected));
}

class Payloads : public World {
  protected:
    std::unique_ptr<ReadableFile> stored(const Bytes& payload) {
        env.put("/payload", payload);
        return *env.open("/payload", {});
    }

    [[nodiscard]] std::vector<std::string> here() const { return env.all_paths(); }
};

TEST_F(Payloads, OfAnySizeAndWhereverTheyAreGiveTheSameFile) {
    const std::vector<std::size_t> sizes = {0,
                                            1,
                                            sealed_in_pieces_size - 1,
                                            sealed_in_pieces_size,
                                            mebibyte - 268,
                                            streamed_payload_size - 1,
                                            streamed_payload_size,
                                            streamed_payload_size + 300'001};
    for (const std::size_t size : sizes) {
        SCOPED_TRACE(size);
        const Bytes payload = bytes_of_size(size);
        std::vector<Bytes> made;
        for (const unsigned threads : {1U, 2U}) {
            for (const bool from_file : {false, true}) {
                MemoryEnv world(7);
                world.put("/payload", payload);
                const auto file = world.open("/payload", {});
                CreateOptions options;
                options.threads = threads;
                const auto receipt =
                    create(world, "/p", {from_file ? Payload(**file) : Payload(payload), alice},
                           alice_key, options);
                ASSERT_TRUE(receipt.has_value()) << receipt.error().full_message();
                EXPECT_EQ(receipt->rules_hash, crypto::blake3(payload));
                made.push_back(*world.get("/p"));
            }
        }
        expect_sealed(made.front(), payload);
        for (const Bytes& other : made) {
            EXPECT_TRUE(equal(other, made.front()));
        }
        const auto opened = open_verified(made.front(), registry, start);
        ASSERT_TRUE(opened.has_value());
        EXPECT_TRUE(equal(opened->bytes(), payload));
    }
}

TEST_F(Payloads, NeitherOldNorNewAreReadIntoMemoryAsAWhole) {
    const Bytes payload = bytes_of_size(2 * streamed_payload_size);
    ASSERT_TRUE(create(env, path, {*stored(payload), alice}, alice_key).has_value());
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord&) { return 0; });
    ASSERT_TRUE(commit(env, path, {*stored(payload), alice, "again"}, alice_key, registry));
    // Each pass over 8 MiB is some reads; all at once would be one.
    std::size_t of_payload = 0;
    std::size_t of_file = 0;
    for (const MemoryEnv::CallRecord& call : env.calls()) {
        of_payload += call.call == Call::read && call.path == "/payload" ? 1U : 0U;
        of_file += call.call == Call::read && call.path == path ? 1U : 0U;
    }
    EXPECT_GE(of_payload, 2U * 8);
    EXPECT_GE(of_file, 8U);
    EXPECT_TRUE(check(content()).is_valid());
}

// What changes between the passes is not what was read first.
TEST_F(Payloads, ThatChangeBetweenTheTwoReadingsAreNotWritten) {
    const Bytes payload = bytes_of_size(streamed_payload_size + 5);
    Bytes other = payload;
    other.back() ^= 1U;
    Bytes longer = payload;
    longer.push_back(0);
    const Bytes shorter(payload.begin(), payload.end() - 1);
    for (const Bytes& changed : {other, longer, shorter}) {
        for (const Call moment : {Call::read, Call::reserve, Call::append}) {
            const auto file = stored(payload);
            test::ScriptedSigner signer(key_from(aion::test::alices));
            bool done = false;
            env.set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord& call) {
                if (!done && call.call == moment && index > 2) {
                    done = true;
                    env.put("/payload", changed);
                }
                return 0;
            });
            const auto made = create(env, path, {*file, alice}, signer);
            env.set_fault({});
            ASSERT_TRUE(done);
            // Bytes behind the payload are none of it, so a file that grows later is no matter.
            if (changed.size() > payload.size() && moment != Call::read) {
                EXPECT_TRUE(made.has_value());
                ASSERT_TRUE(open_verified(env, path, registry).has_value());
                std::ignore = env.locate(path)->directory->remove(path.filename().string());
                continue;
            }
            ASSERT_FALSE(made.has_value());
            EXPECT_EQ(made.error().code(), ErrorCode::file_changed);
            EXPECT_EQ(signer.calls, 0);
            EXPECT_THAT(here(), ElementsAre("/payload"));
        }
    }
}

/// Says that it is unchanged, as a file does that is stored into through a shared mapping.
class FickleFile final : public ReadableFile {
  public:
    explicit FickleFile(std::uint64_t size) { info_.size = size; }

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        readings_ += offset == 0 ? 1 : 0;
        std::ranges::fill(out, static_cast<std::uint8_t>(readings_));
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override { return {}; }

  private:
    FileInfo info_;
    int readings_ = 0;
};

TEST_F(Payloads, WhatIsSealedIsWhatWasHashedWhateverTheFileSaysOfItself) {
    FickleFile fickle(streamed_payload_size);
    test::ScriptedSigner signer(key_from(aion::test::alices));
    const auto made = create(env, path, {fickle, alice}, signer);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().message(), "File changed while it was being read: the payload");
    EXPECT_EQ(signer.calls, 0);
    EXPECT_TRUE(here().empty());
    // Below, it is read once.
    FickleFile small(streamed_payload_size - 1);
    ASSERT_TRUE(create(env, path, {small, alice}, signer).has_value());
    EXPECT_TRUE(check(content()).is_valid());
}

/// Looks around when it is asked.
class LookingSigner final : public crypto::Signer {
  public:
    LookingSigner(crypto::SigningKey key, std::function<Result<>()> look)
        : key_(std::move(key)), look_(std::move(look)) {}

    Result<PublicKey> public_key() override { return key_.public_half(); }

    Result<Signature> sign(ByteView message) override {
        if (auto looked = look_(); !looked) {
            return fail(looked.error());
        }
        return key_.sign(message);
    }

  private:
    crypto::SigningKey key_;
    std::function<Result<>()> look_;
};

TEST_F(Payloads, AreWrittenBeforeTheSignerIsAskedAndGoneIfItFails) {
    const Bytes payload = bytes_of_size(streamed_payload_size);
    Interrupt progress;
    InterruptibleEnv watched(env, progress);
    std::uint64_t written = 0;
    LookingSigner signer(key_from(aion::test::alices), [&]() -> Result<> {
        written = progress.written().bytes;
        return fail(error_because(ErrorCode::invalid_private_key, "unplugged"));
    });
    const auto made = create(watched, path, {*stored(payload), alice}, signer);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code(), ErrorCode::invalid_private_key);
    EXPECT_EQ(written, format::header_size + payload.size() + seal_overhead);
    EXPECT_THAT(here(), ElementsAre("/payload"));
}

TEST_F(Payloads, AFullDiskIsFoundOutBeforeTheSignerIsAsked) {
    for (const std::size_t size : {std::size_t{10}, std::size_t{streamed_payload_size}}) {
        const Bytes payload = bytes_of_size(size);
        test::ScriptedSigner signer(key_from(aion::test::alices));
        env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
            return call.call == Call::reserve ? ENOSPC : 0;
        });
        EXPECT_FALSE(create(env, path, {payload, alice}, signer).has_value());
        env.set_fault({});
        EXPECT_EQ(signer.calls, 0);
        EXPECT_TRUE(here().empty());
    }
}

TEST_F(Payloads, MayBeTheVeryFileThatIsReplaced) {
    ASSERT_TRUE(
        create(env, path, {bytes_of_size(streamed_payload_size), alice}, alice_key).has_value());
    const Bytes before = content();
    const auto itself = *env.open(path, {});
    ASSERT_TRUE(commit(env, path, {*itself, bob, "myself"}, bob_key, registry).has_value());
    EXPECT_TRUE(equal(open_verified(env, path, registry)->bytes(), before));
}

TEST_F(Payloads, OfASessionAreKeptWhateverBecomesOfTheirFiles) {
    must_create();
    const Bytes first = bytes_of_size(streamed_payload_size + 1);
    const Bytes second = bytes_of_size(streamed_payload_size + 2);
    auto session = CommitSession::open(env, path, registry);
    for (const Bytes& payload : {first, second}) {
        ASSERT_TRUE(session->add({*stored(payload), alice, "large"}, alice_key).has_value());
        env.put("/payload", as_bytes("gone"));
    }
    ASSERT_TRUE(session->save().has_value());
    EXPECT_TRUE(equal(open_verified(env, path, registry)->bytes(), second));
    // It goes on from what it wrote, of which it holds no payload, and sees who came between.
    ASSERT_TRUE(session->add({as_bytes("small"), alice, "small"}, alice_key).has_value());
    ASSERT_TRUE(session->save().has_value());
    EXPECT_EQ(open_verified(env, path, registry)->text(), "small");
    EXPECT_EQ(check(content()).signatures_valid, 4U);
    ASSERT_TRUE(session->add({*stored(first), alice, "large"}, alice_key).has_value());
    ASSERT_TRUE(session->save().has_value());
    ASSERT_TRUE(session->add({as_bytes("late"), alice, "late"}, alice_key).has_value());
    must_commit("by another");
    const auto late = session->save();
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code(), ErrorCode::conflict);
}

TEST_F(Payloads, TooLongToBeSealedAreRefusedUnread) {
    FickleFile endless(crypto::aead_plaintext_limit + 1);
    test::ScriptedSigner signer(key_from(aion::test::alices));
    const auto made = create(env, path, {endless, alice}, signer);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code(), ErrorCode::encryption_failed);
    EXPECT_TRUE(here().empty());
}

// A cache knows the trail, too: what it does not walk again is what it knew.
TEST_F(Payloads, AHistoryThatACacheKnowsIsEveryRecordOfIt) {
    must_create();
    must_commit("second");
    HistoryCache cache;
    VerifyOptions with_cache;
    with_cache.history_cache = &cache;
    ASSERT_TRUE(check(content(), with_cache).is_valid());
    const Bytes genuine = content();
    const auto view = format::FileView::parse(genuine);
    const auto change = [&](const void* field) {
        Bytes changed = genuine;
        changed[view->offset_of(field)] ^= 1U;
        rehash(changed);
        return failed_gates(check(changed, with_cache));
    };
    EXPECT_EQ(change(&view->audit()->back().author), "audit ");
    EXPECT_EQ(change(&view->audit()->back().previous_hash), "audit ");
    EXPECT_THAT(change(&view->versions()->back().parent_hash), HasSubstr("chain signatures"));
    EXPECT_THAT(change(&view->signatures()->back().author), HasSubstr("signatures"));
    EXPECT_TRUE(check(genuine, with_cache).is_valid());
}

}  // namespace
}  // namespace aion::policy::test
