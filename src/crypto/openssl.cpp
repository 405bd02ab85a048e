// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/openssl.hpp"

#include <openssl/crypto.h>

namespace aion::crypto::openssl {

OSSL_LIB_CTX* context() {
    // Never freed: objects with static lifetime may still sign while the process ends.
    static constinit std::atomic<OSSL_LIB_CTX*> ours{nullptr};
    return made_once(ours, OSSL_LIB_CTX_new, OSSL_LIB_CTX_free);
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
