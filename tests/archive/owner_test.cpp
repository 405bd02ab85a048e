// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/owner.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace aion::archive::test {
namespace {

TEST(OwnerTest, OnlyWeAndRootAreTrusted) {
    EXPECT_TRUE(is_trusted(::geteuid()));
    EXPECT_TRUE(is_trusted(0));
    EXPECT_FALSE(is_trusted(::geteuid() + 1));
}

TEST(OwnerTest, AStickyFolderWillDoWhereNothingBesideIsObeyed) {
    const aion::test::TemporaryFolder folder;
    const auto allowed = [&](::mode_t mode, Beside beside) {
        EXPECT_EQ(::chmod(folder.path().c_str(), mode), 0);
        return check_folder_of(Env::system(), folder / "file", "things", beside).has_value();
    };
    EXPECT_TRUE(allowed(0755, Beside::nobody));
    EXPECT_FALSE(allowed(0775, Beside::nobody));
    EXPECT_FALSE(allowed(01777, Beside::nobody));
    EXPECT_TRUE(allowed(0700, Beside::sticky_for_all));
    EXPECT_TRUE(allowed(01777, Beside::sticky_for_all));
    EXPECT_FALSE(allowed(0777, Beside::sticky_for_all));
    EXPECT_FALSE(allowed(0720, Beside::sticky_for_all));
}

}  // namespace
}  // namespace aion::archive::test
