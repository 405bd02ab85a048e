// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/yaml_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aion {
namespace {

template <class Say>
std::string written(YamlStyle style, Say say) {
    std::string text;
    YamlWriter out(text, style);
    say(out);
    return text;
}

std::string ours(std::string_view text) {
    return written(YamlStyle::unambiguous, [text](DocumentWriter& out) { out.text(text); });
}

// A text as the member of an item, as messages stand in an export.
std::string as_message(std::string_view text) {
    std::string document = written(YamlStyle::reference, [text](DocumentWriter& out) {
        out.begin_object().key("versions").begin_array().begin_object();
        out.member("message", text).end_object().end_array().end_object();
    });
    constexpr std::string_view before = "versions:\n- message: ";
    EXPECT_TRUE(document.starts_with(before)) << document;
    return document.substr(before.size());
}

// One of everything.
void sample(DocumentWriter& out) {
    out.begin_object()
        .member("text", "a\"b")
        .member("yes", true)
        .member("nothing", nullptr)
        .member("number", UINT64_MAX)
        .member("negative", INT64_MIN);
    out.key("empty").begin_object().end_object();
    out.key("none").begin_array().end_array();
    out.key("list").begin_array().value(1).begin_array().value(2).end_array();
    out.begin_object().member("x", "y").member("z", "no").end_object();
    out.begin_object().end_object().end_array();
    out.key("one of").begin_variant("Kind").member("x", 1).end_variant();
    out.key("some").begin_array().begin_variant("Kind").member("x", 1).end_variant().end_array();
    out.end_object();
}

TEST(YamlWriter, BlocksAreIndentedBelowTheirKey) {
    EXPECT_EQ(written(YamlStyle::unambiguous, sample), R"(text: 'a"b'
'yes': true
nothing: null
number: 18446744073709551615
negative: -9223372036854775808
empty: {}
none: []
list:
  - 1
  -
    - 2
  - x: 'y'
    z: 'no'
  - {}
one of: !Kind
  x: 1
some:
  - !Kind
    x: 1)");
}

TEST(YamlWriter, TheReferenceHasItemsAtTheIndentationOfTheirKey) {
    EXPECT_EQ(written(YamlStyle::reference, sample), R"(text: a"b
yes: true
nothing: null
number: 18446744073709551615
negative: -9223372036854775808
empty: {}
none: []
list:
- 1
- - 2
- x: y
  z: no
- {}
one of: !Kind
  x: 1
some:
- !Kind
  x: 1
)");
}

TEST(YamlWriter, ATextStandsPlainOnlyIfEveryReaderTakesItForOne) {
    for (const std::string_view plain : {"Genesis", "a b", "policy.aion", "dir/x-y_2", "nope"}) {
        EXPECT_EQ(ours(plain), plain);
    }
    for (const std::string_view other :
         {"",    "yes",  "No", "ON", "y",  "n",    "null", "~",          "0x10",
          "1e3", ".inf", "-",  "a ", " a", "a: b", "a #b", "2026-01-01", "- a",
          "[a]", "!t",   "&a", "*a", "%",  "@",    "`"}) {
        EXPECT_EQ(ours(other), "'" + std::string(other) + "'");
    }
    EXPECT_EQ(ours("it's"), "'it''s'");
}

TEST(YamlWriter, WhatNobodySeesIsEscaped) {
    EXPECT_EQ(ours("a\nb\t\r\x1b"), R"("a\nb\t\r\x1b")");
    EXPECT_EQ(ours("\u202e\u2028\ufeff\u0085\ufffe é \U0001f680"),
              R"("\u202e\u2028\ufeff\x85\ufffe é )"
              "\U0001f680\"");
    EXPECT_EQ(ours("\xff"), "\"\ufffd\"");
    EXPECT_EQ(ours(std::string_view("\0", 1)), R"("\x00")");
}

// The table of docs/exports.md#the-reference.
TEST(YamlWriter, TheReferencesFormsOfAText) {
    const std::vector<std::pair<std::string_view, std::string_view>> forms = {
        {"fix: tighten", "'fix: tighten'"},
        {"a:b", "a:b"},
        {"- dash", "'- dash'"},
        {"-dash", "-dash"},
        {"a #b", "'a #b'"},
        {"it's", "it's"},
        {"'q'", "'''q'''"},
        {"say \"hi\"", "say \"hi\""},
        {" a", "' a'"},
        {"a ", "'a '"},
        {"tab\there", R"("tab\there")"},
        {"", "''"},
        {"~", "'~'"},
        {"Null", "'Null'"},
        {"yes", "yes"},
        {"True", "'True'"},
        {"tRUE", "tRUE"},
        {"12", "'12'"},
        {"+12", "'+12'"},
        {"012", "012"},
        {"0", "'0'"},
        {"-0x1f", "'-0x1f'"},
        {"0xg", "0xg"},
        {"0b101", "'0b101'"},
        {"0o17", "'0o17'"},
        {"340282366920938463463374607431768211455", "'340282366920938463463374607431768211455'"},
        {"1e3", "'1e3'"},
        {"1e999", "1e999"},
        {".5", "'.5'"},
        {"1.", "'1.'"},
        {".", "."},
        {"1_000", "1_000"},
        {"inf", "inf"},
        {"-.Inf", "'-.Inf'"},
        {".NAN", "'.NAN'"},
        {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
        {"---", "'---'"},
        {"...x", "'...x'"},
        {"a:", "'a:'"},
        {":a", ":a"},
        {"? a", "'? a'"},
        {"é \U0001f680", "é \U0001f680"},
        {"\u202e", "\u202e"},
        {"\u2028", R"("\u2028")"},
        {"\ufeff\u0085\x1b\x7f", R"("\uFEFF\N\e\x7F")"},
        {"x \ny", R"("x \ny")"},
        {"x\ny ", R"("x\ny ")"},
        {"x\n\ty", R"("x\n\ty")"},
    };
    for (const auto& [text, form] : forms) {
        EXPECT_EQ(as_message(text), std::string(form) + "\n");
    }
}

TEST(YamlWriter, LinesAreALiteralBlockInTheReference) {
    EXPECT_EQ(as_message("one\ntwo"), "|-\n    one\n    two\n");
    EXPECT_EQ(as_message("one\n\ntwo\n"), "|\n    one\n\n    two\n");
    EXPECT_EQ(as_message("one\n\n"), "|+\n    one\n\n...\n");
    EXPECT_EQ(as_message(" one\n"), "|2\n     one\n");
    EXPECT_EQ(as_message("\none"), "|2-\n\n    one\n");
    EXPECT_EQ(as_message("\n"), "|2+\n\n...\n");
}

TEST(YamlWriter, WhatIsFlushedIsAllThatWasSaid) {
    std::string text;
    YamlWriter out(text);
    out.begin_object().member("a", 1);
    out.flush();
    EXPECT_EQ(text, "a: 1");
    out.key("b").begin_array().value("x").end_array().end_object();
    EXPECT_EQ(text, "a: 1\nb:\n  - x");
}

TEST(YamlWriter, ALongDocumentIsHandedOnInPieces) {
    std::size_t longest = 0;
    std::size_t pieces = 0;
    YamlWriter out([&](std::string_view piece) {
        longest = std::max(longest, piece.size());
        ++pieces;
    });
    out.begin_array();
    for (int i = 0; i < 100'000; ++i) {
        out.text("some text");
    }
    out.end_array();
    EXPECT_GT(pieces, 10U);
    EXPECT_LT(longest, 20'000U);
}

}  // namespace
}  // namespace aion
