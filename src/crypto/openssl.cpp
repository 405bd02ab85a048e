// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/openssl.hpp"

#include <openssl/crypto.h>
#include <openssl/thread.h>

#include <thread>

namespace aion::crypto::openssl {

namespace {

OSSL_LIB_CTX* make_context() noexcept {
    OSSL_LIB_CTX* const made = OSSL_LIB_CTX_new();
    if (made != nullptr) {
        // OpenSSL's own limit is zero, which makes Argon2 refuse to use more than one thread.
        OSSL_set_max_threads(made, std::thread::hardware_concurrency());
    }
    return made;
}

}  // namespace

OSSL_LIB_CTX* context() noexcept {
    // Never freed: objects with static lifetime may still sign while the process ends. Should it
    // be null for want of memory, OpenSSL takes that to mean the default context.
    static OSSL_LIB_CTX* const ours = make_context();
    return ours;
}

const std::uint8_t* readable(ByteView bytes) noexcept {
    static constexpr std::uint8_t some_byte = 0;
    return bytes.data() != nullptr ? bytes.data() : &some_byte;
}

OSSL_PARAM octets(const char* name, ByteView bytes) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): one type serves input and output.
    return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(readable(bytes)),
                                             bytes.size());
}

OSSL_PARAM number(const char* name, const std::uint32_t& number) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): one type serves input and output.
    return OSSL_PARAM_construct_uint32(name, const_cast<std::uint32_t*>(&number));
}

}  // namespace aion::crypto::openssl
