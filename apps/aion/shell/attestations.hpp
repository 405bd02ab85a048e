// SPDX-License-Identifier: MIT OR Apache-2.0
// Attestations that stand beside a file.
#pragma once

#include <string>

#include "aion/attest/container.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// The container `path`, or where that is empty the one beside `file`. Fails for standard input
/// without a path, as nothing is beside that.
[[nodiscard]] Outcome<std::string> container_of(const std::string& file, const std::string& path);

/// Reads the container at `path`.
[[nodiscard]] Outcome<attest::Container> load_container(Context& context, const std::string& path);

}  // namespace aion::cli
