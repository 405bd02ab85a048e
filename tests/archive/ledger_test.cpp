// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string>
#include <tuple>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/crypto/hash.hpp"
#include "support/results.hpp"

namespace aion::archive::test {
namespace {

using aion::test::ok;
using Kind = Relation::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Version hashes that cover those before them, as in a file: equal ones have equal pasts.
std::vector<Hash> chain(const std::string& changes) {
    std::vector<Hash> hashes;
    for (std::size_t end = 1; end <= changes.size(); ++end) {
        hashes.push_back(crypto::blake3(as_bytes(changes.substr(0, end))));
    }
    return hashes;
}

policy::HistoryFacts facts(std::vector<Hash> hashes) {
    return {.signers = {}, .version_hashes = std::move(hashes), .file_hash = {}};
}

struct File {
    std::string path;
    std::uint64_t id = 0;
    std::string changes;  ///< A letter a version: what makes histories differ.
};

/// What is told of a relation.
struct Told {
    Kind kind;
    std::vector<std::string> paths;
    std::uint64_t common = 0;
    friend bool operator==(const Told&, const Told&) = default;
    friend auto operator<=>(const Told&, const Told&) = default;

    friend void PrintTo(const Told& told, std::ostream* out) {
        *out << name_of(told.kind) << ' ' << told.common << ::testing::PrintToString(told.paths);
    }
};

policy::SignerUse use_of(std::uint64_t author, std::uint32_t epoch, std::uint64_t last) {
    PublicKey key;
    key.bytes.fill(static_cast<std::uint8_t>(16 * author + epoch));
    return {.author = AuthorId{author},
            .epoch = Epoch{epoch},
            .key = key,
            .first = VersionNumber{1},
            .last = VersionNumber{last},
            .versions = 1};
}

std::vector<Told> told_by(const Ledger& ledger) {
    std::vector<Told> all;
    ok(ledger.for_each_relation([&](const Relation& relation) {
        Told told{relation.kind, {}, relation.common};
        if (relation.kind == Kind::copies) {
            ok(ledger.for_each_copy(relation, [&](const auto& p) { told.paths.push_back(p); }));
            EXPECT_EQ(told.paths.size(), relation.members);
            EXPECT_EQ(told.paths.at(0), relation.first.path);
            EXPECT_EQ(told.paths.at(1), relation.second.path);
        } else {
            EXPECT_EQ(relation.members, 2);
            told.paths = {relation.first.path, relation.second.path};
        }
        all.push_back(std::move(told));
    }));
    return all;
}

class LedgerTest : public ::testing::Test {
  protected:
    void add(const File& file) {
        ok(ledger.add(file.path, FileId{file.id}, facts(chain(file.changes))));
    }

    std::vector<Told> relations(const std::vector<File>& files) {
        std::ranges::for_each(files, [this](const File& file) { add(file); });
        ok(ledger.finish());
        return told_by(ledger);
    }

