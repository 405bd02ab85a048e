// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/file_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "shell/output_guard.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

template <class Write>
Outcome<> write_in_pieces(ReadableFile& content, Write write) {
    Outcome<> written;
    const Result<> read = read_pieces(content, 0, content.info().size, [&](ByteView piece) {
        if (written) {
            written = write(piece);
        }
    });
    return written ? or_fail(read, "Failed to read what was kept of the result") : written;
}

}  // namespace

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
    const std::array<ByteView, 1> pieces = {content};
    const auto written = [&] {
        const Progress progress = context.progress("Writing", path_);
        return write_file_atomically(context.env, path_, pieces, options_for(audience));
    }();
    return told(context, written);
}

Outcome<> Output::write(Context& context, ReadableFile& content) {
    if (is_stream_) {
        return write_in_pieces(content, [&](ByteView piece) { return write(context, piece); });
    }
    const ProducedContent produced{
        .size = content.info().size,
        .produce = [&](const ProducedContent::Append& append, const ProducedContent::Ready&) {
            Result<> appended;
            Result<> read = read_pieces(content, 0, content.info().size, [&](ByteView piece) {
                if (appended) {
                    appended = append(piece);
                }
            });
            return appended ? std::move(read) : std::move(appended);
        }};
    const auto written = [&]() -> Result<WriteReport> {
        const Progress progress = context.progress("Writing", path_);
        auto place = locate_to_write(context.env, path_);
        return place ? write_file_atomically(context.env, *place, produced,
                                             options_for(Audience::everybody))
                     : fail(std::move(place).error());
    }();
    return told(context, written);
}

WriteOptions Output::options_for(Audience audience) const {
    WriteOptions options;
    options.replace = replaces_ ? Replace::always : Replace::never;
    options.expected = replaces_;
    options.secret = audience == Audience::writer_alone;
    return options;
}

Outcome<> Output::told(Context& context, const Result<WriteReport>& written) const {
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
