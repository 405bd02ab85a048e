// SPDX-License-Identifier: MIT OR Apache-2.0
// What is wrong with bindings to hardware and with quotes of TPMs.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::attest {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class HardwareDetail : std::uint8_t {
    binding_bad_type,            ///< A document that is no binding.
    binding_bad_base64,          ///< Bytes that are not base64.
    binding_bad_size,            ///< A key, nonce or signature of another size.
    evidence_kind_unknown,       ///< A kind that nobody defined.
    evidence_kind_unsupported,   ///< A kind that no verifier at hand can judge.
    evidence_too_large,          ///< More evidence than a binding may have.
    tpm2_bad_evidence,           ///< Not the container that holds a quote and its key.
    tpm2_bad_structure,          ///< A structure of the TPM that ends early, or has more behind it.
    tpm2_not_a_quote,            ///< Something else that a TPM signed, or did not even make.
    tpm2_unsupported,            ///< A key, scheme, hash or bank that is not verified here.
    tpm2_key_not_pinned,         ///< An attestation key that nobody said to trust.
    tpm2_key_unfit,              ///< A key that could sign what only looks like a quote.
    tpm2_other_scheme,           ///< A signature of another scheme than the key's.
    tpm2_bad_signature,          ///< Not the key's signature over the quote.
    tpm2_other_qualifying_data,  ///< A quote for another key, or with another nonce.
    tpm2_pcr_digest,             ///< Values that are not those that were quoted.
    tpm2_pcr_differs,            ///< A PCR has another value than expected.
    tpm2_pcr_not_quoted,         ///< The quote says nothing of an expected PCR.
    tpm2_pcr_unknown,            ///< A quoted PCR of which nobody knows the value.
};

inline constexpr NameTable hardware_details(std::to_array<DetailRow<HardwareDetail>>({
    {HardwareDetail::binding_bad_type, "binding_bad_type", "expected {}"},
    {HardwareDetail::binding_bad_base64, "binding_bad_base64", "not base64: {}"},
    {HardwareDetail::binding_bad_size, "binding_bad_size", "expected {} bytes, found {}"},
    {HardwareDetail::evidence_kind_unknown, "evidence_kind_unknown",
     "Unknown attestation kind: {}"},
    {HardwareDetail::evidence_kind_unsupported, "evidence_kind_unsupported",
     "evidence of the kind {} cannot be judged here"},
    {HardwareDetail::evidence_too_large, "evidence_too_large",
     "evidence of {} bytes, more than {}"},
    {HardwareDetail::tpm2_bad_evidence, "tpm2_bad_evidence", "TPM evidence: {}"},
    {HardwareDetail::tpm2_bad_structure, "tpm2_bad_structure", "{}: {}"},
    {HardwareDetail::tpm2_not_a_quote, "tpm2_not_a_quote",
     "the TPM's statement is no quote: {} is {}"},
    {HardwareDetail::tpm2_unsupported, "tpm2_unsupported", "{}: {} is not supported"},
    {HardwareDetail::tpm2_key_not_pinned, "tpm2_key_not_pinned",
     "the attestation key {} is not one that was named"},
    {HardwareDetail::tpm2_key_unfit, "tpm2_key_unfit",
     "the attestation key could sign what no TPM says: its attributes are {:#010x}"},
    {HardwareDetail::tpm2_other_scheme, "tpm2_other_scheme",
     "the quote is signed by another scheme than the attestation key's"},
    {HardwareDetail::tpm2_bad_signature, "tpm2_bad_signature",
     "the quote is not signed by the attestation key"},
    {HardwareDetail::tpm2_other_qualifying_data, "tpm2_other_qualifying_data",
     "the quote was made for another key or with another nonce"},
    {HardwareDetail::tpm2_pcr_digest, "tpm2_pcr_digest",
     "the PCR values are not those that were quoted"},
    {HardwareDetail::tpm2_pcr_differs, "tpm2_pcr_differs", "PCR {} is {}, expected {}"},
    {HardwareDetail::tpm2_pcr_not_quoted, "tpm2_pcr_not_quoted", "PCR {} was not quoted"},
    {HardwareDetail::tpm2_pcr_unknown, "tpm2_pcr_unknown",
     "the quote is over PCR {}, of which neither evidence nor expectations have the value"},
}));

consteval const auto& details_of(HardwareDetail /*of which layer*/) {
    return hardware_details;
}

}  // namespace aion::attest
