// SPDX-License-Identifier: MIT OR Apache-2.0
// An AIBOM as SPDX 3.0.1 in JSON-LD (https://spdx.github.io/spdx-spec/v3.0.1), profiles AI,
// Dataset, SimpleLicensing and Extension, and back.
//
// The text of SPDX demands more than its JSON schema does: who supplies a model and since when, and
// a declared and a concluded licence of each package, be it that nobody asserts one. All of that is
// written. What SPDX has no property for is in its own extension for properties of CycloneDX, under
// names that begin with `aion:`, so that an AIBOM that is written and read again is the same.
#pragma once

#include <string>
#include <string_view>

#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/aibom.hpp"

namespace aion::supply {

/// What an AIBOM does not know and SPDX must.
struct SpdxOptions {
    std::string supplier;  ///< The name of an organisation, which also stands for the document.
    Timestamp time{};      ///< When the document was made and the model released; in seconds.
};

/// In one line. Identifiers are made of the AIBOM's own bytes. Error: `invalid_argument` for no
/// supplier.
[[nodiscard]] Result<std::string> to_spdx(const AiBom& aibom, const SpdxOptions& options);

/// Whether a JSON text claims to be SPDX 3 in JSON-LD.
[[nodiscard]] bool is_spdx(std::string_view text);

/// Reads a graph of SPDX 3.0 in which elements refer to each other by their ids, as 3.0.1 wants it,
/// and in which there is one AI package. Errors: `invalid_format` with the place and a detail of
/// base/json_details.hpp, or `aibom_other_format`, `aibom_no_model`, `aibom_no_digest`,
/// `aibom_bad_digest`, `aibom_unknown_scope`.
[[nodiscard]] Result<ConvertedAiBom> aibom_from_spdx(std::string_view text);

}  // namespace aion::supply
