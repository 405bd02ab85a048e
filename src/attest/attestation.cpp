// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/attestation.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace aion::attest {

std::strong_ordering operator<=>(const Entry& a, const Entry& b) noexcept {
    const auto all_of = [](const Entry& entry) {
        return std::tie(entry.attestation.signer, entry.attestation.public_key,
                        entry.attestation.signature, entry.reserved);
    };
    return all_of(a) <=> all_of(b);
}

std::array<std::uint8_t, entry_size> to_bytes(const Entry& entry) noexcept {
    const format::SignatureRecord record{.author = entry.attestation.signer.value,
                                         .public_key = entry.attestation.public_key,
                                         .signature = entry.attestation.signature,
                                         .reserved = entry.reserved};
    std::array<std::uint8_t, entry_size> bytes{};
    std::ranges::copy(format::bytes_of(record), bytes.begin());
    return bytes;
}

Entry entry_from(std::span<const std::uint8_t, entry_size> bytes) noexcept {
    format::SignatureRecord record;
    std::memcpy(&record, bytes.data(), sizeof record);
    return {.attestation = {.signer = AuthorId{record.author},
                            .public_key = record.public_key,
                            .signature = record.signature},
            .reserved = record.reserved};
}

}  // namespace aion::attest
