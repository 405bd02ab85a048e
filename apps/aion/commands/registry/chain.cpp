// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "aion/archive/inventory.hpp"
#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/tlog/registry_entries.hpp"
#include "aion/trust/author_in_words.hpp"
#include "commands/registry/hollow.hpp"
#include "commands/registry/options.hpp"
#include "commands/registry/update.hpp"
#include "shell/input.hpp"
#include "shell/output_guard.hpp"
#include "shell/shell_word.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "views/record_text.hpp"
#include "views/registry_view.hpp"

namespace aion::cli {
namespace {

using trust::KeyListing;
using trust::RegistryRecord;
using trust::SigningRules;

const KeyListing* listing_of(std::span<const KeyListing> keys, const PublicKey& key) {
    const auto found = std::ranges::find(keys, std::optional(key), &KeyListing::public_key);
    return found == keys.end() ? nullptr : &*found;
}

// The master key alone where it is stored; else as many root keys as are asked for and stored.
std::vector<std::string> keys_for(Context& context, const SigningRules& rules) {
    const auto store = open_keystore(context);
    const auto listed = store ? store->list() : Result<std::vector<KeyListing>>();
    if (!listed) {
        return {};
    }
    if (rules.master_key) {
        if (const KeyListing* const one = listing_of(*listed, *rules.master_key)) {
            return {std::to_string(one->id.value)};
        }
    }
    std::set<trust::KeyId> chosen;
    for (const SigningRules::Group& group : rules.root) {
        std::size_t count = 0;
        for (const PublicKey& key : group.keys) {
            const KeyListing* const one = listing_of(*listed, key);
            if (one != nullptr && count < group.threshold) {
                chosen.insert(one->id);
                ++count;
            }
        }
    }
    std::vector<std::string> ids;
    ids.reserve(chosen.size());
    for (const trust::KeyId id : chosen) {
        ids.push_back(std::to_string(id.value));
    }
    return ids;
}

std::string role_of(const SigningRules& rules, const PublicKey& key) {
    return rules.master_key == key ? "the author's master key" : "a root key";
}

// Whoever is missing; where nobody is, all.
std::string who_may_sign(const SigningRules& rules, RegistryRecord record) {
    std::string missing = missing_text(rules, record);
    if (missing.empty()) {
        record.signatures.clear();
        missing = missing_text(rules, record);
    }
    return missing;
}

std::vector<std::filesystem::path> paths_of(std::span<const std::string> texts) {
    return {texts.begin(), texts.end()};
}

struct Draft {
    RegistryRecord record;
    SigningRules rules;
    trust::Registry after;
    std::vector<std::string> warnings;
};

Outcome<Draft> draft_of(Context& context, const RecordArguments& arguments,
                        const trust::RegistryChain& chain, trust::RecordFacts facts) {
    Draft draft;
    draft.rules = chain.rules_for(facts);
    draft.record = chain.next_record(std::move(facts), context.env.now(), arguments.note);
    auto after = chain.if_signed(draft.record);
    if (!after) {
        return fail_with("The registry does not allow that", after.error());
    }
    if (const auto author = author_of(draft.record.facts)) {
        draft.warnings = hollow_epochs(&chain, *after, {*author});
    }
    draft.after = trust::Registry::from_chain(*std::move(after));
    return draft;
}

void show_dry_run(Context& context, const Draft& draft) {
    context.console.out().write(record_text(draft.record.facts, draft.after) + "\n");
    if (const auto author = author_of(draft.record.facts)) {
        write_text(context.console, AuthorView{draft.after, *author});
    }
    context.console.hint("This is a dry run: nothing was written");
}

void say_each(Context& context, std::span<const std::string> warnings) {
    for (const std::string& warning : warnings) {
        context.console.warn(warning);
    }
}

// Who signed; and, where it was the root that revoked, who still may do what the author may.
void say_signatures(Context& context, const Draft& draft, std::span<const std::string> lines) {
    for (const std::string& line : lines) {
        context.console.hint(line);
    }
    const auto is_by = [&](const PublicKey& key) {
        return std::ranges::find(draft.record.signatures, key, &trust::KeySignature::key) !=
               draft.record.signatures.end();
    };
    if (kind_of(draft.record.facts) == trust::RecordKind::revocation && draft.rules.master_key &&
        !is_by(*draft.rules.master_key)) {
        context.console.hint(fmt::format(
            "The author's master key {} signed none of this and stays: whoever has it can hand "
            "over to a new key. If it was stolen, too: aion registry rekey",
            to_hex(*draft.rules.master_key)));
    }
}

Outcome<Ending> write_record(Context& context, Output& output, const Draft& draft,
                             const std::string& registry) {
    CLI_TRY(write_output(context, output, as_bytes(to_json(draft.record)), "Record"));
    const std::string missing = missing_text(draft.rules, draft.record);
    const std::string file =
        output.is_stream() ? std::string("RECORD.json") : shell_word(output.path());
    if (!missing.empty()) {
        context.console.hint(fmt::format(
            "Not signed by enough yet. Still to sign: {}\nWhere such a key is: aion registry sign "
            "{} --key KEY_ID",
            missing, file));
    }
    context.console.hint(fmt::format(
        "Nothing changed yet. {}: aion registry apply {} --registry {}",
        missing.empty() ? "To change the registry" : "Then", file, shell_word(registry)));
    say_each(context, draft.warnings);
    return Ending::success;
}

}  // namespace

void root_key_option(Options& options, std::vector<std::string>& into) {
    options.texts("--root-key", into, "KEY_ID",
                  "Stored root key that signs; may be given several times (default: those that are "
                  "stored, as many as needed)");
}

void note_option(Options& options, std::string& into, bool is_reason_free) {
    options.text(is_reason_free ? "--note,--reason" : "--note", into, "TEXT",
                 "Why, for people: it stands in the record");
}

void record_options(Options& options, OutputChoice& into, bool is_output) {
    options.text(is_output ? "-o,--output,--record" : "--record", into.path, "RECORD_FILE",
                 "Write the record there, with the signatures that can be made here, and leave the "
                 "registry as it is; - for standard output");
    options.flag("--replace-record", into.force, "Replace an existing record file");
}

void check_option(Options& options, std::vector<std::string>& into) {
    options.texts("--check", into, "PATH",
                  "Files and folders: show first which verdicts would change, and why");
}

void root_record_options(Options& options, RecordArguments& into) {
    options.registry(into.registry)->required();
    root_key_option(options, into.keys);
    note_option(options, into.note);
    record_options(options, into.record);
    dry_run_option(options, into.dry_run);
}

std::string import_advice(const std::string& registry) {
    return fmt::format(
        "Make one with a chain of it: aion registry import {} --root-key KEY_ID "
        "--output NEW_REGISTRY",
        shell_word(registry));
}

Outcome<trust::Registry> load_chain(Context& context, const std::string& path) {
    CLI_TRY(check_registry_to_change(context, path));
    CLI_TRY_ASSIGN(trust::Registry registry, load_registry_silently(context, path));
    if (registry.chain() == nullptr) {
        return fail_with("The registry has no chain, which that would be a record of: " + path,
                         import_advice(path));
    }
    return registry;
}

Outcome<trust::Registry> registry_if(Context& context, const trust::Registry& registry,
                                     trust::RecordFacts facts) {
    const trust::RegistryChain& chain = *registry.chain();
    auto after = chain.if_signed(chain.next_record(std::move(facts), context.env.now(), ""));
    if (!after) {
        return fail_with("The registry does not allow that", after.error());
    }
    return trust::Registry::from_chain(*std::move(after));
}

Outcome<std::vector<std::string>> sign_with_stored_keys(Context& context, RegistryRecord& record,
                                                        const SigningRules& rules,
                                                        std::span<const std::string> named) {
    std::vector<std::string> lines;
    const std::vector<std::string> ids = named.empty()
                                             ? keys_for(context, rules)
                                             : std::vector<std::string>(named.begin(), named.end());
    for (const std::string& id : ids) {
        CLI_TRY_ASSIGN(crypto::SigningKey key, load_stored_key(context, id));
        const PublicKey& half = key.public_half();
        if (!rules.knows(half)) {
            return fail_with(
                fmt::format("Key {} has no say in that: neither a root key nor the author's "
                            "master key",
                            id),
                "Those who may sign: " + who_may_sign(rules, record));
        }
        CLI_TRY(or_fail(trust::sign(record, key), "Failed to sign the record"));
        lines.push_back(fmt::format("Signed with key {}, {}", id, role_of(rules, half)));
    }
    return lines;
}

Outcome<std::size_t> show_verdict_changes(Context& context, std::span<const std::string> paths,
                                          const trust::Registry& before,
                                          const trust::Registry& after) {
    if (paths.empty()) {
        return std::size_t{0};
    }
    auto compared = [&] {
        const Progress progress = context.console.progress_of_files("Verifying");
        return archive::compare_verdicts(context.env, paths_of(paths), before, after);
    }();
    if (!compared) {
        return fail_with("Failed to compare verdicts", compared.error());
    }
    std::size_t lost = 0;
    for (const archive::VerdictChange& change : compared->changes) {
        lost += change.is_valid ? 0 : 1;
        context.console.warn(fmt::format("{} {} INVALID: {}", shown(change.path.string()),
                                         change.is_valid ? "becomes VALID and was" : "becomes",
                                         shown(change.reason)));
    }
    context.console.hint(
        fmt::format("{} judged: {}", counted(compared->files, "file"),
                    compared->changes.empty()
                        ? std::string("no verdict changes")
                        : fmt::format("{} changed", counted(compared->changes.size(), "verdict"))));
    return lost;
}

Outcome<> refuse_lost_verdicts(std::size_t lost, const RecordArguments& how,
                               bool is_meant_to_invalidate) {
    if (lost == 0 || is_meant_to_invalidate || how.force || how.dry_run) {
        return {};
    }
    return fail_with(
        fmt::format("{} would become INVALID: nothing was written", counted(lost, "file")),
        "Name a later version, or, with a chain, list those files: --inventory. To go "
        "on all the same: --force");
}

// Halves what is left to look at, as each look takes as long as all of them.
std::size_t first_refused(const trust::RegistryChain& chain,
                          std::span<const RegistryRecord> records) {
    std::size_t taken = 0;
    std::size_t refused = records.size();
    while (taken + 1 < refused) {
        const std::size_t count = taken + ((refused - taken) / 2);
        trust::RegistryChain tried = chain;
        if (tried.append(records.first(count))) {
            taken = count;
        } else {
            refused = count;
        }
    }
    return taken;
}

bool has_record(const trust::Registry& registry, const RegistryRecord& record) {
    const trust::RegistryChain* const chain = registry.chain();
    return chain != nullptr && record.number <= chain->number() &&
           chain->hashes()[record.number] == record.hash();
}

Result<trust::Applied> append_records(trust::Registry& registry,
                                      std::span<const RegistryRecord> records) {
    if (registry.chain() != nullptr || !registry.authors().empty() || records.empty() ||
        records.front().number != 0) {
        return trust::append(registry, records);
    }
    auto chain = trust::RegistryChain::replay({records.begin(), records.end()});
    if (!chain) {
        return aion::fail(std::move(chain).error());
    }
    registry = trust::Registry::from_chain(*std::move(chain));
    return trust::Applied::changed;
}

Outcome<> log_records(Context& context, OwnLog& own, std::span<const RegistryRecord> records,
                      const std::string& registry) {
    return own.append(context, tlog::entries_of(records), "The registry was changed", registry);
}

Outcome<> refuse_to_log(const RecordArguments& how) {
    if (!how.logging.log.empty()) {
        return fail_with("A registry without a chain has no records that could be logged",
                         import_advice(how.registry));
    }
    return {};
}

Outcome<Ending> carry_out(Context& context, const RecordArguments& arguments,
                          const trust::Registry& registry, trust::RecordFacts facts) {
    CLI_TRY_ASSIGN(Draft draft, draft_of(context, arguments, *registry.chain(), std::move(facts)));
    CLI_TRY_ASSIGN(const std::size_t lost,
                   show_verdict_changes(context, arguments.check, registry, draft.after));
    CLI_TRY(refuse_lost_verdicts(lost, arguments,
                                 kind_of(draft.record.facts) == trust::RecordKind::revocation));
    if (arguments.dry_run) {
        show_dry_run(context, draft);
        say_each(context, draft.warnings);
        return Ending::success;
    }
    const bool goes_to_file = !arguments.record.path.empty();
    if (goes_to_file && !arguments.logging.log.empty()) {
        return fail_with("A record that is only written to a file changes nothing yet",
                         "Log it when it is applied: aion registry apply --tlog");
    }
    std::optional<Output> output;
    if (goes_to_file) {
        CLI_TRY_ASSIGN(output, Output::open(context, arguments.record, {}, arguments.registry));
    }
    CLI_TRY_ASSIGN(const std::vector<std::string> signatures,
                   sign_with_stored_keys(context, draft.record, draft.rules, arguments.keys));
    if (goes_to_file) {
        say_signatures(context, draft, signatures);
        return write_record(context, *output, draft, arguments.registry);
    }
    if (const std::string missing = missing_text(draft.rules, draft.record); !missing.empty()) {
        return fail_because(
            error_because(ErrorCode::invalid_signature, "too few signatures"),
            "No stored key can sign that, or too few can. Still to sign: " + missing,
            "Write the record to be signed where those keys are: add "
            "--record RECORD.json");
    }
    const auto change = [&](trust::Registry& target) {
        return append_records(target, {&draft.record, 1});
    };
    CLI_TRY_ASSIGN(OwnLog own, OwnLog::open(context, arguments.logging));
    CLI_TRY(update_registry(context, arguments.registry, Creation::refused, change));
    const auto logged = log_records(context, own, {&draft.record, 1}, arguments.registry);
    say_signatures(context, draft, signatures);
    context.console.success(record_text(draft.record.facts, draft.after));
    context.console.out().write(fmt::format("  Record: {}\n  Registry: {}\n", draft.record.number,
                                            shown(arguments.registry)));
    say_each(context, draft.warnings);
    CLI_TRY(logged);
    return Ending::success;
}

}  // namespace aion::cli
