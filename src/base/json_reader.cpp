// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/json_reader.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "aion/base/utf8.hpp"
#include "base/json_details.hpp"
#include "base/try.hpp"

namespace aion::json {
namespace {

// Keys come from strangers: an error shows them escaped and not at any length.
std::string shown(std::string_view key) {
    constexpr std::size_t longest = 64;
    std::string out = escape_controls(key.substr(0, longest));
    if (key.size() > longest) {
        out += "...";
    }
    return out;
}

std::string joined(const std::string& path, std::string_view key) {
    return path.empty() ? shown(key) : path + "." + shown(key);
}

// Of the last of the first `position` bytes. Lines and columns count from 1; a column is a byte.
std::string line_and_column(std::string_view text, std::size_t position) {
    const std::size_t last = std::min(position, text.size());
    const std::string_view before = text.substr(0, last == 0 ? 0 : last - 1);
    const auto lines = std::ranges::count(before, '\n');
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    return "line " + std::to_string(lines + 1) + " column " +
           std::to_string(before.size() - line_start + 1);
}

// The library's text without its tag and position, which we say ourselves, and without the
// offending token, which may be megabytes of somebody's input.
std::string undecorated(const nlohmann::json::exception& error) {
    constexpr int number_overflow = 406;
    if (error.id == number_overflow) {
        return "number is out of range";
    }
    std::string_view what(error.what());
    if (const auto column = what.find(", column "); column != std::string_view::npos) {
        if (const auto colon = what.find(": ", column); colon != std::string_view::npos) {
            what.remove_prefix(colon + 2);
        }
    }
    return std::string(what.substr(0, what.find("; last read: ")));
}

std::optional<std::string_view> find_duplicate_key(const Value::Object& object) {
    std::vector<std::string_view> keys;
    keys.reserve(object.size());
    for (const Member& member : object) {
        keys.emplace_back(member.key);
    }
    std::ranges::sort(keys);
    const auto found = std::ranges::adjacent_find(keys);
    return found == keys.end() ? std::nullopt : std::optional(*found);
}

// Receives the library's events and builds the value; refuses by returning false, with the
// reason in `problem`. The method names and signatures are the library's SAX interface.
class Builder {
  public:
    Builder(std::string_view text, const ReadOptions& options) : text_(text), options_(options) {}

    Told problem;
    Value root;

    bool null() { return place(Value{}); }

    bool boolean(bool value) { return place(Value{value}); }

    bool number_integer(std::int64_t value) {
        return place(Value{Value::OtherNumber{static_cast<double>(value)}});
    }

    bool number_unsigned(std::uint64_t value) { return place(Value{value}); }

    bool number_float(double value, const std::string& /*text*/) {
        return place(Value{Value::OtherNumber{value}});
    }

    bool string(std::string& value) { return place(Value{std::move(value)}); }

    static bool binary(std::vector<std::uint8_t>& /*value*/) { return false; }

    bool start_object(std::size_t /*size*/) { return open(Value{Value::Object{}}); }

    bool start_array(std::size_t /*size*/) { return open(Value{Value::Array{}}); }

    bool key(std::string& name) {
        open_.back().key = std::move(name);
        return true;
    }

    bool end_array() { return close(); }

    bool end_object() {
        const auto& object = std::get<Value::Object>(open_.back().value.data);
        if (const auto duplicate = find_duplicate_key(object)) {
            return refuse(told<JsonDetail::json_duplicate_key>(shown(*duplicate), location(1)));
        }
        return close();
    }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const nlohmann::json::exception& error) {
        return refuse(
            told<JsonDetail::json_syntax>(undecorated(error), line_and_column(text_, position)));
    }

  private:
    struct Open {
        Value value;
        std::string key;  // of the member being read, in an object
    };

    bool refuse(Told why) {
        problem = std::move(why);
        return false;
    }

