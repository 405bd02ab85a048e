// SPDX-License-Identifier: MIT OR Apache-2.0
// The rules of a file for people, or inside a document.
#pragma once

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "shell/console.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {

/// The head version's rules and where they come from.
struct Rules {
    ByteView bytes;
    VersionNumber version;
    Hash hash;
    bool verified = false;
};

/// Text: the content and one newline; what is not UTF-8 as hex. A terminal gets control
/// characters escaped. JSON and YAML: an object with the content as text or base64.
void print_rules(Console& console, const Rules& rules, Format format);

}  // namespace aion::cli
