// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/outcome.hpp"

#include <utility>

namespace aion::cli {

Error os_error(int error) {
    return error_at_path(ErrorCode::file_read_error, {}, error);
}

Ending ending_of(const policy::VerificationReport& report) noexcept {
    return report.is_valid() ? Ending::success : Ending::invalid;
}

Ending ending_of(const Error& error) noexcept {
    return error.code() == ErrorCode::verdict_invalid ? Ending::invalid : Ending::failure;
}

std::unexpected<Failure> fail_with(std::string message, std::string remedy) {
    return std::unexpected(Failure{{std::move(message)}, Ending::failure, std::move(remedy)});
}

std::unexpected<Failure> with_remedy(std::unexpected<Failure> failure, std::string remedy) {
    failure.error().remedy = std::move(remedy);
    return failure;
}

std::unexpected<Failure> fail_with(std::string message, const Error& error) {
    Failure failure{{std::move(message)}, ending_of(error), {}};
    for (std::string& line : error.messages()) {
        failure.messages.push_back(std::move(line));
    }
    return std::unexpected(std::move(failure));
}

std::unexpected<Failure> fail_with_cause(std::string message, const Error& error) {
    if (error.os_error() == 0) {
        return fail_with(std::move(message), error);
    }
    return std::unexpected(
        Failure{{std::move(message), error.messages().back()}, ending_of(error), {}});
}

std::unexpected<Failure> fail_with(const Error& error) {
    return std::unexpected(Failure{error.messages(), ending_of(error), {}});
}

}  // namespace aion::cli
