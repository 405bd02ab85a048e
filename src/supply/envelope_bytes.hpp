// SPDX-License-Identifier: MIT OR Apache-2.0
// What of an envelope is signed, and how one is read inside another document.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/envelope.hpp"
#include "base/json_reader.hpp"

namespace aion::supply {

/// DSSE's pre-authentication encoding up to the payload, which follows and is its end:
/// `DSSEv1 SP LEN(type) SP type SP LEN(payload) SP`.
[[nodiscard]] std::string pae_header(std::string_view payload_type, std::size_t payload_size);

/// The object of an envelope. Errors: as `envelope_from_json`.
[[nodiscard]] Result<Envelope> read_envelope(const json::ObjectReader& object);

/// The bytes of a required member in base64 of any kind that DSSE allows. Errors: `invalid_format`
/// with a detail of base/json_details.hpp, or `dsse_bad_base64`.
[[nodiscard]] Result<Bytes> base64_member(const json::ObjectReader& object, std::string_view key);

}  // namespace aion::supply
