// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/signing_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {

namespace {

Outcome<crypto::SigningKey> load_key(Context& context, const std::string& key_id,
                                     std::string message, std::string remedy_if_missing) {
    CLI_TRY_ASSIGN(const trust::KeyId id, parse_key_id(key_id));
    CLI_TRY_ASSIGN(const trust::Keystore store, open_keystore(context));
    auto key = context.host.signing_key(store, id);
    if (!key && key.error().code() == ErrorCode::key_not_found) {
        return with_remedy(fail_with(std::move(message), key.error()),
                           std::move(remedy_if_missing));
    }
    if (!key) {
        return fail_to_open(context, std::move(message), key_id, key.error());
    }
    warn_of_exposure(context, store, id);
    return *std::move(key);
}

}  // namespace

Outcome<crypto::SigningKey> load_author_key(Context& context, const std::string& key_id) {
    return load_key(context, key_id, "Failed to load key '" + key_id + "' from keystore.",
                    "Hint: Generate a key first with: aion key generate --id " + key_id);
}

Outcome<crypto::SigningKey> load_stored_key(Context& context, const std::string& key_id) {
    return load_key(context, key_id, "Failed to load key '" + key_id + "' from keystore",
                    "Hint: Generate a key first with: aion key generate --id " + key_id +
                        ", or name one that `aion key list` shows");
}

std::optional<trust::KeyId> stored_as(Context& context, const PublicKey& key) {
    const auto store = open_keystore(context);
    const auto keys = store ? store->list() : Result<std::vector<trust::KeyListing>>();
    if (!keys) {
        return std::nullopt;
    }
    const auto found = std::ranges::find(*keys, std::optional(key), &trust::KeyListing::public_key);
    return found == keys->end() ? std::nullopt : std::optional(found->id);
}

std::unexpected<Failure> fail_to_open(Context& context, std::string message,
                                      const std::string& key_id, const Error& error) {
    auto failure = fail_with(std::move(message), error);
    const auto machine = context.env.machine_id();
    if (error.code() != ErrorCode::decryption_failed || !machine) {
        return failure;
    }
    const std::string known_by =
        machine->source == MachineId::Source::file
            ? "its /etc/machine-id"
            : fmt::format("host name {} and user {}, because it has no /etc/machine-id",
                          shown(machine->host), shown(machine->user));
    return with_remedy(std::move(failure),
                       fmt::format("A stored key opens only where it was stored. This machine is "
                                   "known by {}.\nImport a backup under an id that is free: aion "
                                   "key import FILE --id NEW_ID --exported-as {}",
                                   known_by, key_id));
}

void warn_of_exposure(Context& context, const trust::Keystore& store, trust::KeyId id) {
    if (const auto exposure = store.exposure(id)) {
        context.console.warn(shown(*exposure));
    }
}

void warn_of_weak_binding(Context& context) {
    const auto machine = context.env.machine_id();
    if (machine && machine->source == MachineId::Source::user_at_host) {
        context.console.warn(
            fmt::format("no /etc/machine-id: this key is bound to the host name {} and the user "
                        "{}; export it",
                        shown(machine->host), shown(machine->user)));
    }
}

}  // namespace aion::cli
