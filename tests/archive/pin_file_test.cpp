// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/pin_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <new>

#include "archive/failing_disk.hpp"
#include "archive/files.hpp"
#include "archive/some_pins.hpp"
#include "support/pin_chain_contract.hpp"
#include "support/pin_store_contract.hpp"
#include "support/temporary_folder.hpp"

namespace aion::archive::test {
namespace {

using aion::test::ok;
using aion::test::TemporaryFolder;
using policy::Pin;
using policy::PinDecision;
using policy::PinStore;

class FileUnderTest final : public policy::test::StoreUnderTest {
  public:
    PinStore& store() override { return *store_; }

    void reopen() override {
        store_ = nullptr;
        store_ = ok(open_pin_file(Env::system(), path_, PinFileMode::existing));
    }

  private:
    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "pins.db";
    std::unique_ptr<PinStore> store_ = ok(open_pin_file(Env::system(), path_));
};

// All that a store says.
struct Said {
    std::vector<Pin> pins;
    std::vector<PinDecision> decisions;
    friend bool operator==(const Said&, const Said&) = default;
};

Result<Said> said_by(PinStore& store) {
    Said said;
    if (auto done = store.for_each([&](const Pin& pin) { said.pins.push_back(pin); }); !done) {
        return fail(done.error());
    }
    if (auto done = store.for_each_decision(
            [&](const PinDecision& decision) { said.decisions.push_back(decision); });
        !done) {
        return fail(done.error());
    }
    // Names and the order of registries, of what is known.
    const std::vector<Pin> pins = said.pins;
    const bool has_moved = std::ranges::count(pins, hash(0x0A), &Pin::registry) > 0;
    for (const Pin& pin : pins) {
        auto state = find_pin(store, FileId{0xFFFF}, pin.name, pin.registry);
        if (!state) {
            return fail(state.error());
        }
        if (state->named != pin.file_id) {
            said.pins.clear();
        }
        auto old = find_pin(store, pin.file_id, {}, hash(0x05));
        if (!old) {
            return fail(old.error());
        }
        if (old->registry_is_older() != (has_moved && !pin.exempt)) {
            said.pins.clear();
        }
    }
    return said;
}

class PinFileTest : public ::testing::Test {
  protected:
    std::unique_ptr<PinStore> open(PinFileMode mode = PinFileMode::create) const {
        return ok(open_pin_file(Env::system(), path, mode));
    }

    Error refused() const {
        auto opened = open_pin_file(Env::system(), path);
        EXPECT_FALSE(opened.has_value());
        return opened ? error_because(ErrorCode::conflict, "none") : opened.error();
    }

    // Five files, one under a newer registry and one under a chain, and a decision of each kind:
    // one that is an exception.
    void fill() const {
        const auto store = open();
        for (std::uint64_t id = 1; id <= 4; ++id) {
            ok(record_pin(*store, pin_of(id, id + 2), any_history));
        }
        Pin moved = pin_of(5, 7);
        moved.registry = hash(0x05);
        ok(record_pin(*store, moved, any_history));
        moved = pin_of(5, 8);
        moved.registry = hash(0x0A);
        ok(record_pin(*store, moved, any_history));
        const std::vector<Hash> records = {hash(0xC0), hash(0xC1)};
        ok(store->record(policy::test::sighting_of(pin_of(6, 8)),
                         policy::AskedRegistry(hash(0x0C), records), any_history));
        Pin restored = pin_of(2, 1);
        restored.registry = hash(0x05);
        ok(accept_pin(*store, restored, "restored"));
        EXPECT_TRUE(ok(store->forget(FileId{3}, Timestamp{77}, "gone")));
    }

    TemporaryFolder folder;
    std::filesystem::path path = folder / "pins.db";
};

TEST_F(PinFileTest, IsThereForItsOwnerAlone) {
    open();
    struct ::stat facts{};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U);
    EXPECT_EQ(slurp(path).size() % 4096, 0U);
}

TEST_F(PinFileTest, LeavesNothingBesideIt) {
    fill();
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        names.push_back(entry.path().filename());
    }
    EXPECT_EQ(names, std::vector<std::string>{"pins.db"});
}

