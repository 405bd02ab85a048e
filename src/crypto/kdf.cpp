// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/kdf.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/thread.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/openssl.hpp"
#include "crypto/threads.hpp"

namespace aion::crypto {
namespace {

// RFC 5869 section 2.3: at most 255 blocks of the hash's 32 bytes.
constexpr std::size_t hkdf_longest_output = std::size_t{255} * 32;

using Context = std::unique_ptr<EVP_KDF_CTX, openssl::Freed<EVP_KDF_CTX_free>>;

EVP_KDF* hkdf() noexcept {
    static EVP_KDF* const kdf = EVP_KDF_fetch(openssl::context(), "HKDF", nullptr);
    return kdf;
}

EVP_KDF* argon2id_kdf() noexcept {
    static EVP_KDF* const kdf = EVP_KDF_fetch(openssl::context(), "ARGON2ID", nullptr);
    return kdf;
}

bool derive(EVP_KDF* kdf, std::span<const OSSL_PARAM> parameters, MutableByteView out) {
    const openssl::ErrorScope errors;
    const Context context(kdf != nullptr ? EVP_KDF_CTX_new(kdf) : nullptr);
    return context != nullptr &&
           EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1;
}

OSSL_PARAM sha256_parameter() {
    static std::array<char, 7> name{"SHA256"};
    return OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name.data(), 0);
}

// What is wrong with the parameters (RFC 9106 section 3.1), if anything.
std::optional<std::string_view> argon2_fault(ByteView password, ByteView salt,
                                             const Argon2Params& params, std::size_t output_size) {
    if (password.size() > UINT32_MAX) {
        return "password is too long";
    }
    if (salt.size() < 8 || salt.size() > UINT32_MAX) {
        return "salt is not 8 to 2^32-1 bytes long";
    }
    if (output_size < 4 || output_size > UINT32_MAX) {
        return "output is not 4 to 2^32-1 bytes long";
    }
    if (params.lanes < 1 || params.lanes > 0xFF'FFFFU) {
        return "lanes are not between 1 and 2^24-1";
    }
    if (params.iterations < 1) {
        return "iterations are not at least 1";
    }
    if (params.memory_kib / 8 < params.lanes) {
        return "memory is not at least 8 KiB per lane";
    }
    return std::nullopt;
}

bool derive_argon2id(ByteView password, ByteView salt, const Argon2Params& params,
                     std::uint32_t threads, MutableByteView out) {
    const std::array parameters{
        openssl::octets(OSSL_KDF_PARAM_PASSWORD, password),
        openssl::octets(OSSL_KDF_PARAM_SALT, salt),
        openssl::number(OSSL_KDF_PARAM_ITER, params.iterations),
        openssl::number(OSSL_KDF_PARAM_ARGON2_MEMCOST, params.memory_kib),
        openssl::number(OSSL_KDF_PARAM_ARGON2_LANES, params.lanes),
        openssl::number(OSSL_KDF_PARAM_THREADS, threads),
        OSSL_PARAM_construct_end(),
    };
    return derive(argon2id_kdf(), parameters, out);
}

std::unexpected<Error> refuse(std::string reason) {
    return fail(error_because(ErrorCode::invalid_private_key, std::move(reason)));
}

}  // namespace

Result<> hkdf_sha256(ByteView input_key, ByteView salt, ByteView info, MutableByteView out) {
    if (out.empty()) {
        return {};
    }
    const std::array parameters{
        sha256_parameter(),
        openssl::octets(OSSL_KDF_PARAM_KEY, input_key),
        openssl::octets(OSSL_KDF_PARAM_SALT, salt),
        openssl::octets(OSSL_KDF_PARAM_INFO, info),
        OSSL_PARAM_construct_end(),
    };
    if (out.size() > hkdf_longest_output || !derive(hkdf(), parameters, out)) {
        return refuse("HKDF expand failed");
    }
    return {};
}

Result<SecretBytes> argon2id(ByteView password, ByteView salt, const Argon2Params& params,
                             std::size_t output_size) {
    if (const auto fault = argon2_fault(password, salt, params, output_size)) {
        return refuse("Argon2 params error: " + std::string(*fault));
    }
    SecretBytes key(output_size);
    // One derivation at a time has helpers: each of two would hold one of OpenSSL's threads while
    // waiting for another, and neither would ever end. The key is the same without helpers, and a
    // system that starts no more threads still derives it.
    static std::mutex helpers;
    const std::unique_lock turn(helpers, std::try_to_lock);
    const std::uint32_t threads = turn ? std::min(thread_limit(0), params.lanes) : 1;
    const bool derived = (threads > 1 && OSSL_set_max_threads(openssl::context(), threads) == 1 &&
                          derive_argon2id(password, salt, params, threads, key.view())) ||
                         derive_argon2id(password, salt, params, 1, key.view());
    if (!derived) {
        return refuse("Argon2 key derivation failed: out of memory");
    }
    return key;
}

}  // namespace aion::crypto
