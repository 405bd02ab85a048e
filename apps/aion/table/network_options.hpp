// SPDX-License-Identifier: MIT OR Apache-2.0
// The options of commands that ask logs and witnesses at URLs.
#pragma once

#include "shell/registry_choice.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// --timeout and --ca-file.
inline void network_options(Options& options, RegistryChoice& into) {
    options.text("--ca-file", into.ca_file, "PEM_FILE",
                 "Certificates to trust instead of the system's (default: SSL_CERT_FILE)");
    options.duration("--timeout", into.timeout, "DURATION",
                     "Give up when nothing comes or goes for so long (default: 60s)");
}

}  // namespace aion::cli
