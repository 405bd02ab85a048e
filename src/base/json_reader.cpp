// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/json_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

#include "base/json_details.hpp"
#include "base/json_lexer.hpp"
#include "base/json_places.hpp"
#include "base/try.hpp"

namespace aion::json {
namespace {

Told wrong_type(std::string_view expected, std::string_view found) {
    return told<JsonDetail::json_wrong_type>(expected, found);
}

}  // namespace

Value Document::root() const noexcept {
    return {*this, 0};
}

std::string_view Value::kind() const noexcept {
    switch (first()) {
        case 'n':
            return "null";
        case 't':
        case 'f':
            return "a boolean";
        case '"':
            return "a string";
        case '[':
            return "an array";
        case '{':
            return "an object";
        default:
            return integer() ? "an integer" : "a number";
    }
}

std::optional<std::uint64_t> Value::integer() const noexcept {
    if (first() < '0' || first() > '9') {
        return std::nullopt;
    }
    const std::string_view text = document_->text_;
    const char* const end = text.data() + text.size();
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data() + place(), end, number);
    const bool goes_on =
        read.ptr != end && (*read.ptr == '.' || *read.ptr == 'e' || *read.ptr == 'E');
    return read.ec == std::errc() && !goes_on ? std::optional(number) : std::nullopt;
}

std::optional<std::string_view> Value::number() const noexcept {
    if (first() != '-' && (first() < '0' || first() > '9')) {
        return std::nullopt;
    }
    const std::string_view from = document_->text_.substr(place());
    return from.substr(0, from.find_first_not_of("+-.0123456789Ee"));
}

std::optional<std::string_view> Value::text() const noexcept {
    if ((place() & Document::decoded_bit) != 0) {
        const std::string_view decoded =
            std::string_view(document_->decoded_).substr(place() & ~Document::decoded_bit);
        DecodedSize size = 0;
        std::memcpy(&size, decoded.data(), sizeof size);
        return decoded.substr(sizeof size, size);
    }
    if (first() != '"') {
        return std::nullopt;
    }
    const std::string_view rest = document_->text_.substr(place() + 1);
    return rest.substr(0, rest.find('"'));
}

bool Value::says(std::string_view what) const noexcept {
    if ((place() & Document::decoded_bit) != 0) {
        return *text() == what;
    }
    if (first() != '"') {
        return false;
    }
    // The first quotation mark ends the string, so there is no need to look for it.
    const std::string_view rest = document_->text_.substr(place() + 1);
    return rest.size() > what.size() && rest[what.size()] == '"' && rest.starts_with(what);
}

Value::Children Value::children() const noexcept {
    const bool has_any = is_array() || is_object();
    const std::uint32_t begin = has_any ? at_ + 2 : at_ + 1;
    return {Children::Iterator(*document_, is_object(), begin),
            Children::Iterator(*document_, is_object(), behind())};
}

std::string_view Member::key() const noexcept {
    return name ? *name->text() : std::string_view();
}

Result<ObjectReader> ObjectReader::root(const Document& document, std::string_view error_prefix) {
    const Value root = document.root();
    if (!root.is_object()) {
        return fail(prefixed(error_prefix, wrong_type("an object", root.kind())));
    }
    return ObjectReader(root, error_prefix);
}

Result<std::uint64_t> ObjectReader::u64(std::string_view key) const {
    return integer(key, UINT64_MAX);
}

Result<std::uint32_t> ObjectReader::u32(std::string_view key) const {
    AION_TRY_ASSIGN(const std::uint64_t value, integer(key, UINT32_MAX));
    return static_cast<std::uint32_t>(value);
}

Result<std::string_view> ObjectReader::text(std::string_view key) const {
    const auto value = find(key);
    if (!value) {
        return fail(missing(key));
    }
    if (const auto text = value->text()) {
        return *text;
    }
    return fail(mismatch(key, "a string", *value));
}

Result<std::optional<std::string_view>> ObjectReader::text_or_null(std::string_view key) const {
    const auto value = find(key);
    if (!value || value->is_null()) {
        return std::optional<std::string_view>();
    }
    AION_TRY_ASSIGN(const std::string_view present, text(key));
    return std::optional(present);
}

Result<ObjectReader> ObjectReader::object(std::string_view key) const {
    AION_TRY_ASSIGN(const Value value, any(key));
    if (!value.is_object()) {
        return fail(mismatch(key, "an object", value));
    }
    return ObjectReader(*this, key, std::nullopt, value);
}

