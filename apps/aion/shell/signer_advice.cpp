// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/signer_advice.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/trust/author_in_words.hpp"
#include "aion/trust/registry_chain.hpp"
#include "shell/chain_facts.hpp"
#include "shell/registry_commands.hpp"
#include "shell/signing_key.hpp"

namespace aion::cli {
namespace {

using trust::EpochRecord;

std::optional<std::uint64_t> number_in(const Error& error, std::string_view name) {
    const Error::Value* const value = error.field(name);
    const auto* const number = value == nullptr ? nullptr : std::get_if<std::uint64_t>(value);
    return number == nullptr ? std::nullopt : std::optional(*number);
}

std::string take_key_of(Context& context, const EpochRecord& epoch) {
    const auto id = stored_as(context, epoch.public_key);
    return fmt::format("Sign with the key of epoch {}{}", to_string(epoch.epoch),
                       id ? fmt::format(": --key {}", id->value)
                          : fmt::format(", whose public half is {}", to_hex(epoch.public_key)));
}

// Whoever stole a revoked key could sign what it may still sign: nobody is told to use it.
std::string leave_revoked_key(const EpochRecord& epoch, const EpochRecord::Revocation& revocation,
                              const trust::Registry& registry) {
    if (registry.chain() != nullptr) {  // Where it ends depends on the history.
        return fmt::format(
            "Do not sign with the key of epoch {} either: it is revoked ({}). Let another author "
            "sign",
            to_string(epoch.epoch), word_for(revocation.reason));
    }
    return fmt::format(
        "Do not sign with the key of epoch {0} either: it is revoked ({1}) from version {2} on. "
        "Let another author sign; if nothing that key signed is to be believed, revoke epoch {0} "
        "from version 1 on",
        to_string(epoch.epoch), word_for(revocation.reason), to_string(revocation.effective_from));
}

bool has_scope(const trust::Registry& registry, AuthorId author) {
    const trust::AuthorFacts* const known = facts_of(registry.chain(), author);
    return known != nullptr && known->scoped_by.has_value();
}

// `-` is no file that a command could change.
bool is_file(const std::string& path) {
    return path != "-";
}

std::string pin_author(AuthorId author, const std::string& path) {
    if (!is_file(path)) {
        return "If the author is right, pin it where the registry on standard input comes from";
    }
    return "If the author is right, pin it: " + pin_command(author, path);
}

// Nobody may sign `version`, because the newest epoch was revoked or none has begun.
std::string let_author_sign(AuthorId author, const EpochRecord& latest, std::uint64_t version,
                            const std::string& path) {
    if (version <= latest.active_from.value) {
        return fmt::format(
            "Author {} cannot get a key for version {} any more: let another sign it",
            to_string(author), version);
    }
    if (!is_file(path)) {
        return fmt::format(
            "Hand over to a new key from version {} on, where the registry on standard input comes "
            "from",
            version);
    }
    return "Hand over to a new key: " +
           rotate_command(author, latest.epoch, VersionNumber{version}, path);
}

std::string advice(Context& context, const Error& error, const trust::Registry& registry,
                   AuthorId author, const std::string& path) {
    if (error.code() == ErrorCode::unauthorized_signer) {
        if (has_scope(registry, author)) {
            return fmt::format(
                "The registry lets {} sign certain histories only: if this is none of them, let "
                "another author sign",
                author_in_words(registry, author));
        }
        const EpochRecord* const latest = registry.latest_epoch(author);
        return latest == nullptr ? pin_author(author, path)
                                 : let_author_sign(author, *latest,
                                                   number_in(error, "version").value_or(0), path);
    }
    const auto epoch = number_in(error, "epoch");
    if (error.code() != ErrorCode::key_mismatch || !epoch) {
        return {};
    }
    const EpochRecord* const right = registry.find(author, Epoch{static_cast<Epoch::rep>(*epoch)});
    if (right == nullptr) {
        return {};
    }
    return right->revocation ? leave_revoked_key(*right, *right->revocation, registry)
                             : take_key_of(context, *right);
}

}  // namespace

std::unexpected<Failure> fail_to_sign(Context& context, std::string message, const Error& error,
                                      const trust::Registry& registry, AuthorId author,
                                      const std::string& path) {
    return with_remedy(fail_with(std::move(message), error),
                       advice(context, error, registry, author, path));
}

}  // namespace aion::cli
