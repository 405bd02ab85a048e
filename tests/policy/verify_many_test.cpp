// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/verify_many.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <new>
#include <thread>

#include "aion/base/hex.hpp"
#include "aion/base/interrupt.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using Paths = std::vector<std::filesystem::path>;

// All of a report but where the time went.
std::string text_of(const Result<VerificationReport>& result) {
    if (!result) {
        return "no verdict: " + result.error().full_message();
    }
    const VerificationReport& report = *result;
    std::string text = report.summary() + " id " + to_string(report.file_id) + " versions " +
                       std::to_string(report.version_count) + " signed " +
                       std::to_string(report.signatures_valid) + " profile " +
                       std::string(name_of(report.profile)) + (report.pinned ? " pinned" : "") +
                       " head " + (report.head ? to_hex(*report.head) : "none");
    for (const Gate gate : all_gates) {
        text += " " + std::string(name_of(gate)) + "=" + std::string(name_of(report.state(gate))) +
                "/" + std::to_string(report.finding_counts[static_cast<std::size_t>(gate)]);
    }
    for (const Finding& finding : report.findings) {
        text += "\n  " + std::string(name_of(finding.gate)) + " " +
                std::string(name_of(finding.reason)) + " " + finding.message + " at " +
                std::to_string(finding.offset.value_or(0)) + " of " +
                std::to_string(finding.version.value_or(VersionNumber{}).value);
    }
    for (const TemporalWarning& warning : report.temporal_warnings) {
        text += "\n  " + warning.message();
    }
    for (const Unauthenticated open : report.unauthenticated) {
        text += "\n  open: " + std::string(name_of(open));
    }
    return text;
}

