// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/note_signing_key.hpp"

#include <utility>

#include "shell/hybrid_key.hpp"
#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"

namespace aion::cli {

Outcome<NoteSigningKey> NoteSigningKey::load(Context& context, const std::string& key_id) {
    NoteSigningKey key;
    CLI_TRY_ASSIGN(crypto::SigningKey classical, load_stored_key(context, key_id));
    key.classical_ = std::make_unique<crypto::SigningKey>(std::move(classical));
    CLI_TRY_ASSIGN(const trust::KeyId id, parse_key_id(key_id));
    CLI_TRY_ASSIGN(const trust::HybridKeystore store, open_hybrid_keystore(context));
    const std::string failed = "Failed to load the post-quantum half of key '" + key_id + "'";
    CLI_TRY_ASSIGN(const bool is_hybrid, or_fail(store.contains(id), failed));
    if (is_hybrid) {
        CLI_TRY_ASSIGN(const crypto::MlDsaKey half,
                       or_fail(store.half_of(id, key.classical().public_half()), failed));
        CLI_TRY_ASSIGN(crypto::MlDsa44Key post_quantum, or_fail(trust::note_key(half), failed));
        key.post_quantum_ = std::make_unique<crypto::MlDsa44Key>(std::move(post_quantum));
    }
    return key;
}

Result<std::vector<tlog::NoteSigner>> NoteSigningKey::signers(Env& env, std::string_view name,
                                                              tlog::NoteKeyType type) const {
    return tlog::note_signers(env, name, type, *classical_, post_quantum_.get());
}

}  // namespace aion::cli
