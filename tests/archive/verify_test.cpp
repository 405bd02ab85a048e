// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "aion/archive/result_cache.hpp"
#include "aion/base/interrupt.hpp"
#include "support/failing_pins.hpp"
#include "support/results.hpp"
#include "support/temporary_folder.hpp"
#include "support/world.hpp"

namespace aion::archive::test {
namespace {

using aion::test::ok;
using policy::Next;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// `b.aion` and `copy.aion` are one file with two versions, `a.aion` is its beginning; `bad.aion`
/// has a byte inverted.
class ArchiveVerifyTest : public policy::test::World {
  protected:
    void SetUp() override {
        World::SetUp();
        env.put_directory("/archive");
        must_create();
        env.put("/archive/a.aion", content());
        must_commit("rules: 2\n");
        env.put("/archive/b.aion", content());
        env.put("/archive/copy.aion", content());
    }

    void put_bad() {
        Bytes bad = content();
        bad.at(40) ^= 0xff;
        env.put("/archive/bad.aion", bad);
    }

    static std::string verdict(const Result<policy::VerificationReport>& report) {
        if (!report) {
            return " unreadable";
        }
        return report->is_valid() ? " valid" : " bad";
    }

    Result<Tally> verify_all(std::vector<std::filesystem::path> operands,
                             const VerifyOptions& options = {}) {
        const auto names = scan(env, operands);
        return verify(
            env, *names, registry, options,
            [this](const Row& row) {
                rows.push_back(row.path.filename().string() + verdict(row.report));
                sizes.push_back(row.size);
                remembered += row.remembered ? 1 : 0;
                return rows.size() == stop_behind ? Next::stop : Next::go_on;
            },
            &ledger);
    }

    std::vector<std::string> rows;
    std::vector<std::uint64_t> sizes;
    std::size_t stop_behind = 0;
    std::uint64_t remembered = 0;
    Ledger ledger{env};
};

TEST_F(ArchiveVerifyTest, FilesAreToldInTheOrderOfNamesAndCompared) {
    put_bad();
    const Tally tally = ok(verify_all({"/archive", "/nothing"}));
    EXPECT_THAT(rows, ElementsAre("a.aion valid", "b.aion valid", "bad.aion bad", "copy.aion valid",
                                  "nothing unreadable"));
    EXPECT_EQ(tally.valid, 3);
    EXPECT_EQ(tally.invalid, 1);
    EXPECT_EQ(tally.unreadable, 1);
    EXPECT_EQ(tally.files(), 5);
    EXPECT_EQ(tally.remembered, 0);
    EXPECT_FALSE(tally.stopped);
    EXPECT_EQ(sizes.at(1), content().size());
    EXPECT_EQ(sizes.at(4), 0);
    EXPECT_EQ(tally.bytes, sizes[0] + 3 * content().size());
    ok(ledger.finish());
    EXPECT_EQ(ledger.count(Relation::Kind::copies), 1);
    EXPECT_EQ(ledger.count(Relation::Kind::prefix), 1);
    EXPECT_EQ(ledger.count(Relation::Kind::fork), 0) << "what is not VALID proves nothing";
    ASSERT_EQ(ledger.signers().size(), 1);
    EXPECT_EQ(ledger.signers().front().files, 3);
}

TEST_F(ArchiveVerifyTest, FailFastStopsBehindTheFirstThatIsNotValid) {
    put_bad();
    const Tally tally = ok(verify_all({"/archive"}, {.fail_fast = true}));
    EXPECT_THAT(rows, ElementsAre("a.aion valid", "b.aion valid", "bad.aion bad"));
    EXPECT_TRUE(tally.stopped);
    EXPECT_EQ(tally.files(), 3);
}

TEST_F(ArchiveVerifyTest, FailFastStopsBehindWhatCannotBeRead) {
    const Tally tally = ok(verify_all({"/nothing", "/archive"}, {.fail_fast = true}));
    EXPECT_THAT(rows, ElementsAre("nothing unreadable"));
    EXPECT_TRUE(tally.stopped);
}

TEST_F(ArchiveVerifyTest, BehindTheLastNothingStops) {
    EXPECT_FALSE(ok(verify_all({"/archive", "/nothing"}, {.fail_fast = true})).stopped);
    rows.clear();
    EXPECT_TRUE(ok(verify_all({"/nothing", "/nothing"}, {.fail_fast = true})).stopped);
}

TEST_F(ArchiveVerifyTest, RowsOfAPartHaveTheirPlace) {
    const std::vector<std::filesystem::path> operands = {"/archive", "/nothing"};
    std::vector<std::uint64_t> positions;
    for (std::uint32_t part = 1; part <= 3; ++part) {
        const auto names = part_of(scan(env, operands), {.index = part, .count = 3});
        ok(verify(env, *names, registry, {}, [&](const Row& row) {
            EXPECT_EQ(row.is_in_every_part, row.path == "/nothing");
            positions.push_back(row.position);
            return Next::go_on;
        }));
        EXPECT_EQ(positions.back(), 4) << "behind a.aion, b.aion and copy.aion";
    }
    std::ranges::sort(positions);
    EXPECT_THAT(positions, ElementsAre(1, 2, 3, 4, 4, 4));
}

TEST_F(ArchiveVerifyTest, WhoIsToldMayStop) {
    stop_behind = 1;
    EXPECT_TRUE(ok(verify_all({"/archive"})).stopped);
    EXPECT_THAT(rows, ElementsAre("a.aion valid"));
}

TEST_F(ArchiveVerifyTest, NothingIsNoError) {
    EXPECT_EQ(ok(verify_all({"/policies/none"})).unreadable, 1);
    env.put_directory("/empty");
    rows.clear();
    EXPECT_EQ(ok(verify_all({"/empty"})).files(), 0);
    EXPECT_THAT(rows, IsEmpty());
}

TEST_F(ArchiveVerifyTest, AFileThatFailsToBeReadStopsNothing) {
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.path == "/archive/b.aion" ? EIO : 0;
    });
    EXPECT_EQ(ok(verify_all({"/archive"})).unreadable, 1);
    EXPECT_THAT(rows, ElementsAre("a.aion valid", "b.aion unreadable", "copy.aion valid"));
}

