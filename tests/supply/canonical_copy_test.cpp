// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/canonical_copy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.hpp"
#include "supply/sorted_json.hpp"
#include "support/results.hpp"

namespace aion::supply {
namespace {

std::optional<std::string> copied(std::string_view text, const CanonicalJsonLimits& limits = {}) {
    // As much as is written to, and a byte that must stay.
    std::vector<char> room(canonical_room(text.size()) + 1, '#');
    const std::vector<char> exact(text.begin(), text.end());
    const auto size = copy_canonical({exact.data(), exact.size()}, limits,
                                     std::span(room).first(room.size() - 1));
    EXPECT_EQ(room.back(), '#');
    return size ? std::optional(std::string(room.data(), *size)) : std::nullopt;
}

// The other way, which has an index of the text.
Result<std::string> indexed(std::string_view text, const CanonicalJsonLimits& limits = {}) {
    const auto document = json::parse(text, {.error_prefix = "",
                                             .max_size = limits.size,
                                             .max_depth = limits.depth,
                                             .max_values = limits.values});
    if (!document) {
        return fail(document.error());
    }
    return sorted_json(document->root(), text, SortedForm::canonical);
}

// The same from both ways and from the one that is called, or the same error.
void expect_same(std::string_view text, const CanonicalJsonLimits& limits = {}) {
    const auto expected = indexed(text, limits);
    const auto found = canonical_json(text, limits);
    ASSERT_EQ(found.has_value(), expected.has_value()) << text;
    if (expected) {
        EXPECT_EQ(*found, *expected) << text;
        EXPECT_EQ(copied(text, limits).value_or(*expected), *expected) << text;
    } else {
        EXPECT_EQ(found.error().full_message(), expected.error().full_message()) << text;
        EXPECT_EQ(copied(text, limits), std::nullopt) << text;
    }
}

TEST(CanonicalCopy, DoesWhatIsUsual) {
    EXPECT_EQ(copied(R"( { "z" : [3, 1.5, -7, 1e3], "a" : {"y":null, "b" :true, "":false} } )"),
              R"({"a":{"":false,"b":true,"y":null},"z":[3,1.5,-7,1000]})");
    EXPECT_EQ(
        copied(R"(["\ud83d\ude02\u20ac\u00e9\u000f\b\t\n\f\r\u000a\u0022\"\\\u005c\/\u007f"])"),
        "[\"\U0001F602\u20ac\u00e9\\u000f\\b\\t\\n\\f\\r\\n\\\"\\\"\\\\\\\\/\x7f\"]");
    EXPECT_EQ(copied("{\"\ufb33\":1,\"\U0001F602\":2,\"aaaaaaaab\":3,\"aaaaaaaaa\":4}"),
              "{\"aaaaaaaaa\":4,\"aaaaaaaab\":3,\"\U0001F602\":2,\"\ufb33\":1}");
    EXPECT_EQ(copied("[0.1,-0.000001,0.0000012,123456.7890125,0.30000000000000004,1.0,-0,-0.0]"),
              "[0.1,-0.000001,0.0000012,123456.7890125,0.30000000000000004,1,0,0]");
    EXPECT_EQ(copied("[1e-7,0.0000001,9007199254740992,100000000000000000000]"),
              "[1e-7,1e-7,9007199254740992,100000000000000000000]");
}

TEST(CanonicalCopy, LeavesTheRest) {
    EXPECT_EQ(copied(R"({"a\n":1})"), std::nullopt);
    EXPECT_EQ(copied("[1e20,1e20,1e20,1e20,1e20]"), std::nullopt);
    expect_same(R"({"b\n":1,"a\u0041":2})");
    expect_same("[1e20,1e20,1e20,1e20,1e20]");
}

TEST(CanonicalCopy, RefusesWhatIsRefused) {
    for (const std::string_view text : {"",
                                        " ",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        "[1",
                                        "[1,",
                                        "[1,]",
                                        "[,1]",
                                        "{}}",
                                        "{} x",
                                        "[1 2]",
                                        "nul",
                                        "nulls",
                                        "truee",
                                        "fals",
                                        "-",
                                        "01",
                                        "-01",
                                        "1.",
                                        ".5",
                                        "1e",
                                        "1e+",
                                        "1e400",
                                        "+1",
                                        "0x1",
                                        "[\"",
                                        "\"",
                                        "\"\\",
                                        "\"\\u12",
                                        "\"\\ud800\"",
                                        "\"\\ud800\\u0041\"",
                                        "\"\\udc00\"",
                                        "\"\\x\"",
                                        "\"\t\"",
                                        "\"\\u00g0\"",
                                        "\"\xff\"",
                                        "\"\xed\xa0\x80\"",
                                        "\"\xc3",
                                        "\xef\xbb\xbf{}",
                                        "{\"a\":1,\"a\":2}",
                                        "{\"b\":1,\"a\":2,\"b\":3}",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "{a:1}",
                                        "{\"a\":1,}",
                                        "{\"a\":1 \"b\":2}",
                                        "{1:2}",
                                        "[9007199254740993]",
                                        "[}",
                                        "{]",
                                        "{\"a\":1]",
                                        "[1}",
                                        "{\"longer than eight\":1,\"longer than eight\":2}"}) {
        EXPECT_EQ(copied(text), std::nullopt) << text;
        expect_same(text);
    }
    using std::string_view_literals::operator""sv;
    expect_same("\"\0\""sv);
    expect_same("[1\0]"sv);
}

TEST(CanonicalCopy, LimitsAreTheSame) {
    for (const std::string_view text : {"[1,2,3]", "{\"b\":[[]],\"a\":{}}", "7", "[[[[]]]]"}) {
        for (std::size_t most = 1; most < 8; ++most) {
            expect_same(text, {.depth = most});
            expect_same(text, {.values = most});
            expect_same(text, {.size = most});
        }
    }
}

// Documents of all that there is, now and then with a byte that is another.
class Documents {
  public:
    explicit Documents(std::uint32_t seed) : random_(seed) {}

