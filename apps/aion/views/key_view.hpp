// SPDX-License-Identifier: MIT OR Apache-2.0
// Keys as text and as documents.
#pragma once

#include <span>
#include <string_view>

#include "aion/trust/keystore.hpp"
#include "shell/console.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {

/// The three lines that follow a key that was made or stored.
void print_key_lines(Stream& out, std::string_view id_as_typed, trust::KeyId id,
                     const PublicKey& key);

void print_key_list(Console& console, std::span<const trust::KeyListing> keys, Format format);

void print_public_key(Console& console, trust::KeyId id, const PublicKey& key, Format format);

}  // namespace aion::cli
