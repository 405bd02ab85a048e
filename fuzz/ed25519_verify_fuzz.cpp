// SPDX-License-Identifier: MIT OR Apache-2.0
// Every path of signature verification against libsodium, alone, in lanes and with tables, on
// any key, signature and message. The first byte may turn the rest into a signature that is
// valid but for a few changed bytes, or the message into a k, under which the equation must say
// the same by halved scalars and by whole ones.
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "crypto/ed25519/cpu.hpp"
#include "crypto/ed25519/engine.hpp"
#include "support/require.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program
using fuzz::require;

void check(const PublicKey& key, const Signature& signature, ByteView message) {
    const std::uint8_t valid = crypto_sign_verify_detached(signature.bytes.data(), message.data(),
                                                           message.size(), key.bytes.data()) == 0
                                   ? 1
                                   : 0;
    for (const auto path :
         {crypto::CpuPath::portable, crypto::CpuPath::avx2, crypto::CpuPath::avx512ifma}) {
        if (!crypto::ed25519::is_supported(path)) {
            continue;
        }
        auto& engine = crypto::ed25519::Engine::of(path);
        const std::size_t half = message.size() / 2;
        const crypto::VerifyItem item{
            {message.first(half), message.subspan(half)}, &key, &signature};
        require(engine.verify(item, nullptr) == (valid != 0));
        for (const std::size_t count : {5U, 20U}) {
            const std::vector<crypto::VerifyItem> items(count, item);
            std::vector<std::uint8_t> verdicts(count);
            engine.verify_batch(items, verdicts, {nullptr, 1});
            require(verdicts == std::vector<std::uint8_t>(count, valid));
        }
    }
}

/// If `fit`, key and R name a secret key and a nonce instead, and S is made so that the equation
/// holds.
void check_equation(const PublicKey& key, const Signature& signature, const Hash& given, bool fit) {
    std::array<std::uint8_t, 64> wide{};
    std::ranges::copy(given.bytes, wide.begin());
    std::array<std::uint8_t, 32> k_bytes{};
    crypto_core_ed25519_scalar_reduce(k_bytes.data(), wide.data());
    PublicKey a = key;
    Signature chosen = signature;
    if (fit) {
        std::array<std::uint8_t, 32> secret{};
        std::array<std::uint8_t, 32> nonce{};
        std::array<std::uint8_t, 32> product{};
        std::ranges::copy(key.bytes, wide.begin());
        crypto_core_ed25519_scalar_reduce(secret.data(), wide.data());
        std::ranges::copy(signature.view().first(32), wide.begin());
        crypto_core_ed25519_scalar_reduce(nonce.data(), wide.data());
        crypto_core_ed25519_scalar_mul(product.data(), k_bytes.data(), secret.data());
        crypto_core_ed25519_scalar_add(chosen.bytes.data() + 32, product.data(), nonce.data());
        (void)crypto_scalarmult_ed25519_base_noclamp(a.bytes.data(), secret.data());
        (void)crypto_scalarmult_ed25519_base_noclamp(chosen.bytes.data(), nonce.data());
    }
    crypto::ed25519::Job job;
    if (!crypto::ed25519::make_job({{}, &a, &chosen}, a, job)) {
        return;
    }
    std::uint64_t k[4];
    std::uint64_t s[4];
    std::memcpy(k, k_bytes.data(), sizeof k);
    std::memcpy(s, job.signature + 32, sizeof s);
    crypto::ed25519::HalvedScalars scalars{};
    const bool is_halved = crypto::ed25519::halve(s, k, scalars);
    for (const auto path :
         {crypto::CpuPath::portable, crypto::CpuPath::avx2, crypto::CpuPath::avx512ifma}) {
        if (!crypto::ed25519::is_supported(path)) {
            continue;
        }
        auto& engine = crypto::ed25519::Engine::of(path);
        const bool whole = engine.path().whole(job, k, engine.base(1));
        require(whole || !fit);
        require(!is_halved || engine.path().halved(job, scalars) == whole);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t head = 1 + 32 + 64;
    if (size < head) {
        return 0;
    }
    const ByteView message(data + head, size - head);
    PublicKey key = *PublicKey::from({data + 1, 32});
    Signature signature = *Signature::from({data + 33, 64});
    if ((data[0] & 1U) != 0) {
        // The key bytes are a seed, the signature bytes changes.
        std::array<std::uint8_t, 64> secret{};
        const PublicKey seed = key;
        crypto_sign_seed_keypair(key.bytes.data(), secret.data(), seed.bytes.data());
        const Signature changes = signature;
        crypto_sign_detached(signature.bytes.data(), nullptr, message.data(), message.size(),
                             secret.data());
        for (std::size_t i = 0; i < 64; ++i) {
            signature.bytes[i] ^= changes.bytes[i];
        }
    }
    check(key, signature, message);
    if ((data[0] & 2U) != 0 && message.size() >= 32) {
        check_equation(key, signature, *Hash::from(message.first(32)), (data[0] & 4U) != 0);
    }
    return 0;
}
