// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/kdf.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#if defined(AION_LIBARGON2)
#include <argon2.h>
#endif

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aion/crypto/secret.hpp"
#include "crypto/digests.hpp"
#include "crypto/openssl.hpp"

namespace aion::crypto {
namespace {

// RFC 5869 section 2.3: at most 255 blocks of the hash's 32 bytes.
constexpr std::size_t hkdf_longest_output = std::size_t{255} * 32;
// The limit of OpenSSL's own HKDF: others rely on it.
constexpr std::size_t hkdf_longest_info = std::size_t{32} << 10U;

// Wiped when it goes. On the stack: it lives for a moment, and locked memory costs system calls.
template <std::size_t Size>
struct Passing {
    std::array<std::uint8_t, Size> bytes{};

    Passing() = default;

    ~Passing() { wipe(bytes); }

    Passing(const Passing&) = delete;
    Passing& operator=(const Passing&) = delete;
    Passing(Passing&&) = delete;
    Passing& operator=(Passing&&) = delete;
};

constexpr std::size_t digest_size = 32;
constexpr std::size_t block_size = 64;

// HMAC-SHA-256 (RFC 2104) under one key. OpenSSL's own, and its HKDF, would look for the digest
// among all that it has: see openssl.cpp. What fails here fails for lack of memory.
class Hmac {
  public:
    explicit Hmac(ByteView key) : inner_(begin()), outer_(begin()) {
        Passing<block_size> pad;
        if (key.size() > block_size) {
            const Digest context = begin();
            update(context, key);
            finish(context, pad.bytes);
        } else {
            std::ranges::copy(key, pad.bytes.begin());
        }
        flip(pad.bytes, 0x36);
        update(inner_, pad.bytes);
        flip(pad.bytes, 0x36 ^ 0x5C);
        update(outer_, pad.bytes);
    }

    // Of the parts one after the other.
    void compute(std::initializer_list<ByteView> parts, MutableByteView out) const {
        const Digest inner = copy_of(inner_);
        for (const ByteView part : parts) {
            update(inner, part);
        }
        Passing<digest_size> middle;
        finish(inner, middle.bytes);
        const Digest outer = copy_of(outer_);
        update(outer, middle.bytes);
        finish(outer, out);
    }

  private:
    using Digest = std::unique_ptr<EVP_MD_CTX, openssl::Freed<EVP_MD_CTX_free>>;

    static Digest begin() {
        Digest context(EVP_MD_CTX_new());
        openssl::require(context != nullptr &&
                         EVP_DigestInit_ex2(context.get(), openssl::sha256(), nullptr) == 1);
        return context;
    }

    static Digest copy_of(const Digest& context) {
        Digest copy(EVP_MD_CTX_new());
        openssl::require(copy != nullptr && EVP_MD_CTX_copy_ex(copy.get(), context.get()) == 1);
        return copy;
    }

    static void update(const Digest& context, ByteView bytes) {
        openssl::require(EVP_DigestUpdate(context.get(), openssl::readable(bytes), bytes.size()) ==
                         1);
    }

    static void finish(const Digest& context, MutableByteView out) {
        unsigned int size = 0;
        openssl::require(EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1 &&
                         size == digest_size);
    }

    static void flip(MutableByteView bytes, std::uint8_t mask) {
        for (std::uint8_t& byte : bytes) {
            byte ^= mask;
        }
    }

    Digest inner_;
    Digest outer_;
};

// RFC 5869 section 2. An empty salt is a key of zeros, as HMAC fills each up with those.
void derive_hkdf(ByteView input_key, ByteView salt, ByteView info, MutableByteView out) {
    Passing<digest_size> block;
    Hmac(salt).compute({input_key}, block.bytes);
    const Hmac expand(block.bytes);
    ByteView previous;
    std::uint8_t counter = 0;
    while (!out.empty()) {
        ++counter;
        expand.compute({previous, info, ByteView(&counter, 1)}, block.bytes);
        previous = block.bytes;
        const std::size_t size = std::min(out.size(), digest_size);
        std::ranges::copy(previous.first(size), out.begin());
        out = out.subspan(size);
    }
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

using Context = std::unique_ptr<EVP_KDF_CTX, openssl::Freed<EVP_KDF_CTX_free>>;

bool derive(EVP_KDF* kdf, std::span<const OSSL_PARAM> parameters, MutableByteView out) {
    const openssl::ErrorScope errors;
    const Context context(EVP_KDF_CTX_new(kdf));
    return context != nullptr &&
           EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1 &&
           openssl::ErrorScope::is_clean();
}

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
    if (out.size() > hkdf_longest_output || info.size() > hkdf_longest_info) {
        return refuse("HKDF expand failed");
    }
    const openssl::ErrorScope errors;
    derive_hkdf(input_key, salt, info, out);
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
