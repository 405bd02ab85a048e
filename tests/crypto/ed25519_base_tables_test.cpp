// SPDX-License-Identifier: MIT OR Apache-2.0
// The tables that the compiler computed, against the definition of the curve and against the
// engine's own table.
#include "crypto/ed25519/base_tables.hpp"

#include "crypto/ed25519/scalar.hpp"
#include "crypto/ed25519_big.hpp"
#include "crypto/ed25519_support.hpp"

namespace aion::crypto::test {
namespace {

using ed25519::Multiple;

Mod number(const std::uint64_t (&row)[5][4], int part) {
    const std::uint64_t limbs[5] = {row[0][part], row[1][part], row[2][part], row[3][part],
                                    row[4][part]};
    return Mod(limbs);
}

void expect_multiple(const Multiple& entry, const Affine& p) {
    const Mod two = Mod::word(2);
    EXPECT_EQ(number(entry.limb, 0), p.y - p.x);
    EXPECT_EQ(number(entry.limb, 1), p.y + p.x);
    EXPECT_EQ(number(entry.limb, 2), two * d() * p.x * p.y);
    EXPECT_EQ(number(entry.limb, 3), two);
    for (const auto& limb : entry.limb) {
        for (const std::uint64_t each : limb) {
            EXPECT_LT(each, std::uint64_t{1} << 51U);
        }
    }
}

void expect_odd_multiples(const ed25519::OddMultiples& table, const Affine& first) {
    const Affine step = sum(first, first);
    Affine p = sum(first, {Mod::word(0), Mod::word(1)});
    for (const Multiple& entry : table.at) {
        expect_multiple(entry, p);
        p = sum(p, step);
    }
}

TEST(Ed25519BaseTables, OddMultiplesOfTheBasePoint) {
    expect_odd_multiples(ed25519::odd_multiples_of_base, base_point());
    Affine high = base_point();
    for (int i = 0; i < 128; ++i) {
        high = sum(high, high);
    }
    expect_odd_multiples(ed25519::odd_multiples_of_base_128, high);
}

Mod number_of(const ed25519::TableEntry& entry, unsigned part) {
    const std::uint64_t limbs[5] = {entry.lower[part][0], entry.lower[part][1],
                                    entry.lower[part][2], entry.lower[part][3], entry.top[part]};
    return Mod(limbs);
}

class Ed25519BaseTable : public EveryPath {};

TEST_P(Ed25519BaseTable, IsWhatTheEngineWouldBuild) {
    std::array<unsigned char, 32> encoding{};
    encoding.fill(0x66);
    encoding[0] = 0x58;
    const auto built = ed25519::KeyTable::build(engine().path(), encoding.data(), false,
                                                ed25519::base_table_width);
    ASSERT_NE(built, nullptr);
    const ed25519::Windows& windows = ed25519::windows_of(ed25519::base_table_width);
    ASSERT_EQ(windows.rows, ed25519::BaseRows::rows);
    ASSERT_EQ(windows.row_entries, ed25519::BaseRows::row_entries);
    for (std::size_t i = 0; i < std::size(ed25519::base_table.entry); ++i) {
        for (unsigned part = 0; part < 3; ++part) {
            EXPECT_EQ(number_of(ed25519::base_table.entry[i], part),
                      number_of(built->table().entries[i], part))
                << "entry " << i << ", part " << part;
        }
    }
    const ed25519::Table small = ed25519::Engine(engine().path()).base(1);
    EXPECT_EQ(small.entries, ed25519::base_table.entry);
    EXPECT_EQ(small.windows, &windows);
}

INSTANTIATE_TEST_SUITE_P(Paths, Ed25519BaseTable, every_path(), path_of_test);

}  // namespace
}  // namespace aion::crypto::test
