// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/log_store.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/tlog/policy.hpp"
#include "support/temporary_folder.hpp"
#include "tlog/log_world.hpp"

namespace aion::tlog::test {
namespace {

using aion::test::code_of;
using aion::test::ok;
using aion::test::refusal;
using aion::test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

std::string detail_of(const auto& result) {
    return result ? "no error" : std::string(result.error().detail());
}

Sha256Tree::Digest root_of(std::uint64_t size) {
    MerkleTree<Sha256Tree> tree;
    for (const Bytes& entry : entries_of(0, size)) {
        tree.append(Sha256Tree::leaf(entry));
    }
    return tree.root();
}

// --- a new log -----------------------------------------------------------------------------------

TEST(LogStore, ANewLogIsEmptyAndSigned) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    const auto log = ok(world.read());
    EXPECT_EQ(log->size(), 0U);
    EXPECT_EQ(log->checkpoint().origin, log_name);
    EXPECT_EQ(log->checkpoint().root, Sha256Tree::empty());
    EXPECT_EQ(log->key(), signer_of().key());
    EXPECT_EQ(code_of(log->entry(0)), ErrorCode::invalid_argument);
    EXPECT_EQ(ok(log->find(Sha256Tree::leaf(entry_of(0)))), std::nullopt);
    EXPECT_EQ(ok(log->reference_root(0)), Blake3Tree::empty());
}

TEST(LogStore, IsMadeOnceAndNowhereElse) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    EXPECT_EQ(code_of(world.create()), ErrorCode::file_exists);
    env.put("/w/other/notes", as_bytes("x"));
    EXPECT_EQ(code_of(LogWorld(env, "/w/other").create()), ErrorCode::operation_not_permitted);
    EXPECT_EQ(detail_of(LogWorld(env, "/w/nowhere").read()), "log_no_log");
    EXPECT_EQ(detail_of(LogWorld(env, "/w/other").write()), "log_no_log");
    const std::vector<NoteSigner> witness{
        signer_of(operators, log_name, NoteKeyType::ed25519_cosignature)};
    EXPECT_EQ(code_of(create_log(env, "/w/new", witness)), ErrorCode::invalid_argument);
    const std::vector<NoteSigner> two_names{signer_of(), signer_of(strangers, "another")};
    EXPECT_EQ(code_of(create_log(env, "/w/new", two_names)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(create_log(env, "/w/new", {})), ErrorCode::invalid_argument);
}

// --- appending -----------------------------------------------------------------------------------

// Sizes around the ends of tiles, in batches that begin and end anywhere.
TEST(LogStore, HasWhatWasAppendedWhateverTheBatches) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    std::uint64_t size = 0;
    for (const std::uint64_t end : {1U, 2U, 255U, 256U, 257U, 511U, 700U, 1024U, 1025U, 1800U}) {
        const auto appended = ok(world.append(entries_of(size, end)));
        EXPECT_EQ(appended.added, end - size);
        EXPECT_EQ(appended.indexes.front(), size);
        EXPECT_EQ(appended.indexes.back(), end - 1);
        size = end;
        const auto log = ok(world.read());
        ASSERT_EQ(log->size(), size);
        EXPECT_EQ(log->checkpoint().root, root_of(size));
    }
    const auto log = ok(world.read());
    std::uint64_t next = 0;
    ok(log->each(0, size, [&](std::uint64_t index, ByteView entry) -> Result<> {
        EXPECT_EQ(index, next++);
        EXPECT_TRUE(equal(entry, entry_of(index)));
        return {};
    }));
    EXPECT_EQ(next, size);
    for (const std::uint64_t index : {0U, 255U, 256U, 1799U}) {
        EXPECT_EQ(ok(log->entry(index)), entry_of(index));
        EXPECT_EQ(ok(log->find(Sha256Tree::leaf(entry_of(index)))), index);
    }
    EXPECT_EQ(ok(log->find(Sha256Tree::leaf(entry_of(1800)))), std::nullopt);
}

