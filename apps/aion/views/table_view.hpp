// SPDX-License-Identifier: MIT OR Apache-2.0
// The table of commands, for whatever is made from it: the fuzzer's dictionary, checks of the
// documents, lists in tests.
#pragma once

#include "aion/base/document_writer.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// An array of the commands that help shows, groups included: `command` (its words, as one
/// string), `is_group`, `options`, `arguments` and `examples` (command lines). Each of the options
/// and arguments has `names`, `value` (null for a flag), `choices` (null where any value will do)
/// and `is_required`. The first command is `aion`, whose options every command takes.
void write(DocumentWriter& out, const CommandTable& table);

}  // namespace aion::cli
