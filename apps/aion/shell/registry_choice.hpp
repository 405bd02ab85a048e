// SPDX-License-Identifier: MIT OR Apache-2.0
// How a registry is spoken to, as the command line says it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace aion::cli {

struct RegistryChoice {
    bool plain_http = false;
    bool https = false;                               ///< Also where it is on this machine.
    std::optional<std::chrono::nanoseconds> timeout;  ///< Nothing: the library's own.
    std::string ca_file;                              ///< Empty: SSL_CERT_FILE, or the system's.
};

}  // namespace aion::cli
