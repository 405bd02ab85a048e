// SPDX-License-Identifier: MIT OR Apache-2.0
// Commands of the group tlog that are services, or ask them (docs/cli-tlog-services.md).
#pragma once

#include "table/command_table.hpp"

namespace aion::cli {

/// serve, witness, cosign, monitor.
void declare_tlog_services(const Declared& tlog);

void declare_tlog_cosign(const Declared& tlog);
void declare_tlog_monitor(const Declared& tlog);

}  // namespace aion::cli
