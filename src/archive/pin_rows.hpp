// SPDX-License-Identifier: MIT OR Apache-2.0
// What the rows of the pins' database hold, and the digest at the end of each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aion/policy/pin_store.hpp"
#include "archive/encoding.hpp"

namespace aion::archive {

/// The order of these is that of the numbers: the first byte comes first.
using FileKey = std::array<std::uint8_t, sizeof(std::uint64_t)>;

[[nodiscard]] FileKey key_of(FileId id) noexcept;
[[nodiscard]] std::optional<FileId> file_id_of(ByteView key) noexcept;

/// A pin inside a decision.
[[nodiscard]] Encoder encoded(const policy::Pin& pin);
[[nodiscard]] std::optional<policy::Pin> decoded(ByteView bytes);

[[nodiscard]] Hash digest_of(const policy::Pin& pin);
[[nodiscard]] Hash digest_of_name(std::string_view name, FileId id);

/// What is known of a registry.
struct RegistryRow {
    std::uint64_t superseded = 0;                  ///< Or 1.
    std::optional<policy::ChainPoint> chain = {};  ///< Its newest record, if it has a chain.
    /// With a chain: 1 if it went on from what was known of that when it was first met, else 0.
    std::uint64_t forward = 0;
};

/// Without a chain it is what version 1 had.
[[nodiscard]] Hash digest_of_registry(const Hash& fingerprint, const RegistryRow& registry);
/// Of the newest record that was accepted of a chain.
[[nodiscard]] Hash digest_of_chain(const policy::ChainPoint& newest);

struct DecisionRow {
    std::uint64_t number = 0;
    std::uint64_t kind = 0;
    std::uint64_t time = 0;
    Bytes before;  ///< An encoded pin, or nothing.
    Bytes after;
    std::string reason;

    [[nodiscard]] Hash digest() const;
};

}  // namespace aion::archive