TEST(LogStore, KeepsPartialTilesUntilTheTileIsFull) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    ok(world.append(entries_of(0, 3)));
    ok(world.append(entries_of(3, 5)));
    EXPECT_THAT(env.all_paths(),
                IsSupersetOf({"/w/log/tile/0/000.p/3", "/w/log/tile/0/000.p/5",
                              "/w/log/tile/entries/000.p/3", "/w/log/tile/entries/000.p/5"}));
    ok(world.append(entries_of(5, 300)));
    const auto paths = env.all_paths();
    EXPECT_THAT(
        paths, IsSupersetOf({"/w/log/tile/0/000", "/w/log/tile/0/001.p/44", "/w/log/tile/1/000.p/1",
                             "/w/log/tile/entries/000", "/w/log/tile/entries/001.p/44"}));
    EXPECT_THAT(paths, Not(::testing::Contains(HasSubstr("000.p/3"))));
    EXPECT_THAT(paths, Not(::testing::Contains(HasSubstr("tmp"))));
}

TEST(LogStore, AnEntryIsThereOnce) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    ok(world.append(entries_of(0, 300)));
    const std::string before = ok(world.read())->note();
    const auto again = ok(world.append(entries_of(290, 300)));
    EXPECT_EQ(again.added, 0U);
    EXPECT_EQ(again.indexes.front(), 290U);
    EXPECT_EQ(ok(world.read())->note(), before);
    const auto mixed = ok(world.append({entry_of(300), entry_of(7), entry_of(300), entry_of(301)}));
    EXPECT_EQ(mixed.added, 2U);
    EXPECT_THAT(mixed.indexes, ElementsAre(300, 7, 300, 301));
    EXPECT_EQ(ok(world.append({})).added, 0U);
}

TEST(LogStore, TakesOnlyEntries) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    EXPECT_EQ(detail_of(world.append({entry_of(0), Bytes{1, 2, 3}})), "entry_truncated");
    EXPECT_EQ(ok(world.read())->size(), 0U);
}

TEST(LogStore, OneWriterAtATime) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    const auto first = ok(world.write());
    EXPECT_EQ(code_of(world.write()), ErrorCode::conflict);
    ok(first->append(views_of(entries_of(0, 2))));
    EXPECT_EQ(first->log().size(), 2U);
}

TEST(LogStore, AWriterWhoMeetsAnotherCheckpointLeavesIt) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    const Bytes empty = *env.get("/w/log/checkpoint");
    const auto writer = ok(world.write());
    ok(writer->append(views_of(entries_of(0, 2))));
    env.put("/w/log/checkpoint", empty);
    const auto refused = writer->append(views_of(entries_of(2, 3)));
    EXPECT_EQ(code_of(refused), ErrorCode::conflict);
    EXPECT_EQ(env.get("/w/log/checkpoint"), empty);
}

// --- reading -------------------------------------------------------------------------------------

TEST(LogStore, ProvesAllToWhoHasTheCheckpoint) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    ok(world.append(entries_of(0, 600)));
    const auto log = ok(world.read());
    const LogPolicy policy = LogPolicy::of(signer_of().key());
    for (const std::uint64_t index : {0U, 255U, 256U, 599U}) {
        const LogProof proof = ok(LogProof::parse(ok(log->prove(index)).str()));
        EXPECT_EQ(ok(verify_proof(proof, entry_of(index), policy)).checkpoint.size, 600U);
        EXPECT_EQ(detail_of(verify_proof(proof, entry_of(index + 1), policy)), "proof_other_root");
    }
    for (const std::uint64_t size : {1U, 255U, 256U, 599U}) {
        ok(verify_consistency<Sha256Tree>(size, 600, ok(log->root(size)), log->checkpoint().root,
                                          ok(log->consistency_path(size, 600))));
        EXPECT_EQ(ok(log->root(size)), root_of(size));
    }
}

