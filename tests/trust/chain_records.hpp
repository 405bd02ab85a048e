// SPDX-License-Identifier: MIT OR Apache-2.0
// Records of registries' chains: signed by keys that their seeds' byte names, and those of
// tests/data/registry_chain, which another program made from the documents.
#pragma once

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "aion/base/base64.hpp"
#include "aion/crypto/ml_dsa.hpp"
#include "aion/trust/registry_record.hpp"
#include "base/json_reader.hpp"
#include "support/keys.hpp"
#include "support/results.hpp"

namespace aion::trust::test {

/// Signed by `fillers`.
inline RegistryRecord signed_by(std::initializer_list<std::uint8_t> fillers,
                                RegistryRecord record) {
    for (const std::uint8_t filler : fillers) {
        aion::test::ok(sign(record, aion::test::key_of(filler)));
    }
    return record;
}

inline std::vector<PublicKey> ascending(std::initializer_list<std::uint8_t> fillers) {
    std::vector<PublicKey> keys;
    for (const std::uint8_t filler : fillers) {
        keys.push_back(aion::test::public_of(filler));
    }
    std::ranges::sort(keys);
    return keys;
}

inline HistoryPoint point(std::uint64_t version, std::uint8_t fill, std::uint64_t file_id = 0,
                          std::string name = "") {
    HistoryPoint out{.version = VersionNumber{version},
                     .hash = {},
                     .file_id = FileId{file_id},
                     .name = std::move(name)};
    out.hash.bytes.fill(fill);
    return out;
}

inline Bound bound(std::uint64_t unlisted, std::vector<HistoryPoint> listed = {}) {
    return {.unlisted = VersionNumber{unlisted}, .listed = std::move(listed)};
}

/// No key of anybody: a chain knows no more of it than its length.
inline Bytes post_quantum_key(std::size_t modulus = 251) {
    Bytes key(crypto::ml_dsa_65_public_key_size);
    for (std::size_t i = 0; i < key.size(); ++i) {
        key[i] = static_cast<std::uint8_t>(i % modulus);
    }
    return key;
}

/// What the records of tests/data/registry_chain say, who signs them and why.
struct ChainStep {
    RecordFacts facts;
    std::vector<std::uint8_t> signers;
    std::string reason;
};

inline std::vector<ChainStep> chain_steps() {
    using aion::test::public_of;
    constexpr AuthorId alice{1001};
    constexpr AuthorId bob{1002};
    constexpr Epoch first{0};
    const HistoryPoint contract = point(4, 0xC4, 0x1122334455667788, "contracts/nda.aion");
    const HistoryPoint policy = point(7, 0xC7, 0x99AABBCCDDEEFF00, "policy – draft.aion");
    return {
        {RootRecord{.keys = ascending({0xA1, 0xA2, 0xA3}), .threshold = 2},
         {0xA1, 0xA2},
         "begin: three of us, two sign"},
        {AuthorRegistration{.author = alice,
                            .name = "alice",
                            .contact = "Alice <alice@example.com>",
                            .master_key = public_of(0x91),
                            .operational_key = public_of(0x11),
                            .active_from = VersionNumber{0}},
         {0xA1, 0xA3},
         ""},
        {AuthorRegistration{.author = bob,
                            .name = "",
                            .contact = "",
                            .master_key = public_of(0x92),
                            .operational_key = public_of(0x22),
                            .active_from = VersionNumber{1}},
         {0xA2, 0xA3},
         "seen in person"},
        {EpochRotation{.author = alice,
                       .from_epoch = first,
                       .to_public_key = public_of(0x12),
                       .until = bound(9, {contract, policy})},
         {0x91},
         "new laptop"},
        {EpochRevocation{.author = alice,
                         .epoch = first,
                         .reason = RevocationReason::compromised,
                         .until = bound(0, {contract})},
         {0xA1, 0xA2},
         "old laptop was stolen"},
        {EndTightening{
             .author = alice, .epoch = first, .end = EpochEnd::rotation, .until = bound(6)},
         {0x91},
         "it was lost earlier"},
        {EndExtension{.author = alice,
                      .epoch = first,
                      .end = EpochEnd::revocation,
                      .until = bound(2, {contract})},
         {0xA1, 0xA2},
         "found: a typo"},
        {AuthorRenaming{.author = bob, .name = "bób", .contact = "bob@example.com, +1 555 0100"},
         {0xA1, 0xA2},
         ""},
        {MasterRekeying{.author = bob, .master_key = public_of(0x93)},
         {0xA2, 0xA3},
         "master key lost"},
        {AuthorScope{.author = bob, .histories = {{policy}}}, {0xA1, 0xA2}, "a contractor"},
        {AuthorScope{.author = bob, .histories = std::vector<HistoryPoint>()},
         {0xA1, 0xA2},
         "on leave"},
        {AuthorScope{.author = bob, .histories = std::nullopt}, {0xA1, 0xA2}, "back, employed"},
        {RegistryExpiry{.at = Timestamp{1'800'000'000'000'000'000}}, {0xA1, 0xA2}, "yearly"},
        {RootRecord{.keys = ascending({0xA2, 0xA4}), .threshold = 1}, {0xA1, 0xA2}, "smaller"},
        {RegistryExpiry{.at = std::nullopt}, {0xA4}, ""},
        {HybridBinding{.author = alice, .epoch = Epoch{1}, .key = post_quantum_key()},
         {0x91},
         "both halves"},
    };
}

/// The same as records, made and signed by the library.
inline std::vector<RegistryRecord> chain_records() {
    std::vector<RegistryRecord> records;
    for (ChainStep& step : chain_steps()) {
        RegistryRecord record{.number = records.size(),
                              .previous = records.empty() ? Hash{} : records.back().hash(),
                              .time = Timestamp{1'700'000'000'000'000'000 + records.size()},
                              .reason = std::move(step.reason),
                              .facts = std::move(step.facts),
                              .signatures = {}};
        for (const std::uint8_t filler : step.signers) {
            aion::test::ok(sign(record, aion::test::key_of(filler)));
        }
        records.push_back(std::move(record));
    }
    return records;
}

/// All of a file of tests/data/registry_chain.
inline std::string chain_file(const std::string& name) {
    std::ifstream file(std::string(AION_TEST_DATA) + "/registry_chain/" + name, std::ios::binary);
    if (!file) {
        throw std::runtime_error("cannot read " + name);
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// A row of tests/data/registry_chain/chain.json.
struct ChainVector {
    std::uint64_t kind = 0;
    std::string hash;
    std::string message;
    Bytes record;
};

inline std::vector<ChainVector> chain_vectors() {
    const std::string text = chain_file("chain.json");
    const json::Document document = aion::test::ok(json::parse(text, {}));
    const auto object = aion::test::ok(json::ObjectReader::root(document, ""));
    std::vector<ChainVector> rows;
    for (const json::ObjectReader& row : aion::test::ok(object.objects("records"))) {
        rows.push_back({.kind = aion::test::ok(row.u64("kind")),
                        .hash = std::string(aion::test::ok(row.text("hash"))),
                        .message = std::string(aion::test::ok(row.text("message"))),
                        .record = aion::test::ok(from_base64(aion::test::ok(row.text("record"))))});
    }
    return rows;
}

}  // namespace aion::trust::test
