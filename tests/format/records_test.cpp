// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/format/records.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <numeric>

#include "aion/crypto/hash.hpp"
#include "format/samples.hpp"
#include "support/vectors.hpp"

namespace aion::format {
namespace {

using test::bytes_from;
using test::octets;

VersionRecord golden_version() {
    const Bytes file = test::golden_genesis_file();
    VersionRecord record;
    std::memcpy(&record, file.data() + 324, sizeof(record));
    return record;
}

AuditRecord audit_entry(std::uint64_t timestamp, const AuditRecord* previous) {
    AuditRecord entry{};
    entry.timestamp = timestamp;
    entry.author = 50001;
    entry.action = static_cast<std::uint16_t>(AuditAction::commit_version);
    if (previous != nullptr) {
        entry.previous_hash = audit_hash(*previous);
    }
    return entry;
}

TEST(LittleEndian, StoresTheLowestByteFirst) {
    const le_u64 wide = 0x0123456789abcdefU;
    EXPECT_EQ(to_hex(bytes_of(wide)), "efcdab8967452301");
    const le_u32 medium = 0x01020304U;
    EXPECT_EQ(to_hex(bytes_of(medium)), "04030201");
    const le_u16 narrow = std::uint16_t{0x0102};
    EXPECT_EQ(to_hex(bytes_of(narrow)), "0201");
    static_assert(std::uint64_t{le_u64(7)} == 7);
}

RC_GTEST_PROP(LittleEndian, ReadsBackWhatWasStoredAtAnyAddress, (std::uint64_t value)) {
    std::array<std::uint8_t, 16> buffer{};
    const auto start = *rc::gen::inRange<std::size_t>(0, 9);
    auto& stored = *reinterpret_cast<le_u64*>(buffer.data() + start);
    stored = value;
    RC_ASSERT(std::uint64_t{stored} == value);
    for (std::size_t i = 0; i < 8; ++i) {
        RC_ASSERT(buffer[start + i] == ((value >> (8 * i)) & 0xFFU));
    }
}

// docs/file-format.md#order-of-sections and docs/file-format.md#signed-messages.
TEST(Records, HaveTheirSizesOnDisk) {
    EXPECT_EQ(sizeof(HeaderRecord), 256U);
    EXPECT_EQ(sizeof(VersionRecord), 152U);
    EXPECT_EQ(sizeof(SignatureRecord), 112U);
    EXPECT_EQ(sizeof(AuditRecord), 80U);
    EXPECT_EQ(version_signature_domain().size(), 28U);
    EXPECT_EQ(attestation_domain().size(), 22U);
    EXPECT_EQ(as_text(version_signature_domain()), "AION_V2_VERSION_SIGNATURE_V1");
    EXPECT_EQ(as_text(attestation_domain()), "AION_V2_ATTESTATION_V1");
}

// docs/file-format.md#version-1.
TEST(Records, GoldenVersionHashAndMessage) {
    const VersionRecord record = golden_version();
    EXPECT_EQ(to_hex(version_hash(record)),
              "4895f1d34bd7618db60bf66fb38752cef0d9d525acda2e106c1ae7d26eb5ddbe");
    EXPECT_EQ(to_hex(version_message(record)),
              "41494f4e5f56325f56455253494f4e5f5349474e41545552455f5631"
              "0100000000000000000000000000000000000000000000000000000000000000000000000000000"
              "0d9330d3df06bed4e1e94e22366a757e93688dc5defd0ddc2d38b06793933212551c3000000000000"
              "00002a36fe9c971700000000000000000f000000");
}

// docs/file-format.md#known-answers.
TEST(Records, GoldenAuditHashes) {
    const Bytes file = test::golden_second_file();
    std::array<AuditRecord, 2> trail;
    std::memcpy(trail.data(), file.data() + 820, sizeof(trail));
    EXPECT_EQ(to_hex(audit_hash(trail[0])),
              "2654196872383200ba786df6ac9c1387dabbd3d8523a6d50252bfb1ea25f9658");
    EXPECT_EQ(to_hex(audit_hash(trail[1])),
              "ab297b6dcb226a73f80a7e815dae20647f713199bde0081cedd7302c2b5c79ea");
    EXPECT_TRUE(check_audit_link(trail[1], trail[0]));
    EXPECT_TRUE(trail[0].previous_hash.is_zero());
    EXPECT_FALSE(trail[1].previous_hash.is_zero());
}

// The message tells versions apart; reserved bytes are no part of it.
TEST(Records, VersionMessageCoversTheBodyAndNothingElse) {
    const VersionRecord original = golden_version();
    for (std::size_t i = 0; i < sizeof(VersionRecord); ++i) {
        VersionRecord changed = original;
        reinterpret_cast<std::uint8_t*>(&changed)[i] ^= 1U;
        const bool covered = i < version_body_size;
        EXPECT_EQ(version_message(changed) != version_message(original), covered) << i;
        EXPECT_EQ(version_hash(changed) != version_hash(original), covered) << i;
    }
}

TEST(Records, VersionHashesEqualTheSingleOnes) {
    std::vector<VersionRecord> records(75);
    std::uint8_t seed = 1;
    for (auto& record : records) {
        auto* bytes = reinterpret_cast<std::uint8_t*>(&record);
        std::iota(bytes, bytes + sizeof(record), seed);
        seed = static_cast<std::uint8_t>(seed * 7U + 3U);
    }
    for (std::size_t count = 0; count <= records.size(); ++count) {
        std::vector<Hash> hashes(count + 1);
        version_hashes(std::span(records).first(count), hashes);
        for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(hashes[i], crypto::blake3(records[i].body())) << i << " of " << count;
        }
        EXPECT_TRUE(hashes.back().is_zero()) << "wrote past " << count;
    }
}

TEST(Records, AuditHashesEqualTheSingleOnes) {
    std::vector<AuditRecord> trail;
    for (std::uint64_t i = 0; i < 40; ++i) {
        trail.push_back(audit_entry(i, trail.empty() ? nullptr : &trail.back()));
    }
    std::vector<Hash> hashes(trail.size());
    audit_hashes(trail, hashes);
    for (std::size_t i = 0; i < trail.size(); ++i) {
        EXPECT_EQ(hashes[i], audit_hash(trail[i]));
    }
}

TEST(Records, VersionHashesStopAtTheShorterSide) {
    const std::vector<VersionRecord> records(5, golden_version());
    std::vector<Hash> hashes(3);
    version_hashes(records, hashes);
    EXPECT_EQ(hashes.back(), version_hash(golden_version()));
}

// docs/file-format.md#audit-record.
TEST(AuditAction, DescribesTheFourKnownCodes) {
    EXPECT_EQ(describe(AuditAction::create_genesis), "Create genesis version");
    EXPECT_EQ(describe(AuditAction::commit_version), "Commit new version");
    EXPECT_EQ(describe(AuditAction::verify), "Verify signatures");
    EXPECT_EQ(describe(AuditAction::inspect), "Inspect file");
    EXPECT_EQ(describe(static_cast<AuditAction>(5)), "Unknown action");
}

TEST(AuditAction, AcceptsCodesOneToFour) {
    AuditRecord entry{};
    for (const std::uint16_t code :
         std::array<std::uint16_t, 9>{0, 1, 2, 3, 4, 5, 99, 100, 65535}) {
        entry.action = code;
        const auto action = action_of(entry);
        ASSERT_EQ(action.has_value(), code >= 1 && code <= 4) << code;
        EXPECT_EQ(is_known_action(code), action.has_value());
        if (action) {
            EXPECT_EQ(static_cast<std::uint16_t>(*action), code);
        } else {
            EXPECT_EQ(action.error().message(), "Invalid action code: " + std::to_string(code));
        }
    }
}

TEST(AuditRecord, ComesFromExactlyEightyBytesReservedOnesIncluded) {
    Bytes bytes(80);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
    const auto entry = audit_record_from(bytes);
    ASSERT_TRUE(entry);
    EXPECT_TRUE(equal(entry->all(), bytes));
    for (const std::size_t size : {0U, 79U, 81U}) {
        const auto refused = audit_record_from(Bytes(size));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), invalid_format("AuditEntry must be exactly 80 bytes, got " +
                                                  std::to_string(size)));
    }
}

