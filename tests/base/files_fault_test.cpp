// SPDX-License-Identifier: MIT OR Apache-2.0
// write_file_atomically when calls fail and when the power goes, at every single point.
#include <gmock/gmock.h>

#include "every_env.hpp"

namespace aion::test {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;

using Call = MemoryEnv::Call;

constexpr std::string_view old_text = "the old content, which somebody signed";
constexpr std::string_view new_text = "the new content, which is longer than the old one was";

/// What one write looks like: over an old file or to a new path, small or with a reservation.
struct Scenario {
    std::string name;
    bool old_exists;
    bool through_link;
    Replace replace;
    std::size_t repeat;     // of the new text
    bool is_named = false;  // the file system has no files without names
};

void PrintTo(const Scenario& scenario, std::ostream* out) {
    *out << scenario.name;
}

/// Calls without which a file gets its name in another way.
bool without_a_name(MemoryEnv::Call call) {
    return call == MemoryEnv::Call::create_unlinked || call == MemoryEnv::Call::link;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

class FilesUnderFault : public ::testing::TestWithParam<Scenario> {
  protected:
    void SetUp() override {
        new_content_ = repeated(new_text, GetParam().repeat);
        reset();
    }

    /// A new world in which nothing has happened yet.
    void reset() {
        env_ = std::make_unique<MemoryEnv>(7);
        env_->put_directory("/dir");
        if (GetParam().old_exists) {
            env_->put("/dir/file", as_bytes(old_text), 0640);
        }
        if (GetParam().through_link) {
            env_->put_symlink("/link", "dir/file");
        }
    }

    /// As `MemoryEnv::set_fault`, on the file system of the scenario.
    void set_fault(const MemoryEnv::Fault& fault) {
        env_->set_fault([fault, is_named = GetParam().is_named](std::uint64_t index,
                                                                const MemoryEnv::CallRecord& call) {
            const int cause = fault ? fault(index, call) : 0;
            return is_named && call.call == Call::create_unlinked ? EOPNOTSUPP : cause;
        });
    }

    Result<WriteReport> write() {
        const std::array<ByteView, 2> pieces{as_bytes(new_content_).first(10),
                                             as_bytes(new_content_).subspan(10)};
        WriteOptions options;
        options.replace = GetParam().replace;
        return write_file_atomically(*env_, GetParam().through_link ? "/link" : "/dir/file", pieces,
                                     options);
    }

    /// The target's content, or `none`.
    [[nodiscard]] std::string content() const {
        const auto bytes = env_->get("/dir/file");
        return bytes ? std::string(as_text(*bytes)) : "none";
    }

    [[nodiscard]] std::string before() const {
        return GetParam().old_exists ? std::string(old_text) : "none";
    }

    /// How many calls a write makes that nothing disturbs.
    std::uint64_t calls_of_a_write() {
        set_fault({});
        EXPECT_EQ(outcome(write()), "ok");
        const std::uint64_t count = env_->call_count();
        reset();
        return count;
    }

    [[nodiscard]] std::vector<std::string> leftovers() const {
        std::vector<std::string> paths = env_->all_paths();
        std::erase(paths, "/dir/file");
        std::erase(paths, "/link");
        return paths;
    }

    std::unique_ptr<MemoryEnv> env_;
    std::string new_content_;
};

INSTANTIATE_TEST_SUITE_P(
    Each, FilesUnderFault,
    ::testing::Values(Scenario{"Replace", true, false, Replace::always, 1},
                      Scenario{"ReplaceThroughLink", true, true, Replace::always, 1},
                      Scenario{"ReplaceLarge", true, false, Replace::always, 20'000},
                      Scenario{"CreateOrReplace", false, false, Replace::always, 1},
                      Scenario{"Create", false, false, Replace::never, 1},
                      Scenario{"CreateThroughLink", false, true, Replace::never, 1},
                      Scenario{"CreateNamed", false, false, Replace::never, 1, true},
                      Scenario{"CreateOrReplaceNamed", false, false, Replace::always, 1, true}),
    [](const auto& each) { return each.param.name; });

TEST_P(FilesUnderFault, AnyOneFailingCallLeavesTheOldContentAndNoTemporary) {
    const std::uint64_t count = calls_of_a_write();
    ASSERT_GE(count, 9U);
    for (std::uint64_t failing = 0; failing < count; ++failing) {
        SCOPED_TRACE(failing);
        reset();
        Call failed{};
        set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord& call) {
            if (index == failing) {
                failed = call.call;
            }
            return index == failing ? EIO : 0;
        });
        const auto result = write();
        EXPECT_THAT(leftovers(), ElementsAre());
        if (without_a_name(failed)) {
            EXPECT_EQ(outcome(result), "ok");
            EXPECT_EQ(content(), new_content_);
            continue;
        }
        ASSERT_FALSE(result.has_value());
        // Once it is done only its durability is in doubt, and the error says so.
        const bool is_done = result.error().message().contains("could not be synced");
        EXPECT_EQ(content(), is_done ? new_content_ : before());
        EXPECT_TRUE(is_done || failed != Call::sync_directory);
        EXPECT_TRUE(!is_done || failed == Call::sync_directory || failed == Call::sync);
    }
}

TEST_P(FilesUnderFault, EveryFailingCallGivesItsDocumentedError) {
    const std::string path = GetParam().through_link ? "/link" : "/dir/file";
    const std::uint64_t count = calls_of_a_write();
    for (std::uint64_t failing = 0; failing < count; ++failing) {
        reset();
        Call failed{};
        set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord& call) {
            failed = index == failing ? call.call : failed;
            return index == failing ? ENOSPC : 0;
        });
        const auto result = write();
        if (without_a_name(failed)) {
            continue;
        }
        ASSERT_FALSE(result.has_value());
        const Error& error = result.error();
        if (failed == Call::random) {
            EXPECT_EQ(error.code(), ErrorCode::entropy_unavailable);
        } else if (failed == Call::access || failed == Call::locate) {
            EXPECT_EQ(error.code(), ErrorCode::file_read_error);
        } else {
            EXPECT_EQ(error, error_at_path(ErrorCode::file_write_error, path));
            EXPECT_EQ(error.os_error(), ENOSPC);
        }
    }
}

