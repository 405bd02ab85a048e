// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/canonical_json.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json_reader.hpp"
#include "supply/sorted_json.hpp"
#include "support/json_data.hpp"
#include "support/results.hpp"

namespace aion::supply {
namespace {

using test::ok;

std::string canonical(std::string_view text) {
    return ok(canonical_json(text));
}

std::string detail_of(std::string_view text) {
    const auto result = canonical_json(text);
    return result ? "no error" : std::string(result.error().detail());
}

TEST(CanonicalJson, SortsMembersByUtf16AndLeavesOutWhiteSpace) {
    EXPECT_EQ(canonical(R"( { "z" : [3, 1], "a" : {"y":null, "b" :true} } )"),
              R"({"a":{"b":true,"y":null},"z":[3,1]})");
    // A surrogate pair stands before U+FB33.
    EXPECT_EQ(canonical(R"({"\u20ac":1,"\ud83d\ude02":2,"\ufb33":3,"a":4,"\n":5,"\"":6,"/":7})"),
              "{\"\\n\":5,\"\\\"\":6,\"/\":7,\"a\":4,\"\u20ac\":1,\"\U0001F602\":2,\"\ufb33\":3}");
    EXPECT_EQ(canonical(R"({"aa":1,"a":2,"":3})"), R"({"":3,"a":2,"aa":1})");
}

// RFC 8785 section 3.2.2, its example.
TEST(CanonicalJson, Rfc8785) {
    EXPECT_EQ(canonical(R"({
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    })"),
              "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,"
              "1e-27],\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

// RFC 8785 section 3.2.3, its example.
TEST(CanonicalJson, OrderOfRfc8785) {
    EXPECT_EQ(canonical(R"({
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    })"),
              "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
              "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
              "\"\U0001F600\":\"Emoji: Grinning Face\","
              "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
}

// The documents that the RFC's author tests with.
TEST(CanonicalJson, DocumentsOfCyberphone) {
    const auto documents = test::third_party_vectors("cyberphone-jcs.json");
    ASSERT_EQ(documents.size(), 6U);
    for (const auto& document : documents) {
        EXPECT_EQ(canonical(document["input"].get<std::string>()),
                  document["output"].get<std::string>())
            << document["name"];
    }
}

// RFC 8785 appendix B.
TEST(CanonicalJson, NumbersOfRfc8785) {
    const std::vector<std::pair<std::uint64_t, std::string>> numbers{
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
    };
    for (const auto& [bits, expected] : numbers) {
        EXPECT_EQ(canonical_number(std::bit_cast<double>(bits)), expected);
    }
}

TEST(CanonicalJson, NumbersAsTheyAreWritten) {
    EXPECT_EQ(canonical("[1.0,4.50,1e20,1e21,0.000001,1e-7,-0,-0.0,0.0,1e-400,-5,100,12.5e1]"),
              "[1,4.5,100000000000000000000,1e+21,0.000001,1e-7,0,0,0,0,-5,100,125]");
    EXPECT_EQ(canonical("9007199254740991"), "9007199254740991");
    EXPECT_EQ(canonical("-9007199254740992"), "-9007199254740992");
}

TEST(CanonicalJson, WhatWouldLoseDigitsIsRefused) {
    for (const std::string integer :
         {"9007199254740993", "18446744073709551615", "18446744073709551616",
          "-9223372036854775808", "1000000000000000000000001", "-100000000000000000001"}) {
        EXPECT_EQ(detail_of("[" + integer + "]"), "jcs_integer_too_large") << integer;
    }
    EXPECT_EQ(test::refusal(canonical_json("{\"a\":\n 9007199254740993}")),
              "Invalid file format: the integer 9007199254740993 at line 2 column 2 is beyond 2^53 "
              "and would become 9007199254740992: write it as a string");
}

TEST(CanonicalJson, ItsOwnFormIsItsCanonicalForm) {
    for (const std::string text :
         {"[1e20,123456789012345680000]", R"({"b":[],"a":{},"c":"\u0001\u007f\ud83d\ude02"})"}) {
        const std::string once = canonical(text);
        EXPECT_EQ(canonical(once), once);
    }
}

TEST(CanonicalJson, WhatIsNotJsonOfOneMeaningIsRefused) {
    EXPECT_EQ(detail_of(R"({"a":1,"a":2})"), "json_duplicate_key");
    EXPECT_EQ(detail_of(R"({"a":1,"\u0061":2})"), "json_duplicate_key");
    EXPECT_EQ(detail_of(R"(["\ud800"])"), "json_syntax");
    EXPECT_EQ(detail_of("[1e400]"), "json_syntax");
    EXPECT_EQ(detail_of("[1,]"), "json_syntax");
    EXPECT_EQ(detail_of("{} x"), "json_syntax");
    EXPECT_EQ(detail_of(""), "json_syntax");
    EXPECT_EQ(detail_of("\xEF\xBB\xBF{}"), "json_byte_order_mark");
    EXPECT_EQ(detail_of("\"\xff\""), "json_invalid_utf8");
}

TEST(CanonicalJson, LimitsHold) {
    const std::string deep = std::string(127, '[') + std::string(127, ']');
    EXPECT_EQ(canonical(deep), deep);
    EXPECT_EQ(detail_of("[" + deep + "]"), "json_too_deep");
    EXPECT_EQ(canonical_json("[1,2,3]", {.values = 3}).error().detail(), "json_too_many_values");
    EXPECT_EQ(canonical_json("[1,2,3]", {.size = 6}).error().detail(), "json_too_large");
}

// What the spec's table says of the reference's other writer.
TEST(SortedJson, AsTheReferenceWritesIt) {
    const std::string text =
        R"({"b":[9007199254740993,18446744073709551615,18446744073709551616,-9223372036854775808,)"
        R"(1.0,4.50,1e20,1e15,1e16,0.00001,0.000001,1e-7,-0,-0.0,1e30,2.5e16,5e-324,100.0],)"
        R"("\ufb33":1,"\ud83d\ude02":2})";
    const json::Document document = ok(json::parse(text, {}));
    EXPECT_EQ(ok(sorted_json(document.root(), text, SortedForm::reference)),
              "{\"b\":[9007199254740993,18446744073709551615,1.8446744073709552e+19,"
              "-9223372036854775808,1.0,4.5,1e+20,1000000000000000.0,1e+16,0.00001,1e-6,1e-7,-0.0,"
              "-0.0,1e+30,2.5e+16,5e-324,100.0],\"\ufb33\":1,\"\U0001F602\":2}");
}

}  // namespace
}  // namespace aion::supply
