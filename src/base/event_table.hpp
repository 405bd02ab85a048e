// SPDX-License-Identifier: MIT OR Apache-2.0
// The events of a layer as a table, one row a case; whoever emits one gives its row and values.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "aion/base/events.hpp"
#include "base/names.hpp"

namespace aion {

/// A layer's table is a NameTable of these, and `events_of(Enum)` beside the enumeration gives it.
template <class Enum>
struct EventRow {
    Enum value;
    std::string_view name;
    EventLevel level = EventLevel::info;
    std::string_view target;
    std::array<std::string_view, 5> fields;  ///< In order; the rest is empty.

    [[nodiscard]] constexpr std::size_t field_count() const noexcept {
        std::size_t count = 0;
        while (count < fields.size() && !fields[count].empty()) {
            ++count;
        }
        return count;
    }
};

/// Calls `sink`, if there is one, with the event and a value for each of its fields.
template <auto event, class... Values>
void emit(const EventSink& sink, Values&&... values) {
    constexpr auto& row = *events_of(event).find(event);
    static_assert(row.field_count() == sizeof...(Values), "one value a field");
    if (!sink) {
        return;
    }
    Event told{row.level, row.target, row.name, {}};
    told.fields.reserve(sizeof...(Values));
    std::size_t i = 0;
    (told.fields.push_back({row.fields[i++], std::forward<Values>(values)}), ...);
    sink(told);
}

}  // namespace aion
