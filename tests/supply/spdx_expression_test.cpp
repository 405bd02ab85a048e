// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/spdx_expression.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace aion::supply {
namespace {

TEST(SpdxExpression, ByItsGrammar) {
    for (const char* const text :
         {"MIT", "Apache-2.0", "MIT OR Apache-2.0", "mit or apache-2.0", "(MIT)",
          "MIT AND (LGPL-2.1-or-later OR BSD-3-Clause)",
          "GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only with Classpath-exception-2.0",
          "Apache-2.0+", "LicenseRef-own", "DocumentRef-d:LicenseRef-own",
          "MIT OR MIT WITH AdditionRef-x", "((MIT) AND MIT)",
          "GPL-2.0-only\tWITH GCC-exception-3.1 AND MIT"}) {
        EXPECT_TRUE(parse_spdx_expression(text).is_valid) << text;
    }
    for (const char* const text : {"",
                                   " ",
                                   "MIT OR",
                                   "OR MIT",
                                   "MIT MIT",
                                   "(MIT",
                                   "MIT)",
                                   "()",
                                   "MIT Or MIT",
                                   "MIT/Apache-2.0",
                                   "GPL-2.0-only WITH",
                                   "MIT WITH a WITH b",
                                   "(MIT) WITH Classpath-exception-2.0",
                                   "MIT +",
                                   "LicenseRef-",
                                   "DocumentRef-d:MIT",
                                   "MIT,MIT",
                                   "MIT)(MIT",
                                   "caf\u00e9",
                                   "+"}) {
        EXPECT_FALSE(parse_spdx_expression(text).is_valid) << text;
    }
    EXPECT_TRUE(parse_spdx_expression(std::string(100'000, '(') + "MIT" + std::string(100'000, ')'))
                    .is_valid);
}

TEST(SpdxExpression, NothingElseIsSaidOfWhatIsNotValid) {
    for (const char* const text : {"MIT OR (GPL", "mit OR gpl OR", "mit OR gpl WITH"}) {
        const SpdxExpression expression = parse_spdx_expression(text);
        EXPECT_FALSE(expression.is_valid) << text;
        EXPECT_FALSE(expression.is_compound) << text;
        EXPECT_TRUE(expression.unknown.empty()) << text;
    }
}

TEST(SpdxExpression, NamesWhatSpdxDoesNotList) {
    EXPECT_TRUE(parse_spdx_expression("MIT OR LicenseRef-x").unknown.empty());
    EXPECT_EQ(parse_spdx_expression("mit AND GPL-2.0-only WITH none").unknown,
              (std::vector<std::string_view>{"mit", "none"}));
    EXPECT_TRUE(parse_spdx_expression("MIT OR 0BSD").is_compound);
    EXPECT_FALSE(parse_spdx_expression("(MIT)").is_compound);
}

TEST(SpdxExpression, TheList) {
    EXPECT_EQ(std::ranges::count(spdx_license_ids, ' '), 709);
    EXPECT_EQ(std::ranges::count(spdx_exception_ids, ' '), 67);
    for (const char* const id : {"0BSD", "Apache-2.0", "CC-BY-4.0", "ZPL-2.1", "OpenMDW-1.0"}) {
        EXPECT_TRUE(is_spdx_license(id)) << id;
    }
    for (const char* const id : {"", " ", "apache-2.0", "Apache", "2.0", "GPL-3.0", "MIT 0BSD"}) {
        EXPECT_FALSE(is_spdx_license(id)) << id;
    }
    EXPECT_EQ(spdx_license_like("APACHE-2.0"), "Apache-2.0");
    EXPECT_EQ(spdx_license_like("0bsd"), "0BSD");
    EXPECT_EQ(spdx_license_like("apache"), "");
    EXPECT_EQ(spdx_license_like(""), "");
}

TEST(Uri, BySyntax) {
    for (const char* const text :
         {"https://orchid.example/a?b=c#d", "s3://orchid-data/meadow/", "urn:aion:file:1", "a:b",
          "http://[::1]:80/", "https://x/%7Ea", "mailto:a@b"}) {
        EXPECT_TRUE(is_uri(text)) << text;
    }
    for (const char* const text :
         {"", "a", ":", "a:", "1a:b", "//x", "/a", "https://x/a b", "https://x/\u00e9",
          "https://x/%7", "https://x/%zz", "https://x/<>", "https://x/#a#b", "https://x/[1]",
          "http://[]/", "http://[::1/", "a b:c", "https://x/\n"}) {
        EXPECT_FALSE(is_uri(text)) << text;
    }
}

TEST(Cpe, BySyntax) {
    for (const char* const text :
         {"cpe:2.3:a:google:jax:0.4.38:*:*:*:*:*:*:*", "cpe:2.3:a:x:y\\:z:-:*:*:*:*:*:*:*",
          "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*", "cpe:2.3:o:x:jax*:1:*:*:*:*:*:*:*",
          "cpe:2.3:a:x:a\\*:1:*:*:*:*:*:*:*"}) {
        EXPECT_TRUE(is_cpe23(text)) << text;
    }
    for (const char* const text :
         {"", "cpe:2.3:", "cpe:2.3:a", "cpe:2.3:a:x:jax:0.4.38", "cpe:/a:google:jax",
          "cpe:2.3:x:google:jax:1:*:*:*:*:*:*:*", "cpe:2.3:a:google:jax:1:*:*:*:*:*:*:*:*",
          "cpe:2.3:a::jax:1:*:*:*:*:*:*:*", "cpe:2.3:a:g!:jax:1:*:*:*:*:*:*:*",
          "cpe:2.3:a:g*g:jax:1:*:*:*:*:*:*:*", "cpe:2.3:a:g:jax:1:*:*:*:*:*:*:\\"}) {
        EXPECT_FALSE(is_cpe23(text)) << text;
    }
}

}  // namespace
}  // namespace aion::supply
