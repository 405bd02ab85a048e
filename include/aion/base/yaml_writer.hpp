// SPDX-License-Identifier: MIT OR Apache-2.0
// YAML, the one writer of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/base/json_writer.hpp"

namespace aion {

enum class YamlStyle : std::uint8_t {
    /// What every reader of YAML 1.1 and 1.2 takes as the same: text stands plain only if it is
    /// letters, digits and a few signs and no reader's word for anything else, in single quotes if
    /// it is printed ASCII, else in double quotes, where every character that nobody sees
    /// (`is_unseen`) is escaped. Items are indented below their key. Nothing behind the document.
    unambiguous,
    /// As aion-context 1.0.0 writes it (docs/exports.md#the-reference): text stands plain as
    /// often as YAML 1.2 allows, lines of a text become a literal block, items stand at the
    /// indentation of their key, and a line end is behind the document. Differs in one thing: the
    /// line breaks U+2028 and U+2029 are escaped, which else would not be read back.
    reference,
};

/// Block style in UTF-8: keys in the order given, lines never folded; an empty container is `{}` or
/// `[]`. Memory: a few bytes a level of nesting, and what is pending.
class YamlWriter final : public DocumentWriter {
  public:
    /// What is pending is handed to `sink` when it has grown to some kilobytes, when it is asked
    /// for and when the value at the top ends. A writer that is destroyed before that drops it.
    explicit YamlWriter(TextSink sink, YamlStyle style = YamlStyle::unambiguous);
    /// Appends to `text`, which must outlive the writer.
    explicit YamlWriter(std::string& text, YamlStyle style = YamlStyle::unambiguous);

    DocumentWriter& begin_object() override;
    DocumentWriter& end_object() override;
    DocumentWriter& begin_array() override;
    DocumentWriter& end_array() override;
    /// An object with a local tag, `!kind`. `kind`: letters.
    DocumentWriter& begin_variant(std::string_view kind) override;
    DocumentWriter& end_variant() override;
    DocumentWriter& key(std::string_view name) override;
    DocumentWriter& text(std::string_view text) override;
    DocumentWriter& number(std::uint64_t number) override;
    DocumentWriter& signed_number(std::int64_t number) override;
    DocumentWriter& boolean(bool truth) override;
    DocumentWriter& null() override;
    void flush() override;

  private:
    struct Level {
        bool is_object = false;
        bool is_empty = true;    ///< Nothing is in it yet, and it is not written.
        bool is_inline = false;  ///< Its first entry stands on the line where it begins.
        std::size_t indent = 0;  ///< Of its entries.
    };

    DocumentWriter& begin(bool is_object, bool has_tag);
    DocumentWriter& end(std::string_view when_empty);
    /// The line on which an entry of the innermost container stands, up to the entry.
    void begin_entry();
    /// What comes before a value.
    void begin_value();
    /// A space, but at the beginning of the document.
    void separate();
    DocumentWriter& plain(std::string_view scalar);
    void put_text(std::string_view text, bool is_key);
    void put_unambiguous(std::string_view text);
    void put_like_reference(std::string_view text, bool is_key);
    void put_literal(std::string_view text);
    /// After a value, which may have been all there was to say.
    DocumentWriter& finish();

    TextSink sink_;
    std::string pending_;
    std::vector<Level> levels_;
    YamlStyle style_;
    bool at_start_ = true;  ///< Nothing of the document is written yet.
    bool keeps_line_ends_ = false;
};

}  // namespace aion