Result<std::optional<ObjectReader>> ObjectReader::object_if_any(std::string_view key) const {
    if (!find(key)) {
        return std::optional<ObjectReader>();
    }
    AION_TRY_ASSIGN(const ObjectReader present, object(key));
    return std::optional(present);
}

Result<std::vector<std::pair<std::string_view, std::string_view>>> ObjectReader::all_texts() const {
    std::vector<std::pair<std::string_view, std::string_view>> texts;
    for (const Member& member : object_.children()) {
        const auto text = member.value.text();
        if (!text) {
            return fail(mismatch(member.key(), "a string", member.value));
        }
        texts.emplace_back(member.key(), *text);
    }
    return texts;
}

Result<Value> ObjectReader::any(std::string_view key) const {
    const auto value = find(key);
    if (!value) {
        return fail(missing(key));
    }
    return *value;
}

Result<ObjectReader::Objects> ObjectReader::objects(std::string_view key) const {
    const auto value = find(key);
    if (!value) {
        return fail(missing(key));
    }
    return objects_in(*value, key);
}

Result<ObjectReader::Objects> ObjectReader::objects_if_any(std::string_view key) const {
    const auto value = find(key);
    if (!value) {
        return Objects();
    }
    return objects_in(*value, key);
}

Result<std::optional<std::vector<std::string_view>>> ObjectReader::texts_if_any(
    std::string_view key) const {
    const auto value = find(key);
    if (!value) {
        return std::optional<std::vector<std::string_view>>();
    }
    if (!value->is_array()) {
        return fail(mismatch(key, "an array", *value));
    }
    std::vector<std::string_view> texts;
    for (const Member& element : value->children()) {
        const auto text = element.value.text();
        if (!text) {
            const std::string name = std::string(key) + "[" + std::to_string(texts.size()) + "]";
            return fail(mismatch(name, "a string", element.value));
        }
        texts.push_back(*text);
    }
    return std::optional(std::move(texts));
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
    for (const Member& member : object_.children()) {
        if (std::ranges::none_of(known,
                                 [&](std::string_view key) { return member.name->says(key); })) {
            others.push_back(member.key());
        }
    }
    return others;
}

std::string ObjectReader::place_of(std::string_view key) const {
    if (parent_ == nullptr) {
        return shown(key);
    }
    std::string here(key_);
    if (number_) {
        here += "[" + std::to_string(*number_) + "]";
    }
    return joined(parent_->place_of(here), key);
}

Error ObjectReader::error_at(std::string_view key, const Told& problem) const {
    return prefixed(std::string(error_prefix_) + place_of(key) + ": ", problem);
}

// Linear: our objects have a handful of keys, and a hostile one is asked for a handful.
std::optional<Value> ObjectReader::find(std::string_view key) const noexcept {
    for (const Member& member : object_.children()) {
        if (member.name->says(key)) {
            return member.value;
        }
    }
    return std::nullopt;
}

Result<std::uint64_t> ObjectReader::integer(std::string_view key, std::uint64_t max) const {
    const auto value = find(key);
    if (!value) {
        return fail(missing(key));
    }
    const auto number = value->integer();
    if (!number || *number > max) {
        return fail(mismatch(key, "an integer from 0 to " + std::to_string(max), *value));
    }
    return *number;
}

Result<ObjectReader::Objects> ObjectReader::objects_in(Value value, std::string_view key) const {
    if (!value.is_array()) {
        return fail(mismatch(key, "an array", value));
    }
    const auto elements = value.children();
    std::size_t count = 0;
    for (const Member& element : elements) {
        if (!element.value.is_object()) {
            const std::string name = std::string(key) + "[" + std::to_string(count) + "]";
            return fail(mismatch(name, "an object", element.value));
        }
        ++count;
    }
    return Objects({*this, key, elements.begin(), 0}, {*this, key, elements.end(), count});
}

Error ObjectReader::missing(std::string_view key) const {
    return error_at(key, told<JsonDetail::json_missing_key>());
}

Error ObjectReader::mismatch(std::string_view key, std::string_view expected, Value found) const {
    const auto number = found.integer();
    return error_at(
        key, wrong_type(expected, number ? std::to_string(*number) : std::string(found.kind())));
}

}  // namespace aion::json
