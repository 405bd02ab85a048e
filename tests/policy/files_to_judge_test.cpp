// SPDX-License-Identifier: MIT OR Apache-2.0
// verify_many of files that are not known beforehand, some of which are answered already.
#include <gmock/gmock.h>

#include <atomic>
#include <new>
#include <string>
#include <vector>

#include "aion/base/error.hpp"
#include "aion/policy/verify_many.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

// Gives out `count` files that `make` makes, and sees to how it is asked.
class Source final : public FilesToJudge {
  public:
    Source(std::size_t count, std::function<FileToJudge(std::size_t)> make)
        : count_(count), make_(std::move(make)) {}

    std::optional<FileToJudge> next() override {
        EXPECT_FALSE(is_asked_.exchange(true)) << "by two threads at once";
        EXPECT_FALSE(has_ended_) << "behind the end";
        std::optional<FileToJudge> made;
        if (asked == count_) {
            has_ended_ = true;
        } else {
            made = make_(asked);
            ++asked;
        }
        is_asked_ = false;
        return made;
    }

    std::atomic<std::size_t> asked = 0;

  private:
    std::size_t count_;
    std::function<FileToJudge(std::size_t)> make_;
    std::atomic<bool> is_asked_ = false;
    bool has_ended_ = false;
};

class FilesToJudgeTest : public World {
  protected:
    void SetUp() override {
        World::SetUp();
        must_create("limit: 1");
    }

    static VerifyOptions in_threads(unsigned threads) {
        VerifyOptions options;
        options.threads = threads;
        return options;
    }

    static FileInfo of_size(std::uint64_t size) {
        FileInfo info;
        info.size = size;
        return info;
    }

    static VerificationReport answer(std::uint64_t number) {
        VerificationReport report;
        report.version_count = number;
        return report;
    }
};

TEST_F(FilesToJudgeTest, AnswersAreToldInTheirPlace) {
    const auto untagged = [&](std::size_t i) -> FileToJudge {
        switch (i % 3) {
            case 0:
                return {path};
            case 1:
                return {"/answered/" + std::to_string(i), answer(i), of_size(i)};
            default:
                return {"/failed/" + std::to_string(i),
                        fail(error_at_path(ErrorCode::file_not_found, std::to_string(i)))};
        }
    };
    const auto make = [&](std::size_t i) {
        FileToJudge made = untagged(i);
        made.tag = 10 * i;
        return made;
    };
    for (const unsigned threads : {1U, 2U}) {
        Source source(3000, make);
        std::size_t told = 0;
        const auto done =
            verify_many(env, source, registry, in_threads(threads), [&](const JudgedFile& file) {
                const std::size_t i = told++;
                EXPECT_EQ(file.path, make(i).path);
                EXPECT_EQ(file.tag, 10 * i);
                EXPECT_EQ(file.was_answered, i % 3 != 0);
                EXPECT_EQ(file.info.has_value(), i % 3 != 2);
                if (i % 3 == 2) {
                    EXPECT_EQ(file.report.error().code(), ErrorCode::file_not_found);
                } else {
                    EXPECT_EQ(file.report->version_count, i % 3 == 0 ? 1 : i);
                    EXPECT_EQ(file.report->is_valid(), i % 3 == 0);
                }
                if (file.info) {
                    EXPECT_EQ(file.info->size, file.was_answered ? i : env.get(path)->size());
                    EXPECT_EQ(file.opened_at, file.was_answered ? Timestamp{} : env.now());
                }
                return Next::go_on;
            });
        EXPECT_TRUE(done.has_value());
        EXPECT_EQ(told, 3000U);
    }
}

TEST_F(FilesToJudgeTest, OneThatIsThereAndOneThatIsNone) {
    Source source(2, [&](std::size_t i) -> FileToJudge { return {i == 0 ? path : "/none.aion"}; });
    std::vector<bool> there;
    ASSERT_TRUE(verify_many(env, source, registry, {}, [&](const JudgedFile& file) {
        there.push_back(file.report.has_value());
        EXPECT_EQ(file.info.has_value(), file.report.has_value());
        return Next::go_on;
    }));
    EXPECT_THAT(there, ::testing::ElementsAre(true, false));
}

// What is remembered counts for the very bytes that it was about, which are read.
TEST_F(FilesToJudgeTest, AnAnswerThatIsAboutOtherBytesIsNone) {
    const Bytes file = *env.get(path);
    const Hash hash = *format::FileView::parse(file)->integrity_hash();
    Bytes forged = file;
    forged[format::header_size] ^= 1U;  // and the trailing hash is as it was
    Bytes rehashed = forged;
    rehash(rehashed);
    env.put("/policies/cut", ByteView(file).first(20));
    env.put("/policies/forged", forged);
    env.put("/policies/rehashed", rehashed);
    const std::vector<std::filesystem::path> names = {path, "/policies/cut", "/policies/forged",
                                                      "/policies/rehashed", "/policies/none"};
    Source source(names.size(), [&](std::size_t i) -> FileToJudge {
        return {.path = names[i], .answer = answer(77), .only_if = hash};
    });
    std::size_t told = 0;
    ASSERT_TRUE(verify_many(env, source, registry, {}, [&](const JudgedFile& judged) {
        EXPECT_EQ(judged.was_answered, told == 0);
        EXPECT_EQ(judged.info.has_value(), told != 4);
        EXPECT_EQ(judged.report.has_value(), told != 4);
        if (judged.report) {
            EXPECT_EQ(judged.report->version_count == 77, told == 0) << told;
            EXPECT_FALSE(judged.report->is_valid());
        }
        ++told;
        return Next::go_on;
    }));
    EXPECT_EQ(told, names.size());
}

