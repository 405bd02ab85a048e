// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/ids.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

#include "aion/base/bytes.hpp"

namespace aion {
namespace {

static_assert(!std::is_convertible_v<FileId, AuthorId>);
static_assert(!std::is_convertible_v<std::uint64_t, FileId>);
static_assert(!std::is_same_v<PublicKey, Hash>);
static_assert(sizeof(FileId) == 8 && sizeof(Epoch) == 4);
static_assert(sizeof(Signature) == 64 && alignof(Signature) == 1);

TEST(Ids, HaveTheirTexts) {
    EXPECT_EQ(to_string(FileId{0x0123456789abcdef}), "0x0123456789abcdef");
    EXPECT_EQ(to_string(FileId{1}), "0x0000000000000001");
    EXPECT_EQ(to_string(AuthorId{50001}), "50001");
    EXPECT_EQ(to_string(VersionNumber{UINT64_MAX}), "18446744073709551615");
    EXPECT_EQ(to_string(Epoch{UINT32_MAX}), "4294967295");
}

TEST(Ids, VersionsCountUpToTheLast) {
    EXPECT_EQ(next(genesis_version), VersionNumber{2});
    EXPECT_EQ(next(VersionNumber{UINT64_MAX - 1}), VersionNumber{UINT64_MAX});
    EXPECT_EQ(next(VersionNumber{UINT64_MAX}), std::nullopt);
}

TEST(Ids, CompareAndHash) {
    EXPECT_LT(AuthorId{1}, AuthorId{2});
    const std::unordered_set<AuthorId> authors{AuthorId{1}, AuthorId{1}, AuthorId{2}};
    EXPECT_EQ(authors.size(), 2U);
}

TEST(Octets, ComeOnlyFromTheirExactLength) {
    EXPECT_FALSE(Hash::from(Bytes(31)).has_value());
    EXPECT_FALSE(Hash::from(Bytes(33)).has_value());
    const auto hash = Hash::from(Bytes(32, 7));
    ASSERT_TRUE(hash.has_value());
    EXPECT_FALSE(hash->is_zero());
    EXPECT_TRUE(Hash{}.is_zero());
    EXPECT_LT(Hash{}, *hash);
}

TEST(ByteViews, CompareByContent) {
    const Bytes a{1, 2};
    const Bytes b{1, 2};
    EXPECT_TRUE(equal(a, b));
    EXPECT_FALSE(equal(a, ByteView(b).first(1)));
    EXPECT_EQ(as_text(as_bytes("text")), "text");
}

}  // namespace
}  // namespace aion
