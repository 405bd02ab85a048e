// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/yaml_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/utf8.hpp"
#include "base/yaml_scalar.hpp"

namespace aion {
namespace {

constexpr std::size_t piece_size = std::size_t{16} << 10U;

std::string_view digits_of(std::array<char, 24>& into, std::integral auto number) {
    const auto end = std::to_chars(into.data(), into.data() + into.size(), number).ptr;
    return {into.data(), end};
}

void append_single_quoted(std::string& out, std::string_view text) {
    out += '\'';
    for (const char c : text) {
        out += c;
        if (c == '\'') {
            out += '\'';
        }
    }
    out += '\'';
}

}  // namespace

YamlWriter::YamlWriter(TextSink sink, YamlStyle style) : sink_(std::move(sink)), style_(style) {}

YamlWriter::YamlWriter(std::string& text, YamlStyle style)
    : YamlWriter([&text](std::string_view piece) { text += piece; }, style) {}

DocumentWriter& YamlWriter::begin_object() {
    return begin(true, false);
}

DocumentWriter& YamlWriter::end_object() {
    return end("{}");
}

DocumentWriter& YamlWriter::begin_array() {
    return begin(false, false);
}

DocumentWriter& YamlWriter::end_array() {
    return end("[]");
}

DocumentWriter& YamlWriter::begin_variant(std::string_view kind) {
    begin_value();
    separate();
    pending_ += '!';
    pending_ += kind;
    return begin(true, true);
}

DocumentWriter& YamlWriter::end_variant() {
    return end_object();
}

DocumentWriter& YamlWriter::key(std::string_view name) {
    begin_entry();
    put_text(name, true);
    pending_ += ':';
    return *this;
}

DocumentWriter& YamlWriter::text(std::string_view text) {
    begin_value();
    separate();
    put_text(text, false);
    return finish();
}

DocumentWriter& YamlWriter::number(std::uint64_t number) {
    std::array<char, 24> digits{};
    return plain(digits_of(digits, number));
}

DocumentWriter& YamlWriter::signed_number(std::int64_t number) {
    std::array<char, 24> digits{};
    return plain(digits_of(digits, number));
}

DocumentWriter& YamlWriter::boolean(bool truth) {
    return plain(truth ? "true" : "false");
}

DocumentWriter& YamlWriter::null() {
    return plain("null");
}

void YamlWriter::flush() {
    sink_(pending_);
    pending_.clear();
}

DocumentWriter& YamlWriter::begin(bool is_object, bool has_tag) {
    Level level{.is_object = is_object};
    if (!has_tag) {
        begin_value();
    }
    if (!levels_.empty()) {
        const Level& around = levels_.back();
        const bool stays = style_ == YamlStyle::reference && around.is_object && !is_object;
        level.indent = around.indent + (stays ? 0 : 2);
        // yaml-cpp, which wrote the first of our documents, has lists in lists begin below.
        level.is_inline =
            !around.is_object && !has_tag && (is_object || style_ == YamlStyle::reference);
    }
    levels_.push_back(level);
    return *this;
}

DocumentWriter& YamlWriter::end(std::string_view when_empty) {
    const bool was_empty = levels_.back().is_empty;
    levels_.pop_back();
    if (was_empty) {
        separate();
        pending_ += when_empty;
    }
    return finish();
}

void YamlWriter::begin_entry() {
    Level& level = levels_.back();
    if (level.is_empty && level.is_inline) {
        pending_ += ' ';
    } else if (!at_start_) {
        pending_ += '\n';
        pending_.append(level.indent, ' ');
    }
    level.is_empty = false;
    at_start_ = false;
}

void YamlWriter::begin_value() {
    if (!levels_.empty() && !levels_.back().is_object) {
        begin_entry();
        pending_ += '-';
    }
}

void YamlWriter::separate() {
    if (!at_start_) {
        pending_ += ' ';
    }
    at_start_ = false;
}

DocumentWriter& YamlWriter::plain(std::string_view scalar) {
    begin_value();
    separate();
    pending_ += scalar;
    return finish();
}

void YamlWriter::put_text(std::string_view text, bool is_key) {
    std::string repaired;
    if (find_utf8_fault(text)) {
        repaired = to_valid_utf8(text);
        text = repaired;
    }
    if (style_ == YamlStyle::reference) {
        put_like_reference(text, is_key);
    } else {
        put_unambiguous(text);
    }
}

void YamlWriter::put_unambiguous(std::string_view text) {
    if (yaml::is_string_everywhere(text)) {
        pending_ += text;
    } else if (yaml::is_printed_ascii(text)) {
        append_single_quoted(pending_, text);
    } else {
        yaml::append_double_quoted(pending_, text);
    }
}

void YamlWriter::put_like_reference(std::string_view text, bool is_key) {
    switch (yaml::reference_form(text, is_key)) {
        case yaml::Form::plain:
            pending_ += text;
            break;
        case yaml::Form::single_quoted:
            append_single_quoted(pending_, text);
            break;
        case yaml::Form::double_quoted:
            yaml::append_double_quoted_like_reference(pending_, text);
            break;
        case yaml::Form::literal:
            put_literal(text);
            break;
    }
}

// A line end is written before what follows: that one is the last of a text that ends in one.
void YamlWriter::put_literal(std::string_view text) {
    const bool ends_in_line_end = text.ends_with('\n');
    const bool keeps = text.ends_with("\n\n") || text == "\n";
    pending_ += '|';
    if (text.starts_with(' ') || text.starts_with('\n')) {
        pending_ += '2';
    }
    if (!ends_in_line_end) {
        pending_ += '-';
    } else if (keeps) {
        pending_ += '+';
        keeps_line_ends_ = true;
    }
    const std::size_t indent = levels_.empty() ? 2 : levels_.back().indent + 2;
    if (ends_in_line_end) {
        text.remove_suffix(1);
    }
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        pending_ += '\n';
        if (end > begin) {
            pending_.append(indent, ' ');
            pending_ += text.substr(begin, end - begin);
        }
        begin = end + 1;
    }
}

DocumentWriter& YamlWriter::finish() {
    if (levels_.empty()) {
        if (style_ == YamlStyle::reference) {
            pending_ += keeps_line_ends_ ? "\n...\n" : "\n";
        }
        keeps_line_ends_ = false;
        at_start_ = true;
        flush();
    } else if (pending_.size() >= piece_size) {
        flush();
    }
    return *this;
}

}  // namespace aion
