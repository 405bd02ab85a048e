// SPDX-License-Identifier: MIT OR Apache-2.0
// Early return on error. GCC 12's std::expected has no monadic operations, and a chain of
// and_then would hide the steps of a function that reads better as a list of them.
//
// Private to src/, because these are macros. Both work in functions that return any Result<T>.
#pragma once

#include <utility>

#include "aion/base/result.hpp"

#define AION_TRY_JOIN_(a, b) a##b
#define AION_TRY_NAME_(number) AION_TRY_JOIN_(aion_try_result_, number)

/// Evaluates an expression of type Result<T>, drops its value, and returns its error from the
/// enclosing function if it has one: `AION_TRY(file.sync());`
#define AION_TRY(...) AION_TRY_(AION_TRY_NAME_(__COUNTER__), __VA_ARGS__)

#define AION_TRY_(result, ...)                              \
    do {                                                    \
        if (auto result = (__VA_ARGS__); !result) {         \
            return ::aion::fail(std::move(result).error()); \
        }                                                   \
    } while (false)

/// Declares or assigns the value of an expression of type Result<T>, or returns its error from
/// the enclosing function: `AION_TRY_ASSIGN(const Bytes content, read_file(env, path));`
/// It is two statements, so never the body of an `if` without braces. A declaration whose type
/// has a comma needs `auto`.
#define AION_TRY_ASSIGN(declaration, ...) \
    AION_TRY_ASSIGN_(AION_TRY_NAME_(__COUNTER__), declaration, __VA_ARGS__)

#define AION_TRY_ASSIGN_(result, declaration, ...)      \
    auto result = (__VA_ARGS__);                        \
    if (!result) {                                      \
        return ::aion::fail(std::move(result).error()); \
    }                                                   \
    declaration = *std::move(result)
