// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/compliance.hpp"

#include <gtest/gtest.h>

namespace aion::report {
namespace {

TEST(ComplianceTest, FrameworksHaveTheNamesOfTheCommandLineAndOfTitles) {
    EXPECT_EQ(name_of(Framework::generic), "generic");
    EXPECT_EQ(display_name(Framework::generic), "Generic Audit");
    EXPECT_EQ(display_name(Framework::hipaa), "HIPAA");
}

}  // namespace
}  // namespace aion::report
