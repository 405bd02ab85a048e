// SPDX-License-Identifier: MIT OR Apache-2.0
// Our JSON against another library's: the same texts are JSON, and say the same; of any other both
// say the same, at the same place.
#include "base/json_lexer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "aion/base/utf8.hpp"
#include "base/json_reader.hpp"
#include "support/results.hpp"

namespace aion::json {
namespace {

using Other = nlohmann::ordered_json;
using test::refusal;

const ReadOptions unlimited{.error_prefix = "",
                            .max_size = std::size_t{1} << 30U,
                            .max_depth = 1'000'000,
                            .max_values = 1'000'000};

std::string problem(std::string_view text) {
    constexpr std::string_view code = "Invalid file format: ";
    const auto document = parse(text, unlimited);
    return document ? "none" : refusal(document).substr(code.size());
}

// --- The other library --------------------------------------------------------------------------

std::string line_and_column(std::string_view text, std::size_t position) {
    const std::string_view before =
        text.substr(0, std::max<std::size_t>(std::min(position, text.size()), 1) - 1);
    std::size_t line = 1;
    std::size_t column = 1;
    for (const char c : before) {
        line += c == '\n' ? 1 : 0;
        column = c == '\n' ? 1 : column + 1;
    }
    return "line " + std::to_string(line) + " column " + std::to_string(column);
}

// Its text without tag, position and token.
std::string undecorated(const nlohmann::json::exception& error) {
    constexpr int number_overflow = 406;
    if (error.id == number_overflow) {
        return "number is out of range";
    }
    std::string_view what(error.what());
    if (const auto column = what.find(", column "); column != std::string_view::npos) {
        what.remove_prefix(what.find(": ", column) + 2);
    }
    return std::string(what.substr(0, what.find("; last read: ")));
}

struct Complaint : nlohmann::json_sax<Other> {
    explicit Complaint(std::string_view of) : text(of) {}

    bool null() override { return true; }

    bool boolean(bool /*value*/) override { return true; }

    bool number_integer(std::int64_t /*value*/) override { return true; }

    bool number_unsigned(std::uint64_t /*value*/) override { return true; }

    bool number_float(double /*value*/, const std::string& /*text*/) override { return true; }

    bool string(std::string& /*value*/) override { return true; }

    bool binary(binary_t& /*value*/) override { return true; }

    bool start_object(std::size_t /*size*/) override { return true; }

    bool start_array(std::size_t /*size*/) override { return true; }

    bool key(std::string& /*name*/) override { return true; }

    bool end_array() override { return true; }

    bool end_object() override { return true; }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const nlohmann::json::exception& error) override {
        said = undecorated(error) + " at " + line_and_column(text, position);
        return false;
    }

    std::string_view text;
    std::string said = "none";
};

std::string others_problem(std::string_view text) {
    Complaint complaint(text);
    static_cast<void>(Other::sax_parse(text.begin(), text.end(), &complaint));
    return complaint.said;
}

bool is_same(Value ours, const Other& other) {
    if (other.is_object() || other.is_array()) {
        if (ours.is_object() != other.is_object() || ours.is_array() != other.is_array()) {
            return false;
        }
        auto at = other.begin();
        for (const Member& one : ours.children()) {
            if (at == other.end() || !is_same(one.value, at.value()) ||
                (other.is_object() && (one.key() != at.key() || !one.name->says(at.key())))) {
                return false;
            }
            ++at;
        }
        return at == other.end();
    }
    if (other.is_string()) {
        return ours.text() == other.get<std::string>();
    }
    if (other.is_number_unsigned()) {
        return ours.integer() == other.get<std::uint64_t>();
    }
    if (other.is_null()) {
        return ours.kind() == "null";
    }
    return ours.kind() == (other.is_boolean() ? "a boolean" : "a number");
}

void expect_same(std::string_view text) {
    const auto document = parse(text, unlimited);
    if (!document && document.error().detail() == "json_duplicate_key") {
        return;
    }
    ASSERT_EQ(problem(text), others_problem(text)) << text;
    if (document) {
        EXPECT_TRUE(is_same(document->root(), Other::parse(text))) << text;
    }
}

// --- Tests --------------------------------------------------------------------------------------

constexpr std::string_view sample =
    R"({ "version": 1, "authors": [ {"author_id": 18446744073709551615, "k\u00e9y": "a\n\"b\"",
 "epochs": [{"epoch": 0, "f": -0.5e+3, "status": null}, true, false, [], {}], "x": "é"} ] })";

