// SPDX-License-Identifier: MIT OR Apache-2.0
// Private keys at rest, in the reference's containers (docs/keys.md): `AFKY` for this machine's
// store, `AKEY` for password-protected exports.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/events.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"

namespace aion::trust {

/// Name of a stored key: an unsigned number, by convention the author's id.
using KeyId = Id<std::uint64_t, struct KeyIdPurpose>;

/// What `Keystore::list` says about one stored key.
struct KeyListing {
    KeyId id;
    std::filesystem::path path;
    /// From the public half stored beside the key (`author-{id}.pub`); nothing if there is none,
    /// as for keys that the reference made.
    std::optional<PublicKey> public_key;
    /// Why the entry is unusable, if it is.
    std::optional<Error> problem;
    /// As `Keystore::exposure`.
    std::optional<std::string> exposure;
};

/// A directory of encrypted key files, one a key, bound to this machine
/// (docs/keys.md#the-directory).
///
/// Beside each private key, which is the reference's `author-{id}.key`, lies `author-{id}.pub`:
/// 64 hex digits and a newline, so that public keys can be listed without decrypting private
/// ones. It is a convenience, not a source of trust.
class Keystore {
  public:
    /// Uses `directory`, which need not exist yet (created 0700 by the first store).
    Keystore(Env& env, std::filesystem::path directory, EventSink events = {})
        : env_(&env), directory_(std::move(directory)), events_(std::move(events)) {}

    [[nodiscard]] const std::filesystem::path& directory() const noexcept { return directory_; }

    /// True when a key of that id is stored. Error: `keyring_error` (operation `check`).
    [[nodiscard]] Result<bool> contains(KeyId id) const;

    /// Makes and stores a new random key. Never replaces one. Emits `keystore_key_created`.
    /// Errors: `file_exists`, `entropy_unavailable`, `keyring_error`, `invalid_private_key` (no
    /// identifier of this machine, or one that does not last), `resource_exhausted` (no 16 MiB to
    /// derive its key in), `interrupted`.
    [[nodiscard]] Result<PublicKey> generate(KeyId id);

    /// Stores `key`. Never replaces one. Errors: as `generate`.
    [[nodiscard]] Result<> store(KeyId id, const crypto::SigningKey& key);

    /// Loads a private key; repairs a missing or wrong `.pub` file, best effort. Emits
    /// `keystore_load_rejected` on any error.
    /// Errors: `key_not_found`, `invalid_format`, `decryption_failed` (other machine, damaged or
    /// renamed), `invalid_private_key`, `resource_exhausted`, as for `generate`.
    [[nodiscard]] Result<crypto::SigningKey> load(KeyId id) const;

    /// Removes a key and its public half, durably. The public half goes first, so that a failure
    /// leaves a whole key or none. Errors: `key_not_found`, `keyring_error` (operation `delete`),
    /// `interrupted`.
    [[nodiscard]] Result<> remove(KeyId id);

    /// Everything stored, ascending, without decrypting anything. A bad entry is listed with its
    /// problem and hides no other; so is a name such as `author-007.key`, which the reference lists
    /// as 7 and never opens. Error: `keyring_error` (operation `list`).
    [[nodiscard]] Result<std::vector<KeyListing>> list() const;

    /// Who else may take or replace a stored key, and what to do about it, by the modes of its file
    /// and of the directory, e.g. `keys/author-7.key can be read by others (mode 0644): chmod 600
    /// it`. The machine's identifier is no secret, so modes are all that keeps others from the key.
    /// Nothing if all is well, if there is no such key, or if that cannot be found out.
    [[nodiscard]] std::optional<std::string> exposure(KeyId id) const;

    /// The key sealed under a password, 81 bytes (docs/keys.md#akey-an-exported-key).
    /// Errors: as `load`, `entropy_unavailable`, `invalid_argument` for an empty password.
    [[nodiscard]] Result<Bytes> export_key(KeyId id, ByteView password) const;

    /// Stores an exported key. `exported_as` is the id it was exported under when that differs
    /// from `id`: the container is bound to it. Never replaces a key.
    /// Errors: `invalid_format`, `decryption_failed`, and as `store`.
    [[nodiscard]] Result<PublicKey> import_key(KeyId id, ByteView container, ByteView password,
                                               std::optional<KeyId> exported_as = std::nullopt);

  private:
    [[nodiscard]] std::filesystem::path key_path(KeyId id) const;
    [[nodiscard]] std::filesystem::path public_path(KeyId id) const;

    Env* env_;
    std::filesystem::path directory_;
    EventSink events_;
};

/// `AFKY`: the 65-byte local container (docs/keys.md#afky-a-stored-key). `seed` is 32 bytes.
/// Errors: `invalid_private_key` (the seed's length), `resource_exhausted` (key derivation).
[[nodiscard]] Result<Bytes> seal_local_key(KeyId id, ByteView seed, std::string_view machine_id,
                                           std::span<const std::uint8_t, 12> nonce);
/// Errors: `invalid_format` (length, magic, version), `resource_exhausted` (key derivation),
/// `decryption_failed` (another machine, another id, or damage).
[[nodiscard]] Result<crypto::SigningKey> open_local_key(KeyId id, ByteView container,
                                                        std::string_view machine_id);

/// `AKEY`: the 81-byte export (docs/keys.md#akey-an-exported-key). Errors: as
/// `seal_local_key`.
[[nodiscard]] Result<Bytes> seal_exported_key(KeyId id, ByteView seed, ByteView password,
                                              std::span<const std::uint8_t, 16> salt,
                                              std::span<const std::uint8_t, 12> nonce);
/// Errors: as `open_local_key`; `decryption_failed` means another password, another id, or damage.
[[nodiscard]] Result<crypto::SigningKey> open_exported_key(KeyId id, ByteView container,
                                                           ByteView password);

}  // namespace aion::trust