class VerifyManyTest : public World {
  protected:
    // A file of `versions` versions, each by the next of two authors.
    std::filesystem::path make(std::size_t number, std::uint64_t versions,
                               std::size_t payload = 40) {
        path = "/policies/" + std::to_string(number) + ".aion";
        env.advance(1'000);  // No two files have a version that is signed alike.
        must_create(std::string(payload, 'x'));
        auto session = CommitSession::open(env, path, registry);
        EXPECT_TRUE(session.has_value());
        for (std::uint64_t v = 2; v <= versions; ++v) {
            EXPECT_TRUE(v % 2 == 0
                            ? session->add({as_bytes("two"), bob, "m"}, bob_key).has_value()
                            : session->add({as_bytes("three"), alice, "m"}, alice_key).has_value());
        }
        EXPECT_TRUE(session->save().has_value());
        return path;
    }

    void change(const std::filesystem::path& file, const std::function<void(Bytes&)>& how) {
        Bytes bytes = *env.get(file);
        how(bytes);
        env.put(file, bytes);
    }

    static std::size_t signature_at(const Bytes& bytes, std::size_t version) {
        const auto view = format::FileView::parse(bytes);
        return view->offset_of(&(*view->signature_at(version))->signature);
    }

    // Of every sort, small ones and large ones in turn.
    Paths mixed() {
        Paths files;
        for (std::size_t i = 0; i < 120; ++i) {
            const std::filesystem::path file = make(i, 1 + i % 23);
            files.push_back(file);
            const std::size_t version = i % 23;
            if (i % 5 == 1) {
                change(file, [&](Bytes& bytes) { bytes[signature_at(bytes, version)] ^= 1U; });
            } else if (i % 5 == 2) {
                change(file, [&](Bytes& bytes) {
                    bytes[signature_at(bytes, version)] ^= 1U;
                    rehash(bytes);
                });
            } else if (i % 10 == 3) {
                files.emplace_back("/policies/none.aion");
            } else if (i % 10 == 8) {
                env.put("/policies/text", as_bytes("this is no .aion file"));
                files.emplace_back("/policies/text");
            } else if (i % 40 == 4) {
                files.push_back(make(1000 + i, 2, std::size_t{300} << 10U));
                files.push_back(make(2000 + i, 300));
                files.push_back(make(3000 + i, 1, std::size_t{5} << 20U));
                change(files.back(), [](Bytes& bytes) { bytes[bytes.size() / 2] ^= 1U; });
            }
        }
        return files;
    }

    std::vector<std::string> told(std::span<const std::filesystem::path> files,
                                  const VerifyOptions& options) {
        std::vector<std::string> texts;
        const auto caller = std::this_thread::get_id();
        const auto done = verify_many(env, files, registry, options,
                                      [&](std::size_t i, Result<VerificationReport> report) {
                                          EXPECT_EQ(i, texts.size());
                                          EXPECT_EQ(std::this_thread::get_id(), caller);
                                          texts.push_back(text_of(report));
                                          return Next::go_on;
                                      });
        EXPECT_TRUE(done.has_value());
        return texts;
    }

    std::vector<std::string> one_by_one(std::span<const std::filesystem::path> files,
                                        const VerifyOptions& options) {
        std::vector<std::string> texts;
        for (const std::filesystem::path& file : files) {
            texts.push_back(text_of(verify(env, file, registry, options)));
        }
        return texts;
    }
};

VerifyOptions in_threads(unsigned threads) {
    VerifyOptions options;
    options.threads = threads;
    return options;
}

TEST_F(VerifyManyTest, SaysOfEachFileWhatVerifySaysInTheirOrderOnTheCallingThread) {
    const Paths files = mixed();
    const std::vector<std::string> expected = one_by_one(files, {});
    EXPECT_THAT(expected, ::testing::Contains(::testing::HasSubstr("bad_signature")));
    EXPECT_THAT(expected, ::testing::Contains(::testing::HasSubstr("no verdict")));
    EXPECT_THAT(expected, ::testing::Contains(::testing::HasSubstr("payload_undecryptable")));
    for (const unsigned threads : {1U, 2U, 8U}) {
        EXPECT_EQ(told(files, in_threads(threads)), expected) << threads;
    }
}

TEST_F(VerifyManyTest, HoldsUnderEveryOption) {
    const Paths files = mixed();
    VerifyOptions pinned = in_threads(2);
    pinned.pins.min_version = VersionNumber{7};
    EXPECT_EQ(told(files, pinned), one_by_one(files, pinned));
    VerifyOptions reference = in_threads(2);
    reference.profile = Profile::reference;
    EXPECT_EQ(told(files, reference), one_by_one(files, reference));
    HistoryCache histories;
    crypto::KeyCache keys;
    VerifyOptions remembering = in_threads(2);
    remembering.history_cache = &histories;
    remembering.key_cache = &keys;
    EXPECT_EQ(told(files, remembering), one_by_one(files, {}));
    EXPECT_EQ(keys.size(), 2U);
    EXPECT_EQ(told(files, remembering), one_by_one(files, {}));
}

// What shares a batch shares nothing else.
TEST_F(VerifyManyTest, ASignatureOfAnotherFileInTheBatchIsNone) {
    const Paths files = {make(1, 3), make(2, 3), make(3, 3)};
    Bytes one = *env.get(files[0]);
    Bytes other = *env.get(files[1]);
    std::swap_ranges(one.begin() + static_cast<std::ptrdiff_t>(signature_at(one, 2)),
                     one.begin() + static_cast<std::ptrdiff_t>(signature_at(one, 2)) + 64,
                     other.begin() + static_cast<std::ptrdiff_t>(signature_at(other, 2)));
    for (Bytes* const bytes : {&one, &other}) {
        rehash(*bytes);
    }
    env.put(files[0], one);
    env.put(files[1], other);
    const auto texts = told(files, in_threads(1));
    for (const std::size_t i : {0U, 1U}) {
        EXPECT_THAT(texts[i], ::testing::StartsWith("INVALID: signatures: the signature of version "
                                                    "3 by author 1001 does not verify"));
    }
    EXPECT_THAT(texts[2], ::testing::StartsWith("VALID"));
}

TEST_F(VerifyManyTest, NothingAndOneFileAreNoSpecialCases) {
    EXPECT_EQ(told({}, {}), std::vector<std::string>{});
    const Paths one = {make(1, 2)};
    EXPECT_EQ(told(one, {}), one_by_one(one, {}));
}

TEST_F(VerifyManyTest, AllFilesAreJudgedAsOfTheSameTime) {
    const Paths files(2, make(1, 1));
    env.set_now(Timestamp{start.value - 600'000'000'000});
    std::vector<std::string> texts;
    ASSERT_TRUE(
        verify_many(env, files, registry, {}, [&](std::size_t, Result<VerificationReport> report) {
            texts.push_back(text_of(report));
            env.set_now(start);
            return Next::go_on;
        }));
    EXPECT_THAT(texts[0], ::testing::HasSubstr("future"));
    EXPECT_EQ(texts[0], texts[1]);
}

// Counts what is opened, whoever opens it.
class CountingEnv {
  public:
    explicit CountingEnv(MemoryEnv& env) {
        env.set_fault([this](std::uint64_t, const MemoryEnv::CallRecord& call) {
            opened += call.call == MemoryEnv::Call::open ? 1U : 0U;
            return 0;
        });
    }

    std::atomic<std::size_t> opened = 0;
};

TEST_F(VerifyManyTest, IsNoFurtherAheadThanItSaysHoweverSlowTheSinkIs) {
    const Paths files(2500, make(1, 1));
    const CountingEnv counting(env);
    std::size_t most_ahead = 0;
    std::size_t told_of = 0;
    ASSERT_TRUE(verify_many(env, files, registry, in_threads(2),
                            [&](std::size_t i, const Result<VerificationReport>& report) {
                                EXPECT_TRUE(report.has_value() && report->is_valid());
                                if (i % 500 == 0) {
                                    std::this_thread::sleep_for(std::chrono::milliseconds(50));
                                }
                                ++told_of;
                                most_ahead = std::max(most_ahead, counting.opened - told_of);
                                return Next::go_on;
                            }));
    EXPECT_EQ(told_of, files.size());
    EXPECT_EQ(counting.opened, files.size());
    EXPECT_LE(most_ahead, 1024U);
}

// A hostile file costs a report of thousands of findings: few of them are kept waiting.
TEST_F(VerifyManyTest, ReportsThatAreLargeAreNotPiledUp) {
    const auto file = make(1, 600);
    change(file, [&](Bytes& bytes) {
        for (std::size_t version = 0; version < 600; ++version) {
            bytes[signature_at(bytes, version)] ^= 1U;
        }
    });
    const Paths files(800, file);
    const CountingEnv counting(env);
    std::size_t told_of = 0;
    std::size_t most_ahead = 0;
    ASSERT_TRUE(verify_many(env, files, registry, in_threads(2),
                            [&](std::size_t i, const Result<VerificationReport>& report) {
                                EXPECT_EQ(report->findings.size(), 601U);
                                if (i == 0) {
                                    std::this_thread::sleep_for(std::chrono::milliseconds(300));
                                }
                                ++told_of;
                                most_ahead = std::max(most_ahead, counting.opened - told_of);
                                return Next::go_on;
                            }));
    EXPECT_EQ(told_of, files.size());
    EXPECT_LE(most_ahead, 120U);
}

TEST_F(VerifyManyTest, StopsWhenItIsTold) {
    const Paths files(600, make(1, 1));
    std::size_t told_of = 0;
    EXPECT_TRUE(verify_many(env, files, registry, in_threads(2),
                            [&](std::size_t i, const Result<VerificationReport>&) {
                                ++told_of;
                                return i == 4 ? Next::stop : Next::go_on;
                            })
                    .has_value());
    EXPECT_EQ(told_of, 5U);
}

TEST_F(VerifyManyTest, EndsWhenItIsInterrupted) {
    Interrupt interrupt;
    InterruptibleEnv stoppable(env, interrupt);
    Paths files(300, make(1, 1));
    files[4] = "/policies/next.aion";
    std::size_t told_of = 0;
    const auto done = verify_many(stoppable, files, registry, in_threads(2),
                                  [&](std::size_t i, const Result<VerificationReport>&) {
                                      ++told_of;
                                      if (i == 3) {
                                          interrupt.request();
                                      }
                                      return Next::go_on;
                                  });
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code(), ErrorCode::interrupted);
    EXPECT_THAT(done.error().message(), ::testing::HasSubstr("next.aion"));
    EXPECT_EQ(told_of, 4U);
}

TEST_F(VerifyManyTest, WhatTheSinkThrowsEndsItAndComesOut) {
    const Paths files(600, make(1, 1));
    for (const unsigned threads : {1U, 2U}) {
        std::size_t told_of = 0;
        EXPECT_THROW(
            (void)verify_many(env, files, registry, in_threads(threads),
                              [&](std::size_t i, const Result<VerificationReport>&) -> Next {
                                  ++told_of;
                                  if (i == 200) {
                                      throw std::bad_alloc();
                                  }
                                  return Next::go_on;
                              }),
            std::bad_alloc);
        EXPECT_EQ(told_of, 201U) << threads;
    }
}

// Inside of it the library may lend this thread to its own work.
TEST_F(VerifyManyTest, TheSinkMayVerifyItself) {
    const auto large = make(1, 600);
    const Paths files(200, make(2, 3));
    std::size_t told_of = 0;
    ASSERT_TRUE(verify_many(env, files, registry, in_threads(2),
                            [&](std::size_t i, const Result<VerificationReport>& report) {
                                EXPECT_EQ(i, told_of++);
                                EXPECT_TRUE(report->is_valid());
                                EXPECT_TRUE(
                                    verify(env, large, registry, in_threads(2))->is_valid());
                                return Next::go_on;
                            }));
    EXPECT_EQ(told_of, files.size());
}

// A call inside has helpers that are there before it.
TEST_F(VerifyManyTest, ACallInsideTheSinkTellsOnItsThreadToo) {
    constexpr std::size_t calls = 3'000;
    const auto file = make(1, 1);
    const Paths files(calls, file);
    const Paths inner(16, file);
    const auto caller = std::this_thread::get_id();
    std::atomic<std::size_t> elsewhere = 0;
    std::atomic<std::size_t> told_of = 0;
    const auto look = [&] { elsewhere += std::this_thread::get_id() != caller ? 1U : 0U; };
    VerifyOptions options = in_threads(2);
    options.events = [&](const Event&) { look(); };
    ASSERT_TRUE(verify_many(
        env, files, registry, in_threads(2), [&](std::size_t, const Result<VerificationReport>&) {
            EXPECT_TRUE(verify_many(env, inner, registry, options,
                                    [&](std::size_t, const Result<VerificationReport>&) {
                                        look();
                                        ++told_of;
                                        return Next::go_on;
                                    }));
            return Next::go_on;
        }));
    EXPECT_EQ(told_of, calls * inner.size());
    EXPECT_EQ(elsewhere, 0U);
}

TEST_F(VerifyManyTest, EventsComeInOrderOnTheCallingThreadBeforeTheirFileIsTold) {
    const Paths files = mixed();
    const auto caller = std::this_thread::get_id();
    std::vector<std::string> lines;
    VerifyOptions options;
    options.events = [&](const Event& event) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        lines.emplace_back(event.name);
    };
    std::vector<std::vector<std::string>> expected;
    for (const std::filesystem::path& file : files) {
        lines.clear();
        (void)verify(env, file, registry, options);
        expected.push_back(lines);
    }
    for (const unsigned threads : {1U, 2U}) {
        options.threads = threads;
        lines.clear();
        ASSERT_TRUE(verify_many(env, files, registry, options,
                                [&](std::size_t i, const Result<VerificationReport>&) {
                                    EXPECT_EQ(std::exchange(lines, {}), expected[i]) << i;
                                    return Next::go_on;
                                }));
        EXPECT_TRUE(lines.empty());
    }
}

// The most descriptors that this process may have, while it lives.
class DescriptorLimit {
  public:
    explicit DescriptorLimit(rlim_t most) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit limit{std::min(most, before_.rlim_cur), before_.rlim_max};
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    }

    ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;

