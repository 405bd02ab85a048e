// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/key_view.hpp"

#include <fmt/format.h>

#include <optional>

#include "aion/base/base64.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "aion/crypto/hash.hpp"

namespace aion::cli {
namespace {

void write_listing(DocumentWriter& out, const trust::KeyListing& key, bool is_hybrid) {
    const auto hex = hex_of(key.public_key);
    const auto problem = key.problem ? std::optional(key.problem->full_message()) : key.exposure;
    Twins twins(out);
    out.begin_object();
    twins.number("key_id", key.id).number("author_id", key.id);
    out.member("public_key_hex", hex);
    twins.path(key.path.native());
    out.member("problem", problem);
    if (is_hybrid) {
        out.member("post_quantum_algorithm", "ML-DSA-65");
    }
    twins.end_object();
}

void print_listing(Stream& out, const trust::KeyListing& key, bool is_hybrid) {
    out.write(fmt::format("Key ID: {}\n", key.id.value));
    if (key.public_key) {
        out.write(fmt::format("  Public Key: {}\n", to_hex(*key.public_key)));
    } else if (!key.problem) {
        out.write(fmt::format("  Public Key: not recorded; run: aion key show {}\n", key.id.value));
    }
    print_hybrid_line(out, is_hybrid);
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

void print_hybrid_line(Stream& out, bool is_hybrid) {
    if (is_hybrid) {
        out.write("  Post-Quantum Half: ML-DSA-65\n");
    }
}

void write_text(Console& console, const KeyListView& view) {
    Stream& out = console.out();
    for (std::size_t i = 0; i < view.keys.size(); ++i) {
        print_listing(out, view.keys[i], view.is_hybrid[i]);
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
    for (std::size_t i = 0; i < view.keys.size(); ++i) {
        write_listing(out, view.keys[i], view.is_hybrid[i]);
    }
    out.end_array();
}

void write_text(Console& console, const PublicKeyView& view) {
    console.out().write(fmt::format("Key ID: {}\nPublic Key: {}\nBase64: {}\n", view.id.value,
                                    to_hex(view.key), to_base64(view.key.view())));
    if (view.hybrid) {
        console.out().write(fmt::format("Post-Quantum Half: ML-DSA-65, BLAKE3 {}\n",
                                        to_hex(crypto::blake3(view.hybrid->post_quantum))));
        console.hint(fmt::format("All of it, for a registry: aion hybrid key {} --output FILE",
                                 view.id.value));
    }
}

void write(DocumentWriter& out, const PublicKeyView& view) {
    Twins twins(out);
    out.begin_object();
    twins.number("key_id", view.id);
    out.member("public_key_hex", to_hex(view.key))
        .member("public_key_base64", to_base64(view.key.view()));
    if (view.hybrid) {
        out.member("post_quantum_algorithm", "ML-DSA-65")
            .member("post_quantum_key_base64", to_base64(view.hybrid->post_quantum))
            .member("post_quantum_key_blake3", to_hex(crypto::blake3(view.hybrid->post_quantum)));
    }
    twins.end_object();
}

}  // namespace aion::cli
