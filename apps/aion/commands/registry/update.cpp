// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/update.hpp"

#include <fmt/format.h>

#include <utility>

#include "shell/file_output.hpp"

namespace aion::cli {
namespace {

using trust::Applied;
using trust::RevocationRecord;
using trust::RotationRecord;

struct Description {
    std::string operator()(const RotationRecord& record) const {
        return fmt::format("Rotated author {}: epoch {} → {}, effective from version {}",
                           to_string(record.author), to_string(record.from_epoch),
                           to_string(record.to_epoch), to_string(record.effective_from));
    }

    std::string operator()(const RevocationRecord& record) const {
        return fmt::format("Revoked author {} epoch {} ({}), effective from version {}",
                           to_string(record.author), to_string(record.epoch),
                           name_of(record.reason), to_string(record.effective_from));
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

bool collapses(const trust::Registry& registry, const RotationRecord& record) {
    const trust::EpochRecord* const latest = registry.latest_epoch(record.author);
    return latest != nullptr && latest->epoch == record.from_epoch &&
           latest->active_from == record.effective_from;
}

}  // namespace

Outcome<Applied> update_registry(Context& context, const std::string& path, Creation creation,
                                 const std::function<Result<Applied>(trust::Registry&)>& change) {
    trust::UpdateOptions options;
    options.create = creation == Creation::allowed;
    auto applied = trust::update_registry_file(context.env, path, options, change);
    if (!applied && applied.error().code() == ErrorCode::file_not_found) {
        return fail_because(applied.error(), "Registry file not found: " + path,
                            "Hint: use `aion registry pin` first to create one.");
    }
    if (!applied) {
        return fail_with(applied.error());
    }
    context.console.deed(
        path + (applied->applied == Applied::changed ? " was changed" : " said so already"));
    warn_about(context.console, applied->written, path);
    return applied->applied;
}

Result<Applied> apply_records(trust::Registry& registry,
                              std::span<const trust::SignedRecord> records) {
    Applied outcome = Applied::already;
    for (const trust::SignedRecord& record : records) {
        auto applied = registry.apply(record);
        if (!applied) {
            return aion::fail(std::move(applied.error()).in_context(std::visit(Attempt{}, record)));
        }
        outcome = *applied == Applied::changed ? Applied::changed : outcome;
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
            "--effective-from-version {0} matches epoch {1}'s created_at_version: epoch {1}'s "
            "window would collapse to [{0}, {0}) and every signature by author {2} at version {0} "
            "would fail to verify.\nPass a later version to leave existing signatures valid.",
            version, to_string(rotation->from_epoch), to_string(rotation->author));
        return;
    }
}

void report_update(Console& console, Applied applied, std::span<const std::string> lines,
                   const std::string& path) {
    for (const std::string& line : lines) {
        console.success(line);
    }
    console.out().write(fmt::format("   Registry: {}\n", shown(path)));
    if (applied == Applied::already) {
        console.hint("The registry said so already; nothing was changed");
    }
}

}  // namespace aion::cli
