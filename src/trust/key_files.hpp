// SPDX-License-Identifier: MIT OR Apache-2.0
// The files of a keystore's directory: their names, and how they are read and written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/files.hpp"
#include "aion/base/result.hpp"
#include "aion/trust/keystore.hpp"

namespace aion::trust::key_files {

inline constexpr std::string_view prefix = "author-";
inline constexpr std::string_view key_suffix = ".key";
inline constexpr std::string_view public_suffix = ".pub";
/// Of post-quantum halves: no name that the reference takes for a key.
inline constexpr std::string_view hybrid_suffix = ".pqkey";
/// Far above 65 bytes, so that what is merely too long fails as the reference lets it fail.
inline constexpr std::uint64_t max_key_file_size = 4096;

[[nodiscard]] std::string file_name(KeyId id, std::string_view suffix);
/// A path as messages have it.
[[nodiscard]] std::string shown(const std::filesystem::path& path);
/// `keyring_error` of an operation; keeps what the cause says about the file concerned and about
/// the state that it left behind.
[[nodiscard]] Error failed_to(std::string_view operation, const Error& cause);

/// Errors: `key_not_found`, `key_file_too_large`.
[[nodiscard]] Result<Bytes> read_key_file(Env& env, KeyId id, const std::filesystem::path& path);
/// Never replaces a file. Errors: `file_exists`, `entropy_unavailable`, `interrupted`,
/// `keyring_error`.
[[nodiscard]] Result<> write_key_file(Env& env, const Place& place, ByteView container);

/// A key that is bound to what the next boot replaces would be lost then. Keys that are there
/// already are opened under whatever they were made. Error: `invalid_private_key`.
[[nodiscard]] Result<> check_lasting(const MachineId& machine);

}  // namespace aion::trust::key_files
