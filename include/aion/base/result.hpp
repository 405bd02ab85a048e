// SPDX-License-Identifier: MIT OR Apache-2.0
// Results: every fallible function of the library returns one; nothing throws but `new`.
#pragma once

#include <expected>
#include <utility>

#include "aion/base/error.hpp"

namespace aion {

/// A value or an `Error`.
template <class T = void>
using Result = std::expected<T, Error>;

/// `return fail(invalid_format("..."));`
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
    return std::unexpected<Error>(std::move(error));
}

}  // namespace aion
