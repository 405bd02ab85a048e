// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trust/key_container.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/crypto/aead.hpp"
#include "aion/crypto/kdf.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"

namespace aion::trust {
namespace {

using crypto::SecretBytes;
using crypto::SigningKey;

constexpr std::size_t salt_size = 16;
constexpr std::size_t version_offset = 4;
constexpr std::size_t seed_size = SigningKey::seed_size;
static_assert(crypto::MlDsaKey::seed_size == seed_size);

// Magic, version, salt if any, nonce, sealed seeds: all containers in one description.
struct Layout {
    std::string_view magic;
    std::uint8_t version;
    std::size_t secret_size;
    std::size_t nonce_offset;
    std::string_view wrong_magic;     // the reference words these two differently
    std::string_view wrong_version;   // in the two containers
    std::string_view why_not_opened;  // what a person should think of when the tag is wrong

    [[nodiscard]] constexpr std::size_t sealed_offset() const {
        return nonce_offset + crypto::aead_nonce_size;
    }

    [[nodiscard]] constexpr std::size_t size() const {
        return sealed_offset() + secret_size + crypto::aead_tag_size;
    }
};

constexpr Layout local{.magic = "AFKY",
                       .version = 1,
                       .secret_size = seed_size,
                       .nonce_offset = version_offset + 1,
                       .wrong_magic = "invalid file key magic",
                       .wrong_version = "unsupported file key version",
                       .why_not_opened =
                           "this machine's id is not the one that the key was sealed under, or "
                           "the file was damaged or renamed"};
constexpr Layout exported{.magic = "AKEY",
                          .version = 2,
                          .secret_size = seed_size,
                          .nonce_offset = version_offset + 1 + salt_size,
                          .wrong_magic = "invalid key file magic",
                          .wrong_version = "unsupported key file version",
                          .why_not_opened = "wrong password, another key id, or a damaged file"};
// Our own: the reference has no hybrid keys at rest.
constexpr Layout local_hybrid{
    .magic = "AFPQ",
    .version = 1,
    .secret_size = seed_size,
    .nonce_offset = version_offset + 1,
    .wrong_magic = "invalid post-quantum key file magic",
    .wrong_version = "unsupported post-quantum key file version",
    .why_not_opened =
        "this machine's id is not the one that the post-quantum half was "
        "sealed under, it belongs to another key, or the file was damaged "
        "or renamed"};
constexpr Layout exported_hybrid{
    .magic = "AHYB",
    .version = 1,
    .secret_size = 2 * seed_size,
    .nonce_offset = version_offset + 1 + salt_size,
    .wrong_magic = "invalid hybrid key file magic",
    .wrong_version = "unsupported hybrid key file version",
    .why_not_opened = "wrong password, another key id, or a damaged file"};
static_assert(local.size() == local_container_size);
static_assert(exported.size() == exported_container_size);
static_assert(local_hybrid.size() == local_hybrid_container_size);
static_assert(exported_hybrid.size() == exported_hybrid_container_size);

// Fixed, since a stored key has no room for one. It need not differ: what is derived from is no
// password that others use as well, but one machine's identifier.
constexpr std::array<std::uint8_t, salt_size> machine_salt = {
    'A', 'I', 'O', 'N', 'v', '2', 0, 0, 'k', 'e', 'y', 's', 't', 'o', 'r', 'e'};

// The key id is authenticated but not stored: it comes from the name of the file.
Bytes associated_data(KeyId id, ByteView more = {}) {
    Bytes bytes(8);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(id.value >> (8 * i));
    }
    bytes.insert(bytes.end(), more.begin(), more.end());
    return bytes;
}

crypto::AeadKeyView key_view(const SecretBytes& key) {
    return crypto::AeadKeyView(key.view().first(crypto::aead_key_size));
}

Result<> check(const Layout& layout, ByteView container) {
    if (container.size() < layout.size()) {
        return fail(invalid<TrustDetail::key_file_too_small>(container.size(), layout.size()));
    }
    if (!as_text(container).starts_with(layout.magic)) {
        return fail(invalid<TrustDetail::key_file_bad_magic>(layout.wrong_magic));
    }
    if (container[version_offset] != layout.version) {
        return fail(invalid<TrustDetail::key_file_version>(
            layout.wrong_version, container[version_offset], layout.version));
    }
    return {};
}

Result<Bytes> seal(const Layout& layout, ByteView associated, ByteView secret,
                   const SecretBytes& key, ByteView salt, crypto::AeadNonceView nonce) {
    Bytes out(layout.size());
    auto end = std::ranges::copy(as_bytes(layout.magic), out.begin()).out;
    *end++ = layout.version;
    end = std::ranges::copy(salt, end).out;
    std::ranges::copy(nonce, end);
    AION_TRY(crypto::aead_seal(key_view(key), nonce, associated, secret,
                               MutableByteView(out).subspan(layout.sealed_offset())));
    return out;
}

Result<> check_seed(ByteView seed) {
    if (seed.size() == SigningKey::seed_size) {
        return {};
    }
    return fail(error_because(ErrorCode::invalid_private_key,
                              fmt::format("expected 32 bytes, got {}", seed.size())));
}

Result<SecretBytes> open(const Layout& layout, ByteView associated, ByteView container,
                         const SecretBytes& key) {
    const crypto::AeadNonceView nonce(
        container.subspan(layout.nonce_offset).first(crypto::aead_nonce_size));
    const ByteView sealed = container.subspan(layout.sealed_offset());
    // Any length: what is too long decrypts to something that is no seed.
    SecretBytes secret(sealed.size() - crypto::aead_tag_size);
    if (!crypto::aead_open_into(key_view(key), nonce, associated, sealed, secret.view())) {
        return fail(
            error_because(ErrorCode::decryption_failed, std::string(layout.why_not_opened)));
    }
    return secret;
}

Result<SigningKey> open_key(const Layout& layout, KeyId id, ByteView container,
                            const SecretBytes& key) {
    AION_TRY_ASSIGN(const SecretBytes seed, open(layout, associated_data(id), container, key));
    return SigningKey::from_seed(seed.view());
}

}  // namespace

