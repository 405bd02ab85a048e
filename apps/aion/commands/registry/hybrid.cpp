// SPDX-License-Identifier: MIT OR Apache-2.0
// The post-quantum half of an author's key: hybrid (docs/cli-registry.md).
#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "commands/registry/chain.hpp"
#include "commands/registry/options.hpp"
#include "commands/registry/parts.hpp"
#include "shell/author_choice.hpp"
#include "shell/hybrid_key.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"

namespace aion::cli {
namespace {

struct HybridArguments {
    AuthorChoice author;
    std::optional<std::string> stored;
    std::optional<std::string> public_half;
    std::optional<Epoch> epoch;
    RecordArguments how;
};

Outcome<trust::HybridPublicKey> chosen_key(Context& context, const HybridArguments& arguments) {
    if (arguments.public_half) {
        return read_hybrid_public_key(context, *arguments.public_half);
    }
    if (!arguments.stored) {
        return fail_with("Which key?", "Pass --key or --public-key");
    }
    CLI_TRY_ASSIGN(const trust::HybridKey key, load_hybrid_key(context, *arguments.stored));
    return key.public_half();
}

// The one that has the Ed25519 half, which both halves come with.
Outcome<Epoch> epoch_of(const HybridArguments& arguments, AuthorId author,
                        const trust::HybridPublicKey& key, const trust::Registry& registry) {
    const trust::EpochRecord* const epoch =
        arguments.epoch ? registry.find(author, *arguments.epoch) : registry.latest_epoch(author);
    if (epoch == nullptr) {
        return fail_with(
            fmt::format("The registry has no such epoch of author {}", to_string(author)),
            "`aion registry show` lists those that it has");
    }
    if (epoch->public_key != key.classical) {
        return fail_with(fmt::format("The Ed25519 half is not the key of epoch {} of author {}",
                                     to_string(epoch->epoch), to_string(author)),
                         "First hand over to it: aion registry rotate; or name the epoch that it "
                         "is of: --epoch");
    }
    return epoch->epoch;
}

Outcome<Ending> run_hybrid(Context& context, const HybridArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_chain(context, arguments.how.registry));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    CLI_TRY_ASSIGN(trust::HybridPublicKey key, chosen_key(context, arguments));
    CLI_TRY_ASSIGN(const Epoch epoch, epoch_of(arguments, author, key, registry));
    return carry_out(
        context, arguments.how, registry,
        trust::HybridBinding{.author = author, .epoch = epoch, .key = std::move(key.post_quantum)});
}

void hybrid_options(Options& options, HybridArguments& into) {
    options.author("--author", into.author, "Author whose key gets a post-quantum half")
        ->required();
    CLI::Option* const stored = options.text("--key", into.stored, "KEY_ID",
                                             "The key with both halves: id in the keystore");
    options
        .text("--public-key", into.public_half, "FILE",
              "The key with both halves: what `aion hybrid key` wrote")
        ->excludes(stored);
    options.number("--epoch", into.epoch, "N", "Epoch that it is of (default: the newest)");
    root_record_options(options, into.how);
    options.footer(
        "Signed by the author's master key, or by the root. It is for good: an epoch has one "
        "post-quantum half, and who needs another rotates. Versions of files are signed and "
        "verified as before; it is for `aion hybrid`.");
    options.example("Alice's key gets its other half",
                    "aion key add-hybrid 1001\n"
                    "  aion registry hybrid --author alice --key 1001 --registry chain.json");
}

}  // namespace

void declare_hybrid_keys(const Declared& registry) {
    add_command(registry, "hybrid", "Bind a post-quantum half to an author's key", hybrid_options,
                run_hybrid);
}

}  // namespace aion::cli