TEST_P(FilesUnderFault, EverythingFailingFromAnyCallOnLeavesOldOrNewContent) {
    const std::uint64_t count = calls_of_a_write();
    for (std::uint64_t first = 0; first < count; ++first) {
        SCOPED_TRACE(first);
        reset();
        set_fault([&](std::uint64_t index, const auto&) { return index >= first ? EIO : 0; });
        EXPECT_FALSE(write().has_value());
        EXPECT_THAT(content(), AnyOf(before(), new_content_));
        EXPECT_LE(leftovers().size(), 1U);  // nobody could remove it
    }
}

TEST_P(FilesUnderFault, APowerCutAtAnyCallLeavesOldOrNewContent) {
    const std::uint64_t count = calls_of_a_write();
    for (std::uint64_t dying = 0; dying <= count; ++dying) {
        const std::uint64_t seeds = GetParam().repeat > 1 ? 5 : 40;
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            SCOPED_TRACE(testing::Message() << "call " << dying << " seed " << seed);
            reset();
            set_fault([&](std::uint64_t index, const auto&) { return index >= dying ? EIO : 0; });
            const auto result = write();
            env_->cut_power({.seed = seed, .keep_some = seed != 0});
            set_fault({});
            EXPECT_THAT(content(), AnyOf(before(), new_content_));
            if (result) {
                EXPECT_EQ(content(), new_content_);
            }
            ASSERT_LE(leftovers().size(), 1U);
            const auto again = write();
            EXPECT_TRUE(again || again.error().code() == ErrorCode::file_exists);
            EXPECT_EQ(content(), new_content_);
            ASSERT_EQ(outcome(remove_stale_temporaries(*env_, "/dir/file")), "ok");
            EXPECT_THAT(leftovers(), ElementsAre());
        }
    }
}

