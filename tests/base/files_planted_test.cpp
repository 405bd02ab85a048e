// SPDX-License-Identifier: MIT OR Apache-2.0
// write_file_atomically in a folder where all may write, and somebody keeps something under the
// name that a temporary file would have.
#include <gmock/gmock.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "every_env.hpp"

namespace aion::test {
namespace {

namespace fs = std::filesystem;

constexpr uid_t writer = 54321;

class FilesPlanted : public ::testing::Test {
    std::unique_ptr<EnvFolder> folder_ = make_system_folder();

  protected:
    /// Made by root, whose things nobody else may remove there.
    FilesPlanted() { EXPECT_EQ(::chmod(at("").c_str(), 01777), 0); }

    [[nodiscard]] fs::path at(const std::string& name) const { return folder_->at(name); }

    /// The name is the same in each folder.
    [[nodiscard]] static std::string temporary_name() {
        const auto elsewhere = make_memory_folder();
        elsewhere->overwrite(elsewhere->at("file"), "old");
        WriteOptions options;
        options.replace = Replace::always;
        std::vector<std::string> names;
        options.before_rename = [&]() -> Result<> {
            names = list_at(elsewhere->env(), elsewhere->root()).value();
            return {};
        };
        EXPECT_TRUE(write_file_atomically(elsewhere->env(), elsewhere->at("file"), {}, options));
        std::erase(names, "file");
        return names.at(0);
    }

    /// Another user creates a file and replaces it. Whatever is under the name stays.
    void expect_writable() const {
        const auto is_same = [before = facts()](const struct stat& after) {
            return before.st_ino == after.st_ino && before.st_size == after.st_size;
        };
        EXPECT_EXIT(write_as_another(at("file")), ::testing::ExitedWithCode(0), "");
        EXPECT_EQ(as_text(read_file(Env::system(), at("file")).value_or(Bytes{})), "newer");
        EXPECT_TRUE(is_same(facts()));
        EXPECT_EQ(list_at(Env::system(), at("")).value(),
                  (std::vector<std::string>{temporary_name(), "file"}));
        fs::remove(at("file"));
    }

    const fs::path planted = at(temporary_name());

  private:
    [[noreturn]] static void write_as_another(const fs::path& path) {
        const bool ready =
            ::setgroups(0, nullptr) == 0 && ::setgid(writer) == 0 && ::setuid(writer) == 0;
        bool done = ready;
        for (const std::string_view text : {"new", "newer"}) {
            const std::array<ByteView, 1> pieces{as_bytes(text)};
            done = done &&
                   write_file_atomically(Env::system(), path, pieces, {.replace = Replace::always});
        }
        ::_exit(done ? 0 : 1);
    }

    [[nodiscard]] struct stat facts() const {
        struct stat found{};
        EXPECT_EQ(::lstat(planted.c_str(), &found), 0);
        return found;
    }
};

TEST_F(FilesPlanted, AFileOfSomebodyElse) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs two users";
    }
    std::ofstream(planted) << "x";
    for (const mode_t mode : {0600U, 0666U}) {
        ASSERT_EQ(::chmod(planted.c_str(), mode), 0);
        expect_writable();
        const auto locked = lock_at(Env::system(), planted, 0);
        ASSERT_EQ(outcome(locked), "ok");
        expect_writable();
    }
}

TEST_F(FilesPlanted, WhatIsNoFile) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs two users";
    }
    ASSERT_EQ(::mkfifo(planted.c_str(), 0666), 0);
    ASSERT_EQ(::chmod(planted.c_str(), 0666), 0);
    expect_writable();
    fs::remove(planted);
    fs::create_symlink("nowhere", planted);
    expect_writable();
    fs::remove(planted);
    ASSERT_EQ(::mkdir(planted.c_str(), 0777), 0);
    expect_writable();
}

// The owner of a file that another name is planted for loses that name, and nothing of the file.
TEST_F(FilesPlanted, ALinkToAFileOfTheWriter) {
    fs::create_directory(at("private"));
    std::ofstream(at("private/precious")) << "kept";
    std::ofstream(at("file")) << "old";
    fs::create_hard_link(at("private/precious"), planted);
    const std::array<ByteView, 1> pieces{as_bytes("new")};
    ASSERT_EQ(outcome(write_file_atomically(Env::system(), at("file"), pieces,
                                            {.replace = Replace::always})),
              "ok");
    EXPECT_EQ(as_text(read_file(Env::system(), at("file")).value()), "new");
    EXPECT_EQ(as_text(read_file(Env::system(), at("private/precious")).value()), "kept");
    EXPECT_EQ(list_at(Env::system(), at("")).value(),
              (std::vector<std::string>{"file", "private"}));
}

}  // namespace
}  // namespace aion::test
