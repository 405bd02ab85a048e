// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include "support/world.hpp"

namespace aion::policy::test {
namespace {

class EventsTest : public World {
  protected:
    EventSink sink() {
        return [this](const Event& event) { lines.push_back(line(event)); };
    }

    static std::string line(const Event& event) {
        std::string text = event.level == EventLevel::warn ? "WARN " : "INFO ";
        text += std::string(event.target) + " " + std::string(event.name);
        for (const auto& field : event.fields) {
            text += " " + std::string(field.name) + "=";
            if (const auto* number = std::get_if<std::uint64_t>(&field.value)) {
                text += std::to_string(*number);
            } else if (const auto* plain = std::get_if<std::string>(&field.value)) {
                text += *plain;
            } else {
                text += '"' + std::string(std::get<Event::Name>(field.value).text) + '"';
            }
        }
        return text;
    }

    VerifyOptions listening() {
        VerifyOptions options;
        options.events = sink();
        return options;
    }

    std::vector<std::string> lines;
};

TEST_F(EventsTest, OutcomesOfWriting) {
    CreateOptions creating;
    creating.events = sink();
    creating.file_id = FileId{0x0123456789abcdef};
    must_create("one", creating);
    CommitOptions options;
    options.verify.events = sink();
    ASSERT_TRUE(commit(env, path, {as_bytes("two"), alice, "m"}, alice_key, registry, options));
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].substr(0, lines[0].rfind('=')),
              "INFO operations file_initialized file_id=0x0123456789abcdef "
              "author=1001 rules_hash");
    EXPECT_EQ(lines[1], "INFO operations file_verified file_id=0x0123456789abcdef versions=1");
    EXPECT_TRUE(lines[2].starts_with(
        "INFO operations commit_accepted file_id=0x0123456789abcdef author=1001 "
        "version=2 version_hash="));
}

TEST_F(EventsTest, RefusedCommitsAreLoggedToo) {
    must_create();
    CommitOptions options;
    options.verify.events = sink();
    auto stranger = key_from(0x55);
    ASSERT_FALSE(
        commit(env, path, {{}, AuthorId{5}, "m"}, stranger, registry, options).has_value());
    EXPECT_TRUE(lines.back().starts_with("WARN operations commit_rejected file_id="));
    EXPECT_TRUE(lines.back().ends_with("author=5 reason=\"unauthorized_signer\""));
}

TEST_F(EventsTest, RejectionsNameEverySignatureThenTheAuditTrailThenTheFile) {
    must_create();
    must_commit("two");
    Bytes bytes = content();
    const auto view = format::FileView::parse(bytes);
    const auto offset = [&](const void* inside) { return view->offset_of(inside); };
    bytes[offset(&(*view->signature_at(0))->signature)] ^= 1U;
    bytes[offset(&(*view->audit_at(1))->previous_hash)] ^= 1U;
    rehash(bytes);
    check(bytes, listening());
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0],
              "WARN signature_chain signature_rejected version=1 author=1001 "
              "reason=\"bad_signature\"");
    EXPECT_EQ(lines[1],
              "WARN audit audit_chain_broken timestamp=1700000001000000000 "
              "reason=\"prev_hash_mismatch\"");
    EXPECT_TRUE(lines[2].starts_with("WARN operations file_rejected file_id="));
    EXPECT_TRUE(lines[2].ends_with("versions=2 reason=\"audit_chain_broken\""));
}

TEST_F(EventsTest, UnparseableInputHasOneEvent) {
    check(as_bytes("short"), listening());
    check(Bytes(300, 0), listening());
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0], "WARN parser parser_rejected bytes=5 reason=\"truncated_input\"");
    EXPECT_EQ(lines[1], "WARN parser parser_rejected bytes=300 reason=\"header_invalid\"");
}

TEST_F(EventsTest, GatesThatTheReferenceLacksHaveReasonsOfTheirOwn) {
    must_create();
    Bytes bytes = content();
    bytes[16] = 9;
    rehash(bytes);
    check(bytes, listening());
    EXPECT_TRUE(lines.back().ends_with("reason=\"header_mismatch\""));
    bytes = content();
    bytes[260] ^= 1U;
    rehash(bytes);
    check(bytes, listening());
    EXPECT_TRUE(lines.back().ends_with("reason=\"payload_invalid\""));
    VerifyOptions pinned = listening();
    pinned.pins.min_version = VersionNumber{2};
    check(content(), pinned);
    EXPECT_TRUE(lines.back().ends_with("reason=\"pin_mismatch\""));
}

}  // namespace
}  // namespace aion::policy::test
