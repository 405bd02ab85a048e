// SPDX-License-Identifier: MIT OR Apache-2.0
// How texts name an author.
#pragma once

#include <string>

#include "aion/base/ids.hpp"
#include "aion/trust/author_in_words.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// `alice (1001)`, or `1001` where `registry` has no name. Safe to show.
[[nodiscard]] inline std::string author_text(const trust::Registry& registry, AuthorId author) {
    return shown(trust::author_in_list(registry, author));
}

}  // namespace aion::cli