// Too large to be held: hashed piece by piece.
TEST_F(FilesToJudgeTest, AnAnswerAboutALargeFileCountsForItsBytes) {
    path = "/policies/large.aion";
    must_create(std::string(std::size_t{5} << 20U, 'x'));
    Bytes file = *env.get(path);
    const Hash hash = *format::FileView::parse(file)->integrity_hash();
    for (const bool is_same : {true, false}) {
        if (!is_same) {
            file[file.size() / 2] ^= 1U;
            env.put(path, file);
        }
        Source source(1, [&](std::size_t) -> FileToJudge {
            return {.path = path, .answer = answer(77), .only_if = hash};
        });
        ASSERT_TRUE(verify_many(env, source, registry, {}, [&](const JudgedFile& judged) {
            EXPECT_EQ(judged.was_answered, is_same);
            EXPECT_EQ(judged.report->version_count == 77, is_same);
            return Next::go_on;
        }));
    }
}

// One that is remembered, but has gone back, is told of as any other.
TEST_F(FilesToJudgeTest, WhatIsAnsweredHasAnEvent) {
    std::vector<std::string> events;
    VerifyOptions options;
    options.events = [&](const Event& event) { events.emplace_back(event.name); };
    const VerificationReport valid = verify(*env.get(path), registry, env.now(), {});
    Source source(2,
                  [&](std::size_t i) -> FileToJudge { return {path, i == 0 ? valid : answer(1)}; });
    ASSERT_TRUE(
        verify_many(env, source, registry, options, [](const JudgedFile&) { return Next::go_on; }));
    EXPECT_THAT(events, ::testing::ElementsAre("file_verified", "file_rejected"));
}

// Long histories that are remembered do not pile up before they are told.
TEST_F(FilesToJudgeTest, AnswersThatAreLargeAreNotPiledUp) {
    VerificationReport large = answer(1);
    large.history =
        HistoryFacts{.signers = {}, .version_hashes = std::vector<Hash>(40'000), .file_hash = {}};
    Source source(200, [&](std::size_t) -> FileToJudge { return {path, large}; });
    std::size_t told = 0;
    std::size_t most = 0;
    ASSERT_TRUE(verify_many(env, source, registry, in_threads(2), [&](const JudgedFile&) {
        most = std::max(most, source.asked - told);
        ++told;
        return Next::go_on;
    }));
    EXPECT_EQ(told, 200U);
    EXPECT_LE(most, 60U);  // some 1.3 MB each, and 16 MiB may wait twice
}

TEST_F(FilesToJudgeTest, NoFilesAreNone) {
    Source source(0, [](std::size_t) { return FileToJudge{}; });
    EXPECT_TRUE(verify_many(env, source, registry, {}, [](const JudgedFile&) {
        ADD_FAILURE();
        return Next::go_on;
    }));
}

// However many there are, and however slow the sink.
TEST_F(FilesToJudgeTest, IsAskedNoFurtherAheadThanItSays) {
    for (const bool answered : {true, false}) {
        Source source(5000, [&](std::size_t i) -> FileToJudge {
            return answered ? FileToJudge{path, answer(i)} : FileToJudge{path};
        });
        std::size_t told = 0;
        std::size_t most = 0;
        ASSERT_TRUE(verify_many(env, source, registry, in_threads(2), [&](const JudgedFile&) {
            ++told;
            most = std::max(most, source.asked - told);
            return Next::go_on;
        }));
        EXPECT_EQ(told, 5000U);
        EXPECT_LE(most, 1024U + 256U);
    }
}

TEST_F(FilesToJudgeTest, StopsAskingWhenItIsStopped) {
    Source source(100'000, [&](std::size_t i) -> FileToJudge { return {path, answer(i)}; });
    std::size_t told = 0;
    EXPECT_TRUE(verify_many(env, source, registry, in_threads(2), [&](const JudgedFile&) {
        return ++told == 7 ? Next::stop : Next::go_on;
    }));
    EXPECT_EQ(told, 7U);
    EXPECT_LE(source.asked, 2000U);
}

TEST_F(FilesToJudgeTest, MemoryThatEndsWhileAskingComesOut) {
    for (const std::size_t last : {0U, 1U, 300U}) {
        Source source(1000, [&](std::size_t i) -> FileToJudge {
            if (i == last) {
                throw std::bad_alloc();
            }
            return {path};
        });
        std::size_t told = 0;
        EXPECT_THROW((void)verify_many(env, source, registry, in_threads(2),
                                       [&](const JudgedFile&) {
                                           ++told;
                                           return Next::go_on;
                                       }),
                     std::bad_alloc);
        EXPECT_LE(told, last);
    }
}

}  // namespace
}  // namespace aion::policy::test
