// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/update.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "aion/base/hex.hpp"
#include "shell/file_output.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

using trust::Applied;
using trust::EpochRecord;
using trust::RevocationRecord;
using trust::RotationRecord;

using Place = std::pair<AuthorId, Epoch>;

// Whose end a record is about.
struct Ended {
    Place operator()(const RotationRecord& record) const {
        return {record.author, record.from_epoch};
    }

    Place operator()(const RevocationRecord& record) const { return {record.author, record.epoch}; }
};

// Those of `places` that are epochs without any version.
std::set<Place> hollow_ones(const trust::Registry& registry, const std::set<Place>& places) {
    std::set<Place> hollow;
    for (const Place& place : places) {
        const EpochRecord* const epoch = registry.find(place.first, place.second);
        if (epoch != nullptr && !epoch->may_sign_any()) {
            hollow.insert(place);
        }
    }
    return hollow;
}

// What a record did. The registry is as all records have left it.
struct Description {
    const trust::Registry* registry;
    Applied applied;

    std::string operator()(const RotationRecord& record) const {
        if (applied == Applied::already) {
            return fmt::format(
                "Unchanged: epoch {} of author {} already handed over to epoch {} at "
                "version {}",
                to_string(record.from_epoch), to_string(record.author), to_string(record.to_epoch),
                to_string(record.effective_from));
        }
        return fmt::format("Rotated author {}: epoch {} to {}, effective from version {}",
                           to_string(record.author), to_string(record.from_epoch),
                           to_string(record.to_epoch), to_string(record.effective_from));
    }

    // Another may have been tighter, and then this one is nowhere.
    std::string operator()(const RevocationRecord& record) const {
        const EpochRecord* const epoch = registry->find(record.author, record.epoch);
        const EpochRecord::Revocation own{record.reason, record.effective_from};
        const auto counts = epoch == nullptr ? own : epoch->revocation.value_or(own);
        if (applied == Applied::already || counts != own) {
            return fmt::format(
                "Unchanged: epoch {} of author {} is already revoked ({}) from version {} on",
                to_string(record.epoch), to_string(record.author), word_for(counts.reason),
                to_string(counts.effective_from));
        }
        return fmt::format("Revoked author {} epoch {} ({}), effective from version {}",
                           to_string(record.author), to_string(record.epoch),
                           word_for(record.reason), to_string(record.effective_from));
    }
};

struct Attempt {
    std::string operator()(const RotationRecord& record) const {
        return fmt::format(
            "Failed to apply rotation for author {} (from epoch {} to epoch {} effective version "
            "{})",
            to_string(record.author), to_string(record.from_epoch), to_string(record.to_epoch),
            to_string(record.effective_from));
    }

    std::string operator()(const RevocationRecord& record) const {
        return fmt::format("Failed to apply revocation for author {} epoch {} effective version {}",
                           to_string(record.author), to_string(record.epoch),
                           to_string(record.effective_from));
    }
};

std::string not_by_the_master(const trust::Registry& registry, AuthorId author) {
    const auto* const known = registry.find(author);
    return fmt::format(
        "it was changed since, or not signed with the master key of author {}{}", to_string(author),
        known == nullptr ? "" : ", whose public half is " + to_hex(known->master_key));
}

Error failed_to_apply(const trust::Registry& registry, const trust::SignedRecord& record,
                      Error error) {
    if (error.code() == ErrorCode::invalid_signature) {
        const AuthorId author = std::visit(Ended{}, record).first;
        error = std::move(error).in_context(not_by_the_master(registry, author));
    }
    return std::move(error).in_context(std::visit(Attempt{}, record));
}

// Refused for want of an epoch that another record may bring.
bool may_wait(const Error& error) {
    return error.detail() == "registry_unknown_epoch" || error.detail() == "rotation_wrong_source";
}

bool collapses(const trust::Registry& registry, const RotationRecord& record) {
    const trust::EpochRecord* const latest = registry.latest_epoch(record.author);
    return latest != nullptr && latest->epoch == record.from_epoch &&
           latest->active_from == record.effective_from;
}

Outcome<trust::RegistryUpdate> update(Context& context, const std::string& path,
                                      const trust::UpdateOptions& options,
                                      const RegistryChange& change) {
    auto applied = [&] {
        const Progress progress = context.progress("Changing", path);
        return trust::update_registry_file(context.env, path, options, change);
    }();
    if (!applied && applied.error().code() == ErrorCode::file_not_found) {
        return fail_because(applied.error(), "Registry file not found: " + path,
                            "To create one: `aion registry init`");
    }
    if (!applied) {
        return fail_with(applied.error());
    }
    return *std::move(applied);
}

