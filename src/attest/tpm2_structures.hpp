// SPDX-License-Identifier: MIT OR Apache-2.0
// What a TPM writes, part by part.
#pragma once

#include "aion/attest/tpm2_quote.hpp"

namespace aion::attest {

/// Reads TPMS_ATTEST into all of `out` but its key and the values of PCRs.
[[nodiscard]] Result<> read_attest(ByteView bytes, Tpm2Quote& out);

/// Reads TPMT_PUBLIC.
[[nodiscard]] Result<AttestationKey> read_public(ByteView bytes);

/// TPMT_SIGNATURE. Borrows.
struct Tpm2Signature {
    Tpm2Scheme scheme = Tpm2Scheme::rsassa;
    crypto::ForeignHash hash = crypto::ForeignHash::sha256;
    ByteView first;   ///< Of RSA the signature, of ECDSA r.
    ByteView second;  ///< Of ECDSA s.
};

[[nodiscard]] Result<Tpm2Signature> read_signature(ByteView bytes);

}  // namespace aion::attest
