// SPDX-License-Identifier: MIT OR Apache-2.0
// What this layer finds wrong with bytes and texts.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::attest {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class AttestDetail : std::uint8_t {
    attestations_not_a_container,  ///< Too short, or it begins with something else.
    attestations_unsupported,      ///< Of a later version, or with reserved bytes set.
    attestations_too_many,         ///< More entries than a container may have.
    attestations_bad_size,         ///< It ends too early or too late, or a version has no entry.
    attestations_out_of_order,     ///< Not ascending, or there twice.
    signing_policy_threshold,      ///< Nobody is required, or more than there are.
    signing_policy_total,          ///< The number of signers is not that of the list.
    signing_policy_signer,         ///< A signer who is no author id.
    signing_policy_twice,          ///< A signer who is there twice.
    signing_policy_too_many,       ///< More signers than a requirement may name.
    signing_policy_unknown,        ///< A signer whom the registry does not know.
};

inline constexpr NameTable attest_details(std::to_array<DetailRow<AttestDetail>>({
    {AttestDetail::attestations_not_a_container, "attestations_not_a_container",
     "attestations: not a container: it does not begin with AION_ATT"},
    {AttestDetail::attestations_unsupported, "attestations_unsupported",
     "attestations: of version {}, and only 1 can be read, or reserved bytes are not zero"},
    {AttestDetail::attestations_too_many, "attestations_too_many",
     "attestations: more than {} entries"},
    {AttestDetail::attestations_bad_size, "attestations_bad_size",
     "attestations: {} bytes do not hold what the headers say"},
    {AttestDetail::attestations_out_of_order, "attestations_out_of_order",
     "attestations: out of order or there twice, at byte {}"},
    {AttestDetail::signing_policy_threshold, "signing_policy_threshold",
     "{} of {} signers cannot be required: 1 to {} can"},
    {AttestDetail::signing_policy_total, "signing_policy_total",
     "expected {}, the list has so many"},
    {AttestDetail::signing_policy_signer, "signing_policy_signer",
     "expected a list of author ids, integers from 0 to 18446744073709551615"},
    {AttestDetail::signing_policy_twice, "signing_policy_twice", "author {} is there twice"},
    {AttestDetail::signing_policy_too_many, "signing_policy_too_many",
     "at most {} signers can be named"},
    {AttestDetail::signing_policy_unknown, "signing_policy_unknown",
     "signing policy: the registry does not know author {}"},
}));

consteval const auto& details_of(AttestDetail /*of which layer*/) {
    return attest_details;
}

}  // namespace aion::attest
