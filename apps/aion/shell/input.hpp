// SPDX-License-Identifier: MIT OR Apache-2.0
// What commands read besides `.aion` files: rules, key ids, public keys, registries, pins.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aion/base/env.hpp"
#include "aion/trust/freshness.hpp"
#include "aion/trust/keystore.hpp"
#include "aion/trust/registry.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// What a command was given to read: a file, or what came in at standard input.
class Input {
  public:
    explicit Input(std::shared_ptr<const FileContent> file) : file_(std::move(file)) {}

    explicit Input(Bytes stream) : stream_(std::move(stream)) {}

    /// All bytes; valid as long as this object.
    [[nodiscard]] ByteView bytes() const noexcept {
        return file_ != nullptr ? file_->bytes() : ByteView(stream_);
    }

  private:
    std::shared_ptr<const FileContent> file_;
    Bytes stream_;
};

/// Notes that standard input is taken for `what`, e.g. `the rules`. Fails if it was taken for
/// something else before, as there is nothing left of it.
[[nodiscard]] Outcome<> claim_standard_input(Context& context, const std::string& what);

/// All of standard input, for `what`.
[[nodiscard]] Outcome<Input> read_standard_input_as(Context& context, const std::string& what,
                                                    std::uint64_t max_size = UINT64_MAX);

/// The same for what may be larger than memory: kept as `Spool` does (base/spool.hpp).
[[nodiscard]] Outcome<std::unique_ptr<ReadableFile>> spool_standard_input(Context& context,
                                                                          const std::string& what);

/// The file `path`, or standard input for `-`; at most `max_size` bytes. `failure` is said before
/// what the operating system says of a file.
[[nodiscard]] Outcome<Input> read_input(Context& context, const std::string& path,
                                        const std::string& what, const std::string& failure,
                                        std::uint64_t max_size = UINT64_MAX);

/// A password from where `source` says, which may be standard input.
[[nodiscard]] Outcome<crypto::SecretBytes> read_password(Context& context,
                                                         const PasswordSource& source,
                                                         Purpose purpose);

/// The rules of a new version: the file, or standard input for `-` or nothing. Standard input
/// that is a terminal is refused unless `-` asks for it; so is nothing at all from anything but a
/// regular file: whoever should have written there failed. They are not held in memory: a file
/// stays where it is, and what only flows by is kept as `Spool` does (base/spool.hpp).
[[nodiscard]] Outcome<std::unique_ptr<ReadableFile>> open_rules(
    Context& context, const std::optional<std::string>& path);

/// A stored key's id: unsigned decimal. The message echoes the text as typed.
[[nodiscard]] Outcome<trust::KeyId> parse_key_id(std::string_view text);

/// `AION_KEYSTORE_DIR`, else `.aion/keys` in the home directory (docs/keys.md#the-directory). Fails
/// where there is no home.
[[nodiscard]] Outcome<trust::Keystore> open_keystore(Context& context);

/// 64 hex digits, or a file that holds them or the key's base64.
[[nodiscard]] Outcome<PublicKey> read_public_key(Context& context, const std::string& text);

/// A registry from a file, with a warning if it has fields that nobody knows, or should have been
/// renewed. An empty path means that none was named. `rule`: fails if it is not as fresh as that.
[[nodiscard]] Outcome<trust::Registry> load_registry(Context& context, const std::string& path,
                                                     const trust::FreshnessRule& rule = {});
/// The same with the bytes that it was read from, once.
[[nodiscard]] Outcome<trust::RegistryFile> load_registry_file(
    Context& context, const std::string& path, const trust::FreshnessRule& rule = {});
/// The same for who shows all of its warnings.
[[nodiscard]] Outcome<trust::Registry> load_registry_silently(Context& context,
                                                              const std::string& path);

/// A file, or standard input for `-`, as one private buffer that cannot change while it is looked
/// at.
[[nodiscard]] Outcome<Input> read_aion_file(Context& context, const std::string& path);

/// `0x` and 16 hex digits, or a decimal number.
[[nodiscard]] Outcome<FileId> parse_file_id(const std::string& text);

}  // namespace aion::cli