// Parameters belong to the container's version: a reader cannot find them in the file. Cheaper here
// than for exports, because every use of a key derives it, and because whoever has the file and
// the machine needs no guessing.
Result<SecretBytes> derive_machine_key(std::string_view machine_id) {
    constexpr crypto::Argon2Params params{.memory_kib = 16384, .iterations = 2, .lanes = 2};
    return crypto::argon2id(as_bytes(machine_id), machine_salt, params, crypto::aead_key_size);
}

Result<SecretBytes> derive_export_key(ByteView password,
                                      std::span<const std::uint8_t, salt_size> salt) {
    constexpr crypto::Argon2Params params{.memory_kib = 65536, .iterations = 3, .lanes = 4};
    return crypto::argon2id(password, salt, params, crypto::aead_key_size);
}

Result<> check_local_container(ByteView container) {
    return check(local, container);
}

Result<> check_exported_container(ByteView container) {
    return check(exported, container);
}

Result<> check_local_hybrid_container(ByteView container) {
    return check(local_hybrid, container);
}

Result<> check_exported_hybrid_container(ByteView container) {
    return check(exported_hybrid, container);
}

bool is_exported_hybrid_key(ByteView container) noexcept {
    return as_text(container).starts_with(exported_hybrid.magic);
}

Result<SigningKey> open_local_key_with(KeyId id, ByteView container, const SecretBytes& key) {
    return open_key(local, id, container, key);
}

Result<SigningKey> open_exported_key_with(KeyId id, ByteView container, const SecretBytes& key) {
    return open_key(exported, id, container, key);
}

Result<crypto::MlDsaKey> open_local_hybrid_with(KeyId id, const PublicKey& classical,
                                                ByteView container, const SecretBytes& key) {
    AION_TRY_ASSIGN(const SecretBytes seed,
                    open(local_hybrid, associated_data(id, classical.view()), container, key));
    return crypto::MlDsaKey::from_seed(seed.view());
}

