// SPDX-License-Identifier: MIT OR Apache-2.0
// Who may do what with a file that replaces another.
#include <gmock/gmock.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/posix_access.hpp"
#include "every_env.hpp"

namespace aion::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* list_name = "system.posix_acl_access";
constexpr uid_t stranger = 54321;

std::optional<Bytes> attribute(const std::filesystem::path& path, const char* name) {
    Bytes value(4096);
    const ssize_t size = ::getxattr(path.c_str(), name, value.data(), value.size());
    if (size < 0) {
        return std::nullopt;
    }
    value.resize(static_cast<std::size_t>(size));
    return value;
}

bool set_attribute(const std::filesystem::path& path, const char* name, ByteView value) {
    return ::setxattr(path.c_str(), name, value.data(), value.size(), 0) == 0;
}

class PosixAccess : public ::testing::Test {
  protected:
    [[nodiscard]] std::filesystem::path at(const std::string& name) const {
        return folder_->at(name);
    }

    void write(const std::string& name, std::string_view text) {
        folder_->overwrite(at(name), text);
    }

    [[nodiscard]] struct stat facts(const std::string& name) const {
        struct stat found{};
        EXPECT_EQ(::stat(at(name).c_str(), &found), 0);
        return found;
    }

    [[nodiscard]] unsigned mode(const std::string& name) const {
        return facts(name).st_mode & 07777U;
    }

    static WriteOptions replacing() {
        WriteOptions options;
        options.replace = Replace::always;
        return options;
    }

    static WriteOptions secret() {
        WriteOptions options = replacing();
        options.secret = true;
        return options;
    }

    [[nodiscard]] Result<WriteReport> replace(const std::string& name,
                                              const WriteOptions& options) const {
        const std::array pieces{as_bytes("new")};
        return write_file_atomically(Env::system(), at(name), pieces, options);
    }

    /// False when this file system has no access lists.
    [[nodiscard]] bool give_list(const std::string& name, const std::vector<AccessEntry>& entries) {
        return set_attribute(at(name), list_name, access_list(entries));
    }

  private:
    std::unique_ptr<EnvFolder> folder_ = make_system_folder();
};

const std::vector<AccessEntry> one_user_and_no_group{
    {1, 6}, {2, 6, stranger}, {4, 0}, {16, 6}, {32, 0}};

TEST_F(PosixAccess, AccessListAndAttributesAreTakenOver) {
    write("file", "old");
    if (!give_list("file", one_user_and_no_group)) {
        GTEST_SKIP() << "the file system of temporary files has no access lists";
    }
    ASSERT_TRUE(set_attribute(at("file"), "user.origin", as_bytes("https://example.org")));
    const auto report = replace("file", replacing());
    ASSERT_EQ(outcome(report), "ok");
    EXPECT_THAT(report->lost, IsEmpty());
    EXPECT_EQ(attribute(at("file"), list_name), access_list(one_user_and_no_group));
    EXPECT_EQ(as_text(attribute(at("file"), "user.origin").value_or(Bytes{})),
              "https://example.org");
    EXPECT_EQ(mode("file"), 0660U);
}

