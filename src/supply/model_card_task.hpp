// SPDX-License-Identifier: MIT OR Apache-2.0
// What a model does, where an AIBOM was made from a model card.
#pragma once

#include <optional>
#include <string>

#include "aion/supply/aibom.hpp"

namespace aion::supply {

/// The hyperparameter that holds what of a model card has no member of its own.
inline constexpr std::string_view model_card_parameter = "model_card";

/// `pipeline_tag` in that hyperparameter, e.g. `text-generation`.
[[nodiscard]] std::optional<std::string> model_card_task(const AiBom& aibom);

/// Notes the task there, unless a model card said something. False: it said something else.
[[nodiscard]] bool note_model_card_task(AiBom& aibom, std::string_view task);

}  // namespace aion::supply