TEST(JsonLexer, SaysWhatAnotherLibrarySays) {
    const std::string expected = "'[', '{', or a literal";
    const std::pair<std::string_view, std::string> cases[] = {
        {" ", "syntax error while parsing value - unexpected end of input; expected " + expected +
                  " at line 1 column 1"},
        {"]", "syntax error while parsing value - unexpected ']'; expected " + expected +
                  " at line 1 column 1"},
        {"[1,]", "syntax error while parsing value - unexpected ']'; expected " + expected +
                     " at line 1 column 4"},
        {"{}\n {",
         "syntax error while parsing value - unexpected '{'; expected end of input at "
         "line 2 column 2"},
        {"{,",
         "syntax error while parsing object key - unexpected ','; expected string literal "
         "at line 1 column 2"},
        {R"({"a" true})",
         "syntax error while parsing object separator - unexpected true literal; "
         "expected ':' at line 1 column 9"},
        {R"({"a":1 "b")",
         "syntax error while parsing object - unexpected string literal; "
         "expected '}' at line 1 column 10"},
        {"[1 22]",
         "syntax error while parsing array - unexpected number literal; expected ']' at "
         "line 1 column 5"},
        {"nul", "syntax error while parsing value - invalid literal at line 1 column 3"},
        {"falsy", "syntax error while parsing value - invalid literal at line 1 column 5"},
        {"-x",
         "syntax error while parsing value - invalid number; expected digit after '-' at "
         "line 1 column 2"},
        {"1.e",
         "syntax error while parsing value - invalid number; expected digit after '.' at "
         "line 1 column 3"},
        {"1ex",
         "syntax error while parsing value - invalid number; expected '+', '-', or digit "
         "after exponent at line 1 column 3"},
        {"1e-",
         "syntax error while parsing value - invalid number; expected digit after exponent "
         "sign at line 1 column 3"},
        {"\"a",
         "syntax error while parsing value - invalid string: missing closing quote at line "
         "1 column 2"},
        {"\"\x0c\"",
         "syntax error while parsing value - invalid string: control character U+000C "
         "(FF) must be escaped to \\u000C or \\f at line 1 column 2"},
        {R"("\x")",
         "syntax error while parsing value - invalid string: forbidden character after "
         "backslash at line 1 column 3"},
        {R"("\u00gg")",
         "syntax error while parsing value - invalid string: '\\u' must be "
         "followed by 4 hex digits at line 1 column 6"},
        {R"("\ud800\n")",
         "syntax error while parsing value - invalid string: surrogate "
         "U+D800..U+DBFF must be followed by U+DC00..U+DFFF at line 1 column 9"},
        {R"("\udc00")",
         "syntax error while parsing value - invalid string: surrogate "
         "U+DC00..U+DFFF must follow U+D800..U+DBFF at line 1 column 7"},
        {"[1e400]", "number is out of range at line 1 column 6"},
    };
    for (const auto& [text, what] : cases) {
        EXPECT_EQ(problem(text), what) << text;
        EXPECT_EQ(others_problem(text), what) << text;
    }
}

TEST(JsonLexer, EveryByteInEveryPlace) {
    for (const std::string_view around : {"", "\"", "\"\\", "[1", "-", "1e", "\"\\u12", "{\"a\""}) {
        for (int byte = 1; byte < 128; ++byte) {
            expect_same(std::string(around) + static_cast<char>(byte));
            expect_same(std::string(around) + static_cast<char>(byte) + "\"}]");
        }
    }
}

TEST(JsonLexer, EveryTruncationAndEveryByteRemoved) {
    for (std::size_t i = 1; i < sample.size(); ++i) {
        for (const std::string& text :
             {std::string(sample.substr(0, i)), std::string(sample).erase(i, 1)}) {
            if (!find_utf8_fault(text)) {
                expect_same(text);
            }
        }
    }
}

TEST(JsonLexer, RandomChangesOfASample) {
    constexpr std::string_view bytes = "{}[],:\"\\u0019eE.-+truefalsn \n\tdDcC8/bx\x01";
    std::mt19937_64 random(1);
    for (int i = 0; i < 100'000 && !testing::Test::HasFailure(); ++i) {
        const std::size_t from = random() % sample.size();
        std::string text(sample.substr(from, random() % 60));
        for (std::size_t changes = random() % 6; changes > 0; --changes) {
            const char byte = bytes[random() % bytes.size()];
            const std::size_t at = random() % (text.size() + 1);
            if (random() % 2 == 0 || at == text.size()) {
                text.insert(at, 1, byte);
            } else {
                text[at] = byte;
            }
        }
        if (!text.empty() && !find_utf8_fault(text)) {
            expect_same(text);
        }
    }
}

TEST(JsonLexer, StringsOfEveryLengthEndWhereTheyEnd) {
    // Eight bytes are looked at together.
    for (std::size_t length = 0; length < 40; ++length) {
        for (const std::string_view behind : {"\"", "\\n\"", "\\u00e9 and more\"", "\x1f\"", ""}) {
            for (const std::string_view inside : {"x", "\x7f", "é", " ", "!", "\xf4\x8f\xbf\xbf"}) {
                std::string text = "\"" + std::string(length, 'a');
                text += inside;
                text += behind;
                expect_same(text);
                expect_same("[" + text + ",1]");
            }
        }
    }
}

TEST(JsonLexer, NumbersAtTheEndsOfTheirRanges) {
    const std::string zeros(400, '0');
    for (const std::string& text : {std::string("18446744073709551615"),
                                    std::string("18446744073709551616"),
                                    std::string("-9223372036854775808"),
                                    std::string("-9223372036854775809"),
                                    std::string("1.7976931348623157e308"),
                                    std::string("1.7976931348623159e308"),
                                    std::string("-1.7976931348623159e308"),
                                    std::string("1e308"),
                                    std::string("1e309"),
                                    std::string("1e-400"),
                                    std::string("4.9e-324"),
                                    std::string("0e999999999999999999999"),
                                    std::string("1e999999999999999999999"),
                                    std::string("1e-999999999999999999999"),
                                    std::string("-1e+999999999999999999999"),
                                    "1" + zeros,
                                    "1" + zeros + "e-395",
                                    "1" + zeros + "e-90",
                                    "0." + zeros + "1",
                                    "0." + zeros + "1e405",
                                    "0." + zeros + "1e720",
                                    "1" + zeros + ".5E-800",
                                    std::string(308, '9'),
                                    std::string(309, '9'),
                                    std::string(310, '9')}) {
        expect_same(text);
        expect_same("[" + text + "]");
    }
}

}  // namespace
}  // namespace aion::json
