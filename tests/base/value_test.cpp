// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/value.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "support/vectors.hpp"

namespace aion {
namespace {

// The tree as the tests' own library has it; numbers as they are written.
nlohmann::json plain(const Value& value) {
    switch (value.kind) {
        case Value::Kind::null:
            return nullptr;
        case Value::Kind::boolean:
            return value.truth;
        case Value::Kind::number:
            return "number " + value.text;
        case Value::Kind::text:
            return value.text;
        case Value::Kind::list: {
            auto list = nlohmann::json::array();
            for (const Value& item : value.items) {
                list.push_back(plain(item));
            }
            return list;
        }
        case Value::Kind::object:
            break;
    }
    auto object = nlohmann::json::object();
    for (const auto& [key, member] : value.members) {
        object[key] = plain(member);
    }
    return object;
}

std::string yaml(std::string_view text) {
    const auto value = parse_yaml(text);
    return value ? plain(*value).dump() : std::string(value.error().detail());
}

std::string why_not(std::string_view text) {
    const auto value = parse_yaml(text);
    return value ? "read as " + plain(*value).dump() : value.error().message();
}

Value text_of(std::string text) {
    Value value;
    value.kind = Value::Kind::text;
    value.text = std::move(text);
    return value;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) {
        out += text;
    }
    return out;
}

TEST(JsonValue, KeepsNumbersAsWrittenAndMembersInOrder) {
    const auto value = parse_json(R"({"z": 1.50, "a": [-0, 1e3, true, null, "\u00e9\n"]})");
    ASSERT_TRUE(value.has_value());
    ASSERT_EQ(value->members.size(), 2U);
    EXPECT_EQ(value->members[0].first, "z");
    EXPECT_EQ(value->members[0].second.text, "1.50");
    EXPECT_EQ(plain(*value->find("a")).dump(),
              "[\"number -0\",\"number 1e3\",true,null,\"\u00e9\\n\"]");
    EXPECT_EQ(value->find("b"), nullptr);
    for (const char* number : {"0", "-12", "18446744073709551616", "0.25", "1E-2"}) {
        EXPECT_EQ(parse_json(number)->text, number);
        EXPECT_EQ(parse_json("[" + std::string(number) + "]")->items.at(0).text, number);
    }
}

TEST(JsonValue, IsRefusedBeyondTheLimits) {
    EXPECT_EQ(parse_json(R"({"a": 1, "a": 2})").error().detail(), "json_duplicate_key");
    EXPECT_EQ(parse_json(repeated("[", 129) + repeated("]", 129)).error().detail(),
              "json_too_deep");
    EXPECT_TRUE(parse_json(repeated("[", 128) + repeated("]", 128)).has_value());
    EXPECT_EQ(parse_json("[1,2,3]", {.values = 3}).error().detail(), "json_too_many_values");
    EXPECT_EQ(parse_json("[1]", {.json_size = 2}).error().detail(), "json_too_large");
}

TEST(YamlValue, HasTheTypesOfTheCoreSchema) {
    EXPECT_EQ(yaml("[~, null, Null, NULL, nULL]"), R"([null,null,null,null,"nULL"])");
    EXPECT_EQ(yaml("[true, False, TRUE, yes, no, on, tRUE]"),
              R"([true,false,true,"yes","no","on","tRUE"])");
    EXPECT_EQ(yaml("[0, -19, +3, 0o7, 0x3A, 0o8, 0b1, 1_000, 12:30:45]"),
              R"(["number 0","number -19","number +3","number 0o7","number 0x3A","0o8","0b1",)"
              R"("1_000","12:30:45"])");
    EXPECT_EQ(yaml("[0., -0.0, .5, +12e03, -2E+05, .inf, -.Inf, +.INF, .nan, -.nan, ., e3, 1e, -]"),
              R"(["number 0.","number -0.0","number .5","number +12e03","number -2E+05",)"
              R"("number .inf","number -.Inf","number +.INF","number .nan","-.nan",".","e3","1e",)"
              R"("-"])");
    EXPECT_EQ(yaml("['1', \"true\", '', \"~\"]"), R"(["1","true","","~"])");
    EXPECT_EQ(yaml("[! 12, !!str 12, !!int 0x1, !!float 1, !!bool true, !!null '']"),
              R"(["12","12","number 0x1","number 1",true,null])");
    EXPECT_EQ(yaml("a: |\n  two\n  lines\nb: >-\n  one\n  line\n"),
              R"({"a":"two\nlines\n","b":"one line"})");
}

TEST(YamlValue, ReadsABlockAsAFlow) {
    EXPECT_EQ(yaml("---\nlimit: 100\nteams:\n  - name: a\n    n: 1\n  - b\nnone:\n..."),
              yaml(R"({"limit": 100, "teams": [{"name": "a", "n": 1}, "b"], "none": null})"));
    EXPECT_EQ(yaml("1: a\ntrue: b\n? c\n"), R"({"1":"a","c":null,"true":"b"})");
    EXPECT_EQ(yaml("\xEF\xBB\xBF"
                   "a: 1\r\nb: 2\r\n"),
              yaml("a: 1\nb: 2\n"));
}

TEST(YamlValue, IsRefusedWhereItCouldMeanSomethingElse) {
    EXPECT_EQ(why_not("a: &x 1\n"), "Invalid file format: anchor at line 1 column 4");
    EXPECT_EQ(why_not("&x a: 1\n"), "Invalid file format: anchor at line 1 column 1");
    EXPECT_EQ(why_not("a: 1\nb: &x\n"), "Invalid file format: anchor at line 2 column 4");
    EXPECT_EQ(why_not("<<: {a: 1}\n"), "Invalid file format: merge key at line 1 column 1");
    EXPECT_EQ(yaml("'<<': 1\n"), R"({"<<":"number 1"})");
    EXPECT_EQ(why_not("? [a]\n: 1\n"),
              "Invalid file format: key that is no scalar at line 1 column 3");
    EXPECT_EQ(why_not("{{a: 1}: 2}"),
              "Invalid file format: key that is no scalar at line 1 column 2");
    EXPECT_EQ(why_not("~: 1\n"), "Invalid file format: key that is null at line 1 column 1");
    EXPECT_EQ(why_not("a: 1\nb: 2\na: 3\n"),
              "Invalid file format: duplicate key \"a\" at line 3 column 1");
    EXPECT_EQ(yaml("'1': a\n1: b\n"), "yaml_duplicate_key");
    for (const char* tagged : {"!local 1", "!!int x", "!!bool 1", "!!null x", "!!map 1",
                               "!!binary aGk=", "!!seq {}", "!!set {a}", "!<x> a"}) {
        EXPECT_EQ(yaml(tagged), "yaml_not_plain") << tagged;
    }
    EXPECT_EQ(yaml("*x"), "yaml_syntax");
    EXPECT_EQ(why_not("a: [1, 2"),
              "Invalid file format: end of sequence flow not found at line 1 column 1");
    EXPECT_EQ(yaml("["), "yaml_syntax");
}

TEST(YamlValue, IsOneDocumentAndAllOfTheText) {
    EXPECT_EQ(why_not(""), "Invalid file format: no document at line 1 column 1");
    EXPECT_EQ(yaml("# nothing\n"), "yaml_syntax");
    EXPECT_EQ(yaml("---\n"), "null");
    EXPECT_EQ(why_not("a: 1\n---\nb: 2\n"),
              "Invalid file format: something behind the document at line 2 column 1");
    EXPECT_EQ(yaml("a: 1\n...\nb\n"), "yaml_syntax");
    // Where the parser makes no progress any more, it would find documents for ever.
    for (const char* endless : {",", ",,", "[],", "{a},", "a: 1\n]", "''''\"\""}) {
        EXPECT_EQ(yaml(endless), "yaml_syntax") << endless;
    }
    // The parser takes U+0004 for the end of the text.
    EXPECT_EQ(why_not("a: 1\n\x04"
                      "b: 2\n"),
              "Invalid file format: control character at line 2 column 1");
    for (const std::string_view bad :
         {std::string_view("a: \0b", 5), std::string_view("a: b\x7F"), std::string_view("a\rb: 1"),
          std::string_view("a: \xC2\x80"), std::string_view("a: \xEF\xBF\xBF")}) {
        EXPECT_EQ(yaml(bad), "yaml_character");
    }
    EXPECT_EQ(yaml("a: \xFF"), "yaml_invalid_utf8");
    // The parser makes single bytes of these, which are no UTF-8; of the others what they are.
    EXPECT_EQ(yaml(R"(a: "é\Nà\_\_Å\N\x85")"), "{\"a\":\"é\u0085à\u00a0\u00a0Å\u0085\u0085\"}");
    EXPECT_EQ(yaml(R"("\_": '\N \_')"), "{\"\u00a0\":\"\\\\N \\\\_\"}");
    EXPECT_EQ(yaml(R"("\x41\xe9\u20ac\U0001F600\L\P\e")"),
              plain(text_of("A\u00e9\u20ac\U0001F600\u2028\u2029\x1b")).dump());
    EXPECT_EQ(yaml("a: \"\xE2\x80\xA8\xC2\xA0\""), "{\"a\":\"\u2028\u00a0\"}");
}

TEST(YamlValue, IsRefusedBeyondTheLimits) {
    for (const char* nested : {"[", "{", "- ", "? ", "[a: ", "{a: ", "[{", ": "}) {
        EXPECT_NE(yaml(repeated(nested, 200)).find("yaml_"), std::string::npos) << nested;
        // As many as there may be bytes: no stack and no memory that grows with it.
        EXPECT_NE(yaml(repeated(nested, 1'000'000)).find("yaml_"), std::string::npos) << nested;
    }
    EXPECT_EQ(yaml(repeated("[", 128) + repeated("]", 128)),
              repeated("[", 128) + repeated("]", 128));
    EXPECT_EQ(yaml(repeated("[", 129) + repeated("]", 129)), "yaml_too_deep");
    EXPECT_EQ(yaml(repeated("[", 5000) + repeated("]", 5000)), "yaml_too_deep");
    EXPECT_EQ(parse_yaml("[1, 2, 3]", {.values = 3}).error().detail(), "yaml_too_many_values");
    EXPECT_EQ(parse_yaml("[,,,,,,]", {.values = 3}).error().detail(), "yaml_too_many_values");
    EXPECT_EQ(parse_yaml("a: 1", {.yaml_size = 3}).error().detail(), "yaml_too_large");
}

// The parser keeps what stands in brackets until they are closed, and forgets nothing at a line
// end.
TEST(YamlValue, IsRefusedBeforeTheParserKeepsMoreThanTheLimit) {
    const std::size_t limit = 1000;
    for (const char* token :
         {"[\n", "{\n", "a,\n", "[],\n", "{},\n", "\"\"\n", "''\n", "? \n", ": \n", "a: \n",
          "\"a\":\n", "!t\n", "*a\n", "&a\n", "a #\n", "\"[\",\n", "\"]\",\n"}) {
        for (const char* open : {"[\n", "- [\n", "a: [\n[\n"}) {
            const auto value = parse_yaml(open + repeated(token, 200'000), {.values = limit});
            ASSERT_FALSE(value.has_value()) << open << token;
            EXPECT_EQ(value.error().detail(), "yaml_too_many_values") << open << token;
            // Soon, and not at the end.
            EXPECT_NE(value.error().message().find(" at line "), std::string::npos);
            EXPECT_EQ(value.error().message().find("at line 200"), std::string::npos)
                << value.error().message();
        }
    }
    EXPECT_EQ(parse_yaml("%a" + repeated(" b", 200'000), {.values = limit}).error().detail(),
              "yaml_too_many_values");
    // What it need not keep is not counted: a text with many brackets and commas, line after line.
    const std::string text =
        "a: |\n" + repeated(" [[,\n", 500) + "b: '" + repeated("[,:", 500) + "'\n";
    std::string many;
    for (int i = 0; i < 100; ++i) {
        many += std::to_string(i) + ":\n  - a\n  - |\n" + repeated("    [ {, :\n", 300);
    }
    EXPECT_TRUE(parse_yaml(text, {.values = limit}).has_value());
    EXPECT_TRUE(parse_yaml(many, {.values = limit}).has_value());
}

TEST(YamlValue, MayHaveAsManyValuesInBracketsAsElsewhere) {
    const std::string list = "[\n" + repeated("  a,\n", 100'000) + "]\n";
    const std::string object_list = "[\n" + repeated("  {\"a\": 1, b: [2]},\n", 12'000) + "]\n";
    EXPECT_TRUE(parse_yaml(list, {.values = 100'001}).has_value());
    EXPECT_TRUE(parse_yaml(object_list, {.values = 100'000}).has_value());
}

// Of a text that both can be, both make the same tree.
TEST(YamlValue, OfJsonIsThatOfJson) {
    std::set<std::string> names{"index.json", "hostile.json"};
    for (const auto& vector : test::load_valid_vectors()) {
        names.insert(vector.registry);
    }
    ASSERT_GT(names.size(), 3U);
    for (const std::string& name : names) {
        const Bytes text = test::read_vector(name);
        const auto json = parse_json(as_text(text));
        const auto yaml = parse_yaml(as_text(text));
        ASSERT_TRUE(json.has_value() && yaml.has_value()) << name;
        EXPECT_EQ(*yaml, *json) << name;
    }
}

}  // namespace
}  // namespace aion
