// SPDX-License-Identifier: MIT OR Apache-2.0
// The two key containers, byte for byte (docs/keys.md).
#include "trust/key_container.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/bytes.hpp"
#include "trust/support.hpp"

namespace aion::trust {
namespace {

using aion::test::counting;
using test::code_of;
using test::ok;
using test::refusal;

constexpr KeyId id{50001};
constexpr std::string_view machine = "0123456789abcdef0123456789abcdef";
constexpr std::string_view password = "correct horse battery staple";
constexpr std::string_view local_hex =
    "41464b5901404142434445464748494a4b89fd68d73529a487bf51c5c2ca29d7"
    "0771154ad2c74b6f6cc7801aa0e6b488551d01e6825ce956a1506c7bb4e33e39"
    "4b";
constexpr std::string_view exported_hex =
    "414b455902101112131415161718191a1b1c1d1e1f404142434445464748494a"
    "4b4f8d7930b3a741c054fca19a71eec31e2ea81c98a1a98c2c70862320383176"
    "1e4e95293c934c23785e0266f695684540";

const std::array<std::uint8_t, 32> seed = counting<32>(0);
const std::array<std::uint8_t, 12> nonce = counting<12>(0x40);
const std::array<std::uint8_t, 16> salt = counting<16>(0x10);

Bytes local_container() {
    return ok(from_hex(local_hex));
}

Bytes exported_container() {
    return ok(from_hex(exported_hex));
}

template <class T>
T with(T bytes, std::size_t offset, std::uint8_t value) {
    bytes.at(offset) = value;
    return bytes;
}

// --- Key derivation
// ---------------------------------------------------------------------------------

TEST(KeyContainer, KnownMachineKeys) {
    const auto derived = [](std::string_view machine_id) {
        return to_hex(ok(derive_machine_key(machine_id)).view());
    };
    EXPECT_EQ(derived(""), "df9176b66e67ea393ce58465a2949f69bed5a78abca703e3f2ff51837311fef5");
    EXPECT_EQ(derived(machine), "645c054cb94f634ef6f3242f4edda3c6bb03984c619f27a1ef6c361396714c2d");
    EXPECT_EQ(derived("aion-user@localhost"),
              "1d796528b652e7ce9c038312c5a1da8b6e31358f2bf206ff23ba975d77b7d379");
}

TEST(KeyContainer, KnownExportKeyDependsOnPasswordAndSalt) {
    const auto derived = [](std::string_view text, const std::array<std::uint8_t, 16>& with_salt) {
        return to_hex(ok(derive_export_key(as_bytes(text), with_salt)).view());
    };
    const std::string expected = "1cd84e588c72f1d0bb3041fdd8a32de5ec738487c23ac9c5d84f119e05858bf8";
    EXPECT_EQ(derived(password, salt), expected);
    EXPECT_EQ(derived(password, salt), expected);
    EXPECT_NE(derived("correct horse battery stapl", salt), expected);
    EXPECT_NE(derived(password, with(salt, 15, 0)), expected);
}

// --- AFKY
// -------------------------------------------------------------------------------------------

TEST(KeyContainer, SealsTheLocalVector) {
    EXPECT_EQ(to_hex(ok(seal_local_key(id, seed, machine, nonce))), local_hex);
}

TEST(KeyContainer, OpensTheLocalVector) {
    const auto key = ok(open_local_key(id, local_container(), machine));
    EXPECT_TRUE(equal(key.seed(), seed));
    EXPECT_EQ(to_hex(key.public_half()),
              "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
}

TEST(KeyContainer, LocalHeaderFaultsInTheirOrder) {
    const auto problem = [](const Bytes& container) {
        return refusal(open_local_key(id, container, machine));
    };
    Bytes short_one = local_container();
    short_one.pop_back();
    EXPECT_EQ(problem(short_one),
              "Invalid file format: encrypted key file too small: 64 bytes (minimum: 65)");
    EXPECT_EQ(problem({}),
              "Invalid file format: encrypted key file too small: 0 bytes (minimum: 65)");
    EXPECT_EQ(problem(with(local_container(), 0, 'X')),
              "Invalid file format: invalid file key magic");
    EXPECT_EQ(problem(with(with(local_container(), 3, 'X'), 4, 9)),
              "Invalid file format: invalid file key magic");
    EXPECT_EQ(problem(with(local_container(), 4, 99)),
              "Invalid file format: unsupported file key version: 99 (expected: 1)");
    EXPECT_EQ(problem(exported_container()), "Invalid file format: invalid file key magic");
}

TEST(KeyContainer, LocalContainersAreBoundToIdAndMachine) {
    const std::string expected =
        "Decryption failed: this machine's id is not the one that the key was "
        "sealed under, or the file was damaged or renamed";
    EXPECT_EQ(refusal(open_local_key(KeyId{50002}, local_container(), machine)), expected);
    EXPECT_EQ(refusal(open_local_key(id, local_container(), "another machine")), expected);
    Bytes longer = local_container();
    longer.push_back(0);
    EXPECT_EQ(refusal(open_local_key(id, longer, machine)), expected);
    EXPECT_EQ(code_of(open_local_key(id, longer, machine)), ErrorCode::decryption_failed);
}

TEST(KeyContainer, ASeedHasThirtyTwoBytes) {
    const ByteView short_seed = ByteView(seed).first(31);
    EXPECT_EQ(refusal(seal_local_key(id, short_seed, machine, nonce)),
              "Invalid private key: expected 32 bytes, got 31");
    EXPECT_EQ(refusal(seal_exported_key(id, short_seed, as_bytes(password), salt, nonce)),
              "Invalid private key: expected 32 bytes, got 31");
}

// --- AKEY
// -------------------------------------------------------------------------------------------

TEST(KeyContainer, SealsTheExportVector) {
    const Bytes container = ok(seal_exported_key(id, seed, as_bytes(password), salt, nonce));
    EXPECT_EQ(to_hex(container), exported_hex);
    EXPECT_EQ(container.size(), 81U);
    EXPECT_TRUE(as_text(container).starts_with("AKEY"));
}

TEST(KeyContainer, OpensTheExportVector) {
    const auto key = ok(open_exported_key(id, exported_container(), as_bytes(password)));
    EXPECT_TRUE(equal(key.seed(), seed));
}

TEST(KeyContainer, OpensWhatTheReferenceExported) {
    const json::Value index = test::vector_index();
    const auto keys = aion::test::load_test_keys();
    int count = 0;
    for (const auto& [key_of_row, row] : test::member(index, "keystore_exports").children()) {
        ++count;
        const std::string file = test::text_member(row, "file");
        const Bytes container = aion::test::read_vector(file);
        const KeyId owner{test::number_member(row, "author")};
        const std::string password_of_row = test::text_member(row, "password");
        const ByteView secret = as_bytes(password_of_row);
        const auto key = ok(open_exported_key(owner, container, secret));
        const auto& expected = keys.at(test::text_member(row, "key"));
        EXPECT_TRUE(equal(key.seed(), expected.seed)) << file;
        EXPECT_EQ(key.public_half(), expected.public_key) << file;
        // The same secret, salt and nonce make the same file.
        const auto their_salt = ByteView(container).subspan(5).first<16>();
        const auto their_nonce = ByteView(container).subspan(21).first<12>();
        EXPECT_EQ(ok(seal_exported_key(owner, key.seed(), secret, their_salt, their_nonce)),
                  container)
            << file;
    }
    EXPECT_EQ(count, 3);
}

TEST(KeyContainer, ExportHeaderFaultsInTheirOrder) {
    const auto problem = [](const Bytes& container) {
        return refusal(open_exported_key(id, container, as_bytes(password)));
    };
    EXPECT_EQ(problem(Bytes(10)),
              "Invalid file format: encrypted key file too small: 10 bytes (minimum: 81)");
    EXPECT_EQ(problem(with(exported_container(), 0, 'X')),
              "Invalid file format: invalid key file magic");
    EXPECT_EQ(problem(with(exported_container(), 4, 99)),
              "Invalid file format: unsupported key file version: 99 (expected: 2)");
    EXPECT_EQ(problem(with(exported_container(), 4, 1)),
              "Invalid file format: unsupported key file version: 1 (expected: 2)");
}

TEST(KeyContainer, ExportsAreBoundToPasswordAndId) {
    const std::string expected =
        "Decryption failed: wrong password, another key id, or a damaged file";
    EXPECT_EQ(refusal(open_exported_key(id, exported_container(), as_bytes("wrong"))), expected);
    EXPECT_EQ(refusal(open_exported_key(id, exported_container(), {})), expected);
    EXPECT_EQ(refusal(open_exported_key(KeyId{1}, exported_container(), as_bytes(password))),
              expected);
    Bytes longer = exported_container();
    longer.push_back(0);
    EXPECT_EQ(refusal(open_exported_key(id, longer, as_bytes(password))), expected);
}

// --- Properties, under a key derived once because derivation is slow by design
// ----------------------

RC_GTEST_PROP(KeyContainerProperty, EveryDamagedBitIsNoticed, ()) {
    static const crypto::SecretBytes key = ok(derive_machine_key(machine));
    constexpr std::size_t header = 5;
    const auto bit = *rc::gen::inRange<std::size_t>(header * 8, local_container_size * 8);
    Bytes damaged = local_container();
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    RC_ASSERT(code_of(open_local_key_with(id, damaged, key)) == ErrorCode::decryption_failed);
}

RC_GTEST_PROP(KeyContainerProperty, EveryDamagedBitOfAnExportIsNoticed, ()) {
    static const crypto::SecretBytes key = ok(derive_export_key(as_bytes(password), salt));
    constexpr std::size_t nonce_offset = 21;
    const auto bit = *rc::gen::inRange<std::size_t>(nonce_offset * 8, exported_container_size * 8);
    Bytes damaged = exported_container();
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    RC_ASSERT(code_of(open_exported_key_with(id, damaged, key)) == ErrorCode::decryption_failed);
}

TEST(KeyContainerProperty, RoundTripsForAnyIdSeedAndMachine) {
    for (std::uint8_t i = 0; i < 8; ++i) {
        const KeyId any{i == 0 ? UINT64_MAX : std::uint64_t{i} << (8U * i)};
        const auto any_seed = counting<32>(static_cast<std::uint8_t>(i * 31));
        const auto any_nonce = counting<12>(i);
        const std::string any_machine(i * 10U, 'm');
        const Bytes container = ok(seal_local_key(any, any_seed, any_machine, any_nonce));
        EXPECT_EQ(container.size(), local_container_size);
        EXPECT_TRUE(equal(ok(open_local_key(any, container, any_machine)).seed(), any_seed));
    }
}

}  // namespace
}  // namespace aion::trust
