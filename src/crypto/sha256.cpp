// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/sha256.hpp"

#include <openssl/evp.h>

#include <atomic>

#include "crypto/digests.hpp"
#include "crypto/openssl.hpp"
#include "crypto/sha256_stream.hpp"

namespace aion::crypto {

const EVP_MD* openssl::sha256() {
    static constinit std::atomic<EVP_MD*> digest{nullptr};
    return made_once(
        digest, [] { return EVP_MD_fetch(context(), "SHA2-256", nullptr); }, EVP_MD_free);
}

struct Sha256::State {
    std::unique_ptr<EVP_MD_CTX, openssl::Freed<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    const openssl::ErrorScope errors;
    openssl::require(state_->context != nullptr &&
                     EVP_DigestInit_ex2(state_->context.get(), openssl::sha256(), nullptr) == 1);
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(ByteView data) {
    const openssl::ErrorScope errors;
    openssl::require(
        EVP_DigestUpdate(state_->context.get(), openssl::readable(data), data.size()) == 1);
    return *this;
}

Sha256Digest Sha256::digest() {
    const openssl::ErrorScope errors;
    Sha256Digest out;
    openssl::require(EVP_DigestFinal_ex(state_->context.get(), out.bytes.data(), nullptr) == 1);
    return out;
}

Sha256Digest sha256(ByteView data) {
    if (Sha256Stream::has_side_by_side()) {
        return sha256_by_instructions(data);
    }
    return Sha256().update(data).digest();
}

}  // namespace aion::crypto
