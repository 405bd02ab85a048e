// SPDX-License-Identifier: MIT OR Apache-2.0
// Genuine files of every shape that format v2 has, with what a test must know about them from
// elsewhere than the code under test.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/trust/registry.hpp"

namespace aion::proof {

/// The versions `[from, until)` that a key speaks for an author.
struct Window {
    std::uint64_t author = 0;
    std::uint64_t from = 0;
    std::optional<std::uint64_t> until;  ///< Nothing: for good.
    PublicKey key;
};

/// A file that is VALID under its registry, which `windows` says once more.
struct Genuine {
    std::string name;
    Bytes file;
    Bytes payload;
    trust::Registry registry;
    std::vector<Window> windows;
};

/// The key that `windows` hold for an author's version, or nullptr.
[[nodiscard]] const PublicKey* key_at(const std::vector<Window>& windows, std::uint64_t author,
                                      std::uint64_t version);

/// What a registry says, as plain windows: of rotation and revocation the tighter bound.
[[nodiscard]] std::vector<Window> windows_of(const trust::Registry& registry);

/// A version to be made. `key` fills the seed of the signing key.
struct Step {
    std::uint64_t author = 0;
    std::uint8_t key = 0;
    std::string payload;
    std::string message;
    std::uint64_t time = 0;
};

/// The file that `steps` make under `registry`, which must allow them all.
[[nodiscard]] Bytes file_of(const std::vector<Step>& steps, const trust::Registry& registry,
                            FileId file_id);

/// Names of the shapes, those of our own making and of the reference's files. Format v2 always
/// seals the payload, so there is no unsealed one.
[[nodiscard]] const std::vector<std::string>& genuine_names();
/// Shapes that are large enough for threads and batches, and too large to be swept byte by byte.
[[nodiscard]] const std::vector<std::string>& large_names();
/// The shape of that name; made once.
[[nodiscard]] const Genuine& genuine(const std::string& name);

/// The master key of every author in our own shapes.
inline constexpr std::uint8_t master_fill = 0x99;
/// A registry with one author per pair, whose key has that fill.
[[nodiscard]] trust::Registry registry_with(
    const std::vector<std::pair<std::uint64_t, std::uint8_t>>& authors);
/// Hands `author`'s versions from `from` on to the key of that fill.
void rotate(trust::Registry& registry, std::uint64_t author, std::uint32_t from_epoch,
            std::uint8_t key, std::uint64_t from);
void revoke(trust::Registry& registry, std::uint64_t author, std::uint32_t epoch,
            std::uint64_t from);

}  // namespace aion::proof