    // Where the value being read will stand, without the innermost `skipped` levels.
    [[nodiscard]] std::string location(std::size_t skipped) const {
        std::string path;
        for (std::size_t i = 0; i + skipped < open_.size(); ++i) {
            if (const auto* array = std::get_if<Value::Array>(&open_[i].value.data)) {
                path += "[" + std::to_string(array->size()) + "]";
            } else {
                path = joined(path, open_[i].key);
            }
        }
        return path.empty() ? path : " in " + path;
    }

    bool count() {
        if (++values_ > options_.max_values) {
            return refuse(told<JsonDetail::json_too_many_values>(options_.max_values));
        }
        return true;
    }

    bool open(Value value) {
        if (!count()) {
            return false;
        }
        if (open_.size() >= options_.max_depth) {
            return refuse(told<JsonDetail::json_too_deep>(options_.max_depth));
        }
        open_.push_back({std::move(value), {}});
        return true;
    }

    bool close() {
        Value value = std::move(open_.back().value);
        open_.pop_back();
        attach(std::move(value));
        return true;
    }

    bool place(Value value) {
        if (!count()) {
            return false;
        }
        attach(std::move(value));
        return true;
    }

    void attach(Value value) {
        if (open_.empty()) {
            root = std::move(value);
        } else if (auto* array = std::get_if<Value::Array>(&open_.back().value.data)) {
            array->push_back(std::move(value));
        } else {
            std::get<Value::Object>(open_.back().value.data)
                .push_back({std::move(open_.back().key), std::move(value)});
        }
    }

    std::string_view text_;
    const ReadOptions& options_;
    std::vector<Open> open_;
    std::size_t values_ = 0;
};

Error prefixed(std::string_view prefix, const Told& problem) {
    return invalid_format(Told{problem.detail, std::string(prefix) + problem.text});
}

Told wrong_type(std::string_view expected, std::string_view found) {
    return told<JsonDetail::json_wrong_type>(expected, found);
}

// What the library would let pass: it skips a byte-order mark and takes NUL for the end.
std::optional<Told> find_text_fault(std::string_view text, const ReadOptions& options) {
    if (text.size() > options.max_size) {
        return told<JsonDetail::json_too_large>(text.size(), options.max_size);
    }
    if (const auto fault = find_utf8_fault(text)) {
        return told<JsonDetail::json_invalid_utf8>(describe(*fault));
    }
    if (text.starts_with("\xEF\xBB\xBF")) {
        return told<JsonDetail::json_byte_order_mark>();
    }
    if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
        return told<JsonDetail::json_nul>(line_and_column(text, nul + 1));
    }
    return std::nullopt;
}

}  // namespace

Result<Value> parse(std::string_view text, const ReadOptions& options) {
    const auto refused = [&](const Told& problem) {
        return fail(prefixed(options.error_prefix, problem));
    };
    if (const auto fault = find_text_fault(text, options)) {
        return refused(*fault);
    }
    Builder builder(text, options);
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
        return refused(builder.problem);
    }
    return std::move(builder.root);
}

std::string_view Value::kind() const noexcept {
    static constexpr std::string_view names[] = {"null",     "a boolean", "an integer", "a number",
                                                 "a string", "an array",  "an object"};
    static_assert(std::size(names) == std::variant_size_v<decltype(data)>);
    return names[data.index()];
}

Result<ObjectReader> ObjectReader::root(const Value& value, std::string_view error_prefix) {
    const auto* object = std::get_if<Value::Object>(&value.data);
    if (object == nullptr) {
        return fail(prefixed(error_prefix, wrong_type("an object", value.kind())));
    }
    return ObjectReader(*object, "", error_prefix);
}

Result<std::uint64_t> ObjectReader::u64(std::string_view key) const {
    return integer(key, UINT64_MAX);
}

Result<std::uint32_t> ObjectReader::u32(std::string_view key) const {
    AION_TRY_ASSIGN(const std::uint64_t value, integer(key, UINT32_MAX));
    return static_cast<std::uint32_t>(value);
}

