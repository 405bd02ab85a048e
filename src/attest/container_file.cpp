// SPDX-License-Identifier: MIT OR Apache-2.0
// Container files: read them, add to them under their lock, never lose another's entry.
#include <fmt/format.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "aion/attest/container.hpp"
#include "aion/base/utf8.hpp"
#include "base/try.hpp"

namespace aion::attest {
namespace {

// How often to begin again when the file appears or disappears between two looks at it.
constexpr int max_attempts = 16;

// Nothing: somebody interfered, begin again.
using Attempt = std::optional<Added>;

std::string name_of(const std::filesystem::path& path) {
    return escape_bad_bytes(path.string());
}

bool is_not_found(const Error& error) {
    return error.code() == ErrorCode::file_not_found || error.os_error() == ENOENT;
}

Result<Container> parse_file(ByteView bytes, const std::filesystem::path& path) {
    auto container = Container::parse(bytes);
    if (!container) {
        return fail(std::move(container).error().in_context(
            fmt::format("Failed to read attestations: {}", name_of(path))));
    }
    return container;
}

Result<Attempt> write(Env& env, const Place& place, const Container& container,
                      const WriteOptions& how) {
    const Bytes bytes = container.to_bytes();
    const ByteView piece(bytes);
    AION_TRY_ASSIGN(WriteReport written, write_file_atomically(env, place, {&piece, 1}, how));
    return Added{.is_new = true, .entries = container.size(), .written = std::move(written)};
}

// Nothing is there that could be locked: the exclusive rename decides between two who create.
Result<Attempt> try_create(Env& env, const Place& place, const NewEntry& added,
                           const AddOptions& options) {
    Container container(added.file);
    AION_TRY_ASSIGN(const bool is_new, container.add(added.number, added.hash, added.entry));
    auto made = write(env, place, container, {.replace = Replace::never, .sync = options.sync});
    if (made || !is_new) {
        return made;
    }
    if (made.error().code() == ErrorCode::file_exists) {
        return Attempt();
    }
    if (is_not_found(made.error())) {
        // Whoever came first may have swept our temporary file away as a leftover.
        AION_TRY_ASSIGN(const auto info, place.directory->info(place.name));
        if (info) {
            return Attempt();
        }
    }
    return fail(std::move(made).error());
}

Result<Attempt> try_update(Env& env, const Place& place, const NewEntry& added,
                           const AddOptions& options) {
    auto lock = place.directory->lock(place.name, options.lock_wait_ms);
    if (!lock) {
        if (is_not_found(lock.error())) {
            return Attempt();
        }
        return fail(std::move(lock).error());
    }
    AION_TRY_ASSIGN(const auto content, (*lock)->read(max_container_size));
    AION_TRY_ASSIGN(Container container, parse_file(content->bytes(), place.shown));
    if (container.file_id() != added.file) {
        return fail(error_because(
            ErrorCode::invalid_argument,
            fmt::format("{} has attestations of the file {}, and not of {}", name_of(place.shown),
                        to_string(container.file_id()), to_string(added.file))));
    }
    AION_TRY_ASSIGN(const bool is_new, container.add(added.number, added.hash, added.entry));
    if (!is_new) {
        return Added{.is_new = false, .entries = container.size()};
    }
    return write(env, place, container,
                 {.replace = Replace::always,
                  .sync = options.sync,
                  // Writers of other programs may know nothing of our lock.
                  .expected = content->info().identity,
                  .lock = lock->get()});
}

}  // namespace

Result<Container> read_container(Env& env, const std::filesystem::path& path) {
    AION_TRY_ASSIGN(const Bytes bytes, read_file(env, path, max_container_size));
    return parse_file(bytes, path);
}

Result<Added> add_to_file(Env& env, const std::filesystem::path& path, const NewEntry& added,
                          const AddOptions& options) {
    AION_TRY_ASSIGN(const Place place, locate_to_write(env, path));
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        AION_TRY_ASSIGN(const auto info, place.directory->info(place.name));
        AION_TRY_ASSIGN(Attempt outcome, info ? try_update(env, place, added, options)
                                              : try_create(env, place, added, options));
        if (outcome) {
            return *std::move(outcome);
        }
    }
    return fail(error_because(ErrorCode::conflict,
                              fmt::format("container comes and goes: {}", name_of(path))));
}

}  // namespace aion::attest