TEST(AuditLink, AcceptsEqualAndLaterTimes) {
    const AuditRecord first = audit_entry(1000, nullptr);
    const AuditRecord second = audit_entry(1000, &first);
    const AuditRecord third = audit_entry(1001, &second);
    EXPECT_TRUE(check_audit_link(second, first));
    EXPECT_TRUE(check_audit_link(third, second));
    EXPECT_FALSE(check_audit_link(third, first));
}

TEST(AuditLink, RefusesAnotherPredecessor) {
    const AuditRecord first = audit_entry(1000, nullptr);
    AuditRecord second = audit_entry(1001, &first);
    second.previous_hash.bytes[31] ^= 0x80U;
    const auto refused = check_audit_link(second, first);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), broken_audit_chain(audit_hash(first), second.previous_hash));
    EXPECT_EQ(refused.error().message(), "Broken audit chain: previous_hash mismatch");
}

TEST(AuditLink, RefusesAnEarlierTime) {
    const AuditRecord first = audit_entry(1000, nullptr);
    const auto refused = check_audit_link(audit_entry(999, &first), first);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(),
              "Invalid timestamp: Entry timestamp 999 is before previous entry 1000");
}

TEST(AuditLink, RefusesReservedBytesOfTheLaterEntry) {
    const AuditRecord first = audit_entry(1000, nullptr);
    for (const std::size_t at : {18U, 23U, 36U, 39U, 72U, 79U}) {
        AuditRecord second = audit_entry(1001, &first);
        reinterpret_cast<std::uint8_t*>(&second)[at] = 1;
        const auto refused = check_audit_link(second, first);
        ASSERT_FALSE(refused) << at;
        EXPECT_EQ(refused.error(), invalid_format("Reserved fields must be zero"));
    }
}

