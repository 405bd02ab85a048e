// SPDX-License-Identifier: MIT OR Apache-2.0
// What a file is, by its first bytes: to tell people who named another than they meant.
#pragma once

#include <cstdint>
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

/// `an .aion file`, `a stored key`, `an exported key`.
[[nodiscard]] std::string_view name_of(Magic magic) noexcept;

}  // namespace aion::cli