  private:
    rlimit before_{};
};

// A large payload is read where it is; once it is judged, only its events wait.
TEST_F(VerifyManyTest, FilesThatAreJudgedAreOpenNoMoreWhenTheyWaitToBeTold) {
    std::string folder = (std::filesystem::temp_directory_path() / "aion-many-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const auto file = std::filesystem::path(folder) / "large.aion";
    ASSERT_TRUE(create(Env::system(), file,
                       {as_bytes(std::string(std::size_t{5} << 20U, 'x')), alice, "m"}, alice_key));
    const Paths files(150, file);
    const DescriptorLimit limit(64);
    VerifyOptions options = in_threads(2);
    std::size_t events = 0;
    options.events = [&](const Event&) { ++events; };
    std::size_t valid = 0;
    ASSERT_TRUE(verify_many(Env::system(), files, registry, options,
                            [&](std::size_t i, const Result<VerificationReport>& report) {
                                if (i == 20) {
                                    std::this_thread::sleep_for(std::chrono::milliseconds(700));
                                }
                                valid += report && report->is_valid() ? 1U : 0U;
                                return Next::go_on;
                            }));
    std::filesystem::remove_all(folder);
    EXPECT_EQ(valid, files.size());
    EXPECT_EQ(events, files.size());
}

TEST_F(VerifyManyTest, TimingsOfAFileHoldItsShareOfTheBatch) {
    const Paths files = {make(1, 1), make(2, 20)};
    std::vector<Timings> timings;
    ASSERT_TRUE(verify_many(env, files, registry, in_threads(1),
                            [&](std::size_t, const Result<VerificationReport>& report) {
                                timings.push_back(report->timings);
                                return Next::go_on;
                            }));
    EXPECT_GT(timings[1].signatures, timings[0].signatures);
    for (const Timings& timing : timings) {
        EXPECT_GE(timing.total, timing.read + timing.signatures);
        EXPECT_GT(timing.hash, 0U);
    }
}

}  // namespace
}  // namespace aion::policy::test