TEST_F(PinFileTest, ThatIsNotThereIsMadeOnlyIfThatIsWanted) {
    const auto opened = open_pin_file(Env::system(), path, PinFileMode::existing);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code(), ErrorCode::file_not_found);
    EXPECT_FALSE(std::filesystem::exists(path));
    path = folder / "missing" / "pins.db";
    EXPECT_EQ(open_pin_file(Env::system(), path, PinFileMode::existing).error().code(),
              ErrorCode::file_not_found);
    EXPECT_EQ(refused().code(), ErrorCode::file_write_error);
}

TEST_F(PinFileTest, NothingElseIsTakenForPins) {
    const auto foreign = [&](const std::string& what) {
        const Error error = refused();
        EXPECT_EQ(error.detail(), "database_foreign") << what << ": " << error.full_message();
    };
    spill(path,
          "hello, this is a text of more than a hundred bytes, so that it has a header as "
          "long as that of a database is");
    foreign("text");
    std::filesystem::remove(path);
    meddle(path, "CREATE TABLE pins(a)");
    foreign("another program's database");
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    foreign("folder");
    std::filesystem::remove(path);
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    foreign("pipe");
    std::filesystem::remove(path);
    fill();
    std::filesystem::rename(path, folder / "real");
    std::filesystem::create_symlink(folder / "real", path);
    foreign("link");
}

TEST_F(PinFileTest, NoTriggerOrViewOrFurtherTableIsAccepted) {
    for (const char* const sql :
         {"CREATE TRIGGER t AFTER INSERT ON pins BEGIN DELETE FROM pins; END",
          "CREATE VIEW v AS SELECT * FROM pins", "CREATE TABLE more(a)",
          "CREATE INDEX i ON pins(version)", "DROP TABLE names", "ALTER TABLE pins ADD COLUMN more",
          "PRAGMA journal_mode=WAL", "PRAGMA user_version=0", "PRAGMA application_id=1"}) {
        std::filesystem::remove(path);
        fill();
        meddle(path, sql);
        EXPECT_EQ(refused().detail(), "database_foreign") << sql;
    }
}

TEST_F(PinFileTest, ATriggerPlantedLaterDoesNotRun) {
    fill();
    const auto store = open();
    meddle(path, "CREATE TRIGGER t AFTER INSERT ON pins BEGIN DELETE FROM pins; END");
    Pin pin = pin_of(9, 1);
    pin.registry = hash(0x0A);
    ok(record_pin(*store, pin, any_history));
    EXPECT_TRUE(ok(find_pin(*store, FileId{1}, {}, hash(0xA1))).pin.has_value());
}

TEST_F(PinFileTest, ThatOthersMayWriteIsRefused) {
    fill();
    ASSERT_EQ(::chmod(path.c_str(), 0620), 0);
    EXPECT_EQ(refused().code(), ErrorCode::operation_not_permitted);
    ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
    ASSERT_EQ(::chmod(folder.path().c_str(), 01777), 0);
    EXPECT_EQ(refused().code(), ErrorCode::operation_not_permitted);
    ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
    open();
}

TEST_F(PinFileTest, OfAnotherUserIsRefused) {
    fill();
    if (::chown(path.c_str(), 12345, static_cast<gid_t>(-1)) != 0) {
        ASSERT_NE(::geteuid(), 0U);
        return;  // Only root can give files away; OwnerTest knows the rule.
    }
    EXPECT_NE(refused().full_message().find("another user (12345)"), std::string::npos);
    ASSERT_EQ(::chown(path.c_str(), 0, 0), 0);
    ASSERT_EQ(::chown(folder.path().c_str(), 12345, static_cast<gid_t>(-1)), 0);
    EXPECT_NE(refused().full_message().find("another user (12345)"), std::string::npos);
    ASSERT_EQ(::chown(folder.path().c_str(), 0, 0), 0);
    open();
}

