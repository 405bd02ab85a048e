// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/file_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

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
        CLI_TRY_ASSIGN(const auto existing,
                       check_output(context, choice.path,
                                    {.force = choice.force,
                                     .inputs = inputs,
                                     .registry = registry,
                                     .is_aion_file = choice.is_aion_file,
                                     .is_plain_registry = choice.is_plain_registry}));
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

Outcome<> Output::refuse_document(Format format, std::string_view what) const {
    if (is_standard_output() && is_document(format)) {
        return fail_with(
            fmt::format("Standard output cannot be both {} and the document about it", what),
            "Name a file with --output");
    }
    return {};
}

bool Output::is_terminal(Context& context) const noexcept {
    if (stream_ != nullptr) {
        return stream_->is_terminal();
    }
    return is_stream_ && context.console.out().is_terminal();
}

Outcome<> Output::write(Context& context, ByteView content, Audience audience) {
    return write(context,
                 {.size = content.size(),
                  .produce = [content](const ProducedContent::Append& append,
                                       const ProducedContent::Ready&) { return append(content); }},
                 audience);
}

Outcome<> Output::write(Context& context, const ProducedContent& content, Audience audience) {
    return is_stream_ ? write_stream(context, content) : write_file(context, content, audience);
}

Outcome<> Output::append_to_stream(Context& context, ByteView piece) const {
    if (stream_ != nullptr) {
        return stream_->write(piece);
    }
    context.console.out().write(as_text(piece));
    return {};
}

Outcome<> Output::write_stream(Context& context, const ProducedContent& content) const {
    // Whoever produces passes errors on; this one says more than an error can.
    Outcome<> streamed;
    const auto produced = content.produce(
        [&](ByteView piece) -> Result<> {
            streamed = append_to_stream(context, piece);
            return streamed ? Result<>() : fail(streamed.error().cause);
        },
        [] { return Result<>(); });
    if (!streamed) {
        return streamed;
    }
    return or_fail(produced, "Failed to write to: " + path_);
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
        return place ? write_file_atomically(context.env, *place, content, options)
                     : std::unexpected(place.error());
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
    say_written(context.console, output, what);
    return {};
}

void say_written(Console& console, const Output& output, std::string_view what) {
    if (!output.is_standard_output()) {
        console.banner("✅ ", fmt::format("{} written to: {}", what, shown(output.path())));
    }
}

void warn_about(Console& console, const WriteReport& written, const std::string& path) {
    for (const std::string& warning : written.warnings(path)) {
        console.warn(shown(warning));
    }
}

}  // namespace aion::cli
