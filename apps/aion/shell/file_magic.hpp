// SPDX-License-Identifier: MIT OR Apache-2.0
// What a file is, by its first bytes: to tell people who named another than they meant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aion/base/env.hpp"

namespace aion::cli {

enum class Magic : std::uint8_t {
    none,  ///< Anything else, a registry among it.
    aion_file,
    stored_key,
    exported_key,
};

/// Reads the first four bytes. Error: `file_read_error`.
[[nodiscard]] Result<Magic> magic_of(ReadableFile& file);

/// The same of the regular file `path`; none if that cannot be found out.
[[nodiscard]] Magic magic_at(Env& env, const std::string& path);

/// How many bytes `key_in` needs.
inline constexpr std::size_t key_head_size = 5;

/// Whether these are the first bytes of a key, stored or exported; a text that begins with the same
/// letters is none.
[[nodiscard]] Magic key_in(ByteView bytes) noexcept;

/// Whether the file is a registry, even one that does not load: because somebody edits it or
/// because a newer aion wrote it, it is worth as much as one that does. Error: `file_read_error`.
[[nodiscard]] Result<bool> looks_like_a_registry(ReadableFile& file);

/// What to do about the regular file `path` that is no `.aion` file, if it begins like something
/// else that aion knows: `registry.json looks like a registry: …`; else nothing. Nothing of
/// standard input.
[[nodiscard]] std::string advice_on_no_aion_file(Env& env, const std::string& path);

/// `an .aion file`, `a stored key`, `an exported key`.
[[nodiscard]] std::string_view name_of(Magic magic) noexcept;

}  // namespace aion::cli
