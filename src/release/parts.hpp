// SPDX-License-Identifier: MIT OR Apache-2.0
// What sealing and judging a release have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aion/base/result.hpp"
#include "aion/release/bundle.hpp"
#include "aion/supply/manifest.hpp"
#include "aion/supply/statement.hpp"

namespace aion::release {

/// The member `model` of a bill, in one line: what `model_ref` is a copy of. Errors: those of
/// reading JSON.
[[nodiscard]] Result<std::string> model_ref_of(std::string_view aibom);

/// How a provenance names the payloads that belong to it.
[[nodiscard]] std::vector<supply::ResourceDescriptor> byproducts_of(
    std::string_view aibom, const supply::Manifest& manifest, std::string_view manifest_payload);

}  // namespace aion::release
