// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/file_output.hpp"

#include <fmt/format.h>

#include <array>

#include "aion/base/files.hpp"

namespace aion::cli {

Outcome<> write_output_file(Context& context, const std::string& path, ByteView content,
                            std::optional<std::uint32_t> mode) {
    const std::array<ByteView, 1> pieces = {content};
    WriteOptions options;
    options.replace = Replace::always;
    options.mode = mode;
    const auto written = write_file_atomically(context.env, path, pieces, options);
    if (!written) {
        return fail_with_cause("Failed to write to: " + path, written.error());
    }
    return {};
}

Outcome<> write_output(Context& context, const std::string& path, ByteView content,
                       std::string_view what) {
    if (path == "-") {
        context.console.out().write(as_text(content));
        return {};
    }
    auto written = write_output_file(context, path, content);
    if (written) {
        context.console.banner("✅ ", fmt::format("{} written to: {}", what, shown(path)));
    }
    return written;
}

}  // namespace aion::cli
