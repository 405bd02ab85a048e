// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/output_stream.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "shell/decimal.hpp"

namespace aion::cli {
namespace {

using Path = std::filesystem::path;

std::unexpected<Failure> cannot_write(const std::string& path, int error) {
    return fail_with_cause("Failed to write to: " + path,
                           error_at_path(ErrorCode::file_write_error, path, error));
}

class DescriptorStream final : public OutputStream {
  public:
    DescriptorStream(int descriptor, std::string path)
        : descriptor_(descriptor), path_(std::move(path)) {}

    ~DescriptorStream() override { ::close(descriptor_); }

    DescriptorStream(const DescriptorStream&) = delete;
    DescriptorStream& operator=(const DescriptorStream&) = delete;
    DescriptorStream(DescriptorStream&&) = delete;
    DescriptorStream& operator=(DescriptorStream&&) = delete;

    Outcome<> write(ByteView bytes) override {
        while (!bytes.empty()) {
            const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
            if (count >= 0) {
                bytes = bytes.subspan(static_cast<std::size_t>(count));
            } else if (errno != EINTR) {
                return cannot_write(path_, errno);
            }
        }
        return {};
    }

    [[nodiscard]] bool is_terminal() const noexcept override { return ::isatty(descriptor_) == 1; }

  private:
    int descriptor_;
    std::string path_;
};

// The folder in which this process's descriptors appear, whatever it was reached by.
bool lists_our_descriptors(const Path& folder) {
    const std::string own = "/proc/" + std::to_string(::getpid());
    if (folder == "/dev/fd" || folder == "/proc/self/fd") {
        return true;  // also where /proc is not mounted
    }
    std::error_code error;
    const std::string real = std::filesystem::canonical(folder, error).string();
    return !error &&
           (real == own + "/fd" || (real.starts_with(own + "/task/") && real.ends_with("/fd")));
}

std::optional<int> descriptor_called(const Path& path) {
    constexpr std::pair<std::string_view, int> streams[] = {{"/dev/stdin", STDIN_FILENO},
                                                            {"/dev/stdout", STDOUT_FILENO},
                                                            {"/dev/stderr", STDERR_FILENO}};
    for (const auto& [name, descriptor] : streams) {
        if (path == name) {
            return descriptor;
        }
    }
    const auto number = parse_decimal(path.filename().string(), INT_MAX);
    if (!number || !lists_our_descriptors(path.parent_path())) {
        return std::nullopt;
    }
    return static_cast<int>(*number);
}

}  // namespace

std::optional<int> descriptor_named_by(const std::string& path) {
    constexpr int most_links = 40;  // as many as Linux follows
    Path step = path;
    for (int links = 0; links <= most_links; ++links) {
        if (const auto descriptor = descriptor_called(step)) {
            return descriptor;
        }
        std::error_code error;
        const Path target = std::filesystem::read_symlink(step, error);
        if (error) {
            return std::nullopt;
        }
        step = step.parent_path() / target;
    }
    return std::nullopt;
}

Outcome<std::unique_ptr<OutputStream>> open_output_stream(const std::string& path) {
    int descriptor = -1;
    // A copy of the descriptor: it is known now whether it is open, and no file that we open later
    // can take its number.
    if (const auto named = descriptor_named_by(path)) {
        descriptor = ::fcntl(*named, F_DUPFD_CLOEXEC, 3);
    } else {
        do {
            descriptor = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
        } while (descriptor == -1 && errno == EINTR);
    }
    if (descriptor == -1) {
        return cannot_write(path, errno);
    }
    return std::make_unique<DescriptorStream>(descriptor, path);
}

}  // namespace aion::cli
