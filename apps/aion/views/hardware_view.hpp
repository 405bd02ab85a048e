// SPDX-License-Identifier: MIT OR Apache-2.0
// Bindings of keys to hardware, and what is asked of that hardware.
#pragma once

#include <optional>
#include <string>

#include "aion/attest/hardware.hpp"
#include "aion/attest/tpm2_quote.hpp"
#include "aion/base/document_writer.hpp"
#include "aion/crypto/sha256.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// What a TPM is to be asked.
struct ChallengeView {
    AuthorId author;
    Epoch epoch;
    const PublicKey& public_key;
    const attest::Nonce& nonce;
    const crypto::Sha256Digest& qualifying_data;
};

void write_text(Console& console, const ChallengeView& view);
void write(DocumentWriter& out, const ChallengeView& view);

/// A binding, and what was found of it, if somebody looked.
struct BindingView {
    const attest::HardwareBinding& binding;
    const std::string& path;
    std::string author;                     ///< As texts name the author; safe to show.
    Result<attest::Tpm2Quote> quote;        ///< An error for evidence that is none.
    const attest::BindingVerdict* verdict;  ///< Or nullptr.
};

void write_text(Console& console, const BindingView& view);
void write(DocumentWriter& out, const BindingView& view);

}  // namespace aion::cli
