// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/inspect.hpp"

#include <gtest/gtest.h>

#include "aion/format/file_image.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

class InspectTest : public World {
  protected:
    void SetUp() override {
        World::SetUp();
        must_create("one");
        must_commit("two", "second", bob);
        file = content();
    }

    format::FileView view() const { return *format::FileView::parse(file); }

    Bytes file;
};

TEST_F(InspectTest, PayloadWithoutVerdict) {
    EXPECT_EQ(as_text(*payload_unverified(view())), "two");
    file[256 + 13] ^= 1U;
    EXPECT_EQ(payload_unverified(view()).error().code(), ErrorCode::decryption_failed);
}

TEST_F(InspectTest, SummaryHoldsEverything) {
    const auto summary = summarize(view(), registry);
    ASSERT_TRUE(summary.has_value());
    EXPECT_EQ(summary->version_count, 2U);
    EXPECT_EQ(summary->current_version, VersionNumber{2});
    ASSERT_EQ(summary->versions.size(), 2U);
    EXPECT_FALSE(summary->versions[0].parent_hash.has_value());
    EXPECT_EQ(summary->versions[1].parent_hash, summary->versions[0].version_hash);
    ASSERT_EQ(summary->signatures.size(), 2U);
    EXPECT_TRUE(summary->signatures[0].verified && summary->signatures[1].verified);
    EXPECT_EQ(summary->signatures[1].public_key, bob_key.public_half());
}

TEST_F(InspectTest, EachSignatureIsJudgedOnItsOwn) {
    const auto where = view().offset_of(&(*view().signature_at(0))->signature);
    file[where] ^= 1U;
    const auto all = signatures(view(), registry);
    ASSERT_TRUE(all.has_value());
    EXPECT_FALSE((*all)[0].verified);
    EXPECT_FALSE((*all)[0].error->empty());
    EXPECT_TRUE((*all)[1].verified);
    EXPECT_FALSE((*all)[1].error.has_value());
}

TEST_F(InspectTest, MessagesAreAlwaysText) {
    const auto strings = view().offset_of(view().strings()->data());
    file[strings] = 0xFF;
    EXPECT_TRUE((*history(view()))[0].message.starts_with("\xEF\xBF\xBD"));
}

TEST_F(InspectTest, FileWithoutVersions) {
    format::FileImage image({});
    image.finish();
    const auto empty = *format::FileView::parse(image.bytes());
    EXPECT_EQ(payload_unverified(empty).error().message(),
              "Invalid file format: File has no versions");
    EXPECT_TRUE(history(empty)->empty());
    EXPECT_EQ(summarize(empty, registry)->current_version, VersionNumber{0});
}

}  // namespace
}  // namespace aion::policy::test
