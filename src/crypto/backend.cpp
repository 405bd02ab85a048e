// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/backend.hpp"

#include <openssl/configuration.h>
#include <openssl/opensslv.h>

#include "aion/crypto/signing.hpp"

namespace aion::crypto {
namespace {

// libcrypto is linked statically, so what its headers say of it is true.
#if OPENSSL_VERSION_NUMBER >= 0x30500000L && !defined(OPENSSL_NO_ML_DSA)
constexpr bool has_ml_dsa = true;
#else
constexpr bool has_ml_dsa = false;
#endif

#if defined(AION_LIBARGON2)
constexpr std::string_view argon2_library = "libargon2";
#else
constexpr std::string_view argon2_library = "OpenSSL";
#endif

}  // namespace

Backend backend() noexcept {
    return {.library = "OpenSSL",
            .version = openssl_version(),
            .argon2 = argon2_library,
            .has_ml_dsa = has_ml_dsa};
}

}  // namespace aion::crypto
