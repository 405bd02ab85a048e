// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/file_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <string_view>

#include "shell/output_guard.hpp"
#include "shell/try.hpp"

namespace aion::cli {

Outcome<Output> Output::open(Context& context, const OutputChoice& choice,
                             std::span<const std::string> inputs, const std::string& registry) {
    Output output;
    output.path_ = choice.path;
    const auto descriptor = context.host.descriptor_named(choice.path);
    if (choice.path == "-" || descriptor == STDOUT_FILENO) {
        output.is_stream_ = true;
        return output;
    }
    if (!descriptor) {
        CLI_TRY_ASSIGN(
            const auto existing,
            check_output(context, choice.path,
                         {.force = choice.force, .inputs = inputs, .registry = registry}));
        if (existing) {
            output.replaces_ = existing->identity;
        }
        if (!existing || existing->kind != FileKind::other) {
            context.host.announce_change();
            return output;
        }
    }
    output.is_stream_ = true;
    CLI_TRY_ASSIGN(output.stream_, context.host.open_stream(choice.path));
    return output;
}

bool Output::is_terminal(Context& context) const noexcept {
    if (stream_ != nullptr) {
        return stream_->is_terminal();
    }
    return is_stream_ && context.console.out().is_terminal();
}

Outcome<> Output::write(Context& context, ByteView content, Audience audience) {
    if (stream_ != nullptr) {
        return stream_->write(content);
    }
    if (is_stream_) {
        context.console.out().write(as_text(content));
        return {};
    }
    return write_file(
        context,
        {content.size(), [content](const auto& append, const auto&) { return append(content); }},
        audience);
}

Outcome<> Output::write(Context& context, const Telling& tell) {
    if (stream_ != nullptr) {
        Outcome<> written;
        tell([&](std::string_view piece) {
            if (written) {
                written = stream_->write(as_bytes(piece));
            }
        });
        return written;
    }
    if (is_stream_) {
        tell([&context](std::string_view piece) { context.console.out().write(piece); });
        return {};
    }
    std::uint64_t size = 0;
    tell([&size](std::string_view piece) { size += piece.size(); });
    const auto produce = [&tell](const ProducedContent::Append& append,
                                 const ProducedContent::Ready&) {
        Result<> written;
        tell([&](std::string_view piece) {
            if (written) {
                written = append(as_bytes(piece));
            }
        });
        return written;
    };
    return write_file(context, {size, produce}, Audience::everybody);
}

Outcome<> Output::write_file(Context& context, const ProducedContent& content,
                             Audience audience) const {
    WriteOptions options;
    options.replace = replaces_ ? Replace::always : Replace::never;
    options.expected = replaces_;
    options.secret = audience == Audience::writer_alone;
    const auto written = [&]() -> Result<WriteReport> {
        const Progress progress = context.progress("Writing", path_);
        const auto place = locate_to_write(context.env, path_);
        if (!place) {
            return fail(place.error());
        }
        return write_file_atomically(context.env, *place, content, options);
    }();
    if (!written && written.error().code() == ErrorCode::file_exists) {
        return already_exists(path_);
    }
    if (!written) {
        return fail_with_cause("Failed to write to: " + path_, written.error());
    }
    context.console.deed(path_ + " was written");
    warn_about(context.console, *written, path_);
    return {};
}

Outcome<> write_output(Context& context, Output& output, ByteView content, std::string_view what) {
    CLI_TRY(output.write(context, content));
    if (!output.is_standard_output()) {
        context.console.banner("✅ ", fmt::format("{} written to: {}", what, shown(output.path())));
    }
    return {};
}

void warn_about(Console& console, const WriteReport& written, const std::string& path) {
    for (const std::string& warning : written.warnings(path)) {
        console.warn(shown(warning));
    }
}

}  // namespace aion::cli
