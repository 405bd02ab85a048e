// SPDX-License-Identifier: MIT OR Apache-2.0
// Keys of the keystore.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/trust/hybrid.hpp"
#include "aion/trust/keystore.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// The lines that follow a key that was made or stored. Which author it signs for, a registry says.
void print_key_lines(Stream& out, trust::KeyId id, const PublicKey& key);

struct KeyListView {
    std::span<const trust::KeyListing> keys;
    const std::vector<bool>& is_hybrid;  ///< Of each: whether it has a post-quantum half.
};

void write_text(Console& console, const KeyListView& view);
void write(DocumentWriter& out, const KeyListView& view);

/// The line behind those of a key with a post-quantum half; nothing for any other.
void print_hybrid_line(Stream& out, bool is_hybrid);

struct PublicKeyView {
    trust::KeyId id;
    PublicKey key;
    std::optional<trust::HybridPublicKey> hybrid;
};

void write_text(Console& console, const PublicKeyView& view);
void write(DocumentWriter& out, const PublicKeyView& view);

}  // namespace aion::cli
