// SPDX-License-Identifier: MIT OR Apache-2.0
// Pins in a file (aion/archive/pin_file.hpp): what is recorded between begin_many and end_many.
#include <gtest/gtest.h>

#include "aion/archive/pin_file.hpp"
#include "archive/failing_disk.hpp"
#include "archive/some_pins.hpp"
#include "support/results.hpp"
#include "support/temporary_folder.hpp"

namespace aion::archive::test {
namespace {

using aion::test::ok;
using policy::Pin;
using policy::PinStore;

class PinFileManyTest : public ::testing::Test {
  protected:
    std::unique_ptr<PinStore> open() const { return ok(open_pin_file(Env::system(), path)); }

    aion::test::TemporaryFolder folder;
    std::filesystem::path path = folder / "pins.db";
};

TEST_F(PinFileManyTest, OfManyEachIsFoundAtOnceAndByOthersInTheEnd) {
    const auto store = open();
    const auto other = open();
    store->begin_many();
    for (std::uint64_t id = 1; id <= 25000; ++id) {
        ok(record_pin(*store, pin_of(id, 3), any_history));
        EXPECT_EQ(ok(find_pin(*store, FileId{id}, {}, hash(0xA1))).pin, pin_of(id, 3));
        EXPECT_EQ(ok(find_pin(*store, FileId{9999}, pin_of(id, 3).name, hash(0xA1))).named,
                  FileId{id});
    }
    EXPECT_FALSE(ok(find_pin(*other, FileId{25000}, {}, hash(0xA1))).pin.has_value());
    ok(store->end_many());
    std::size_t count = 0;
    ok(other->for_each([&](const Pin&) { ++count; }));
    EXPECT_EQ(count, 25000U);
}

TEST_F(PinFileManyTest, OfManyNoneGoesBack) {
    const auto store = open();
    ok(record_pin(*store, pin_of(1, 3), any_history));
    store->begin_many();
    EXPECT_EQ(
        record_pin(*store, pin_of(1, 2), [](VersionNumber) { return std::nullopt; }).error().code(),
        ErrorCode::conflict);
    ok(record_pin(*store, pin_of(1, 5), any_history));
    EXPECT_EQ(
        record_pin(*store, pin_of(1, 4), [](VersionNumber) { return std::nullopt; }).error().code(),
        ErrorCode::conflict);
    Pin renamed = pin_of(2, 1);
    renamed.name = pin_of(1, 1).name;
    EXPECT_EQ(record_pin(*store, renamed, any_history).error().code(), ErrorCode::conflict);
    ok(store->end_many());
    EXPECT_EQ(ok(find_pin(*open(), FileId{1}, {}, hash(0xA1))).pin->version.value, 5U);
}

TEST_F(PinFileManyTest, WhatAnotherRecordedMeanwhileStands) {
    const auto store = open();
    const auto other = open();
    ok(record_pin(*store, pin_of(1, 3), any_history));
    store->begin_many();
    ok(record_pin(*store, pin_of(1, 5), any_history));
    ok(record_pin(*store, pin_of(2, 5), any_history));
    ok(record_pin(*store, pin_of(3, 5), any_history));
    Pin taken = pin_of(7, 1);
    taken.name = pin_of(3, 1).name;
    ok(record_pin(*other, pin_of(1, 9), any_history));
    ok(record_pin(*other, taken, any_history));
    const auto ended = store->end_many();
    ASSERT_FALSE(ended.has_value());
    EXPECT_EQ(ended.error().code(), ErrorCode::conflict);
    EXPECT_EQ(ok(find_pin(*store, FileId{1}, {}, hash(0xA1))).pin, pin_of(1, 9));
    EXPECT_EQ(ok(find_pin(*store, FileId{2}, {}, hash(0xA1))).pin, pin_of(2, 5));
    EXPECT_FALSE(ok(find_pin(*store, FileId{3}, {}, hash(0xA1))).pin.has_value());
    EXPECT_EQ(ok(find_pin(*store, FileId{3}, taken.name, hash(0xA1))).named, FileId{7});
    ok(store->end_many());  // Said once.
}

TEST_F(PinFileManyTest, OfManyTwoRunsThatSawTheSameDoNotConflict) {
    const auto store = open();
    const auto other = open();
    ok(record_pin(*store, pin_of(1, 3), any_history));
    for (PinStore* const run : {store.get(), other.get()}) {
        run->begin_many();
        for (std::uint64_t id = 1; id <= 3; ++id) {
            Pin seen = pin_of(id, 3 + id);
            seen.last_seen = Timestamp{run == store.get() ? 500U : 400U};
            ok(record_pin(*run, seen, any_history));
        }
    }
    ok(store->end_many());
    ok(other->end_many());
    for (std::uint64_t id = 1; id <= 3; ++id) {
        const Pin pin = *ok(find_pin(*open(), FileId{id}, {}, hash(0xA1))).pin;
        EXPECT_EQ(pin.version.value, 3 + id);
        EXPECT_EQ(pin.last_seen.value, 500U);
    }
}

TEST_F(PinFileManyTest, OfManyNoneIsWrittenUnderARegistryThatWasSupersededMeanwhile) {
    const auto store = open();
    const auto other = open();
    store->begin_many();
    ok(record_pin(*store, pin_of(1, 3), any_history));
    ok(record_pin(*store, pin_of(2, 3), any_history));
    Pin moved = pin_of(1, 3);
    moved.registry = hash(0x0A);
    ok(record_pin(*other, moved, any_history));
    const auto ended = store->end_many();
    ASSERT_FALSE(ended.has_value());
    EXPECT_EQ(ended.error().code(), ErrorCode::conflict);
    EXPECT_FALSE(ok(find_pin(*open(), FileId{2}, {}, hash(0x0A))).pin.has_value());
    EXPECT_EQ(ok(find_pin(*open(), FileId{1}, {}, hash(0x0A))).pin->registry, hash(0x0A));
}

TEST_F(PinFileManyTest, AfterManyThatCouldNotBeWrittenEachIsWrittenAtOnceAgain) {
    FailingDisk disk;
    const auto store = open();
    ok(record_pin(*store, pin_of(1, 3), any_history));
    store->begin_many();
    ok(record_pin(*store, pin_of(2, 3), any_history));
    disk.fail_from(0, true);
    EXPECT_FALSE(store->end_many().has_value());
    disk.mend();
    ok(record_pin(*store, pin_of(3, 3), any_history));
    const auto other = open();
    for (const std::uint64_t id : {1U, 2U, 3U}) {
        EXPECT_TRUE(ok(find_pin(*other, FileId{id}, {}, hash(0xA1))).pin.has_value()) << id;
    }
}

TEST_F(PinFileManyTest, OfManyTheNamesThatWaitAreFew) {
    const auto store = open();
    const auto other = open();
    const auto record_names = [&](std::size_t count, std::size_t size) {
        store->begin_many();
        Pin pin = pin_of(1, 3);
        for (std::size_t i = 0; i < count; ++i) {
            pin.name = "/" + std::to_string(i);
            pin.name.resize(size, 'n');
            ok(record_pin(*store, pin, any_history));
        }
        // The earliest are written by now, though nobody said that all were recorded.
        std::string first = "/0";
        first.resize(size, 'n');
        EXPECT_EQ(ok(find_pin(*other, FileId{9999}, first, hash(0xA1))).named, FileId{1});
        EXPECT_NE(ok(find_pin(*other, FileId{1}, {}, hash(0xA1))).pin->name, pin.name);
        ok(store->end_many());
        EXPECT_TRUE(ok(store->forget(FileId{1}, Timestamp{1}, {})));
    };
    ok(record_pin(*store, pin_of(2, 3), any_history));
    record_names(25'000, 8);
    record_names(1'500, 4'000);
}

TEST_F(PinFileManyTest, ANameThatAPersonGaveToAnotherFileStaysThere) {
    const auto store = open();
    ok(record_pin(*store, pin_of(1, 3), any_history));
    Pin heir = pin_of(2, 1);
    heir.name = pin_of(1, 1).name;
    ok(accept_pin(*store, heir, "instead"));
    Pin nameless = pin_of(1, 4);
    nameless.name.clear();
    store->begin_many();
    ok(record_pin(*store, nameless, any_history));
    ok(store->end_many());
    ok(store->withdrawn(FileId{1}, unchained(hash(0x0A))));
    EXPECT_EQ(ok(find_pin(*open(), FileId{1}, heir.name, hash(0x0A))).named, FileId{2});
}

}  // namespace
}  // namespace aion::archive::test
