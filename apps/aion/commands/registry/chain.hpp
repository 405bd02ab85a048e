// SPDX-License-Identifier: MIT OR Apache-2.0
// How every command makes a record of a registry's chain: what it would change, who signs it, and
// where it goes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"
#include "aion/trust/registry_record.hpp"
#include "commands/registry/record_arguments.hpp"
#include "shell/context.hpp"
#include "shell/file_output.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// --root-key: which stored root keys sign.
void root_key_option(Options& options, std::vector<std::string>& into);
/// --note, which is also --reason unless that means something else.
void note_option(Options& options, std::string& into, bool is_reason_free = true);
/// --record and --replace-record. `is_output`: --output means the same.
void record_options(Options& options, OutputChoice& into, bool is_output = true);
/// --check.
void check_option(Options& options, std::vector<std::string>& into);
/// --registry, --root-key, --note, --record, --dry-run: for records that only the root may make.
void root_record_options(Options& options, RecordArguments& into);

/// The registry at `path`, which must have a chain, for a command that changes it.
[[nodiscard]] Outcome<trust::Registry> load_chain(Context& context, const std::string& path);
/// The registry as it would be if those who have to sign it said `facts`, too: for a look.
[[nodiscard]] Outcome<trust::Registry> registry_if(Context& context,
                                                   const trust::Registry& registry,
                                                   trust::RecordFacts facts);
/// How to get a chain, as advice.
[[nodiscard]] std::string import_advice(const std::string& registry);

/// Who signs: private keys, the stored ones that `named` are, or, if none is named, those that
/// `rules` ask for and that are stored. Of each a line that says so, for when something comes of
/// it. Errors: a named key that has no say; what loading a key may end in.
[[nodiscard]] Outcome<std::vector<std::string>> sign_with_stored_keys(
    Context& context, trust::RegistryRecord& record, const trust::SigningRules& rules,
    std::span<const std::string> named);

/// Signs and writes a record that says `facts`: into the registry, or, if `arguments` say so, into
/// a file. Shows first which files would change their verdict.
[[nodiscard]] Outcome<Ending> carry_out(Context& context, const RecordArguments& arguments,
                                        const trust::Registry& registry, trust::RecordFacts facts);

/// Logs those of `records`, which are in the registry at `registry`, that begin or end epochs.
[[nodiscard]] Outcome<> log_records(Context& context, OwnLog& own,
                                    std::span<const trust::RegistryRecord> records,
                                    const std::string& registry);

/// Where a registry has no chain: fails if something was to be logged.
[[nodiscard]] Outcome<> refuse_to_log(const RecordArguments& how);

/// Says which files have another verdict under `after`; in how many cases it is INVALID now.
[[nodiscard]] Outcome<std::size_t> show_verdict_changes(Context& context,
                                                        std::span<const std::string> paths,
                                                        const trust::Registry& before,
                                                        const trust::Registry& after);

/// Refuses to go on where files become INVALID that are not meant to.
[[nodiscard]] Outcome<> refuse_lost_verdicts(std::size_t lost, const RecordArguments& how,
                                             bool is_meant_to_invalidate);

/// Adds `records` to the chain of `registry`, as `trust::append`; record 0 makes the chain where
/// there is no author.
[[nodiscard]] Result<trust::Applied> append_records(trust::Registry& registry,
                                                    std::span<const trust::RegistryRecord> records);

/// The first of `records`, of which one is, that `chain` does not take behind those before it.
[[nodiscard]] std::size_t first_refused(const trust::RegistryChain& chain,
                                        std::span<const trust::RegistryRecord> records);

/// Whether `registry` has that very record in its chain.
[[nodiscard]] bool has_record(const trust::Registry& registry, const trust::RegistryRecord& record);

}  // namespace aion::cli
