// SPDX-License-Identifier: MIT OR Apache-2.0
// Private hybrid keys at rest (docs/keys.md#post-quantum-halves). The Ed25519 half is a key of the
// keystore like any other; the post-quantum half, which the reference cannot store, lies beside it
// in a container of ours, `AFPQ`, and both are exported in one, `AHYB`.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "aion/base/env.hpp"
#include "aion/base/events.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/ml_dsa.hpp"
#include "aion/trust/hybrid.hpp"
#include "aion/trust/keystore.hpp"

namespace aion::trust {

/// The post-quantum halves of a keystore's keys: `author-{id}.pqkey` beside `author-{id}.key`,
/// bound to that key: it opens with no other. `Keystore::remove` removes both.
class HybridKeystore {
  public:
    HybridKeystore(Env& env, Keystore keys, EventSink events = {})
        : env_(&env), keys_(std::move(keys)), events_(std::move(events)) {}

    /// True when a post-quantum half of that id is stored. Error: as `Keystore::contains`.
    [[nodiscard]] Result<bool> contains(KeyId id) const;

    /// Makes and stores a new key with both halves. Never replaces anything. Emits
    /// `keystore_key_created`. Errors: as `Keystore::generate` and `crypto::check_ml_dsa_65`;
    /// `file_exists` also for a post-quantum half whose key is gone.
    [[nodiscard]] Result<HybridPublicKey> generate(KeyId id);

    /// Stores both halves. Errors: as `generate`. Should the second write fail, the Ed25519 half is
    /// stored, and `add` can go on.
    [[nodiscard]] Result<> store(KeyId id, const HybridKey& key);

    /// Makes a post-quantum half for a stored key, which stays as it is.
    /// Errors: as `Keystore::load` and `generate`.
    [[nodiscard]] Result<HybridPublicKey> add(KeyId id);

    /// Loads both halves. Errors: as `Keystore::load`; `key_not_found` for a key without a
    /// post-quantum half; as `crypto::check_ml_dsa_65`.
    [[nodiscard]] Result<HybridKey> load(KeyId id) const;

    /// The post-quantum half of a key of which `classical` is the public half, without loading
    /// that. Errors: `key_not_found`; as `load`.
    [[nodiscard]] Result<crypto::MlDsaKey> half_of(KeyId id, const PublicKey& classical) const;

    /// Both halves sealed under a password, 113 bytes. Errors: as `load` and
    /// `Keystore::export_key`.
    [[nodiscard]] Result<Bytes> export_key(KeyId id, ByteView password) const;

    /// Stores an exported key of either kind: what both halves were exported of, is stored whole.
    /// Errors: as `Keystore::import_key` and `store`.
    [[nodiscard]] Result<PublicKey> import_key(KeyId id, ByteView container, ByteView password,
                                               std::optional<KeyId> exported_as = std::nullopt);

  private:
    [[nodiscard]] std::filesystem::path path_of(KeyId id) const;
    /// Error: `file_exists`.
    [[nodiscard]] Result<> expect_none(KeyId id) const;
    [[nodiscard]] Result<> write(KeyId id, const HybridKey& key);

    Env* env_;
    Keystore keys_;
    EventSink events_;
};

/// `AFPQ`: the 65-byte container of a post-quantum half (docs/keys.md#afpq-a-post-quantum-half),
/// bound to the Ed25519 key beside it. Error: `resource_exhausted` (key derivation).
[[nodiscard]] Result<Bytes> seal_local_hybrid(KeyId id, const HybridKey& hybrid,
                                              std::string_view machine_id,
                                              std::span<const std::uint8_t, 12> nonce);
/// Errors: as `open_local_key`; `decryption_failed` also means another Ed25519 key; as
/// `crypto::check_ml_dsa_65`.
[[nodiscard]] Result<crypto::MlDsaKey> open_local_hybrid(KeyId id, const PublicKey& classical,
                                                         ByteView container,
                                                         std::string_view machine_id);

/// `AHYB`: the 113-byte export of both halves (docs/keys.md#ahyb-an-exported-hybrid-key).
/// Error: `resource_exhausted` (key derivation).
[[nodiscard]] Result<Bytes> seal_exported_hybrid(KeyId id, const HybridKey& hybrid,
                                                 ByteView password,
                                                 std::span<const std::uint8_t, 16> salt,
                                                 std::span<const std::uint8_t, 12> nonce);
/// Errors: as `open_exported_key` and `crypto::check_ml_dsa_65`.
[[nodiscard]] Result<HybridKey> open_exported_hybrid(KeyId id, ByteView container,
                                                     ByteView password);

}  // namespace aion::trust
