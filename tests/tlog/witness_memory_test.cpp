// SPDX-License-Identifier: MIT OR Apache-2.0
// What a witness has seen, in a file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "aion/tlog/witness.hpp"
#include "archive/failing_disk.hpp"
#include "support/temporary_folder.hpp"
#include "tlog/small_log.hpp"

namespace aion::tlog::test {
namespace {

using archive::test::FailingDisk;

const crypto::Sha256Digest origin = crypto::sha256(as_bytes(std::string_view(small_log_name)));
const SeenLog first{.note = "first\n", .time = 1};
const SeenLog second{.note = "second\n", .time = 2};

TEST(WitnessMemoryTest, KeepsWhatWasSeen) {
    const aion::test::TemporaryFolder folder;
    {
        const auto memory = ok(open_witness_memory(Env::system(), folder / "seen"));
        EXPECT_EQ(ok(memory->find(origin)), std::nullopt);
        ok(memory->advance(origin, std::nullopt, first));
        EXPECT_EQ(code_of(memory->advance(origin, std::nullopt, second)), ErrorCode::conflict);
        EXPECT_EQ(code_of(memory->advance(origin, second, second)), ErrorCode::conflict);
    }
    const auto memory = ok(open_witness_memory(Env::system(), folder / "seen"));
    EXPECT_EQ(ok(memory->find(origin)), first);
    ok(memory->advance(origin, first, second));
    EXPECT_EQ(ok(memory->find(origin)), second);
    EXPECT_EQ(ok(memory->find(crypto::sha256({}))), std::nullopt);
}

TEST(WitnessMemoryTest, TwoProcessesSeeEachOther) {
    const aion::test::TemporaryFolder folder;
    const auto one = ok(open_witness_memory(Env::system(), folder / "seen"));
    const auto other = ok(open_witness_memory(Env::system(), folder / "seen"));
    ok(one->advance(origin, std::nullopt, first));
    EXPECT_EQ(code_of(other->advance(origin, std::nullopt, second)), ErrorCode::conflict);
    EXPECT_EQ(ok(other->find(origin)), first);
}

TEST(WitnessMemoryTest, WhatIsDamagedIsNotForgotten) {
    const aion::test::TemporaryFolder folder;
    const auto path = folder / "seen";
    {
        const auto memory = ok(open_witness_memory(Env::system(), path));
        ok(memory->advance(origin, std::nullopt, {.note = "a note to be found", .time = 1}));
    }
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(file)), {});
    const std::size_t at = all.find("a note to be found");
    ASSERT_NE(at, std::string::npos);
    file.seekp(static_cast<std::streamoff>(at));
    file.put('b');
    file.close();
    const auto memory = ok(open_witness_memory(Env::system(), path));
    const auto found = memory->find(origin);
    EXPECT_EQ(detail_of(found), "database_damaged");
    EXPECT_EQ(detail_of(memory->advance(origin, std::nullopt, first)), "database_damaged");
}

TEST(WitnessMemoryTest, AFileOfSomethingElseIsNotTouched) {
    const aion::test::TemporaryFolder folder;
    std::ofstream(folder / "seen") << "something else\n";
    EXPECT_FALSE(open_witness_memory(Env::system(), folder / "seen"));
    std::string line;
    EXPECT_TRUE(std::getline(std::ifstream(folder / "seen"), line));
    EXPECT_EQ(line, "something else");
}

// Every call to the disk in turn fails, once or for good: an answer is given only for what is there
// after a restart, and what was there before is never lost.
TEST(WitnessMemoryTest, OnADiskThatFailsNothingIsCosignedThatIsNotKept) {
    const SmallLog log(8);
    const NoteSigner cosigner =
        signer_of(witness_name, NoteKeyType::ed25519_cosignature, witness_key);
    for (const bool forever : {false, true}) {
        bool has_failed = true;
        for (std::uint64_t call = 0; has_failed; ++call) {
            SCOPED_TRACE(call);
            const aion::test::TemporaryFolder folder;
            int status = 0;
            {
                FailingDisk disk;
                const auto memory = ok(open_witness_memory(Env::system(), folder / "seen"));
                const auto witness =
                    ok(Witness::make(Env::system(), {log.key()}, {cosigner}, *memory));
                ASSERT_EQ(witness->add_checkpoint(log.request(0, 3)).status, 200);
                disk.fail_from(call, forever, FailingDisk::Failure::broken);
                status = witness->add_checkpoint(log.request(3, 8)).status;
                has_failed = disk.has_failed();
            }
            const auto memory = ok(open_witness_memory(Env::system(), folder / "seen"));
            const auto seen = ok(memory->find(origin));
            ASSERT_TRUE(seen);
            const auto size = ok(Checkpoint::parse(ok(Note::parse(seen->note)).text)).size;
            EXPECT_TRUE(status == 200 ? size == 8 : size == 3 || size == 8) << status;
            ASSERT_LT(call, 1000U);
        }
    }
}

}  // namespace
}  // namespace aion::tlog::test
