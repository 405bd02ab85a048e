// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trust/chain_records.hpp"

namespace aion::trust {
namespace {

using aion::test::ok;
using aion::test::refusal;
using test::chain_records;
using test::chain_vectors;

std::string problem(std::string_view text) {
    std::string message = refusal(registry_record_from_json(text));
    constexpr std::string_view prefix = "Invalid file format: registry record: ";
    EXPECT_TRUE(message.starts_with(prefix)) << message;
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

std::string file_with(const std::string& encoded) {
    return R"({"type": "aion.registry-record.v1", "record": ")" + encoded + "\"}";
}

TEST(RecordJson, IsOneMemberOfBase64) {
    const RegistryRecord record = chain_records().at(14);
    EXPECT_EQ(to_json(record), "{\n  \"type\": \"aion.registry-record.v1\",\n  \"record\": \"" +
                                   to_base64(encode(record)) + "\"\n}\n");
}

TEST(RecordJson, ReadsBackWhatItWrote) {
    for (const RegistryRecord& record : chain_records()) {
        EXPECT_EQ(ok(registry_record_from_json(to_json(record))), record);
    }
}

TEST(RecordJson, WantsItsTypeAndNoOtherKey) {
    EXPECT_EQ(problem("[]"), "expected an object, found an array");
    EXPECT_EQ(problem("{}"), "type: missing");
    EXPECT_EQ(problem(R"({"type": "aion.rotation.v1"})"), "type: expected aion.registry-record.v1");
    EXPECT_EQ(problem(R"({"type": "aion.registry-record.v1"})"), "record: missing");
    EXPECT_EQ(problem(R"({"type": "aion.registry-record.v1", "record": "", "comment": 1})"),
              "comment: unknown key");
}

TEST(RecordJson, SaysWhatIsWrongWithTheRecord) {
    EXPECT_THAT(problem(file_with("!")), testing::StartsWith("record: base64 decode failed: "));
    EXPECT_EQ(refusal(registry_record_from_json(file_with("AAAA"))),
              "Invalid file format: body: 4 bytes expected, 3 left");
    Bytes bytes = chain_vectors().at(0).record;
    bytes[5] = 99;
    const auto refused = registry_record_from_json(file_with(to_base64(bytes)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail(), "record_bad_kind");
}

TEST(RecordJson, ARecordOfTheLargestSizeFits) {
    RegistryRecord record = chain_records().at(3);
    auto& listed = std::get<EpochRotation>(record.facts).until.listed;
    listed.clear();
    for (std::uint64_t i = 1; i <= 15'700; ++i) {
        HistoryPoint one = test::point(i, 0xAB, i, std::string(max_point_name - 8, 'n'));
        std::ranges::copy(as_bytes(std::to_string(i)), one.hash.bytes.begin());
        listed.push_back(std::move(one));
    }
    ok(check_form(record));
    EXPECT_GT(record.body().size(), max_record_size - 100'000);
    EXPECT_TRUE(ok(registry_record_from_json(to_json(record))) == record);
}

}  // namespace
}  // namespace aion::trust