TEST(LogStore, FollowsTheLogAndNeverGoesBack) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    ok(world.append(entries_of(0, 3)));
    const Bytes former = *env.get("/w/log/checkpoint");
    const auto log = ok(world.read());
    EXPECT_FALSE(ok(log->refresh()));
    ok(world.append(entries_of(3, 400)));
    EXPECT_EQ(log->size(), 3U);
    EXPECT_TRUE(ok(log->refresh()));
    EXPECT_EQ(log->size(), 400U);
    EXPECT_EQ(ok(log->find(Sha256Tree::leaf(entry_of(399)))), 399U);
    env.put("/w/log/checkpoint", former);
    EXPECT_EQ(detail_of(log->refresh()), "log_went_back");
    EXPECT_EQ(log->size(), 400U);
}

TEST(LogStore, AForkIsSeen) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    ok(world.append(entries_of(0, 3)));
    const auto log = ok(world.read());
    LogWorld other(env, "/w/other");
    ok(other.create());
    ok(other.append(entries_of(10, 20)));
    for (const std::string& path : env.all_paths()) {
        if (path.starts_with("/w/other/")) {
            env.put("/w/log/" + path.substr(9), *env.get(path));
        }
    }
    EXPECT_EQ(detail_of(log->refresh()), "log_went_back");
}

TEST(LogStore, WhatIsNotOfTheCheckpointIsNotGivenOut) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    ok(world.append(entries_of(0, 300)));
    for (const std::string path : {"/w/log/tile/0/000", "/w/log/tile/entries/000"}) {
        const Bytes right = *env.get(path);
        Bytes wrong = right;
        wrong[40] ^= 1U;
        env.put(path, wrong);
        EXPECT_FALSE(ok(world.read())->entry(1)) << path;
        env.put(path, ByteView(right).first(right.size() - 1));
        EXPECT_FALSE(ok(world.read())->entry(255)) << path;
        env.put(path, right);
        EXPECT_TRUE(ok(world.read())->entry(1)) << path;
    }
    Bytes edge = *env.get("/w/log/tile/entries/001.p/44");
    edge.back() ^= 1U;
    env.put("/w/log/tile/entries/001.p/44", edge);
    EXPECT_EQ(detail_of(world.write()), "tile_other_content");
}

TEST(LogStore, BelievesOnlyTheKeyThatIsAskedFor) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    const auto as = [&](const NoteKey& key) { return LogStore::open(env, world.folder, key); };
    ok(as(signer_of().key()));
    EXPECT_EQ(detail_of(as(signer_of(strangers).key())), "note_not_signed");
    EXPECT_EQ(detail_of(world.write(strangers)), "log_other_key");
    // A log as others make them has no keys of ours beside it.
    const auto keys = ok(env.open_directory("/w/log/keys"));
    ok(keys->remove("0"));
    ok(as(signer_of().key()));
    EXPECT_EQ(detail_of(world.read()), "log_bad_keys");
}

TEST(LogStore, FindsAmongManyWithoutAnIndex) {
    constexpr std::uint64_t many = 20'000;
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    const auto writer = ok(world.write());
    for (std::uint64_t done = 0; done < many; done += 2500) {
        ok(writer->append(views_of(entries_of(done, done + 2500))));
        EXPECT_EQ(ok(writer->append(views_of(entries_of(done, done + 10)))).added, 0U);
    }
    const auto log = ok(world.read());
    for (std::uint64_t i = 0; i < many; i += 997) {
        EXPECT_EQ(ok(log->find(Sha256Tree::leaf(entry_of(i)))), i);
        EXPECT_EQ(ok(writer->log().find(Sha256Tree::leaf(entry_of(i)))), i);
    }
    EXPECT_EQ(ok(log->find(Sha256Tree::leaf(entry_of(many)))), std::nullopt);
}

// --- signatures and keys -------------------------------------------------------------------------

