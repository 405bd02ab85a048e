// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/log_check.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/tlog/memory_log.hpp"
#include "support/temporary_folder.hpp"
#include "tlog/log_world.hpp"

namespace aion::tlog::test {
namespace {

using aion::test::ok;
using aion::test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t log_size = 700;  // Two full bundles and a partial one.

struct CheckedLog {
    MemoryEnv env;
    LogWorld world{env};

    CheckedLog() {
        ok(world.create());
        ok(world.append(entries_of(0, log_size - 10)));
        ok(world.append(entries_of(0, log_size)));
    }

    [[nodiscard]] LogReport check(bool repair = false, unsigned threads = 1) {
        LogCheckOptions options;
        options.indexing = LogIndexing::none;
        options.repair = repair;
        options.threads = threads;
        return ok(check_log(env, world.folder, options));
    }

    [[nodiscard]] Bytes get(const std::string& name) const {
        return env.get("/w/log/" + name).value();
    }

    void put(const std::string& name, ByteView bytes) { env.put("/w/log/" + name, bytes); }

    void flip(const std::string& name, std::size_t at) {
        Bytes bytes = get(name);
        bytes.at(at) ^= 1U;
        put(name, bytes);
    }

    void remove(const std::string& name) {
        const auto path = world.folder / name;
        ok(ok(env.open_directory(path.parent_path()))->remove(path.filename().string()));
    }
};

// `FILE: FINDING`, with `, mended`.
std::vector<std::string> told(const LogReport& report) {
    std::vector<std::string> rows;
    for (const LogProblem& problem : report.problems) {
        rows.push_back(problem.file + ": " + std::string(name_of(problem.finding)) +
                       (problem.is_mended ? ", mended" : ""));
    }
    return rows;
}

TEST(LogCheck, ALogThatIsRight) {
    CheckedLog log;
    for (const unsigned threads : {1U, 4U}) {
        const LogReport report = log.check(false, threads);
        EXPECT_TRUE(report.is_valid());
        EXPECT_THAT(told(report), IsEmpty());
        EXPECT_EQ(report.root, report.checkpoint.root);
        EXPECT_EQ(report.checkpoint.size, log_size);
        EXPECT_GT(report.bytes, log_size * 32);
    }
}

TEST(LogCheck, AnEmptyLogIsRight) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    const LogReport report = ok(check_log(env, world.folder));
    EXPECT_TRUE(report.is_valid());
    EXPECT_EQ(report.reference_root, Blake3Tree::empty());
}

TEST(LogCheck, MakesTheReferencesRootFromTheEntries) {
    CheckedLog log;
    MemoryLog reference;
    for (const Bytes& bytes : entries_of(0, log_size)) {
        const EntryView entry = ok(EntryView::parse(bytes));
        reference.append(entry.kind, entry.timestamp_version, *entry.payload);
    }
    EXPECT_EQ(log.check().reference_root, reference.tree().root());
    EXPECT_EQ(ok(ok(log.world.read())->reference_root(log_size)), reference.tree().root());
}

TEST(LogCheck, NamesEachFileThatIsWrong) {
    struct Case {
        std::string file;
        LogFinding other;  // Where a byte of it is another.
        bool is_repairable;
    };

    for (const Case& each : {Case{"tile/0/000", LogFinding::other_content, true},
                             Case{"tile/0/002.p/188", LogFinding::other_content, true},
                             Case{"tile/1/000.p/2", LogFinding::other_content, true},
                             Case{"tile/entries/001", LogFinding::other_content, false},
                             Case{"tile/entries/002.p/188", LogFinding::other_content, false}}) {
        SCOPED_TRACE(each.file);
        CheckedLog log;
        const Bytes right = log.get(each.file);
        const std::string name = each.file + ": ";
        log.flip(each.file, 20);
        LogReport report = log.check();
        EXPECT_THAT(told(report), ElementsAre(name + std::string(name_of(each.other))));
        EXPECT_FALSE(report.is_valid());
        EXPECT_EQ(report.is_root_right(), each.is_repairable);
        log.put(each.file, ByteView(right).first(right.size() - 1));
        EXPECT_THAT(told(log.check()), ElementsAre(name + "cut"));
        log.remove(each.file);
        report = log.check();
        EXPECT_THAT(told(report), ElementsAre(name + "missing"));
        EXPECT_FALSE(report.is_valid());
        const auto paths = log.env.all_paths();
        report = log.check(true);
        EXPECT_EQ(report.is_valid(), each.is_repairable);
        if (each.is_repairable) {
            EXPECT_THAT(told(report), ElementsAre(name + "missing, mended"));
            EXPECT_EQ(log.get(each.file), right);
            EXPECT_THAT(told(log.check()), IsEmpty());
        } else {
            EXPECT_THAT(told(report), ElementsAre(name + "missing"));
        }
    }
}

TEST(LogCheck, TellsWhatDoesNotBelongThere) {
    CheckedLog log;
    log.put("tile/0/003", Bytes(8192));            // Of a batch that did not come to its end.
    log.put("tile/entries/002.p/189", Bytes(10));  // Likewise.
    log.put("tile/0/000.p/7", Bytes(7 * 32));      // The whole one is there.
    log.put("tile/0/0x0", Bytes(1));
    log.put("readme.txt", as_bytes("hello"));
    const std::vector<std::string> found{"readme.txt: foreign", "tile/0/000.p/7: superfluous",
                                         "tile/0/003: superfluous", "tile/0/0x0: foreign",
                                         "tile/entries/002.p/189: superfluous"};
    LogReport report = log.check();
    EXPECT_EQ(told(report), found);
    EXPECT_TRUE(report.is_valid());
    report = log.check(true);
    EXPECT_TRUE(report.is_valid());
    EXPECT_THAT(told(log.check()), ElementsAre("readme.txt: foreign", "tile/0/0x0: foreign"));
}

// An earlier checkpoint's clients need it.
TEST(LogCheck, MendsThePartialTilesOfEarlierCheckpoints) {
    CheckedLog log;
    const Bytes right = log.get("tile/0/002.p/178");
    log.flip("tile/0/002.p/178", 3);
    EXPECT_THAT(told(log.check()), ElementsAre("tile/0/002.p/178: superfluous"));
    EXPECT_TRUE(log.check(true).is_valid());
    EXPECT_EQ(log.get("tile/0/002.p/178"), right);
}

TEST(LogCheck, EntriesThatAreNoneOfOurs) {
    CheckedLog log;
    Bytes bundle = log.get("tile/entries/000");
    bundle[2] = 9;  // The form of the first.
    log.put("tile/entries/000", bundle);
    const LogReport report = log.check();
    EXPECT_FALSE(report.is_valid());
    EXPECT_EQ(report.reference_root, std::nullopt);
}

TEST(LogCheck, ManyProblemsAreCounted) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    for (std::size_t i = 0; i < max_log_problems + 5; ++i) {
        env.put("/w/log/f" + std::to_string(i), Bytes(1));
    }
    const LogReport report = ok(check_log(env, world.folder));
    EXPECT_EQ(report.problems.size(), max_log_problems);
    EXPECT_TRUE(report.is_valid());  // Foreign files do no harm.
}

