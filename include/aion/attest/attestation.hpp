// SPDX-License-Identifier: MIT OR Apache-2.0
// An attestation as 112 bytes: what a version's own signature takes in a file, and what stands in a
// container (container.hpp). How one is made and judged: aion/policy/attestation.hpp.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aion/format/records.hpp"
#include "aion/policy/attestation.hpp"

namespace aion::attest {

inline constexpr std::size_t entry_size = format::signature_record_size;

/// One entry: signer (8 bytes, little-endian), key (32), signature (64), 8 reserved bytes.
struct Entry {
    policy::Attestation attestation;
    std::array<std::uint8_t, 8> reserved{};

    /// Reserved bytes are zero; whatever has others there says something that nobody here knows.
    [[nodiscard]] bool is_well_formed() const noexcept { return reserved == decltype(reserved){}; }

    friend bool operator==(const Entry&, const Entry&) = default;
};

/// The order in a container: signer, key, signature, reserved bytes.
[[nodiscard]] std::strong_ordering operator<=>(const Entry& a, const Entry& b) noexcept;

[[nodiscard]] std::array<std::uint8_t, entry_size> to_bytes(const Entry& entry) noexcept;
[[nodiscard]] Entry entry_from(std::span<const std::uint8_t, entry_size> bytes) noexcept;

}  // namespace aion::attest
