// SPDX-License-Identifier: MIT OR Apache-2.0
// What is in a Result, where a test knows whether there is a value.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "aion/base/result.hpp"

namespace aion::test {

/// The value of a result, which must have one; otherwise the test throws and so fails.
template <class T>
T ok(Result<T> result) {
    if (!result) {
        ADD_FAILURE() << result.error().full_message();
    }
    return std::move(result).value();
}

inline void ok(const Result<>& result) {
    if (!result) {
        ADD_FAILURE() << result.error().full_message();
    }
}

/// The innermost message: the rendered template, as docs/errors.md words it.
template <class T>
std::string refusal(const Result<T>& result) {
    return result ? "no error" : result.error().messages().back();
}

template <class T>
ErrorCode code_of(const Result<T>& result) {
    return result.error().code();
}

}  // namespace aion::test
