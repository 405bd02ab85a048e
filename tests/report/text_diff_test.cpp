// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/text_diff.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "report/lines.hpp"
#include "support/temporary_folder.hpp"

namespace aion::report {
namespace {

std::string diff_of(std::string_view a, std::string_view b, std::size_t context = 3) {
    std::string out;
    const auto counts = unified_diff(a, b, {.context = context, .a_label = "a", .b_label = "b"},
                                     [&](std::string_view piece) { out += piece; });
    EXPECT_TRUE(counts.has_value());
    return out;
}

// What `region`s say `b` is, of `a` and of nothing else of `b` than they hold.
std::string rebuilt(std::string_view a, std::string_view b) {
    const auto a_lines = lines_of(a);
    const auto b_lines = lines_of(b);
    std::string out;
    std::size_t at = 0;
    for (const Region& region : differing_lines(a_lines, b_lines)) {
        EXPECT_LE(at, region.a_begin);
        for (; at < region.a_begin; ++at) {
            out += a_lines[at];
        }
        for (std::size_t j = region.b_begin; j < region.b_end; ++j) {
            out += b_lines[j];
        }
        at = region.a_end;
    }
    for (; at < a_lines.size(); ++at) {
        out += a_lines[at];
    }
    return out;
}

// Lines that are left out or put in, by a table: what cannot be done with fewer.
std::size_t fewest_changes(const std::vector<std::string_view>& a,
                           const std::vector<std::string_view>& b) {
    std::vector<std::vector<std::size_t>> common(a.size() + 1,
                                                 std::vector<std::size_t>(b.size() + 1, 0));
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            common[i][j] = a[i - 1] == b[j - 1] ? common[i - 1][j - 1] + 1
                                                : std::max(common[i - 1][j], common[i][j - 1]);
        }
    }
    return a.size() + b.size() - (2 * common[a.size()][b.size()]);
}

void write(const std::filesystem::path& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
}

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// What patch(1) makes of `a`.
std::string patched(std::string_view a, std::string_view diff) {
    const aion::test::TemporaryFolder folder;
    write(folder / "a", a);
    write(folder / "diff", diff);
    // An empty result stays a file.
    const std::string command = "cd '" + folder.path().string() +
                                "' && patch --quiet --posix --binary a <diff >out 2>&1; echo >>out";
    EXPECT_EQ(std::system(command.c_str()), 0);  // NOLINT(cert-env33-c): a fixed line
    return read(folder / "a");
}

std::string text_of(const std::vector<int>& lines, bool ends) {
    std::string text;
    for (const int line : lines) {
        text += std::string(static_cast<std::size_t>(line % 3), '-') + std::to_string(line) + "\n";
    }
    if (!ends && !text.empty()) {
        text.pop_back();
    }
    return text;
}

TEST(UnifiedDiff, IsThatOfDiff) {
    EXPECT_EQ(diff_of("a\nb\nc\n", "a\nb\nc\n"), "");
    EXPECT_EQ(diff_of("", ""), "");
    EXPECT_EQ(diff_of("limit: 100\nname: x\n", "limit: 250\nname: x\n"),
              "--- a\n+++ b\n@@ -1,2 +1,2 @@\n-limit: 100\n+limit: 250\n name: x\n");
    EXPECT_EQ(diff_of("", "a\n"), "--- a\n+++ b\n@@ -0,0 +1 @@\n+a\n");
    EXPECT_EQ(diff_of("a\nb\n", ""), "--- a\n+++ b\n@@ -1,2 +0,0 @@\n-a\n-b\n");
    EXPECT_EQ(diff_of("a", "a\n"),
              "--- a\n+++ b\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
    EXPECT_EQ(diff_of("a\r\nb", "a\nb"),
              "--- a\n+++ b\n@@ -1,2 +1,2 @@\n-a\r\n+a\n b\n\\ No newline at end of file\n");
}

TEST(UnifiedDiff, JoinsWhatIsNearAndKeepsTheContextAskedFor) {
    const std::string a = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    const std::string b = "1\nX\n3\n4\n5\n6\n7\nY\n9\n";
    EXPECT_EQ(diff_of(a, b, 0), "--- a\n+++ b\n@@ -2 +2 @@\n-2\n+X\n@@ -8 +8 @@\n-8\n+Y\n");
    EXPECT_EQ(diff_of(a, b, 2),
              "--- a\n+++ b\n@@ -1,4 +1,4 @@\n 1\n-2\n+X\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n-8\n+Y\n"
              " 9\n");
    EXPECT_EQ(diff_of(a, b, 3), diff_of(a, b, SIZE_MAX));
}

TEST(UnifiedDiff, CountsLines) {
    const auto counts = unified_diff("a\nb\n", "b\nc\nd\n", {.a_label = {}, .b_label = {}},
                                     [](std::string_view) {});
    EXPECT_EQ(*counts, (LineCounts{.removed = 1, .added = 2}));
}

TEST(UnifiedDiff, HasLabelsOfOneLine) {
    std::string out;
    const auto counts = unified_diff(
        "x\n", "y\n",
        {.a_label = "a\n+++ evil\n@@ -1 +1 @@\r\n", .b_label = "\x1b[2J\tb\xE2\x80\xA8"},
        [&](std::string_view piece) { out += piece; });
    ASSERT_TRUE(counts.has_value());
    EXPECT_EQ(out,
              "--- a\\n+++ evil\\n@@ -1 +1 @@\\r\\n\n+++ \\x1b[2J\\tb\\u{2028}\n"
              "@@ -1 +1 @@\n-x\n+y\n");
}

TEST(UnifiedDiff, IsNotOfMoreLinesThanCanBeCompared) {
    const std::string half(most_lines / 2, '\n');
    EXPECT_TRUE(check_unified_diff(half, half).has_value());
    EXPECT_TRUE(check_unified_diff(half, half + "x").error().message().find("8000001 lines") !=
                std::string::npos);
    bool is_told = false;
    const auto counts = unified_diff(half, half + "\n", {.a_label = "a", .b_label = "b"},
                                     [&](std::string_view /*piece*/) { is_told = true; });
    ASSERT_FALSE(counts.has_value());
    EXPECT_EQ(counts.error().detail(), "text_too_many_lines");
    EXPECT_FALSE(is_told);
}

RC_GTEST_PROP(UnifiedDiff, MakesBOfAWithTheFewestLines, (bool a_ends, bool b_ends)) {
    const auto lines = rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 8));
    const std::string a = text_of(*lines, a_ends);
    const std::string b = text_of(*lines, b_ends);
    RC_ASSERT(rebuilt(a, b) == b);
    const auto counts =
        unified_diff(a, b, {.a_label = "a", .b_label = "b"}, [](std::string_view) {});
    RC_ASSERT(counts->removed + counts->added == fewest_changes(lines_of(a), lines_of(b)));
}

