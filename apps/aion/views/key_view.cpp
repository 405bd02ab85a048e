// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/key_view.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "aion/base/base64.hpp"
#include "aion/base/hex.hpp"

namespace aion::cli {
namespace {

Json listing_document(const trust::KeyListing& key) {
    return {{"key_id", key.id.value},
            {"author_id", key.id.value},
            {"public_key_hex", key.public_key ? Json(to_hex(*key.public_key)) : Json()},
            {"path", utf8(key.path.native())},
            {"problem", key.problem ? Json(utf8(key.problem->full_message())) : Json()}};
}

void print_listing(Stream& out, const trust::KeyListing& key) {
    out.write(fmt::format("Key ID: {0}\n  Author ID: {0}\n", key.id.value));
    if (key.public_key) {
        out.write(fmt::format("  Public Key: {}\n", to_hex(*key.public_key)));
    } else if (!key.problem) {
        out.write(fmt::format("  Public Key: not recorded; run: aion key show {}\n", key.id.value));
    }
    if (key.problem) {
        out.write(fmt::format("  Problem: {}\n", shown(key.problem->full_message())));
    }
    out.write("\n");
}

}  // namespace

void print_key_lines(Stream& out, std::string_view id_as_typed, trust::KeyId id,
                     const PublicKey& key) {
    out.write(fmt::format("   Key ID: {}\n   Author ID: {}\n   Public Key: {}\n",
                          shown(id_as_typed), id.value, to_hex(key)));
}

void print_key_list(Console& console, std::span<const trust::KeyListing> keys, Format format) {
    Stream& out = console.out();
    if (format != Format::text) {
        Json document = Json::array();
        for (const trust::KeyListing& key : keys) {
            document.push_back(listing_document(key));
        }
        print_document(out, document, format);
        return;
    }
    out.write(fmt::format("{}Stored Keys\n=============\n\n", out.symbol("🔑 ")));
    for (const trust::KeyListing& key : keys) {
        print_listing(out, key);
    }
    if (keys.empty()) {
        out.write("No keys found in keystore.\n");
        console.hint("Generate a new key with: aion key generate --id KEY_ID");
    } else {
        out.write(fmt::format("Total: {} key(s)\n", keys.size()));
    }
}

void print_public_key(Console& console, trust::KeyId id, const PublicKey& key, Format format) {
    Stream& out = console.out();
    if (format == Format::text) {
        out.write(fmt::format("Key ID: {}\nPublic Key: {}\nBase64: {}\n", id.value, to_hex(key),
                              to_base64(key.view())));
    } else {
        print_document(out,
                       {{"key_id", id.value},
                        {"public_key_hex", to_hex(key)},
                        {"public_key_base64", to_base64(key.view())}},
                       format);
    }
}

}  // namespace aion::cli
