// SPDX-License-Identifier: MIT OR Apache-2.0
// What a run demands of files beyond their own soundness, as bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "aion/policy/verify.hpp"
#include "archive/encoding.hpp"

namespace aion::archive {

/// Pins and expected registry.
inline void put_pins(Encoder& out, const policy::Pins& pins) {
    out.number(pins.file_id ? 1 : 0)
        .number(pins.file_id.value_or(FileId{}).value)
        .number(pins.head ? 1 : 0)
        .raw(pins.head.value_or(Hash{}).view())
        .number(pins.min_version ? 1 : 0)
        .number(pins.min_version.value_or(VersionNumber{}).value)
        .number(pins.registry ? 1 : 0)
        .raw(pins.registry.value_or(Hash{}).view());
}

/// Who must have signed, and by what they did.
inline void put_signers(Encoder& out, const policy::VerifyOptions& options) {
    const auto put = [&](const std::vector<AuthorId>& authors) {
        out.number(authors.size());
        for (const AuthorId author : authors) {
            out.number(author.value);
        }
    };
    put(options.authors);
    out.number(options.require ? 1 : 0);
    if (!options.require) {
        return;
    }
    out.number(options.require->threshold);
    put(options.require->authors);
    out.number(options.attestations.size());
    for (const policy::Attestation& attestation : options.attestations) {
        out.number(attestation.signer.value)
            .raw(attestation.public_key.view())
            .raw(attestation.signature.view());
    }
}

}  // namespace aion::archive
