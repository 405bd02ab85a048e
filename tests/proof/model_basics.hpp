// SPDX-License-Identifier: MIT OR Apache-2.0
// Words that the models have in common.
#pragma once

#include <cstdint>
#include <set>

#include "aion/base/error.hpp"

namespace aion::proof::model {

/// Which key; what it consists of is of no concern here.
using Key = std::uint8_t;
/// Stands for bytes that are no key at all.
inline constexpr Key no_key = 0;

/// Why an operation must be refused: it is, when there is any reason, and names one of them.
using Refusals = std::set<ErrorCode>;

struct Applied {
    Refusals refusals;
    bool changed = false;  ///< False also when all was as demanded before.
};

}  // namespace aion::proof::model
