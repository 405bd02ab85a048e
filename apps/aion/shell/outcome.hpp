// SPDX-License-Identifier: MIT OR Apache-2.0
// How a command ends: the one place that decides the exit code.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "aion/base/error.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/report.hpp"

namespace aion::cli {

/// Ordered: of two endings the greater one is what the process reports.
enum class Ending : std::uint8_t {
    success,  ///< Done, or VALID.
    invalid,  ///< A verdict was reached and it is INVALID.
    failure,  ///< No verdict was reached, or the thing was not done.
};

/// 0, 1 or 2. Nothing else in the program chooses a code.
[[nodiscard]] constexpr int exit_code(Ending ending) noexcept {
    return static_cast<int>(ending);
}

/// What a person is told when a command does not succeed.
struct Failure {
    std::vector<std::string> messages;  ///< The outermost first, then what caused it.
    Ending ending = Ending::failure;
    std::string remedy;  ///< What to do about it; may have several lines; ours, never foreign text.
};

/// A value, or why there is none.
template <class T = void>
using Outcome = std::expected<T, Failure>;

/// A cause that is only the operating system's.
[[nodiscard]] Error os_error(int error);

[[nodiscard]] Ending ending_of(const policy::VerificationReport& report) noexcept;
/// Content withheld because of a verdict is `invalid`; every other error is `failure`.
[[nodiscard]] Ending ending_of(const Error& error) noexcept;

[[nodiscard]] std::unexpected<Failure> fail_with(std::string message, std::string remedy = {});
/// `message`, caused by everything that `error` says.
[[nodiscard]] std::unexpected<Failure> fail_with(std::string message, const Error& error);
/// As above; but where the operating system said why, only that: `message` names the file.
[[nodiscard]] std::unexpected<Failure> fail_with_cause(std::string message, const Error& error);
/// Everything that `error` says, without a message of ours.
[[nodiscard]] std::unexpected<Failure> fail_with(const Error& error);
/// `failure` with advice.
[[nodiscard]] std::unexpected<Failure> with_remedy(std::unexpected<Failure> failure,
                                                   std::string remedy);

/// Hands on the failure of another step.
template <class T>
[[nodiscard]] std::unexpected<Failure> pass_on(Outcome<T>& outcome) {
    return std::unexpected(std::move(outcome.error()));
}

}  // namespace aion::cli