TEST(LogCheck, AnIndexIsCheckedAndMadeAnew) {
    const TemporaryFolder folder;
    LogWorld world(Env::system(), folder / "log");
    world.options.indexing = LogIndexing::kept;
    ok(world.create());
    ok(world.append(entries_of(0, 300)));
    const auto index = world.folder / ".aion" / "index";
    std::filesystem::copy_file(index, folder / "former");
    ok(world.append(entries_of(300, 310)));
    LogCheckOptions options;
    EXPECT_THAT(told(ok(check_log(world.env, world.folder))), IsEmpty());
    std::filesystem::copy_file(folder / "former", index,
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_THAT(told(ok(check_log(world.env, world.folder))),
                ElementsAre(".aion/index: bad_index"));
    EXPECT_TRUE(ok(check_log(world.env, world.folder)).is_valid()) << "it is only behind";
    std::ofstream(index, std::ios::trunc) << "none";
    EXPECT_FALSE(ok(check_log(world.env, world.folder)).is_valid());
    options.repair = true;
    EXPECT_TRUE(ok(check_log(world.env, world.folder, options)).is_valid());
    EXPECT_THAT(told(ok(check_log(world.env, world.folder))), IsEmpty());
}

TEST(LogCheck, AnIndexThatIsBehindHasToBeRightAsFarAsItGoes) {
    const TemporaryFolder folder;
    LogWorld world(Env::system(), folder / "log");
    LogWorld other(Env::system(), folder / "other");
    for (LogWorld* each : {&world, &other}) {
        each->options.indexing = LogIndexing::kept;
        ok(each->create());
    }
    ok(world.append(entries_of(0, 10)));
    ok(other.append(entries_of(1, 5)));
    std::filesystem::copy_file(other.folder / ".aion" / "index", world.folder / ".aion" / "index",
                               std::filesystem::copy_options::overwrite_existing);
    const LogReport report = ok(check_log(world.env, world.folder));
    EXPECT_THAT(told(report), ElementsAre(".aion/index: bad_index"));
    EXPECT_FALSE(report.is_valid());
}

TEST(LogCheck, ARepairKeepsWritersOut) {
    CheckedLog log;
    const auto writer = ok(log.world.write());
    LogCheckOptions options;
    options.repair = true;
    options.indexing = LogIndexing::none;
    options.lock_wait_ms = 0;
    EXPECT_EQ(check_log(log.env, log.world.folder, options).error().code(), ErrorCode::conflict);
}

}  // namespace
}  // namespace aion::tlog::test
