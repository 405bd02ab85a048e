// SPDX-License-Identifier: MIT OR Apache-2.0
// The tree of a YAML text, made of the events of yaml-cpp.
//
// What is known of yaml-cpp 0.7 and what stands against it: it takes U+0004 for the end of the
// text (such characters are refused before); it keeps all tokens of a line, and of what stands in
// brackets on any number of lines, until it knows what a key is (what it has read and not told of
// is counted while it reads); it finds document after document where nothing is read any more (the
// second is refused); it reads an alias as what it refers to (refused where it stands); it makes
// single bytes, which are no UTF-8, of the escapes \N and \_ (mended, because nothing else makes
// them); it recurses (never deeper than what it tells, which is refused in time).
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <new>
#include <optional>
#include <streambuf>

#include "aion/base/utf8.hpp"
#include "base/json_places.hpp"
#include "base/value.hpp"
#include "base/yaml_details.hpp"
#include "base/yaml_scalar.hpp"

namespace aion {
namespace {

// Both count from 1; a column is a byte.
std::string line_and_column(std::size_t line, std::size_t column) {
    return "line " + std::to_string(line) + " column " + std::to_string(column);
}

std::string place_of(const YAML::Mark& mark) {
    return mark.is_null() ? "an unknown place"
                          : line_and_column(static_cast<std::size_t>(mark.line) + 1,
                                            static_cast<std::size_t>(mark.column) + 1);
}

// --- Before anything is parsed ------------------------------------------------------------------

// What the text at `at` must not hold (YAML 1.2.2, production c-printable); a carriage return ends
// a line only together with a line feed here, because readers disagree on it.
std::string_view bad_character(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    const auto c = static_cast<unsigned char>(rest.front());
    if (c == '\r') {
        return rest.starts_with("\r\n") ? "" : "carriage return without line feed";
    }
    if ((c < 0x20U && c != '\t' && c != '\n') || c == 0x7FU) {
        return "control character";
    }
    if (c == 0xC2U && static_cast<unsigned char>(rest[1]) < 0xA0U &&
        !rest.starts_with("\xC2\x85")) {
        return "control character";
    }
    return rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF") ? "noncharacter"
                                                                                : "";
}

// `text` is UTF-8.
std::optional<Told> find_fault(std::string_view text) {
    std::size_t line = 1;
    std::size_t line_start = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (const auto what = bad_character(text, at); !what.empty()) {
            return told<YamlDetail::yaml_character>(what,
                                                    line_and_column(line, at - line_start + 1));
        }
        if (text[at] == '\n') {
            ++line;
            line_start = at + 1;
        }
    }
    return std::nullopt;
}

// --- While it is parsed -------------------------------------------------------------------------

// Leaves yaml-cpp, which knows no other way to stop.
struct Refused {
    Told why;
};

// Counts the tokens of a text, hardly ever too few: wherever a character may begin one, whatever it
// stands in. A plain scalar counts with what it stands behind, and so does the key that it may be.
class TokenCount {
  public:
    void add(char c) {
        const bool is_first = before_ == '\n';
        const bool is_behind_blank = is_first || before_ == ' ' || before_ == '\t';
        is_directive_ = is_first ? c == '%' : is_directive_ && c != '\n';
        if (!is_directive_) {
            count_ += most_of(c, is_first, is_behind_blank);
        } else if (is_behind_blank) {
            ++count_;
        }
        before_ = c;
    }

    [[nodiscard]] std::size_t count() const { return count_; }

    static constexpr std::size_t most_at_once = 3;

  private:
    static std::size_t most_of(char c, bool is_first, bool is_behind_blank) {
        switch (c) {
            case '[':
            case '{':
            case ':':
            case ',':
                return most_at_once;
            case '?':
            case '!':
            case '&':
            case '*':
                return 2;
            case ']':
            case '}':
            case '"':  // There are two.
            case '\'':
                return 1;
            case '#':  // A comment ends a scalar.
                return is_behind_blank ? 1 : 0;
            case '-':
                return is_behind_blank ? 2 : 0;
            case '.':  // Of three that end a document.
                return is_first ? 2 : 0;
            default:
                return 0;
        }
    }

    std::size_t count_ = 0;
    char before_ = '\n';
    bool is_directive_ = false;
};

// Gives yaml-cpp the text piece by piece, and no more of it than may be kept in memory: what it has
// read and not yet told of.
class Source final : public std::streambuf {
  public:
    Source(std::string_view text, const ValueLimits& limits) : text_(text), limits_(limits) {}

