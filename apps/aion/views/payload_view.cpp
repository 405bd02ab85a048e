// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/payload_view.hpp"

#include "aion/base/base64.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "aion/base/utf8.hpp"

namespace aion::cli {
namespace {

void print_text(Console& console, std::string_view text) {
    Stream& out = console.out();
    if (out.is_terminal()) {
        const std::string safe = shown_exactly(text);
        if (safe != text) {
            console.hint(
                "Control characters are shown escaped; --output FILE gives the exact bytes");
        }
        out.write(safe);
    } else {
        out.write(text);
    }
    out.write("\n");
}

}  // namespace

void write_text(Console& console, const PayloadView& view) {
    const std::string_view text = as_text(view.bytes);
    if (!find_utf8_fault(text)) {
        print_text(console, text);
    } else {
        console.warn("Rules contain binary data, displaying as hex:");
        console.out().write(to_hex(view.bytes) + "\n");
    }
}

void write(DocumentWriter& out, const PayloadView& view) {
    const std::string_view text = as_text(view.bytes);
    out.begin_object();
    if (!find_utf8_fault(text)) {
        out.member("encoding", "utf-8").member("content", text);
    } else {
        out.member("encoding", "base64").member("content", to_base64(view.bytes));
    }
    Twins twins(out);
    twins.number("size", view.bytes.size()).number("version_number", view.version);
    out.member("rules_hash_hex", to_hex(view.hash)).member("verified", view.verified);
    twins.end_object();
}

}  // namespace aion::cli
