// SPDX-License-Identifier: MIT OR Apache-2.0
// Results that go to a file named on the command line.
#pragma once

#include <cstdint>
#include <string>

#include "aion/base/bytes.hpp"
#include "aion/base/files.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Who the content of an output is for.
enum class Audience : std::uint8_t {
    everybody,    ///< Whoever could read the file that is replaced, else as usual.
    writer_alone  ///< See `WriteOptions::secret`.
};

/// Replaces or creates the file atomically and durably; warns about what the new file could not
/// keep of the old one.
[[nodiscard]] Outcome<> write_output_file(Context& context, const std::string& path,
                                          ByteView content,
                                          Audience audience = Audience::everybody);

/// One line on standard error for each thing that a write could not do.
void warn_about(Console& console, const WriteReport& written, const std::string& path);

/// The same, but `-` is standard output. Says `{what} written to: {path}` about a file.
[[nodiscard]] Outcome<> write_output(Context& context, const std::string& path, ByteView content,
                                     std::string_view what);

}  // namespace aion::cli
