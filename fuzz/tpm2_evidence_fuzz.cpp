// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes as evidence of a TPM: they are refused, or they are read the same a second time; and
// what counts is signed by the key that is pinned, whatever else the bytes say.
#include <cstdint>

#include "aion/attest/tpm2_quote.hpp"
#include "aion/base/hex.hpp"
#include "support/require.hpp"

namespace {

using aion::fuzz::require;
using namespace aion::attest;

// What the quotes in tests/data/attest were recorded for.
Evidence recorded_for(aion::ByteView bytes) {
    Evidence evidence{.kind = EvidenceKind::tpm2_quote, .nonce = {}, .bytes = {}};
    for (std::size_t i = 0; i < Nonce::size; ++i) {
        evidence.nonce.bytes.at(i) = static_cast<std::uint8_t>(i + 1);
    }
    evidence.bytes.assign(bytes.begin(), bytes.end());
    return evidence;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const aion::ByteView bytes(data, size);
    if (const auto parts = tpm2_evidence_from_bytes(bytes)) {
        const auto again = to_bytes(*parts);
        require(again.has_value() && aion::equal(*again, bytes));
    }
    static const aion::PublicKey key = *aion::octets_from_hex<aion::PublicKey>(
        "d04ab232742bb4ab3a1368bd4615e4e6d0224ab71a016baf8520a332c9778737");
    const Evidence evidence = recorded_for(bytes);
    const auto quote = read_tpm2_quote(bytes);
    if (!quote) {
        require(!quote.error().full_message().empty());
        require(!check_tpm2_evidence(evidence, key));
        return 0;
    }
    require(quote->pcrs.size() <= std::size_t{16} * 32);
    require(quote->key.name.size() == 34 || quote->key.name.size() == 50);
    // With the key pinned that the bytes name, no more counts than holds together.
    const bool holds = check_tpm2_evidence(evidence, key).has_value();
    require(Tpm2QuoteVerifier({.keys = {quote->key.name}}).verify(evidence, key).has_value() ==
            holds);
    require(!Tpm2QuoteVerifier({}).verify(evidence, key));
    require(!holds || quote->key.is_fit());
    return 0;
}
