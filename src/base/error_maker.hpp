// SPDX-License-Identifier: MIT OR Apache-2.0
// The one way to an Error of any code and fields: for the functions of error.hpp, and for the test
// that shows how those codes read which nothing raises.
#pragma once

#include <utility>
#include <vector>

#include "aion/base/error.hpp"

namespace aion {

struct ErrorMaker {
    [[nodiscard]] static Error make(ErrorCode code, std::vector<Error::Field> fields = {}) {
        return {code, std::move(fields)};
    }
};

}  // namespace aion
