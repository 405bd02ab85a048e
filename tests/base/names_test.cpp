// SPDX-License-Identifier: MIT OR Apache-2.0
// A table of names is complete and says `unknown` where it has no row. Faulty ones do not compile,
// so it is the check of the compiler that is tested.
#include "base/names.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace aion {
namespace {

using names::Fault;

enum class Dense : std::uint8_t { first, second, third };
enum class Sparse : std::uint16_t { one = 1, two = 2, last = 255 };

template <class Enum, std::size_t count>
Fault fault_of(const Named<Enum> (&rows)[count], Naming naming = Naming::as_enumerators) {
    return names::find_fault(std::to_array(rows), naming);
}

TEST(Names, CompleteTablesHaveNoFault) {
    EXPECT_EQ(fault_of<Dense>(
                  {{Dense::first, "first"}, {Dense::second, "second"}, {Dense::third, "third"}}),
              Fault::none);
    EXPECT_EQ(fault_of<Sparse>({{Sparse::one, "One"}, {Sparse::two, "Two"}, {Sparse::last, "Last"}},
                               Naming::other_words),
              Fault::none);
}

TEST(Names, EveryFaultIsFound) {
    EXPECT_EQ(fault_of<Dense>({{Dense::first, "first"}, {Dense::second, "second"}}),
              Fault::missing);
    EXPECT_EQ(fault_of<Sparse>({{Sparse::one, "one"}, {Sparse::two, "two"}}), Fault::missing);
    EXPECT_EQ(fault_of<Dense>(
                  {{Dense::second, "second"}, {Dense::first, "first"}, {Dense::third, "third"}}),
              Fault::order);
    EXPECT_EQ(fault_of<Dense>(
                  {{Dense::first, "first"}, {Dense::first, "first"}, {Dense::second, "second"}}),
              Fault::order);
    EXPECT_EQ(fault_of<Dense>({{Dense::first, "first"},
                               {Dense::second, "second"},
                               {Dense::third, "third"},
                               {Dense{3}, "fourth"}}),
              Fault::stranger);
    EXPECT_EQ(fault_of<Sparse>({{Sparse{256}, "beyond"}}), Fault::stranger);
    EXPECT_EQ(fault_of<Dense>({{Dense::first, ""}}, Naming::other_words), Fault::unnamed);
    EXPECT_EQ(fault_of<Dense>({{Dense::first, "frist"}}), Fault::other_word);
}

TEST(Names, AreFoundBothWays) {
    constexpr NameTable table(std::to_array<Named<Sparse>>(
        {{Sparse::one, "one"}, {Sparse::two, "two"}, {Sparse::last, "last"}}));
    EXPECT_EQ(table.name(Sparse::one), "one");
    EXPECT_EQ(table.name(Sparse::last), "last");
    for (const auto stranger : std::to_array<std::uint16_t>({0, 3, 254, 256, 65535})) {
        EXPECT_EQ(table.name(Sparse{stranger}), "unknown") << stranger;
        EXPECT_EQ(table.find(Sparse{stranger}), nullptr) << stranger;
    }
    ASSERT_NE(table.named("two"), nullptr);
    EXPECT_EQ(table.named("two")->value, Sparse::two);
    EXPECT_EQ(table.named("three"), nullptr);
}

}  // namespace
}  // namespace aion
