// SPDX-License-Identifier: MIT OR Apache-2.0
// Registries of thousands: points are decoded many at a time, and yet what is wrong first is what
// is named (docs/registry.md#reading-it).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "aion/base/base64.hpp"
#include "trust/support.hpp"

namespace aion::trust {
namespace {

using test::ok;
using test::public_of;
using test::refusal;

constexpr std::size_t count = 5000;

std::string quoted(const Bytes& key) {
    return "\"" + to_base64(key) + "\"";
}

std::string key_of(std::uint8_t filler) {
    return "\"" + to_base64(public_of(filler).view()) + "\"";
}

const std::string weak_key = quoted(Bytes(32));

struct Author {
    std::string master = key_of(0x11);
    std::string second_key = key_of(0x33);
    bool is_first = false;  // Has the number of the first author.
    std::string more = {};
};

using Changes = std::map<std::size_t, Author>;

std::string text_of(std::size_t number, const Author& author) {
    return R"({"author_id":)" + std::to_string(author.is_first ? 0 : number) + R"(,"master_key":)" +
           author.master + R"(,"epochs":[{"epoch":0,"active_from_version":0,"public_key":)" +
           key_of(0x22) + R"(},{"epoch":1,"active_from_version":1,"public_key":)" +
           author.second_key + "}]" + author.more + "}";
}

std::string text_with(Changes changes, std::string_view version = "1") {
    std::string text = R"({"version":)" + std::string(version) + R"(,"authors":[)";
    for (std::size_t i = 0; i < count; ++i) {
        text += (i == 0 ? "" : ",") + text_of(i, changes[i]);
    }
    return text + "]}";
}

std::string problem(const Changes& changes, std::string_view version = "1") {
    return refusal(Registry::from_json(text_with(changes, version)));
}

class RegistryRead : public testing::TestWithParam<std::size_t> {
  protected:
    const std::size_t at = GetParam();
    const std::string number = std::to_string(at);
    const std::string weak_master = "Invalid public key: master key of author " + number + " is";
    const Author bad_master{.master = weak_key};
    const Author bad_epoch{.second_key = weak_key};
    const Author no_base64{.master = "\"!\""};
    const Author twice{.is_first = true};
};

TEST_P(RegistryRead, AWeakKeyComesBeforeAnyFaultBehindIt) {
    for (const Author& behind : {twice, no_base64, bad_epoch}) {
        EXPECT_THAT(problem({{at, bad_master}, {at + 1, behind}}),
                    testing::StartsWith(weak_master));
    }
    EXPECT_THAT(
        problem({{at, bad_epoch}, {at + 1, twice}}),
        testing::StartsWith("Invalid public key: key of author " + number + ", epoch 1, is"));
}

TEST_P(RegistryRead, AFaultComesBeforeAnyWeakKeyBehindIt) {
    EXPECT_EQ(problem({{at, twice}, {at + 1, bad_master}}),
              "Invalid file format: author 0 already registered");
    EXPECT_THAT(problem({{at, no_base64}, {at + 1, bad_master}}),
                testing::HasSubstr("base64 decode failed"));
}

TEST_P(RegistryRead, TheShapeOfAllComesFirstThenTheVersion) {
    const Author misshapen{.more = R"(,"revocations":1)"};
    EXPECT_EQ(problem({{at, bad_master}, {at + 1, misshapen}}),
              "Invalid file format: registry JSON parse failed: authors[" + std::to_string(at + 1) +
                  "].revocations: expected an array, found 1");
    EXPECT_EQ(problem({{at, bad_master}}, "2"),
              "Invalid file format: unsupported registry file version: 2 (expected 1)");
}

INSTANTIATE_TEST_SUITE_P(AroundWhereKeysAreJudged, RegistryRead,
                         testing::Values(1, 2729, 2730, 2731, count - 2));

TEST(RegistryReadAll, LoadsWhatIsRight) {
    const Registry registry = ok(Registry::from_json(text_with({})));
    ASSERT_EQ(registry.authors().size(), count);
    for (const auto& [id, author] : registry.authors()) {
        ASSERT_EQ(author.master_key, public_of(0x11));
        ASSERT_EQ(author.epochs.size(), 2U);
        ASSERT_EQ(author.epochs[1].public_key, public_of(0x33));
    }
}

}  // namespace
}  // namespace aion::trust
