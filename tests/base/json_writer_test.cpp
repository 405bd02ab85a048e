// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/json_writer.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "aion/base/utf8.hpp"
#include "base/json_reader.hpp"

namespace aion {
namespace {

using Other = nlohmann::ordered_json;

template <class Say>
std::string written(JsonStyle style, Say say) {
    std::string text;
    JsonWriter out(text, style);
    say(out);
    return text;
}

std::string as_json(std::string_view text) {
    return written(JsonStyle::compact, [text](DocumentWriter& out) { out.text(text); });
}

// One of everything.
void sample(DocumentWriter& out) {
    out.begin_object()
        .member("text", "a\"b")
        .member("yes", true)
        .member("no", false)
        .member("nothing", nullptr)
        .member("absent", std::optional<std::string>())
        .member("number", UINT64_MAX)
        .member("negative", INT64_MIN)
        .member("id", VersionNumber{7})
        .member("bytes", std::array<std::uint8_t, 2>{1, 255});
    out.key("empty").begin_object().end_object();
    out.key("none").begin_array().end_array();
    out.key("list").begin_array().value(1).begin_array().end_array().end_array();
    out.key("one of").begin_variant("Kind").member("x", 1).end_variant();
    out.end_object();
}

TEST(JsonWriter, TheReferenceEscapesOnlyWhatItMust) {
    const std::string text = "\"\\\b\t\n\f\r\x01\x1f\x7f/\u0085\u202e\ufeff\xff";
    EXPECT_EQ(written(JsonStyle::reference, [&](DocumentWriter& out) { out.text(text); }),
              R"("\"\\\b\t\n\f\r\u0001\u001f)"
              "\x7f/\u0085\u202e\ufeff\ufffd\"");
    EXPECT_EQ(written(JsonStyle::reference, sample), written(JsonStyle::pretty, sample));
}

TEST(JsonWriter, PrettyIsIndentedByTwo) {
    EXPECT_EQ(written(JsonStyle::pretty, sample), R"({
  "text": "a\"b",
  "yes": true,
  "no": false,
  "nothing": null,
  "absent": null,
  "number": 18446744073709551615,
  "negative": -9223372036854775808,
  "id": 7,
  "bytes": [
    1,
    255
  ],
  "empty": {},
  "none": [],
  "list": [
    1,
    []
  ],
  "one of": {
    "Kind": {
      "x": 1
    }
  }
})");
}

TEST(JsonWriter, CompactHasNoWhiteSpace) {
    EXPECT_EQ(written(JsonStyle::compact, sample),
              R"({"text":"a\"b","yes":true,"no":false,"nothing":null,"absent":null,)"
              R"("number":18446744073709551615,"negative":-9223372036854775808,"id":7,)"
              R"("bytes":[1,255],"empty":{},"none":[],"list":[1,[]],"one of":{"Kind":{"x":1}}})");
}

TEST(JsonWriter, LinesHaveOneValueEach) {
    const auto one = [](DocumentWriter& out) { out.begin_object().member("a", 1).end_object(); };
    EXPECT_EQ(written(JsonStyle::lines, one), "{\"a\":1}\n");
    EXPECT_EQ(written(JsonStyle::lines,
                      [&](DocumentWriter& out) {
                          one(out);
                          out.value(2);
                      }),
              "{\"a\":1}\n2\n");
}

TEST(JsonWriter, LinesOfAListAreItsItems) {
    EXPECT_EQ(written(JsonStyle::lines,
                      [](DocumentWriter& out) {
                          out.begin_array().value("x").begin_array().value(1).end_array();
                          out.begin_object().key("y").begin_array().end_array().end_object();
                          out.end_array();
                          out.value(2);
                      }),
              "\"x\"\n[1]\n{\"y\":[]}\n2\n");
    EXPECT_EQ(written(JsonStyle::lines, [](DocumentWriter& out) { out.begin_array().end_array(); }),
              "");
}

TEST(JsonWriter, EscapesWhatMustBeAndWhatNobodySees) {
    EXPECT_EQ(as_json("\"\\/"), R"("\"\\/")");
    EXPECT_EQ(as_json("\b\t\n\f\r"), R"("\b\t\n\f\r")");
    EXPECT_EQ(as_json(std::string_view("\0\x01\x0b\x1f\x7f", 5)),
              R"("\u0000\u0001\u000b\u001f\u007f")");
    EXPECT_EQ(as_json("a\u0085\u200b\u202eb\ufeff"), R"("a\u0085\u200b\u202eb\ufeff")");
    EXPECT_EQ(as_json("\U000e0041\U000e0fff"), R"("\udb40\udc41\udb43\udfff")");
    EXPECT_EQ(as_json("\u00a2\u00e4\u3042\uffee\U0001f511\U000e1000\U0010ffff"),
              "\"\u00a2\u00e4\u3042\uffee\U0001f511\U000e1000\U0010ffff\"");
}

TEST(JsonWriter, WhatIsNotUtf8IsReplaced) {
    EXPECT_EQ(as_json("a\xff\"\xc3"), "\"a\xef\xbf\xbd\\\"\xef\xbf\xbd\"");
    EXPECT_EQ(
        written(JsonStyle::compact,
                [](DocumentWriter& out) { out.begin_object().member("\xff", 1).end_object(); }),
        "{\"\xef\xbf\xbd\":1}");
}

