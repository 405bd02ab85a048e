// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever YamlWriter writes in either style, yaml-cpp reads back as the same texts.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/base/utf8.hpp"
#include "aion/base/yaml_writer.hpp"
#include "base/value.hpp"
#include "base/yaml_scalar.hpp"

namespace aion::report {
namespace {

// What YAML gives a meaning, and what it does not like.
rc::Gen<std::string> hostile_text() {
    const auto piece = rc::gen::element<std::string>(
        "a", "b ", " ", ":", "#", "-", "?", "'", "\"", "\\", "\n", "\n\n", "\t", "\r", "yes",
        "null", "~", "true", "0", "1", "0x", "e", ".", "+", "[", "]", "{", "}", ",", "&", "*", "!",
        "|", ">", "%", "@", "`", "---", "...", "\u00e9", "\u0085", "\u00a0", "\u2028", "\u202e",
        "\ufeff", "\ufffe", "\U0001f680", "\x01", "\x7f", std::string(1, '\0'), "\xff");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                        [](const std::vector<std::string>& pieces) {
                            std::string text;
                            for (const std::string& one : pieces) {
                                text += one;
                            }
                            return text;
                        });
}

RC_GTEST_PROP(YamlReadBack, TextsAreTheSame, ()) {
    const auto texts = *rc::gen::container<std::vector<std::string>>(hostile_text());
    for (const YamlStyle style : {YamlStyle::unambiguous, YamlStyle::reference}) {
        std::string document;
        YamlWriter out(document, style);
        out.begin_object().key("list").begin_array();
        for (const std::string& text : texts) {
            out.begin_object().member("text", text).member("behind", 1).end_object().text(text);
        }
        out.end_array().end_object();
        const auto read = parse_yaml(document);
        RC_ASSERT(read.has_value());
        const auto& items = read->find("list")->items;
        RC_ASSERT(items.size() == 2 * texts.size());
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const std::string expected = to_valid_utf8(texts[i]);
            const Value& inner = *items[2 * i].find("text");
            RC_ASSERT(inner.text == expected);
            RC_ASSERT(items[2 * i + 1].text == expected);
            // The reference's numbers beyond 128 bits are all that may read as something else.
            RC_ASSERT(inner.kind == Value::Kind::text ||
                      (style == YamlStyle::reference && inner.kind == Value::Kind::number));
        }
    }
}

// The writer's rules for words without quotes and the reader's are of one place, and agree on all
// words that begin like something: ours quotes whatever is no text, the reference's style whatever
// is null, a boolean, or a number of up to 128 bits.
TEST(YamlReadBack, NoWordWithoutQuotesIsSomethingElse) {
    using yaml::CoreType;
    std::size_t texts = 0;
    const std::string_view characters = "01oxb.+-eEainfNuls~ty";
    std::vector<std::string> words = {"",     "null",  "Null",  "NULL",  "true",
                                      "True", "TRUE",  "false", "False", "FALSE",
                                      ".inf", "-.Inf", "+.INF", ".nan",  "-.nan"};
    for (const char a : characters) {
        for (const char b : characters) {
            for (const char c : characters) {
                words.insert(words.end(), {{a}, {a, b}, {a, b, c}, {a, b, c, '1'}});
            }
        }
    }
    for (const std::string& word : words) {
        const CoreType type = yaml::core_type(word);
        EXPECT_FALSE(yaml::is_string_everywhere(word) && type != CoreType::text) << word;
        // Which the reference takes for a text.
        const bool has_leading_zero = type == CoreType::integer && word.size() > 1 &&
                                      word.find('0') == word.find_first_not_of("+-");
        if (!has_leading_zero && yaml::reference_form(word, false) == yaml::Form::plain) {
            EXPECT_EQ(type, CoreType::text) << word;
        }
        texts += type == CoreType::text ? 1 : 0;
    }
    EXPECT_GT(texts, 1000U);
    EXPECT_LT(texts, words.size() - 500);
}

}  // namespace
}  // namespace aion::report
