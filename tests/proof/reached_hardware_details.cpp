// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_hardware_details.hpp"

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "aion/attest/hardware.hpp"
#include "aion/attest/tpm2_quote.hpp"
#include "aion/base/base64.hpp"
#include "support/keys.hpp"

namespace aion::proof {
namespace {

using namespace attest;

// --- Bindings ------------------------------------------------------------------------------------

HardwareBinding binding_of(EvidenceKind kind) {
    HardwareBinding binding{.author = test::alice,
                            .epoch = Epoch{0},
                            .public_key = test::public_of(test::alices),
                            .evidence = {.kind = kind, .nonce = {}, .bytes = {}},
                            .master_signature = {}};
    binding.evidence.nonce.bytes.fill(1);
    return *sign(binding, test::key_of(test::masters));
}

Outcome binding_with(const std::string& found, const std::string& instead) {
    std::string text = to_json(binding_of(EvidenceKind::custom));
    text.replace(text.find(found), found.size(), instead);
    return outcome(hardware_binding_from_json(text));
}

Outcome judged(EvidenceKind kind) {
    trust::Registry registry;
    if (!registry.pin(test::alice, test::public_of(test::masters), test::public_of(test::alices))) {
        return std::nullopt;
    }
    Tpm2QuoteVerifier verifier({});
    return outcome(judge_binding(binding_of(kind), registry, {}, verifier));
}

// --- Quotes --------------------------------------------------------------------------------------

Bytes recorded(const std::string& part) {
    std::ifstream in(AION_TEST_DATA "/attest/ecdsa-p256/" + part + ".bin", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Attempt {
    Tpm2Evidence parts;
    Nonce nonce;
    Tpm2Rules rules;
};

// A quote that counts, until it is changed.
Outcome after(const std::function<void(Attempt&)>& change) {
    const Bytes file = recorded("pub");
    const ByteView key = without_size(file);
    Attempt attempt{.parts = {.quote = recorded("quote"),
                              .signature = recorded("signature"),
                              .public_key = {key.begin(), key.end()},
                              .pcr_values = recorded("pcrs")},
                    .nonce = {},
                    .rules = {.keys = {recorded("name")}, .pcrs = {}}};
    for (std::size_t i = 0; i < Nonce::size; ++i) {
        attempt.nonce.bytes.at(i) = static_cast<std::uint8_t>(i + 1);
    }
    change(attempt);
    const auto bytes = to_bytes(attempt.parts);
    return bytes ? outcome(Tpm2QuoteVerifier(attempt.rules)
                               .verify({.kind = EvidenceKind::tpm2_quote,
                                        .nonce = attempt.nonce,
                                        .bytes = *bytes},
                                       test::public_of(test::alices)))
                 : outcome(bytes);
}

Pcr pcr_7(std::uint8_t fill) {
    return {.bank = PcrBank::sha256, .number = 7, .value = Bytes(32, fill)};
}

Outcome provoke_by_quote(HardwareDetail detail) {
    switch (detail) {
        case HardwareDetail::tpm2_bad_evidence:
            return after([](Attempt& a) { a.parts.quote.resize(max_tpm2_part + 1); });
        case HardwareDetail::tpm2_bad_structure:
            return after([](Attempt& a) { a.parts.quote.pop_back(); });
        case HardwareDetail::tpm2_not_a_quote:
            return after([](Attempt& a) { a.parts.quote[0] = 0; });
        case HardwareDetail::tpm2_unsupported:
            return after([](Attempt& a) { a.parts.signature[3] = 0x04; });
        case HardwareDetail::tpm2_key_not_pinned:
            return after([](Attempt& a) { a.rules.keys.clear(); });
        case HardwareDetail::tpm2_key_unfit:
            return after([](Attempt& a) {
                const auto parts = to_bytes(a.parts);
                a.rules.keys = {read_tpm2_quote(*parts)->key.spki};
                a.parts.public_key[5] ^= 1;  // not restricted
            });
        case HardwareDetail::tpm2_other_scheme:
            return after([](Attempt& a) { a.parts.signature[3] = 0x0C; });
        case HardwareDetail::tpm2_bad_signature:
            return after([](Attempt& a) { a.parts.quote.back() ^= 1; });
        case HardwareDetail::tpm2_other_qualifying_data:
            return after([](Attempt& a) { a.nonce = {}; });
        case HardwareDetail::tpm2_pcr_digest:
            return after([](Attempt& a) { a.parts.pcr_values[0] ^= 1; });
        case HardwareDetail::tpm2_pcr_differs:
            return after([](Attempt& a) { a.rules.pcrs = {pcr_7(0)}; });
        case HardwareDetail::tpm2_pcr_not_quoted:
            return after([](Attempt& a) {
                a.rules.pcrs = {pcr_7(0)};
                a.rules.pcrs[0].number = 9;
            });
        case HardwareDetail::tpm2_pcr_unknown:
            return after([](Attempt& a) {
                a.parts.pcr_values.clear();
                a.rules.pcrs = {pcr_7(0)};
            });
        default:
            return std::nullopt;
    }
}

}  // namespace

Outcome provoke(HardwareDetail detail) {
    switch (detail) {
        case HardwareDetail::binding_bad_type:
            return binding_with("aion.hardware-binding.v1", "aion.hardware-binding.v2");
        case HardwareDetail::binding_bad_base64:
            return binding_with(R"("nonce": ")", R"("nonce": "!)");
        case HardwareDetail::binding_bad_size:
            return binding_with(R"("nonce": "AQEB)", R"("nonce": "AQEBAQEB)");
        case HardwareDetail::evidence_kind_unknown:
            return outcome(evidence_kind_from_code(9));
        case HardwareDetail::evidence_kind_unsupported:
            return judged(EvidenceKind::amd_sev_snp);
        case HardwareDetail::evidence_too_large:
            return binding_with(R"("evidence": ")",
                                R"("evidence": ")" + to_base64(Bytes(max_evidence_size + 2)));
        default:
            return provoke_by_quote(detail);
    }
}

}  // namespace aion::proof
