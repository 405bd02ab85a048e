// SPDX-License-Identifier: MIT OR Apache-2.0
// Whose a written file is, and what its other names keep.
#include <sys/stat.h>
#include <unistd.h>

#include "cli/scenario.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AccessTest : public Scenario {
  protected:
    AccessTest() { variables["AION_KEY_PASSWORD"] = "correct horse"; }

    [[nodiscard]] mode_t mode_of(const std::string& name) const {
        struct stat facts{};
        EXPECT_EQ(::stat(path(name).c_str(), &facts), 0);
        return facts.st_mode & 07777U;
    }
};

TEST_F(AccessTest, AnExportNeverGoesIntoAStrangersFile) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can make another user's file";
    }
    constexpr uid_t stranger = 54321;
    make_key(1);
    write("backup", "theirs");
    ASSERT_EQ(::chown(path("backup").c_str(), stranger, stranger), 0);
    const Completed refused = run({"key", "export", "1", "-o", "backup", "--force"});
    expect_failure(refused, "belongs to another user (54321)");
    EXPECT_THAT(refused.err, HasSubstr("remove it, or choose another name"));
    EXPECT_EQ(read("backup"), "theirs");
}

TEST_F(AccessTest, AnExportIsForItsWriterAlone) {
    make_key(1);
    write("backup", "mine");
    ASSERT_EQ(::chmod(path("backup").c_str(), 0644), 0);
    must({"key", "export", "1", "-o", "backup", "--force"});
    EXPECT_EQ(mode_of("backup"), 0600U);
}

TEST_F(AccessTest, AUserWithoutAHomeGetsNoKeyInTheCurrentFolder) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs to be root";
    }
    // A copy, since that user may not get to where the program is.
    std::filesystem::copy_file(aion_program(), path("aion"));
    ASSERT_EQ(::chmod(path(".").c_str(), 0777), 0);
    Invocation invocation;
    invocation.arguments = {"--reuid", "54321", "--regid",  "54321", "--clear-groups",
                            "./aion",  "key",   "generate", "--id",  "5"};
    invocation.directory = path(".");
    invocation.variables["PATH"] = "/usr/bin:/bin";
    const Completed refused = run_program("/usr/bin/setpriv", invocation);
    expect_failure(refused, "No home directory");
    EXPECT_FALSE(std::filesystem::exists(path(".aion")));
}

TEST_F(AccessTest, OtherNamesOfAFileAreWarnedOf) {
    make_file();
    std::filesystem::create_hard_link(path("p.aion"), path("other.aion"));
    const std::string before = read("p.aion");
    write("new", "allow: write\n");
    const auto commits = [&] {
        return run({"commit", "p.aion", "-r", "new", "-a", "7", "-k", "1", "-m", "x", "--registry",
                    "reg.json"});
    };
    const std::string warning =
        "p.aion was one of 2 names of a file (hard links): the others keep the old content";
    const Completed first = commits();
    EXPECT_EQ(first.exit_code, 0);
    EXPECT_THAT(first.err, HasSubstr(warning));
    EXPECT_EQ(read("other.aion"), before);
    const Completed second = commits();
    EXPECT_EQ(second.exit_code, 0);
    EXPECT_THAT(second.err, Not(HasSubstr(warning)));
}

}  // namespace
}  // namespace aion::test
