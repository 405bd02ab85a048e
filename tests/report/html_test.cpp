// SPDX-License-Identifier: MIT OR Apache-2.0
// Pages on one file: that they are pages, say what was found, and can be made to say nothing else.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"
#include "report/pages.hpp"
#include "report/words.hpp"
#include "support/vectors.hpp"

namespace aion::report {
namespace {

using aion::test::XmlPage;
using test::examined;
using test::file_of;
using test::page_of;
using test::texts;
using test::two_authors;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

trust::Registry registry_of(const std::string& file) {
    return trust::Registry::from_json(as_text(aion::test::read_vector(file))).value();
}

std::string word_of(const XmlPage& page) {
    const auto found = page.all("p", "word");
    return found.size() == 1 ? found[0]->text : "not one";
}

/// Nothing that only a VALID file may be said to be.
void expect_nothing_asserted(const XmlPage& page, const std::string& name) {
    EXPECT_EQ(word_of(page), "INVALID") << name;
    EXPECT_THAT(texts(page.all("span", "state")), Not(Contains(HasSubstr("Holds")))) << name;
    EXPECT_THAT(page.all("circle", "proven"), IsEmpty()) << name;
    EXPECT_THAT(page.all("rect", "proven"), IsEmpty()) << name;
    EXPECT_THAT(page.all("p", "caution"), Not(IsEmpty())) << name;
    EXPECT_THAT(page.all("p", "caution")[0]->text, HasSubstr("Nothing in this file is proven"));
}

TEST(HtmlTest, EveryGenuineFileHasAPage) {
    for (const aion::test::ValidVector& vector : aion::test::load_valid_vectors()) {
        const trust::Registry registry = registry_of(vector.registry);
        const auto file = examined(aion::test::read_vector(vector.file), registry);
        for (const Framework framework :
             {Framework::sox, Framework::hipaa, Framework::gdpr, Framework::generic}) {
            const XmlPage page(page_of(file, framework));
            ASSERT_EQ(page.fault(), "") << vector.file;
            EXPECT_EQ(word_of(page), "VALID") << vector.file;
            EXPECT_THAT(texts(page.all("h1")),
                        Contains(std::string(display_name(framework)) + " Compliance Report"))
                << vector.file;
            EXPECT_THAT(texts(page.all("code")), Contains(to_hex(vector.blake3))) << vector.file;
        }
    }
}

TEST(HtmlTest, NothingIsAssertedOfAFileThatIsNotGenuine) {
    std::size_t tried = 0;
    for (const aion::test::HostileVector& vector : aion::test::load_hostile_vectors()) {
        const trust::Registry registry = registry_of(vector.registry);
        const auto file = examined(aion::test::read_vector(vector.file), registry);
        const XmlPage page(page_of(file, Framework::sox));
        ASSERT_EQ(page.fault(), "") << vector.file;
        if (!file.report().is_valid()) {
            expect_nothing_asserted(page, vector.file);
            EXPECT_THAT(texts(page.all("p", "reason")),
                        Contains(HasSubstr(escape_controls(file.report().reason()).substr(0, 40))))
                << vector.file;
            ++tried;
        }
    }
    EXPECT_GT(tried, 20);
}

TEST(HtmlTest, AFileThatIsNoneHasAPage) {
    const trust::Registry registry = two_authors();
    const auto file = examined(as_bytes("limit: 1\n"), registry);
    const XmlPage page(page_of(file));
    ASSERT_EQ(page.fault(), "");
    expect_nothing_asserted(page, "no file");
    EXPECT_THAT(texts(page.all("p")), Contains("No version could be located in the file."));
}

TEST(HtmlTest, TheReferencesRulesProveNothing) {
    const trust::Registry registry = two_authors();
    const auto file = examined(file_of(3), registry, {.profile = policy::Profile::reference});
    const XmlPage page(page_of(file));
    ASSERT_EQ(page.fault(), "");
    EXPECT_EQ(word_of(page), "VALID");
    EXPECT_EQ(page.all("div", "odd").size(), 1);
    EXPECT_THAT(texts(page.all("p", "caution")), Each(HasSubstr("not genuine")));
    EXPECT_THAT(page.all("circle", "proven"), IsEmpty());
    EXPECT_THAT(texts(page.all("span", "state")), Not(Contains(HasSubstr("Holds"))));
}

TEST(HtmlTest, GatesSayWhatCameOfThem) {
    const trust::Registry registry = two_authors();
    Bytes file = file_of(3);
    file.back() ^= 1U;
    const XmlPage page(page_of(examined(file, registry)));
    ASSERT_EQ(page.fault(), "");
    const std::vector<std::string> cells = texts(page.all("td"));
    EXPECT_THAT(cells, Contains("✗failed1 finding"));
    EXPECT_THAT(cells, Contains("–not asked"));
    EXPECT_THAT(cells, Contains("✓passed"));
    EXPECT_THAT(cells, Contains("integrity_hash_mismatch"));
}

class HtmlHostileMessage : public ::testing::TestWithParam<std::string_view> {};

// Each of a different way out of where it stands.
INSTANTIATE_TEST_SUITE_P(
    Texts, HtmlHostileMessage,
    ::testing::Values("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
                      "' onmouseover='alert(1)", "</bdi></td></tr></table><h1>VALID</h1>",
                      "]]><!-- --><?xml?><![CDATA[", "&lt;b&gt; &amp; &#x3c;script&#x3e;",
                      "\u202eDILAV\u202c \u2066x\u2069 \u200b\u00ad\ufeff",
                      "a\nb\r\n\tc\x1b[2J\x7f", "javascript:alert(1)",
                      "</style><style>*{display:none}", "&", "<", "--><script>"));

TEST_P(HtmlHostileMessage, IsShownAsItIs) {
    const trust::Registry registry = two_authors();
    const std::string written = page_of(examined(file_of(2, GetParam()), registry));
    const XmlPage page(written);
    ASSERT_EQ(page.fault(), "");
    EXPECT_THAT(texts(page.all("div", "message")), Contains(escape_controls(GetParam())));
    EXPECT_EQ(written.find("<script"), std::string::npos);
    EXPECT_EQ(page.all("style").size(), 1);
    EXPECT_EQ(page.all("h1").size(), 1);
}

// Wherever texts come from: the page stands, and the text is on it as escape_controls has it.
RC_GTEST_PROP(HtmlTest, PathsToolsAndStatementsAreTextWhateverTheyAre,
              (const std::string& path, const std::string& other, const std::string& text)) {
    static const trust::Registry registry = two_authors();
    static const policy::Examination file = examined(file_of(2), registry);
    Report report = make_report(file, Framework::gdpr,
                                {.tool = text,
                                 .generated_at = test::judged_at,
                                 .file_path = path,
                                 .registry_path = other,
                                 .registry_digests = {},
                                 .pins_path = other});
    report.title = text;
    report.sections.push_back({.title = text,
                               .statements = {{Standing::holds, text, other},
                                              {Standing::text, path, ""},
                                              {Standing::unknown, other, ""}}});
    const XmlPage page(page_of(report));
    RC_ASSERT(page.fault() == "");
    const std::vector<std::string> shown = texts(page.all("bdi"));
    for (const std::string& each : {path, text}) {
        RC_ASSERT(std::ranges::count(shown, escape_controls(each)) > 0);
    }
    RC_ASSERT(page.all("h1")[0]->text == escape_controls(text));
}

TEST(HtmlTest, ALongMessageIsCutAndSaysSo) {
    const trust::Registry registry = two_authors();
    const XmlPage page(page_of(examined(file_of(2, std::string(5000, 'x')), registry)));
    ASSERT_EQ(page.fault(), "");
    EXPECT_EQ(page.all("div", "message")[0]->text,
              std::string(600, 'x') + " … and 4,400 more bytes");
}

TEST(HtmlTest, VersionsSayWhoSignedByWhichRight) {
    const trust::Registry registry = two_authors();
    const XmlPage page(page_of(examined(file_of(12), registry)));
    ASSERT_EQ(page.fault(), "");
    const std::string key = to_hex(aion::test::public_of(0x33));
    const std::vector<std::string> rights = texts(page.all("td", "right"));
    ASSERT_EQ(rights.size(), 12);
    EXPECT_EQ(rights[1], "epoch 1from version 9 onkey " + key.substr(0, 12) + "…");
    // The whole key is where the short one leads.
    ASSERT_NE(page.with_id("key-1001-1"), nullptr);
    EXPECT_EQ(page.with_id("key-1001-1")->text, key);
    EXPECT_THAT(texts(page.all("caption")), Contains(HasSubstr("Messages are not authenticated")));
}

TEST(HtmlTest, ARefusedSignatureSaysWhyAndWhoseKeyItIs) {
    const trust::Registry registry = two_authors(5);
    const XmlPage page(page_of(examined(file_of(6), registry)));
    ASSERT_EQ(page.fault(), "");
    EXPECT_EQ(page.all("path", "refused").size(), 2);  // and one in the key of the drawing
    EXPECT_THAT(texts(page.all("td", "time")), Contains(HasSubstr("✗refused")));
    const std::string key = to_hex(aion::test::public_of(aion::test::bobs));
    EXPECT_THAT(texts(page.all("td", "right")),
                Contains(HasSubstr("key " + key + " (not the registry's)")));
}

TEST(HtmlTest, ALongHistoryIsCountedAndItsPageIsNotLongerThanNeeded) {
    const trust::Registry registry = two_authors(10'000);
    const std::string shorter = page_of(examined(file_of(1000), registry));
    const std::string longer = page_of(examined(file_of(4000), registry));
    EXPECT_LT(longer.size(), shorter.size() + 20'000);
    EXPECT_LT(longer.size(), 1'000'000);
    const XmlPage page(longer);
    ASSERT_EQ(page.fault(), "");
    EXPECT_EQ(page.all("div", "message").size(), 500);
    EXPECT_THAT(texts(page.all("p", "note")), Contains(HasSubstr("3,500 older versions")));
    EXPECT_THAT(texts(page.all("caption")), Contains(HasSubstr("The newest 500 of 4,000")));
}

TEST(HtmlTest, ManyFindingsAreCounted) {
    const trust::Registry registry = two_authors(2);
    const XmlPage page(page_of(examined(file_of(900), registry)));
    ASSERT_EQ(page.fault(), "");
    EXPECT_EQ(std::ranges::count(texts(page.all("code")), "no_active_epoch"), 200);
    EXPECT_THAT(texts(page.all("p", "note")), Contains(HasSubstr("and 100 more findings")));
}

// Pages had a list of their own, which could differ from the one in text and Markdown.
TEST(HtmlTest, AllEvidenceIsOnThePage) {
    const trust::Registry registry = two_authors();
    policy::VerifyOptions how;
    how.pins.file_id = FileId{7};
    how.pins.head = Hash{};
    how.pins.min_version = VersionNumber{2};
    const auto file = examined(file_of(3), registry, how);
    report::Run run = test::some_run();
    run.pins_path = "pins.db";
    const Report report = make_report(file, Framework::generic, run);
    const XmlPage page(page_of(report));
    ASSERT_EQ(page.fault(), "");
    std::vector<Fact> facts = heading_of(report);
    std::ranges::copy(evidence_of(report), std::back_inserter(facts));
    EXPECT_GT(facts.size(), 14U);
    for (const Fact& fact : facts) {
        EXPECT_THAT(texts(page.all("dt")), Contains(fact.label));
        EXPECT_THAT(texts(page.all("dd")), Contains(fact.value + fact.note)) << fact.label;
    }
}

TEST(HtmlTest, TheSameReportIsTheSamePage) {
    const trust::Registry registry = two_authors();
    const auto file = examined(file_of(12), registry);
    EXPECT_EQ(page_of(file), page_of(file));
}

// Screens without colours, and whoever hears the page.
TEST(HtmlTest, HeadingsAreInOrderAndSignsHaveWords) {
    const trust::Registry registry = two_authors();
    const XmlPage page(page_of(examined(file_of(12), registry)));
    ASSERT_EQ(page.fault(), "");
    char before = '0';
    for (const auto& element : page.elements) {
        if (element.name.size() == 2 && element.name[0] == 'h' && element.name[1] <= '9') {
            EXPECT_LE(element.name[1], before + 1) << element.text;
            before = element.name[1];
        }
        if (element.attribute("class") == "sign") {
            EXPECT_EQ(element.attribute("aria-hidden"), "true");
            EXPECT_GT(page.elements[element.parent].text.size(), element.text.size());
        }
    }
    ASSERT_EQ(page.all("figure").size(), 1);
    EXPECT_THAT(page.all("desc")[0]->text, HasSubstr("12 versions by 2 authors."));
}

}  // namespace
}  // namespace aion::report
