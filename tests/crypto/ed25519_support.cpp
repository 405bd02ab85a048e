// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519_support.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <cstring>

namespace aion::crypto::test {

TestKey::TestKey(std::uint64_t number) {
    std::memcpy(seed_.data(), &number, sizeof number);
    seed_[31] = 0x5a;
    std::array<std::uint8_t, 64> secret{};
    crypto_sign_seed_keypair(public_key_.bytes.data(), secret.data(), seed_.data());
}

Signed TestKey::sign(Bytes message) const {
    std::array<std::uint8_t, 64> secret{};
    PublicKey same;
    crypto_sign_seed_keypair(same.bytes.data(), secret.data(), seed_.data());
    Signed out{std::move(message), public_key_, {}};
    crypto_sign_detached(out.signature.bytes.data(), nullptr, out.message.data(),
                         out.message.size(), secret.data());
    return out;
}

std::vector<Signed> signed_messages(std::size_t count, std::size_t keys, std::size_t size) {
    std::vector<TestKey> authors;
    for (std::size_t i = 0; i < keys; ++i) {
        authors.emplace_back(i);
    }
    std::vector<Signed> all;
    for (std::size_t i = 0; i < count; ++i) {
        Bytes message(size, static_cast<std::uint8_t>(i));
        std::memcpy(message.data(), &i, std::min(sizeof i, size));
        all.push_back(authors[i % keys].sign(std::move(message)));
    }
    return all;
}

std::vector<VerifyItem> items_of(const std::vector<Signed>& all) {
    std::vector<VerifyItem> items;
    for (const Signed& one : all) {
        items.push_back(one.item());
    }
    return items;
}

bool sodium_accepts(const Signed& given) {
    return crypto_sign_verify_detached(given.signature.bytes.data(), given.message.data(),
                                       given.message.size(), given.key.bytes.data()) == 0;
}

bool openssl_accepts(const Signed& given) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, given.key.bytes.data(), 32),
        &EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    return key != nullptr &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), given.signature.bytes.data(), 64, given.message.data(),
                            given.message.size()) == 1;
}

}  // namespace aion::crypto::test
