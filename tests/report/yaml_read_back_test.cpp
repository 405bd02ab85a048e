// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever YamlWriter writes in either style, yaml-cpp reads back as the same texts.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/base/utf8.hpp"
#include "aion/base/yaml_writer.hpp"
#include "report/value.hpp"

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

}  // namespace
}  // namespace aion::report
