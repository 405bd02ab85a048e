// SPDX-License-Identifier: MIT OR Apache-2.0
// How texts name an author.
#pragma once

#include <string>

#include "aion/base/ids.hpp"
#include "aion/trust/registry.hpp"

namespace aion::cli {

/// The id, in decimal: registries have no names for authors. Safe to show.
[[nodiscard]] inline std::string author_text(const trust::Registry& /*registry*/, AuthorId author) {
    return to_string(author);
}

}  // namespace aion::cli
