// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/files.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "every_env.hpp"

namespace aion::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Files : public WithEveryEnv {
  protected:
    Result<WriteReport> put(const std::string& name, std::string_view text,
                            const WriteOptions& options) {
        const std::array<ByteView, 1> pieces{as_bytes(text)};
        return write_file_atomically(env(), at(name), pieces, options);
    }

    /// The name under which a file is replaced. Nothing is changed.
    std::string temporary_of(const std::string& target) {
        const std::vector<std::string> before = names();
        std::vector<std::string> seen;
        WriteOptions options;
        options.replace = Replace::always;
        options.before_rename = [&]() -> Result<> {
            seen = names();
            return fail(error_at_path(ErrorCode::file_write_error, "nowhere", ECANCELED));
        };
        EXPECT_EQ(outcome(put(target, "", options)), caused("file_write_error", ECANCELED));
        std::erase_if(seen, [&](const std::string& name) {
            return std::ranges::find(before, name) != before.end();
        });
        EXPECT_EQ(names(), before);
        return seen.size() == 1 ? seen[0] : "none, or several";
    }

    std::uint32_t mode_of(const std::string& name) {
        const auto info = env().info(at(name));
        EXPECT_TRUE(info.has_value() && info->has_value());
        return (*info)->mode;
    }
};

INSTANTIATE_TEST_SUITE_P(Each, Files, every_env, env_name);

WriteOptions replacing() {
    WriteOptions options;
    options.replace = Replace::always;
    return options;
}

TEST_P(Files, WritesAllPiecesInOrder) {
    const std::array<ByteView, 4> pieces{as_bytes("one "), ByteView{}, as_bytes("two "),
                                         as_bytes("three")};
    ASSERT_EQ(outcome(write_file_atomically(env(), at("file"), pieces, {})), "ok");
    EXPECT_EQ(read("file"), "one two three");
    ASSERT_EQ(outcome(write_file_atomically(env(), at("empty"), {}, {})), "ok");
    EXPECT_EQ(read("empty"), "");
    EXPECT_THAT(names(), ElementsAre("empty", "file"));
}

TEST_P(Files, WritesLargeFiles) {
    const std::string large(3U << 20U, 'x');
    ASSERT_EQ(outcome(put("large", large, {})), "ok");
    EXPECT_EQ(read("large"), large);
}