Result<std::string_view> ObjectReader::text(std::string_view key) const {
    const Value* value = find(key);
    if (value == nullptr) {
        return fail(missing(key));
    }
    if (const auto* text = std::get_if<std::string>(&value->data)) {
        return std::string_view(*text);
    }
    return fail(mismatch(key, "a string", *value));
}

Result<std::optional<std::string_view>> ObjectReader::text_or_null(std::string_view key) const {
    const Value* value = find(key);
    if (value == nullptr || std::holds_alternative<std::monostate>(value->data)) {
        return std::optional<std::string_view>();
    }
    AION_TRY_ASSIGN(const std::string_view present, text(key));
    return std::optional(present);
}

Result<std::vector<ObjectReader>> ObjectReader::objects(std::string_view key) const {
    const Value* value = find(key);
    if (value == nullptr) {
        return fail(missing(key));
    }
    return objects_in(*value, key);
}

Result<std::vector<ObjectReader>> ObjectReader::objects_if_any(std::string_view key) const {
    const Value* value = find(key);
    if (value == nullptr) {
        return std::vector<ObjectReader>();
    }
    return objects_in(*value, key);
}

Result<> ObjectReader::check_only(std::initializer_list<std::string_view> known) const {
    const auto others = unknown(std::span(known.begin(), known.size()));
    if (others.empty()) {
        return {};
    }
    return fail(error_at(others.front(), told<JsonDetail::json_unknown_key>()));
}

std::vector<std::string_view> ObjectReader::unknown(std::span<const std::string_view> known) const {
    std::vector<std::string_view> others;
    for (const Member& member : *object_) {
        if (std::ranges::find(known, member.key) == known.end()) {
            others.emplace_back(member.key);
        }
    }
    return others;
}

std::string ObjectReader::place_of(std::string_view key) const {
    return joined(path_, key);
}

Error ObjectReader::error_at(std::string_view key, const Told& problem) const {
    return prefixed(std::string(error_prefix_) + place_of(key) + ": ", problem);
}

// Linear: our objects have a handful of keys, and a hostile one is asked for a handful.
const Value* ObjectReader::find(std::string_view key) const noexcept {
    const auto member = std::ranges::find(*object_, key, &Member::key);
    return member == object_->end() ? nullptr : &member->value;
}

Result<std::uint64_t> ObjectReader::integer(std::string_view key, std::uint64_t max) const {
    const Value* value = find(key);
    if (value == nullptr) {
        return fail(missing(key));
    }
    const auto* number = std::get_if<std::uint64_t>(&value->data);
    if (number == nullptr || *number > max) {
        return fail(mismatch(key, "an integer from 0 to " + std::to_string(max), *value));
    }
    return *number;
}

Result<std::vector<ObjectReader>> ObjectReader::objects_in(const Value& value,
                                                           std::string_view key) const {
    const auto* array = std::get_if<Value::Array>(&value.data);
    if (array == nullptr) {
        return fail(mismatch(key, "an array", value));
    }
    std::vector<ObjectReader> readers;
    readers.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i) {
        const std::string name = std::string(key) + "[" + std::to_string(i) + "]";
        const auto* object = std::get_if<Value::Object>(&(*array)[i].data);
        if (object == nullptr) {
            return fail(mismatch(name, "an object", (*array)[i]));
        }
        readers.push_back(ObjectReader(*object, joined(path_, name), error_prefix_));
    }
    return readers;
}

Error ObjectReader::missing(std::string_view key) const {
    return error_at(key, told<JsonDetail::json_missing_key>());
}

Error ObjectReader::mismatch(std::string_view key, std::string_view expected,
                             const Value& found) const {
    std::string what(found.kind());
    if (const auto* number = std::get_if<std::uint64_t>(&found.data)) {
        what = std::to_string(*number);
    }
    return error_at(key, wrong_type(expected, what));
}

}  // namespace aion::json