TEST_P(FilesUnderFault, WhatWasWrittenSurvivesAPowerCut) {
    ASSERT_EQ(outcome(write()), "ok");
    env_->cut_power({});
    EXPECT_EQ(content(), new_content_);
    EXPECT_THAT(leftovers(), ElementsAre());
}

TEST(FilesUnderPowerCut, WithoutSyncingContentMayBeLost) {
    // The power cut must be able to do harm, or the tests above show nothing.
    bool harmed = false;
    for (std::uint64_t seed = 0; seed < 64 && !harmed; ++seed) {
        MemoryEnv env;
        env.put("/file", as_bytes(old_text));
        const std::array<ByteView, 1> pieces{as_bytes(new_text)};
        WriteOptions options;
        options.replace = Replace::always;
        options.sync = false;
        ASSERT_EQ(outcome(write_file_atomically(env, "/file", pieces, options)), "ok");
        env.cut_power({.seed = seed, .keep_some = true});
        const std::string content{as_text(env.get("/file").value_or(Bytes{}))};
        harmed = content != old_text && content != new_text;
    }
    EXPECT_TRUE(harmed);
}

/// The calls of one write, none of which looks through the directory.
std::vector<Call> calls_of_write(MemoryEnv& env, Replace replace, bool is_named = false) {
    const std::array<ByteView, 1> pieces{as_bytes(new_text)};
    env.set_fault([is_named](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return is_named && call.call == Call::create_unlinked ? EOPNOTSUPP : 0;
    });
    EXPECT_EQ(outcome(write_file_atomically(env, "/file", pieces, {.replace = replace})), "ok");
    std::vector<Call> order;
    for (const auto& record : env.calls()) {
        order.push_back(record.call);
    }
    return order;
}

TEST(FilesUnderFaultOrder, SyncsContentBeforeTheRenameAndTheFolderAfterIt) {
    MemoryEnv env;
    EXPECT_THAT(
        calls_of_write(env, Replace::never, true),
        ElementsAre(Call::locate, Call::create_unlinked, Call::create, Call::reserve, Call::append,
                    Call::sync, Call::close, Call::rename_exclusive, Call::sync_directory));
    EXPECT_THAT(
        calls_of_write(env, Replace::always),
        ElementsAre(Call::locate, Call::access, Call::create, Call::copy_access, Call::reserve,
                    Call::append, Call::sync, Call::close, Call::rename, Call::sync_directory));
}

// The file itself may say that it has a name, and says so after it has got one.
TEST(FilesUnderFaultOrder, SyncsContentBeforeItGetsANameAndFileAndFolderAfterThat) {
    MemoryEnv env;
    EXPECT_THAT(calls_of_write(env, Replace::never),
                ElementsAre(Call::locate, Call::create_unlinked, Call::reserve, Call::append,
                            Call::sync, Call::close, Call::link, Call::sync, Call::sync_directory));
}

// A signer is not asked twice because the system lets nobody give a file its name.
TEST(FilesUnderFaultOrder, WhatMayNotBeLinkedIsCopiedAndRenamed) {
    MemoryEnv env;
    const std::string text = repeated(new_text, 30'000);  // pieces of a copy, and a rest
    env.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == Call::link ? EACCES : 0;
    });
    const std::array<ByteView, 1> pieces{as_bytes(text)};
    ASSERT_EQ(outcome(write_file_atomically(env, "/file", pieces, {.replace = Replace::always})),
              "ok");
    EXPECT_EQ(as_text(*env.get("/file")), text);
    EXPECT_THAT(env.all_paths(), ElementsAre("/file"));
    std::vector<Call> order;
    for (const auto& record : env.calls()) {
        order.push_back(record.call);
    }
    order.erase(order.begin(), std::ranges::find(order, Call::link));
    EXPECT_EQ(std::erase(order, Call::read), text.size() / (256U << 10U) + 1);
    EXPECT_EQ(std::erase(order, Call::append), text.size() / (256U << 10U) + 1);
    EXPECT_THAT(order, ElementsAre(Call::link, Call::create, Call::reserve, Call::sync, Call::close,
                                   Call::rename_exclusive, Call::sync_directory));
}

