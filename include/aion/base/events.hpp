// SPDX-License-Identifier: MIT OR Apache-2.0
// Structured events: the library calls a callback, the caller decides. docs/errors.md lists them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/variant.hpp"

namespace aion {

enum class EventLevel : std::uint8_t {
    info,  ///< Something was accepted.
    warn,  ///< Something was refused.
};
/// `info`, `warn`.
[[nodiscard]] std::string_view name_of(EventLevel level) noexcept;

/// One accepted outcome (info) or refusal (warn). Never holds private keys, whole hashes or
/// signatures, payload bytes, file paths or error texts.
struct Event {
    /// A word of a closed vocabulary, such as the name of a reason. Only the log as text tells it
    /// from other strings: it puts words in quotes and those not.
    struct Name {
        std::string_view text;  ///< A literal.
    };

    struct Field {
        std::string_view name;
        Variant<std::uint64_t, std::string, Name> value;
    };

    EventLevel level = EventLevel::info;
    /// Module, e.g. `operations`; sinks print it as `aion::operations`.
    std::string_view target;
    /// Lower-snake-case event name, e.g. `file_rejected`.
    std::string_view name;
    std::vector<Field> fields;
};

/// Where events go; empty for nowhere. Called synchronously, possibly from several threads of one
/// caller but never from threads that the library made.
using EventSink = std::function<void(const Event&)>;

/// Calls `sink` if there is one.
inline void emit(const EventSink& sink, const Event& event) {
    if (sink) {
        sink(event);
    }
}

}  // namespace aion
