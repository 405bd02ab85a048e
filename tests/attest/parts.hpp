// SPDX-License-Identifier: MIT OR Apache-2.0
// Versions and entries without a file.
#pragma once

#include <cstdint>
#include <vector>

#include "aion/attest/attestation.hpp"
#include "support/keys.hpp"
#include "support/results.hpp"

namespace aion::attest::test {

using aion::test::key_of;
using aion::test::ok;

inline constexpr std::uint64_t number_of_version = 3;

inline format::VersionRecord version_record(std::uint64_t number = number_of_version) {
    format::VersionRecord record{};
    record.number = number;
    record.parent_hash.bytes.fill(0x11);
    record.rules_hash.bytes.fill(0x22);
    record.author = 1;
    record.timestamp = 1'767'225'600'000'000'000;
    record.message_offset = 17;
    record.message_length = 9;
    return record;
}

inline Entry entry_of(AuthorId signer, crypto::Signer& key,
                      const format::VersionRecord& version = version_record()) {
    return {.attestation = ok(policy::attest(version, signer, key)), .reserved = {}};
}

// Of nobody: a signature that was never one.
inline Entry garbage(std::uint64_t signer, std::uint8_t filler = 0) {
    Entry entry{.attestation = {.signer = AuthorId{signer}, .public_key = {}, .signature = {}},
                .reserved = {}};
    entry.attestation.public_key.bytes.fill(filler);
    return entry;
}

}  // namespace aion::attest::test
