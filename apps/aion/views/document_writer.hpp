// SPDX-License-Identifier: MIT OR Apache-2.0
// Results on standard output, each in the form that was asked for (docs/cli.md#conventions).
//
// What a command comes to is a view: a small struct with two functions and no third way to show it,
//     void write_text(Console& console, const View& view);   for people
//     void write(DocumentWriter& out, const View& view);     for programs
#pragma once

#include <memory>

#include "aion/base/document_writer.hpp"
#include "aion/base/json_writer.hpp"
#include "shell/console.hpp"
#include "shell/format.hpp"

namespace aion::cli {

/// Pretty-printed JSON, block-style YAML for Format::yaml, lines for Format::jsonl.
[[nodiscard]] std::unique_ptr<DocumentWriter> make_document_writer(TextSink sink, Format format);

/// One document on a stream.
class Document {
  public:
    Document(Stream& out, Format format)
        : out_(out),
          format_(format),
          writer_(
              make_document_writer([&out](std::string_view piece) { out.write(piece); }, format)) {}

    [[nodiscard]] DocumentWriter& writer() noexcept { return *writer_; }

    /// The line end behind it.
    void end() { out_.write(format_ == Format::jsonl ? "" : "\n"); }

  private:
    Stream& out_;
    Format format_;
    std::unique_ptr<DocumentWriter> writer_;
};

template <class View>
void print_document(Stream& out, Format format, const View& view) {
    Document document(out, format);
    write(document.writer(), view);
    document.end();
}

/// Throws std::bad_alloc if memory does not suffice for the document: what was begun on a stream
/// cannot be taken back. Nothing for text.
template <class View>
void rehearse(Format format, const View& view) {
    if (is_document(format)) {
        write(*make_document_writer([](std::string_view) {}, format), view);
    }
}

template <class View>
void present(Console& console, Format format, const View& view) {
    if (is_document(format)) {
        print_document(console.out(), format, view);
    } else {
        write_text(console, view);
    }
}

}  // namespace aion::cli