Result<HybridKey> open_exported_hybrid_with(KeyId id, ByteView container, const SecretBytes& key) {
    AION_TRY_ASSIGN(const SecretBytes seeds,
                    open(exported_hybrid, associated_data(id, as_bytes(exported_hybrid.magic)),
                         container, key));
    const std::size_t first = std::min(seeds.size(), seed_size);
    AION_TRY_ASSIGN(SigningKey classical, SigningKey::from_seed(seeds.view().first(first)));
    AION_TRY_ASSIGN(crypto::MlDsaKey post_quantum,
                    crypto::MlDsaKey::from_seed(seeds.view().subspan(first)));
    return HybridKey(std::move(classical), std::move(post_quantum));
}

Result<Bytes> seal_local_key(KeyId id, ByteView seed, std::string_view machine_id,
                             std::span<const std::uint8_t, 12> nonce) {
    AION_TRY(check_seed(seed));
    AION_TRY_ASSIGN(const SecretBytes key, derive_machine_key(machine_id));
    return seal(local, associated_data(id), seed, key, {}, nonce);
}

Result<SigningKey> open_local_key(KeyId id, ByteView container, std::string_view machine_id) {
    AION_TRY(check_local_container(container));
    AION_TRY_ASSIGN(const SecretBytes key, derive_machine_key(machine_id));
    return open_key(local, id, container, key);
}

Result<Bytes> seal_exported_key(KeyId id, ByteView seed, ByteView password,
                                std::span<const std::uint8_t, salt_size> salt,
                                std::span<const std::uint8_t, 12> nonce) {
    AION_TRY(check_seed(seed));
    AION_TRY_ASSIGN(const SecretBytes key, derive_export_key(password, salt));
    return seal(exported, associated_data(id), seed, key, salt, nonce);
}

Result<SigningKey> open_exported_key(KeyId id, ByteView container, ByteView password) {
    AION_TRY(check_exported_container(container));
    const std::span<const std::uint8_t, salt_size> salt(
        container.subspan(version_offset + 1).first(salt_size));
    AION_TRY_ASSIGN(const SecretBytes key, derive_export_key(password, salt));
    return open_key(exported, id, container, key);
}

Result<Bytes> seal_local_hybrid(KeyId id, const HybridKey& hybrid, std::string_view machine_id,
                                std::span<const std::uint8_t, 12> nonce) {
    AION_TRY_ASSIGN(const SecretBytes key, derive_machine_key(machine_id));
    return seal(local_hybrid, associated_data(id, hybrid.classical().public_half().view()),
                hybrid.post_quantum().seed(), key, {}, nonce);
}

Result<crypto::MlDsaKey> open_local_hybrid(KeyId id, const PublicKey& classical, ByteView container,
                                           std::string_view machine_id) {
    AION_TRY(check_local_hybrid_container(container));
    AION_TRY_ASSIGN(const SecretBytes key, derive_machine_key(machine_id));
    return open_local_hybrid_with(id, classical, container, key);
}

Result<Bytes> seal_exported_hybrid(KeyId id, const HybridKey& hybrid, ByteView password,
                                   std::span<const std::uint8_t, salt_size> salt,
                                   std::span<const std::uint8_t, 12> nonce) {
    SecretBytes seeds(2 * seed_size);
    std::ranges::copy(hybrid.classical().seed(), seeds.view().begin());
    std::ranges::copy(hybrid.post_quantum().seed(), seeds.view().subspan(seed_size).begin());
    AION_TRY_ASSIGN(const SecretBytes key, derive_export_key(password, salt));
    return seal(exported_hybrid, associated_data(id, as_bytes(exported_hybrid.magic)),
                std::as_const(seeds).view(), key, salt, nonce);
}

Result<HybridKey> open_exported_hybrid(KeyId id, ByteView container, ByteView password) {
    AION_TRY(check_exported_hybrid_container(container));
    const std::span<const std::uint8_t, salt_size> salt(
        container.subspan(version_offset + 1).first(salt_size));
    AION_TRY_ASSIGN(const SecretBytes key, derive_export_key(password, salt));
    return open_exported_hybrid_with(id, container, key);
}

}  // namespace aion::trust
