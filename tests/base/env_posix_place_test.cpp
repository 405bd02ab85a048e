// SPDX-License-Identifier: MIT OR Apache-2.0
// Paths under the hands of somebody who changes where they lead.
#include <gmock/gmock.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "every_env.hpp"

namespace aion::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class PosixPlace : public ::testing::Test {
  protected:
    [[nodiscard]] fs::path at(const std::string& name) const { return folder_->at(name); }

    void write(const std::string& name, std::string_view text) {
        folder_->overwrite(at(name), text);
    }

    [[nodiscard]] std::string text(const std::string& name) const {
        const auto bytes = read_file(Env::system(), at(name));
        return bytes ? std::string(as_text(*bytes)) : outcome(bytes);
    }

  private:
    std::unique_ptr<EnvFolder> folder_ = make_system_folder();
};

TEST_F(PosixPlace, OpenDescriptorsAreNoPaths) {
    write("file", "x");
    const auto file = Env::system().open(at("file"), {});
    for (const char* path : {"/dev/stdout", "/proc/self/fd/1", "/dev/fd/1"}) {
        const auto refused = write_file_atomically(Env::system(), path, {}, {});
        ASSERT_EQ(outcome(refused), caused("file_write_error", EINVAL)) << path;
        EXPECT_THAT(refused.error().message(), HasSubstr("names an open descriptor"));
    }
    EXPECT_EQ(outcome(Env::system().open_directory("/proc/self/cwd")),
              caused("file_read_error", ELOOP));
    EXPECT_EQ(outcome(Env::system().locate("/proc/self/cwd/file")),
              caused("file_read_error", ELOOP));
}

TEST_F(PosixPlace, ANameThatIsTooLongCannotBeWritten) {
    const auto refused = write_file_atomically(Env::system(), at(std::string(256, 'n')), {}, {});
    EXPECT_EQ(outcome(refused), caused("file_write_error", ENAMETOOLONG));
}

constexpr uid_t service = 54321;

/// Replaces a file in a folder that may be used and not listed. Exit status 0: that works, and it
/// is said that the folder cannot be synced.
[[noreturn]] void write_blindly(const fs::path& path) {
    const bool ready = ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 &&
                                            ::setgid(service) == 0 && ::setuid(service) == 0);
    WriteOptions options;
    options.replace = Replace::always;
    options.sync = false;
    const auto unsynced = write_file_atomically(Env::system(), path, {}, options);
    options.sync = true;
    const auto synced = write_file_atomically(Env::system(), path, {}, options);
    ::_exit(ready && unsynced && outcome(synced) == caused("file_write_error", EACCES) ? 0 : 1);
}

TEST_F(PosixPlace, AFolderThatMayNotBeListedWillDo) {
    ASSERT_EQ(outcome(Env::system().create_directories(at("blind"), 0700)), "ok");
    if (::geteuid() == 0) {
        ASSERT_EQ(::chmod(at("").c_str(), 0711), 0);
        ASSERT_EQ(::chown(at("blind").c_str(), service, service), 0);
    }
    ASSERT_EQ(::chmod(at("blind").c_str(), 0300), 0);
    EXPECT_EXIT(write_blindly(at("blind/file")), ::testing::ExitedWithCode(0), "");
    ASSERT_EQ(::chmod(at("blind").c_str(), 0700), 0);
}

/// Keeps changing what `link` leads to, as fast as it can.
class Flipper {
  public:
    Flipper(fs::path link, fs::path one, fs::path other)
        : thread_([this, link = std::move(link), one = std::move(one), other = std::move(other)] {
              const fs::path beside = link.string() + ".next";
              for (bool first = true; !stop_; first = !first) {
                  fs::create_symlink(first ? one : other, beside);
                  fs::rename(beside, link);
              }
          }) {}

    Flipper(const Flipper&) = delete;
    Flipper& operator=(const Flipper&) = delete;
    Flipper(Flipper&&) = delete;
    Flipper& operator=(Flipper&&) = delete;

    ~Flipper() { stop_ = true; }

  private:
    std::atomic<bool> stop_ = false;
    std::jthread thread_;
};

/// A read, a change and a write of one file, as a commit makes them: what was read from one file
/// must never be written over another.
bool add_a_line(const fs::path& path) {
    Env& env = Env::system();
    const auto place = env.locate(path);
    if (!place) {
        return false;
    }
    const auto lock = place->directory->lock(place->name, 1000);
    const auto content = lock ? (*lock)->read(UINT64_MAX) : fail(lock.error());
    if (!content) {
        return false;
    }
    std::string text(as_text((*content)->bytes()));
    text += "line\n";
    const std::array pieces{as_bytes(text)};
    WriteOptions options;
    options.replace = Replace::always;
    options.sync = false;
    options.expected = (*content)->info().identity;
    options.lock = lock->get();
    return write_file_atomically(env, *place, pieces, options).has_value();
}

TEST_F(PosixPlace, WhatWasReadFromOneFileIsNeverWrittenOverAnother) {
    for (const char* folder : {"a", "b"}) {
        ASSERT_EQ(outcome(Env::system().create_directories(at(folder), 0700)), "ok");
        write(std::string(folder) + "/file", std::string(folder) + "\n");
    }
    fs::create_symlink("a/file", at("link"));
    fs::create_symlink("a", at("folder"));
    int done = 0;
    {
        const Flipper file(at("link"), "a/file", "b/file");
        const Flipper folder(at("folder"), "a", "b");
        for (int round = 0; round < 400; ++round) {
            done += add_a_line(at("link")) ? 1 : 0;
            done += add_a_line(at("folder/file")) ? 1 : 0;
        }
    }
    EXPECT_EQ(done, 800);
    for (const char* name : {"a", "b"}) {
        const std::string found = text(std::string(name) + "/file");
        EXPECT_EQ(found.substr(0, 7), std::string(name) + "\nline\n");
        done -= static_cast<int>(std::ranges::count(found, '\n')) - 1;
    }
    EXPECT_EQ(done, 0);  // every line is in one of the two
}

}  // namespace
}  // namespace aion::test
