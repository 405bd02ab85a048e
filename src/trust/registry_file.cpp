// SPDX-License-Identifier: MIT OR Apache-2.0
// Registry files: read them, change them under their lock, never lose another's change.
#include <cerrno>
#include <tuple>

#include "aion/base/files.hpp"
#include "aion/base/utf8.hpp"
#include "aion/trust/registry.hpp"
#include "base/try.hpp"

namespace aion::trust {
namespace {

// How often to begin again when the file appears or disappears between two looks at it.
constexpr int max_attempts = 16;

// Nothing is written that cannot be loaded again.
Result<std::string> checked_json(const Registry& registry) {
    std::string text = registry.to_json();
    auto again = Registry::from_json(text);
    if (!again) {
        return fail(std::move(again).error().in_context(
            "The changed registry could not be loaded again and was not written"));
    }
    if (*again != registry) {
        return fail(invalid_format(
            "the changed registry would not load as the same registry and was not written"));
    }
    return text;
}

// What an attempt to create or update came to; nothing: somebody interfered, begin again.
using Attempt = std::optional<Applied>;

bool is_not_found(const Error& error) {
    return error.code() == ErrorCode::file_not_found || error.os_error() == ENOENT;
}

using Change = std::function<Result<Applied>(Registry&)>;

// True when the file appeared while we were about to create it. Whoever updated it then may have
// swept our temporary file away as a leftover, so a vanished one counts too.
Result<bool> was_created_by_another(Env& env, const std::filesystem::path& path,
                                    const Error& error) {
    if (error.code() == ErrorCode::file_exists) {
        return true;
    }
    if (!is_not_found(error)) {
        return false;
    }
    AION_TRY_ASSIGN(const auto info, env.info(path));
    return info.has_value();
}

Result<Attempt> try_create(Env& env, const std::filesystem::path& path, bool sync,
                           const Change& change) {
    Registry registry;
    AION_TRY_ASSIGN(const Applied applied, change(registry));
    if (applied == Applied::already) {
        return Attempt(applied);
    }
    AION_TRY_ASSIGN(const std::string text, checked_json(registry));
    WriteOptions how;
    how.replace = Replace::never;
    how.sync = sync;
    const ByteView piece = as_bytes(text);
    auto written = write_file_atomically(env, path, {&piece, 1}, how);
    if (written) {
        return Attempt(applied);
    }
    AION_TRY_ASSIGN(const bool interfered, was_created_by_another(env, path, written.error()));
    if (interfered) {
        return Attempt();
    }
    return fail(std::move(written).error());
}

// Writers of other programs may know nothing of our lock: look once more before the swap.
Result<> check_unchanged(Env& env, const std::filesystem::path& path,
                         const FileInfo::Identity& before) {
    AION_TRY_ASSIGN(const auto now, env.info(path));
    if (now && now->identity == before) {
        return {};
    }
    return fail(error_because(ErrorCode::conflict, "registry file was changed meanwhile: " +
                                                       to_valid_utf8(path.string())));
}

Result<Attempt> try_update(Env& env, const std::filesystem::path& path,
                           const UpdateOptions& options, const Change& change) {
    auto lock = env.lock(path, options.lock_wait_ms);
    if (!lock) {
        if (is_not_found(lock.error())) {
            return Attempt();
        }
        return fail(std::move(lock).error());
    }
    AION_TRY_ASSIGN(const FileInfo before, (*lock)->info());
    AION_TRY_ASSIGN(Registry registry, Registry::load(env, path));
    AION_TRY_ASSIGN(const Applied applied, change(registry));
    if (applied == Applied::already) {
        return Attempt(applied);
    }
    AION_TRY_ASSIGN(const std::string text, checked_json(registry));
    WriteOptions how;
    how.replace = Replace::always;
    how.sync = options.sync;
    how.before_rename = [&] { return check_unchanged(env, path, before.identity); };
    const ByteView piece = as_bytes(text);
    AION_TRY(write_file_atomically(env, path, {&piece, 1}, how));
    return Attempt(applied);
}

}  // namespace

Result<Registry> Registry::load(Env& env, const std::filesystem::path& path) {
    const std::string name = to_valid_utf8(path.string());
    const std::string while_reading = "Failed to read registry file: " + name;
    auto bytes = read_file(env, path, max_json_size);
    if (!bytes) {
        return fail(std::move(bytes).error().in_context(while_reading));
    }
    const std::string_view text = as_text(*bytes);
    if (const auto fault = find_utf8_fault(text)) {
        return fail(
            error_because(ErrorCode::invalid_utf8, describe(*fault)).in_context(while_reading));
    }
    auto registry = from_json(text);
    if (!registry) {
        return fail(
            std::move(registry).error().in_context("Failed to parse registry file: " + name));
    }
    return registry;
}

Result<Applied> update_registry_file(Env& env, const std::filesystem::path& path,
                                     const UpdateOptions& options,
                                     const std::function<Result<Applied>(Registry&)>& change) {
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        AION_TRY_ASSIGN(const auto info, env.info(path));
        if (!info && !options.create) {
            return fail(error_at_path(ErrorCode::file_not_found, to_valid_utf8(path.string())));
        }
        AION_TRY_ASSIGN(const Attempt outcome, info ? try_update(env, path, options, change)
                                                    : try_create(env, path, options.sync, change));
        if (outcome) {
            return *outcome;
        }
    }
    return fail(error_because(ErrorCode::conflict,
                              "registry file comes and goes: " + to_valid_utf8(path.string())));
}

}  // namespace aion::trust
