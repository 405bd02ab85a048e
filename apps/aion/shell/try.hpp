// SPDX-License-Identifier: MIT OR Apache-2.0
// Early return with the failure of a step.
#pragma once

#include <string>
#include <utility>

#include "shell/outcome.hpp"

namespace aion::cli {

/// What a command says when a step of it did not succeed.
[[nodiscard]] inline std::unexpected<Failure> failure_of(Failure failure) {
    return std::unexpected(std::move(failure));
}

[[nodiscard]] inline std::unexpected<Failure> failure_of(const Error& error) {
    return fail_with(error);
}

/// The value, or a failure that says `message` and what `result`'s error says.
template <class T>
[[nodiscard]] Outcome<T> or_fail(Result<T> result, std::string message) {
    if (!result) {
        return fail_with(std::move(message), result.error());
    }
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return *std::move(result);
    }
}

/// The same, but where the operating system said why, only that: `message` names the file.
template <class T>
[[nodiscard]] Outcome<T> or_fail_with_cause(Result<T> result, std::string message) {
    if (!result) {
        return fail_with_cause(std::move(message), result.error());
    }
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return *std::move(result);
    }
}

}  // namespace aion::cli

#define CLI_TRY_JOIN_(a, b) a##b
#define CLI_TRY_NAME_(number) CLI_TRY_JOIN_(cli_try_result_, number)

/// Evaluates an expression of type Outcome<T> or Result<T> and returns what went wrong, if
/// anything did, from the enclosing function, which returns an Outcome:
/// `CLI_TRY(check_exists(context, file));`
#define CLI_TRY(...) CLI_TRY_(CLI_TRY_NAME_(__COUNTER__), __VA_ARGS__)

#define CLI_TRY_(result, ...)                                          \
    do {                                                               \
        if (auto result = (__VA_ARGS__); !result) {                    \
            return ::aion::cli::failure_of(std::move(result).error()); \
        }                                                              \
    } while (false)

/// Declares or assigns the value of such an expression, or returns what went wrong:
/// `CLI_TRY_ASSIGN(const Bytes rules, read_rules(context, arguments.rules));`
/// It is two statements, so never the body of an `if` without braces.
#define CLI_TRY_ASSIGN(declaration, ...) \
    CLI_TRY_ASSIGN_(CLI_TRY_NAME_(__COUNTER__), declaration, __VA_ARGS__)

#define CLI_TRY_ASSIGN_(result, declaration, ...)                  \
    auto result = (__VA_ARGS__);                                   \
    if (!result) {                                                 \
        return ::aion::cli::failure_of(std::move(result).error()); \
    }                                                              \
    declaration = *std::move(result)
