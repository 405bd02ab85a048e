// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/json_writer.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "aion/base/utf8.hpp"
#include "base/json_text.hpp"

namespace aion {
namespace {

constexpr std::size_t piece_size = std::size_t{16} << 10U;

// Which bytes stand for themselves inside a string, once the text is known to be UTF-8: of ASCII
// what is printed and has no other meaning, and all that cannot begin a character that nobody sees.
constexpr auto is_plain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < plain.size(); ++byte) {
        plain[byte] = byte != '"' && byte != '\\' && byte != 0x7f && (byte < 0xc2 || byte > 0xf4);
    }
    return plain;
}();

// What JSON requires to be escaped, besides quotation marks and backslashes.
bool is_control(char32_t c) noexcept {
    return c < 0x20;
}

constexpr bool is_ascii(std::string_view text) noexcept {
    unsigned char all = 0;
    for (const char c : text) {
        all |= static_cast<unsigned char>(c);
    }
    return all < 0x80;
}

// One unit of UTF-16.
void append_unit(std::string& out, char32_t unit) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) {
        out += digits[unit >> shift & 0xFU];
    }
}

void append_escape(std::string& out, char32_t c) {
    constexpr std::string_view letters = "btn.fr";  // of the control characters from 8 to 13
    if (c == U'"' || c == U'\\') {
        out += '\\';
        out += static_cast<char>(c);
    } else if (c >= 8 && c <= 13 && c != 11) {
        out += '\\';
        out += letters[c - 8];
    } else if (c < 0x10000) {
        append_unit(out, c);
    } else {
        append_unit(out, 0xd800 + (c - 0x10000) / 0x400);
        append_unit(out, 0xdc00 + (c - 0x10000) % 0x400);
    }
}

// `text` is UTF-8. `escapes`: of characters that may not be plain, which ones are escaped.
void append_escaped(std::string& out, std::string_view text, bool (*escapes)(char32_t) noexcept) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (is_plain[static_cast<unsigned char>(text[i])]) {
            ++i;
            continue;
        }
        const Utf8Character next = first_character(text.substr(i));
        const char32_t c = next.point.value_or(U' ');
        if (c == U'"' || c == U'\\' || escapes(c)) {
            out += text.substr(begin, i - begin);
            append_escape(out, c);
            begin = i + next.length;
        }
        i += next.length;
    }
    out += text.substr(begin);
}

void append_number(std::string& out, std::integral auto number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    append_escaped(out, text, is_control);
    out += '"';
}

JsonWriter::JsonWriter(TextSink sink, JsonStyle style) : sink_(std::move(sink)), style_(style) {}

JsonWriter::JsonWriter(std::string& text, JsonStyle style)
    : JsonWriter([&text](std::string_view piece) { text += piece; }, style) {}

DocumentWriter& JsonWriter::begin_object() {
    begin('{');
    return *this;
}

DocumentWriter& JsonWriter::end_object() {
    end('}');
    return *this;
}

DocumentWriter& JsonWriter::begin_array() {
    if (style_ == JsonStyle::lines && depth_ == 0 && !lists_lines_) {
        lists_lines_ = true;
    } else {
        begin('[');
    }
    return *this;
}

DocumentWriter& JsonWriter::end_array() {
    if (lists_lines_ && depth_ == 0) {
        lists_lines_ = false;
    } else {
        end(']');
    }
    return *this;
}

DocumentWriter& JsonWriter::begin_variant(std::string_view kind) {
    return begin_object().key(kind).begin_object();
}

DocumentWriter& JsonWriter::end_variant() {
    return end_object().end_object();
}

DocumentWriter& JsonWriter::key(std::string_view name) {
    separate();
    append_string(name);
    pending_ += is_pretty() ? ": " : ":";
    has_key_ = true;
    return *this;
}

DocumentWriter& JsonWriter::text(std::string_view text) {
    separate();
    append_string(text);
    finish();
    return *this;
}

DocumentWriter& JsonWriter::number(std::uint64_t number) {
    separate();
    append_number(pending_, number);
    finish();
    return *this;
}

DocumentWriter& JsonWriter::signed_number(std::int64_t number) {
    separate();
    append_number(pending_, number);
    finish();
    return *this;
}

DocumentWriter& JsonWriter::boolean(bool truth) {
    separate();
    pending_ += truth ? "true" : "false";
    finish();
    return *this;
}

DocumentWriter& JsonWriter::null() {
    separate();
    pending_ += "null";
    finish();
    return *this;
}

JsonWriter& JsonWriter::written(std::string_view json) {
    separate();
    pending_ += json;
    finish();
    return *this;
}

void JsonWriter::append_string(std::string_view text) {
    const bool is_plain_text = style_ == JsonStyle::reference || style_ == JsonStyle::minimal;
    const auto escapes = is_plain_text ? is_control : is_unseen;
    pending_ += '"';
    if (is_ascii(text) || !find_utf8_fault(text)) {
        append_escaped(pending_, text, escapes);
    } else {
        append_escaped(pending_, to_valid_utf8(text), escapes);
    }
    pending_ += '"';
}

void JsonWriter::begin(char bracket) {
    separate();
    pending_ += bracket;
    ++depth_;
    is_first_ = true;
}

void JsonWriter::end(char bracket) {
    --depth_;
    if (!is_first_) {
        new_line();
    }
    pending_ += bracket;
    is_first_ = false;
    finish();
}

void JsonWriter::separate() {
    if (!has_key_ && depth_ > 0) {
        if (!is_first_) {
            pending_ += ',';
        }
        new_line();
    }
    has_key_ = false;
    is_first_ = false;
}

void JsonWriter::new_line() {
    if (is_pretty()) {
        pending_ += '\n';
        pending_.append(std::size_t{2} * depth_, ' ');
    }
}

void JsonWriter::finish() {
    if (depth_ == 0) {
        if (style_ == JsonStyle::lines) {
            pending_ += '\n';
        }
        is_first_ = true;
        flush();
    } else if (pending_.size() >= piece_size) {
        flush();
    }
}

void JsonWriter::flush() {
    sink_(pending_);
    pending_.clear();
}

}  // namespace aion
