// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/key_view.hpp"

#include <fmt/format.h>

#include <optional>

#include "aion/base/base64.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"

namespace aion::cli {
namespace {

void write_listing(DocumentWriter& out, const trust::KeyListing& key) {
    const auto hex = hex_of(key.public_key);
    const auto problem = key.problem ? std::optional(key.problem->full_message()) : key.exposure;
    Twins twins(out);
    out.begin_object();
    twins.number("key_id", key.id).number("author_id", key.id);
    out.member("public_key_hex", hex);
    twins.path(key.path.native());
    out.member("problem", problem);
    twins.end_object();
}

void print_listing(Stream& out, const trust::KeyListing& key) {
    out.write(fmt::format("Key ID: {}\n", key.id.value));
    if (key.public_key) {
        out.write(fmt::format("  Public Key: {}\n", to_hex(*key.public_key)));
    } else if (!key.problem) {
        out.write(fmt::format("  Public Key: not recorded; run: aion key show {}\n", key.id.value));
    }
    if (key.problem) {
        out.write(fmt::format("  Problem: {}\n", shown(key.problem->full_message())));
    } else if (key.exposure) {
        out.write(fmt::format("  Problem: {}\n", shown(*key.exposure)));
    }
    out.write("\n");
}

}  // namespace

void print_key_lines(Stream& out, trust::KeyId id, const PublicKey& key) {
    out.write(fmt::format("  Key ID: {}\n  Public Key: {}\n", id.value, to_hex(key)));
}

void write_text(Console& console, const KeyListView& view) {
    Stream& out = console.out();
    for (const trust::KeyListing& key : view.keys) {
        print_listing(out, key);
    }
    if (view.keys.empty()) {
        out.write("No keys found in keystore.\n");
        console.hint("Generate a new key with: aion key generate --id KEY_ID");
    } else {
        out.write(fmt::format("Total: {} key(s)\n", view.keys.size()));
    }
}

void write(DocumentWriter& out, const KeyListView& view) {
    out.begin_array();
    for (const trust::KeyListing& key : view.keys) {
        write_listing(out, key);
    }
    out.end_array();
}

void write_text(Console& console, const PublicKeyView& view) {
    console.out().write(fmt::format("Key ID: {}\nPublic Key: {}\nBase64: {}\n", view.id.value,
                                    to_hex(view.key), to_base64(view.key.view())));
}

void write(DocumentWriter& out, const PublicKeyView& view) {
    Twins twins(out);
    out.begin_object();
    twins.number("key_id", view.id);
    out.member("public_key_hex", to_hex(view.key))
        .member("public_key_base64", to_base64(view.key.view()));
    twins.end_object();
}

}  // namespace aion::cli