/// What a writer that is killed right before it renames leaves.
std::string leave_one_behind(MemoryEnv& env) {
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == Call::rename || call.call == Call::remove ? EIO : 0;
    });
    EXPECT_FALSE(write_file_atomically(env, "/file", {}, {.replace = Replace::always}));
    env.set_fault({});
    auto paths = env.all_paths();
    std::erase(paths, "/file");
    return paths.size() == 1 ? paths[0] : "none, or several";
}

TEST(FilesLeftBehind, AreFoundByNameAndRemoved) {
    MemoryEnv env;
    env.put("/file", as_bytes(old_text));
    const std::string left = leave_one_behind(env);
    ASSERT_THAT(env.all_paths(), ElementsAre(left, "/file"));
    EXPECT_THAT(calls_of_write(env, Replace::always),
                ElementsAre(Call::locate, Call::access, Call::create, Call::lock, Call::remove,
                            Call::create, Call::copy_access, Call::reserve, Call::append,
                            Call::sync, Call::close, Call::rename, Call::sync_directory));
    EXPECT_THAT(env.all_paths(), ElementsAre("/file"));
}

TEST(FilesLeftBehind, OneThatCannotBeRemovedIsLeftAndNothingElse) {
    for (const Call failing : {Call::lock, Call::remove}) {
        MemoryEnv env;
        env.put("/file", as_bytes(old_text));
        const std::string left = leave_one_behind(env);
        env.set_fault([failing](std::uint64_t, const MemoryEnv::CallRecord& call) {
            return call.call == failing ? EPERM : 0;
        });
        const std::array<ByteView, 1> pieces{as_bytes(new_text)};
        ASSERT_EQ(
            outcome(write_file_atomically(env, "/file", pieces, {.replace = Replace::always})),
            "ok");
        EXPECT_EQ(as_text(*env.get("/file")), new_text);
        EXPECT_THAT(env.all_paths(), ElementsAre(left, "/file"));
    }
}

// A file that may be written and not replaced: the error names the step.
TEST(FilesStep, AFolderThatTakesNoNewFileIsNamed) {
    for (const int cause : {EACCES, EPERM, EROFS, ENOSPC}) {
        MemoryEnv env;
        env.put("/shelf/file", as_bytes(old_text));
        env.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
            return call.call == Call::create || call.call == Call::create_unlinked ? cause : 0;
        });
        const auto refused = write_file_atomically(env, "/shelf/new", {}, {});
        ASSERT_EQ(outcome(refused), caused("file_write_error", cause));
        EXPECT_EQ(refused.error().message(),
                  cause == ENOSPC ? "Failed to write file: /shelf/new"
                                  : "cannot create a file in /shelf, which an atomic write needs");
    }
}

TEST(FilesStep, AFileThatCannotBeReplacedIsNamed) {
    const auto said = [](int cause) {
        MemoryEnv env;
        env.put("/dir/file", as_bytes(old_text));
        env.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
            return call.call == Call::rename ? cause : 0;
        });
        const auto refused =
            write_file_atomically(env, "/dir/file", {}, {.replace = Replace::always});
        EXPECT_EQ(outcome(refused), caused("file_write_error", cause));
        EXPECT_EQ(env.all_paths(), std::vector<std::string>{"/dir/file"});
        return refused.error().message();
    };
    EXPECT_EQ(said(EBUSY),
              "/dir/file is a mount point of its own and cannot be replaced: mount its directory");
    EXPECT_THAT(said(EPERM),
                ::testing::StartsWith("/dir/file cannot be replaced: it is immutable"));
    EXPECT_EQ(said(EIO), "Failed to write file: /dir/file");
}

}  // namespace
}  // namespace aion::test
