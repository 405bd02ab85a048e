// SPDX-License-Identifier: MIT OR Apache-2.0
// In place of OpenSSL's AES-GCM for AVX-512, where the program is linked statically with it: 700 KB
// of unrolled code that nothing here calls, since we seal with ChaCha20-Poly1305, and that would
// still be part of the program, because OpenSSL's table of ciphers names it. OpenSSL asks first
// whether the processor can run it, and takes its other AES-GCM where it cannot.

// NOLINTBEGIN(readability-identifier-naming): OpenSSL's names.
extern "C" {
int ossl_vaes_vpclmulqdq_capable();
void ossl_aes_gcm_init_avx512();
void ossl_aes_gcm_setiv_avx512();
void ossl_aes_gcm_update_aad_avx512();
void ossl_aes_gcm_encrypt_avx512();
void ossl_aes_gcm_decrypt_avx512();
void ossl_aes_gcm_finalize_avx512();
void ossl_gcm_gmult_avx512();
}

int ossl_vaes_vpclmulqdq_capable() {
    return 0;
}

// Never called, as no processor is capable.
void ossl_aes_gcm_init_avx512() {
    __builtin_trap();
}

void ossl_aes_gcm_setiv_avx512() {
    __builtin_trap();
}

void ossl_aes_gcm_update_aad_avx512() {
    __builtin_trap();
}

void ossl_aes_gcm_encrypt_avx512() {
    __builtin_trap();
}

void ossl_aes_gcm_decrypt_avx512() {
    __builtin_trap();
}

void ossl_aes_gcm_finalize_avx512() {
    __builtin_trap();
}

void ossl_gcm_gmult_avx512() {
    __builtin_trap();
}

// NOLINTEND(readability-identifier-naming)
