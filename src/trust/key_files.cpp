// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trust/key_files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "aion/base/utf8.hpp"
#include "trust/details.hpp"

namespace aion::trust::key_files {
namespace {

constexpr std::size_t max_shown_machine_id = 64;

// The innermost line of an error: what the operating system said, if it said anything.
std::string cause_of(const Error& error) {
    return error.messages().back();
}

}  // namespace

std::string file_name(KeyId id, std::string_view suffix) {
    return fmt::format("{}{}{}", prefix, id.value, suffix);
}

std::string shown(const std::filesystem::path& path) {
    return escape_bad_bytes(path.string());
}

Error failed_to(std::string_view operation, const Error& cause) {
    const std::vector<std::string> lines = cause.messages();
    Error error = keyring_error(std::string(operation), lines.back());
    for (std::size_t i = lines.size() - 1; i-- > 0;) {
        error = std::move(error).in_context(lines[i]);
    }
    return error;
}

Result<Bytes> read_key_file(Env& env, KeyId id, const std::filesystem::path& path) {
    auto content = read_file(env, path, max_key_file_size);
    if (content) {
        return content;
    }
    const Error& error = content.error();
    if (error.code() == ErrorCode::resource_exhausted) {
        return fail(invalid<TrustDetail::key_file_too_large>(max_key_file_size));
    }
    if (error.os_error() == ENOENT || error.os_error() == ENOTDIR) {
        return fail(key_not_found(id.value, fmt::format("key file not found: {}", shown(path))));
    }
    return fail(key_not_found(id.value, cause_of(error)));
}

Result<> write_key_file(Env& env, const Place& place, ByteView container) {
    WriteOptions how;
    how.replace = Replace::never;
    how.secret = true;
    const auto written = write_file_atomically(env, place, {&container, 1}, how);
    if (written) {
        return {};
    }
    if (written.error().code() == ErrorCode::file_exists ||
        written.error().code() == ErrorCode::entropy_unavailable ||
        written.error().code() == ErrorCode::interrupted) {
        return fail(written.error());
    }
    return fail(failed_to("write", written.error()));
}

Result<> check_lasting(const MachineId& machine) {
    if (machine.is_lasting()) {
        return {};
    }
    return fail(error_because(
        ErrorCode::invalid_private_key,
        fmt::format("/etc/machine-id is not initialised yet (\"{}\" is not 32 hex digits), so a "
                    "key stored now might not open after the next boot; run "
                    "`systemd-machine-id-setup` (as root) and try again",
                    machine.text.substr(0, max_shown_machine_id))));
}

}  // namespace aion::trust::key_files
