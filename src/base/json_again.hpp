// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON that was read, written again: the same values in the same order, numbers as they were.
#pragma once

#include <string>

#include "aion/base/json_writer.hpp"
#include "base/json_reader.hpp"

namespace aion::json {

/// Writes `value` where the writer is.
void write_again(JsonWriter& out, const Value& value);

/// `value` in one line without white space; of strings only what JSON requires is escaped.
[[nodiscard]] std::string in_one_line(const Value& value);

}  // namespace aion::json