TEST(UnifiedDiff, IsAppliedByPatch) {
    std::mt19937 random(20261126);
    for (int round = 0; round < 60; ++round) {
        std::vector<int> lines(random() % 40);
        for (int& line : lines) {
            line = static_cast<int>(random() % 12);
        }
        std::vector<int> other = lines;
        for (int change = 0; change < 5; ++change) {
            const auto place =
                other.begin() + static_cast<std::ptrdiff_t>(random() % (other.size() + 1));
            if (random() % 2 == 0 || place == other.end()) {
                other.insert(place, static_cast<int>(random() % 12));
            } else {
                other.erase(place);
            }
        }
        const std::string a = text_of(lines, random() % 2 == 0);
        const std::string b = text_of(other, random() % 2 == 0);
        const std::string diff = diff_of(a, b, random() % 5);
        if (!diff.empty() && !b.empty()) {
            EXPECT_EQ(patched(a, diff), b) << a << "---\n" << b << "---\n" << diff;
        }
    }
    const std::string hostile = "--- a\n+++ b\n@@ -1 +1 @@\n\x1b[2J\xff\n\\ No newline\n";
    const std::string diff = diff_of("x\n" + hostile, hostile + "y");
    EXPECT_EQ(patched("x\n" + hostile, diff), hostile + "y");
}

// Texts that drive a search to the square of their length.
TEST(UnifiedDiff, EndsInTimeAndIsRightWhateverTheTextsAre) {
    constexpr int count = 150'000;
    std::mt19937 random(1);
    std::vector<int> in_order(count);
    std::vector<int> shuffled(count);
    std::vector<int> few(count);
    std::vector<int> other_few(count);
    for (int i = 0; i < count; ++i) {
        in_order[static_cast<std::size_t>(i)] = i;
        few[static_cast<std::size_t>(i)] = static_cast<int>(random() % 2);
        other_few[static_cast<std::size_t>(i)] = static_cast<int>(random() % 2);
    }
    shuffled = in_order;
    std::ranges::shuffle(shuffled, random);
    const auto begin = std::chrono::steady_clock::now();
    for (const auto& [one, two] : {std::pair(&in_order, &shuffled), std::pair(&few, &other_few)}) {
        const std::string a = text_of(*one, true);
        const std::string b = text_of(*two, true);
        EXPECT_TRUE(rebuilt(a, b) == b);
    }
    // Far more than it takes, far less than the square would.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

TEST(Text, IsUtf8WithoutNul) {
    EXPECT_TRUE(is_text(as_bytes("")));
    EXPECT_TRUE(is_text(as_bytes("\xC3\xA9\x1b\n")));
    EXPECT_FALSE(is_text(as_bytes(std::string_view("a\0b", 3))));
    EXPECT_FALSE(is_text(as_bytes("\xFF")));
}

}  // namespace
}  // namespace aion::report
