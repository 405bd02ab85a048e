// SPDX-License-Identifier: MIT OR Apache-2.0
// Records that come back signed: apply (docs/cli-registry.md).
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "commands/registry/chain.hpp"
#include "commands/registry/hollow.hpp"
#include "commands/registry/options.hpp"
#include "commands/registry/parts.hpp"
#include "commands/registry/record_file.hpp"
#include "commands/registry/unchained.hpp"
#include "commands/registry/update.hpp"
#include "shell/input.hpp"
#include "shell/output_guard.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/self_logging_options.hpp"
#include "views/record_text.hpp"

namespace aion::cli {
namespace {

using trust::RegistryChain;
using trust::RegistryRecord;

struct ApplyArguments {
    RecordArguments how;
    std::vector<std::string> records;
};

struct GivenRecord {
    std::string path;
    RegistryRecord record;
};

// By number; those that say the same, signed by several at the same time, as one.
std::vector<RegistryRecord> in_order(const std::vector<GivenRecord>& given) {
    std::map<std::pair<std::uint64_t, Hash>, RegistryRecord> merged;
    for (const auto& [path, record] : given) {
        const auto [at, is_new] = merged.try_emplace({record.number, record.hash()}, record);
        if (is_new) {
            continue;
        }
        auto& signatures = at->second.signatures;
        for (const trust::KeySignature& signature : record.signatures) {
            if (std::ranges::find(signatures, signature.key, &trust::KeySignature::key) ==
                signatures.end()) {
                signatures.push_back(signature);
            }
        }
        std::ranges::sort(signatures, {}, &trust::KeySignature::key);
    }
    std::vector<RegistryRecord> ordered;
    ordered.reserve(merged.size());
    for (auto& [key, record] : merged) {
        ordered.push_back(std::move(record));
    }
    return ordered;
}

// The first record that is refused, and the chain that it would follow; none: it would be the
// first.
struct Refused {
    std::optional<RegistryChain> chain;
    std::size_t at = 0;
};

// Of `records`, of which `registry` does not take one.
std::optional<Refused> find_refused(const trust::Registry& registry,
                                    std::span<const RegistryRecord> records) {
    Refused refused;
    if (registry.chain() != nullptr) {
        refused.chain = *registry.chain();
    } else if (auto first = RegistryChain::replay({records.front()});
               first && registry.authors().empty()) {
        refused.chain = *std::move(first);
        refused.at = 1;
    }
    while (refused.chain && refused.at < records.size() &&
           has_record(registry, records[refused.at])) {
        ++refused.at;
    }
    if (refused.chain && refused.at < records.size()) {
        const auto rest = records.subspan(refused.at);
        const std::size_t taken = first_refused(*refused.chain, rest);
        if (!refused.chain->append(rest.first(taken))) {
            return std::nullopt;
        }
        refused.at += taken;
    }
    return refused.at < records.size() ? std::optional(std::move(refused)) : std::nullopt;
}

// Which record was refused, and who still has to sign it.
Failure refusal_of(const trust::Registry& registry, std::span<const RegistryRecord> records,
                   Error error) {
    const std::optional<Refused> refused = find_refused(registry, records);
    if (!refused) {
        return fail_with(error).error();
    }
    const RegistryRecord& record = records[refused->at];
    if (refused->at > 0 && records[refused->at - 1].number == record.number &&
        !has_record(registry, records[refused->at - 1])) {
        return fail_with(
                   fmt::format("Two records are number {}: they were made for the same state of "
                               "the registry, which takes one of them",
                               record.number),
                   "Apply one of them, and make the other anew under the registry as it is then")
            .error();
    }
    if (refused->chain) {
        if (auto placed = check_place(*refused->chain, record); !placed) {
            return std::move(placed).error();
        }
    }
    if (error.detail() == "chain_signatures_missing") {
        const RegistryChain* const chain = refused->chain ? &*refused->chain : nullptr;
        error = std::move(error).in_context("still to sign: " +
                                            missing_text(rules_for(chain, record), record));
    }
    return fail_with(
               std::move(error).in_context(fmt::format("Failed to apply record {}", record.number)))
        .error();
}

// What is said when records were applied, or were not.
struct Said {
    std::vector<std::string> lines;
    std::vector<std::string> warnings;
    std::optional<Failure> refusal;
};

// Records, and the files that they are from.
struct Given {
    std::vector<GivenRecord> files;
    std::vector<RegistryRecord> records;
    std::vector<std::string> left_out;  // signatures, in words
};

// Whether there was any in the record at `refused`.
bool leave_out_foreign(Given& given, const Refused& refused) {
    RegistryRecord& record = given.records[refused.at];
    const auto rules = rules_for(refused.chain ? &*refused.chain : nullptr, record);
    const auto is_foreign = [&](const trust::KeySignature& one) { return !rules.knows(one.key); };
    const Hash hash = record.hash();
    for (const auto& [path, one] : given.files) {
        if (one.hash() != hash) {
            continue;
        }
        for (const trust::KeySignature& signature : one.signatures) {
            if (is_foreign(signature)) {
                given.left_out.push_back(without_a_say(path, signature.key));
            }
        }
    }
    return std::erase_if(record.signatures, is_foreign) > 0;
}

// Who has a say is looked at where it turns out that somebody signed who has none.
Result<trust::Applied> append_signed(trust::Registry& registry, Given& given) {
    for (;;) {
        auto applied = append_records(registry, given.records);
        if (applied || applied.error().detail() != "chain_foreign_signature") {
            return applied;
        }
        const auto refused = find_refused(registry, given.records);
        if (!refused || !leave_out_foreign(given, *refused)) {
            return applied;
        }
    }
}

Result<trust::Applied> apply_all_at_once(trust::Registry& registry, Given& given, Said& said) {
    const trust::Registry before = registry;
    said = {};
    auto applied = append_signed(registry, given);
    if (!applied) {
        said.refusal = refusal_of(before, given.records, applied.error());
        return applied;
    }
    std::set<AuthorId> authors;
    for (const RegistryRecord& record : given.records) {
        if (has_record(before, record)) {
            said.lines.push_back(
                fmt::format("Unchanged: the registry has record {} already", record.number));
            continue;
        }
        said.lines.push_back(record_text(record.facts, registry));
        if (const auto author = author_of(record.facts)) {
            authors.insert(*author);
        }
    }
    said.warnings = hollow_epochs(before.chain(), *registry.chain(), authors);
    return applied;
}

Outcome<> refuse_without_chain(Context& context, const RecordArguments& how,
                               const RegistryRecord& first) {
    const auto registry = load_registry_silently(context, how.registry);
    if (registry && registry->chain() == nullptr) {
        return fail_with(
            "The registry has no chain, which the record could be for: " + how.registry,
            import_advice(how.registry));
    }
    if (!registry && first.number != 0) {
        return failure_of(registry.error());
    }
    return {};
}

// Shows what would become of files, and stops where that is not meant.
Outcome<> look_before(Context& context, const RecordArguments& how, const Given& given,
                      Creation creation, const RegistryChange& change) {
    if (how.check.empty() && !how.dry_run) {
        return {};
    }
    CLI_TRY_ASSIGN(const trust::Registry before,
                   registry_before(context, how.registry, given.records.front()));
    CLI_TRY_ASSIGN(const trust::Registry after,
                   preview_update(context, how.registry, creation, change));
    CLI_TRY_ASSIGN(const std::size_t lost, show_verdict_changes(context, how.check, before, after));
    return refuse_lost_verdicts(
        lost, how, std::ranges::all_of(given.records, [&](const RegistryRecord& record) {
            return kind_of(record.facts) == trust::RecordKind::revocation ||
                   has_record(before, record);
        }));
}

Outcome<> apply_given(Context& context, const RecordArguments& how, const Given& given, Said& said,
                      const RegistryChange& change) {
    const Creation creation =
        given.records.front().number == 0 ? Creation::allowed : Creation::refused;
    CLI_TRY(look_before(context, how, given, creation, change));
    if (how.dry_run) {
        for (const std::string& line : said.lines) {
            context.console.out().write(line + "\n");
        }
        context.console.hint("This is a dry run: nothing was written");
        return {};
    }
    CLI_TRY_ASSIGN(OwnLog own, OwnLog::open(context, how.logging));
    CLI_TRY_ASSIGN(const trust::Applied applied,
                   update_registry(context, how.registry, creation, change));
    const auto logged = log_records(context, own, given.records, how.registry);
    report_update(context.console, applied, said.lines, how.registry);
    return logged;
}

Outcome<Ending> apply_to_chain(Context& context, const RecordArguments& how,
                               std::vector<GivenRecord> files) {
    for (auto& [path, record] : files) {
        leave_out_invalid(context, path, record);
    }
    Given given{.files = std::move(files), .records = {}, .left_out = {}};
    given.records = in_order(given.files);
    CLI_TRY(refuse_without_chain(context, how, given.records.front()));
    Said said;
    const auto change = [&](trust::Registry& registry) {
        return apply_all_at_once(registry, given, said);
    };
    auto done = apply_given(context, how, given, said, change);
    for (const std::string& one : given.left_out) {
        context.console.warn(one);
    }
    if (!done) {
        return failure_of(said.refusal ? *std::move(said.refusal) : std::move(done).error());
    }
    for (const std::string& warning : said.warnings) {
        context.console.warn(warning);
    }
    return Ending::success;
}

Outcome<Ending> run_apply(Context& context, const ApplyArguments& arguments) {
    CLI_TRY(reach_log(context, arguments.how.logging));
    std::vector<trust::SignedRecord> unchained;
    std::vector<GivenRecord> chained;
    for (const std::string& path : arguments.records) {
        CLI_TRY_ASSIGN(AnyRecord record, read_record(context, path));
        if (auto* const one = std::get_if<RegistryRecord>(&record)) {
            chained.push_back({path, std::move(*one)});
        } else {
            unchained.push_back(std::get<trust::SignedRecord>(record));
        }
    }
    CLI_TRY(check_registry_to_change(context, arguments.how.registry));
    if (chained.empty()) {
        CLI_TRY(refuse_to_log(arguments.how));
        return apply_all(context, arguments.how, unchained);
    }
    if (!unchained.empty()) {
        return fail_with("Records of a chain, and others: no registry takes both");
    }
    return apply_to_chain(context, arguments.how, std::move(chained));
}

void apply_options(Options& options, ApplyArguments& into) {
    options.registry(into.how.registry)->required();
    options.texts("RECORD", into.records, "RECORD_FILE", "Signed records")->required();
    check_option(options, into.how.check);
    dry_run_option(options, into.how.dry_run);
    self_logging_options(options, into.how.logging);
    options.flag("--force", into.how.force,
                 "Go on though a checked file becomes INVALID (revocations alone do so anyway)");
    options.footer(
        "Either all records are applied or none, in the order that they need. Applying one "
        "twice is harmless; a revocation is never loosened. The same record, signed by several in "
        "files of their own, is one. Record 0 makes the registry.");
    options.example("Records that came from where the master key is",
                    "aion registry apply rotation.json --registry registry.json");
}

}  // namespace

void declare_applying(const Declared& registry) {
    add_command(registry, "apply", "Apply signed records to a registry", apply_options, run_apply);
}

}  // namespace aion::cli
