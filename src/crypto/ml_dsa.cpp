// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/ml_dsa.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "base/try.hpp"
#include "crypto/openssl.hpp"

namespace aion::crypto {
namespace {

using KeyContext = std::unique_ptr<EVP_PKEY_CTX, openssl::Freed<EVP_PKEY_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, openssl::Freed<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, openssl::Freed<EVP_MD_CTX_free>>;

// Named by OpenSSL's headers only since there is such an algorithm.
constexpr const char* seed_parameter = "seed";
constexpr const char* entropy_parameter = "test-entropy";
constexpr std::size_t entropy_size = 32;

Result<> check(const char* algorithm) {
    return openssl::check_offered(algorithm, "3.5");
}

// OpenSSL's form of a key of which `parameter` is known. Every seed is a key, and so is every
// public half of the right length: what fails, fails for lack of memory.
Key import_key(const char* algorithm, const char* parameter, ByteView value, int selection) {
    std::array parameters{openssl::octets(parameter, value), OSSL_PARAM_construct_end()};
    const KeyContext context(EVP_PKEY_CTX_new_from_name(openssl::context(), algorithm, nullptr));
    EVP_PKEY* key = nullptr;
    openssl::require(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                     EVP_PKEY_fromdata(context.get(), &key, selection, parameters.data()) == 1);
    return Key(key);
}

Bytes derive_public_half(const char* algorithm, ByteView seed, std::size_t half_size) {
    const openssl::ErrorScope errors;
    const Key key = import_key(algorithm, seed_parameter, seed, EVP_PKEY_KEYPAIR);
    Bytes half(half_size);
    std::size_t size = 0;
    openssl::require(EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                     half.data(), half.size(), &size) == 1 &&
                     size == half.size());
    return half;
}

template <class Parameters>
Result<bool> verify(ByteView public_key, ByteView message, ByteView signature) {
    AION_TRY(check(Parameters::name));
    if (public_key.size() != Parameters::public_key_size ||
        signature.size() != Parameters::signature_size) {
        return false;
    }
    const openssl::ErrorScope errors;
    const Key key =
        import_key(Parameters::name, OSSL_PKEY_PARAM_PUB_KEY, public_key, EVP_PKEY_PUBLIC_KEY);
    const Digest context(EVP_MD_CTX_new());
    openssl::require(context != nullptr &&
                     EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, openssl::context(),
                                             nullptr, key.get(), nullptr) == 1);
    const bool holds = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                        openssl::readable(message), message.size()) == 1;
    openssl::require(holds || openssl::ErrorScope::is_clean() ||
                     ERR_GET_REASON(ERR_peek_last_error()) != ERR_R_MALLOC_FAILURE);
    return holds;
}

}  // namespace

Result<> check_ml_dsa_65() {
    return check(MlDsa65::name);
}

Result<> check_ml_dsa_44() {
    return check(MlDsa44::name);
}

template <class Parameters>
Result<MlDsaKeyOf<Parameters>> MlDsaKeyOf<Parameters>::from_seed(ByteView seed) {
    AION_TRY(check(Parameters::name));
    if (seed.size() != seed_size) {
        return fail(error_because(ErrorCode::invalid_private_key,
                                  "expected 32 bytes, got " + std::to_string(seed.size())));
    }
    return MlDsaKeyOf(SecretBytes::copy_of(seed),
                      derive_public_half(Parameters::name, seed, Parameters::public_key_size));
}

template <class Parameters>
Result<MlDsaKeyOf<Parameters>> MlDsaKeyOf<Parameters>::generate(Env& env) {
    AION_TRY(check(Parameters::name));
    SecretBytes seed(seed_size);
    AION_TRY(env.random(seed.view()));
    Bytes half = derive_public_half(Parameters::name, seed.view(), Parameters::public_key_size);
    return MlDsaKeyOf(std::move(seed), std::move(half));
}

// What hedges a signature comes from `env`, as all that is random here; OpenSSL's own generator
// would have to be seeded first, and its failure could not be told from others.
template <class Parameters>
Result<Bytes> MlDsaKeyOf<Parameters>::sign(Env& env, ByteView message) const {
    AION_TRY(check(Parameters::name));
    if (seed_.empty()) {
        return fail(error_because(ErrorCode::signing_failed, "the key was moved elsewhere"));
    }
    SecretBytes entropy(entropy_size);
    AION_TRY(env.random(entropy.view()));
    const openssl::ErrorScope errors;
    const Key key = import_key(Parameters::name, seed_parameter, seed_.view(), EVP_PKEY_KEYPAIR);
    const std::array parameters{openssl::octets(entropy_parameter, std::as_const(entropy).view()),
                                OSSL_PARAM_construct_end()};
    const Digest context(EVP_MD_CTX_new());
    Bytes signature(Parameters::signature_size);
    std::size_t size = signature.size();
    openssl::require(context != nullptr &&
                     EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, openssl::context(),
                                           nullptr, key.get(), parameters.data()) == 1 &&
                     EVP_DigestSign(context.get(), signature.data(), &size,
                                    openssl::readable(message), message.size()) == 1 &&
                     size == signature.size());
    return signature;
}

template class MlDsaKeyOf<MlDsa65>;
template class MlDsaKeyOf<MlDsa44>;

Result<bool> verify_ml_dsa_65(ByteView public_key, ByteView message, ByteView signature) {
    return verify<MlDsa65>(public_key, message, signature);
}

Result<bool> verify_ml_dsa_44(ByteView public_key, ByteView message, ByteView signature) {
    return verify<MlDsa44>(public_key, message, signature);
}

}  // namespace aion::crypto