RC_GTEST_PROP(AuditLink, ChainsOfNonDecreasingTimesHoldAndBreakWithAnyBit, ()) {
    auto times = *rc::gen::container<std::vector<std::uint32_t>>(
        *rc::gen::inRange<std::size_t>(2, 21), rc::gen::arbitrary<std::uint32_t>());
    std::ranges::sort(times);
    std::vector<AuditRecord> trail;
    for (const auto time : times) {
        trail.push_back(audit_entry(time, trail.empty() ? nullptr : &trail.back()));
    }
    for (std::size_t i = 1; i < trail.size(); ++i) {
        RC_ASSERT(check_audit_link(trail[i], trail[i - 1]).has_value());
    }
    const auto at = *rc::gen::inRange<std::size_t>(1, trail.size());
    const auto bit = *rc::gen::inRange<unsigned>(0, 256);
    trail[at].previous_hash.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    RC_ASSERT(!check_audit_link(trail[at], trail[at - 1]).has_value());
}

RC_GTEST_PROP(AuditRecord, HashCoversEveryByte, ()) {
    AuditRecord entry = audit_entry(*rc::gen::arbitrary<std::uint64_t>(), nullptr);
    const Hash before = audit_hash(entry);
    const auto at = *rc::gen::inRange<std::size_t>(0, sizeof(entry));
    reinterpret_cast<std::uint8_t*>(&entry)[at] ^= *rc::gen::nonZero<std::uint8_t>();
    RC_ASSERT(audit_hash(entry) != before);
}

}  // namespace
}  // namespace aion::format
