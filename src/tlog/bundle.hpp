// SPDX-License-Identifier: MIT OR Apache-2.0
// Bundles of entries, read from the front.
#pragma once

#include <optional>

#include "aion/base/bytes.hpp"

namespace aion::tlog {

/// Takes an entry from the front of what is left of a bundle; nothing where there is no whole one.
[[nodiscard]] std::optional<ByteView> take_from_bundle(ByteView& rest) noexcept;

}  // namespace aion::tlog