    MemoryEnv env;
    Ledger ledger{env};
};

TEST_F(LedgerTest, NothingIsRelatedToNothing) {
    EXPECT_THAT(relations({}), IsEmpty());
    EXPECT_THAT(ledger.signers(), IsEmpty());
}

TEST_F(LedgerTest, FilesOfOtherIdsAndHistoriesAreNotRelated) {
    EXPECT_THAT(relations({{"a", 1, "xyz"}, {"b", 2, "y"}, {"c", 3, "xy"}}), IsEmpty());
}

TEST_F(LedgerTest, CopiesArePutTogetherInTheOrderAdded) {
    EXPECT_THAT(relations({{"c", 1, "xy"}, {"a", 1, "xy"}, {"d", 2, "z"}, {"b", 1, "xy"}}),
                ElementsAre(Told{Kind::copies, {"c", "a", "b"}, 0}));
    EXPECT_EQ(ledger.count(Kind::copies), 1);
    EXPECT_EQ(ledger.count(Kind::fork), 0);
}

TEST_F(LedgerTest, AnEarlierStateStandsBeforeTheLongest) {
    EXPECT_THAT(relations({{"long", 1, "abcd"}, {"first", 1, "a"}, {"middle", 1, "abc"}}),
                ElementsAre(Told{Kind::prefix, {"first", "long"}, 1},
                            Told{Kind::prefix, {"middle", "long"}, 3}));
}

TEST_F(LedgerTest, AForkSaysBehindWhichVersion) {
    EXPECT_THAT(relations({{"ours", 1, "abcde"}, {"theirs", 1, "abcx"}, {"other", 1, "z"}}),
                ElementsAre(Told{Kind::fork, {"ours", "theirs"}, 3},
                            Told{Kind::fork, {"ours", "other"}, 0}));
    EXPECT_EQ(ledger.count(Kind::fork), 2);
}

TEST_F(LedgerTest, OfHistoriesEquallyLongTheFirstAddedIsTheOneThatOthersFork) {
    EXPECT_THAT(relations({{"1", 1, "ab"}, {"2", 1, "ac"}, {"3", 1, "ab"}, {"4", 1, "ad"}}),
                ElementsAre(Told{Kind::copies, {"1", "3"}, 0}, Told{Kind::fork, {"1", "2"}, 1},
                            Told{Kind::fork, {"1", "4"}, 1}));
}

TEST_F(LedgerTest, OneHeadUnderTwoIdsIsTold) {
    EXPECT_THAT(
        relations({{"a", 1, "xy"}, {"b", 2, "xy"}, {"c", 2, "xy"}, {"d", 3, "xy"}}),
        ElementsAre(Told{Kind::relabelled, {"a", "b"}, 0}, Told{Kind::relabelled, {"a", "d"}, 0},
                    Told{Kind::copies, {"b", "c"}, 0}));
}

TEST_F(LedgerTest, PathsComeBackByteByByte) {
    const std::string odd("\xff\n\x1b[0m/ \0x", 10);
    EXPECT_THAT(relations({{odd, 1, "x"}, {"", 1, "x"}}),
                ElementsAre(Told{Kind::copies, {odd, ""}, 0}));
}

TEST_F(LedgerTest, MembersSayWhatTheyAre) {
    add({"short", 7, "ab"});
    add({"long", 7, "abc"});
    ok(ledger.finish());
    ok(ledger.for_each_relation([](const Relation& relation) {
        EXPECT_EQ(relation.first.file_id, FileId{7});
        EXPECT_EQ(relation.first.version, VersionNumber{2});
        EXPECT_EQ(relation.first.head, chain("ab").back());
        EXPECT_EQ(relation.second.version, VersionNumber{3});
        EXPECT_EQ(relation.second.head, chain("abc").back());
    }));
    EXPECT_EQ(ledger.count(Kind::prefix), 1);
}

TEST_F(LedgerTest, SignersAreCountedOverWholeHistories) {
    const auto add_signed = [&](const std::string& path, std::vector<policy::SignerUse> uses) {
        ok(ledger.add(
            path, FileId{std::hash<std::string>{}(path)},
            {.signers = std::move(uses), .version_hashes = chain("12"), .file_hash = {}}));
    };
    add_signed("b", {use_of(2, 0, 2)});
    add_signed("a", {use_of(1, 1, 1), use_of(2, 0, 2)});
    add_signed("c", {use_of(1, 0, 1), use_of(1, 1, 2)});
    ok(ledger.finish());
    std::vector<std::tuple<std::uint64_t, std::uint32_t, std::uint64_t, std::uint64_t>> told;
    std::vector<std::vector<std::string>> heads;
    for (std::size_t i = 0; i < ledger.signers().size(); ++i) {
        const SignerFiles& signer = ledger.signers()[i];
        told.emplace_back(signer.author.value, signer.epoch.value, signer.files, signer.heads);
        heads.emplace_back();
        ok(ledger.for_each_head(i, [&](const auto& path) { heads.back().push_back(path); }));
    }
    EXPECT_THAT(
        told, ElementsAre(std::tuple(1, 0, 1, 0), std::tuple(1, 1, 2, 1), std::tuple(2, 0, 2, 2)));
    EXPECT_THAT(heads, ElementsAre(IsEmpty(), ElementsAre("c"), ElementsAre("b", "a")));
}

TEST_F(LedgerTest, AHistoryWithoutVersionsIsRefused) {
    const auto added = ledger.add("a", FileId{1}, {});
    ASSERT_FALSE(added.has_value());
    EXPECT_EQ(added.error().code(), ErrorCode::invalid_argument);
}

// What is large goes to a file, which may not be there to be made, or to be read.
TEST_F(LedgerTest, FaultsOfTheDiskAreErrors) {
    const File large{"large", 1, std::string(5000, 'x')};
    int failed = 0;
    for (std::uint64_t call = 0; call < 100'000; ++call) {
        env.set_fault([call](std::uint64_t index, const MemoryEnv::CallRecord&) {
            return index == call ? ENOSPC : 0;
        });
        Ledger faulty(env);
        Result<> done;
        for (int copy = 0; done && copy < 40; ++copy) {
            done = faulty.add(large.path, FileId{large.id}, facts(chain("123456789")));
            done = done ? faulty.add(large.path, FileId{large.id}, facts(std::vector<Hash>(5000)))
                        : done;
        }
        done = done ? faulty.finish() : done;
        done = done ? faulty.for_each_relation([](const Relation&) {}) : done;
        if (done) {
            break;
        }
        ++failed;
    }
    EXPECT_GE(failed, 3);
}

// The definitions, pair by pair.
std::vector<Told> told_naively(const std::vector<File>& files) {
    std::vector<std::pair<std::size_t, Told>> all;
    std::vector<std::size_t> longest(files.size());
    const auto is_first_of = [&](std::size_t at) {
        return std::ranges::none_of(std::span(files).first(at), [&](const File& file) {
            return file.id == files[at].id && file.changes == files[at].changes;
        });
    };
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!is_first_of(i)) {
            continue;
        }
        Told copies{Kind::copies, {}, 0};
        std::size_t longest_at = i;
        for (std::size_t j = 0; j < files.size(); ++j) {
            if (files[j].id != files[i].id) {
                continue;
            }
            if (files[j].changes == files[i].changes) {
                copies.paths.push_back(files[j].path);
            }
            const std::size_t most = files[longest_at].changes.size();
            if (files[j].changes.size() > most ||
                (files[j].changes.size() == most && j < longest_at)) {
                longest_at = j;
            }
        }
        if (copies.paths.size() > 1) {
            all.emplace_back(i, copies);
        }
        const File& mine = files[i];
        const File& other = files[longest_at];
        if (longest_at != i && mine.changes != other.changes) {
            const auto common = static_cast<std::uint64_t>(
                std::ranges::mismatch(mine.changes, other.changes).in1 - mine.changes.begin());
            const std::size_t first = std::min(i, longest_at);
            if (common == mine.changes.size()) {
                all.emplace_back(first, Told{Kind::prefix, {mine.path, other.path}, common});
            } else {
                all.emplace_back(first,
                                 Told{Kind::fork,
                                      {files[first].path, files[std::max(i, longest_at)].path},
                                      common});
            }
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (files[j].changes == mine.changes) {
                all.emplace_back(j, Told{Kind::relabelled, {files[j].path, mine.path}, 0});
                break;
            }
        }
    }
    std::vector<Told> told;
    std::ranges::sort(all, {}, [](const auto& one) { return one.first; });
    std::ranges::transform(all, std::back_inserter(told), [](auto& one) { return one.second; });
    return told;
}

