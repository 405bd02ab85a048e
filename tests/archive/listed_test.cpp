// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "aion/archive/names.hpp"
#include "aion/base/memory_env.hpp"
#include "told.hpp"

namespace aion::test {
namespace {

using archive::listed;
using archive::ScanOptions;
using ::testing::ElementsAre;

/// Gives `text` in pieces of at most `piece` bytes.
archive::ReadSome reader(std::string text, std::size_t piece = 1000) {
    return [text = std::move(text), piece,
            at = std::size_t{0}](MutableByteView out) mutable -> Result<std::size_t> {
        const std::size_t size = std::min({out.size(), piece, text.size() - at});
        std::ranges::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at),
                            static_cast<std::ptrdiff_t>(size), out.begin());
        at += size;
        return size;
    };
}

std::vector<std::string> told_of(Env& env, const std::string& text, std::size_t piece = 1000) {
    return told(*listed(env, reader(text, piece), text.size()));
}

TEST(Listed, TakesLinesOrWhatEndsWithNul) {
    MemoryEnv env;
    for (const std::size_t piece : {1U, 3U, 100'000U}) {
        EXPECT_THAT(told_of(env, "b.aion\n\na\nc", piece), ElementsAre("b.aion", "a", "c"));
        EXPECT_THAT(told_of(env, std::string("b\nb.aion\0\0a\0", 12), piece),
                    ElementsAre("b\nb.aion", "a"));
    }
    EXPECT_THAT(told_of(env, ""), ElementsAre());
    EXPECT_THAT(told_of(env, "\n\n"), ElementsAre());
}

TEST(Listed, DecidesByTheFirst4097Bytes) {
    MemoryEnv env;
    const std::string longest(4095, 'n');
    const std::string separator(1, '\0');
    for (const std::size_t piece : {1U, 4096U, 100'000U}) {
        EXPECT_THAT(told_of(env, longest + separator + "b\n" + separator, piece),
                    ElementsAre(longest, "b\n"));
        // Beyond any path: lines, in which a NUL would end the name for the system only.
        EXPECT_THAT(told_of(env, longest + "\n\nb" + separator + "c\nd", piece),
                    ElementsAre(longest, "b" + separator + "c: file_read_error (22)", "d"));
    }
}

TEST(Listed, OfAPathThatIsTooLongTellsTheBeginning) {
    MemoryEnv env;
    const std::string longest(4095, 'n');
    EXPECT_THAT(told_of(env, "a\n" + longest + "\n" + longest + "x\n" + longest + longest + "\nb"),
                ElementsAre("a", longest, longest + ": file_read_error (36)",
                            longest + ": file_read_error (36)", "b"));
}

TEST(Listed, GoesThroughFoldersAndGivesOutTheRest) {
    MemoryEnv env;
    env.put("/d/a.aion", {});
    env.put("/d/other", {});
    env.put("/x", {});
    EXPECT_THAT(told_of(env, "/d\n/x\n/none.aion\n/d/*.aion\n/d/"),
                ElementsAre("/d/a.aion", "/x", "/none.aion", "/d/*.aion", "/d/a.aion"));
}

/// What the list says, taken apart in the simplest way.
std::vector<std::string> model(const std::string& text) {
    const bool by_nul = text.substr(0, 4097).contains('\0');
    std::vector<std::string> names;
    std::string name;
    const auto end_name = [&] {
        if (name.size() > 4095) {
            names.push_back(name.substr(0, 4095) + ": file_read_error (36)");
        } else if (name.contains('\0')) {
            names.push_back(name + ": file_read_error (22)");
        } else if (!name.empty()) {
            names.push_back(name);
        }
        name.clear();
    };
    for (const char c : text) {
        if (c == (by_nul ? '\0' : '\n')) {
            end_name();
        } else {
            name += c;
        }
    }
    end_name();
    return names;
}

RC_GTEST_PROP(Listed, IsAsTheModelWhateverTheBytesAndHoweverTheyCome, ()) {
    const auto part =
        rc::gen::oneOf(rc::gen::element<std::string>("a", "/none/b", "\n", "\r\n",
                                                     std::string(1, '\0'), "*", "\xff"),
                       rc::gen::map(rc::gen::inRange<std::size_t>(4000, 4200),
                                    [](std::size_t n) { return std::string(n, 'n'); }));
    std::string text;
    for (const std::string& each : *rc::gen::container<std::vector<std::string>>(part)) {
        text += each;
    }
    const auto piece = *rc::gen::element<std::size_t>(1, 7, 4096, 4097, 65536);
    MemoryEnv env;
    RC_ASSERT(told_of(env, text, piece) == model(text));
}

TEST(Listed, AnErrorOfTheListIsTheLastName) {
    MemoryEnv env;
    int reads = 0;
    const auto names = listed(
        env,
        [&](MutableByteView out) -> Result<std::size_t> {
            if (++reads == 3) {
                return fail(error_at_path(ErrorCode::file_read_error, "list", EIO));
            }
            std::ranges::fill(out.first(5000), std::uint8_t{'\n'});
            out[4998] = 'a';
            out[4999] = 'b';
            return 5000;
        },
        std::nullopt);
    EXPECT_EQ(names->share_done(), std::nullopt);
    // What it was in the middle of is no name.
    EXPECT_EQ(told(names->next().value_or(archive::Name{})), "ab");
    const auto last = names->next();
    ASSERT_TRUE(last && last->error);
    EXPECT_EQ(told(*last), "list: file_read_error (5)");
    EXPECT_EQ(last->error->message(),
              "the list of files ended with an error; files behind it were not looked at");
    EXPECT_EQ(names->next(), std::nullopt);
}

TEST(Listed, KnowsHowFarItIs) {
    MemoryEnv env;
    env.put("/d/a.aion", {});
    env.put("/d/b.aion", {});
    const std::string text = "/d\n/e\n/f\n/g\n";
    const auto names = listed(env, reader(text), text.size());
    std::vector<double> shares;
    while (names->next()) {
        shares.push_back(names->share_done().value_or(-1));
    }
    EXPECT_THAT(shares, ElementsAre(0, 0.125, 0.25, 0.5, 0.75));
    EXPECT_EQ(names->share_done(), 1);
}

}  // namespace
}  // namespace aion::test
