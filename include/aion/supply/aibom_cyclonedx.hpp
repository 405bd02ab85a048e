// SPDX-License-Identifier: MIT OR Apache-2.0
// An AIBOM as CycloneDX ML-BOM in JSON (https://cyclonedx.org, ECMA-424), and back.
//
// The model is `metadata.component`, frameworks and datasets are components. What CycloneDX has no
// member for is in properties named `aion:…`, so that nothing is lost: an AIBOM that is written and
// read again is the same. Where CycloneDX has a member, that is what is read: a document that
// others have changed says what they made it say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/aibom.hpp"

namespace aion::supply {

enum class CycloneDxVersion : std::uint8_t { v1_6, v1_7 };

struct CycloneDxOptions {
    CycloneDxVersion version = CycloneDxVersion::v1_7;
    /// `metadata.timestamp`; left out where there is none, so that the same AIBOM has the same
    /// bytes.
    std::optional<Timestamp> timestamp = {};
};

/// In one line. The serial number is a UUID (version 8) made of the AIBOM's own bytes.
[[nodiscard]] std::string to_cyclonedx(const AiBom& aibom, const CycloneDxOptions& options = {});

/// Whether a JSON text claims to be CycloneDX, of whatever version.
[[nodiscard]] bool is_cyclonedx(std::string_view text);

/// Reads versions 1.5 to 1.7. The model is `metadata.component`, or the only component of the type
/// `machine-learning-model`; its digest is the first of 32 bytes, BLAKE3 before others. Errors:
/// `invalid_format` with the place and a detail of base/json_details.hpp, or `aibom_other_format`,
/// `aibom_no_model`, `aibom_no_digest`, `aibom_bad_digest`, `aibom_unknown_scope`.
[[nodiscard]] Result<ConvertedAiBom> aibom_from_cyclonedx(std::string_view text);

}  // namespace aion::supply
