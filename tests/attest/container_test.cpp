// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/container.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "aion/base/hex.hpp"
#include "attest/parts.hpp"

namespace aion::attest::test {
namespace {

constexpr FileId file{0x1122334455667788};

Hash hash_of(std::uint8_t filler) {
    Hash hash;
    hash.bytes.fill(filler);
    return hash;
}

Container with_three() {
    Container container(file);
    EXPECT_TRUE(ok(container.add(VersionNumber{2}, hash_of(9), garbage(7, 1))));
    EXPECT_TRUE(ok(container.add(VersionNumber{1}, hash_of(5), garbage(9, 1))));
    EXPECT_TRUE(ok(container.add(VersionNumber{1}, hash_of(5), garbage(8, 1))));
    return container;
}

std::string_view refused(ByteView bytes) {
    const auto parsed = Container::parse(bytes);
    if (parsed) {
        return "it was read";
    }
    EXPECT_EQ(parsed.error().code(), ErrorCode::invalid_format);
    return parsed.error().detail();
}

TEST(AttestContainer, IsLaidOutAsItsHeaderSays) {
    const Bytes bytes = with_three().to_bytes();
    EXPECT_EQ(bytes.size(), 24 + (48 * 2) + (112 * 3));
    EXPECT_EQ(to_hex(ByteView(bytes).first(24)),
              "41494f4e5f415454"
              "0100"
              "0000"
              "02000000"
              "8877665544332211");
    EXPECT_EQ(to_hex(ByteView(bytes).subspan(24, 8)), "0100000000000000");
    EXPECT_EQ(to_hex(ByteView(bytes).subspan(64, 8)), "0200000000000000");
    EXPECT_EQ(to_hex(ByteView(bytes).subspan(72, 8)), "0800000000000000");
}

TEST(AttestContainer, ReadsWhatItWrites) {
    const Container container = with_three();
    EXPECT_EQ(ok(Container::parse(container.to_bytes())), container);
    EXPECT_EQ(container.size(), 3U);
    const Container empty(file);
    EXPECT_EQ(ok(Container::parse(empty.to_bytes())), empty);
}

TEST(AttestContainer, TheOrderOfAddingDoesNotMatterAndTwiceIsOnce) {
    Container other(file);
    EXPECT_TRUE(ok(other.add(VersionNumber{1}, hash_of(5), garbage(8, 1))));
    EXPECT_TRUE(ok(other.add(VersionNumber{2}, hash_of(9), garbage(7, 1))));
    EXPECT_TRUE(ok(other.add(VersionNumber{1}, hash_of(5), garbage(9, 1))));
    EXPECT_FALSE(ok(other.add(VersionNumber{1}, hash_of(5), garbage(9, 1))));
    EXPECT_EQ(other, with_three());
}

TEST(AttestContainer, VersionsOfOneNumberAndTwoHistoriesStayApart) {
    Container container = with_three();
    EXPECT_TRUE(ok(container.add(VersionNumber{1}, hash_of(4), garbage(8, 1))));
    ASSERT_EQ(container.versions().size(), 3U);
    EXPECT_EQ(container.find(VersionNumber{1}, hash_of(4))->entries.size(), 1U);
    EXPECT_EQ(container.find(VersionNumber{1}, hash_of(5))->entries.size(), 2U);
    EXPECT_EQ(container.find(VersionNumber{1}, hash_of(6)), nullptr);
    EXPECT_EQ(container.find(VersionNumber{3}, hash_of(5)), nullptr);
}

TEST(AttestContainer, IsRefusedWhereItEndsElsewhere) {
    const Bytes whole = with_three().to_bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(refused(ByteView(whole).first(size)),
                  size < 24 ? "attestations_not_a_container" : "attestations_bad_size")
            << size;
    }
    Bytes longer = whole;
    longer.push_back(0);
    EXPECT_EQ(refused(longer), "attestations_bad_size");
}

TEST(AttestContainer, IsRefusedForWhatNobodyKnows) {
    const Bytes whole = with_three().to_bytes();
    const auto with = [&](std::size_t at, std::uint8_t byte) {
        Bytes changed = whole;
        changed[at] = byte;
        return changed;
    };
    EXPECT_EQ(refused(with(0, 'a')), "attestations_not_a_container");
    EXPECT_EQ(refused(with(8, 2)), "attestations_unsupported");
    EXPECT_EQ(refused(with(10, 1)), "attestations_unsupported");
    EXPECT_EQ(refused(with(68, 1)), "attestations_unsupported");
    EXPECT_EQ(refused(with(12, 1)), "attestations_bad_size");
    EXPECT_EQ(refused(with(12, 3)), "attestations_bad_size");
    EXPECT_EQ(refused(with(64, 0)), "attestations_bad_size");
    EXPECT_EQ(refused(with(66, 0xff)), "attestations_too_many");
    EXPECT_EQ(refused(with(15, 0xff)), "attestations_too_many");
    EXPECT_EQ(refused(with(24, 2 + 1)), "attestations_out_of_order");
    EXPECT_EQ(refused(with(72, 9)), "attestations_out_of_order");  // the same entry twice
    EXPECT_EQ(refused(with(72, 10)), "attestations_out_of_order");
}

TEST(AttestContainer, AnyEntryIsTakenAsItIs) {
    Bytes bytes = with_three().to_bytes();
    bytes[24 + 48 + 111] = 0xff;
    const Container container = ok(Container::parse(bytes));
    EXPECT_EQ(container.size(), 3U);
    EXPECT_FALSE(container.versions()[0].entries[0].is_well_formed());
    EXPECT_EQ(container.to_bytes(), bytes);
    EXPECT_EQ(attestations_in(container).size(), 2U);
}

TEST(AttestContainer, HoldsSoManyEntriesAndNoMore) {
    Container container(file);
    for (std::uint64_t i = 0; i < max_entries; ++i) {
        ASSERT_TRUE(ok(container.add(VersionNumber{1}, hash_of(1), garbage(i))));
    }
    const auto one_more = container.add(VersionNumber{1}, hash_of(1), garbage(max_entries));
    ASSERT_FALSE(one_more.has_value());
    EXPECT_EQ(one_more.error().detail(), "attestations_too_many");
    EXPECT_FALSE(ok(container.add(VersionNumber{1}, hash_of(1), garbage(5))));
    EXPECT_EQ(ok(Container::parse(container.to_bytes())), container);
}

TEST(AttestContainer, TooManyAreRefusedBeforeTheyAreRead) {
    constexpr std::size_t many = 100'000;
    Bytes bytes = with_three().to_bytes();
    bytes.resize(24 + 48 + (many * entry_size));
    bytes[12] = 1;
    bytes[64] = 0xa0;  // 100,000 in hex is 0x186a0
    bytes[65] = 0x86;
    bytes[66] = 0x01;
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(refused(bytes), "attestations_too_many");
    bytes.resize(max_container_size + 1);
    EXPECT_EQ(refused(bytes), "attestations_too_many");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

}  // namespace
}  // namespace aion::attest::test
