// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/startup.hpp"

#include <openssl/crypto.h>

namespace aion::crypto {

void trim_libcrypto_startup() noexcept {
    // No clean-up at exit either: worker threads may still end while it takes away what they free.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG |
                            OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                            OPENSSL_INIT_NO_ADD_ALL_DIGESTS,
                        nullptr);
}

}  // namespace aion::crypto
