// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/export_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>

#include "report/export_world.hpp"

namespace aion::report {
namespace {

using Json = nlohmann::ordered_json;

class ExportCheckTest : public test::ExportWorld {
  protected:
    static ExportCheck check(std::string_view text, ExportFormat format,
                             const policy::Examination& file) {
        report::Run now = run();
        now.file_path = "elsewhere.aion";
        now.generated_at = Timestamp{policy::test::start.value + 1};
        auto checked = check_export(text, format, file, now);
        EXPECT_TRUE(checked) << checked.error().full_message();
        return checked ? *checked : ExportCheck{};
    }

    static std::string places(const ExportCheck& check) {
        std::string text;
        for (const ExportDifference& difference : check.differences) {
            text += difference.place + ": " + difference.stated.value_or("(nothing)") + " / " +
                    difference.found.value_or("(nothing)") + "\n";
        }
        return text;
    }
};

constexpr std::array formats = {ExportFormat::json, ExportFormat::yaml, ExportFormat::csv};

TEST_F(ExportCheckTest, AnExportAgreesWithItsFile) {
    make_hostile_file();
    const auto file = examined();
    for (const ExportFormat format : formats) {
        for (const bool like_reference : {false, true}) {
            const auto result = check(exported(file, format, like_reference), format, file);
            EXPECT_TRUE(result.agrees()) << name_of(format) << '\n' << places(result);
            EXPECT_EQ(result.relation, ExportRelation::same_state);
            EXPECT_EQ(result.is_ours, !like_reference);
        }
    }
    EXPECT_TRUE(
        check(exported(file, ExportFormat::csv, false, true), ExportFormat::csv, file).agrees());
    EXPECT_TRUE(
        check(exported(file, ExportFormat::csv, true) + "\n", ExportFormat::csv, file).agrees());
}

TEST_F(ExportCheckTest, TheExportOfAnInvalidFileAgreesWithIt) {
    must_create();
    Bytes bytes = content();
    bytes[bytes.size() / 2] ^= 1U;
    const auto file = examined(bytes);
    for (const ExportFormat format : formats) {
        EXPECT_TRUE(check(exported(file, format), format, file).agrees());
    }
}

// Every value that an export has, by its place; `change` each in turn.
void each_leaf(Json& value, const std::string& place,
               const std::function<void(const std::string&, Json&)>& change) {
    if (value.is_structured() && !value.empty()) {
        for (auto& [key, inner] : value.items()) {
            each_leaf(inner, place + (value.is_array() ? "[" + key + "]" : "." + key), change);
        }
    } else {
        change(place, value);
    }
}

bool is_of_the_run(const std::string& place) {
    return place == ".source_file" || (place.starts_with(".run.") && place != ".run.pinned");
}

TEST_F(ExportCheckTest, EverySingleChangedValueIsFound) {
    must_create();
    must_commit("rules: 2\n", "second");
    const auto file = examined();
    for (const bool like_reference : {false, true}) {
        Json tree = Json::parse(exported(file, ExportFormat::json, like_reference));
        std::size_t changed = 0;
        each_leaf(tree, "", [&](const std::string& place, Json& value) {
            const Json before = value;
            for (const Json& other :
                 {Json("x"), Json(7), Json(nullptr), Json(!before.is_boolean() || !before),
                  Json::array({1}),
                  Json(before.is_string() ? before.get<std::string>() + " " : "")}) {
                if (other == before) {
                    continue;
                }
                value = other;
                const auto result = check_export(tree.dump(), ExportFormat::json, file, run());
                const bool is_found = !result || !result->agrees();
                EXPECT_EQ(is_found, !is_of_the_run(place)) << place << " " << other;
                ++changed;
            }
            value = before;
        });
        EXPECT_GT(changed, like_reference ? 100U : 400U);
    }
}

TEST_F(ExportCheckTest, WhatIsMissingAndWhatIsTooMuchIsFound) {
    must_create();
    must_commit("rules: 2\n", "second");
    const auto file = examined();
    const Json tree = Json::parse(exported(file, ExportFormat::json));
    for (const auto& [key, value] : tree.items()) {
        Json less = tree;
        less.erase(key);
        const auto result = check_export(less.dump(), ExportFormat::json, file, run());
        EXPECT_EQ(!result || !result->agrees(), key != "source_file" && key != "run") << key;
    }
    Json more = tree;
    more["versions"][1]["approved"] = true;
    EXPECT_EQ(places(check(more.dump(), ExportFormat::json, file)),
              "versions[1].approved: true / (nothing)\n");
    more = tree;
    more["signatures"].push_back("x");
    EXPECT_EQ(places(check(more.dump(), ExportFormat::json, file)),
              "signatures[2]: x / (nothing)\n");
}

TEST_F(ExportCheckTest, DifferencesSayBothValues) {
    must_create();
    const auto file = examined();
    Json tree = Json::parse(exported(file, ExportFormat::json));
    tree["versions"][0]["message"] = "something else";
    EXPECT_EQ(places(check(tree.dump(), ExportFormat::json, file)),
              "versions[0].message: something else / Genesis version\n");
    tree = Json::parse(exported(file, ExportFormat::json));
    tree["versions"][0]["version"] = "1";
    EXPECT_EQ(places(check(tree.dump(), ExportFormat::json, file)),
              "versions[0].version: 1 (of another type) / 1\n");
    std::string table = exported(file, ExportFormat::csv);
    table.replace(table.find("Genesis"), 7, "=enesis");
    EXPECT_EQ(places(check(table, ExportFormat::csv, file)),
              "versions[0].message: =enesis version / Genesis version\n");
}

TEST_F(ExportCheckTest, AnEarlierStateAgreesInWhatItStates) {
    must_create();
    must_commit("rules: 2\n", "second");
    const auto before = examined();
    must_commit("rules: 3\n", "third");
    const auto after = examined();
    for (const ExportFormat format : formats) {
        for (const bool like_reference : {false, true}) {
            const std::string text = exported(before, format, like_reference);
            const auto earlier = check(text, format, after);
            EXPECT_TRUE(earlier.agrees()) << places(earlier);
            EXPECT_EQ(earlier.relation, ExportRelation::earlier);
            EXPECT_EQ(earlier.versions_stated, 2U);
            EXPECT_EQ(earlier.versions_found, 3U);
            const auto later = check(exported(after, format, like_reference), format, before);
            EXPECT_FALSE(later.agrees());
            EXPECT_EQ(later.relation, ExportRelation::later);
        }
    }
    Json cut = Json::parse(exported(after, ExportFormat::json));
    cut["versions"].erase(2);
    EXPECT_FALSE(check(cut.dump(), ExportFormat::json, after).agrees());
}

TEST_F(ExportCheckTest, AnExportOfAnotherFileIsSaidToBeThat) {
    must_create();
    must_commit("rules: 2\n", "second");
    const auto other = examined();
    path = "/policies/other.aion";
    must_create("rules: 7\n");
    must_commit("rules: 8\n", "second");
    const auto file = examined();
    for (const ExportFormat format : formats) {
        const auto result = check(exported(other, format), format, file);
        EXPECT_FALSE(result.agrees());
        EXPECT_EQ(result.relation, ExportRelation::other_file);
        EXPECT_EQ(result.differences.size(), format == ExportFormat::csv ? 1U : 2U);
    }
}

policy::Examination with_pins(ByteView bytes, const trust::Registry& registry, policy::Pins pins) {
    policy::ExamineOptions how;
    how.digests = true;
    how.verify.pins = pins;
    return policy::examine(bytes, registry, policy::test::start, how).value();
}

bool leaves_out(const ExportCheck& check, std::string_view place) {
    return std::ranges::find(check.not_compared, place) != check.not_compared.end();
}

// Nothing bears out pins that this run has not.
TEST_F(ExportCheckTest, PinsThatOnlyTheExportHadAreADifferenceAndNothingElseIs) {
    must_create();
    const auto file = examined();
    policy::Pins pins;
    pins.min_version = VersionNumber{1};
    const auto some = with_pins(content(), registry, pins);
    pins.head = file.report().head;
    pins.file_id = file.report().file_id;
    const auto all = with_pins(content(), registry, pins);
    for (const ExportFormat format : {ExportFormat::json, ExportFormat::yaml}) {
        for (const auto* const pinned : {&some, &all}) {
            ASSERT_TRUE(pinned->report().is_valid());
            EXPECT_EQ(places(check(exported(*pinned, format), format, file)),
                      "run.pinned: true / false: without pins in this run, nothing says what they "
                      "came to\n");
            EXPECT_TRUE(check(exported(*pinned, format), format, *pinned).agrees());
            const auto without = check(exported(file, format), format, *pinned);
            EXPECT_TRUE(without.agrees()) << places(without);
            EXPECT_TRUE(leaves_out(without, "run.pinned"));
        }
    }
    pins.head = Hash{};
    const auto refused = with_pins(content(), registry, pins);
    ASSERT_FALSE(refused.report().is_valid());
    EXPECT_TRUE(check(exported(file, ExportFormat::json), ExportFormat::json, refused).agrees());
}

TEST_F(ExportCheckTest, ClaimingPinsHidesNothing) {
    must_create();
    const auto file = examined();
    Json tree = Json::parse(exported(file, ExportFormat::json));
    tree["run"]["pinned"] = true;
    tree["verification"]["gates"][7]["state"] = "passed";
    tree["verification"]["gates"][7]["asked"] = true;
    tree["verification"]["unauthenticated"] =
        Json::array({{{"what", "NOTHING"}, {"explanation", "everything is authenticated"}}});
    const std::string found = places(check(tree.dump(), ExportFormat::json, file));
    EXPECT_NE(found.find("run.pinned"), std::string::npos);
    EXPECT_NE(found.find("verification.unauthenticated[0].what: NOTHING / message_texts\n"),
              std::string::npos);
    tree["run"]["pinned"] = false;
    EXPECT_NE(places(check(tree.dump(), ExportFormat::json, file))
                  .find("verification.gates[7].state: passed / skipped\n"),
              std::string::npos);
    tree["run"]["pinned"] = "yes";
    EXPECT_NE(places(check(tree.dump(), ExportFormat::json, file)).find("run.pinned: yes / false"),
              std::string::npos);
}

// Every value of the verdict that could be about other bytes still has to be one.
TEST_F(ExportCheckTest, TheVerdictOnAnEarlierStateMustBeOne) {
    must_create();
    must_commit("rules: 2\n", "second");
    const Json before = Json::parse(exported(examined(), ExportFormat::json));
    must_commit("rules: 3\n", "third");
    const auto after = examined();
    const auto said = check(before.dump(), ExportFormat::json, after);
    EXPECT_TRUE(said.agrees()) << places(said);
    EXPECT_TRUE(leaves_out(said, "verification"));
    const auto differs_at = [&](const std::string& place,
                                const std::function<void(Json&)>& change) {
        Json tree = before;
        change(tree["verification"]);
        const std::string found = places(check(tree.dump(), ExportFormat::json, after));
        EXPECT_NE(found.find("verification." + place + ": "), std::string::npos) << place << '\n'
                                                                                 << found;
    };
    differs_at("blah", [](Json& v) { v = {{"verdict", "VALID"}, {"blah", true}}; });
    differs_at("gates", [](Json& v) { v = {{"verdict", "VALID"}, {"blah", true}}; });
    differs_at("verdict", [](Json& v) { v["verdict"] = "SPLENDID"; });
    differs_at("is_valid", [](Json& v) { v["is_valid"] = false; });
    differs_at("head", [](Json& v) { v["head"] = std::string(64, '0'); });
    differs_at("head", [](Json& v) { v.erase("head"); });
    differs_at("signatures_valid", [](Json& v) { v["signatures_valid"] = 1; });
    differs_at("gates[3].state", [](Json& v) { v["gates"][3]["state"] = "failed"; });
    differs_at("file.size", [](Json& v) { v["file"]["size"] = "big"; });
    differs_at("registry.sha256", [](Json& v) { v["registry"]["sha256"] = "ff"; });
    differs_at("unauthenticated[2]", [](Json& v) { v["unauthenticated"].erase(2); });
    differs_at("unauthenticated[0].explanation",
               [](Json& v) { v["unauthenticated"][0]["explanation"] = "all is well"; });
    Json without = before;
    without.erase("verification");
    EXPECT_FALSE(check(without.dump(), ExportFormat::json, after).agrees());
}

TEST_F(ExportCheckTest, AnExportThatStatesNoVersionDoesNotAgree) {
    must_create();
    const auto file = examined();
    for (const bool like_reference : {false, true}) {
        Json tree = Json::parse(exported(file, ExportFormat::json, like_reference));
        tree["versions"] = Json::array();
        tree["signatures"] = Json::array();
        tree["file_info"]["version_count"] = 0;
        tree["file_info"]["current_version"] = 0;
        if (!like_reference) {
            tree["file_info"]["version_count_text"] = "0";
            tree["file_info"]["current_version_text"] = "0";
            tree["audit_trail"] = Json::array();
            tree["verification"]["signatures_valid"] = 0;
            tree["verification"]["signatures_valid_text"] = "0";
        }
        EXPECT_NE(places(check(tree.dump(), ExportFormat::json, file))
                      .find("versions: no version / 1 of them\n"),
                  std::string::npos);
        std::string table = exported(file, ExportFormat::csv, like_reference);
        table.resize(table.find('\n') + 1);
        EXPECT_EQ(places(check(table, ExportFormat::csv, file)),
                  "versions: no version / 1 of them\n");
    }
}

TEST_F(ExportCheckTest, WhatIsNoExportIsAnError) {
    must_create();
    const auto file = examined();
    const auto detail = [&](std::string_view text, ExportFormat format) {
        return check_export(text, format, file, run()).error().detail();
    };
    EXPECT_EQ(detail("{}", ExportFormat::json), "export_unknown_form");
    EXPECT_EQ(detail("a,b\n", ExportFormat::csv), "export_unknown_form");
    EXPECT_EQ(detail(exported(file, ExportFormat::csv) + "1,2\n", ExportFormat::csv), "csv_syntax");
}

TEST_F(ExportCheckTest, ATableThatASpreadsheetSavedAgainAgrees) {
    make_hostile_file();
    const auto file = examined();
    const std::string table = exported(file, ExportFormat::csv);
    EXPECT_TRUE(check("\ufeff" + table, ExportFormat::csv, file).agrees());
    // Cells that hold nothing special lose their quotation marks.
    std::string bare = table;
    const std::size_t line = bare.find('\n');
    bare.replace(0, line, [&] {
        std::string columns = bare.substr(0, line);
        std::erase(columns, '"');
        return columns;
    }());
    EXPECT_TRUE(check(bare, ExportFormat::csv, file).agrees());
}

// Refused at once: 64 MiB of commas would have been as many strings.
TEST_F(ExportCheckTest, ARowOfMoreCellsThanColumnsIsNotRead) {
    must_create();
    const auto file = examined();
    const std::string commas(std::size_t{64} << 20U, ',');
    for (const std::string& text : {commas, exported(file, ExportFormat::csv) + commas}) {
        const auto result = check_export(text, ExportFormat::csv, file, run());
        EXPECT_EQ(result.error().detail(), "csv_syntax");
        EXPECT_NE(result.error().message().find("more than 16 cells"), std::string::npos);
    }
}

TEST_F(ExportCheckTest, DifferencesAreListedUpToALimit) {
    must_create();
    const auto file = examined();
    std::string text = R"({"export_version":"1.0","versions":[)";
    for (std::size_t i = 0; i < max_differences + 5; ++i) {
        text += i == 0 ? "1" : ",1";
    }
    const auto result = check(text + "]}", ExportFormat::json, file);
    EXPECT_EQ(result.differences.size(), max_differences);
    EXPECT_GT(result.difference_count, max_differences);
}

}  // namespace
}  // namespace aion::report
