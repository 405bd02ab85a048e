// SPDX-License-Identifier: MIT OR Apache-2.0
// What this layer finds wrong with releases.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::release {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class ReleaseDetail : std::uint8_t {
    release_bad_hex,         ///< Not lower-case hex digits, or not as many as there should be.
    release_other_spelling,  ///< A release, but not written as one is.
    release_not_one,         ///< An artefact of a store with no bundle about it, or several.
};

inline constexpr NameTable release_details(std::to_array<DetailRow<ReleaseDetail>>({
    {ReleaseDetail::release_bad_hex, "release_bad_hex", "expected {} lower-case hex digits"},
    {ReleaseDetail::release_other_spelling, "release_other_spelling",
     "release: it is not written as releases are, from byte {} on of what it says without white "
     "space: members that no release has or in another order, base64 with padding, or numbers "
     "spelt otherwise"},
    {ReleaseDetail::release_not_one, "release_not_one",
     "{} has {} releases about it, expected one"},
}));

consteval const auto& details_of(ReleaseDetail /*of which layer*/) {
    return release_details;
}

}  // namespace aion::release
