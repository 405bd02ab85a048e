// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/glob.hpp"

#include <fnmatch.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace aion::archive {
namespace {

TEST(Glob, Matches) {
    struct Case {
        const char* pattern;
        const char* name;
        bool matches;
    };

    for (const Case& each : {
             Case{"*.aion", "p.aion", true},
             {"*.aion", ".aion", false},
             {"*.aion", ".p.aion", false},
             {".*.aion", ".p.aion", true},
             {"\\.p", ".p", true},
             {"[.]p", ".p", false},
             {"?p", ".p", false},
             {"*", "", true},
             {"", "", true},
             {"", "a", false},
             {"a*b*c", "a-b-b-c", true},
             {"a*b*c", "a-b-b-", false},
             {"**a**", "bab", true},
             {"?", "\xc3\xa4", true},
             {"??", "\xc3\xa4", false},
             {"?", "\xff", true},
             {"[\xc3\xa4\xc3\xb6]", "\xc3\xb6", true},
             {"[\xc3\xa4\xc3\xb6]", "\xc3", false},
             {"[a-c]x", "bx", true},
             {"[!a-c]x", "bx", false},
             {"[^a-c]x", "dx", true},
             {"[]]", "]", true},
             {"[!]]", "]", false},
             {"[a-]", "-", true},
             {"[[:digit:][:upper:]]", "7", true},
             {"[[:digit:][:upper:]]", "A", true},
             {"[[:digit:][:upper:]]", "a", false},
             {"[[:xdigit:]]", "f", true},
             {"[[:xdigit:]]", "g", false},
             {"[[:alpha:]]", "\xc3\xa4", false},
             {"[[:none:]x]", ":x]", true},  // an unknown class is its characters
             {"[[:none:]x]", "x", false},
             {"[", "[", true},
             {"[abc", "[abc", true},
             {"[abc", "a", false},
             {"\\*", "*", true},
             {"\\*", "a", false},
             {"a\\", "a\\", true},
             {"*\n", "a\n", true},
         }) {
        EXPECT_EQ(matches(each.pattern, each.name), each.matches)
            << each.pattern << " and " << each.name;
    }
}

TEST(Glob, ManyStarsTakeNoTimeToSpeakOf) {
    std::string pattern;
    for (int i = 0; i < 100; ++i) {
        pattern += "*a";
    }
    EXPECT_FALSE(matches(pattern + "b", std::string(255, 'a')));
}

// Where both say what they do: no unfinished sets, no quoting at the end, ASCII.
RC_GTEST_PROP(Glob, AgreesWithFnmatch, ()) {
    const auto part = rc::gen::element<std::string>("*", "?", "a", "b", ".", "[ab]", "[!a]",
                                                    "[b-c]", "[[:alpha:]]", "\\*", "\\a");
    const auto parts = *rc::gen::container<std::vector<std::string>>(part);
    std::string pattern;
    for (const std::string& each : parts) {
        pattern += each;
    }
    const auto name = *rc::gen::container<std::string>(rc::gen::elementOf<std::string>("abc.*"));
    RC_ASSERT(matches(pattern, name) ==
              (::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0));
}

TEST(Glob, KnowsWhatMayMatchOtherNames) {
    EXPECT_TRUE(has_wildcard("a*"));
    EXPECT_TRUE(has_wildcard("?"));
    EXPECT_TRUE(has_wildcard("[x"));
    EXPECT_FALSE(has_wildcard("a]\\{b}"));
}

}  // namespace
}  // namespace aion::archive
