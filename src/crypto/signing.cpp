// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/signing.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "base/try.hpp"
#include "crypto/openssl.hpp"

namespace aion::crypto {
namespace {

using KeyContext = std::unique_ptr<EVP_PKEY_CTX, openssl::Freed<EVP_PKEY_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, openssl::Freed<EVP_PKEY_free>>;

// OpenSSL's form of a key. Given no public half, it computes that. Every seed is a key, so what
// fails here and below fails for lack of memory.
Key import_key(ByteView seed, ByteView public_half) {
    std::array parameters{OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end(),
                          OSSL_PARAM_construct_end()};
    parameters[0] = openssl::octets(OSSL_PKEY_PARAM_PRIV_KEY, seed);
    if (!public_half.empty()) {
        parameters[1] = openssl::octets(OSSL_PKEY_PARAM_PUB_KEY, public_half);
    }
    const KeyContext context(EVP_PKEY_CTX_new_from_name(openssl::context(), "ED25519", nullptr));
    EVP_PKEY* key = nullptr;
    openssl::require(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                     EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.data()) ==
                         1);
    return Key(key);
}

PublicKey derive_public_half(ByteView seed) {
    const openssl::ErrorScope errors;
    PublicKey half;
    std::size_t size = half.bytes.size();
    const Key key = import_key(seed, {});
    openssl::require(EVP_PKEY_get_raw_public_key(key.get(), half.bytes.data(), &size) == 1 &&
                     size == half.bytes.size());
    return half;
}

#if OPENSSL_VERSION_NUMBER >= 0x30400000L

EVP_SIGNATURE* ed25519() {
    static constinit std::atomic<EVP_SIGNATURE*> algorithm{nullptr};
    return openssl::made_once(
        algorithm, [] { return EVP_SIGNATURE_fetch(openssl::context(), "ED25519", nullptr); },
        EVP_SIGNATURE_free);
}

bool sign_with(EVP_PKEY* key, ByteView message, Signature& signature) {
    std::size_t size = signature.bytes.size();
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(openssl::context(), key, nullptr));
    return context != nullptr &&
           EVP_PKEY_sign_message_init(context.get(), ed25519(), nullptr) == 1 &&
           EVP_PKEY_sign(context.get(), signature.bytes.data(), &size, openssl::readable(message),
                         message.size()) == 1 &&
           size == signature.bytes.size();
}

#else

// The older way, which looks the algorithm up for each signature.
bool sign_with(EVP_PKEY* key, ByteView message, Signature& signature) {
    using Digest = std::unique_ptr<EVP_MD_CTX, openssl::Freed<EVP_MD_CTX_free>>;
    std::size_t size = signature.bytes.size();
    const Digest context(EVP_MD_CTX_new());
    return context != nullptr &&
           EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, openssl::context(), nullptr, key,
                                 nullptr) == 1 &&
           EVP_DigestSign(context.get(), signature.bytes.data(), &size, openssl::readable(message),
                          message.size()) == 1 &&
           size == signature.bytes.size();
}

#endif

}  // namespace

Result<SigningKey> SigningKey::from_seed(ByteView seed) {
    if (seed.size() != seed_size) {
        return fail(error_because(ErrorCode::invalid_private_key,
                                  "expected 32 bytes, got " + std::to_string(seed.size())));
    }
    return SigningKey(SecretBytes::copy_of(seed), derive_public_half(seed));
}

Result<SigningKey> SigningKey::generate(Env& env) {
    SecretBytes seed(seed_size);
    AION_TRY(env.random(seed.view()));
    const PublicKey half = derive_public_half(seed.view());
    return SigningKey(std::move(seed), half);
}

// The key is imported for each signature: that costs under a microsecond (3 %), and keeping
// OpenSSL's copy instead would leave the seed in memory that is neither locked nor out of dumps.
Result<Signature> SigningKey::sign(ByteView message) {
    if (seed_.empty()) {
        return fail(error_because(ErrorCode::signing_failed, "the key was moved elsewhere"));
    }
    const openssl::ErrorScope errors;
    Signature signature;
    const Key key = import_key(seed_.view(), public_key_.view());
    openssl::require(sign_with(key.get(), message, signature));
    return signature;
}

const char* openssl_version() noexcept {
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

}  // namespace aion::crypto
