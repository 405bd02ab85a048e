// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/report/conflict.hpp"

namespace aion::report {
namespace {

std::string marked(const std::string& local, const std::string& remote) {
    std::string text;
    const auto made = make_conflict_markers(
        {.local = local, .remote = remote, .local_label = "mine", .remote_label = "theirs"},
        [&](std::string_view piece) { text += piece; });
    return made ? text : std::string(made.error().detail());
}

TEST(ConflictMarkers, StandAroundWhatDiffers) {
    EXPECT_EQ(marked("a\nx\nb\n", "a\ny\nb\n"),
              "a\n<<<<<<< mine\nx\n=======\ny\n>>>>>>> theirs\nb\n");
    EXPECT_EQ(marked("", "y\n"), "<<<<<<< mine\n=======\ny\n>>>>>>> theirs\n");
    EXPECT_EQ(
        marked("x", "x\n"),
        "<<<<<<< mine\nx\n\\\\\\\\\\\\\\ no line feed at the end\n=======\nx\n>>>>>>> theirs\n");
    EXPECT_EQ(marked("same\n", "same\n"), "same\n");
}

TEST(ConflictMarkers, AreNotLikeAnyLine) {
    EXPECT_EQ(marked("=======\n", "y\n"), "<<<<<<<< mine\n=======\n========\ny\n>>>>>>>> theirs\n");
    EXPECT_EQ(marked("a =======\n", "y\n"),
              "<<<<<<< mine\na =======\n=======\ny\n>>>>>>> theirs\n");
    // What no marker is like, does not make them longer.
    const std::string line(100'000, '=');
    EXPECT_EQ(marked(line + "\n======= x\n", line + "\n"),
              line + "\n<<<<<<<< mine\n======= x\n========\n>>>>>>>> theirs\n");
    EXPECT_EQ(marked("<<<<<<<x\n", "y\n"), "<<<<<<< mine\n<<<<<<<x\n=======\ny\n>>>>>>> theirs\n");
    // What begins a conflict says how long its markers are.
    EXPECT_TRUE(marked("<<<<<<<<<< x\n", "y\n").starts_with("<<<<<<<<<<< mine\n"));
}

// A text of 500 kB was made 6 GB of by one long line.
TEST(ConflictMarkers, AreNoLongerThanTheyNeedToBe) {
    std::string local(100'000, '=');
    local += '\n';
    std::string remote = local;
    for (int i = 0; i < 20'000; ++i) {
        local += "a\nx\n";
        remote += "b\nx\n";
    }
    EXPECT_LT(marked(local, remote).size(), 20'000U * 60U + 200'000U);
    EXPECT_EQ(marked(std::string(100'000, '<') + "\n", "y\n"), "text_like_markers");
    std::string all;
    for (std::size_t size = 7; size <= 31; ++size) {
        all += std::string(size, '>') + "\n";
    }
    EXPECT_TRUE(marked(all, "y\n").starts_with(std::string(32, '<') + " mine\n"));
    EXPECT_EQ(marked(all, std::string(32, '|')), "text_like_markers");
    EXPECT_EQ(check_conflict_markers(all, std::string(32, '|')).error().detail(),
              "text_like_markers");
    EXPECT_TRUE(check_conflict_markers("a\n", "b\n").has_value());
    EXPECT_EQ(marked(std::string(5'000'000, '\n'), std::string(4'000'000, '\n')),
              "text_too_many_lines");
}

TEST(ConflictMarkers, OfGitAreReadWithWhatBothCameFrom) {
    const auto sides = parse_conflict_markers(
        "a\n<<<<<<< ours\nmine\n||||||| merged common ancestors\nwas\n======\n=======\ntheirs\n"
        ">>>>>>> b\nc\n<<<<<<< ours\n||||||| 1234567\nwas\n=======\n|||||||\n>>>>>>> b\n");
    ASSERT_TRUE(sides.has_value());
    EXPECT_EQ(sides->local, "a\nmine\nc\n");
    EXPECT_EQ(sides->remote, "a\ntheirs\nc\n|||||||\n");
    for (const char* text : {"<<<<<<< a\n|||||||\n>>>>>>> b\n", "<<<<<<< a\n|||||||\n=======\n",
                             "<<<<<<< a\n|||||||\n<<<<<<< a\n=======\n>>>>>>> b\n"}) {
        EXPECT_FALSE(has_conflict_markers(text)) << text;
    }
}

TEST(ConflictMarkers, HaveLabelsOfOneLine) {
    std::string text;
    ASSERT_TRUE(make_conflict_markers({.local = "a\n",
                                       .remote = "b\n",
                                       .local_label = "x\n=======\n",
                                       .remote_label = "\x1b[2J"},
                                      [&](std::string_view piece) { text += piece; })
                    .has_value());
    EXPECT_EQ(text, "<<<<<<< x\\n=======\\n\na\n=======\nb\n>>>>>>> \\x1b[2J\n");
}

TEST(ConflictMarkers, OfTheReferenceAreRead) {
    // It ends each content with a line feed, and writes an empty line for none.
    const auto sides =
        parse_conflict_markers("<<<<<<< local\nrules: 1\n=======\n\n>>>>>>> remote\n");
    ASSERT_TRUE(sides.has_value());
    EXPECT_EQ(sides->local, "rules: 1\n");
    EXPECT_EQ(sides->remote, "\n");
    EXPECT_EQ(sides->local_label, "local");
    EXPECT_EQ(sides->remote_label, "remote");
    // What it cuts in the wrong place: a marker inside a line, a heading of another length.
    const auto heading = parse_conflict_markers(
        "<<<<<<< a\nx ======= y\nTitle\n==========\n=======\nz\n>>>>>>> b\n");
    ASSERT_TRUE(heading.has_value());
    EXPECT_EQ(heading->local, "x ======= y\nTitle\n==========\n");
    EXPECT_EQ(heading->remote, "z\n");
}

TEST(ConflictMarkers, AreNotFoundWhereThereAreNone) {
    for (const char* text :
         {"", "text\n", "<<<<<<< a\n", "<<<<<<< a\n=======\n", ">>>>>>> b\n=======\n<<<<<<< a\n",
          "<<<<<<< a\n>>>>>>> b\n", "<<<<<<< a\n=======\n=======\n>>>>>>> b\n", "<<<<<< a\n",
          " <<<<<<< a\n=======\n>>>>>>> b\n", "<<<<<<<a\n=======\n>>>>>>> b\n"}) {
        EXPECT_FALSE(has_conflict_markers(text)) << text;
    }
    EXPECT_TRUE(has_conflict_markers("<<<<<<< a\r\n=======\r\n>>>>>>> b\r\n"));
}

std::string random_content() {
    const auto lines = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "a", "b", "", "<<<<<<< x", "=======", ">>>>>>> y", "<<<<<<<<<", "========", "||||||| z",
        "=======\r", "<<<<<<<\r", "|||||||||", "\\\\\\\\\\\\\\ no", "\xff", std::string("\0", 1)));
    std::string text;
    for (const std::string& line : lines) {
        text += line + "\n";
    }
    if (!text.empty() && *rc::gen::arbitrary<bool>()) {
        text.pop_back();
    }
    return text;
}

RC_GTEST_PROP(ConflictMarkers, GiveBackWhatTheyWereMadeOf, ()) {
    const std::string local = random_content();
    const std::string remote = random_content();
    const std::string text = marked(local, remote);
    if (local == remote) {
        RC_ASSERT(text == local);
        return;
    }
    const auto sides = parse_conflict_markers(text);
    RC_ASSERT(sides.has_value());
    RC_ASSERT(sides->local == local);
    RC_ASSERT(sides->remote == remote);
    RC_ASSERT(sides->local_label == "mine");
    RC_ASSERT(sides->remote_label == "theirs");
}

}  // namespace
}  // namespace aion::report
