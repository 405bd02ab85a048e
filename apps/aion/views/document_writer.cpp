// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/document_writer.hpp"

#include <fmt/format.h>
#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ostream>
#include <sstream>
#include <string>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/utf8.hpp"

namespace aion::cli {
namespace {

// True for text that every YAML 1.1 and 1.2 reader takes for a string without quotes. Anything
// else is quoted, so that `no`, `0x10` or `1e3` cannot turn into another type on the way.
bool is_plain(std::string_view text) {
    static constexpr std::array<std::string_view, 9> other_types = {
        "true", "false", "yes", "no", "on", "off", "null", "y", "n"};
    if (text.empty() || !is_ascii_letter(text.front()) || text.back() == ' ') {
        return false;
    }
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), ascii_lower);
    return std::ranges::find(other_types, lower) == other_types.end() &&
           std::ranges::all_of(text, [](char c) {
               return is_ascii_letter(c) || is_ascii_digit(c) || c == ' ' || c == '_' || c == '/' ||
                      c == '.' || c == '-';
           });
}

// yaml-cpp would leave most of what nobody sees as it is, and put what is plain into quotes of its
// own: this is a scalar that it takes as it is written.
struct Scalar {
    std::string text;

    friend std::ostream& operator<<(std::ostream& out, const Scalar& scalar) {
        return out << scalar.text;
    }
};

// The escape sequences of YAML, with digits in lower case.
std::string escaped(char32_t c) {
    switch (c) {
        case U'"':
            return "\\\"";
        case U'\\':
            return "\\\\";
        case U'\n':
            return "\\n";
        case U'\r':
            return "\\r";
        case U'\t':
            return "\\t";
        default:
            break;
    }
    const auto point = static_cast<std::uint32_t>(c);
    if (point < 0x100) {
        return fmt::format("\\x{:02x}", point);
    }
    return point < 0x10000 ? fmt::format("\\u{:04x}", point) : fmt::format("\\U{:08x}", point);
}

// U+FFFE and U+FFFF are the characters of UTF-8 beyond those that YAML does not allow as they are.
bool must_escape(char32_t c) {
    return c == U'"' || c == U'\\' || c == 0xfffe || c == 0xffff || is_unseen(c);
}

// `text` is UTF-8.
std::string in_double_quotes(std::string_view text) {
    std::string quoted = "\"";
    while (!text.empty()) {
        const Utf8Character next = first_character(text);
        if (next.point && must_escape(*next.point)) {
            quoted += escaped(*next.point);
        } else {
            quoted += text.substr(0, next.length);
        }
        text.remove_prefix(next.length);
    }
    return quoted + "\"";
}

// Block style; an empty container is `{}` or `[]`, so its beginning waits for what follows.
class YamlWriter final : public DocumentWriter {
  public:
    explicit YamlWriter(TextSink sink) : sink_(std::move(sink)), out_(text_) {
        out_.SetNullFormat(YAML::LowerNull);
    }

    DocumentWriter& begin_object() override { return begin(Pending::object); }

    DocumentWriter& end_object() override {
        return end(Pending::object, YAML::BeginMap, YAML::EndMap);
    }

    DocumentWriter& begin_array() override { return begin(Pending::array); }

    DocumentWriter& end_array() override {
        return end(Pending::array, YAML::BeginSeq, YAML::EndSeq);
    }

    DocumentWriter& begin_variant(std::string_view kind) override {
        settle();
        out_ << YAML::LocalTag(std::string(kind));
        return begin_object();
    }

    DocumentWriter& end_variant() override { return end_object(); }

    DocumentWriter& key(std::string_view name) override {
        settle();
        out_ << YAML::Key;
        emit_text(name);
        out_ << YAML::Value;
        return *this;
    }

    DocumentWriter& text(std::string_view text) override {
        settle();
        emit_text(text);
        return finish();
    }

    DocumentWriter& number(std::uint64_t number) override { return plain(std::to_string(number)); }

    DocumentWriter& signed_number(std::int64_t number) override {
        return plain(std::to_string(number));
    }

    DocumentWriter& boolean(bool truth) override { return plain(truth ? "true" : "false"); }

    DocumentWriter& null() override {
        settle();
        out_ << YAML::Null;
        return finish();
    }

    void flush() override {
        sink_(text_.view());
        text_.str({});
    }

  private:
    enum class Pending : std::uint8_t { nothing, object, array };

    DocumentWriter& begin(Pending what) {
        settle();
        pending_ = what;
        ++depth_;
        return *this;
    }

    DocumentWriter& end(Pending what, YAML::EMITTER_MANIP begin, YAML::EMITTER_MANIP end) {
        if (pending_ == what) {
            out_ << YAML::Flow << begin;
            pending_ = Pending::nothing;
        }
        out_ << end;
        --depth_;
        return finish();
    }

    // Begins the container that was waiting: there is something in it.
    void settle() {
        if (pending_ == Pending::object) {
            out_ << YAML::BeginMap;
        } else if (pending_ == Pending::array) {
            out_ << YAML::Block << YAML::BeginSeq;
        }
        pending_ = Pending::nothing;
    }

    DocumentWriter& plain(const std::string& scalar) {
        settle();
        out_ << scalar;
        return finish();
    }

    void emit_text(std::string_view bytes) {
        const std::string text = to_valid_utf8(bytes);
        if (is_plain(text)) {
            out_ << text;
        } else if (std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) {
            out_ << YAML::SingleQuoted << text;
        } else {
            out_.WriteIntegralType(Scalar{in_double_quotes(text)});
        }
    }

    DocumentWriter& finish() {
        constexpr std::streamoff piece_size = 16'384;
        if (depth_ == 0 || text_.tellp() >= piece_size) {
            flush();
        }
        return *this;
    }

    TextSink sink_;
    std::ostringstream text_;
    YAML::Emitter out_;
    Pending pending_ = Pending::nothing;
    unsigned depth_ = 0;
};

}  // namespace

std::unique_ptr<DocumentWriter> make_document_writer(TextSink sink, Format format) {
    if (format == Format::yaml) {
        return std::make_unique<YamlWriter>(std::move(sink));
    }
    return std::make_unique<JsonWriter>(
        std::move(sink), format == Format::jsonl ? JsonStyle::lines : JsonStyle::pretty);
}

}  // namespace aion::cli
