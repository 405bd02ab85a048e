// SPDX-License-Identifier: MIT OR Apache-2.0
// In place of OpenSSL's AES-CBC with HMAC in one pass, and in several records at once, where the
// program is linked statically with it: code that only TLS 1.2 would call, and that would be part
// of the program, because OpenSSL's tables of ciphers name it. OpenSSL asks first whether there is
// any; its own library without assembler answers as here.

// NOLINTBEGIN(readability-identifier-naming): OpenSSL's names.
extern "C" {
int ossl_cipher_capable_aes_cbc_hmac_sha1();
int ossl_cipher_capable_aes_cbc_hmac_sha256();
const void* ossl_prov_cipher_hw_aes_cbc_hmac_sha1();
const void* ossl_prov_cipher_hw_aes_cbc_hmac_sha256();
const void* EVP_aes_128_cbc_hmac_sha1();
const void* EVP_aes_256_cbc_hmac_sha1();
const void* EVP_aes_128_cbc_hmac_sha256();
const void* EVP_aes_256_cbc_hmac_sha256();
}

int ossl_cipher_capable_aes_cbc_hmac_sha1() {
    return 0;
}

int ossl_cipher_capable_aes_cbc_hmac_sha256() {
    return 0;
}

const void* ossl_prov_cipher_hw_aes_cbc_hmac_sha1() {
    return nullptr;
}

const void* ossl_prov_cipher_hw_aes_cbc_hmac_sha256() {
    return nullptr;
}

const void* EVP_aes_128_cbc_hmac_sha1() {
    return nullptr;
}

const void* EVP_aes_256_cbc_hmac_sha1() {
    return nullptr;
}

const void* EVP_aes_128_cbc_hmac_sha256() {
    return nullptr;
}

const void* EVP_aes_256_cbc_hmac_sha256() {
    return nullptr;
}

// NOLINTEND(readability-identifier-naming)
