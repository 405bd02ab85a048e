// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/json_again.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aion::json {
namespace {

std::string again(std::string_view text) {
    const auto document = parse(text, {.error_prefix = "test: "});
    return document ? in_one_line(document->root()) : document.error().message();
}

TEST(JsonAgain, IsTheSameWithoutWhiteSpace) {
    EXPECT_EQ(again(" { \"b\" : [ 1 , -2.50e+3 , null , true , false ] , \"a\" : { } } "),
              R"({"b":[1,-2.50e+3,null,true,false],"a":{}})");
    EXPECT_EQ(again("[ ]"), "[]");
    EXPECT_EQ(again("18446744073709551616"), "18446744073709551616") << "as it was written";
}

TEST(JsonAgain, OfStringsOnlyWhatHasToBeIsEscaped) {
    EXPECT_EQ(again(R"("\u0061\/\u0001\n\"\u200b")"), "\"a/\\u0001\\n\\\"\xe2\x80\x8b\"");
    EXPECT_EQ(again(R"({"\u006b":"\ud83d\ude00"})"), "{\"k\":\"\xf0\x9f\x98\x80\"}");
}

TEST(JsonAgain, IsWrittenInTheStyleOfTheWriter) {
    const auto document = parse(R"({"a":[{"b":1.0}]})", {.error_prefix = "test: "});
    ASSERT_TRUE(document.has_value());
    std::string text;
    JsonWriter out(text, JsonStyle::reference);
    write_again(out, document->root());
    EXPECT_EQ(text, "{\n  \"a\": [\n    {\n      \"b\": 1.0\n    }\n  ]\n}");
}

}  // namespace
}  // namespace aion::json