TEST_F(ArchiveVerifyTest, WhatCannotBeComparedIsAnError) {
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::create_unnamed ? ENOSPC : 0;
    });
    // Until no more is held in memory, and a file is needed.
    const policy::HistoryFacts large{
        .signers = {}, .version_hashes = std::vector<Hash>(3'000), .file_hash = {}};
    while (ledger.add("x", FileId{1}, large)) {
    }
    const std::vector<std::filesystem::path> many(5'000, "/archive/a.aion");
    const auto tally = verify_all(many);
    ASSERT_FALSE(tally.has_value());
    EXPECT_EQ(tally.error().code(), ErrorCode::file_write_error);
    EXPECT_LT(rows.size(), many.size());
}

TEST_F(ArchiveVerifyTest, AskedToStopItEnds) {
    Interrupt interrupt;
    InterruptibleEnv interruptible(env, interrupt);
    const std::vector<std::filesystem::path> operands = {"/archive"};
    const auto names = scan(interruptible, operands);
    std::size_t told = 0;
    const auto tally = verify(interruptible, *names, registry, {}, [&](const Row&) {
        ++told;
        interrupt.request();
        return Next::go_on;
    });
    ASSERT_FALSE(tally.has_value());
    EXPECT_EQ(tally.error().code(), ErrorCode::interrupted);
    EXPECT_EQ(told, 1);
}

class ArchiveCacheTest : public ArchiveVerifyTest {
  protected:
    void SetUp() override {
        ArchiveVerifyTest::SetUp();
        settle();
    }

    // A file that changed a moment ago is not remembered.
    void settle() { env.advance(10'000'000'000); }

    /// How often a file of the archive was opened.
    std::size_t opened_by(bool rehash) {
        env.set_fault({});
        ok(verify_with(rehash));
        return static_cast<std::size_t>(
            std::ranges::count_if(env.calls(), [](const MemoryEnv::CallRecord& call) {
                return call.call == MemoryEnv::Call::open && call.path.ends_with(".aion");
            }));
    }

    Result<Tally> look() { return verify_with(false); }

    Result<Tally> look_closely() { return verify_with(true); }

    Result<Tally> verify_with(bool rehash) {
        rows.clear();
        sizes.clear();
        remembered = 0;
        ledger = Ledger(env);
        return verify_all({"/archive"}, {.cache = &cache, .rehash = rehash});
    }

    aion::test::TemporaryFolder folder;
    ResultCache cache = ResultCache::open(Env::system(), folder / "cache", folder / "key", registry,
                                          policy::VerifyOptions{});
};

TEST_F(ArchiveCacheTest, WhatDidNotChangeIsNotOpened) {
    EXPECT_EQ(opened_by(false), 3);
    EXPECT_EQ(remembered, 0);
    const auto first_sizes = sizes;
    EXPECT_EQ(opened_by(false), 0);
    EXPECT_EQ(remembered, 3);
    EXPECT_THAT(rows, ElementsAre("a.aion valid", "b.aion valid", "copy.aion valid"));
    EXPECT_EQ(sizes, first_sizes);
    ok(ledger.finish());
    EXPECT_EQ(ledger.count(Relation::Kind::copies), 1) << "what is remembered is compared, too";
    EXPECT_EQ(ledger.signers().at(0).heads, 3);
}

TEST_F(ArchiveCacheTest, WhatIsBadIsNotRememberedAndWhatChangedIsJudged) {
    put_bad();
    settle();
    ok(look());
    env.put("/archive/a.aion", content());
    settle();
    const Tally tally = ok(look());
    EXPECT_EQ(tally.remembered, 2);
    EXPECT_EQ(tally.invalid, 1);
    EXPECT_EQ(remembered, 2);
}

// Pins are asked about what is remembered, too. What they refuse, and what they cannot be asked
// about, is not the cache's verdict, and shifts nothing.
TEST_F(ArchiveCacheTest, PinsDecideAboutWhatIsRemembered) {
    ok(look());
    const auto first_sizes = sizes;
    policy::test::FailingPins pins;
    pins.before_call = [](int index) -> Result<> {
        return index == 0 ? fail(error_because(ErrorCode::conflict, "locked")) : Result<>();
    };
    VerifyOptions options{.cache = &cache};
    options.judging.pin_store = &pins;
    options.judging.pin_base = "/";
    const auto look_again = [&] {
        rows.clear();
        sizes.clear();
        remembered = 0;
        ledger = Ledger(env);
        return ok(verify_all({"/archive"}, options));
    };
    const Tally tally = look_again();
    EXPECT_THAT(rows, ElementsAre("a.aion unreadable", "b.aion valid", "copy.aion valid"));
    EXPECT_EQ(sizes, first_sizes);
    EXPECT_EQ(tally.remembered, 2);
    // By now the second version is pinned, and the first one is a step back.
    EXPECT_EQ(look_again().invalid, 1);
    ok(ledger.finish());
    EXPECT_EQ(ledger.count(Relation::Kind::prefix), 0) << "only what is VALID is compared";
    EXPECT_THAT(rows, ElementsAre("a.aion bad", "b.aion valid", "copy.aion valid"));
    EXPECT_EQ(sizes, first_sizes);
    EXPECT_EQ(remembered, 2);
}

TEST_F(ArchiveCacheTest, RehashReadsWhatIsRemembered) {
    ok(look());
    EXPECT_EQ(opened_by(true), 3);
    EXPECT_EQ(remembered, 3);
}

TEST_F(ArchiveCacheTest, RehashFindsWhatNoTimeTells) {
    ok(look());
    cache.flush();
    // Another file with the facts of a VALID one, as after a store through a shared mapping.
    const FileInfo facts = *ok(env.info("/archive/b.aion"));
    const auto remembered_of_b = cache.find(facts);
    ASSERT_TRUE(remembered_of_b.has_value());
    put_bad();
    settle();
    const FileInfo bad = *ok(env.info("/archive/bad.aion"));
    cache.put(bad, env.now(), *remembered_of_b);
    EXPECT_EQ(ok(look()).invalid, 0) << "the cache believes the facts";
    EXPECT_EQ(ok(look_closely()).invalid, 1);
    EXPECT_THAT(rows,
                ElementsAre("a.aion valid", "b.aion valid", "bad.aion bad", "copy.aion valid"));
    EXPECT_EQ(remembered, 3);
}

// Another log may say something else, and nobody knows which one it was.
TEST_F(ArchiveVerifyTest, WhatALogSaysIsNotRemembered) {
    class Empty final : public trust::LogOrder {
        Result<std::optional<std::uint64_t>> index_of_version(
            const trust::SignedVersion& /*version*/) const override {
            return std::nullopt;
        }

        Result<std::optional<std::uint64_t>> index_of_record(
            const trust::RegistryRecord& /*record*/) const override {
            return std::nullopt;
        }
    };

    const Empty log;
    policy::VerifyOptions options;
    options.log = &log;
    ResultCache cache =
        ResultCache::open(Env::system(), "/never/made.db", "/never/made.key", registry, options);
    EXPECT_EQ(cache.trouble(), "what a transparency log says of files is not remembered");
}

}  // namespace
}  // namespace aion::archive::test
