// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/ed25519_verify.hpp"

#include "crypto/ed25519/engine.hpp"

namespace aion::crypto {

bool verify(const PublicKey& key, const MessageParts& message, const Signature& signature,
            KeyCache* cache) {
    return ed25519::Engine::of(active_cpu_path()).verify({message, &key, &signature}, cache);
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature, KeyCache* cache) {
    return verify(key, MessageParts{message}, signature, cache);
}

void verify_batch(std::span<const VerifyItem> items, std::span<std::uint8_t> verdicts,
                  const VerifyOptions& options) {
    ed25519::Engine::of(active_cpu_path()).verify_batch(items, verdicts, options);
}

std::vector<std::uint8_t> verify_batch(std::span<const VerifyItem> items,
                                       const VerifyOptions& options) {
    std::vector<std::uint8_t> verdicts(items.size());
    verify_batch(items, verdicts, options);
    return verdicts;
}

bool is_valid_public_key(const PublicKey& key) {
    return ed25519::Engine::of(active_cpu_path()).is_valid_public_key(key);
}

std::size_t find_invalid_public_key(std::span<const PublicKey> keys, unsigned threads) {
    return ed25519::Engine::of(active_cpu_path()).find_invalid_public_key(keys, threads);
}

}  // namespace aion::crypto
