// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "aion/base/hex.hpp"
#include "trust/chain_records.hpp"

namespace aion::trust {
namespace {

using aion::test::key_of;
using aion::test::ok;
using aion::test::public_of;
using aion::test::refusal;
using test::bound;
using test::chain_records;
using test::chain_vectors;
using test::point;

// A rotation whose bytes are short enough to be told.
RegistryRecord small_rotation() {
    RegistryRecord record{.number = 0x0102,
                          .previous = {},
                          .time = Timestamp{0x0304},
                          .reason = "r",
                          .facts = EpochRotation{.author = AuthorId{5},
                                                 .from_epoch = Epoch{6},
                                                 .to_public_key = {},
                                                 .until = bound(7, {point(8, 0xAB, 9, "n")})},
                          .signatures = {}};
    record.previous.bytes.fill(0xEE);
    std::get<EpochRotation>(record.facts).to_public_key.bytes.fill(0xCD);
    return record;
}

constexpr std::size_t size_offset = 0;
constexpr std::size_t version_offset = 4;
constexpr std::size_t kind_offset = 5;

std::string problem(ByteView bytes) {
    std::string message = refusal(decode_record(bytes));
    constexpr std::string_view prefix = "Invalid file format: ";
    EXPECT_TRUE(message.starts_with(prefix)) << message;
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

TEST(RecordBytes, AreLaidOutAsThePageSays) {
    const RegistryRecord record = small_rotation();
    const std::string repeated_ee = to_hex(record.previous);
    const std::string body =
        "01"                // version of the format
        "03"                // kind
        "0201000000000000"  // number
        + repeated_ee +
        "0403000000000000"  // time
        "0100"              // length of the reason
        "72"
        "0500000000000000"  // author
        "06000000"          // epoch
        + std::string(64, '.') +
        "0700000000000000"  // unlisted
        "01000000"          // number of points
        "0800000000000000"  // version
        + std::string(64, ',') +
        "0900000000000000"  // file id
        "0100"              // length of the name
        "6e";
    std::string expected = body;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (expected[i] == '.') {
            expected[i] = i % 2 == 0 ? 'c' : 'd';
        } else if (expected[i] == ',') {
            expected[i] = i % 2 == 0 ? 'a' : 'b';
        }
    }
    EXPECT_EQ(to_hex(record.body()), expected);
    EXPECT_EQ(to_hex(encode(record)), "a0000000" + expected + "00000000");
    EXPECT_EQ(ok(decode_record(encode(record))), record);
}

TEST(RecordBytes, AreWhatAnotherProgramMakesFromThePage) {
    const auto vectors = chain_vectors();
    const auto records = chain_records();
    ASSERT_EQ(vectors.size(), records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        SCOPED_TRACE(i);
        EXPECT_EQ(to_base64(encode(records[i])), to_base64(vectors[i].record));
        EXPECT_EQ(ok(decode_record(vectors[i].record)), records[i]);
        EXPECT_EQ(to_hex(records[i].hash()), vectors[i].hash);
        EXPECT_EQ(to_hex(record_message(records[i].hash())), vectors[i].message);
        EXPECT_EQ(std::to_underlying(kind_of(records[i].facts)), vectors[i].kind);
    }
}

TEST(RecordBytes, OfTheVectorsAreOfEveryKind) {
    std::set<std::uint64_t> kinds;
    for (const auto& row : chain_vectors()) {
        kinds.insert(row.kind);
    }
    EXPECT_THAT(kinds, testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
}

TEST(RecordBytes, CoverAllButTheSignatures) {
    RegistryRecord record = chain_records().at(3);
    const Bytes body = record.body();
    record.signatures.clear();
    EXPECT_EQ(record.body(), body);
    record.reason += "!";
    EXPECT_NE(record.body(), body);
}

TEST(RecordBytes, AreRefusedAtEveryLengthButTheirOwn) {
    for (const auto& row : chain_vectors()) {
        for (std::size_t size = 0; size < row.record.size(); ++size) {
            EXPECT_FALSE(decode_record(ByteView(row.record).first(size))) << size;
        }
        Bytes longer = row.record;
        longer.push_back(0);
        EXPECT_EQ(problem(longer), "1 bytes behind the end of the record");
    }
}

TEST(RecordBytes, SayWhichFieldIsCutOff) {
    const Bytes bytes = encode(small_rotation());
    EXPECT_EQ(problem({}), "body: 4 bytes expected, 0 left");
    EXPECT_EQ(problem(ByteView(bytes).first(20)), "body: 160 bytes expected, 16 left");
    Bytes body = small_rotation().body();
    const auto with_body = [&](std::size_t size) {
        Bytes out(4);
        out[size_offset] = static_cast<std::uint8_t>(size);
        out.insert(out.end(), body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
        out.resize(out.size() + 4);
        return out;
    };
    EXPECT_EQ(problem(with_body(0)), "version: 1 bytes expected, 0 left");
    EXPECT_EQ(problem(with_body(1)), "kind: 1 bytes expected, 0 left");
    EXPECT_EQ(problem(with_body(9)), "number: 8 bytes expected, 7 left");
    EXPECT_EQ(problem(with_body(41)), "previous: 32 bytes expected, 31 left");
    EXPECT_EQ(problem(with_body(52)), "reason: 1 bytes expected, 0 left");
    EXPECT_EQ(problem(with_body(120)), "until.listed: 50 bytes expected, 11 left");
    // The points fit, the name of one does not.
    EXPECT_EQ(problem(with_body(159)), "until.listed[0].name: 1 bytes expected, 0 left");
    body.push_back(0);
    EXPECT_EQ(problem(with_body(161)), "1 bytes behind the end of the body");
}

TEST(RecordBytes, ACountIsComparedWithWhatIsThere) {
    Bytes bytes = encode(small_rotation());
    const std::size_t count = 4 + 2 + 8 + 32 + 8 + 3 + 8 + 4 + 32 + 8;
    ASSERT_EQ(bytes.at(count), 1);
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(count), 4, std::uint8_t{0xFF});
    EXPECT_EQ(problem(bytes), "until.listed: 214748364750 bytes expected, 51 left");
    bytes = encode(small_rotation());
    std::fill_n(bytes.end() - 4, 4, std::uint8_t{0xFF});
    EXPECT_EQ(problem(bytes), "signatures: 412316860320 bytes expected, 0 left");
    std::fill_n(bytes.begin(), 4, std::uint8_t{0xFF});
    EXPECT_EQ(problem(bytes), "body: 4294967295 bytes, at most 16777216 are allowed");
}

TEST(RecordBytes, AreOfAKnownVersionAndKind) {
    Bytes bytes = encode(small_rotation());
    for (const std::uint8_t version : std::to_array<std::uint8_t>({0, 2, 255})) {
        bytes[version_offset] = version;
        EXPECT_EQ(problem(bytes),
                  "unsupported record version: " + std::to_string(version) + " (expected 1)");
    }
    bytes[version_offset] = 1;
    for (const std::uint8_t kind : std::to_array<std::uint8_t>({0, 12, 255})) {
        bytes[kind_offset] = kind;
        EXPECT_EQ(problem(bytes), "unknown kind of record: " + std::to_string(kind));
    }
}

TEST(RecordBytes, HaveCodesThatThereAre) {
    Bytes expiry = chain_vectors().at(14).record;
    // Behind size, head and an empty reason.
    const std::size_t flag = 4 + 2 + 8 + 32 + 8 + 2;
    ASSERT_EQ(expiry.at(flag), 0);
    expiry[flag] = 2;
    EXPECT_EQ(problem(expiry), "at: unknown code 2");
}

TEST(RecordBytes, ARecordWithTheMostOfEverythingIsRead) {
    RegistryRecord record = small_rotation();
    record.reason.assign(max_record_reason, 'r');
    auto& listed = std::get<EpochRotation>(record.facts).until.listed;
    listed.clear();
    for (std::uint64_t i = 1; i <= 100'000; ++i) {
        HistoryPoint one = point(i, 0xAB, i, "a path of some fifty bytes that a history was seen");
        std::ranges::copy(as_bytes(std::to_string(i)), one.hash.bytes.begin());
        listed.push_back(std::move(one));
    }
    ok(check_form(record));
    const Bytes bytes = encode(record);
    EXPECT_GT(bytes.size(), 10'000'000U);
    EXPECT_TRUE(ok(decode_record(bytes)) == record);
    listed.resize(90'000);
    for (HistoryPoint& one : listed) {
        one.name.assign(200, 'n');
    }
    EXPECT_EQ(refusal(check_form(record)),
              "Invalid file format: body: 22504204 bytes, at most 16777216 are allowed");
    EXPECT_EQ(problem(encode(record)), "body: 22504204 bytes, at most 16777216 are allowed");
}

RC_GTEST_PROP(RecordBytesProperty, WhatIsReadIsWrittenTheSame,
              (std::vector<std::pair<std::uint16_t, std::uint8_t>> changes)) {
    static const auto vectors = chain_vectors();
    Bytes bytes = vectors.at(*rc::gen::inRange<std::size_t>(0, vectors.size())).record;
    changes.resize(std::min<std::size_t>(changes.size(), 4));
    for (const auto& [offset, value] : changes) {
        bytes[offset % bytes.size()] = value;
    }
    const auto record = decode_record(bytes);
    RC_CLASSIFY(record.has_value());
    if (record) {
        RC_ASSERT(check_form(*record).has_value());
        RC_ASSERT(encode(*record) == bytes);
        RC_ASSERT(ok(decode_record(encode(*record))) == *record);
    }
}

}  // namespace
}  // namespace aion::trust
