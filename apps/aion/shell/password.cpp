// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/password.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "aion/base/bytes.hpp"
#include "shell/terminal.hpp"

namespace aion::cli {
namespace {

constexpr std::size_t max_password_size = 4096;
constexpr std::size_t longest_line_end = 2;

std::unexpected<Failure> cannot_read(std::string_view what, int error) {
    return fail_with_cause(fmt::format("Failed to read {}", what), os_error(error));
}

// A descriptor that is closed at the end of the block.
class OpenFile {
  public:
    explicit OpenFile(int descriptor) noexcept : descriptor_(descriptor) {}

    ~OpenFile() { ::close(descriptor_); }

    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    OpenFile(OpenFile&&) = delete;
    OpenFile& operator=(OpenFile&&) = delete;

  private:
    int descriptor_;
};

void drop_line_end(crypto::SecretBytes& secret) {
    std::size_t size = secret.size();
    const ByteView bytes = std::as_const(secret).view();
    if (size > 0 && bytes[size - 1] == '\n') {
        --size;
        if (size > 0 && bytes[size - 1] == '\r') {
            --size;
        }
    }
    secret.truncate(size);
}

// One rule for all sources, so that what one wrote every other opens: one line end is dropped, and
// 1 to 4096 bytes remain.
Outcome<crypto::SecretBytes> accepted(crypto::SecretBytes secret, const std::string& what) {
    drop_line_end(secret);
    if (secret.empty()) {
        return fail_with("Password cannot be empty: nothing in " + what);
    }
    if (secret.size() > max_password_size) {
        return fail_with(
            fmt::format("The password in {} is longer than {} bytes", what, max_password_size));
    }
    return secret;
}

// What no terminal, and no variable, could give again.
bool is_typeable(ByteView secret) {
    return std::ranges::none_of(secret,
                                [](std::uint8_t c) { return c == 0 || c == '\n' || c == '\r'; });
}

// Reads to the end, straight into wiped memory; not through Env, whose buffers are not wiped.
Outcome<crypto::SecretBytes> read_secret(int descriptor, const std::string& what) {
    crypto::SecretBytes secret(max_password_size + longest_line_end + 1);
    std::size_t size = 0;
    while (size < secret.size()) {
        const std::span<std::uint8_t> rest = secret.view().subspan(size);
        const ssize_t count = ::read(descriptor, rest.data(), rest.size());
        if (count == 0) {
            break;
        }
        if (count > 0) {
            size += static_cast<std::size_t>(count);
        } else if (errno != EINTR) {
            return cannot_read(what, errno);
        }
    }
    secret.truncate(size);
    return accepted(std::move(secret), what);
}

Outcome<crypto::SecretBytes> from_file(const std::string& path) {
    const std::string what = "password file: " + path;
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor == -1) {
        return cannot_read(what, errno);
    }
    const OpenFile closer(descriptor);
    return read_secret(descriptor, what);
}

Outcome<crypto::SecretBytes> from_descriptor(std::uint64_t number) {
    const std::string what = fmt::format("file descriptor {}", number);
    if (number > static_cast<std::uint64_t>(INT_MAX)) {
        return cannot_read(what, EBADF);
    }
    return read_secret(static_cast<int>(number), what);
}

// Takes the variable's value and leaves zeros behind, so that it is not in /proc/PID/environ
// for as long as the key derivation takes.
Outcome<crypto::SecretBytes> from_environment(char* value) {
    const std::size_t size = std::strlen(value);
    if (size == 0) {
        return fail_with("Password cannot be empty: AION_KEY_PASSWORD is set but empty",
                         "Unset it to be asked on the terminal, or give it a value");
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): char and uint8_t may alias.
    const MutableByteView bytes(reinterpret_cast<std::uint8_t*>(value), size);
    crypto::SecretBytes secret = crypto::SecretBytes::copy_of(bytes);
    crypto::wipe(bytes);
    ::unsetenv("AION_KEY_PASSWORD");
    return accepted(std::move(secret), "AION_KEY_PASSWORD");
}

Outcome<crypto::SecretBytes> from_terminal(Purpose purpose) {
    const bool choose = purpose == Purpose::choose;
    auto password = prompt_secret(choose ? "Enter password for encryption: " : "Enter password: ");
    if (!password) {
        password.error().messages.insert(password.error().messages.begin(),
                                         "Failed to read password");
        return password;
    }
    if (password->empty()) {
        return fail_with("Password cannot be empty");
    }
    if (!choose) {
        return password;
    }
    auto again = prompt_secret("Confirm password: ");
    if (!again) {
        again.error().messages.insert(again.error().messages.begin(),
                                      "Failed to read password confirmation");
        return again;
    }
    if (!crypto::equal_constant_time(std::as_const(*password).view(),
                                     std::as_const(*again).view())) {
        return fail_with("Passwords do not match");
    }
    return password;
}

Outcome<crypto::SecretBytes> from_source(const PasswordSource& source, Purpose purpose,
                                         char* variable) {
    if (source.file) {
        return from_file(*source.file);
    }
    if (source.descriptor) {
        return from_descriptor(*source.descriptor);
    }
    if (variable != nullptr) {
        return from_environment(variable);
    }
    return from_terminal(purpose);
}

}  // namespace

Outcome<crypto::SecretBytes> obtain_password(const PasswordSource& source, Purpose purpose,
                                             char* variable) {
    auto password = from_source(source, purpose, variable);
    if (password && purpose == Purpose::choose && !is_typeable(std::as_const(*password).view())) {
        return fail_with("The password has a zero byte or a line end within",
                         "Nobody could type it: choose another");
    }
    return password;
}

}  // namespace aion::cli
