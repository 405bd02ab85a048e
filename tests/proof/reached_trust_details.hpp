// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp, and those of registries, records and key files.
#pragma once

#include <optional>

#include "aion/base/result.hpp"
#include "trust/details.hpp"

namespace aion::proof {

/// What a scenario ended with; nothing if it succeeded, or if there is none.
using Outcome = std::optional<Error>;

template <class T>
Outcome outcome(const Result<T>& result) {
    return result ? Outcome() : Outcome(result.error());
}

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(trust::TrustDetail detail);

}  // namespace aion::proof
