// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/kdf.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#if defined(AION_LIBARGON2)
#include <argon2.h>
#endif

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/openssl.hpp"

namespace aion::crypto {
namespace {

// RFC 5869 section 2.3: at most 255 blocks of the hash's 32 bytes.
constexpr std::size_t hkdf_longest_output = std::size_t{255} * 32;
// OpenSSL's limit.
constexpr std::size_t hkdf_longest_info = std::size_t{32} << 10U;

using Context = std::unique_ptr<EVP_KDF_CTX, openssl::Freed<EVP_KDF_CTX_free>>;

EVP_KDF* hkdf() {
    static constinit std::atomic<EVP_KDF*> kdf{nullptr};
    return openssl::made_once(
        kdf, [] { return EVP_KDF_fetch(openssl::context(), "HKDF", nullptr); }, EVP_KDF_free);
}

bool derive(EVP_KDF* kdf, std::span<const OSSL_PARAM> parameters, MutableByteView out) {
    const openssl::ErrorScope errors;
    const Context context(EVP_KDF_CTX_new(kdf));
    return context != nullptr &&
           EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1 &&
           openssl::ErrorScope::is_clean();
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

#if defined(AION_LIBARGON2)

// OpenSSL before 3.2 has no Argon2. The memory is ours, so that it can be seen to run out, and
// wiped by the library unless the application has turned that off for all of the process.
int allocate_blocks(std::uint8_t** memory, std::size_t size) {
    try {
        *memory = std::make_unique_for_overwrite<std::uint8_t[]>(size).release();
        return ARGON2_OK;
    } catch (const std::bad_alloc&) {  // must not cross the library's frames
        return ARGON2_MEMORY_ALLOCATION_ERROR;
    }
}

void free_blocks(std::uint8_t* memory, std::size_t size) {
    const std::unique_ptr<std::uint8_t[]> blocks(memory);
    if (FLAG_clear_internal_memory == 0) {
        wipe(MutableByteView(blocks.get(), size));
    }
}

// Several inputs are pointers to what is only read as long as no flag says to clear it: the
// password is the caller's.
std::uint8_t* unchanged(ByteView bytes) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
    return const_cast<std::uint8_t*>(bytes.data());
}

// By this thread alone, whatever the lanes.
bool derive_argon2id(ByteView password, ByteView salt, const Argon2Params& params,
                     MutableByteView out) {
    argon2_context context{};
    context.out = out.data();
    context.outlen = static_cast<std::uint32_t>(out.size());
    context.pwd = unchanged(password);
    context.pwdlen = static_cast<std::uint32_t>(password.size());
    context.salt = unchanged(salt);
    context.saltlen = static_cast<std::uint32_t>(salt.size());
    context.t_cost = params.iterations;
    context.m_cost = params.memory_kib;
    context.lanes = params.lanes;
    context.threads = 1;
    context.version = ARGON2_VERSION_13;
    context.allocate_cbk = allocate_blocks;
    context.free_cbk = free_blocks;
    context.flags = ARGON2_DEFAULT_FLAGS;
    return argon2id_ctx(&context) == ARGON2_OK;
}

#else

EVP_KDF* argon2id_kdf() {
    static constinit std::atomic<EVP_KDF*> kdf{nullptr};
    return openssl::made_once(
        kdf, [] { return EVP_KDF_fetch(openssl::context(), "ARGON2ID", nullptr); }, EVP_KDF_free);
}

// By this thread alone, which is the default: OpenSSL's own helpers deadlock when two derivations
// want them at a time, and end the process when one of them cannot be started.
bool derive_argon2id(ByteView password, ByteView salt, const Argon2Params& params,
                     MutableByteView out) {
    const std::array parameters{
        openssl::octets(OSSL_KDF_PARAM_PASSWORD, password),
        openssl::octets(OSSL_KDF_PARAM_SALT, salt),
        openssl::number(OSSL_KDF_PARAM_ITER, params.iterations),
        openssl::number(OSSL_KDF_PARAM_ARGON2_MEMCOST, params.memory_kib),
        openssl::number(OSSL_KDF_PARAM_ARGON2_LANES, params.lanes),
        OSSL_PARAM_construct_end(),
    };
    return derive(argon2id_kdf(), parameters, out);
}

#endif

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
    if (out.size() > hkdf_longest_output || info.size() > hkdf_longest_info) {
        return refuse("HKDF expand failed");
    }
    openssl::require(derive(hkdf(), parameters, out));
    return {};
}

Result<SecretBytes> argon2id(ByteView password, ByteView salt, const Argon2Params& params,
                             std::size_t output_size) {
    if (const auto fault = argon2_fault(password, salt, params, output_size)) {
        return refuse("Argon2 params error: " + std::string(*fault));
    }
    SecretBytes key(output_size);
    if (!derive_argon2id(password, salt, params, key.view())) {
        return fail(error_because(ErrorCode::resource_exhausted,
                                  "no " + std::to_string(params.memory_kib) +
                                      " KiB of memory for Argon2 key derivation"));
    }
    return key;
}

}  // namespace aion::crypto
