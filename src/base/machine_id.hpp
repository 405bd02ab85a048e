// SPDX-License-Identifier: MIT OR Apache-2.0
// The machine identifier that protects stored keys (docs/keys.md#the-machine-identifier).
#pragma once

#include <optional>
#include <string>

#include "aion/base/result.hpp"

namespace aion {

/// What the operating system knows; each is nothing where it could not be had.
struct MachineFacts {
    std::optional<std::string> machine_id_file;  ///< Content of /etc/machine-id.
    std::optional<std::string> user;             ///< Environment variable USER.
    std::optional<std::string> username;         ///< Environment variable USERNAME.
    std::optional<std::string> host;
};

/// The machine id file without white space around it if there is one and it is UTF-8, else
/// `{user}@{host}`.
/// Error: `invalid_private_key` when that is empty: an empty password protects nothing.
[[nodiscard]] Result<std::string> machine_id_from(const MachineFacts& facts);

}  // namespace aion