TEST(LogStore, OthersSignItsCheckpoint) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    const auto writer = ok(world.write());
    ok(writer->append(views_of(entries_of(0, 2))));
    const NoteSigner witness =
        signer_of(strangers, "witness.example.org", NoteKeyType::ed25519_cosignature);
    const std::string text = writer->log().checkpoint().text();
    const std::vector<NoteSignature> once{ok(witness.sign(text, 1))};
    const std::vector<NoteSignature> twice{ok(witness.sign(text, 2))};
    ok(writer->add_signatures(text, once));
    ok(writer->add_signatures(text, twice));
    const Note note = ok(Note::parse(ok(world.read())->note()));
    EXPECT_EQ(note.signatures.size(), 2U);
    EXPECT_EQ(ok(verify_note(note, witness.key())).time, 2U);
    ok(writer->append(views_of(entries_of(2, 3))));
    EXPECT_EQ(code_of(writer->add_signatures(text, once)), ErrorCode::conflict);
    EXPECT_EQ(ok(Note::parse(writer->log().note())).signatures.size(), 1U);
}

TEST(LogStore, SignsWithTwoKindsOfKeys) {
    if (!crypto::check_ml_dsa_44()) {
        GTEST_SKIP() << "this libcrypto has no ML-DSA";
    }
    MemoryEnv env;
    LogWorld world(env);
    const auto key = ok(crypto::MlDsa44Key::from_seed(Bytes(32, 3)));
    const std::vector<NoteSigner> signers{signer_of(), ok(NoteSigner::make(log_name, key, env))};
    ok(create_log(env, world.folder, signers));
    ok(ok(LogWriter::open(env, world.folder, signers, world.options))
           ->append(views_of(entries_of(0, 2))));
    const Note note = ok(Note::parse(ok(world.read())->note()));
    ASSERT_EQ(note.signatures.size(), 2U);
    EXPECT_TRUE(ok(verify_note(note, signers[1].key())).signed_by_key);
}

TEST(LogStore, KeysFollowEachOther) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    ok(world.append(entries_of(0, 3)));
    const auto log = ok(LogStore::open(env, world.folder, signer_of().key()));
    {
        const auto writer = ok(world.write());
        EXPECT_EQ(code_of(writer->rotate({signer_of()})), ErrorCode::invalid_argument);
        EXPECT_EQ(code_of(writer->rotate({signer_of(next_operators, "another")})),
                  ErrorCode::invalid_argument);
        ok(writer->rotate({signer_of(next_operators)}));
        EXPECT_EQ(ok(Note::parse(writer->log().note())).signatures.size(), 2U);
        ok(writer->append(views_of(entries_of(3, 5))));
    }
    EXPECT_EQ(detail_of(world.write(operators)), "log_other_key");
    ok(world.append(entries_of(5, 6), next_operators));
    EXPECT_TRUE(ok(log->refresh()));
    EXPECT_EQ(log->key(), signer_of(next_operators).key());
    const auto keys = ok(read_log_keys(env, world.folder));
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[1].size, 3U);
    // The later key does not vouch for what the earlier one signed.
    ok(LogStore::open(env, world.folder, signer_of(next_operators).key()));
}

// A log whose new key has one of ML-DSA-44 beside it is signed by both from then on.
TEST(LogStore, AKeyOfTwoHalvesTakesOver) {
    if (!crypto::check_ml_dsa_44()) {
        GTEST_SKIP() << "this libcrypto has no ML-DSA";
    }
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    const auto second = ok(crypto::MlDsa44Key::from_seed(Bytes(32, 3)));
    const NoteSigner other = ok(NoteSigner::make(log_name, second, env));
    const auto writer = ok(world.write());
    ok(writer->rotate({signer_of(next_operators), other}));
    EXPECT_EQ(ok(Note::parse(writer->log().note())).signatures.size(), 3U);
    ok(writer->append(views_of(entries_of(0, 2))));
    const Note note = ok(Note::parse(writer->log().note()));
    EXPECT_EQ(note.signatures.size(), 2U);
    EXPECT_TRUE(ok(verify_note(note, other.key())).signed_by_key);
    EXPECT_TRUE(LogPolicy::of(other.key()).judge(note.str()));
}

