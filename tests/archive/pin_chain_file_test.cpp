// SPDX-License-Identifier: MIT OR Apache-2.0
// Pins files with chains of registry records, and those from before there were any.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "aion/archive/pin_file.hpp"
#include "archive/files.hpp"
#include "archive/some_pins.hpp"
#include "support/results.hpp"
#include "support/temporary_folder.hpp"

namespace aion::archive::test {
namespace {

using aion::test::ok;
using aion::test::TemporaryFolder;
using policy::AskedRegistry;
using policy::Pin;
using policy::PinStore;
using policy::test::sighting_of;

class PinChainFileTest : public ::testing::Test {
  protected:
    std::unique_ptr<PinStore> open() const { return ok(open_pin_file(Env::system(), path)); }

    Result<> record(PinStore& store, std::uint64_t id, std::size_t records) const {
        return store.record(sighting_of(pin_of(id, 3)), asked(records), any_history);
    }

    /// A registry whose chain has so many records.
    AskedRegistry asked(std::size_t records) const {
        return {hash(0xB0 + records), std::span(chain).first(records)};
    }

    /// Two files under one chain and its continuation, one under a registry without, and one that
    /// left the chain as an exception.
    void fill() const {
        const auto store = open();
        ok(record(*store, 1, 2));
        ok(record(*store, 1, 3));
        ok(record(*store, 2, 4));
        ok(record_pin(*store, pin_of(3, 3), any_history));
        ok(record(*store, 4, 4));
        ok(accept_pin(*store, pin_of(4, 3), "so be it"));
    }

    /// File 1 waits to be pinned under the second record, which its pin holds, and file 3 is
    /// pinned by another process under the fourth.
    void wait_while_another_goes_on(PinStore& store, PinStore& other) const {
        ok(record(store, 1, 2));
        store.begin_many();
        ok(record(store, 1, 2));
        ok(record(other, 3, 4));
    }

    /// As an earlier version left it.
    void fill_former() const {
        const auto store = open();
        ok(record_pin(*store, pin_of(1, 3), any_history));
        Pin moved = pin_of(2, 4);
        ok(record_pin(*store, moved, any_history));
        moved.registry = hash(0x0A);
        ok(record_pin(*store, moved, any_history));
        moved = pin_of(3, 1);
        moved.registry = hash(0x0A);
        ok(accept_pin(*store, moved, "restored"));
        meddle(path, drop_new);
    }

    /// What version 2 added.
    static constexpr const char* drop_new =
        "DROP TABLE chained; DROP TABLE chains; DROP TABLE exempt; PRAGMA user_version=1";

    std::string detail_of_opening() const {
        const auto opened = open_pin_file(Env::system(), path);
        return opened ? "opened" : std::string(opened.error().detail());
    }

    static std::vector<Pin> all(PinStore& store) {
        std::vector<Pin> pins;
        ok(store.for_each([&](const Pin& pin) { pins.push_back(pin); }));
        return pins;
    }

