// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/examine.hpp"

#include <gtest/gtest.h>

#include "aion/base/hex.hpp"
#include "support/world.hpp"

namespace aion::policy {
namespace {

using test::bob;

class ExamineTest : public test::World {
  protected:
    ExamineTest() {
        env.put_directory("/policies");
        must_create();
        must_commit("rules: 2\n", "second", bob);
        must_commit("rules: 3\n", "third");
    }

    Examination examined(ExamineOptions options = {}) {
        auto result = examine(env, path, registry, options);
        EXPECT_TRUE(result.has_value());
        return *std::move(result);
    }

    Examination of(ByteView bytes, ExamineOptions options = {}) {
        return examine(bytes, registry, test::start, options).value();
    }
};

TEST_F(ExamineTest, TellsEachVersionWithTheRightByWhichItWasMade) {
    const Examination file = examined();
    ASSERT_TRUE(file.report().is_valid());
    ASSERT_EQ(file.version_count(), 3U);
    const ExaminedVersion second = file.version(1);
    EXPECT_EQ(second.position, 2U);
    EXPECT_EQ(second.number, VersionNumber{2});
    EXPECT_EQ(second.author, bob);
    EXPECT_EQ(second.message, "second");
    EXPECT_EQ(second.signature, SignatureState::valid);
    EXPECT_EQ(second.parent_hash, file.version(0).version_hash);
    EXPECT_EQ(second.key, aion::test::public_of(aion::test::bobs));
    ASSERT_NE(second.epoch, nullptr);
    EXPECT_EQ(second.epoch, registry.active_epoch(bob, VersionNumber{2}));
    EXPECT_TRUE(second.why.empty());
    EXPECT_EQ(file.report().head, file.version(2).version_hash);
}

TEST_F(ExamineTest, ARefusedSignatureSaysWhyAndOthersCountAllTheSame) {
    Bytes bytes = content();
    const auto view = format::FileView::parse(bytes).value();
    const std::uint64_t second =
        view.extent(format::Section::signatures).value().offset + format::signature_record_size;
    bytes[second + 50] ^= 1U;
    const Examination file = of(bytes);
    EXPECT_FALSE(file.report().is_valid());
    EXPECT_EQ(file.version(0).signature, SignatureState::valid);
    EXPECT_EQ(file.version(1).signature, SignatureState::refused);
    EXPECT_EQ(file.version(1).refused, Reason::bad_signature);
    EXPECT_EQ(file.version(1).why, "the signature of version 2 by author 1002 does not verify");
    EXPECT_EQ(file.version(2).signature, SignatureState::valid);
}

TEST_F(ExamineTest, UnderAnEmptyRegistryNobodyHadARight) {
    const trust::Registry nobody;
    const Examination file = examine(env, path, nobody).value();
    EXPECT_EQ(file.version(0).refused, Reason::no_active_epoch);
    EXPECT_EQ(file.version(0).epoch, nullptr);
}

TEST_F(ExamineTest, WhatIsNoFileHasNothingToShow) {
    for (const std::string_view text : {"", "a: 1", "AION"}) {
        const Examination file = of(as_bytes(text));
        EXPECT_FALSE(file.report().is_valid());
        EXPECT_EQ(file.header(), nullptr);
        EXPECT_EQ(file.version_count(), 0U);
        EXPECT_EQ(file.audit_count(), 0U);
        EXPECT_EQ(file.payload_size(), std::nullopt);
    }
}

TEST_F(ExamineTest, SignaturesThatWereNotReachedAreNotJudged) {
    Bytes bytes = content();
    // The signatures' section is said to lie behind the end.
    bytes[offsetof(format::HeaderRecord, signatures) + 6] = 0x7f;
    const Examination file = of(bytes);
    ASSERT_EQ(file.version_count(), 3U);
    EXPECT_EQ(file.version(0).signature, SignatureState::not_judged);
    EXPECT_EQ(file.version(0).key, std::nullopt);
    // Nor does the reference profile get that far.
    ExamineOptions like_reference;
    like_reference.verify.profile = Profile::reference;
    EXPECT_EQ(of(bytes, like_reference).version(0).signature, SignatureState::not_judged);
}

TEST_F(ExamineTest, ThePayloadIsKeptIfItIsGenuineAndSmallEnough) {
    EXPECT_FALSE(examined().payload());
    ExamineOptions options;
    options.max_payload = 9;
    ASSERT_TRUE(examined(options).payload());
    EXPECT_EQ(as_text(*examined(options).payload()), "rules: 3\n");
    EXPECT_EQ(examined(options).payload_size(), 9U);
    options.max_payload = 8;
    EXPECT_FALSE(examined(options).payload());
    Bytes bytes = content();
    bytes[format::header_size + 20] ^= 1U;
    options.max_payload = 9;
    EXPECT_FALSE(of(bytes, options).payload());
}

TEST_F(ExamineTest, DigestsAreThoseOfAllBytes) {
    ExamineOptions options;
    options.digests = true;
    EXPECT_EQ(examined(options).digests(), digests_of(content()));
    EXPECT_FALSE(examined().digests());
    EXPECT_EQ(of(as_bytes("abc"), options).digests(), digests_of(as_bytes("abc")));
    EXPECT_EQ(to_hex(of(as_bytes("abc"), options).digests()->sha256),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// What is not held passes by once, and is hashed as it does.
TEST_F(ExamineTest, DigestsOfALargeFileAreMadeAsItPassesBy) {
    must_commit(std::string(std::size_t{9} << 20U, 'x'), "large");
    ExamineOptions options;
    options.digests = true;
    const Examination file = examined(options);
    ASSERT_TRUE(file.report().is_valid());
    EXPECT_EQ(file.digests(), digests_of(content()));
    EXPECT_EQ(of(content(), options).digests(), digests_of(content()));
    options.max_payload = std::size_t{9} << 20U;
    EXPECT_EQ(examined(options).payload()->size(), std::size_t{9} << 20U);
    // Nothing but noise that says it is a file.
    Bytes noise(std::size_t{5} << 20U, 7);
    EXPECT_EQ(of(noise, options).digests().value_or(digests_of(noise)), digests_of(noise));
}

TEST_F(ExamineTest, MessagesThatLieOverEachOtherAreNotCopiedTimeAndAgain) {
    must_commit("rules: 4\n", std::string(5'000, 'm'));
    Bytes bytes = content();
    const auto view = format::FileView::parse(bytes).value();
    const auto versions = view.extent(format::Section::versions).value();
    const auto strings = view.extent(format::Section::strings).value();
    const format::le_u32 all = static_cast<std::uint32_t>(strings.length);
    const format::le_u64 begin = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const auto at = [&](std::size_t field) {
            return bytes.begin() + static_cast<std::ptrdiff_t>(
                                       versions.offset + (i * format::version_record_size) + field);
        };
        std::ranges::copy(format::bytes_of(begin),
                          at(offsetof(format::VersionRecord, message_offset)));
        std::ranges::copy(format::bytes_of(all),
                          at(offsetof(format::VersionRecord, message_length)));
    }
    const Examination file = of(bytes);
    EXPECT_EQ(file.version(0).message.size(), strings.length);
    EXPECT_EQ(file.version(3).message, "");
}

TEST_F(ExamineTest, AuditEntriesSayWhetherTheyAreLinked) {
    Bytes bytes = content();
    const auto view = format::FileView::parse(bytes).value();
    const std::uint64_t audit = view.extent(format::Section::audit).value().offset;
    bytes[audit + format::audit_record_size + offsetof(format::AuditRecord, previous_hash)] ^= 1U;
    const Examination file = of(bytes);
    ASSERT_EQ(file.audit_count(), 3U);
    EXPECT_TRUE(file.audit_entry(0).is_linked);
    EXPECT_FALSE(file.audit_entry(1).is_linked);
    EXPECT_FALSE(file.audit_entry(2).is_linked);
    EXPECT_EQ(file.audit_entry(1).author, bob);
    EXPECT_EQ(file.audit_entry(1).action, 2U);
    EXPECT_EQ(file.audit_entry(1).position, 2U);
}

TEST_F(ExamineTest, PinsAreAsked) {
    ExamineOptions options;
    options.verify.pins.min_version = VersionNumber{9};
    const Examination file = examined(options);
    EXPECT_EQ(file.report().state(Gate::pin), GateState::failed);
    EXPECT_EQ(file.pins().min_version, VersionNumber{9});
}

TEST_F(ExamineTest, AFileThatIsNotThereIsAnError) {
    const auto none = examine(env, "/policies/none.aion", registry);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), ErrorCode::file_read_error);
}

}  // namespace
}  // namespace aion::policy