TEST_F(PinFileTest, InAFolderOfAGroupIsRefused) {
    fill();
    for (const ::mode_t mode : {0775U, 0757U, 01775U}) {
        ASSERT_EQ(::chmod(folder.path().c_str(), mode), 0);
        EXPECT_EQ(refused().code(), ErrorCode::operation_not_permitted) << mode;
    }
    ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
    open();
}

TEST_F(PinFileTest, AJournalDeletesNoOtherFile) {
    fill();
    const std::filesystem::path victim = folder / "victim";
    spill(victim, "dear to somebody");
    plant_journal(path, victim);
    const auto opened = open_pin_file(Env::system(), path);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().detail(), "database_damaged") << opened.error().full_message();
    EXPECT_TRUE(std::filesystem::exists(victim));
    EXPECT_TRUE(std::filesystem::exists(path.string() + "-journal"));
    meddle(path, "SELECT * FROM pins");  // What SQLite makes of it, left to itself.
    EXPECT_FALSE(std::filesystem::exists(victim));
}

TEST_F(PinFileTest, AJournalThatIsAPipeIsNotWaitedFor) {
    fill();
    const std::filesystem::path journal = path.string() + "-journal";
    ASSERT_EQ(::mkfifo(journal.c_str(), 0600), 0);
    const auto opened = open_pin_file(Env::system(), path);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().detail(), "database_foreign") << opened.error().full_message();
    EXPECT_TRUE(std::filesystem::is_fifo(journal));
}

TEST_F(PinFileTest, AJournalThatACrashLeftIsPlayedBack) {
    fill();
    const Said before = ok(said_by(*open()));
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other,
                           "PRAGMA cache_spill=1; PRAGMA cache_size=1; BEGIN IMMEDIATE;"
                           "DELETE FROM pins; DELETE FROM names; DELETE FROM registries",
                           nullptr, nullptr, nullptr),
              SQLITE_OK);
    ASSERT_EQ(sqlite3_db_cacheflush(other), SQLITE_OK);
    const std::string torn = slurp(path);
    const std::string journal = slurp(path.string() + "-journal");
    ASSERT_FALSE(journal.empty());
    ASSERT_EQ(sqlite3_close(other), SQLITE_OK);
    spill(path, torn);
    spill(path.string() + "-journal", journal);
    EXPECT_EQ(ok(said_by(*open())), before);
    EXPECT_FALSE(std::filesystem::exists(path.string() + "-journal"));
}

TEST_F(PinFileTest, ALostRowIsSeen) {
    for (const char* const sql :
         {"DELETE FROM pins WHERE file_id = x'0000000000000001'", "DELETE FROM pins",
          "DELETE FROM registries WHERE superseded = 1", "DELETE FROM registries",
          "UPDATE registries SET superseded = 0", "UPDATE registries SET superseded = 2",
          "UPDATE pins SET file_id = x'0000000000000011' WHERE file_id = x'0000000000000001'",
          "UPDATE pins SET version = 1", "UPDATE names SET file_id = x'0000000000000002'",
          "UPDATE names SET name = x'01' WHERE file_id = x'0000000000000001'", "DELETE FROM exempt",
          "UPDATE exempt SET file_id = x'0000000000000004'",
          "INSERT INTO exempt VALUES(x'0000000000000001', x'', 0, x'')",
          "INSERT INTO exempt VALUES(x'0000000000000011', x'', 0, x'')",
          "UPDATE decisions SET time = 3", "UPDATE decisions SET number = 7 WHERE number = 2"}) {
        std::filesystem::remove(path);
        fill();
        meddle(path, sql);
        EXPECT_EQ(refused().detail(), "database_damaged") << sql;
    }
}

TEST_F(PinFileTest, APinThatIsLostLaterIsSeenByItsName) {
    fill();
    const auto store = open();
    meddle(path, "DELETE FROM pins WHERE file_id = x'0000000000000001'");
    const auto found = find_pin(*store, FileId{1}, pin_of(1, 1).name, hash(0xA1));
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().detail(), "database_damaged");
}

