// SPDX-License-Identifier: MIT OR Apache-2.0
// What commands over envelopes have in common.
#pragma once

#include <cstdint>
#include <string>

#include "aion/supply/envelope.hpp"
#include "shell/context.hpp"
#include "shell/file_output.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// Of a payload that is to be signed: in base64 it fits into an envelope.
inline constexpr std::uint64_t max_payload =
    std::uint64_t{supply::max_envelope_size} / 4 * 3 - 4096;

/// The media type that `--type` means: `manifest`, `statement`, `attestation` and `aibom` are short
/// for ours and in-toto's.
[[nodiscard]] std::string payload_type_of(const std::string& word);

/// An envelope as a line, or with `reference` in the reference's form, without an end of line.
[[nodiscard]] std::string envelope_text(const supply::Envelope& envelope, bool reference = false);

/// Writes an envelope as a line, or with `reference` as the reference has it, and says where.
[[nodiscard]] Outcome<Ending> write_envelope(Context& context, Output& output,
                                             const supply::Envelope& envelope,
                                             bool reference = false);

/// `aion dsse convert`.
void declare_dsse_conversion(const Declared& dsse);
/// `aion manifest verify`.
void declare_manifest_verification(const Declared& manifest);

}  // namespace aion::cli