    // Something at that place was told of.
    void told_of(const YAML::Mark& mark) {
        const std::size_t end = std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), given_);
        for (; told_ < end; ++told_) {
            told_tokens_.add(text_[told_]);
        }
    }

  protected:
    int_type underflow() override {
        if (given_ == text_.size()) {
            return traits_type::eof();
        }
        const std::string_view piece = text_.substr(given_, piece_size);
        for (const char c : piece) {
            given_tokens_.add(c);
        }
        given_ += piece.size();
        if (given_tokens_.count() - told_tokens_.count() > most_kept()) {
            const std::string_view given = text_.substr(0, given_);
            const auto line = std::ranges::count(given, '\n') + 1;
            const auto column = given_ - (given.find_last_of('\n') + 1) + 1;
            throw Refused{told<YamlDetail::yaml_too_many_values>(
                limits_.values, line_and_column(static_cast<std::size_t>(line), column))};
        }
        // Nobody writes to what is only read.
        auto* const begin = const_cast<char*>(piece.data());  // NOLINT(*-const-cast)
        setg(begin, begin, begin + piece.size());
        return traits_type::to_int_type(piece.front());
    }

  private:
    static constexpr std::size_t piece_size = 256;
    static constexpr std::size_t prefetched = 2048;  // By yaml-cpp, before it looks at any of it.

    // A value and what stands around it is up to three tokens.
    [[nodiscard]] std::size_t most_kept() const {
        return TokenCount::most_at_once * (limits_.values + prefetched + piece_size);
    }

    std::string_view text_;
    const ValueLimits& limits_;
    TokenCount given_tokens_;
    TokenCount told_tokens_;
    std::size_t given_ = 0;  // Bytes of `text_`.
    std::size_t told_ = 0;
};

// --- Scalars ------------------------------------------------------------------------------------

Value text_value(const std::string& text) {
    Value value;
    value.kind = Value::Kind::text;
    value.text = text;
    return value;
}

Value number_value(const std::string& text) {
    Value value = text_value(text);
    value.kind = Value::Kind::number;
    return value;
}

Value boolean_value(bool truth) {
    Value value;
    value.kind = Value::Kind::boolean;
    value.truth = truth;
    return value;
}

Value value_of(yaml::CoreType type, const std::string& text) {
    switch (type) {
        case yaml::CoreType::null:
            return {};
        case yaml::CoreType::boolean:
            return boolean_value(yaml::core_truth(text));
        case yaml::CoreType::integer:
        case yaml::CoreType::floating:
            return number_value(text);
        case yaml::CoreType::text:
            break;
    }
    return text_value(text);
}

constexpr std::string_view core = "tag:yaml.org,2002:";

// Nothing for a tag that `text` cannot have.
std::optional<Value> scalar(std::string_view tag, const std::string& text) {
    if (tag == "!") {
        return text_value(text);
    }
    const yaml::CoreType type = yaml::core_type(text);
    if (tag == "?") {
        return value_of(type, text);
    }
    if (!tag.starts_with(core)) {
        return std::nullopt;
    }
    tag.remove_prefix(core.size());
    if (tag == "str") {
        return text_value(text);
    }
    const bool is_integer = type == yaml::CoreType::integer;
    const bool is_type = (tag == "null" && type == yaml::CoreType::null) ||
                         (tag == "bool" && type == yaml::CoreType::boolean) ||
                         (tag == "int" && is_integer) ||
                         (tag == "float" && (is_integer || type == yaml::CoreType::floating));
    return is_type ? std::optional(value_of(type, text)) : std::nullopt;
}

// The text is UTF-8, and so is what its escapes make, but that \N and \_ make the single bytes 85
// and A0 instead of U+0085 and U+00A0. No character of UTF-8 begins with one of them.
std::string with_whole_characters(const std::string& text) {
    if (!find_utf8_fault(text)) {
        return text;
    }
    std::string out;
    for (std::string_view rest = text; !rest.empty();) {
        const Utf8Character next = first_character(rest);
        if (!next.point) {
            out += '\xC2';
        }
        out += rest.substr(0, next.length);
        rest.remove_prefix(next.length);
    }
    return out;
}

// --- The tree -----------------------------------------------------------------------------------

template <YamlDetail detail, class What>
[[noreturn]] void refuse(const What& what, const YAML::Mark& mark) {
    throw Refused{told<detail>(what, place_of(mark))};
}

class Builder final : public YAML::EventHandler {
  public:
    Builder(const ValueLimits& limits, Source& source) : limits_(limits), source_(source) {}

