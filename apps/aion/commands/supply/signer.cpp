// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/supply/signer.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

Outcome<> check_key(const trust::Registry& registry, AuthorId author, const PublicKey& key,
                    const SignerArguments& arguments) {
    const trust::EpochRecord* const latest = registry.latest_epoch(author);
    if (latest == nullptr) {
        return fail_with(fmt::format("The registry has no author {}", author.value),
                         "`aion registry show` lists those that it has");
    }
    if (latest->status() != trust::EpochStatus::active) {
        return fail_with(fmt::format("The newest key of {} was revoked", to_text(arguments.author)),
                         "Nobody would accept its signature: `aion registry rotate` gives the "
                         "author another key");
    }
    if (latest->public_key != key) {
        return fail_with(fmt::format("Key {} is not the newest key of {} in {}", arguments.key,
                                     to_text(arguments.author), arguments.registry),
                         "`aion registry show` has the author's keys, `aion key list` the stored "
                         "ones");
    }
    return {};
}

}  // namespace

void signer_arguments(Options& options, SignerArguments& into) {
    options.author("-a,--author", into.author, "Who signs: id or name")->required();
    options.text("-k,--key", into.key, "KEY_ID", "Stored key that signs")->required();
    options.registry(into.registry);
}

Outcome<AuthorWithKey> open_signer(Context& context, const SignerArguments& arguments) {
    std::optional<trust::Registry> registry;
    if (!arguments.registry.empty()) {
        CLI_TRY_ASSIGN(registry, load_registry(context, arguments.registry));
    }
    CLI_TRY_ASSIGN(const AuthorId author, registry ? resolve_author(arguments.author, *registry)
                                                   : resolve_author(arguments.author));
    CLI_TRY_ASSIGN(crypto::SigningKey key, load_author_key(context, arguments.key));
    if (registry) {
        CLI_TRY(check_key(*registry, author, key.public_half(), arguments));
    }
    return AuthorWithKey{author, std::move(key)};
}

}  // namespace aion::cli