TEST_F(PinFileTest, EveryCutIsSeen) {
    fill();
    const std::string bytes = slurp(path);
    for (std::size_t size = 0; size < bytes.size(); size += 97) {
        spill(path, bytes.substr(0, size));
        const auto opened = open_pin_file(Env::system(), path);
        const auto said = opened ? said_by(**opened) : fail(opened.error());
        ASSERT_FALSE(said.has_value()) << size;
        EXPECT_EQ(said.error().code(), ErrorCode::invalid_format)
            << size << said.error().full_message();
    }
}

TEST_F(PinFileTest, OfAChangedByteNothingElseComes) {
    fill();
    const Said before = ok(said_by(*open()));
    const std::string bytes = slurp(path);
    std::size_t seen = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == 0 && i % 61 != 0) {
            continue;  // Most of a page is empty.
        }
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
        spill(path, changed);
        const auto opened = open_pin_file(Env::system(), path);
        const auto said = opened ? said_by(**opened) : fail(opened.error());
        if (said) {
            EXPECT_EQ(*said, before) << "byte " << i;
        } else {
            ++seen;
            EXPECT_EQ(said.error().code(), ErrorCode::invalid_format)
                << "byte " << i << ": " << said.error().full_message();
        }
    }
    EXPECT_GT(seen, 500U);
}

TEST_F(PinFileTest, ThatAnotherHoldsIsAConflict) {
    fill();
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
    const auto store = open();
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_EQ(record_pin(*store, pin_of(1, 9), any_history).error().code(), ErrorCode::conflict);
    EXPECT_TRUE(ok(find_pin(*store, FileId{1}, {}, hash(0xA1))).pin.has_value());
    sqlite3_close(other);
    ok(record_pin(*store, pin_of(1, 9), any_history));
}

TEST_F(PinFileTest, AFaultChangesNothingOrIsNoFault) {
    fill();
    const std::string bytes = slurp(path);
    for (const auto how : {FailingDisk::Failure::broken, FailingDisk::Failure::full}) {
        for (const bool forever : {false, true}) {
            bool has_failed = true;
            for (std::uint64_t call = 0; has_failed; ++call) {
                SCOPED_TRACE(testing::Message() << "call " << call << " forever " << forever);
                std::filesystem::remove(path.string() + "-journal");
                spill(path, bytes);
                bool recorded = false;
                {
                    FailingDisk disk;
                    disk.fail_from(call, forever, how);
                    const auto store = open_pin_file(Env::system(), path);
                    EXPECT_TRUE(store || store.error().code() != ErrorCode::invalid_format)
                        << store.error().full_message();
                    if (store) {
                        recorded = record_pin(**store, pin_of(1, 9), any_history).has_value();
                        const auto found = find_pin(**store, FileId{1}, {}, hash(0xA1));
                        if (found) {
                            ASSERT_TRUE(found->pin.has_value());
                            EXPECT_TRUE(found->pin->version.value == 9 ||
                                        (!recorded && found->pin->version.value == 3));
                        }
                    }
                    has_failed = disk.has_failed();
                    disk.mend();
                }
                const auto after = ok(find_pin(*open(), FileId{1}, {}, hash(0xA1)));
                ASSERT_TRUE(after.pin.has_value());
                EXPECT_TRUE(after.pin->version.value == 9 ||
                            (!recorded && after.pin->version.value == 3));
                ASSERT_LT(call, 1000U);
            }
        }
    }
}

TEST_F(PinFileTest, ALackOfMemoryIsNoVerdict) {
    fill();
    const std::string bytes = slurp(path);
    bool has_failed = true;
    int thrown = 0;
    for (std::uint64_t call = 0; has_failed; ++call) {
        std::filesystem::remove(path.string() + "-journal");
        spill(path, bytes);
        FailingDisk disk;
        disk.fail_from(call, false, FailingDisk::Failure::no_memory);
        try {
            const auto store = ok(open_pin_file(Env::system(), path));
            ok(record_pin(*store, pin_of(1, 9), any_history));
            ok(find_pin(*store, FileId{1}, {}, hash(0xA1)));
        } catch (const std::bad_alloc&) {
            ++thrown;
        }
        has_failed = disk.has_failed();
        disk.mend();
        ASSERT_LT(call, 1000U);
    }
    EXPECT_GT(thrown, 5);
}

