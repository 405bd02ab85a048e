// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/structural_diff.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <charconv>
#include <functional>
#include <nlohmann/json.hpp>

#include "report/number.hpp"

namespace aion::report {
namespace {

// One line a change: `changed /a 1 -> 2`.
std::string changes(std::string_view a, std::string_view b) {
    const auto diff = structural_diff(a, b);
    if (!diff) {
        return diff.error().full_message();
    }
    std::string out;
    for (const StructuralChange& change : diff->changes) {
        out += std::string(name_of(change.kind)) + " " + change.path;
        if (change.kind == ChangeKind::changed && change.b_path != change.path) {
            out += "=" + change.b_path;
        }
        out += " " + change.from;
        if (change.kind == ChangeKind::changed) {
            out += " -> ";
        }
        out += change.to + "\n";
    }
    return out;
}

TEST(StructuralDiff, SaysWhatChangedByPath) {
    EXPECT_EQ(changes(R"({"a": 1, "b": {"c": [1, 2], "d": null}})",
                      R"({"b": {"d": null, "c": [1, 3]}, "a": 1})"),
              "changed /b/c/1 2 -> 3\n");
    EXPECT_EQ(changes(R"({"a": 1, "x/y~z": true})", R"({"b": "t"})"),
              "removed /a 1\nadded /b \"t\"\nremoved /x~1y~0z true\n");
    EXPECT_EQ(changes("[1]", R"({"0": 1})"), "changed  [1] -> {\"0\":1}\n");
    EXPECT_EQ(changes("1", "2"), "changed  1 -> 2\n");
    EXPECT_EQ(changes("{}", "{}"), "");
}

TEST(StructuralDiff, FindsWhatListsHaveInCommon) {
    EXPECT_EQ(changes("[1,2,3,4]", "[0,1,2,4]"), "added /0 0\nremoved /2 3\n");
    EXPECT_EQ(changes(R"([{"n": "a", "v": 1}, {"n": "b"}])", R"([{"n": "x"}, {"n": "a", "v": 2}])"),
              "changed /0/n \"a\" -> \"x\"\nremoved /0/v 1\nchanged /1/n \"b\" -> \"a\"\n"
              "added /1/v 2\n");
    EXPECT_EQ(changes(R"([1, {"a": 1}, 9])", R"([0, 1, {"a": 2}, 9])"),
              "added /0 0\nchanged /1/a=/2/a 1 -> 2\n");
}

TEST(StructuralDiff, IsOfYamlAndJsonAlike) {
    EXPECT_EQ(changes("limit: 100\nteams:\n  - a\n", R"({"teams": ["a"], "limit": 100})"), "");
    EXPECT_EQ(changes("limit: 100\n", "limit: '100'\n"), "changed /limit 100 -> \"100\"\n");
    EXPECT_EQ(changes("on: yes\n", "on: true\n"), "changed /on \"yes\" -> true\n");
    const auto diff = structural_diff("a: 1\n", "{\"a\": 1}");
    ASSERT_TRUE(diff.has_value());
    EXPECT_EQ(diff->a_form, DocumentForm::yaml);
    EXPECT_EQ(diff->b_form, DocumentForm::json);
}

TEST(StructuralDiff, ComparesNumbersByValue) {
    EXPECT_EQ(changes("[1, 1.50, 100, -0, 0.0]", "[1.0, 15e-1, 1E2, 0, 0e9]"), "");
    EXPECT_EQ(changes("[0x1F, 0o17, +3, .5, .INF, -.inf]", "[31, 15, 3, 0.50, .inf, -.Inf]"), "");
    EXPECT_EQ(changes("9007199254740993", "9007199254740992"),
              "changed  9007199254740993 -> 9007199254740992\n");
    EXPECT_EQ(changes("0.1", "0.10000000000000001"), "changed  0.1 -> 0.10000000000000001\n");
    EXPECT_EQ(changes("1", "-1"), "changed  1 -> -1\n");
    EXPECT_EQ(changes("0x1F", "0x20"), "changed  0x1F -> 0x20\n");
    // Beyond any reason: as written.
    EXPECT_EQ(canonical_number("1E9999999999999999999"), "1e9999999999999999999");
    EXPECT_EQ(canonical_number("0x00FFFFFFFFFFFFFFFFF"), "0xfffffffffffffffff");
    EXPECT_EQ(canonical_number("-.NaN"), "-.nan");
    EXPECT_EQ(canonical_number("0012.3400e+0001"), "1234e-1");
}

TEST(StructuralDiff, SaysWhyADocumentCannotBeRead) {
    EXPECT_EQ(changes("{\"a\": 1}", "a: &x 1\n"),
              "The second document cannot be read: It is not JSON either: Invalid file format: "
              "syntax error while parsing value - invalid literal at line 1 column 1: Invalid file "
              "format: anchor at line 1 column 4");
    EXPECT_EQ(structural_diff("a: b: c", "1").error().detail(), "yaml_syntax");
}

TEST(StructuralDiff, OfManyLongPathsKeepsNoMoreThanMemoryHas) {
    const std::string key(std::size_t{1} << 20U, 'k');
    std::string a = "{\"" + key + "\": [";
    std::string b = a;
    for (int i = 0; i < 1000; ++i) {
        a += std::to_string(i) + ",";
        b += std::to_string(i + 5000) + ",";
    }
    const auto diff = structural_diff(a + "true]}", b + "true]}");
    ASSERT_TRUE(diff.has_value());
    EXPECT_EQ(diff->changes.size() + diff->omitted, 1000U);
    EXPECT_EQ(diff->changes.size(), 127U);  // 256 MiB by twice 1 MiB
}

// Applies a difference as its description says.
using Json = nlohmann::json;

std::pair<Json*, std::string> parent_of(Json& document, const std::string& path) {
    const Json::json_pointer pointer(path);
    return {&document[pointer.parent_pointer()], pointer.back()};
}

Json applied(Json document, const StructuralDiff& diff) {
    for (const StructuralChange& change : diff.changes) {
        if (change.kind == ChangeKind::changed) {
            document[Json::json_pointer(change.path)] = Json::parse(change.to);
        }
    }
    for (auto change = diff.changes.rbegin(); change != diff.changes.rend(); ++change) {
        if (change->kind == ChangeKind::removed) {
            const auto [parent, key] = parent_of(document, change->path);
            EXPECT_EQ(document[Json::json_pointer(change->path)], Json::parse(change->from));
            parent->is_array() ? parent->erase(std::stoul(key)) : (parent->erase(key), void());
        }
    }
    for (const StructuralChange& change : diff.changes) {
        if (change.kind == ChangeKind::added) {
            const auto [parent, key] = parent_of(document, change.path);
            if (parent->is_array()) {
                parent->insert(parent->begin() + std::stol(key), Json::parse(change.to));
            } else {
                (*parent)[key] = Json::parse(change.to);
            }
        }
    }
    return document;
}

Json random_document(int depth) {  // NOLINT(misc-no-recursion): bounded
    const int kind = *rc::gen::inRange(0, depth > 0 ? 6 : 3);
    const auto size = *rc::gen::inRange(0, 5);
    Json made;
    switch (kind) {
        case 0:
            return *rc::gen::inRange(-2, 3);
        case 1:
            return *rc::gen::element<std::string>("", "a", "b/~c", "\u00e9\n");
        case 2:
            return *rc::gen::element<Json>(nullptr, true, false);
        case 3:
        case 4:
            made = Json::array();
            for (int i = 0; i < size; ++i) {
                made.push_back(random_document(depth - 1));
            }
            return made;
        default:
            made = Json::object();
            for (int i = 0; i < size; ++i) {
                made[*rc::gen::element<std::string>("a", "b", "/", "~1", "")] =
                    random_document(depth - 1);
            }
            return made;
    }
}

RC_GTEST_PROP(StructuralDiff, AppliedToTheFirstGivesTheSecond, ()) {
    const Json a = random_document(3);
    const Json b = random_document(3);
    const auto diff = structural_diff(a.dump(), b.dump(2));
    RC_ASSERT(diff.has_value());
    RC_ASSERT(applied(a, *diff) == b);
    RC_ASSERT(diff->changes.empty() == (a == b));
}

}  // namespace
}  // namespace aion::report
