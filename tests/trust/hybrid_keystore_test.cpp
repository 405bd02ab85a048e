// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/hybrid_keystore.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/crypto/backend.hpp"
#include "aion/crypto/kdf.hpp"
#include "support/bytes.hpp"
#include "trust/key_container.hpp"
#include "trust/support.hpp"

namespace aion::trust {
namespace {

using aion::test::counting;
using test::code_of;
using test::key_from;
using test::ok;
using test::public_of;

constexpr KeyId id{7};
constexpr std::string_view machine = "0123456789abcdef0123456789abcdef";
const ByteView password = as_bytes("correct horse battery staple");
const std::filesystem::path directory = "/home/op/.aion/keys";

class HybridKeystoreTest : public testing::Test {
  protected:
    HybridKeystoreTest() { env.set_machine_id(std::string(machine)); }

    void SetUp() override {
        if (!crypto::backend().has_ml_dsa) {
            GTEST_SKIP() << "this libcrypto has no ML-DSA";
        }
    }

    [[nodiscard]] bool has(std::string_view name) const {
        return env.get(directory / name).has_value();
    }

    MemoryEnv env;
    Keystore keys{env, directory};
    HybridKeystore store{env, keys};
};

HybridKey hybrid_from(std::uint8_t filler) {
    return {key_from(filler), ok(crypto::MlDsaKey::from_seed(Bytes(32, filler)))};
}

TEST_F(HybridKeystoreTest, KeepsBothHalves) {
    const HybridPublicKey made = ok(store.generate(id));
    EXPECT_TRUE(ok(store.contains(id)));
    EXPECT_EQ(ok(store.load(id)).public_half(), made);
    // To everybody else it is an Ed25519 key like any other.
    EXPECT_EQ(ok(keys.load(id)).public_half(), made.classical);
    EXPECT_EQ(env.get(directory / "author-7.key")->size(), local_container_size);
    EXPECT_EQ(env.get(directory / "author-7.pqkey")->size(), local_hybrid_container_size);
    EXPECT_EQ(env.info(directory / "author-7.pqkey").value()->mode & 0777U, 0600U);
    EXPECT_EQ(ok(keys.list()).size(), 1U);
}

TEST_F(HybridKeystoreTest, HasTheKeyThatNotesAreSignedWith) {
    ok(store.generate(id));
    const HybridKey key = ok(store.load(id));
    std::array<std::uint8_t, 32> seed{};
    ok(crypto::hkdf_sha256(key.post_quantum().seed(), {}, as_bytes("AION_V2_NOTE_ML_DSA_44"),
                           seed));
    const auto expected = ok(crypto::MlDsa44Key::from_seed(seed));
    EXPECT_TRUE(equal(ok(note_key(key.post_quantum())).public_half(), expected.public_half()));
}

TEST_F(HybridKeystoreTest, GivesAStoredKeyItsOtherHalf) {
    const PublicKey before = ok(keys.generate(id));
    EXPECT_FALSE(ok(store.contains(id)));
    EXPECT_EQ(store.load(id).error().code(), ErrorCode::key_not_found);
    const Bytes file = *env.get(directory / "author-7.key");
    const HybridPublicKey made = ok(store.add(id));
    EXPECT_EQ(made.classical, before);
    EXPECT_EQ(*env.get(directory / "author-7.key"), file);
    EXPECT_EQ(ok(store.load(id)).public_half(), made);
    EXPECT_EQ(store.add(id).error().code(), ErrorCode::file_exists);
    EXPECT_EQ(store.add(KeyId{8}).error().code(), ErrorCode::key_not_found);
}

TEST_F(HybridKeystoreTest, ReplacesNothing) {
    ok(store.store(id, hybrid_from(1)));
    EXPECT_EQ(code_of(store.store(id, hybrid_from(2))), ErrorCode::file_exists);
    EXPECT_EQ(store.generate(id).error().code(), ErrorCode::file_exists);
    EXPECT_EQ(ok(store.load(id)).public_half(), hybrid_from(1).public_half());
    // Nor a half whose key is gone.
    env.put(directory / "author-9.pqkey", Bytes(local_hybrid_container_size));
    EXPECT_EQ(store.generate(KeyId{9}).error().code(), ErrorCode::file_exists);
    EXPECT_FALSE(has("author-9.key"));
}

TEST_F(HybridKeystoreTest, AHalfOpensBesideItsKeyOnly) {
    ok(store.store(id, hybrid_from(1)));
    const Bytes half = *env.get(directory / "author-7.pqkey");
    ok(keys.store(KeyId{8}, key_from(1)));
    env.put(directory / "author-8.pqkey", half);  // the same key under another id
    EXPECT_EQ(store.load(KeyId{8}).error().code(), ErrorCode::decryption_failed);
    ok(keys.remove(id));
    EXPECT_FALSE(has("author-7.pqkey"));
    ok(keys.store(id, key_from(2)));
    env.put(directory / "author-7.pqkey", half);  // the same id with another key
    EXPECT_EQ(store.load(id).error().code(), ErrorCode::decryption_failed);
    Bytes damaged = half;
    damaged[30] ^= 1U;
    env.put(directory / "author-7.pqkey", damaged);
    EXPECT_EQ(store.load(id).error().code(), ErrorCode::decryption_failed);
    damaged[0] = '?';
    env.put(directory / "author-7.pqkey", damaged);
    EXPECT_EQ(store.load(id).error().detail(), "key_file_bad_magic");
}

TEST_F(HybridKeystoreTest, ExportsAndImportsBothHalves) {
    ok(store.store(id, hybrid_from(1)));
    const Bytes exported = ok(store.export_key(id, password));
    EXPECT_EQ(exported.size(), exported_hybrid_container_size);
    EXPECT_EQ(store.import_key(KeyId{8}, exported, password).error().code(),
              ErrorCode::decryption_failed)
        << "it is bound to its id";
    EXPECT_EQ(store.import_key(KeyId{8}, exported, as_bytes("x"), id).error().code(),
              ErrorCode::decryption_failed);
    EXPECT_EQ(ok(store.import_key(KeyId{8}, exported, password, id)), public_of(1));
    EXPECT_EQ(ok(store.load(KeyId{8})).public_half(), hybrid_from(1).public_half());
    EXPECT_EQ(keys.import_key(KeyId{9}, exported, password, id).error().code(),
              ErrorCode::invalid_format)
        << "who knows of one half does not take both";
    // The Ed25519 half alone, as ever.
    const Bytes half = ok(keys.export_key(id, password));
    EXPECT_EQ(ok(store.import_key(KeyId{9}, half, password, id)), public_of(1));
    EXPECT_FALSE(ok(store.contains(KeyId{9})));
    EXPECT_EQ(store.export_key(id, {}).error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(store.export_key(KeyId{9}, password).error().code(), ErrorCode::key_not_found);
}

TEST_F(HybridKeystoreTest, ContainersAreAsThePageSays) {
    const auto nonce = counting<12>(0x40);
    const auto salt = counting<16>(0x10);
    const Bytes local = ok(seal_local_hybrid(id, hybrid_from(1), machine, nonce));
    EXPECT_EQ(to_hex(ByteView(local).first(17)), "4146505101404142434445464748494a4b");
    EXPECT_EQ(ok(open_local_hybrid(id, public_of(1), local, machine)).seed().size(), 32U);
    const Bytes exported = ok(seal_exported_hybrid(id, hybrid_from(1), password, salt, nonce));
    EXPECT_EQ(to_hex(ByteView(exported).first(33)),
              "4148594201101112131415161718191a1b1c1d1e1f404142434445464748494a4b");
    EXPECT_EQ(ok(open_exported_hybrid(id, exported, password)).public_half(),
              hybrid_from(1).public_half());
    for (const std::size_t size : {0U, 4U, 64U}) {
        EXPECT_EQ(check_local_hybrid_container(ByteView(local).first(size)).error().detail(),
                  "key_file_too_small");
        EXPECT_EQ(check_exported_hybrid_container(ByteView(exported).first(size)).error().detail(),
                  "key_file_too_small");
    }
    Bytes longer = exported;
    longer.push_back(0);
    EXPECT_EQ(open_exported_hybrid(id, longer, password).error().code(),
              ErrorCode::decryption_failed);
}

}  // namespace
}  // namespace aion::trust
