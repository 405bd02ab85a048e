// SPDX-License-Identifier: MIT OR Apache-2.0
// Authors as texts for people name them: by the name that a chain gives them, and their id.
#pragma once

#include <string>

#include "aion/base/ids.hpp"
#include "aion/trust/registry.hpp"

namespace aion::trust {

/// `alice (1001)`, or `author 1001` where `registry` has no name: in a sentence.
[[nodiscard]] std::string author_in_words(const Registry& registry, AuthorId author);
/// `alice (1001)`, or `1001` where `registry` has no name: in a list, or behind `author`.
[[nodiscard]] std::string author_in_list(const Registry& registry, AuthorId author);

}  // namespace aion::trust
