// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/base/base64.hpp"
#include "trust/support.hpp"

namespace aion::trust {
namespace {

using test::ok;
using test::pinned;
using test::refusal;
using test::revocation;
using test::rotation;

std::string problem(std::string_view text) {
    std::string message = refusal(signed_record_from_json(text));
    constexpr std::string_view prefix = "Invalid file format: signed record: ";
    EXPECT_TRUE(message.starts_with(prefix)) << message;
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

TEST(SignedRecordJson, RotationIsWrittenInTheFieldsWords) {
    EXPECT_EQ(to_json(SignedRecord(rotation(0, 1, 0x33, 9))), R"({
  "type": "aion.rotation.v1",
  "author_id": 50001,
  "from_epoch": 0,
  "to_epoch": 1,
  "to_public_key": "F8t5+ytBIPKx7GXkGY1uCLKOgT/rAeSkAIObheGAgM4=",
  "effective_from_version": 9,
  "master_signature": "5nQyxNhLTXszn3W93MQShDix2By8OB7enS2omVzDzuHAaU/n9BhOWs6E0betOgOQki2v/hBYXkLeUIVRD87cAQ=="
}
)");
}

TEST(SignedRecordJson, RevocationIsWrittenInTheFieldsWords) {
    EXPECT_EQ(to_json(SignedRecord(revocation(0, 12))), R"({
  "type": "aion.revocation.v1",
  "author_id": 50001,
  "epoch": 0,
  "reason": "Compromised",
  "effective_from_version": 12,
  "master_signature": "p03WJydter+3574BqfbLhV96ngBp3jQXzQdMIUuOxSvkBcA29FjJxHogvYknzf9xThOwfCPHuzjMJUqXlkADCg=="
}
)");
}

TEST(SignedRecordJson, ReadsBackWhatItWrote) {
    const SignedRecord turned = rotation(0, 1, 0x33, 9);
    const SignedRecord revoked = revocation(0, 12, RevocationReason::superseded);
    EXPECT_EQ(ok(signed_record_from_json(to_json(turned))), turned);
    EXPECT_EQ(ok(signed_record_from_json(to_json(revoked))), revoked);
}

TEST(SignedRecordJson, ARecordThatTravelledApplies) {
    Registry registry = pinned();
    const auto carried = [](const SignedRecord& record) {
        return ok(signed_record_from_json(to_json(record)));
    };
    EXPECT_EQ(ok(registry.apply(carried(rotation(0, 1, 0x33, 9)))), Applied::changed);
    EXPECT_EQ(ok(registry.apply(carried(revocation(0, 9)))), Applied::changed);
    EXPECT_EQ(ok(registry.apply(carried(revocation(0, 9)))), Applied::already);
}

TEST(SignedRecordJson, WantsAKnownType) {
    EXPECT_EQ(problem("{}"), "type: missing");
    EXPECT_EQ(problem("[]"), "expected an object, found an array");
    EXPECT_EQ(problem(R"({"type":"aion.rotation.v2"})"),
              "type: expected aion.rotation.v1 or aion.revocation.v1");
    EXPECT_EQ(problem(R"({"type":1})"), "type: expected a string, found 1");
}

TEST(SignedRecordJson, EveryKeyIsRequiredAndNoOtherAllowed) {
    for (const SignedRecord& record :
         {SignedRecord(rotation(0, 1, 0x33, 9)), SignedRecord(revocation(0, 12))}) {
        const std::string text = to_json(record);
        const json::Document document = ok(json::parse(text, {.error_prefix = ""}));
        for (const json::Member& one : document.root().children()) {
            const std::string quoted = "\"" + std::string(one.key()) + "\"";
            if (one.key() != "type") {
                EXPECT_EQ(problem(replaced(text, quoted, "\"type2\"")), "type2: unknown key");
            }
            EXPECT_EQ(problem(replaced(text, "{", "{" + quoted + ":0,")),
                      "duplicate key " + quoted);
        }
        EXPECT_EQ(problem(replaced(text, "{", "{\"comment\":0,")), "comment: unknown key");
    }
    EXPECT_EQ(problem(R"({"type":"aion.rotation.v1"})"), "author_id: missing");
    EXPECT_EQ(problem(R"({"type":"aion.revocation.v1"})"), "author_id: missing");
}

TEST(SignedRecordJson, NamesTheKeyThatIsWrong) {
    const std::string text = to_json(SignedRecord(rotation(0, 1, 0x33, 9)));
    EXPECT_EQ(problem(replaced(text, ": 50001", ": -1")),
              "author_id: expected an integer from 0 to 18446744073709551615, found a number");
    EXPECT_EQ(problem(replaced(text, "\"to_epoch\": 1", "\"to_epoch\": 4294967296")),
              "to_epoch: expected an integer from 0 to 4294967295, found 4294967296");
    EXPECT_EQ(problem(replaced(text, "F8t5+ytB", "")),
              "to_public_key: must decode to exactly 32 bytes (got 26)");
    EXPECT_THAT(problem(replaced(text, "F8t5+ytB", "F8t5 ytB")),
                testing::StartsWith("to_public_key: base64 decode failed: "));
    EXPECT_EQ(problem(replaced(text, "5nQyxNhL", "")),
              "master_signature: must decode to exactly 64 bytes (got 58)");
    const std::string revoked = to_json(SignedRecord(revocation(0, 12)));
    EXPECT_EQ(problem(replaced(revoked, "Compromised", "compromised")),
              "reason: expected Compromised, Superseded, Retired or Unspecified");
}

TEST(SignedRecordJson, IsBounded) {
    const std::string text = to_json(SignedRecord(revocation(0, 12)));
    EXPECT_TRUE(signed_record_from_json(text + std::string(1000, ' ')));
    EXPECT_THAT(problem(text + std::string(70'000, ' ')), testing::HasSubstr("more than 65536"));
}

RC_GTEST_PROP(SignedRecordJsonProperty, RoundTrips,
              (std::uint64_t who, std::uint32_t from, std::uint32_t to, std::uint64_t version,
               std::uint8_t filler)) {
    RotationRecord turned;
    turned.author = AuthorId{who};
    turned.from_epoch = Epoch{from};
    turned.to_epoch = Epoch{to};
    turned.to_public_key.bytes.fill(filler);
    turned.effective_from = VersionNumber{version};
    turned.master_signature.bytes.fill(static_cast<std::uint8_t>(~filler));
    RC_ASSERT(ok(signed_record_from_json(to_json(turned))) == SignedRecord(turned));
    RevocationRecord revoked;
    revoked.author = AuthorId{who};
    revoked.epoch = Epoch{from};
    revoked.effective_from = VersionNumber{version};
    revoked.master_signature = turned.master_signature;
    RC_ASSERT(ok(signed_record_from_json(to_json(revoked))) == SignedRecord(revoked));
}

}  // namespace
}  // namespace aion::trust
