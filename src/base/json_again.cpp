// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/json_again.hpp"

namespace aion::json {

void write_again(JsonWriter& out, const Value& value) {  // NOLINT(misc-no-recursion)
    if (const auto number = value.number()) {
        out.written(*number);
    } else if (const auto text = value.text()) {
        out.text(*text);
    } else if (const auto truth = value.boolean()) {
        out.boolean(*truth);
    } else if (value.is_null()) {
        out.null();
    } else {
        const bool is_object = value.is_object();
        is_object ? out.begin_object() : out.begin_array();
        for (const Member& member : value.children()) {
            if (is_object) {
                out.key(member.key());
            }
            write_again(out, member.value);
        }
        is_object ? out.end_object() : out.end_array();
    }
}

std::string in_one_line(const Value& value) {
    std::string text;
    JsonWriter out(text, JsonStyle::minimal);
    write_again(out, value);
    return text;
}

}  // namespace aion::json