TEST_P(Files, NeverReplacesUnlessTold) {
    write("file", "old");
    const auto refused = put("file", "new", {});
    ASSERT_EQ(outcome(refused), "file_exists");
    EXPECT_EQ(refused.error().message(), "File already exists: " + at("file").string());
    EXPECT_EQ(read("file"), "old");
    EXPECT_EQ(outcome(put("file", "new", replacing())), "ok");
    EXPECT_EQ(read("file"), "new");
    EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_P(Files, DecidesAtomicallyThatNothingIsThere) {
    // Somebody else creates the file after we looked and before we rename.
    WriteOptions options;
    options.before_rename = [&]() -> Result<> {
        write("file", "theirs");
        return {};
    };
    const auto refused = put("file", "ours", options);
    EXPECT_EQ(outcome(refused), "file_exists");
    EXPECT_EQ(refused.error().message(), "File already exists: " + at("file").string());
    EXPECT_EQ(read("file"), "theirs");
    EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_P(Files, WhatSomebodyPutWhereNothingWasIsNotReplaced) {
    WriteOptions options = replacing();
    options.before_rename = [&]() -> Result<> {
        write("file", "theirs");
        return {};
    };
    const auto refused = put("file", "ours", options);
    ASSERT_EQ(outcome(refused), "conflict");
    EXPECT_THAT(refused.error().message(),
                ::testing::EndsWith(at("file").string() +
                                    " was changed by another writer: look at it again and repeat "
                                    "the change; nothing was written"));
    EXPECT_EQ(read("file"), "theirs");
    EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_P(Files, WritesSyncedAndUnsynced) {
    WriteOptions options = replacing();
    for (const bool sync : {true, false}) {
        options.sync = sync;
        EXPECT_EQ(outcome(put("file", sync ? "a" : "b", options)), "ok");
        EXPECT_EQ(read("file"), sync ? "a" : "b");
    }
}

TEST_P(Files, FollowsALinkToTheFileItReplaces) {
    ASSERT_EQ(outcome(env().create_directories(at("real"), 0700)), "ok");
    write("real/file", "old");
    folder().put_symlink(at("link"), "real/file");
    ASSERT_EQ(outcome(put("link", "new", replacing())), "ok");
    EXPECT_EQ(read("real/file"), "new");
    EXPECT_EQ(env().locate(at("link"))->name, "file");  // still a link
    EXPECT_EQ(outcome(put("link", "newer", {})), "file_exists");
    EXPECT_THAT(names(), ElementsAre("link", "real"));
    EXPECT_EQ(list_at(env(), at("real")), std::vector<std::string>{"file"});
}

TEST_P(Files, FollowsALinkToAFileYetToCome) {
    folder().put_symlink(at("link"), "file");
    ASSERT_EQ(outcome(put("link", "new", {})), "ok");
    EXPECT_EQ(read("file"), "new");
    EXPECT_EQ(env().locate(at("link"))->name, "file");
}

TEST_P(Files, KeepsTheModeOfTheFileItReplaces) {
    WriteOptions secret = replacing();
    secret.mode = 0600;
    ASSERT_EQ(outcome(put("file", "1", secret)), "ok");
    EXPECT_EQ(mode_of("file"), 0600U);
    ASSERT_EQ(outcome(put("file", "2", replacing())), "ok");
    EXPECT_EQ(mode_of("file"), 0600U);
    secret.mode = 0640;
    ASSERT_EQ(outcome(put("file", "3", secret)), "ok");
    EXPECT_EQ(mode_of("file"), 0640U);
}

TEST_P(Files, SecretsAreSecretFromTheFirstByte) {
    write("secret", "old key");
    WriteOptions options = replacing();
    options.secret = true;
    std::vector<std::uint32_t> modes;
    options.before_rename = [&]() -> Result<> {
        for (const std::string& name : names()) {
            if (name != "secret") {
                modes.push_back(mode_of(name));
            }
        }
        return {};
    };
    ASSERT_EQ(outcome(put("secret", "key", options)), "ok");
    EXPECT_THAT(modes, ElementsAre(0600U));
    EXPECT_EQ(mode_of("secret"), 0600U);
    // One that is new nobody sees at all, where the file system can do that.
    options.replace = Replace::never;
    modes.clear();
    ASSERT_EQ(outcome(put("new", "key", options)), "ok");
    EXPECT_THAT(modes, ::testing::Each(::testing::AnyOf(0600U, mode_of("secret"))));
    EXPECT_EQ(mode_of("new"), 0600U);
}

TEST_P(Files, AnErrorBeforeTheRenameLeavesEverythingAsItWas) {
    write("file", "old");
    WriteOptions options = replacing();
    int calls = 0;
    options.before_rename = [&]() -> Result<> {
        ++calls;
        EXPECT_EQ(names().size(), 2U);  // the new content is complete and beside the old
        return fail(error_at_path(ErrorCode::file_write_error, "somewhere else", EPERM));
    };
    const auto refused = put("file", "new", options);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(refused.error(), error_at_path(ErrorCode::file_write_error, "somewhere else"));
    EXPECT_EQ(read("file"), "old");
    EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_P(Files, ContentMayBeMadeWhileItIsWritten) {
    const auto place = locate_to_write(env(), at("file"));
    ASSERT_EQ(outcome(place), "ok");
    ProducedContent content{6,
                            [&](const ProducedContent::Append& append,
                                const ProducedContent::Ready& /*ready*/) -> Result<> {
                                for (const char* const piece : {"one", "", "two"}) {
                                    EXPECT_EQ(outcome(append(as_bytes(piece))), "ok");
                                }
                                return {};
                            }};
    EXPECT_EQ(outcome(write_file_atomically(env(), *place, content, replacing())), "ok");
    EXPECT_EQ(read("file"), "onetwo");
    content.produce = [](const ProducedContent::Append& append,
                         const ProducedContent::Ready& /*ready*/) -> Result<> {
        EXPECT_EQ(outcome(append(as_bytes("half"))), "ok");
        return fail(error_at_path(ErrorCode::file_write_error, "somewhere else", EPERM));
    };
    const auto refused = write_file_atomically(env(), *place, content, replacing());
    EXPECT_EQ(refused.error(), error_at_path(ErrorCode::file_write_error, "somewhere else"));
    EXPECT_EQ(read("file"), "onetwo");
    EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_P(Files, OnlyWhatWasExpectedIsReplaced) {
    write("file", "old");
    const auto read_before = env().read(at("file"), {});
    ASSERT_EQ(outcome(read_before), "ok");
    WriteOptions options = replacing();
    options.expected = (*read_before)->info().identity;
    options.before_rename = [&]() -> Result<> {
        folder().overwrite(at("file"), "theirs, in place");
        return {};
    };
    EXPECT_EQ(outcome(put("file", "new", options)), "conflict");  // seen before the rename
    EXPECT_EQ(outcome(put("file", "new", options)), "conflict");  // and before anything is written
    EXPECT_EQ(read("file"), "theirs, in place");
    EXPECT_EQ(outcome(remove_at(env(), at("file"))), "ok");
    EXPECT_EQ(outcome(put("file", "new", options)), "conflict");
    EXPECT_THAT(names(), IsEmpty());
}

TEST_P(Files, TheTemporaryFileIsBesideItsTarget) {
    write("policy.aion", "old");
    const std::string name = temporary_of("policy.aion");
    EXPECT_THAT(name, ::testing::MatchesRegex("\\.policy\\.aion\\.[0-9a-f]{16}\\.tmp"));
    EXPECT_EQ(temporary_of("policy.aion"), name);  // that is how a later writer finds it
}

TEST_P(Files, WhatIsNewIsNotThereBeforeAllOfItIs) {
    WriteOptions options;
    for (const Replace replace : {Replace::never, Replace::always}) {
        options.replace = replace;
        std::vector<std::string> seen;
        options.before_rename = [&]() -> Result<> {
            seen = names();
            return {};
        };
        const std::string name = replace == Replace::never ? "one" : "two";
        ASSERT_EQ(outcome(put(name, "x", options)), "ok");
        EXPECT_EQ(read(name), "x");
        std::erase(seen, "one");
        if (GetParam().name == "MemoryNamed") {
            ASSERT_EQ(seen.size(), 1U);
            EXPECT_THAT(seen[0], ::testing::MatchesRegex("\\.(one|two)\\.[0-9a-f]{16}\\.tmp"));
        } else {
            EXPECT_THAT(seen, IsEmpty());
        }
    }
}

TEST_P(Files, TargetsWithTheSameBeginningHaveDifferentTemporaries) {
    const std::string one = std::string(250, 'n') + "1";
    const std::string two = std::string(250, 'n') + "2";
    write(one, "1");
    write(two, "2");
    EXPECT_NE(temporary_of(one), temporary_of(two));
}

TEST_P(Files, NamesOfEveryLegalLengthWork) {
    const std::string longest(255, 'n');
    ASSERT_EQ(outcome(put(longest, "x", {})), "ok");
    EXPECT_EQ(read(longest), "x");
    std::string umlauts;  // two bytes each: must not be cut in the middle
    for (int i = 0; i < 127; ++i) {
        umlauts += "\u00e4";
    }
    ASSERT_EQ(outcome(put(umlauts, "y", {})), "ok");
    EXPECT_EQ(read(umlauts), "y");
}

TEST_P(Files, RefusesWhatIsNoRegularFile) {
    ASSERT_EQ(outcome(env().create_directories(at("folder"), 0700)), "ok");
    EXPECT_EQ(outcome(put("folder", "x", replacing())), caused("file_write_error", EISDIR));
    EXPECT_EQ(outcome(put("folder", "x", {})), "file_exists");
    EXPECT_EQ(outcome(put("new/", "x", {})), caused("file_write_error", EISDIR));
}

TEST_P(Files, ErrorsNameThePathThatTheCallerGave) {
    const auto refused = put("no/where", "x", {});
    ASSERT_EQ(outcome(refused), caused("file_write_error", ENOENT));
    EXPECT_EQ(refused.error().message(), "Failed to write file: " + at("no/where").string());
}

TEST_P(Files, ManyWritersLeaveOneWholeContent) {
    write("file", "");  // of several who find nothing there, all but one are refused
    std::vector<std::thread> threads;
    for (char c = 'a'; c < 'e'; ++c) {
        threads.emplace_back([this, c] {
            for (int i = 0; i < 20; ++i) {
                write("file", std::string(10'000, c));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    const std::string content = read("file");
    EXPECT_EQ(content, std::string(10'000, content[0]));
    EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_P(Files, RemovesStaleTemporariesOfOneTargetOnly) {
    const std::vector<std::string> stale{".file.0123456789abcdef.tmp",
                                         ".file.ffffffffffffffff.tmp"};
    const std::vector<std::string> others{
        ".file.0123456789ABCDEF.tmp",  ".file.0123456789abcde.tmp",
        ".file.0123456789abcdef.tmp2", ".file.x.0123456789abcdef.tmp",
        ".other.0123456789abcdef.tmp", "file",
        "file.0123456789abcdef.tmp"};
    for (const auto& list : {stale, others}) {
        for (const std::string& name : list) {
            ASSERT_EQ(outcome(create_at(env(), at(name), 0600)), "ok");
        }
    }
    folder().put_symlink(at("link"), "file");
    EXPECT_EQ(remove_stale_temporaries(env(), at("link")), 2U);
    EXPECT_EQ(remove_stale_temporaries(env(), at("file")), 0U);
    auto expected = others;
    expected.emplace_back("link");
    std::ranges::sort(expected);
    EXPECT_EQ(names(), expected);
}

TEST_P(Files, RemovesStaleTemporariesOfALongName) {
    const std::string name(240, 'n');
    const std::string temporary = '.' + name.substr(0, 233) + ".0123456789abcdef.tmp";
    ASSERT_EQ(outcome(create_at(env(), at(temporary), 0600)), "ok");
    EXPECT_EQ(remove_stale_temporaries(env(), at(name)), 1U);
    EXPECT_THAT(names(), IsEmpty());
}

TEST_P(Files, LeavesATemporaryThatIsBeingWritten) {
    write("file", "old");
    const std::string name = temporary_of("file");
    {
        const auto writing = create_at(env(), at(name), 0600);
        ASSERT_EQ(outcome(writing), "ok");
        write("file", "another writer");
        ASSERT_EQ(outcome((*writing)->close()), "ok");
        EXPECT_EQ(remove_stale_temporaries(env(), at("file")), 0U);
        EXPECT_THAT(names(), ElementsAre(name, "file"));
    }
    write("file", "a later write");
    EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_P(Files, WhatSomebodyPutWhereTheTemporaryFileIsToBeIsNotTouched) {
    write("file", "old");
    write("victim", "precious");
    const std::string name = temporary_of("file");
    folder().put_symlink(at(name), "victim");
    write("file", "beside a link");
    EXPECT_EQ(read(name), "precious");
    EXPECT_THAT(names(), ElementsAre(name, "file", "victim"));
    ASSERT_EQ(outcome(remove_at(env(), at(name))), "ok");
    ASSERT_EQ(outcome(env().create_directories(at(name) / "below", 0700)), "ok");
    write("file", "beside a directory");
    EXPECT_EQ(read("file"), "beside a directory");
    EXPECT_EQ(list_at(env(), at(name)), std::vector<std::string>{"below"});
    EXPECT_THAT(names(), ElementsAre(name, "file", "victim"));
}

TEST_P(Files, ReadsWholeFilesWithinALimit) {
    write("file", "12345");
    EXPECT_EQ(read_file(env(), at("file"), 5), Bytes({'1', '2', '3', '4', '5'}));
    EXPECT_EQ(outcome(read_file(env(), at("file"), 4)), "resource_exhausted");
}

TEST_P(Files, ReadsARangeInPieces) {
    std::string content(700'000, 'a');
    content[3] = 'b';
    content[content.size() - 2] = 'c';
    write("file", content);
    const auto file = env().open(at("file"), {});
    ASSERT_TRUE(file.has_value());
    const auto read = [&](std::uint64_t begin, std::uint64_t end) {
        std::string all;
        EXPECT_TRUE(read_pieces(**file, begin, end, [&](ByteView piece) {
            EXPECT_LE(piece.size(), std::size_t{256} << 10U);
            all += as_text(piece);
        }));
        return all;
    };
    EXPECT_EQ(read(0, content.size()), content);
    EXPECT_EQ(read(3, content.size() - 1), content.substr(3, content.size() - 4));
    EXPECT_EQ(read(7, 7), "");
    EXPECT_EQ(outcome(read_pieces(**file, 0, content.size() + 1, [](ByteView) {})), "file_changed");
}

}  // namespace
}  // namespace aion::test
