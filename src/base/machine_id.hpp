// SPDX-License-Identifier: MIT OR Apache-2.0
// The machine identifier that protects stored keys (docs/keys.md#the-machine-identifier).
#pragma once

#include <optional>
#include <string>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"

namespace aion {

/// What the operating system knows; each is nothing where there is none.
struct MachineFacts {
    std::optional<std::string> machine_id_file;  ///< Content of /etc/machine-id.
    std::optional<std::string> user;             ///< Environment variable USER.
    std::optional<std::string> username;         ///< Environment variable USERNAME.
    std::optional<std::string> host;
};

/// The machine id file without white space around it if there is one, else `{user}@{host}`.
/// Errors: `invalid_private_key` when the file is empty, as an empty password protects nothing, and
/// when it is not UTF-8: another identifier in its place would be another one again tomorrow.
[[nodiscard]] Result<MachineId> machine_id_from(const MachineFacts& facts);

/// The error for a machine id file that is there and cannot be read.
[[nodiscard]] Error unreadable_machine_id(const Error& cause);

}  // namespace aion
