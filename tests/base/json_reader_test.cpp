// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/json_reader.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "base/json_support.hpp"
#include "support/results.hpp"

namespace aion::json {
namespace {

using test::member;
using test::ok;
using test::refusal;

const ReadOptions plain{.error_prefix = "doc: "};

Result<Document> read(std::string_view text) {
    return parse(text, plain);
}

std::string_view kind_of(std::string_view text) {
    const Document document = ok(read(text));
    return document.root().kind();
}

std::string problem(std::string_view text) {
    return refusal(read(text));
}

std::string with(std::string_view what) {
    return "Invalid file format: doc: " + std::string(what);
}

TEST(JsonReader, ReadsEveryKindOfValue) {
    const Document document =
        ok(read(R"( {"n":null,"b":true,"c":false,"u":7,"f":1.5,"m":-1,"s":"x","a":[],"o":{}} )"));
    const auto kind = [&](std::string_view key) { return member(document.root(), key).kind(); };
    EXPECT_EQ(document.root().kind(), "an object");
    EXPECT_EQ(kind("n"), "null");
    EXPECT_EQ(kind("b"), "a boolean");
    EXPECT_EQ(kind("c"), "a boolean");
    EXPECT_EQ(kind("u"), "an integer");
    EXPECT_EQ(kind("f"), "a number");
    EXPECT_EQ(kind("m"), "a number");
    EXPECT_EQ(kind("s"), "a string");
    EXPECT_EQ(kind("a"), "an array");
    EXPECT_EQ(kind("o"), "an object");
}

TEST(JsonReader, ReadsScalarsAtTheTop) {
    const Document number = ok(read("18446744073709551615"));
    EXPECT_EQ(number.root().integer(), UINT64_MAX);
    const Document plain_text = ok(read(" \"plain\" "));
    EXPECT_EQ(plain_text.root().text(), "plain");
    EXPECT_EQ(plain_text.root().integer(), std::nullopt);
    EXPECT_EQ(number.root().text(), std::nullopt);
    const Document escaped = ok(read(R"("a\u00e9\ud83d\ude00\u0000b\"\\\/\b\f\n\r\tc")"));
    EXPECT_EQ(escaped.root().text(),
              std::string("a\xC3\xA9\xF0\x9F\x98\x80\0b\"\\/\b\f\n\r\tc", 18));
}

TEST(JsonReader, KeepsTheOrderOfKeys) {
    const Document document = ok(read(R"({"z":1,"\u0061":{"k":[1,{}]},"":[],"m":3})"));
    std::vector<std::string_view> keys;
    for (const Member& one : document.root().children()) {
        keys.push_back(one.key());
    }
    EXPECT_EQ(keys, (std::vector<std::string_view>{"z", "a", "", "m"}));
}

TEST(JsonReader, KeepsTheOrderOfElements) {
    const Document document = ok(read(R"([[[]],{"a":[1,2]},"x",7,[]])"));
    std::vector<std::string_view> kinds;
    for (const Member& one : document.root().children()) {
        EXPECT_EQ(one.key(), "");
        kinds.push_back(one.value.kind());
    }
    EXPECT_EQ(kinds, (std::vector<std::string_view>{"an array", "an object", "a string",
                                                    "an integer", "an array"}));
    const Document number = ok(read("7"));
    EXPECT_EQ(number.root().children().begin(), number.root().children().end());
}

TEST(JsonReader, NamesTheDuplicateKeyAndItsPlace) {
    EXPECT_EQ(problem(R"({"a":1,"b":2,"a":1})"), with(R"(duplicate key "a")"));
    EXPECT_EQ(problem(R"({"list":[{},{"in":{"k":1,"k":2}}]})"),
              with(R"(duplicate key "k" in list[1].in)"));
    EXPECT_EQ(problem(R"({"a":1,"\u0061":2})"), with(R"(duplicate key "a")"));
    EXPECT_TRUE(read(R"({"a":1,"A":2,"o":{"a":3}})"));
}

TEST(JsonReader, ShowsHostileKeysEscapedAndShort) {
    EXPECT_EQ(problem(R"({"\u001b[2J":1,"\u001b[2J":1})"), with(R"(duplicate key "\x1b[2J")"));
    const std::string key(100'000, 'k');
    const std::string text = "{\"" + key + "\":1,\"" + key + "\":1}";
    EXPECT_EQ(problem(text), with("duplicate key \"" + std::string(64, 'k') + "...\""));
}

TEST(JsonReader, RefusesAByteOrderMarkAndNul) {
    EXPECT_EQ(problem("\xEF\xBB\xBF{}"), with("byte-order mark at line 1 column 1"));
    EXPECT_EQ(problem(std::string_view("{}\0{}", 5)), with("NUL character at line 1 column 3"));
    EXPECT_EQ(problem(std::string_view("{}\0", 3)), with("NUL character at line 1 column 3"));
}

TEST(JsonReader, RefusesInvalidUtf8AndLoneSurrogates) {
    EXPECT_EQ(problem("\"\xFF\""), with("invalid utf-8 sequence of 1 bytes from index 1"));
    EXPECT_THAT(problem("\"\xED\xA0\x80\""), testing::StartsWith(with("invalid utf-8 sequence")));
    EXPECT_FALSE(read(R"("\ud800")"));
    EXPECT_FALSE(read(R"("\udc00")"));
    EXPECT_FALSE(read(R"("\ud800\ud800")"));
    EXPECT_FALSE(read(R"("\ud800x")"));
}

TEST(JsonReader, RefusesTrailingDataAndSyntaxErrorsWithTheirPlace) {
    EXPECT_THAT(problem("{} x"), testing::EndsWith(" at line 1 column 4"));
    EXPECT_THAT(problem("{\n  \"a\": tru\n}"), testing::EndsWith(" at line 2 column 11"));
    for (const std::string_view text : {"",
                                        " ",
                                        "{}{}",
                                        "[1,]",
                                        "{\"a\":1,}",
                                        "{a:1}",
                                        "{'a':1}",
                                        "NaN",
                                        "Infinity",
                                        "-Infinity",
                                        "nul",
                                        "01",
                                        "+1",
                                        "1.",
                                        ".5",
                                        "1e",
                                        "0x10",
                                        "// c\n1",
                                        "/* c */1",
                                        "\"a",
                                        "\"\t\"",
                                        "\"\\x41\"",
                                        "[",
                                        "]",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "[1 2]",
                                        "\v1",
                                        "\xC2\xA0"
                                        "1"}) {
        const auto value = read(text);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().code(), ErrorCode::invalid_format);
        EXPECT_THAT(refusal(value), testing::StartsWith(with("")));
    }
}

TEST(JsonReader, ErrorsDoNotCarryTheInputBack) {
    const std::string text = "\"" + std::string(500'000, 'x');  // never closed
    EXPECT_LT(problem(text).size(), 200U);
    EXPECT_LT(problem("1" + std::string(500'000, '0')).size(), 200U);
}

TEST(JsonReader, RefusesNumbersBeyondADouble) {
    EXPECT_EQ(problem("[1e999]"), with("number is out of range at line 1 column 6"));
    EXPECT_EQ(kind_of("18446744073709551616"), "a number");
    EXPECT_EQ(kind_of("-0"), "a number");
    EXPECT_EQ(kind_of("1e2"), "a number");
    EXPECT_EQ(kind_of("1.0"), "a number");
}

TEST(JsonReader, RefusesDepthBombs) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_TRUE(read(nested(32)));
    EXPECT_EQ(problem(nested(33)), with("nested more than 32 deep"));
    EXPECT_EQ(problem(std::string(1'000'000, '[')), with("nested more than 32 deep"));
    std::string objects;
    for (int i = 0; i < 100; ++i) {
        objects += R"({"a":)";
    }
    EXPECT_EQ(problem(objects), with("nested more than 32 deep"));
}

TEST(JsonReader, RefusesTooMuch) {
    const ReadOptions tiny{
        .error_prefix = "doc: ", .max_size = 10, .max_depth = 2, .max_values = 3};
    EXPECT_TRUE(parse("[1,2]     ", tiny));
    EXPECT_EQ(refusal(parse("[1,2]      ", tiny)), with("text has 11 bytes, more than 10"));
    EXPECT_EQ(refusal(parse("[1,2,3]", tiny)), with("more than 3 values"));
    EXPECT_EQ(refusal(parse("[[],[],[]]", tiny)), with("more than 3 values"));
    EXPECT_EQ(refusal(parse("[[[]]]", tiny)), with("nested more than 2 deep"));
}

TEST(JsonReader, ManyKeysAreNoProblem) {
    std::string text = "{";
    for (int i = 0; i < 100'000; ++i) {
        text += "\"k" + std::to_string(i) + "\":0,";
    }
    EXPECT_TRUE(parse(text + "\"last\":0}", {.error_prefix = "", .max_size = 1U << 24U}));
    EXPECT_FALSE(parse(text + "\"k7\":0}", {.error_prefix = "", .max_size = 1U << 24U}));
}

// Anything at all either parses or is refused with our prefix; nothing throws.
RC_GTEST_PROP(StrictJsonProperty, IsTotal, (const std::string& noise)) {
    const auto value = read(noise);
    RC_ASSERT((value.has_value() || refusal(value).starts_with(with(""))));
}

// Text built from JSON's own characters goes deeper than noise does.
RC_GTEST_PROP(StrictJsonProperty, IsTotalOnAlmostJson, ()) {
    using namespace std::string_literals;
    static const std::string alphabet = "{}[],:\"\\u0019eE.-+truefalsn \n\t\0"s;
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(alphabet));
    const auto value = read(text);
    RC_ASSERT((value.has_value() || refusal(value).starts_with(with(""))));
}

RC_GTEST_PROP(StrictJsonProperty, ReadsEveryU64, (std::uint64_t number)) {
    const std::string text = std::to_string(number);
    const Document document = ok(read(text));
    RC_ASSERT(document.root().integer() == number);
}

class ObjectReaderTest : public testing::Test {
  protected:
    ObjectReader reader(std::string text) {
        text_ = std::move(text);
        document_ = ok(read(text_));
        return ok(ObjectReader::root(document_, plain.error_prefix));
    }

    static std::vector<ObjectReader> all(const ObjectReader::Objects& objects) {
        std::vector<ObjectReader> out;
        for (const ObjectReader& object : objects) {
            out.push_back(object);
        }
        return out;
    }

  private:
    std::string text_;
    Document document_;
};

TEST_F(ObjectReaderTest, WantsAnObjectAtTheTop) {
    const Document array = ok(read("[]"));
    EXPECT_EQ(refusal(ObjectReader::root(array, "doc: ")),
              with("expected an object, found an array"));
}

TEST_F(ObjectReaderTest, ReadsIntegersInTheirRange) {
    const auto object = reader(R"({"max":18446744073709551615,"u32":4294967295,"zero":0})");
    EXPECT_EQ(ok(object.u64("max")), UINT64_MAX);
    EXPECT_EQ(ok(object.u32("u32")), UINT32_MAX);
    EXPECT_EQ(ok(object.u64("zero")), 0U);
    EXPECT_EQ(refusal(object.u32("max")),
              with("max: expected an integer from 0 to 4294967295, found 18446744073709551615"));
}

TEST_F(ObjectReaderTest, RefusesWhatIsNoUnsignedInteger) {
    for (const std::string_view text : {"-1", "-0", "1.0", "1e3", "18446744073709551616", "1e300",
                                        "\"1\"", "null", "true", "[1]", "{}"}) {
        const auto object = reader("{\"n\":" + std::string(text) + "}");
        EXPECT_THAT(refusal(object.u64("n")),
                    testing::StartsWith(
                        with("n: expected an integer from 0 to 18446744073709551615, found ")))
            << text;
    }
}

TEST_F(ObjectReaderTest, SaysWhatIsMissing) {
    const auto object = reader(R"({"list":[{"a":{}},{}]})");
    EXPECT_EQ(refusal(object.u64("x")), with("x: missing"));
    EXPECT_EQ(refusal(object.text("x")), with("x: missing"));
    EXPECT_EQ(refusal(object.objects("x")), with("x: missing"));
    const auto list = all(ok(object.objects("list")));
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(refusal(list[1].u32("y")), with("list[1].y: missing"));
}

TEST_F(ObjectReaderTest, ReadsStringsAndAbsentOnes) {
    const auto object = reader(R"({"s":"x","n":null,"i":1})");
    EXPECT_EQ(ok(object.text("s")), "x");
    EXPECT_EQ(ok(object.text_or_null("s")), "x");
    EXPECT_EQ(ok(object.text_or_null("n")), std::nullopt);
    EXPECT_EQ(ok(object.text_or_null("absent")), std::nullopt);
    EXPECT_EQ(refusal(object.text("n")), with("n: expected a string, found null"));
    EXPECT_EQ(refusal(object.text_or_null("i")), with("i: expected a string, found 1"));
}

TEST_F(ObjectReaderTest, ReadsArraysOfObjects) {
    const auto object = reader(R"({"empty":[],"mixed":[{},1],"n":null,"o":{}})");
    EXPECT_TRUE(all(ok(object.objects("empty"))).empty());
    EXPECT_TRUE(all(ok(object.objects_if_any("absent"))).empty());
    EXPECT_EQ(refusal(object.objects("mixed")), with("mixed[1]: expected an object, found 1"));
    EXPECT_EQ(refusal(object.objects_if_any("n")), with("n: expected an array, found null"));
    EXPECT_EQ(refusal(object.objects("o")), with("o: expected an array, found an object"));
}

TEST_F(ObjectReaderTest, RefusesUnknownKeysWhereAsked) {
    const auto object = reader(R"({"a":1,"b":2})");
    EXPECT_TRUE(object.check_only({"b", "a", "c"}));
    EXPECT_EQ(refusal(object.check_only({"a"})), with("b: unknown key"));
}

}  // namespace
}  // namespace aion::json
