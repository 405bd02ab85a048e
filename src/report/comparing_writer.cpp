// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/comparing_writer.hpp"

#include <algorithm>
#include <utility>

namespace aion::report {
namespace {

using Kind = Value::Kind;

std::string_view container_name(Kind kind) noexcept {
    return kind == Kind::object ? "an object" : "a list";
}

}  // namespace

std::string in_words(const Value& value) {
    switch (value.kind) {
        case Kind::null:
            return "null";
        case Kind::boolean:
            return value.truth ? "true" : "false";
        case Kind::number:
        case Kind::text:
            return value.text;
        case Kind::list:
        case Kind::object:
            break;
    }
    return std::string(container_name(value.kind));
}

DocumentWriter& ComparingWriter::end_object() {
    const Level& level = levels_.back();
    if (level.stated != nullptr) {
        place_.resize(level.place_length);
        for (std::size_t i = 0; i < level.seen.size(); ++i) {
            const auto& [name, value] = level.stated->members[i];
            if (level.seen[i]) {
                continue;
            }
            place_ += place_.empty() ? name : "." + name;
            if (!is_ignored(place_)) {
                differ(in_words(value), std::nullopt);
            }
            place_.resize(level.place_length);
        }
    }
    leave();
    return *this;
}

DocumentWriter& ComparingWriter::end_array() {
    const Level& level = levels_.back();
    if (level.stated != nullptr) {
        for (std::size_t i = level.next; i < level.stated->items.size(); ++i) {
            place_.resize(level.place_length);
            place_ += "[" + std::to_string(i) + "]";
            differ(in_words(level.stated->items[i]), std::nullopt);
        }
    }
    leave();
    return *this;
}

DocumentWriter& ComparingWriter::begin_variant(std::string_view kind) {
    return begin_object().key(kind).begin_object();
}

DocumentWriter& ComparingWriter::end_variant() {
    return end_object().end_object();
}

DocumentWriter& ComparingWriter::key(std::string_view name) {
    key_ = name;
    return *this;
}

DocumentWriter& ComparingWriter::text(std::string_view text) {
    return scalar(Kind::text, text);
}

DocumentWriter& ComparingWriter::number(std::uint64_t number) {
    return scalar(Kind::number, std::to_string(number));
}

DocumentWriter& ComparingWriter::signed_number(std::int64_t number) {
    return scalar(Kind::number, std::to_string(number));
}

DocumentWriter& ComparingWriter::boolean(bool truth) {
    return scalar(Kind::boolean, truth ? "true" : "false");
}

DocumentWriter& ComparingWriter::null() {
    return scalar(Kind::null, "null");
}

const Value* ComparingWriter::take(std::string_view found) {
    if (levels_.empty()) {
        place_.clear();
        return &root_;
    }
    Level& level = levels_.back();
    if (level.stated == nullptr) {
        return nullptr;
    }
    place_.resize(level.place_length);
    const Value* stated = nullptr;
    if (level.is_object) {
        place_ += place_.empty() ? key_ : "." + key_;
        stated = stated_member();
    } else {
        place_ += "[" + std::to_string(level.next) + "]";
        const auto& items = level.stated->items;
        stated = level.next < items.size() ? &items[level.next] : nullptr;
        ++level.next;
    }
    if (is_ignored(place_)) {
        return nullptr;
    }
    if (stated == nullptr) {
        differ(std::nullopt, std::string(found));
    }
    return stated;
}

// Members mostly come in the order in which they are asked for.
const Value* ComparingWriter::stated_member() {
    Level& level = levels_.back();
    const auto& members = level.stated->members;
    for (std::size_t tried = 0; tried < members.size(); ++tried) {
        const std::size_t i = (level.next + tried) % members.size();
        if (members[i].first == key_) {
            level.seen[i] = true;
            level.next = i + 1;
            return &members[i].second;
        }
    }
    return nullptr;
}

void ComparingWriter::leave() {
    levels_.pop_back();
}

DocumentWriter& ComparingWriter::begin(Kind kind) {
    const Value* stated = take(container_name(kind));
    if (stated != nullptr && stated->kind != kind) {
        differ(in_words(*stated), std::string(container_name(kind)));
        stated = nullptr;
    }
    Level level;
    level.stated = stated;
    level.is_object = kind == Kind::object;
    level.place_length = place_.size();
    if (stated != nullptr) {
        level.seen.resize(stated->members.size());
    }
    levels_.push_back(std::move(level));
    return *this;
}

DocumentWriter& ComparingWriter::scalar(Kind kind, std::string_view found) {
    const Value* const stated = take(found);
    if (stated == nullptr) {
        return *this;
    }
    const bool may_be_text =
        numbers_are_text_ && kind == Kind::text && stated->kind == Kind::number;
    const bool is_same_kind = stated->kind == kind || may_be_text;
    if (!is_same_kind || in_words(*stated) != found) {
        std::string words = in_words(*stated);
        if (words == found) {
            words += " (of another type)";
        }
        differ(std::move(words), std::string(found));
    }
    return *this;
}

void ComparingWriter::differ(std::optional<std::string> stated, std::optional<std::string> found) {
    differ_({place_, std::move(stated), std::move(found)});
}

bool ComparingWriter::is_ignored(std::string_view place) const {
    return std::ranges::find(ignored_, place) != ignored_.end();
}

}  // namespace aion::report