    std::string next() {
        std::string out;
        value(out, 0);
        if (below(3) == 0) {
            constexpr std::string_view bytes = "\"\\{}[]:,0e.-\x1f\x80\xf4u ";
            out[below(out.size())] = bytes[below(bytes.size())];
        }
        return out;
    }

  private:
    std::size_t below(std::size_t end) { return random_() % end; }

    void space(std::string& out) {
        static constexpr std::string_view all = "                    \n\t\r";
        if (below(4) == 0) {
            out += all.substr(below(all.size()));
        }
    }

    void string(std::string& out) {
        constexpr std::array<std::string_view, 18> pieces{"a",
                                                          "b",
                                                          "name",
                                                          "version_of_something",
                                                          "\u00e9",
                                                          "\u20ac",
                                                          "\U0001F602",
                                                          "\ufb33",
                                                          "\ue000",
                                                          "\\n",
                                                          "\\\"",
                                                          "\\u0041",
                                                          "\\ud83d\\ude02",
                                                          "\\/",
                                                          "\\u001f",
                                                          "\x7f",
                                                          "Z",
                                                          "0"};
        out += '"';
        for (std::size_t i = below(4); i > 0; --i) {
            out += pieces[below(below(3) == 0 ? pieces.size() : 9)];
        }
        out += '"';
    }

    void number(std::string& out) {
        constexpr std::array<std::string_view, 20> all{"0",
                                                       "-0",
                                                       "7",
                                                       "-12",
                                                       "123456789012345",
                                                       "1234567890123456",
                                                       "9007199254740991",
                                                       "9007199254740993",
                                                       "1.5",
                                                       "-0.25",
                                                       "1.0",
                                                       "0.000001",
                                                       "0.0000001",
                                                       "1e5",
                                                       "2e-6",
                                                       "1E21",
                                                       "0.1234567890123456",
                                                       "123456789.12345678",
                                                       "1e400",
                                                       "-1e-400"};
        out += all[below(below(20) == 0 ? all.size() : 6)];
    }

    void value(std::string& out, std::size_t depth) {  // NOLINT(misc-no-recursion): bounded
        space(out);
        const std::size_t kind = below(depth > 4 ? 4 : 8);
        if (kind == 0) {
            constexpr std::array<std::string_view, 3> words{"true", "false", "null"};
            out += words[below(3)];
        } else if (kind == 1) {
            number(out);
        } else if (kind < 4) {
            string(out);
        } else {
            const bool is_array = kind == 4;
            out += is_array ? '[' : '{';
            for (std::size_t i = 0, count = below(5); i < count; ++i) {
                out += i == 0 ? "" : ",";
                if (!is_array) {
                    space(out);
                    string(out);
                    space(out);
                    out += ':';
                }
                value(out, depth + 1);
            }
            out += is_array ? ']' : '}';
        }
        space(out);
    }

    std::mt19937 random_;
};

TEST(CanonicalCopy, BothWaysSayTheSame) {
    Documents documents(1);
    std::size_t copies = 0;
    for (int i = 0; i < 20'000; ++i) {
        const std::string text = documents.next();
        expect_same(text);
        copies += copied(text) ? 1U : 0U;
        if (HasFailure()) {
            return;
        }
    }
    EXPECT_GT(copies, 3'000U);
}

std::string members(std::size_t count, std::string_view front) {
    std::string out = "{";
    for (std::size_t i = 0; i < count; ++i) {
        out += i == 0 ? "\"" : ",\"";
        out += std::string(front) + std::to_string(count - i) + "\":" + std::to_string(i);
    }
    return out + "}";
}

TEST(CanonicalCopy, AnObjectOfManyMembersIsSorted) {
    expect_same(members(100'000, ""));
    expect_same(members(100'000, "always the same at first "));
}

// Each level would be copied once more: from some level on the other way takes less.
TEST(CanonicalCopy, LevelsOutOfOrderAreNotCopiedForEver) {
    for (const std::size_t depth : {5U, 100U}) {
        std::string text = "\"" + std::string(100'000, 'x') + "\"";
        for (std::size_t i = 0; i < depth; ++i) {
            text = "{\"b\":" + text + ",\"a\":0}";
        }
        EXPECT_EQ(copied(text).has_value(), depth == 5);
        expect_same(text);
    }
}

}  // namespace
}  // namespace aion::supply