    // Nothing where there was no document.
    std::optional<Value> root;

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (root) {
            refuse<YamlDetail::yaml_syntax>("something behind the document", mark);
        }
    }

    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        count(mark, anchor);
        put({}, mark, false);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        refuse<YamlDetail::yaml_not_plain>("alias", mark);
    }

    void OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) override {
        refuse<YamlDetail::yaml_not_plain>("anchor", mark);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        count(mark, anchor);
        const std::string mended = with_whole_characters(text);
        auto value = scalar(tag, mended);
        if (!value) {
            refuse<YamlDetail::yaml_not_plain>("tag that says what does not stand there", mark);
        }
        put(*std::move(value), mark, tag == "?" && mended == "<<", mended);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(Value::Kind::list, "seq", tag, mark, anchor);
    }

    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(Value::Kind::object, "map", tag, mark, anchor);
    }

    void OnMapEnd() override {
        check_keys(open_.back());
        close();
    }

  private:
    struct Open {
        Value value;
        YAML::Mark place;
        std::optional<std::string> key;      // Of an object, whose value comes next.
        std::vector<YAML::Mark> key_places;  // Of an object, as many as members.
    };

    void count(const YAML::Mark& mark, YAML::anchor_t anchor) {
        source_.told_of(mark);
        if (anchor != YAML::NullAnchor) {
            refuse<YamlDetail::yaml_not_plain>("anchor", mark);
        }
        if (++values_ > limits_.values) {
            refuse<YamlDetail::yaml_too_many_values>(limits_.values, mark);
        }
    }

    void open(Value::Kind kind, std::string_view type, std::string_view tag, const YAML::Mark& mark,
              YAML::anchor_t anchor) {
        count(mark, anchor);
        if (tag != "?" && tag != "!" && tag != std::string(core).append(type)) {
            refuse<YamlDetail::yaml_not_plain>("tag that says what does not stand there", mark);
        }
        if (open_.size() == limits_.depth) {
            refuse<YamlDetail::yaml_too_deep>(limits_.depth, mark);
        }
        open_.push_back({.value = {}, .place = mark, .key = {}, .key_places = {}});
        open_.back().value.kind = kind;
    }

    void close() {
        const YAML::Mark place = open_.back().place;
        Value value = std::move(open_.back().value);
        open_.pop_back();
        put(std::move(value), place, false);
    }

    // `text`: as written, of a scalar.
    void put(Value value, const YAML::Mark& mark, bool merges, const std::string& text = {}) {
        if (open_.empty()) {
            root = std::move(value);
            return;
        }
        Open& parent = open_.back();
        if (parent.value.kind == Value::Kind::list) {
            parent.value.items.push_back(std::move(value));
        } else if (parent.key) {
            parent.value.members.emplace_back(*std::move(parent.key), std::move(value));
            parent.key.reset();
        } else {
            if (merges) {
                refuse<YamlDetail::yaml_not_plain>("merge key", mark);
            }
            // Here, not where it began: what is never closed is told as that.
            if (value.kind == Value::Kind::list || value.kind == Value::Kind::object) {
                refuse<YamlDetail::yaml_not_plain>("key that is no scalar", mark);
            }
            if (value.kind == Value::Kind::null) {
                refuse<YamlDetail::yaml_not_plain>("key that is null", mark);
            }
            parent.key = text;
            parent.key_places.push_back(mark);
        }
    }

    // Sorted, because a table of hashes could be filled with keys that share one.
    static void check_keys(const Open& object) {
        const auto& members = object.value.members;
        std::vector<std::size_t> order(members.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            order[i] = i;
        }
        std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
            const int compared = members[a].first.compare(members[b].first);
            return compared != 0 ? compared < 0 : a < b;
        });
        const auto twice = std::ranges::adjacent_find(
            order, {}, [&](std::size_t i) -> const std::string& { return members[i].first; });
        if (twice != order.end()) {
            refuse<YamlDetail::yaml_duplicate_key>(json::shown(members[*twice].first),
                                                   object.key_places[*std::next(twice)]);
        }
    }

    const ValueLimits& limits_;
    Source& source_;
    std::size_t values_ = 0;
    std::vector<Open> open_;
};

Result<Value> tree_of(std::string_view text, const ValueLimits& limits) {
    Source source(text, limits);
    Builder builder(limits, source);
    try {
        std::istream in(&source);
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Refused& refused) {
        return fail(invalid_format(refused.why));
    } catch (const YAML::Exception& error) {
        return fail(invalid<YamlDetail::yaml_syntax>(error.msg, place_of(error.mark)));
    }
    if (!builder.root) {
        return fail(invalid<YamlDetail::yaml_syntax>("no document", line_and_column(1, 1)));
    }
    return *std::move(builder.root);
}

}  // namespace

Result<Value> parse_yaml(std::string_view text, const ValueLimits& limits) {
    if (text.size() > limits.yaml_size) {
        return fail(invalid<YamlDetail::yaml_too_large>(text.size(), limits.yaml_size));
    }
    if (const auto fault = find_utf8_fault(text)) {
        return fail(invalid<YamlDetail::yaml_invalid_utf8>(describe(*fault)));
    }
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.remove_prefix(3);
    }
    if (auto fault = find_fault(text)) {
        return fail(invalid_format(*std::move(fault)));
    }
    return tree_of(text, limits);
}

}  // namespace aion
