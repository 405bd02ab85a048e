// SPDX-License-Identifier: MIT OR Apache-2.0
// Results that go to a file named on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aion/base/bytes.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Replaces or creates the file atomically and durably. `mode`: permission bits, or nothing for
/// those of the file that is replaced, else the usual ones.
[[nodiscard]] Outcome<> write_output_file(Context& context, const std::string& path,
                                          ByteView content,
                                          std::optional<std::uint32_t> mode = std::nullopt);

/// The same, but `-` is standard output. Says `{what} written to: {path}` about a file.
[[nodiscard]] Outcome<> write_output(Context& context, const std::string& path, ByteView content,
                                     std::string_view what);

}  // namespace aion::cli