// In an order that works; what became of each, in the order given.
Result<std::vector<Applied>> apply_each(trust::Registry& registry,
                                        std::span<const trust::SignedRecord> records) {
    std::vector<Applied> outcomes(records.size(), Applied::already);
    std::vector<std::size_t> waiting(records.size());
    std::iota(waiting.begin(), waiting.end(), std::size_t{0});
    // Each round applies what it can, until none of the rest waits for another.
    while (!waiting.empty()) {
        std::vector<std::size_t> postponed;
        std::optional<Error> first;
        for (const std::size_t at : waiting) {
            auto applied = registry.apply(records[at]);
            if (applied) {
                outcomes[at] = *applied;
                continue;
            }
            Error error = failed_to_apply(registry, records[at], std::move(applied.error()));
            if (!may_wait(error)) {
                return aion::fail(std::move(error));
            }
            if (!first) {
                first = std::move(error);
            }
            postponed.push_back(at);
        }
        if (postponed.size() == waiting.size()) {
            return aion::fail(*std::move(first));
        }
        waiting = std::move(postponed);
    }
    return outcomes;
}

}  // namespace

Outcome<trust::Registry> preview_update(Context& context, const std::string& path,
                                        Creation creation, const RegistryChange& change) {
    trust::UpdateOptions options;
    options.create = creation == Creation::allowed;
    options.dry_run = true;
    trust::Registry preview;
    const auto remember = [&](trust::Registry& registry) {
        auto applied = change(registry);
        preview = registry;
        return applied;
    };
    CLI_TRY(update(context, path, options, remember));
    return preview;
}

Outcome<Applied> update_registry(Context& context, const std::string& path, Creation creation,
                                 const RegistryChange& change) {
    trust::UpdateOptions options;
    options.create = creation == Creation::allowed;
    CLI_TRY_ASSIGN(const trust::RegistryUpdate applied, update(context, path, options, change));
    context.console.deed(
        path + (applied.applied == Applied::changed ? " was changed" : " said so already"));
    warn_about(context.console, applied.written, path);
    return applied.applied;
}

Result<AppliedRecords> apply_records(trust::Registry& registry,
                                     std::span<const trust::SignedRecord> records) {
    std::set<Place> ended;
    for (const trust::SignedRecord& record : records) {
        ended.insert(std::visit(Ended{}, record));
    }
    const std::set<Place> hollow_before = hollow_ones(registry, ended);
    const auto each = apply_each(registry, records);
    if (!each) {
        return aion::fail(each.error());
    }
    AppliedRecords applied;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const Applied one = (*each)[i];
        applied.outcome = one == Applied::changed ? one : applied.outcome;
        applied.lines.push_back(std::visit(Description{&registry, one}, records[i]));
    }
    for (const Place& place : hollow_ones(registry, ended)) {
        if (!hollow_before.contains(place)) {
            applied.warnings.push_back(
                fmt::format("epoch {} of author {} may sign no version any more: what it signed is "
                            "INVALID",
                            to_string(place.second), to_string(place.first)));
        }
    }
    return applied;
}

void explain_collapse(Context& context, const std::string& path,
                      std::span<const trust::SignedRecord> records, Failure& failure) {
    const auto registry = trust::Registry::load(context.env, path);
    if (!registry || !failure.remedy.empty()) {
        return;
    }
    for (const trust::SignedRecord& record : records) {
        const auto* const rotation = std::get_if<RotationRecord>(&record);
        if (rotation == nullptr || !collapses(*registry, *rotation)) {
            continue;
        }
        const std::uint64_t version = rotation->effective_from.value;
        const auto better = next(std::max(rotation->effective_from, genesis_version));
        failure.remedy = fmt::format(
            "--effective-from-version {0} is where epoch {1} itself begins: no version would be "
            "left to epoch {1}, and what author {2} signed with its key would become INVALID.{3}",
            version, to_string(rotation->from_epoch), to_string(rotation->author),
            better ? fmt::format("\nPass {} or a later one, which leaves the versions before it to "
                                 "epoch {}",
                                 to_string(*better), to_string(rotation->from_epoch))
                   : "");
        return;
    }
}

void report_update(Console& console, Applied applied, std::span<const std::string> lines,
                   const std::string& path) {
    for (const std::string& line : lines) {
        console.success(line);
    }
    console.out().write(fmt::format("  Registry: {}\n", shown(path)));
    if (applied == Applied::already) {
        console.hint("Nothing was written");
    }
}

}  // namespace aion::cli