TEST(JsonWriter, AValueComesWholeAndALongOneInPieces) {
    std::vector<std::string> pieces;
    JsonWriter out([&pieces](std::string_view piece) { pieces.emplace_back(piece); },
                   JsonStyle::compact);
    out.begin_array().value(1);
    EXPECT_TRUE(pieces.empty());
    out.end_array();
    EXPECT_THAT(pieces, ::testing::ElementsAre("[1]"));
    out.begin_array();
    for (int i = 0; i < 100'000; ++i) {
        out.value(i);
    }
    EXPECT_GT(pieces.size(), 10U);
    EXPECT_LT(std::ranges::max(pieces, {}, &std::string::size).size(), 20'000U);
}

// Says the same as the other library would, byte for byte.
void say(DocumentWriter& out, const Other& value) {
    switch (value.type()) {
        case Other::value_t::object:
            out.begin_object();
            for (const auto& [key, inner] : value.items()) {
                out.key(key);
                say(out, inner);
            }
            out.end_object();
            return;
        case Other::value_t::array:
            out.begin_array();
            for (const Other& inner : value) {
                say(out, inner);
            }
            out.end_array();
            return;
        case Other::value_t::string:
            out.value(value.get<std::string>());
            return;
        case Other::value_t::boolean:
            out.value(value.get<bool>());
            return;
        case Other::value_t::number_unsigned:
            out.value(value.get<std::uint64_t>());
            return;
        case Other::value_t::number_integer:
            out.value(value.get<std::int64_t>());
            return;
        default:
            out.null();
    }
}

// Any text but what we escape and the other library does not.
std::string text_for_both() {
    const std::string text = to_valid_utf8(*rc::gen::string<std::string>());
    std::string kept;
    for (std::string_view rest = text; !rest.empty();) {
        const Utf8Character next = first_character(rest);
        if (*next.point < 0x20 || !is_unseen(*next.point)) {
            kept += rest.substr(0, next.length);
        }
        rest.remove_prefix(next.length);
    }
    return kept;
}

Other arbitrary(int depth) {
    switch (*rc::gen::inRange(0, depth > 0 ? 7 : 5)) {
        case 0:
            return nullptr;
        case 1:
            return *rc::gen::arbitrary<bool>();
        case 2:
            return *rc::gen::arbitrary<std::uint64_t>();
        case 3:
            return *rc::gen::negative<std::int64_t>();
        case 4:
            return text_for_both();
        case 5: {
            Other list = Other::array();
            for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
                list.push_back(arbitrary(depth - 1));
            }
            return list;
        }
        default: {
            Other object = Other::object();
            for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
                object[text_for_both()] = arbitrary(depth - 1);
            }
            return object;
        }
    }
}

RC_GTEST_PROP(JsonWriter, WritesWhatAnotherLibraryWrites, ()) {
    const Other value = arbitrary(4);
    const auto say_it = [&](DocumentWriter& out) { say(out, value); };
    RC_ASSERT(written(JsonStyle::pretty, say_it) == value.dump(2));
    RC_ASSERT(written(JsonStyle::compact, say_it) == value.dump());
}

TEST(JsonWriter, EveryCharacterIsReadBack) {
    std::string text;
    for (unsigned point = 0; point < 0x110000; ++point) {
        if (point < 0xd800 || point > 0xdfff) {
            const unsigned above = point - 0x10000;
            text += point < 0x10000 ? fmt::format("\\u{:04x}", point)
                                    : fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + above / 0x400,
                                                  0xdc00 + above % 0x400);
        }
    }
    const std::string every_character = Other::parse('"' + text + '"').get<std::string>();
    const std::string written = as_json(every_character);
    EXPECT_EQ(Other::parse(written).get<std::string>(), every_character);
    EXPECT_EQ(written.find('\x7f'), std::string::npos);
    EXPECT_EQ(written.find("\u202e"), std::string::npos);
}

// What is said in front of a flush goes to one place, what is said behind it to another.
TEST(JsonWriter, AFlushCutsTheTextWhereItIs) {
    const auto counts = [](DocumentWriter& out) {
        out.begin_object().member("name", "a");
        out.flush();
        out.member("count", 1U);
        out.flush();
    };
    std::string whole;
    std::string rest;
    std::string* into = &whole;
    JsonWriter out([&into](std::string_view piece) { *into += piece; }, JsonStyle::pretty);
    counts(out);
    EXPECT_EQ(whole, "{\n  \"name\": \"a\",\n  \"count\": 1");
    into = &rest;
    out.key("list").begin_array().value(true).end_array().end_object();
    EXPECT_EQ(rest, ",\n  \"list\": [\n    true\n  ]\n}");
    EXPECT_TRUE(Other::accept(whole + rest));
}

RC_GTEST_PROP(JsonWriter, AnyBytesAreReadBackAsUtf8, ()) {
    const std::string text = *rc::gen::string<std::string>();
    const std::string written = as_json(text);
    const auto read = json::parse(written, {.error_prefix = ""});
    const std::string expected = to_valid_utf8(text);
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->root().text() == expected);
    RC_ASSERT(Other::parse(written).get<std::string>() == expected);
}

}  // namespace
}  // namespace aion