RC_GTEST_PROP(LedgerProperty, TellsWhatTheDefinitionsSay, ()) {
    const auto histories =
        *rc::gen::container<std::vector<std::pair<std::uint8_t, std::string>>>(rc::gen::pair(
            rc::gen::inRange<std::uint8_t>(0, 3),
            rc::gen::nonEmpty(rc::gen::resize(
                5, rc::gen::container<std::string>(rc::gen::elementOf(std::string("aab")))))));
    std::vector<File> files;
    for (const auto& [id, changes] : histories) {
        files.push_back({std::to_string(files.size()), id, changes});
    }
    MemoryEnv env;
    Ledger ledger(env);
    for (const File& file : files) {
        ok(ledger.add(file.path, FileId{file.id}, facts(chain(file.changes))));
    }
    ok(ledger.finish());
    auto told = told_by(ledger);
    auto expected = told_naively(files);
    // The order of several with the same first file is another test's.
    std::ranges::sort(told);
    std::ranges::sort(expected);
    RC_ASSERT(told == expected);
}

TEST_F(LedgerTest, TenThousandCopiesTakeNoTimeToSpeakOf) {
    const std::vector<Hash> hashes = chain("abcdefghij");
    // Of this process alone: others may keep the machine busy.
    const std::clock_t start = std::clock();
    for (int i = 0; i < 10'000; ++i) {
        ok(ledger.add(std::to_string(i), FileId{1}, facts(hashes)));
        ok(ledger.add(std::to_string(i), FileId{2}, facts(chain(std::to_string(i)))));
    }
    ok(ledger.finish());
    // Pair by pair, it would be a hundred million comparisons.
    EXPECT_LT(std::clock() - start, 5 * CLOCKS_PER_SEC);
    EXPECT_EQ(ledger.count(Kind::copies), 1);
}

}  // namespace
}  // namespace aion::archive::test
