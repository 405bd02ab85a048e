// SPDX-License-Identifier: MIT OR Apache-2.0
// Results that go where `--output` says: to a file, to standard output, to a pipe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/files.hpp"
#include "shell/context.hpp"
#include "shell/format.hpp"
#include "shell/outcome.hpp"
#include "shell/output_stream.hpp"

namespace aion::cli {

/// What `--output` and `--force` say.
struct OutputChoice {
    std::string path;
    bool force = false;
    bool is_aion_file = false;       ///< See `OutputRules`.
    bool is_plain_registry = false;  ///< See `OutputRules`.
};

/// Who the content of an output is for.
enum class Audience : std::uint8_t {
    everybody,    ///< Whoever could read the file that is replaced, else as usual.
    writer_alone  ///< See `WriteOptions::secret`.
};

/// Where a result will go, once everything that could be refused about it was.
class Output {
  public:
    /// Looks at what is there, before any work. `-`, an open descriptor, a pipe and a device are
    /// written to; anything else is a file that is made, or replaced if `check_output` allows it.
    /// `inputs`, `registry`: see `OutputRules`.
    [[nodiscard]] static Outcome<Output> open(Context& context, const OutputChoice& choice,
                                              std::span<const std::string> inputs,
                                              const std::string& registry = {});

    /// Writes all of the result. A file is written atomically and durably, and only if what is
    /// there is still what `open` saw; warns about what the new file could not keep of the old
    /// one.
    [[nodiscard]] Outcome<> write(Context& context, ByteView content,
                                  Audience audience = Audience::everybody);

    /// The same of content that is made while it is written. What began on a stream cannot be taken
    /// back.
    [[nodiscard]] Outcome<> write(Context& context, const ProducedContent& content,
                                  Audience audience = Audience::everybody);

    /// The same with what is too long to be held: all of `content`, read in pieces.
    [[nodiscard]] Outcome<> write(Context& context, ReadableFile& content) {
        return write(context, content_of(content));
    }

    /// True for what is no file. Then standard output may be where the result goes, and nothing
    /// else belongs there.
    [[nodiscard]] bool is_stream() const noexcept { return is_stream_; }

    [[nodiscard]] bool is_standard_output() const noexcept {
        return is_stream_ && stream_ == nullptr;
    }

    /// Refuses a document on standard output where `what` goes there: one of them would spoil the
    /// other.
    [[nodiscard]] Outcome<> refuse_document(Format format, std::string_view what) const;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Whether a person would see the result as it is.
    [[nodiscard]] bool is_terminal(Context& context) const noexcept;

  private:
    [[nodiscard]] Outcome<> append_to_stream(Context& context, ByteView piece) const;
    [[nodiscard]] Outcome<> write_stream(Context& context, const ProducedContent& content) const;
    [[nodiscard]] Outcome<> write_file(Context& context, const ProducedContent& content,
                                       Audience audience) const;

    std::string path_;
    bool is_stream_ = false;
    std::unique_ptr<OutputStream> stream_;        // nullptr and `is_stream_`: standard output
    std::optional<FileInfo::Identity> replaces_;  // nothing: no file was there
};

/// Writes the result and says `{what} written to: {path}`, except of standard output.
[[nodiscard]] Outcome<> write_output(Context& context, Output& output, ByteView content,
                                     std::string_view what);

/// Says so where the result was written in another way.
void say_written(Console& console, const Output& output, std::string_view what);

/// One line on standard error for each thing that a write could not do.
void warn_about(Console& console, const WriteReport& written, const std::string& path);

}  // namespace aion::cli
