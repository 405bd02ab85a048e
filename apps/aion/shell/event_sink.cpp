// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/event_sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "aion/base/ascii.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/base/time_text.hpp"
#include "shell/event_filter.hpp"

namespace aion::cli {
namespace {

std::string in_quotes(std::string_view text) {
    std::string quoted;
    JsonWriter(quoted, JsonStyle::compact).text(text);
    return quoted;
}

// In capitals, as log readers expect it.
std::string level_text(EventLevel level) {
    std::string text(name_of(level));
    std::ranges::transform(text, text.begin(), ascii_upper);
    return text;
}

std::string full_target(const Event& event) {
    return fmt::format("aion::{}", event.target);
}

// A field's value as the text form shows it.
struct TextValue {
    std::string operator()(std::uint64_t number) const { return std::to_string(number); }

    std::string operator()(const std::string& text) const { return text; }

    std::string operator()(Event::Name name) const { return in_quotes(name.text); }
};

void write_value(DocumentWriter& out, std::uint64_t number) {
    out.number(number);
}

void write_value(DocumentWriter& out, const std::string& text) {
    out.text(text);
}

void write_value(DocumentWriter& out, Event::Name name) {
    out.text(name.text);
}

// The clothes of one line of text.
struct Ink {
    bool color;

    [[nodiscard]] std::string operator()(std::string_view code, std::string_view text) const {
        return color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
    }
};

bool wants_json(const Host& host) {
    const auto format = host.variable("AION_LOG_FORMAT");
    return format && std::ranges::equal(*format, std::string_view("json"), {}, ascii_lower);
}

}  // namespace

std::string event_as_text(const Event& event, Timestamp time, bool color) {
    const Ink ink{color};
    const std::string_view level_code = event.level == EventLevel::warn ? "33" : "32";
    const std::string level = fmt::format("{:>5}", level_text(event.level));
    std::string line = fmt::format("{} {} {}{}", ink("2", rfc3339(time)), ink(level_code, level),
                                   ink("2", full_target(event)), ink("2", ":"));
    const auto append = [&](std::string_view name, const std::string& value) {
        line += fmt::format(" {}{}{}", ink("3", name), ink("2", "="), value);
    };
    append("event", in_quotes(event.name));
    for (const Event::Field& field : event.fields) {
        append(field.name, std::visit(TextValue{}, field.value));
    }
    return line;
}

std::string event_as_json(const Event& event, Timestamp time) {
    std::string line;
    JsonWriter out(line, JsonStyle::compact);
    out.begin_object()
        .member("timestamp", rfc3339(time))
        .member("level", level_text(event.level))
        .key("fields")
        .begin_object()
        .member("event", event.name);
    for (const Event::Field& field : event.fields) {
        out.key(field.name);
        std::visit([&out](const auto& value) { write_value(out, value); }, field.value);
    }
    out.end_object().member("target", full_target(event)).end_object();
    return line;
}

EventSink make_event_sink(Env& env, Console& console, const Host& host) {
    const auto text = host.variable("AION_LOG");
    const auto filter = std::make_shared<const EventFilter>(text);
    if (filter->is_malformed()) {
        console.warn("AION_LOG is no filter that aion knows, so refusals are shown: " +
                     shown(*text));
    }
    return [&env, &console, filter, json = wants_json(host)](const Event& event) {
        if (!filter->shows(event.level, full_target(event))) {
            return;
        }
        const std::string line = json ? event_as_json(event, env.now())
                                      : event_as_text(event, env.now(), console.err().colored());
        console.write_error(line + "\n");
    };
}

}  // namespace aion::cli
