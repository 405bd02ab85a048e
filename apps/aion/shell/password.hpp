// SPDX-License-Identifier: MIT OR Apache-2.0
// Where passwords come from: the terminal, a file, a descriptor, or AION_KEY_PASSWORD.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aion/crypto/secret.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

struct PasswordSource {
    std::optional<std::string> file;          ///< --password-file
    std::optional<std::uint64_t> descriptor;  ///< --password-fd
};

/// Whether a password is being chosen, and so typed twice and never empty, or given.
enum class Purpose : std::uint8_t { choose, give };

/// The password: from the option that was given, else AION_KEY_PASSWORD, else asked for on the
/// controlling terminal without echo. Wherever it comes from, one line end after it is not part of
/// it, and 1 to 4096 bytes must remain: a source that is named but empty is more often an accident
/// than a password. One that is chosen has no zero byte and no line end within.
/// `variable`: where the process keeps AION_KEY_PASSWORD's value, which is wiped if it is taken;
/// nullptr if it is unset.
[[nodiscard]] Outcome<crypto::SecretBytes> obtain_password(const PasswordSource& source,
                                                           Purpose purpose, char* variable);

}  // namespace aion::cli
