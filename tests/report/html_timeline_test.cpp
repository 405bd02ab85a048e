// SPDX-License-Identifier: MIT OR Apache-2.0
// The drawing of a history.
#include <gmock/gmock.h>

#include "report/html_history.hpp"
#include "report/pages.hpp"

namespace aion::report {
namespace {

using aion::test::XmlPage;
using test::examined;
using test::file_of;
using test::page_of;
using test::texts;
using test::two_authors;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(HtmlTimelineTest, EpochsAreBandsAndTheirEndsAreMarked) {
    const trust::Registry registry = two_authors(11);
    const XmlPage page(page_of(examined(file_of(10), registry)));
    ASSERT_EQ(page.fault(), "");
    const std::vector<std::string> labels = texts(page.all("text"));
    EXPECT_THAT(labels, Contains("1001"));
    EXPECT_THAT(labels, Contains("1002"));
    EXPECT_THAT(labels, Contains("epoch 1 from 9"));
    EXPECT_EQ(page.all("line", "rotation").size(), 1);
    // The revocation comes behind the last version: it is in the table, not in the drawing.
    EXPECT_THAT(page.all("line", "revocation"), IsEmpty());
    EXPECT_THAT(texts(page.all("td")), Contains(HasSubstr("✗ revoked")));
    EXPECT_EQ(page.all("circle", "proven").size(), 11);  // one in its key
}

TEST(HtmlTimelineTest, ARevocationIsMarkedWhereItBegins) {
    const trust::Registry registry = two_authors(4);
    const XmlPage page(page_of(examined(file_of(10), registry)));
    ASSERT_EQ(page.fault(), "");
    EXPECT_EQ(page.all("line", "revocation").size(), 1);
    EXPECT_THAT(texts(page.all("text", "revoked")),
                Contains("✕ epoch 0 revoked from 4 (compromised)"));
    EXPECT_THAT(texts(page.all("text", "unproven")), Contains("not proven: the file is INVALID"));
    EXPECT_EQ(page.all("circle", "held").size(), 9);   // eight verify; one in its key
    EXPECT_EQ(page.all("path", "refused").size(), 3);  // two do not
}

TEST(HtmlTimelineTest, ManyVersionsAreColumns) {
    const trust::Registry registry = two_authors(10'000);
    const XmlPage page(page_of(examined(file_of(1000), registry)));
    ASSERT_EQ(page.fault(), "");
    EXPECT_LE(page.all("rect", "bar").size(), 300);
    EXPECT_GE(page.all("rect", "bar").size(), 200);
    EXPECT_THAT(texts(page.all("p", "soft")), Contains(HasSubstr("Each column stands for 7 ver")));
    EXPECT_THAT(texts(page.all("text")), Contains("1000"));
}

TEST(HtmlTimelineTest, ManyAuthorsShareALane) {
    trust::Registry registry;
    MemoryEnv env(1);
    env.set_now(Timestamp{1});
    crypto::SigningKey& key = aion::test::key_of(aion::test::alices);
    for (std::uint64_t author = 1; author <= 30; ++author) {
        registry
            .pin(AuthorId{author}, aion::test::public_of(aion::test::masters), key.public_half())
            .value();
    }
    policy::create(env, "/many.aion", {as_bytes("a"), AuthorId{1}, ""}, key).value();
    auto session = policy::CommitSession::open(env, "/many.aion", registry).value();
    for (std::uint64_t author = 2; author <= 30; ++author) {
        session.add({as_bytes("b"), AuthorId{author}, ""}, key).value();
    }
    session.save().value();
    const XmlPage page(page_of(examined(*env.get("/many.aion"), registry)));
    ASSERT_EQ(page.fault(), "");
    EXPECT_EQ(page.all("text", "author").size(), 12);
    EXPECT_THAT(texts(page.all("text", "author")), Contains("19 others"));
    EXPECT_EQ(page.all("circle", "proven").size(), 31);
}

TEST(HtmlTimelineTest, AnOverviewCountsWhatWasSigned) {
    const trust::Registry registry = two_authors(5);
    const Overview overview = look_over(examined(file_of(10), registry));
    EXPECT_EQ(overview.versions.size(), 10);
    EXPECT_EQ(overview.by_author.at(aion::test::bob), 3);
    EXPECT_EQ(overview.refused, 2);
    const policy::SignerUse use = overview.by_epoch.at({aion::test::alice, Epoch{0}});
    EXPECT_EQ(use.versions, 6);
    EXPECT_EQ(use.first, VersionNumber{1});
    EXPECT_EQ(use.last, VersionNumber{8});
    EXPECT_EQ(overview.by_epoch.at({aion::test::bob, Epoch{0}}).versions, 1);
}

}  // namespace
}  // namespace aion::report
