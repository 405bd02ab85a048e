// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON and JSON Lines, the one writer of both.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "aion/base/document_writer.hpp"

namespace aion {

/// Takes the next piece of a document. Pieces may end anywhere, also inside a character.
using TextSink = std::function<void(std::string_view)>;

enum class JsonStyle : std::uint8_t {
    /// As the reference writes it: two spaces a level, nothing behind the last bracket.
    pretty,
    /// The same byte for byte, also in strings: only what JSON requires is escaped.
    reference,
    /// No white space at all.
    compact,
    /// The same as `compact`, and only what JSON requires is escaped: for what is signed.
    minimal,
    /// JSON Lines: each value on a line of its own. Of an array at the top the items are the
    /// values, so that a list of any length is read and written item by item.
    lines,
};

/// RFC 8259 in UTF-8: keys in the order given. In strings, what is required is escaped and every
/// character that nobody sees (`is_unseen`), as `\u202e`, beyond U+FFFF as a surrogate pair, so
/// that a document can be looked at (but for `reference` and `minimal`); whoever parses it gets
/// exactly the text. Nothing else is escaped.
class JsonWriter final : public DocumentWriter {
  public:
    /// What is pending is handed to `sink` when it has grown to some kilobytes, when it is asked
    /// for and when the value at the top ends. A writer that is destroyed before that drops it.
    JsonWriter(TextSink sink, JsonStyle style);
    /// Appends to `text`, which must outlive the writer.
    JsonWriter(std::string& text, JsonStyle style);

    DocumentWriter& begin_object() override;
    DocumentWriter& end_object() override;
    DocumentWriter& begin_array() override;
    DocumentWriter& end_array() override;
    DocumentWriter& begin_variant(std::string_view kind) override;
    DocumentWriter& end_variant() override;
    DocumentWriter& key(std::string_view name) override;
    DocumentWriter& text(std::string_view text) override;
    DocumentWriter& number(std::uint64_t number) override;
    DocumentWriter& signed_number(std::int64_t number) override;
    DocumentWriter& boolean(bool truth) override;
    DocumentWriter& null() override;
    void flush() override;

    /// A value that is written as JSON already, in one line.
    JsonWriter& written(std::string_view json);

  private:
    void begin(char bracket);
    void end(char bracket);
    void append_string(std::string_view text);

    [[nodiscard]] bool is_pretty() const noexcept {
        return style_ == JsonStyle::pretty || style_ == JsonStyle::reference;
    }

    /// What comes before a value or a name: a comma after another, a line of its own.
    void separate();
    void new_line();
    /// After a value, which may have been all there was to say.
    void finish();
    TextSink sink_;
    std::string pending_;
    JsonStyle style_;
    bool lists_lines_ = false;  ///< The array at the top is not written: its items are lines.
    bool is_first_ = true;      ///< Nothing is in the innermost container yet.
    bool has_key_ = false;
    unsigned depth_ = 0;
};

}  // namespace aion
