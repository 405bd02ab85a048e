// SPDX-License-Identifier: MIT OR Apache-2.0
// Registry files: read them, change them under their lock, never lose another's change.
#include <fmt/format.h>

#include <cerrno>

#include "aion/base/files.hpp"
#include "aion/base/utf8.hpp"
#include "aion/trust/registry.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"

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
        return fail(invalid<TrustDetail::registry_not_the_same>());
    }
    return text;
}

// What an attempt to create or update came to; nothing: somebody interfered, begin again.
using Attempt = std::optional<RegistryUpdate>;

bool is_not_found(const Error& error) {
    return error.code() == ErrorCode::file_not_found || error.os_error() == ENOENT;
}

using Change = std::function<Result<Applied>(Registry&)>;

// True when the file appeared while we were about to create it. Whoever updated it then may have
// swept our temporary file away as a leftover, so a vanished one counts too.
Result<bool> was_created_by_another(const Place& place, const Error& error) {
    if (error.code() == ErrorCode::file_exists) {
        return true;
    }
    if (!is_not_found(error)) {
        return false;
    }
    AION_TRY_ASSIGN(const auto info, place.directory->info(place.name));
    return info.has_value();
}

// Nothing is there that could be locked: the exclusive rename decides between two who create.
Result<Attempt> try_create(Env& env, const Place& place, const UpdateOptions& options,
                           const Change& change) {
    Registry registry;
    AION_TRY_ASSIGN(const Applied applied, change(registry));
    if (applied == Applied::already) {
        return RegistryUpdate{applied, {}};
    }
    AION_TRY_ASSIGN(const std::string text, checked_json(registry));
    if (options.dry_run) {
        return RegistryUpdate{applied, {}};
    }
    WriteOptions how;
    how.replace = Replace::never;
    how.sync = options.sync;
    const ByteView piece = as_bytes(text);
    auto written = write_file_atomically(env, place, {&piece, 1}, how);
    if (written) {
        return RegistryUpdate{applied, *std::move(written)};
    }
    AION_TRY_ASSIGN(const bool interfered, was_created_by_another(place, written.error()));
    if (interfered) {
        return Attempt();
    }
    return fail(std::move(written).error());
}

std::string name_of(const std::filesystem::path& path) {
    return escape_bad_bytes(path.string());
}

Error while_reading(Error error, const std::filesystem::path& path) {
    return std::move(error).in_context(
        fmt::format("Failed to read registry file: {}", name_of(path)));
}

Result<Registry> parse(ByteView bytes, const std::filesystem::path& path) {
    const std::string_view text = as_text(bytes);
    if (const auto fault = find_utf8_fault(text)) {
        return fail(while_reading(error_because(ErrorCode::invalid_utf8, describe(*fault)), path));
    }
    auto registry = Registry::from_json(text);
    if (!registry) {
        return fail(std::move(registry).error().in_context(
            fmt::format("Failed to parse registry file: {}", name_of(path))));
    }
    return registry;
}

Result<Attempt> try_update(Env& env, const Place& place, const UpdateOptions& options,
                           const Change& change) {
    auto lock = place.directory->lock(place.name, options.lock_wait_ms);
    if (!lock) {
        if (is_not_found(lock.error())) {
            return Attempt();
        }
        return fail(std::move(lock).error());
    }
    const auto content = (*lock)->read(Registry::max_json_size);
    if (!content) {
        return fail(while_reading(content.error(), place.shown));
    }
    AION_TRY_ASSIGN(Registry registry, parse((*content)->bytes(), place.shown));
    const UnknownKeys unknown = registry.unknown_keys();
    AION_TRY_ASSIGN(const Applied applied, change(registry));
    if (applied == Applied::already) {
        return RegistryUpdate{applied, {}};
    }
    if (unknown.count != 0) {
        return fail(operation_not_permitted("changing " + name_of(place.shown),
                                            "that its keys which nobody here knows are removed "
                                            "first, because they would be lost: " +
                                                unknown.text()));
    }
    AION_TRY_ASSIGN(const std::string text, checked_json(registry));
    if (options.dry_run) {
        return RegistryUpdate{applied, {}};
    }
    WriteOptions how;
    how.replace = Replace::always;
    how.sync = options.sync;
    // Writers of other programs may know nothing of our lock.
    how.expected = (*content)->info().identity;
    how.lock = lock->get();
    const ByteView piece = as_bytes(text);
    AION_TRY_ASSIGN(WriteReport written, write_file_atomically(env, place, {&piece, 1}, how));
    return RegistryUpdate{applied, std::move(written)};
}

}  // namespace

Result<RegistryFile> read_registry_file(Env& env, const std::filesystem::path& path) {
    auto bytes = read_file(env, path, Registry::max_json_size);
    if (!bytes) {
        return fail(while_reading(std::move(bytes).error(), path));
    }
    AION_TRY_ASSIGN(Registry registry, parse(*bytes, path));
    return RegistryFile{std::move(registry), *std::move(bytes)};
}

Result<Registry> Registry::load(Env& env, const std::filesystem::path& path) {
    AION_TRY_ASSIGN(RegistryFile file, read_registry_file(env, path));
    return std::move(file.registry);
}

Result<RegistryUpdate> update_registry_file(
    Env& env, const std::filesystem::path& path, const UpdateOptions& options,
    const std::function<Result<Applied>(Registry&)>& change) {
    const auto place = locate_to_write(env, path);
    const int cause = place ? 0 : place.error().os_error();
    if ((cause == ENOENT || cause == ENOTDIR) && !options.create) {
        return fail(error_at_path(ErrorCode::file_not_found, name_of(path)));
    }
    if (!place) {
        return fail(place.error());
    }
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        AION_TRY_ASSIGN(const auto info, place->directory->info(place->name));
        if (!info && !options.create) {
            return fail(error_at_path(ErrorCode::file_not_found, name_of(path)));
        }
        AION_TRY_ASSIGN(Attempt outcome, info ? try_update(env, *place, options, change)
                                              : try_create(env, *place, options, change));
        if (outcome) {
            return *std::move(outcome);
        }
    }
    return fail(error_because(ErrorCode::conflict,
                              fmt::format("registry file comes and goes: {}", name_of(path))));
}

}  // namespace aion::trust
