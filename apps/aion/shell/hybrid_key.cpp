// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/hybrid_key.hpp"

#include <utility>

#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"

namespace aion::cli {

Outcome<trust::HybridKeystore> open_hybrid_keystore(Context& context) {
    CLI_TRY_ASSIGN(trust::Keystore store, open_keystore(context));
    return trust::HybridKeystore(context.env, std::move(store), context.events);
}

Outcome<trust::HybridKey> load_hybrid_key(Context& context, const std::string& key_id) {
    CLI_TRY_ASSIGN(const trust::KeyId id, parse_key_id(key_id));
    CLI_TRY_ASSIGN(const trust::Keystore store, open_keystore(context));
    std::string message = "Failed to load hybrid key '" + key_id + "' from keystore";
    auto key = trust::HybridKeystore(context.env, store, context.events).load(id);
    if (key) {
        warn_of_exposure(context, store, id);
        return *std::move(key);
    }
    if (key.error().code() != ErrorCode::key_not_found) {
        return fail_to_open(context, std::move(message), key_id, key.error());
    }
    const bool is_there = store.contains(id).value_or(false);
    return with_remedy(fail_with(std::move(message), key.error()),
                       is_there ? "Give it a post-quantum half: aion key add-hybrid " + key_id
                                : "Make one: aion key generate --hybrid --id " + key_id);
}

Outcome<trust::HybridPublicKey> read_hybrid_public_key(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(const Input file, read_input(context, path, "the hybrid public key",
                                                "Failed to read hybrid public key: " + path,
                                                2 * trust::hybrid_public_key_size));
    auto key = trust::decode_hybrid_public_key(file.bytes());
    if (!key) {
        return about_file(with_remedy(fail_with("Not a hybrid public key: " + path, key.error()),
                                      "`aion hybrid key KEY_ID --output FILE` writes one"),
                          path);
    }
    return *std::move(key);
}

}  // namespace aion::cli
