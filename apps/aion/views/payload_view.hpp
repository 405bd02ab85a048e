// SPDX-License-Identifier: MIT OR Apache-2.0
// The rules of a file for people, or inside a document.
#pragma once

#include "aion/base/bytes.hpp"
#include "aion/base/document_writer.hpp"
#include "aion/base/ids.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// The head version's rules and where they come from.
struct PayloadView {
    ByteView bytes;
    VersionNumber version;
    Hash hash;
    bool verified = false;
};

/// The content and one newline; what is not UTF-8 as hex. A terminal gets control characters
/// escaped.
void write_text(Console& console, const PayloadView& view);
/// An object with the content as text or base64.
void write(DocumentWriter& out, const PayloadView& view);

}  // namespace aion::cli
