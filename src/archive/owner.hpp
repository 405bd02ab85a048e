// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether what is believed can be nobody else's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"

namespace aion::archive {

/// The user that this process acts as, or root, who could do anything to us anyway.
[[nodiscard]] bool is_trusted(std::uint32_t user) noexcept;

/// Who may make, replace and remove files beside one.
enum class Beside : std::uint8_t {
    nobody,         ///< For what obeys files beside it.
    sticky_for_all  ///< Others, too, where each can only touch his own, as in `/tmp`.
};

/// Refuses the folder of `file` where somebody else may do what `beside` does not allow. `what` is
/// kept there, for the message, e.g. `pins`. Errors: `operation_not_permitted`; `file_read_error`.
[[nodiscard]] Result<> check_folder_of(Env& env, const std::filesystem::path& file,
                                       std::string_view what, Beside beside);

}  // namespace aion::archive
