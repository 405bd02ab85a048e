// SPDX-License-Identifier: MIT OR Apache-2.0
// Model cards: the front matter of a model's README.md, in YAML, as Hugging Face defines it
// (https://huggingface.co/docs/hub/model-cards), for an AIBOM.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/result.hpp"
#include "aion/supply/aibom.hpp"

namespace aion::supply {

/// Of the front matter; what stands behind it is not read.
inline constexpr std::size_t max_front_matter = std::size_t{1} << 20U;  ///< Bytes.
inline constexpr std::size_t max_front_matter_depth = 16;
inline constexpr std::size_t max_front_matter_values = 20'000;

/// Adds to `aibom` what the front matter of `markdown` says, and returns the keys of it that have
/// no place in an AIBOM.
///
/// - `license`, `license_name`, `license_link`: licences of the weights under SPDX's names, or as
///   `LicenseRef-…` where SPDX has none;
/// - `datasets`: datasets, with their addresses at Hugging Face;
/// - `base_model`: references of that kind;
/// - `library_name`: a framework, of the version `unknown`, unless one of that name is there;
/// - `pipeline_tag`, `language`, `tags`, `metrics`, `model-index`, `base_model_relation`: as they
/// are
///   in the hyperparameter `model_card`, because an AIBOM has nothing else for them.
///
/// Errors: `invalid_format` with the detail `model_card_no_front_matter`, or one of
/// base/yaml_details.hpp, with line and column: anchors, aliases, tags and keys that are there
/// twice are refused. `aibom` is unchanged then.
[[nodiscard]] Result<std::vector<std::string>> add_model_card(AiBom& aibom,
                                                              std::string_view markdown);

}  // namespace aion::supply
