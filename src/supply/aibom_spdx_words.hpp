// SPDX-License-Identifier: MIT OR Apache-2.0
// Words that stand in SPDX documents of ours, for those who write and those who read them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aion/supply/aibom.hpp"

namespace aion::supply::spdx {

inline constexpr std::string_view context = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
inline constexpr std::string_view any_context = "https://spdx.org/rdf/3.0.";
/// Where something has to stand and nobody says what.
inline constexpr std::string_view no_assertion =
    "https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement";
inline constexpr std::string_view no_license = "expandedlicensing_NoAssertionLicense";
/// Why a dataset has the times and the origin that it has.
inline constexpr std::string_view dataset_comment =
    "The AIBOM says neither when nor by whom this dataset was made: times are those of this "
    "document";
/// A reference of this kind is where the model is had from.
inline constexpr std::string_view download_kind = "download";

/// One expression that says all of them; nothing if there are none or one is no expression.
[[nodiscard]] std::optional<std::string> combined_license(std::span<const License> licenses);

}  // namespace aion::supply::spdx
