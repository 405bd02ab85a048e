// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/founding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "aion/base/counted.hpp"
#include "commands/registry/chain.hpp"
#include "commands/registry/options.hpp"
#include "commands/registry/update.hpp"
#include "shell/input.hpp"
#include "shell/output_guard.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "views/record_text.hpp"

namespace aion::cli {
namespace {

Outcome<std::uint16_t> threshold_of(const RootArguments& arguments, std::size_t keys) {
    if (!arguments.threshold && keys > 1) {
        return fail_with(fmt::format("How many of the {} root keys have to sign?", keys),
                         "Pass --threshold K");
    }
    const std::uint64_t threshold = arguments.threshold.value_or(1);
    if (threshold == 0 || threshold > keys) {
        return fail_with(fmt::format("A threshold of {} cannot be met by {}", threshold,
                                     counted(keys, "root key")),
                         fmt::format("Pass --threshold with 1 to {}", keys));
    }
    return static_cast<std::uint16_t>(threshold);
}

}  // namespace

void root_keys_options(Options& options, const std::string& stored,
                       const std::string& public_halves, RootArguments& into) {
    options.texts(stored, into.stored, "KEY_ID",
                  "Stored key that is to be a root key; may be given several times");
    options.texts(public_halves, into.public_halves, "HEX|FILE",
                  "Public half of a root key that is elsewhere; may be given several times");
    options.number("--threshold", into.threshold, "K",
                   "How many root keys have to sign (default with one: 1)");
}

void founding_options(Options& options, FoundingArguments& into) {
    options.text("-o,--output,--registry", into.output, "OUTPUT_FILE", "Registry to create")
        ->required();
    root_keys_options(options, "--root-key", "--root-public-key", into.root);
    note_option(options, into.note);
}

Outcome<trust::RootRecord> root_of(Context& context, const RootArguments& arguments) {
    trust::RootRecord root;
    for (const std::string& id : arguments.stored) {
        CLI_TRY_ASSIGN(const crypto::SigningKey key, load_stored_key(context, id));
        root.keys.push_back(key.public_half());
    }
    for (const std::string& text : arguments.public_halves) {
        CLI_TRY_ASSIGN(const PublicKey key, read_public_key(context, text));
        root.keys.push_back(key);
    }
    std::ranges::sort(root.keys);
    if (std::ranges::adjacent_find(root.keys) != root.keys.end()) {
        return fail_with("A root key is named twice");
    }
    if (root.keys.empty()) {
        return fail_with("No root key named",
                         "Make one, and name it: aion key generate --id KEY_ID");
    }
    CLI_TRY_ASSIGN(root.threshold, threshold_of(arguments, root.keys.size()));
    return root;
}

Outcome<std::string> path_of_new_registry(Context& context, const FoundingArguments& arguments) {
    CLI_TRY(check_registry_to_change(context, arguments.output));
    CLI_TRY_ASSIGN(const auto there, check_output(context, arguments.output, OutputRules{}));
    if (there) {
        return already_exists(arguments.output);
    }
    return arguments.output;
}

Outcome<> write_new_registry(Context& context, const std::string& path,
                             const trust::RegistryChain& chain) {
    const auto change = [&](trust::Registry& registry) -> Result<trust::Applied> {
        if (registry.chain() != nullptr || !registry.authors().empty()) {
            return aion::fail(error_at_path(ErrorCode::file_exists, path));
        }
        registry = trust::Registry::from_chain(chain);
        return trust::Applied::changed;
    };
    CLI_TRY(update_registry(context, path, Creation::allowed, change));
    return {};
}

Outcome<Founder> Founder::from(Context& context, const FoundingArguments& arguments) {
    Founder founder;
    CLI_TRY_ASSIGN(trust::RootRecord root, root_of(context, arguments.root));
    founder.time_ = context.env.now();
    founder.rules_.root = {{.keys = root.keys, .threshold = root.threshold}};
    for (const std::string& id : arguments.root.stored) {
        if (founder.keys_.size() < root.threshold) {
            CLI_TRY_ASSIGN(crypto::SigningKey key, load_stored_key(context, id));
            founder.keys_.push_back(std::move(key));
        }
    }
    founder.root_.time = founder.time_;
    founder.root_.reason = arguments.note;
    founder.root_.facts = std::move(root);
    for (crypto::SigningKey& key : founder.keys_) {
        CLI_TRY(or_fail(trust::sign(founder.root_, key), "Failed to sign the first record"));
    }
    return founder;
}

std::string Founder::missing() const {
    return missing_text(rules_, root_);
}

Outcome<> Founder::check_is_complete() const {
    if (const std::string who = missing(); !who.empty()) {
        return fail_because(error_because(ErrorCode::invalid_signature, "too few signatures"),
                            "Too few of the root keys are stored here. Still to sign: " + who,
                            "Write the first record to be signed where those keys are: aion "
                            "registry init … --record RECORD.json");
    }
    return {};
}

Outcome<> Founder::add(trust::RecordFacts facts, const std::string& note) {
    const trust::RegistryRecord& before = others_.empty() ? root_ : others_.back();
    trust::RegistryRecord record{.number = before.number + 1,
                                 .previous = before.hash(),
                                 .time = time_,
                                 .reason = note,
                                 .facts = std::move(facts),
                                 .signatures = {}};
    for (crypto::SigningKey& key : keys_) {
        CLI_TRY(or_fail(trust::sign(record, key),
                        "Failed to sign: " + record_text(record.facts, trust::Registry())));
    }
    others_.push_back(std::move(record));
    return {};
}

Outcome<trust::RegistryChain> Founder::chain() const {
    CLI_TRY_ASSIGN(trust::RegistryChain chain,
                   or_fail(trust::RegistryChain::replay({root_}), "Failed to begin a chain"));
    if (const auto appended = chain.append(others_); !appended) {
        const std::size_t refused = first_refused(chain, others_);
        return fail_with("The chain does not allow that: " +
                             record_text(others_[refused].facts, trust::Registry()),
                         appended.error());
    }
    return chain;
}

}  // namespace aion::cli