TEST_F(PinFileTest, AFullDiskIsAnErrorAndChangesNothing) {
    fill();
    const Said before = ok(said_by(*open()));
    const auto store = open();
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = 2048, .rlim_max = old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto recorded = record_pin(*store, pin_of(1, 9), any_history);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
    std::signal(SIGXFSZ, handler);
    ASSERT_FALSE(recorded.has_value());
    EXPECT_EQ(recorded.error().code(), ErrorCode::file_write_error);
    EXPECT_EQ(ok(said_by(*store)), before);
    ok(record_pin(*store, pin_of(1, 9), any_history));
}

// --- Several processes ---------------------------------------------------------------------------

// Runs `work` in a process of its own, which ends by it.
pid_t in_child(const std::function<bool()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(work() ? 0 : 1);
    }
    return child;
}

TEST_F(PinFileTest, SeveralProcessesMayMakeAndUseOne) {
    std::vector<pid_t> children;
    for (std::uint64_t lane = 0; lane < 4; ++lane) {
        children.push_back(in_child([&, lane] {
            const auto store = open_pin_file(Env::system(), path);
            bool good = store.has_value();
            for (std::uint64_t i = 0; good && i < 25; ++i) {
                good = record_pin(**store, pin_of(100 * lane + i, 3), any_history).has_value();
            }
            return good;
        }));
    }
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }
    EXPECT_EQ(ok(said_by(*open())).pins.size(), 100U);
}

TEST_F(PinFileTest, OfAKilledProcessWhatItWasToldIsThere) {
    open();
    for (int round = 0; round < 25; ++round) {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe(pipe.data()), 0);
        const pid_t child = in_child([&] {
            const auto store = open_pin_file(Env::system(), path);
            for (std::uint64_t version = 1; store; ++version) {
                if (const auto state = find_pin(**store, FileId{1}, {}, hash(0xA1));
                    version == 1 && state && state->pin) {
                    version = state->pin->version.value + 1;
                }
                if (!record_pin(**store, pin_of(1, version), any_history) ||
                    ::write(pipe[1], &version, sizeof version) != sizeof version) {
                    return false;
                }
            }
            return false;
        });
        ::close(pipe[1]);
        std::uint64_t told = 0;
        // Every other one has told something before its moment comes, on a busy machine, too.
        if (round % 2 == 1) {
            ASSERT_EQ(::read(pipe[0], &told, sizeof told), ssize_t{sizeof told});
        }
        ::usleep(static_cast<useconds_t>(1000 + 997 * round));
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        for (std::uint64_t version = 0; ::read(pipe[0], &version, sizeof version) > 0;) {
            told = version;
        }
        ::close(pipe[0]);
        const auto state = ok(find_pin(*open(), FileId{1}, {}, hash(0xA1)));
        if (told > 0) {
            ASSERT_TRUE(state.pin.has_value());
            EXPECT_GE(state.pin->version.value, told);
            EXPECT_LE(state.pin->version.value, told + 1);
        }
    }
    EXPECT_TRUE(ok(find_pin(*open(), FileId{1}, {}, hash(0xA1))).pin.has_value());
}

}  // namespace
}  // namespace aion::archive::test

namespace aion::policy::test {

INSTANTIATE_TEST_SUITE_P(File, PinStoreContract,
                         ::testing::Values(StoreKind{
                             "File",
                             [] { return std::make_unique<archive::test::FileUnderTest>(); }}),
                         name_of_store);
INSTANTIATE_TEST_SUITE_P(File, PinStoreChains,
                         ::testing::Values(StoreKind{
                             "File",
                             [] { return std::make_unique<archive::test::FileUnderTest>(); }}),
                         name_of_store);

}  // namespace aion::policy::test
