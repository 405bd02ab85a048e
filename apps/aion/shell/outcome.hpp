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

[[nodiscard]] Ending ending_of(const policy::VerificationReport& report) noexcept;
/// Content withheld because of a verdict is `invalid`; every other error is `failure`.
[[nodiscard]] Ending ending_of(const Error& error) noexcept;

/// Why a command does not succeed: what a person is told, and the error for whoever asks further.
struct Failure {
    /// What a person is told, the outermost first, then what caused it. Not everything that the
    /// cause says, where that would say the same twice.
    std::vector<std::string> messages;
    Error cause;
    std::string remedy;  ///< What to do about it; may have several lines; ours, never foreign text.
    std::string path;    ///< The file concerned; empty if there is none or it is not known.

    [[nodiscard]] Ending ending() const noexcept { return ending_of(cause); }
};

/// A value, or why there is none.
template <class T = void>
using Outcome = std::expected<T, Failure>;

/// What is said when `new` throws.
[[nodiscard]] Failure out_of_memory();

/// A cause that is only the operating system's.
[[nodiscard]] Error os_error(int error);

/// `message` and nothing else, as `cause` is what it says.
[[nodiscard]] std::unexpected<Failure> fail_because(Error cause, std::string message,
                                                    std::string remedy = {});
/// The same for what was asked for in a way that cannot be: `invalid_argument`.
[[nodiscard]] std::unexpected<Failure> fail_with(std::string message, std::string remedy = {});
/// `message`, caused by everything that `error` says.
[[nodiscard]] std::unexpected<Failure> fail_with(std::string message, const Error& error);
/// As above; but where the operating system said why, only that and what to do about it: `message`
/// names the file.
[[nodiscard]] std::unexpected<Failure> fail_with_cause(std::string message, const Error& error);
/// Everything that `error` says, without a message of ours.
[[nodiscard]] std::unexpected<Failure> fail_with(const Error& error);
/// `failure` with advice.
[[nodiscard]] std::unexpected<Failure> with_remedy(std::unexpected<Failure> failure,
                                                   std::string remedy);

/// `failure`, which concerns the file `path` if it does not say which.
[[nodiscard]] std::unexpected<Failure> about_file(std::unexpected<Failure> failure,
                                                  const std::string& path);

/// Nothing is at `path`, as `cause` says.
[[nodiscard]] std::unexpected<Failure> fail_not_found(Error cause, const std::string& path);

/// Why there is no verdict on a file.
[[nodiscard]] Failure no_verdict_on(const std::string& path, const Error& error);

}  // namespace aion::cli
