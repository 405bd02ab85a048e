// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/signing_key.hpp"

#include <utility>

#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {

Outcome<crypto::SigningKey> load_author_key(Context& context, const std::string& key_id) {
    CLI_TRY_ASSIGN(const trust::KeyId id, parse_key_id(key_id));
    CLI_TRY_ASSIGN(const trust::Keystore store, open_keystore(context));
    auto key = context.host.signing_key(store, id);
    if (!key) {
        return with_remedy(
            fail_with("Failed to load key '" + key_id + "' from keystore.", key.error()),
            "Hint: Generate a key first with: aion key generate --id " + key_id);
    }
    return *std::move(key);
}

Outcome<crypto::SigningKey> load_registry_key(Context& context, const std::string& key_id) {
    CLI_TRY_ASSIGN(const trust::KeyId id, parse_key_id(key_id));
    CLI_TRY_ASSIGN(const trust::Keystore store, open_keystore(context));
    auto key = context.host.signing_key(store, id);
    if (!key) {
        return fail_with("Failed to load key '" + key_id + "' from keystore", key.error());
    }
    return *std::move(key);
}

}  // namespace aion::cli
