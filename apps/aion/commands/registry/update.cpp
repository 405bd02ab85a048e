// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/update.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "shell/file_output.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

using trust::Applied;
using trust::RevocationRecord;
using trust::RotationRecord;

struct Description {
    std::string operator()(const RotationRecord& record) const {
        return fmt::format("Rotated author {}: epoch {} to {}, effective from version {}",
                           to_string(record.author), to_string(record.from_epoch),
                           to_string(record.to_epoch), to_string(record.effective_from));
    }

    std::string operator()(const RevocationRecord& record) const {
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

Error failed_to_apply(const trust::SignedRecord& record, Error error) {
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
                            "Hint: use `aion registry pin` first to create one.");
    }
    if (!applied) {
        return fail_with(applied.error());
    }
    return *std::move(applied);
}

}  // namespace

Outcome<trust::Registry> preview_update(Context& context, const std::string& path,
                                        const RegistryChange& change) {
    trust::UpdateOptions options;
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

Result<Applied> apply_records(trust::Registry& registry,
                              std::span<const trust::SignedRecord> records) {
    Applied outcome = Applied::already;
    std::vector<const trust::SignedRecord*> waiting;
    for (const trust::SignedRecord& record : records) {
        waiting.push_back(&record);
    }
    // Each round applies what it can, until none of the rest waits for another.
    while (!waiting.empty()) {
        std::vector<const trust::SignedRecord*> postponed;
        std::optional<Error> first;
        for (const trust::SignedRecord* const record : waiting) {
            auto applied = registry.apply(*record);
            if (applied) {
                outcome = *applied == Applied::changed ? Applied::changed : outcome;
                continue;
            }
            if (!may_wait(applied.error())) {
                return aion::fail(failed_to_apply(*record, std::move(applied.error())));
            }
            if (!first) {
                first = failed_to_apply(*record, std::move(applied.error()));
            }
            postponed.push_back(record);
        }
        if (postponed.size() == waiting.size()) {
            return aion::fail(*std::move(first));
        }
        waiting = std::move(postponed);
    }
    return outcome;
}

std::string describe(const trust::SignedRecord& record) {
    return std::visit(Description{}, record);
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
        failure.remedy = fmt::format(
            "--effective-from-version {0} is where epoch {1} itself begins: no version would be "
            "left to epoch {1}, and what author {2} signed with its key would become INVALID.\n"
            "Pass a later version, which leaves the versions before it to epoch {1}",
            version, to_string(rotation->from_epoch), to_string(rotation->author));
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
        console.hint("The registry said so already, or more; nothing was changed");
    }
}

}  // namespace aion::cli
