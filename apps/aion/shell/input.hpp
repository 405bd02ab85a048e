// SPDX-License-Identifier: MIT OR Apache-2.0
// What commands read besides `.aion` files: rules, key ids, public keys, registries, pins.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/policy/verify.hpp"
#include "aion/trust/keystore.hpp"
#include "aion/trust/registry.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// The rules of a new version: the file, or standard input for `-` or nothing. Standard input
/// that is a terminal is refused unless `-` asks for it.
[[nodiscard]] Outcome<Bytes> read_rules(Context& context, const std::optional<std::string>& path);

/// A stored key's id: unsigned decimal. The message echoes the text as typed.
[[nodiscard]] Outcome<trust::KeyId> parse_key_id(std::string_view text);

/// `AION_KEYSTORE_DIR`, else `.aion/keys` in the home directory (docs/keys.md#the-directory).
[[nodiscard]] trust::Keystore open_keystore(Context& context);

/// 64 hex digits, or a file that holds them or the key's base64.
[[nodiscard]] Outcome<PublicKey> read_public_key(Context& context, const std::string& text);

/// A registry from a file, with a warning if it has fields that nobody knows. An empty path means
/// that none was named.
[[nodiscard]] Outcome<trust::Registry> load_registry(Context& context, const std::string& path);
/// The same for who shows all of its warnings.
[[nodiscard]] Outcome<trust::Registry> load_registry_silently(Context& context,
                                                              const std::string& path);

/// A file as one private buffer that cannot change while it is looked at.
[[nodiscard]] Outcome<std::shared_ptr<const FileContent>> read_aion_file(Context& context,
                                                                         const std::string& path);

/// What `--expect-file-id`, `--expect-head` and `--min-version` say.
struct PinTexts {
    std::optional<std::string> file_id;
    std::optional<std::string> head;
    std::optional<VersionNumber> min_version;
};

[[nodiscard]] Outcome<policy::Pins> parse_pins(const PinTexts& texts);

}  // namespace aion::cli
