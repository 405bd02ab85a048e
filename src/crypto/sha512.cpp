// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/sha512.hpp"

#include <openssl/evp.h>

#include <atomic>

#include "crypto/openssl.hpp"

namespace aion::crypto {
namespace {

const EVP_MD* sha512() {
    static constinit std::atomic<EVP_MD*> digest{nullptr};
    return openssl::made_once(
        digest, [] { return EVP_MD_fetch(openssl::whole_context(), "SHA2-512", nullptr); },
        EVP_MD_free);
}

}  // namespace

struct Sha512::State {
    std::unique_ptr<EVP_MD_CTX, openssl::Freed<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
};

Sha512::Sha512() : state_(std::make_unique<State>()) {
    const openssl::ErrorScope errors;
    openssl::require(state_->context != nullptr &&
                     EVP_DigestInit_ex2(state_->context.get(), sha512(), nullptr) == 1);
}

Sha512::~Sha512() = default;

void Sha512::update(ByteView data) {
    const openssl::ErrorScope errors;
    openssl::require(
        EVP_DigestUpdate(state_->context.get(), openssl::readable(data), data.size()) == 1);
}

Sha512Digest Sha512::digest() {
    const openssl::ErrorScope errors;
    Sha512Digest out;
    openssl::require(EVP_DigestFinal_ex(state_->context.get(), out.bytes.data(), nullptr) == 1);
    return out;
}

}  // namespace aion::crypto
