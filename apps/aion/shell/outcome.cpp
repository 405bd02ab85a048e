// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/outcome.hpp"

#include <cerrno>
#include <utility>

namespace aion::cli {
namespace {

std::unexpected<Failure> failed(std::vector<std::string> messages, Error cause,
                                std::string remedy = {}) {
    const Error::Value* const value = cause.field("path");
    const auto* const path = value == nullptr ? nullptr : std::get_if<std::string>(value);
    std::string where = path == nullptr ? std::string() : *path;
    return std::unexpected(
        Failure{std::move(messages), std::move(cause), std::move(remedy), std::move(where)});
}

}  // namespace

Failure out_of_memory() {
    return fail_because(error_because(ErrorCode::resource_exhausted, "memory"), "Out of memory")
        .error();
}

Error os_error(int error) {
    return error_at_path(ErrorCode::file_read_error, {}, error);
}

Ending ending_of(const policy::VerificationReport& report) noexcept {
    return report.is_valid() ? Ending::success : Ending::invalid;
}

Ending ending_of(const Error& error) noexcept {
    return error.code() == ErrorCode::verdict_invalid ? Ending::invalid : Ending::failure;
}

std::unexpected<Failure> fail_because(Error cause, std::string message, std::string remedy) {
    return failed({std::move(message)}, std::move(cause), std::move(remedy));
}

std::unexpected<Failure> fail_with(std::string message, std::string remedy) {
    Error cause = error_because(ErrorCode::invalid_argument, message);
    return fail_because(std::move(cause), std::move(message), std::move(remedy));
}

std::unexpected<Failure> with_remedy(std::unexpected<Failure> failure, std::string remedy) {
    failure.error().remedy = std::move(remedy);
    return failure;
}

std::unexpected<Failure> about_file(std::unexpected<Failure> failure, const std::string& path) {
    if (failure.error().path.empty()) {
        failure.error().path = path;
    }
    return failure;
}

std::unexpected<Failure> fail_with(std::string message, const Error& error) {
    std::vector<std::string> messages = error.messages();
    messages.insert(messages.begin(), std::move(message));
    return failed(std::move(messages), error);
}

std::unexpected<Failure> fail_with_cause(std::string message, const Error& error) {
    if (error.os_error() == 0) {
        return fail_with(std::move(message), error);
    }
    // Contexts say what to do about it; the line behind them says what `message` says.
    std::vector<std::string> lines = error.messages();
    if (lines.size() >= 2) {
        lines.erase(lines.end() - 2);
    }
    lines.insert(lines.begin(), std::move(message));
    return failed(std::move(lines), error);
}

std::unexpected<Failure> fail_with(const Error& error) {
    return failed(error.messages(), error);
}

std::unexpected<Failure> fail_not_found(Error cause, const std::string& path) {
    return about_file(fail_because(std::move(cause), "File not found: " + path), path);
}

Failure no_verdict_on(const std::string& path, const Error& error) {
    if (error.os_error() == ENOENT) {
        return fail_not_found(error, path).error();
    }
    std::string message = "Failed to verify file: " + path;
    if (error.message().starts_with("not a regular file: ")) {
        // The system's number for it says that an argument was invalid.
        return failed({std::move(message), error.message()}, error).error();
    }
    return fail_with(std::move(message), error).error();
}

}  // namespace aion::cli
