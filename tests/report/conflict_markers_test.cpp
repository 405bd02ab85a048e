// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/report/conflict.hpp"

namespace aion::report {
namespace {

std::string marked(std::string local, std::string remote) {
    return make_conflict_markers({.local = std::move(local),
                                  .remote = std::move(remote),
                                  .local_label = "mine",
                                  .remote_label = "theirs"});
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

TEST(ConflictMarkers, AreLongerThanWhatLinesBeginWith) {
    EXPECT_EQ(marked("=======\n", "y\n"), "<<<<<<<< mine\n=======\n========\ny\n>>>>>>>> theirs\n");
    EXPECT_EQ(marked("a =======\n", "y\n"),
              "<<<<<<< mine\na =======\n=======\ny\n>>>>>>> theirs\n");
}

TEST(ConflictMarkers, HaveLabelsOfOneLine) {
    const std::string text = make_conflict_markers({.local = "a\n",
                                                    .remote = "b\n",
                                                    .local_label = "x\n=======\n",
                                                    .remote_label = "\x1b[2J"});
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
        "a", "b", "", "<<<<<<< x", "=======", ">>>>>>> y", "<<<<<<<<<",
        "========", "\\\\\\\\\\\\\\ no", "\xff", std::string("\0", 1)));
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
