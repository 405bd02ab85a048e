// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/file_output.hpp"

#include <fmt/format.h>

#include <array>

namespace aion::cli {

Outcome<> write_output_file(Context& context, const std::string& path, ByteView content,
                            Audience audience) {
    const std::array<ByteView, 1> pieces = {content};
    WriteOptions options;
    options.replace = Replace::always;
    options.secret = audience == Audience::writer_alone;
    const auto written = write_file_atomically(context.env, path, pieces, options);
    if (!written) {
        return fail_with_cause("Failed to write to: " + path, written.error());
    }
    warn_about(context.console, *written, path);
    return {};
}

void warn_about(Console& console, const WriteReport& written, const std::string& path) {
    for (const std::string& warning : written.warnings(path)) {
        console.warn(shown(warning));
    }
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
