// SPDX-License-Identifier: MIT OR Apache-2.0
// Licence expressions of SPDX (SPDX 3.0.1, annex B), and the other notations that an AIBOM may
// hold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aion::supply {

/// All that SPDX lists, each between spaces.
extern const std::string_view spdx_license_ids;
extern const std::string_view spdx_exception_ids;

struct SpdxExpression {
    bool is_valid = false;     ///< By its grammar, whatever the names in it.
    bool is_compound = false;  ///< More than one name of a licence.
    /// Names of licences and exceptions that SPDX does not list, as they stand in the text. A
    /// `LicenseRef-…` is none: whoever writes it defines it.
    std::vector<std::string_view> unknown;
};

/// Operators may be in upper or in lower case, but not mixed. Of what is not valid nothing else is
/// said.
[[nodiscard]] SpdxExpression parse_spdx_expression(std::string_view text);

/// Whether SPDX lists a licence under exactly this name.
[[nodiscard]] bool is_spdx_license(std::string_view id) noexcept;

/// The licence that SPDX lists under this name in any case (ASCII), or nothing.
[[nodiscard]] std::string_view spdx_license_like(std::string_view id) noexcept;

/// A URI with a scheme (RFC 3986 section 3): ASCII, percent signs before two hex digits, brackets
/// only around an address. Anything that is one is also an IRI reference.
[[nodiscard]] bool is_uri(std::string_view text) noexcept;

/// A CPE 2.3 formatted string (NIST IR 7695): `cpe:2.3:` and eleven parts.
[[nodiscard]] bool is_cpe23(std::string_view text) noexcept;

}  // namespace aion::supply
