// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/history.hpp"

#include <gtest/gtest.h>

#include "support/world.hpp"

namespace aion::report {
namespace {

using policy::test::bob;
using policy::test::start;

// Versions 1 to 6 a second apart: alice's but for 2 and 5, which are bob's.
class HistoryTest : public policy::test::World {
  protected:
    void SetUp() override {
        World::SetUp();
        must_create();
        must_commit("2", "Raise the LIMIT", bob);
        must_commit("3", "lower the limit");
        must_commit("4", "Größe 10");
        must_commit("5", "größe 11", bob);
        must_commit("6", "");
        file.emplace(policy::examine(content(), registry, start).value());
    }

    std::string chosen(const HistoryQuery& query, std::uint64_t stop_after = UINT64_MAX) const {
        std::string numbers;
        std::uint64_t visited = 0;
        const std::uint64_t count =
            visit_history(*file, query, [&](const policy::ExaminedVersion& version) {
                numbers += to_string(version.number);
                return ++visited < stop_after;
            });
        EXPECT_EQ(count, visited);
        return numbers;
    }

    static Timestamp second(std::uint64_t number) {
        return Timestamp{start.value + number * 1'000'000'000};
    }

    std::optional<policy::Examination> file;
};

TEST_F(HistoryTest, IsNewestFirstUnlessReversed) {
    EXPECT_EQ(chosen({}), "654321");
    EXPECT_EQ(chosen({.reverse = true}), "123456");
}

TEST_F(HistoryTest, ALimitKeepsTheNewestInBothOrders) {
    EXPECT_EQ(chosen({.limit = 2}), "65");
    EXPECT_EQ(chosen({.limit = 2, .reverse = true}), "56");
    EXPECT_EQ(chosen({.limit = 0}), "");
    EXPECT_EQ(chosen({.limit = 0, .reverse = true}), "");
    EXPECT_EQ(chosen({.limit = 100, .reverse = true}), "123456");
    EXPECT_EQ(chosen({.authors = {policy::test::alice}, .limit = 3}), "643");
    EXPECT_EQ(chosen({.authors = {policy::test::alice}, .limit = 3, .reverse = true}), "346");
}

TEST_F(HistoryTest, AuthorsAreASet) {
    EXPECT_EQ(chosen({.authors = {bob}}), "52");
    EXPECT_EQ(chosen({.authors = {bob, policy::test::alice}}), "654321");
    EXPECT_EQ(chosen({.authors = {AuthorId{7}}}), "");
    EXPECT_EQ(chosen({.authors = {AuthorId{7}}, .limit = 1, .reverse = true}), "");
}

TEST_F(HistoryTest, BothEndsOfATimeBelongToIt) {
    EXPECT_EQ(chosen({.since = second(2), .until = second(4)}), "543");
    EXPECT_EQ(chosen({.since = Timestamp{second(2).value + 1}}), "654");
    EXPECT_EQ(chosen({.until = Timestamp{second(2).value - 1}}), "21");
    EXPECT_EQ(chosen({.since = second(4), .until = second(2)}), "");
}

TEST_F(HistoryTest, GrepTakesTheLettersOfAsciiAlikeAndNoOthers) {
    EXPECT_EQ(chosen({.grep = "limit"}), "32");
    EXPECT_EQ(chosen({.grep = "THE LIMIT"}), "32");
    EXPECT_EQ(chosen({.grep = "größe"}), "54");
    EXPECT_EQ(chosen({.grep = "GRÖSSE"}), "");
    EXPECT_EQ(chosen({.grep = "GRÖßE"}), "");
    EXPECT_EQ(chosen({.authors = {bob}, .grep = "limit"}), "2");
}

TEST_F(HistoryTest, StopsWhenItIsToldTo) {
    EXPECT_EQ(chosen({}, 2), "65");
    EXPECT_EQ(chosen({.reverse = true}, 3), "123");
}

TEST_F(HistoryTest, OfWhatIsNoFileThereIsNothing) {
    file.emplace(policy::examine(as_bytes("# A README\n"), registry, start).value());
    EXPECT_EQ(chosen({}), "");
    EXPECT_EQ(chosen({.limit = 0, .reverse = true}), "");
}

}  // namespace
}  // namespace aion::report