    TemporaryFolder folder;
    std::filesystem::path path = folder / "pins.db";
    std::vector<Hash> chain = {hash(1), hash(2), hash(3), hash(4), hash(5)};
};

TEST_F(PinChainFileTest, WhatIsLostOfChainsIsSeen) {
    for (const char* const sql :
         {"DELETE FROM chained", "DELETE FROM chains", "UPDATE chained SET number = 0",
          "UPDATE chained SET forward = 0", "UPDATE chained SET root = x'01'",
          "UPDATE chained SET root = zeroblob(32)", "UPDATE chained SET head = zeroblob(32)",
          "UPDATE chains SET number = 1", "UPDATE chains SET root = zeroblob(32)",
          "UPDATE chains SET head = zeroblob(32)", "DELETE FROM chained WHERE number = 3",
          "DELETE FROM exempt", "UPDATE exempt SET root = x''", "UPDATE exempt SET number = 2",
          "UPDATE exempt SET root = zeroblob(32)", "UPDATE exempt SET head = zeroblob(32)"}) {
        std::filesystem::remove(path);
        fill();
        meddle(path, sql);
        EXPECT_EQ(detail_of_opening(), "database_damaged") << sql;
    }
    for (const char* const sql : {"DROP TABLE chains", "PRAGMA user_version=1",
                                  "DROP TABLE chains; PRAGMA user_version=1"}) {
        std::filesystem::remove(path);
        fill();
        meddle(path, sql);
        EXPECT_EQ(detail_of_opening(), "database_foreign") << sql;
    }
}

/// Without its tables of chains, and said to be of the version before, it would forget them.
TEST_F(PinChainFileTest, WhatPretendsToBeFormerIsDamaged) {
    fill();
    meddle(path, drop_new);
    EXPECT_EQ(detail_of_opening(), "database_damaged");
}

TEST_F(PinChainFileTest, APinsFileOfTheFormerVersionIsBroughtUpToDate) {
    fill_former();
    for (int times = 0; times < 2; ++times) {
        const auto store = open();
        const std::vector<Pin> pins = all(*store);
        ASSERT_EQ(pins.size(), 3);
        EXPECT_EQ(pins[0], pin_of(1, 3));
        EXPECT_EQ(pins[1].registry, hash(0x0A));
        EXPECT_EQ(pins[2].version, VersionNumber{1});
        EXPECT_TRUE(ok(find_pin(*store, FileId{9}, {}, hash(0xA1))).registry_is_older());
        int decisions = 0;
        ok(store->for_each_decision([&](const auto&) { ++decisions; }));
        EXPECT_EQ(decisions, 1);
    }
    const auto store = open();
    ok(record(*store, 1, 3));
    EXPECT_EQ(all(*open()).front().chain->number, 2);
    EXPECT_TRUE(ok(open()->find(FileId{9}, {}, asked(2))).registry_is_older());
}

TEST_F(PinChainFileTest, SeveralMayBringItUpToDateAtOnce) {
    for (int times = 0; times < 10; ++times) {
        std::filesystem::remove(path);
        fill_former();
        std::atomic<int> good = 0;
        std::vector<std::thread> lanes;
        for (std::uint64_t lane = 0; lane < 4; ++lane) {
            lanes.emplace_back([&, lane] {
                const auto store = open_pin_file(Env::system(), path);
                if (store && record(**store, 100 + lane, 3)) {
                    ++good;
                }
            });
        }
        for (std::thread& lane : lanes) {
            lane.join();
        }
        EXPECT_EQ(good, 4);
        EXPECT_EQ(all(*open()).size(), 7);
    }
}

TEST_F(PinChainFileTest, AFormerOneWithFurtherTablesIsForeign) {
    fill_former();
    meddle(path, "CREATE TABLE more(a)");
    EXPECT_EQ(detail_of_opening(), "database_foreign");
}

/// Another process went on while ours had yet to write.
TEST_F(PinChainFileTest, WhatWaitedUnderAnOlderRecordIsRefused) {
    const auto store = open();
    const auto other = open();
    ok(record(*store, 1, 2));
    store->begin_many();
    ok(record(*store, 2, 2));
    ok(record(*other, 3, 4));
    const auto ended = store->end_many();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code(), ErrorCode::conflict);
    EXPECT_FALSE(ok(open()->find(FileId{2}, {}, asked(4))).pin);
    EXPECT_TRUE(ok(open()->find(FileId{1}, {}, asked(2))).registry_is_older());
}

/// Likewise of a file that was pinned under that record before.
TEST_F(PinChainFileTest, WhatWaitedUnderTheRecordThatItsPinHoldsIsRefusedIfAnotherWentOn) {
    const auto store = open();
    const auto other = open();
    wait_while_another_goes_on(*store, *other);
    EXPECT_FALSE(store->end_many());
}

TEST_F(PinChainFileTest, WhatWaitedIsAnExceptionIfAPersonDecidedSoMeanwhile) {
    const auto store = open();
    const auto other = open();
    wait_while_another_goes_on(*store, *other);
    ok(other->accept(sighting_of(pin_of(1, 3)), asked(2), "so be it"));
    ok(store->end_many());
    EXPECT_TRUE(ok(open()->find(FileId{1}, {}, asked(2))).pin->exempt);
    EXPECT_FALSE(ok(open()->find(FileId{1}, {}, asked(2))).registry_is_older());
}

/// Version 1 did not say who decided that a file stays under a superseded registry.
TEST_F(PinChainFileTest, OfAFormerOneNoPinIsAnException) {
    fill_former();
    const auto store = open();
    EXPECT_TRUE(ok(find_pin(*store, FileId{1}, {}, hash(0xA1))).registry_is_older());
    ok(accept_pin(*store, pin_of(1, 3), "so be it"));
    EXPECT_FALSE(ok(find_pin(*open(), FileId{1}, {}, hash(0xA1))).registry_is_older());
}

}  // namespace
}  // namespace aion::archive::test
