// SPDX-License-Identifier: MIT OR Apache-2.0
// Chains of signed records, made with keys of one repeated byte.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "aion/crypto/ml_dsa.hpp"
#include "aion/trust/registry_chain.hpp"
#include "support/keys.hpp"
#include "support/results.hpp"

namespace aion::trust::test {

using aion::test::key_from;
using aion::test::ok;
using aion::test::public_of;

inline constexpr AuthorId alice{1001};
inline constexpr AuthorId bob{1002};

/// Bytes that keys are made of.
namespace chain_keys {
inline constexpr std::uint8_t root = 0xa0;
inline constexpr std::uint8_t second_root = 0xa1;
inline constexpr std::uint8_t third_root = 0xa2;
inline constexpr std::uint8_t alice_master = 0x11;
inline constexpr std::uint8_t alice_first = 0x22;
inline constexpr std::uint8_t alice_second = 0x33;
inline constexpr std::uint8_t bob_master = 0x44;
inline constexpr std::uint8_t bob_first = 0x55;
}  // namespace chain_keys

/// Ascending.
inline std::vector<PublicKey> public_keys(std::initializer_list<std::uint8_t> fillers) {
    std::vector<PublicKey> keys;
    for (const std::uint8_t filler : fillers) {
        keys.push_back(public_of(filler));
    }
    std::ranges::sort(keys);
    return keys;
}

inline RegistryRecord signed_by(RegistryRecord record, std::initializer_list<std::uint8_t> keys) {
    for (const std::uint8_t filler : keys) {
        auto key = key_from(filler);
        ok(sign(record, key));
    }
    return record;
}

inline RegistryRecord first_record(std::initializer_list<std::uint8_t> keys = {chain_keys::root},
                                   std::uint16_t threshold = 1) {
    RegistryRecord record;
    record.facts = RootRecord{public_keys(keys), threshold};
    return signed_by(record, keys);
}

/// The next record of `chain`, signed.
inline RegistryRecord next_of(const RegistryChain& chain, RecordFacts facts,
                              std::initializer_list<std::uint8_t> keys = {chain_keys::root}) {
    return signed_by(
        chain.next_record(std::move(facts), Timestamp{1'000 + chain.number()}, "because"), keys);
}

inline void add(RegistryChain& chain, RecordFacts facts,
                std::initializer_list<std::uint8_t> keys = {chain_keys::root}) {
    ok(chain.append(next_of(chain, std::move(facts), keys)));
}

inline AuthorRegistration registration(AuthorId author, std::string name, std::uint8_t master,
                                       std::uint8_t key) {
    return {.author = author,
            .name = std::move(name),
            .contact = "",
            .master_key = public_of(master),
            .operational_key = public_of(key),
            .active_from = VersionNumber{0}};
}

/// Of alice; the key is bytes of the right number.
inline HybridBinding hybrid_of(std::uint32_t epoch, std::uint8_t filler = 7) {
    return {.author = alice,
            .epoch = Epoch{epoch},
            .key = Bytes(crypto::ml_dsa_65_public_key_size, filler)};
}

/// A root of one key, and alice.
inline RegistryChain chain_of_alice() {
    RegistryChain chain = ok(RegistryChain::replay({first_record()}));
    add(chain, registration(alice, "alice", chain_keys::alice_master, chain_keys::alice_first));
    return chain;
}

inline HistoryPoint point(std::uint64_t version, std::uint8_t filler) {
    HistoryPoint point;
    point.version = VersionNumber{version};
    point.hash.bytes.fill(filler);
    point.hash.bytes.back() = static_cast<std::uint8_t>(version);  // of one version only
    return point;
}

inline RegistryChain::Listed listed(std::uint64_t version, std::uint8_t filler) {
    return {VersionNumber{version}, point(version, filler).hash};
}

inline Bound bound(std::uint64_t unlisted, std::vector<HistoryPoint> points = {}) {
    return {VersionNumber{unlisted}, std::move(points)};
}

inline EpochRotation rotation_to(std::uint8_t key, Bound until, std::uint32_t from = 0) {
    return {.author = alice,
            .from_epoch = Epoch{from},
            .to_public_key = public_of(key),
            .until = std::move(until)};
}

inline EpochRevocation revocation_of(std::uint32_t epoch, Bound until) {
    return {.author = alice,
            .epoch = Epoch{epoch},
            .reason = RevocationReason::compromised,
            .until = std::move(until)};
}

}  // namespace aion::trust::test