TEST_F(PosixAccess, APrivilegeOfTheFileItselfIsNot) {
    write("file", "old");
    // cap_net_bind_service, permitted: linux/capability.h, vfs_cap_data of revision 2.
    const Bytes capability{1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    if (!set_attribute(at("file"), "security.capability", capability)) {
        GTEST_SKIP() << "needs to be root";
    }
    ASSERT_EQ(outcome(replace("file", replacing())), "ok");
    EXPECT_EQ(attribute(at("file"), "security.capability"), std::nullopt);
}

TEST_F(PosixAccess, WhatTheFolderPassesOnDoesNotWidenAFile) {
    write("file", "old");
    ASSERT_EQ(::chmod(at("file").c_str(), 0640), 0);
    const Bytes passed_on = access_list({{1, 7}, {2, 7, stranger}, {4, 7}, {16, 7}, {32, 7}});
    if (!set_attribute(at(""), "system.posix_acl_default", passed_on)) {
        GTEST_SKIP() << "the file system of temporary files has no access lists";
    }
    ASSERT_EQ(outcome(replace("file", replacing())), "ok");
    EXPECT_EQ(attribute(at("file"), list_name), std::nullopt);
    EXPECT_EQ(mode("file"), 0640U);
    WriteOptions stated;
    stated.mode = 0640;
    ASSERT_EQ(outcome(replace("stated", stated)), "ok");
    ASSERT_EQ(outcome(replace("secret", secret())), "ok");
    for (const auto& [name, expected] : {std::pair{"stated", 0640U}, {"secret", 0600U}}) {
        EXPECT_EQ(attribute(at(name), list_name), std::nullopt) << name;
        EXPECT_EQ(mode(name), expected) << name;
    }
}

TEST_F(PosixAccess, AStatedModeStandsWithoutTheList) {
    write("file", "old");
    if (!give_list("file", one_user_and_no_group)) {
        GTEST_SKIP() << "the file system of temporary files has no access lists";
    }
    WriteOptions options = replacing();
    options.mode = 0604;
    ASSERT_EQ(outcome(replace("file", options)), "ok");
    EXPECT_EQ(attribute(at("file"), list_name), std::nullopt);
    EXPECT_EQ(mode("file"), 0604U);
}

/// A file that gets the access of `like`, which the system may refuse.
std::vector<std::string> lost_by(const std::filesystem::path& path, const FileAccess& like) {
    const auto file = create_at(Env::system(), path, 0600);
    EXPECT_EQ(outcome(file), "ok");
    auto lost = (*file)->copy_access(like);
    EXPECT_EQ(outcome(lost), "ok");
    return lost.value_or(std::vector<std::string>{});
}

FileAccess access_with(const std::string& name, Bytes value) {
    FileAccess like;
    like.info.mode = 0664;
    like.info.user = ::geteuid();
    like.info.group = ::getegid();
    like.attributes.push_back({name, std::move(value)});
    return like;
}

TEST_F(PosixAccess, WhatCannotBeKeptTakesRightsAway) {
    // A list that the kernel refuses, though we can read it: the mask is missing.
    FileAccess like = access_with(list_name, access_list({{1, 6}, {2, 6, 7}, {4, 0}, {32, 4}}));
    EXPECT_THAT(lost_by(at("a"), like), ElementsAre("access list"));
    EXPECT_EQ(mode("a"), 0604U);
    // One that nobody can read.
    like = access_with(list_name, Bytes{9, 9, 9, 9});
    EXPECT_THAT(lost_by(at("b"), like), ElementsAre("access list"));
    EXPECT_EQ(mode("b"), 0600U);
    // An access list of another kind.
    like = access_with("system.unknown_acl", Bytes{1});
    EXPECT_THAT(lost_by(at("c"), like), ElementsAre("attribute system.unknown_acl"));
    EXPECT_EQ(mode("c"), 0600U);
    // A note that grants nothing.
    like = access_with("unknown.note", Bytes{1});
    EXPECT_THAT(lost_by(at("d"), like), ElementsAre("attribute unknown.note"));
    EXPECT_EQ(mode("d"), 0664U);
    like.attributes.clear();
    like.attributes_known = false;
    EXPECT_THAT(lost_by(at("e"), like),
                ElementsAre("what could not be read of its access list and attributes"));
    EXPECT_EQ(mode("e"), 0600U);
}

TEST_F(PosixAccess, TheReportSaysWhatIsLostAndWhoElseHasTheOldContent) {
    const WriteReport none;
    EXPECT_THAT(none.warnings("policy.aion"), IsEmpty());
    const WriteReport report{.lost = {"owner (user 7)", "access list"}, .links = 3};
    EXPECT_THAT(
        report.warnings("policy.aion"),
        ElementsAre("policy.aion was one of 3 names of a file (hard links): the others keep the "
                    "old content, and go on from it",
                    "policy.aion could not keep all that the replaced file had: owner (user 7), "
                    "access list"));
}

TEST_F(PosixAccess, OtherNamesOfAFileAreCounted) {
    write("file", "old");
    ASSERT_EQ(::link(at("file").c_str(), at("other").c_str()), 0);
    const auto report = replace("file", replacing());
    ASSERT_EQ(outcome(report), "ok");
    EXPECT_EQ(report->links, 2U);
    EXPECT_EQ(replace("file", replacing())->links, 1U);
    EXPECT_EQ(as_text(*read_file(Env::system(), at("other"))), "old");
}

// --- Secrets
// --------------------------------------------------------------------------------------

TEST_F(PosixAccess, ASecretIsForItsWriterAlone) {
    write("file", "old");
    ASSERT_EQ(::chmod(at("file").c_str(), 0666), 0);
    const bool has_lists = give_list("file", {{1, 6}, {2, 6, stranger}, {4, 6}, {16, 6}, {32, 6}});
    const auto report = replace("file", secret());
    ASSERT_EQ(outcome(report), "ok");
    EXPECT_EQ(mode("file"), 0600U);
    EXPECT_EQ(facts("file").st_uid, ::geteuid());
    EXPECT_EQ(attribute(at("file"), list_name), std::nullopt) << has_lists;
    EXPECT_THAT(report->lost, IsEmpty());
}

TEST_F(PosixAccess, ASecretIsNeverWrittenOverAStrangersFile) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can make another user's file";
    }
    write("file", "theirs");
    ASSERT_EQ(::chown(at("file").c_str(), stranger, stranger), 0);
    const auto refused = replace("file", secret());
    ASSERT_EQ(outcome(refused), caused("file_write_error", EPERM));
    EXPECT_THAT(refused.error().message(), HasSubstr("belongs to another user (54321)"));
    EXPECT_EQ(as_text(*read_file(Env::system(), at("file"))), "theirs");
    EXPECT_EQ(list_at(Env::system(), at("")), std::vector<std::string>{"file"});
}

/// Replaces another user's file that has a list, without being root. Exit status 0: it could, and
/// said what was lost.
[[noreturn]] void replace_as_stranger(const std::filesystem::path& path) {
    const bool dropped =
        ::setgroups(0, nullptr) == 0 && ::setgid(stranger) == 0 && ::setuid(stranger) == 0;
    WriteOptions options;
    options.replace = Replace::always;
    const auto report = write_file_atomically(Env::system(), path, {}, options);
    ::_exit(dropped && report &&
                    report->lost == std::vector<std::string>{"owner (user 0)", "group (group 0)"}
                ? 0
                : 1);
}

TEST_F(PosixAccess, WithAnotherGroupTheListGrantsNoMore) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs two users";
    }
    write("file", "old");
    if (!give_list("file", {{1, 6}, {2, 6, stranger}, {4, 6}, {16, 6}, {32, 4}})) {
        GTEST_SKIP() << "the file system of temporary files has no access lists";
    }
    ASSERT_EQ(::chmod(at("").c_str(), 0777), 0);
    EXPECT_EXIT(replace_as_stranger(at("file")), ::testing::ExitedWithCode(0), "");
    EXPECT_EQ(attribute(at("file"), list_name),
              access_list({{1, 6}, {2, 6, stranger}, {4, 4}, {16, 6}, {32, 4}}));
    EXPECT_EQ(facts("file").st_uid, stranger);
}

}  // namespace
}  // namespace aion::test
