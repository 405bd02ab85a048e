// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/result_cache.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <new>
#include <thread>

#include "archive/failing_disk.hpp"
#include "archive/files.hpp"
#include "support/results.hpp"
#include "support/temporary_folder.hpp"
#include "support/world.hpp"

namespace aion::archive::test {
namespace {

using aion::test::ok;
using aion::test::TemporaryFolder;
using policy::test::start;

constexpr std::uint64_t day = std::uint64_t{86'400} * 1'000'000'000;
constexpr Timestamp opened{start.value + day};

FileInfo info_of(std::uint64_t inode, std::uint64_t size = 1000) {
    FileInfo info;
    info.kind = FileKind::regular;
    info.size = size;
    info.identity = {.device = 7, .inode = inode, .size = size, .modified_ns = start.value};
    info.changed_ns = start.value;
    return info;
}

// What two verdicts have in common, if they are the same.
std::string text_of(const policy::VerificationReport& report) {
    std::string text = report.summary() + " " + to_string(report.file_id) + " " +
                       std::to_string(report.version_count) + " " +
                       std::to_string(report.signatures_valid) +
                       std::string(name_of(report.profile)) + (report.pinned ? "pinned" : "");
    for (const policy::GateState state : report.gates) {
        text += " " + std::string(name_of(state));
    }
    for (const policy::Unauthenticated what : report.unauthenticated) {
        text += " " + std::string(name_of(what));
    }
    return text;
}

class ResultCacheTest : public policy::test::World {
  protected:
    ResultCacheTest() {
        env.put_directory("/policies");
        must_create();
        must_commit("rules: 2\n", "more", aion::test::bob);
        must_commit("rules: 3\n");
        judged = verdict();
    }

    policy::VerificationReport verdict(policy::VerifyOptions options = {}) const {
        options.list_history = true;
        return policy::verify(content(), registry, opened, options);
    }

    static Hash hash_of(std::uint8_t what) {
        Hash made;
        made.bytes.fill(what);
        return made;
    }

    ResultCache open(const policy::VerifyOptions& options = {}) const {
        return ResultCache::open(Env::system(), file, key, registry, options);
    }

    // That one that lies there is unusable, said, and left as it is.
    void expect_left_alone(std::string_view why) const {
        const std::string before = std::filesystem::is_regular_file(file) ? slurp(file) : "";
        {
            ResultCache cache = open();
            EXPECT_NE(cache.trouble().find(why), std::string::npos) << cache.trouble();
            cache.put(info_of(1), opened, judged);
            EXPECT_FALSE(cache.find(info_of(1)).has_value());
        }
        if (!before.empty()) {
            EXPECT_EQ(slurp(file), before);
        }
    }

    void expect_found(std::optional<policy::VerificationReport> found) const {
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(text_of(*found), text_of(judged));
        EXPECT_EQ(found->head, judged.head);
        EXPECT_EQ(found->history, judged.history);
        EXPECT_EQ(found->history->file_hash, *format::FileView::parse(content())->integrity_hash());
    }

    TemporaryFolder folder;
    std::filesystem::path file = folder / "cache.db";
    std::filesystem::path key = folder.path() / "state" / "cache.key";
    policy::VerificationReport judged;
};

TEST_F(ResultCacheTest, WhatWasPutIsFoundAtOnceAndInTheNextRun) {
    ASSERT_EQ(judged.history->signers.size(), 2U);
    {
        ResultCache cache = open();
        EXPECT_FALSE(cache.find(info_of(1)).has_value());
        cache.put(info_of(1), opened, judged);
        expect_found(cache.find(info_of(1)));
        cache.flush();
        expect_found(cache.find(info_of(1)));
        cache.put(info_of(2), opened, judged);
        EXPECT_EQ(cache.trouble(), "");
    }
    ResultCache cache = open();
    expect_found(cache.find(info_of(1)));
    expect_found(cache.find(info_of(2)));
    EXPECT_FALSE(cache.find(info_of(3)).has_value());
}

TEST_F(ResultCacheTest, NoneRemembersNothingAndSaysWhy) {
    ResultCache cache = ResultCache::none("no memory between runs");
    cache.put(info_of(1), opened, judged);
    EXPECT_FALSE(cache.find(info_of(1)).has_value());
    cache.flush();
    EXPECT_EQ(cache.trouble(), "no memory between runs");
}

TEST_F(ResultCacheTest, AnyOtherFactIsAnotherFile) {
    ResultCache cache = open();
    cache.put(info_of(1), opened, judged);
    for (const bool flushed : {false, true}) {
        for (const int fact : {0, 1, 2, 3, 4, 5}) {
            FileInfo info = info_of(1);
            info.identity.device += fact == 0 ? 1 : 0;
            info.identity.inode += fact == 1 ? 1 : 0;
            info.identity.size += fact == 2 ? 1 : 0;
            info.identity.modified_ns += fact == 3 ? 1 : 0;
            info.changed_ns += fact == 4 ? 1 : 0;
            info.kind = fact == 5 ? FileKind::other : info.kind;
            EXPECT_FALSE(cache.find(info).has_value()) << fact << flushed;
        }
        cache.flush();
    }
    expect_found(cache.find(info_of(1)));
}

TEST_F(ResultCacheTest, AnyOtherQuestionIsAnother) {
    {
        open().put(info_of(1), opened, judged);
    }
    const auto asked = [&](const policy::VerifyOptions& options) {
        return open(options).find(info_of(1)).has_value();
    };
    EXPECT_TRUE(asked({}));
    policy::VerifyOptions options;
    options.profile = policy::Profile::reference;
    EXPECT_FALSE(asked(options));
    options = {};
    options.pins.file_id = judged.file_id;
    EXPECT_FALSE(asked(options));
    options = {};
    options.pins.head = *judged.head;
    EXPECT_FALSE(asked(options));
    options = {};
    options.pins.min_version = VersionNumber{0};
    EXPECT_FALSE(asked(options));
    options = {};
    options.pins.registry = registry.fingerprint();
    EXPECT_FALSE(asked(options));
    ASSERT_TRUE(registry
                    .pin(AuthorId{77}, aion::test::public_of(aion::test::masters),
                         aion::test::public_of(aion::test::bobs))
                    .has_value());
    EXPECT_FALSE(asked({}));
}

TEST_F(ResultCacheTest, OnlyWhatIsValidAndSettledIsRemembered) {
    ResultCache cache = open();
    const auto remembers = [&](const FileInfo& info, Timestamp when,
                               const policy::VerificationReport& what) {
        cache.put(info, when, what);
        const bool found = cache.find(info).has_value();
        return found;
    };
    policy::VerificationReport other = judged;
    other.gates[0] = policy::GateState::failed;
    EXPECT_FALSE(remembers(info_of(1), opened, other));
    other = judged;
    other.history.reset();
    EXPECT_FALSE(remembers(info_of(2), opened, other));
    other = judged;
    other.temporal_warnings.resize(1);
    EXPECT_FALSE(remembers(info_of(3), opened, other));
    other = judged;
    other.head = hash_of(3);
    EXPECT_FALSE(remembers(info_of(4), opened, other));
    EXPECT_FALSE(remembers(info_of(5), Timestamp{start.value + 2'999'999'999}, judged));
    FileInfo touched = info_of(6);
    touched.changed_ns = opened.value - 1;
    EXPECT_FALSE(remembers(touched, opened, judged));
    touched.changed_ns = opened.value + day;  // By a clock that was ahead.
    EXPECT_FALSE(remembers(touched, opened, judged));
    EXPECT_TRUE(remembers(info_of(7), Timestamp{start.value + 3'000'000'000}, judged));
}

TEST_F(ResultCacheTest, WithoutTheSecretNothingIsTrusted) {
    {
        open().put(info_of(1), opened, judged);
    }
    std::filesystem::remove(key);
    ResultCache cache = open();
    EXPECT_FALSE(cache.find(info_of(1)).has_value());
    EXPECT_EQ(cache.trouble(), "");
}

TEST_F(ResultCacheTest, AnEntryServesNoOtherFile) {
    {
        ResultCache cache = open();
        cache.put(info_of(1), opened, judged);
        cache.put(info_of(2, 2000), opened, judged);
    }
    meddle(file,
           "CREATE TEMP TABLE old AS SELECT * FROM results;"
           "UPDATE results SET entry = (SELECT entry FROM old WHERE old.id <> results.id)");
    ResultCache cache = open();
    EXPECT_FALSE(cache.find(info_of(1)).has_value());
    EXPECT_FALSE(cache.find(info_of(2, 2000)).has_value());
    EXPECT_EQ(cache.trouble(), "");
}

TEST_F(ResultCacheTest, AnOlderEntryOfAFileThatChangedIsNone) {
    {
        open().put(info_of(1), opened, judged);
    }
    const std::string old = slurp(file);
    FileInfo changed = info_of(1);
    changed.changed_ns += day / 2;
    {
        open().put(changed, opened, judged);
    }
    spill(file, old);
    EXPECT_FALSE(open().find(changed).has_value());
}

TEST_F(ResultCacheTest, NoByteOfItMakesAVerdict) {
    {
        ResultCache cache = open();
        for (std::uint64_t inode = 1; inode <= 10; ++inode) {
            cache.put(info_of(inode), opened, judged);
        }
    }
    const std::string bytes = slurp(file);
    std::size_t misses = 0;
    for (std::size_t i = 0; i < bytes.size(); i += bytes[i] == 0 ? 37U : 3U) {
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
        spill(file, changed);
        ResultCache cache = open();
        for (std::uint64_t inode = 1; inode <= 10; ++inode) {
            if (const auto found = cache.find(info_of(inode))) {
                EXPECT_EQ(text_of(*found), text_of(judged));
                EXPECT_EQ(found->history, judged.history);
            } else {
                ++misses;
            }
        }
    }
    EXPECT_GT(misses, 500U);
}

TEST_F(ResultCacheTest, ADamagedOrForeignOneIsSaidAndLeftAlone) {
    open();
    const std::string bytes = slurp(file);
    spill(file, bytes.substr(0, 50));
    expect_left_alone("cut off");
    spill(file, bytes.substr(0, 4096));
    expect_left_alone("damaged");
    spill(file, std::string(9000, 'x'));
    expect_left_alone("holds no remembered verdicts");
    spill(file, bytes);
    meddle(file, "CREATE TRIGGER t AFTER INSERT ON results BEGIN DELETE FROM results; END");
    expect_left_alone("other tables");
    spill(file, bytes);
    meddle(file, "PRAGMA user_version=2");
    expect_left_alone("later version");
    spill(file, bytes);
    meddle(file, "PRAGMA journal_mode=WAL");
    expect_left_alone("header");
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    expect_left_alone("no regular file");
    file = folder / "missing" / "cache.db";
    expect_left_alone("No such file");
}

TEST_F(ResultCacheTest, AJournalBesideItIsNotSeen) {
    {
        open().put(info_of(1), opened, judged);
    }
    const std::filesystem::path victim = folder / "victim";
    spill(victim, "dear to somebody");
    plant_journal(file, victim);
    const std::string journal = slurp(file.string() + "-journal");
    {
        ResultCache cache = open();
        expect_found(cache.find(info_of(1)));
        cache.put(info_of(2), opened, judged);
        cache.flush();
        EXPECT_EQ(cache.trouble(), "");
    }
    EXPECT_TRUE(std::filesystem::exists(victim));
    EXPECT_EQ(slurp(file.string() + "-journal"), journal);
    expect_found(open().find(info_of(2)));
    meddle(file, "SELECT * FROM results");  // What SQLite makes of it, left to itself.
    EXPECT_FALSE(std::filesystem::exists(victim));
}

TEST_F(ResultCacheTest, ItWritesNoFileBesideIt) {
    const std::filesystem::path beside = file.string() + "-journal";
    std::filesystem::create_symlink(folder / "elsewhere", beside);
    {
        ResultCache cache = open();
        cache.put(info_of(1), opened, judged);
        cache.flush();
        EXPECT_EQ(cache.trouble(), "");
    }
    EXPECT_TRUE(std::filesystem::is_symlink(beside));
    EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere"));
    expect_found(open().find(info_of(1)));
}

TEST_F(ResultCacheTest, ALockedOneIsSaidAndDoneWithout) {
    {
        open().put(info_of(1), opened, judged);
    }
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    {
        ResultCache cache = open();
        expect_found(cache.find(info_of(1)));
        cache.put(info_of(2), opened, judged);
        cache.flush();
        EXPECT_NE(cache.trouble().find("another process"), std::string::npos) << cache.trouble();
        EXPECT_FALSE(cache.find(info_of(2)).has_value());
        EXPECT_FALSE(cache.find(info_of(1)).has_value());
    }
    ASSERT_EQ(sqlite3_exec(other, "COMMIT; BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_NE(open().trouble().find("another process"), std::string::npos);
    sqlite3_close(other);
    expect_found(open().find(info_of(1)));
}

TEST_F(ResultCacheTest, AFaultCostsTimeOnly) {
    {
        open().put(info_of(1), opened, judged);
    }
    const std::string bytes = slurp(file);
    for (const auto how : {FailingDisk::Failure::broken, FailingDisk::Failure::full}) {
        for (const bool forever : {false, true}) {
            bool has_failed = true;
            for (std::uint64_t call = 0; has_failed; ++call) {
                SCOPED_TRACE(testing::Message() << "call " << call << " forever " << forever);
                std::filesystem::remove(file.string() + "-journal");
                spill(file, bytes);
                FailingDisk disk;
                disk.fail_from(call, forever, how);
                {
                    ResultCache cache = open();
                    if (const auto found = cache.find(info_of(1))) {
                        expect_found(found);
                    }
                    cache.put(info_of(2), opened, judged);
                    cache.flush();
                    has_failed = disk.has_failed();
                    EXPECT_TRUE(cache.trouble().empty() || has_failed) << cache.trouble();
                }
                disk.mend();
                ResultCache cache = open();
                EXPECT_EQ(cache.trouble(), "");
                expect_found(cache.find(info_of(1)));
                if (const auto found = cache.find(info_of(2))) {
                    expect_found(found);
                }
                ASSERT_LT(call, 1000U);
            }
        }
    }
}

// --- The secret ----------------------------------------------------------------------------------

TEST_F(ResultCacheTest, TheSecretIsForItsOwnerAlone) {
    open();
    struct ::stat facts{};
    ASSERT_EQ(::stat(key.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U);
    EXPECT_EQ(facts.st_size, 32);
    ASSERT_EQ(::stat(key.parent_path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0700U);
    const std::string first = slurp(key);
    std::filesystem::remove(key);
    open();
    EXPECT_NE(slurp(key), first);
}

TEST_F(ResultCacheTest, ASecretThatIsNoneIsSaidAndDoneWithout) {
    {
        open().put(info_of(1), opened, judged);
    }
    const std::string secret = slurp(key);
    const auto refused = [&](std::string_view why) {
        ResultCache cache = open();
        EXPECT_NE(cache.trouble().find(why), std::string::npos) << cache.trouble();
        EXPECT_FALSE(cache.find(info_of(1)).has_value()) << why;
        cache.put(info_of(2), opened, judged);
        EXPECT_FALSE(cache.find(info_of(2)).has_value()) << why;
    };
    ASSERT_EQ(::chmod(key.c_str(), 0640), 0);
    refused("may be used by others");
    ASSERT_EQ(::chmod(key.c_str(), 0600), 0);
    ASSERT_EQ(::chmod(key.parent_path().c_str(), 0770), 0);
    refused("where others may write");
    ASSERT_EQ(::chmod(key.parent_path().c_str(), 01777), 0);
    expect_found(open().find(info_of(1)));
    ASSERT_EQ(::chmod(key.parent_path().c_str(), 0700), 0);
    if (::chown(key.c_str(), 12345, static_cast<gid_t>(-1)) == 0) {  // As root can.
        refused("another user (12345)");
        ASSERT_EQ(::chown(key.c_str(), 0, 0), 0);
    }
    spill(key, "short");
    refused("has 5 bytes instead of 32");
    spill(key, "");
    refused("has 0 bytes instead of 32");
    std::filesystem::remove(key);
    ASSERT_EQ(::mkfifo(key.c_str(), 0600), 0);
    refused(key.string());
    std::filesystem::remove(key);
    std::filesystem::create_directory(key);
    refused(key.string());
    std::filesystem::remove_all(key.parent_path());
    spill(key.parent_path(), "no folder");
    refused(key.parent_path().string());
    std::filesystem::remove(key.parent_path());
    std::filesystem::create_directory(key.parent_path());
    spill(key, secret);
    ASSERT_EQ(::chmod(key.c_str(), 0600), 0);
    expect_found(open().find(info_of(1)));
}

TEST_F(ResultCacheTest, WhatAStoreOfPinsSaidIsNotRemembered) {
    policy::PinMemory pins;
    policy::VerifyOptions options;
    options.pin_store = &pins;
    options.pin_path = "/files/a.aion";
    verdict(options);
    const policy::VerificationReport known = verdict(options);
    ASSERT_TRUE(known.is_valid());
    ASSERT_TRUE(known.pinned);
    ASSERT_NE(text_of(known), text_of(judged));
    ResultCache cache = open(options);
    cache.put(info_of(1), opened, known);
    expect_found(cache.find(info_of(1)));
    cache.flush();
    expect_found(open().find(info_of(1)));  // With or without a store, it is the same.

    options.pins.file_id = known.file_id;
    options.pins.min_version = VersionNumber{2};
    const policy::VerificationReport both = verdict(options);
    options.pin_store = nullptr;
    judged = verdict(options);
    ResultCache pinned = open(options);
    pinned.put(info_of(2), opened, both);
    expect_found(pinned.find(info_of(2)));
}

TEST_F(ResultCacheTest, WhoMustHaveSignedIsPartOfTheQuestion) {
    const std::vector<policy::Attestation> none_that_counts(1);
    std::vector<policy::VerifyOptions> questions(7);
    questions[1].authors = {AuthorId{1}};
    questions[2].authors = {AuthorId{1}, AuthorId{2}};
    questions[3].require = policy::Requirement{1, {AuthorId{1}, AuthorId{2}}};
    questions[4].require = policy::Requirement{2, {AuthorId{1}, AuthorId{2}}};
    questions[5].require = policy::Requirement{1, {AuthorId{1}}};
    questions[6].require = questions[5].require;
    questions[6].attestations = none_that_counts;
    for (const policy::VerifyOptions& asked : questions) {
        open(asked).put(info_of(1), opened, judged);
        for (const policy::VerifyOptions& other : questions) {
            const auto found = open(other).find(info_of(1));
            EXPECT_EQ(found.has_value(), &other == &asked);
            if (found) {
                EXPECT_EQ(found->pinned, asked.expects_anything());
                EXPECT_TRUE(found->is_valid());
            }
        }
    }
}

TEST_F(ResultCacheTest, WhatPinsRefusedIsNotRemembered) {
    policy::PinMemory pins;
    policy::VerifyOptions options;
    options.pin_store = &pins;
    options.pin_path = "/files/a.aion";
    ok(pins.record(
        {.file_id = FileId{1}, .version = {}, .head = {}, .name = "/files/a.aion", .time = {}},
        policy::AskedRegistry::none(), [](VersionNumber) { return std::nullopt; }));
    policy::VerificationReport refused = verdict(options);
    ASSERT_FALSE(refused.is_valid());
    refused.history = judged.history;
    ResultCache cache = open(options);
    cache.put(info_of(1), opened, refused);
    EXPECT_FALSE(cache.find(info_of(1)).has_value());
}

TEST_F(ResultCacheTest, WhileOneIsIdleAnotherWrites) {
    {
        open().put(info_of(1), opened, judged);
    }
    ResultCache idle = open();
    expect_found(idle.find(info_of(1)));
    {
        ResultCache other = open();
        other.put(info_of(2), opened, judged);
        other.flush();
        EXPECT_EQ(other.trouble(), "");
    }
    expect_found(idle.find(info_of(2)));
}

TEST_F(ResultCacheTest, ALackOfMemoryIsNoMiss) {
    {
        open().put(info_of(1), opened, judged);
    }
    bool has_failed = true;
    int thrown = 0;
    for (std::uint64_t call = 0; has_failed; ++call) {
        FailingDisk disk;
        disk.fail_from(call, false, FailingDisk::Failure::no_memory);
        try {
            ResultCache cache = open();
            expect_found(cache.find(info_of(1)));
            EXPECT_EQ(cache.trouble(), "");
        } catch (const std::bad_alloc&) {
            ++thrown;
        }
        has_failed = disk.has_failed();
        ASSERT_LT(call, 1000U);
    }
    EXPECT_GT(thrown, 3);
}

TEST_F(ResultCacheTest, SeveralWhoMakeThemAtOnceHaveTheSame) {
    std::vector<std::thread> threads;
    for (std::uint64_t lane = 0; lane < 4; ++lane) {
        threads.emplace_back([&, lane] {
            ResultCache cache = open();
            cache.put(info_of(lane), opened, judged);
            cache.flush();
            EXPECT_EQ(cache.trouble(), "");
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    ResultCache cache = open();
    for (std::uint64_t lane = 0; lane < 4; ++lane) {
        expect_found(cache.find(info_of(lane)));
    }
}

TEST_F(ResultCacheTest, AnyThreadMayAsk) {
    ResultCache cache = open();
    std::vector<std::thread> threads;
    for (std::uint64_t lane = 0; lane < 4; ++lane) {
        threads.emplace_back([&, lane] {
            for (std::uint64_t i = 0; i < 300; ++i) {
                cache.put(info_of(lane * 1000 + i), opened, judged);
                expect_found(cache.find(info_of(lane * 1000 + i)));
                if (i % 100 == 99) {
                    cache.flush();
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(cache.trouble(), "");
}

}  // namespace
}  // namespace aion::archive::test
