// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/keystore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <tuple>

#include "aion/base/files.hpp"
#include "aion/base/hex.hpp"
#include "aion/crypto/secret.hpp"
#include "base/change.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"
#include "trust/events.hpp"
#include "trust/key_container.hpp"
#include "trust/key_files.hpp"

namespace aion::trust {
namespace {

using key_files::check_lasting;
using key_files::failed_to;
using key_files::file_name;
using key_files::hybrid_suffix;
using key_files::key_suffix;
using key_files::max_key_file_size;
using key_files::prefix;
using key_files::public_suffix;
using key_files::read_key_file;
using key_files::shown;
using key_files::write_key_file;

constexpr std::uint32_t public_file_mode = 0644;
constexpr std::uint32_t directory_mode = 0700;

// `author-{digits}.key`; like the reference, also with a plus sign or leading zeros.
std::optional<KeyId> key_id_of(std::string_view name) {
    if (!name.starts_with(prefix) || !name.ends_with(key_suffix) ||
        name.size() <= prefix.size() + key_suffix.size()) {
        return std::nullopt;
    }
    name.remove_prefix(prefix.size());
    name.remove_suffix(key_suffix.size());
    if (name.starts_with('+')) {
        name.remove_prefix(1);
    }
    KeyId id;
    const char* const end = name.data() + name.size();
    const auto [stopped, problem] = std::from_chars(name.data(), end, id.value);
    if (problem != std::errc{} || stopped != end) {
        return std::nullopt;
    }
    return id;
}

std::optional<PublicKey> read_public_file(Env& env, const std::filesystem::path& path) {
    const auto content = read_file(env, path, max_key_file_size);
    if (!content) {
        return std::nullopt;
    }
    std::string_view text = as_text(*content);
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    const auto key = octets_from_hex<PublicKey>(text);
    return key ? std::optional(*key) : std::nullopt;
}

// Best effort: the file is a convenience, and the key works without it.
void write_public_file(Env& env, const Place& place, const PublicKey& key) {
    const std::string text = to_hex(key) + "\n";
    const ByteView piece = as_bytes(text);
    WriteOptions how;
    how.replace = Replace::always;
    how.mode = public_file_mode;
    how.may_be_interrupted = false;  // the key is there
    if (!write_file_atomically(env, place, {&piece, 1}, how)) {
        // A stale one would name a key that is not there.
        std::ignore = place.directory->remove(place.name);
    }
}

Result<crypto::SigningKey> load_key(Env& env, KeyId id, const std::filesystem::path& path) {
    AION_TRY_ASSIGN(const Bytes container, read_key_file(env, id, path));
    // Before the machine id, so that a damaged file is not blamed on the machine.
    AION_TRY(check_local_container(container));
    AION_TRY_ASSIGN(const MachineId machine, env.machine_id());
    return open_local_key(id, container, machine.text);
}

// The `reason` of `keystore_load_rejected` (docs/errors.md#events): the reference's words, which
// are fewer than the codes.
std::string_view rejection_reason(ErrorCode code) {
    switch (code) {
        case ErrorCode::key_not_found:
            return "key_not_found";
        case ErrorCode::invalid_private_key:
            return "invalid_key_bytes";
        case ErrorCode::keyring_error:
            return "keyring_error";
        default:
            return "load_error";
    }
}

std::optional<std::string> exposed(const std::filesystem::path& path, const FileInfo& file,
                                   const std::filesystem::path& directory, const FileInfo& folder) {
    constexpr std::uint32_t others = 077;
    constexpr std::uint32_t others_write = 022;
    if ((file.mode & others) != 0) {
        return fmt::format("{} can be read by others (mode {:04o}): chmod 600 it", shown(path),
                           file.mode & 07777U);
    }
    // Whoever may write to it may put another key into the place of this one.
    if ((folder.mode & others_write) != 0) {
        return fmt::format("{} can be changed by others (mode {:04o}): chmod 700 it",
                           shown(directory), folder.mode & 07777U);
    }
    return std::nullopt;
}

// What is wrong with a listed key as far as one can tell without opening it.
std::optional<Error> find_problem(Env& env, KeyId id, const std::filesystem::path& path) {
    const std::string expected = file_name(id, key_suffix);
    if (path.filename() != expected) {
        return invalid<TrustDetail::key_file_misnamed>(id.value, expected);
    }
    const auto content = read_key_file(env, id, path);
    if (!content) {
        return content.error();
    }
    const auto checked = check_local_container(*content);
    return checked ? std::nullopt : std::optional(checked.error());
}

}  // namespace

Result<bool> Keystore::contains(KeyId id) const {
    const auto info = env_->info(key_path(id));
    if (!info) {
        return fail(failed_to("check", info.error()));
    }
    return info->has_value();
}

Result<PublicKey> Keystore::generate(KeyId id) {
    AION_TRY_ASSIGN(const crypto::SigningKey key, crypto::SigningKey::generate(*env_));
    AION_TRY(store(id, key));
    emit<TrustEvent::keystore_key_created>(events_, std::to_string(id.value), Event::Name{"file"});
    return key.public_half();
}

Result<> Keystore::store(KeyId id, const crypto::SigningKey& key) {
    const std::filesystem::path path = key_path(id);
    // Said early to spare the key derivation; decided by the exclusive write below.
    AION_TRY_ASSIGN(const bool exists, contains(id));
    if (exists) {
        return fail(error_at_path(ErrorCode::file_exists, shown(path)));
    }
    const auto directory = env_->create_directories(directory_, directory_mode);
    if (!directory) {
        return fail(failed_to("create_dir", directory.error()));
    }
    AION_TRY_ASSIGN(const MachineId machine, env_->machine_id());
    AION_TRY(check_lasting(machine));
    std::array<std::uint8_t, 12> nonce{};
    AION_TRY(env_->random(nonce));
    AION_TRY_ASSIGN(const Bytes container, seal_local_key(id, key.seed(), machine.text, nonce));
    AION_TRY(write_key_file(*env_, {*directory, file_name(id, key_suffix), path}, container));
    write_public_file(*env_, {*directory, file_name(id, public_suffix), public_path(id)},
                      key.public_half());
    return {};
}

Result<crypto::SigningKey> Keystore::load(KeyId id) const {
    auto key = load_key(*env_, id, key_path(id));
    if (!key) {
        emit<TrustEvent::keystore_load_rejected>(events_, std::to_string(id.value),
                                                 Event::Name{rejection_reason(key.error().code())});
        return key;
    }
    if (read_public_file(*env_, public_path(id)) != key->public_half()) {
        if (const auto directory = env_->open_directory(directory_)) {
            write_public_file(*env_, {*directory, file_name(id, public_suffix), public_path(id)},
                              key->public_half());
        }
    }
    return key;
}

Result<> Keystore::remove(KeyId id) {
    const auto directory = env_->open_directory(directory_);
    if (!directory && directory.error().os_error() == ENOENT) {
        return fail(key_not_found(id.value, "key file not found"));
    }
    if (!directory) {
        return fail(failed_to("delete", directory.error()));
    }
    Change change(*env_);
    AION_TRY(change.may_go_on(key_path(id)));
    // The public half first: interrupted in between, a key without one is complete, while a
    // public half without a key would be taken for the next key's. A post-quantum half without
    // its key would be in the way of the next one.
    const auto public_removed = (*directory)->remove(file_name(id, public_suffix));
    if (!public_removed && public_removed.error().code() != ErrorCode::file_not_found) {
        return fail(failed_to("delete", public_removed.error()));
    }
    const auto half_removed = (*directory)->remove(file_name(id, hybrid_suffix));
    if (!half_removed && half_removed.error().code() != ErrorCode::file_not_found) {
        return fail(failed_to("delete", half_removed.error()));
    }
    if (const auto removed = (*directory)->remove(file_name(id, key_suffix)); !removed) {
        if (removed.error().code() == ErrorCode::file_not_found) {
            return fail(key_not_found(id.value, "key file not found"));
        }
        return fail(failed_to("delete", removed.error()));
    }
    change.done();
    if (const auto synced = (*directory)->sync(); !synced) {
        return fail(failed_to("delete", synced.error())
                        .in_context("The key was removed, but may come back after a power cut"));
    }
    return {};
}

Result<std::vector<KeyListing>> Keystore::list() const {
    const auto directory = env_->open_directory(directory_);
    if (!directory && directory.error().os_error() == ENOENT) {
        return std::vector<KeyListing>{};
    }
    const auto names = directory ? (*directory)->list() : fail(directory.error());
    if (!names) {
        return fail(failed_to("list", names.error()));
    }
    std::vector<KeyListing> listings;
    for (const std::string& name : *names) {
        if (const auto id = key_id_of(name)) {
            const std::filesystem::path path = directory_ / name;
            auto problem = find_problem(*env_, *id, path);
            const bool is_ours = name == file_name(*id, key_suffix);
            listings.push_back({*id, path,
                                is_ours ? read_public_file(*env_, public_path(*id)) : std::nullopt,
                                std::move(problem), is_ours ? exposure(*id) : std::nullopt});
        }
    }
    std::ranges::sort(listings, [](const KeyListing& a, const KeyListing& b) {
        return a.id != b.id ? a.id < b.id : a.path < b.path;
    });
    return listings;
}

Result<Bytes> Keystore::export_key(KeyId id, ByteView password) const {
    if (password.empty()) {
        return fail(error_because(ErrorCode::invalid_argument, "password cannot be empty"));
    }
    AION_TRY_ASSIGN(const crypto::SigningKey key, load(id));
    std::array<std::uint8_t, 16> salt{};
    std::array<std::uint8_t, 12> nonce{};
    AION_TRY(env_->random(salt));
    AION_TRY(env_->random(nonce));
    return seal_exported_key(id, key.seed(), password, salt, nonce);
}

Result<PublicKey> Keystore::import_key(KeyId id, ByteView container, ByteView password,
                                       std::optional<KeyId> exported_as) {
    AION_TRY_ASSIGN(const bool exists, contains(id));
    if (exists) {
        return fail(error_at_path(ErrorCode::file_exists, shown(key_path(id))));
    }
    AION_TRY_ASSIGN(const crypto::SigningKey key,
                    open_exported_key(exported_as.value_or(id), container, password));
    AION_TRY(store(id, key));
    return key.public_half();
}

std::optional<std::string> Keystore::exposure(KeyId id) const {
    const auto directory = env_->info(directory_);
    for (const std::string_view suffix : {key_suffix, hybrid_suffix}) {
        const std::filesystem::path path = directory_ / file_name(id, suffix);
        const auto file = env_->info(path);
        if (file && *file && directory && *directory) {
            if (auto found = exposed(path, **file, directory_, **directory)) {
                return found;
            }
        }
    }
    return std::nullopt;
}

std::filesystem::path Keystore::key_path(KeyId id) const {
    return directory_ / file_name(id, key_suffix);
}

std::filesystem::path Keystore::public_path(KeyId id) const {
    return directory_ / file_name(id, public_suffix);
}

}  // namespace aion::trust
