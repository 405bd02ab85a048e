// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/hybrid_keystore.hpp"

#include <array>
#include <string>

#include "base/try.hpp"
#include "trust/events.hpp"
#include "trust/key_container.hpp"
#include "trust/key_files.hpp"

namespace aion::trust {

Result<bool> HybridKeystore::contains(KeyId id) const {
    const auto info = env_->info(path_of(id));
    if (!info) {
        return fail(key_files::failed_to("check", info.error()));
    }
    return info->has_value();
}

Result<HybridPublicKey> HybridKeystore::generate(KeyId id) {
    AION_TRY_ASSIGN(const HybridKey key, HybridKey::generate(*env_));
    AION_TRY(store(id, key));
    emit<TrustEvent::keystore_key_created>(events_, std::to_string(id.value), Event::Name{"file"});
    return key.public_half();
}

Result<> HybridKeystore::store(KeyId id, const HybridKey& key) {
    AION_TRY(expect_none(id));
    AION_TRY(keys_.store(id, key.classical()));
    return write(id, key);
}

Result<HybridPublicKey> HybridKeystore::add(KeyId id) {
    AION_TRY(expect_none(id));
    AION_TRY_ASSIGN(crypto::MlDsaKey post_quantum, crypto::MlDsaKey::generate(*env_));
    AION_TRY_ASSIGN(crypto::SigningKey classical, keys_.load(id));
    const HybridKey key(std::move(classical), std::move(post_quantum));
    AION_TRY(write(id, key));
    return key.public_half();
}

Result<HybridKey> HybridKeystore::load(KeyId id) const {
    AION_TRY_ASSIGN(const bool exists, contains(id));
    AION_TRY_ASSIGN(crypto::SigningKey classical, keys_.load(id));
    if (!exists) {
        return fail(key_not_found(id.value, "it has no post-quantum half"));
    }
    AION_TRY_ASSIGN(crypto::MlDsaKey post_quantum, half_of(id, classical.public_half()));
    return HybridKey(std::move(classical), std::move(post_quantum));
}

Result<crypto::MlDsaKey> HybridKeystore::half_of(KeyId id, const PublicKey& classical) const {
    AION_TRY_ASSIGN(const Bytes container, key_files::read_key_file(*env_, id, path_of(id)));
    AION_TRY(check_local_hybrid_container(container));
    AION_TRY_ASSIGN(const MachineId machine, env_->machine_id());
    return open_local_hybrid(id, classical, container, machine.text);
}

Result<Bytes> HybridKeystore::export_key(KeyId id, ByteView password) const {
    if (password.empty()) {
        return fail(error_because(ErrorCode::invalid_argument, "password cannot be empty"));
    }
    AION_TRY_ASSIGN(const HybridKey key, load(id));
    std::array<std::uint8_t, 16> salt{};
    std::array<std::uint8_t, 12> nonce{};
    AION_TRY(env_->random(salt));
    AION_TRY(env_->random(nonce));
    return seal_exported_hybrid(id, key, password, salt, nonce);
}

Result<PublicKey> HybridKeystore::import_key(KeyId id, ByteView container, ByteView password,
                                             std::optional<KeyId> exported_as) {
    if (!is_exported_hybrid_key(container)) {
        return keys_.import_key(id, container, password, exported_as);
    }
    AION_TRY(expect_none(id));
    AION_TRY_ASSIGN(const HybridKey key,
                    open_exported_hybrid(exported_as.value_or(id), container, password));
    AION_TRY(store(id, key));
    return key.classical().public_half();
}

std::filesystem::path HybridKeystore::path_of(KeyId id) const {
    return keys_.directory() / key_files::file_name(id, key_files::hybrid_suffix);
}

Result<> HybridKeystore::expect_none(KeyId id) const {
    AION_TRY_ASSIGN(const bool exists, contains(id));
    if (exists) {
        return fail(error_at_path(ErrorCode::file_exists, key_files::shown(path_of(id))));
    }
    return {};
}

// The key beside it is there, so the directory is, too.
Result<> HybridKeystore::write(KeyId id, const HybridKey& key) {
    const auto directory = env_->open_directory(keys_.directory());
    if (!directory) {
        return fail(key_files::failed_to("write", directory.error()));
    }
    AION_TRY_ASSIGN(const MachineId machine, env_->machine_id());
    AION_TRY(key_files::check_lasting(machine));
    std::array<std::uint8_t, 12> nonce{};
    AION_TRY(env_->random(nonce));
    AION_TRY_ASSIGN(const Bytes container, seal_local_hybrid(id, key, machine.text, nonce));
    const std::string name = key_files::file_name(id, key_files::hybrid_suffix);
    return key_files::write_key_file(*env_, {*directory, name, path_of(id)}, container);
}

}  // namespace aion::trust