// Whoever stole the former key signs what he likes, at sizes behind the rotation.
TEST(LogStore, AFormerKeySignsNothingMore) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    ok(ok(world.write())->rotate({signer_of(next_operators)}));
    ok(world.append(entries_of(0, 3), next_operators));
    const std::string text = ok(world.read())->checkpoint().text();
    Note forged{.text = text, .signatures = {ok(signer_of().sign(text))}};
    env.put("/w/log/checkpoint", as_bytes(forged.str()));
    EXPECT_EQ(detail_of(world.read()), "note_not_signed");
}

TEST(LogStore, AChainOfKeysThatIsNoneIsRefused) {
    MemoryEnv env;
    LogWorld world(env);
    ok(world.create());
    ok(ok(world.write())->rotate({signer_of(next_operators)}));
    const Bytes first = *env.get("/w/log/keys/0");
    const Bytes second = *env.get("/w/log/keys/1");
    env.put("/w/log/keys/1", first);
    EXPECT_EQ(detail_of(world.read()), "log_bad_keys");
    // Signed by itself alone.
    const Note whole = ok(Note::parse(as_text(second)));
    const Note alone{.text = whole.text, .signatures = {whole.signatures.back()}};
    env.put("/w/log/keys/1", as_bytes(alone.str()));
    EXPECT_EQ(detail_of(world.read()), "log_bad_keys");
    env.put("/w/log/keys/1", second);
    ok(world.read());
}

// --- on a disk, with an index --------------------------------------------------------------------

struct OnDisk {
    TemporaryFolder folder;
    LogWorld world{Env::system(), folder / "log"};

    OnDisk() {
        world.options.indexing = LogIndexing::kept;
        ok(world.create());
    }

    [[nodiscard]] std::filesystem::path index() const { return world.folder / ".aion" / "index"; }
};

TEST(LogStoreOnDisk, TheIndexFindsAndIsMadeAnew) {
    OnDisk disk;
    ok(disk.world.append(entries_of(0, 700)));
    EXPECT_EQ(ok(disk.world.append(entries_of(600, 710))).added, 10U);
    std::filesystem::remove(disk.index());
    EXPECT_EQ(ok(ok(disk.world.read())->find(Sha256Tree::leaf(entry_of(650)))), 650U);
    EXPECT_EQ(ok(disk.world.append(entries_of(0, 10))).added, 0U);
    EXPECT_TRUE(std::filesystem::exists(disk.index()));
    std::ofstream(disk.index(), std::ios::trunc) << "no database";
    EXPECT_EQ(ok(ok(disk.world.read())->find(Sha256Tree::leaf(entry_of(650)))), 650U);
    EXPECT_EQ(ok(disk.world.append(entries_of(700, 711))).added, 1U);
}

TEST(LogStoreOnDisk, AnIndexThatIsBehindCatchesUp) {
    OnDisk disk;
    ok(disk.world.append(entries_of(0, 300)));
    LogWorld without = disk.world;
    without.options.indexing = LogIndexing::none;
    ok(without.append(entries_of(300, 600)));
    EXPECT_EQ(ok(ok(disk.world.read())->find(Sha256Tree::leaf(entry_of(599)))), 599U);
    EXPECT_EQ(ok(disk.world.append(entries_of(590, 610))).added, 10U);
}

// To go on from a checkpoint that was put back would fork the log.
TEST(LogStoreOnDisk, AnIndexThatHasSeenMoreStopsTheWriter) {
    OnDisk disk;
    ok(disk.world.append(entries_of(0, 300)));
    const auto former = ok(read_file(disk.world.env, disk.world.folder / "checkpoint"));
    ok(disk.world.append(entries_of(300, 310)));
    std::ofstream(disk.world.folder / "checkpoint", std::ios::trunc) << as_text(former);
    EXPECT_EQ(detail_of(disk.world.append(entries_of(400, 401))), "log_went_back");
    const auto log = ok(disk.world.read());
    EXPECT_EQ(ok(log->find(Sha256Tree::leaf(entry_of(299)))), 299U);
    EXPECT_EQ(ok(log->find(Sha256Tree::leaf(entry_of(305)))), std::nullopt);
}

}  // namespace
}  // namespace aion::tlog::test
