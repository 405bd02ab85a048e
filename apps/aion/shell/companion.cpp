// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/companion.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <string>

namespace aion::cli {
namespace {

constexpr const char* own_path = "/proc/self/exe";
constexpr auto places = std::to_array<const char*>({"/aion-net", "/../libexec/aion/aion-net"});

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): what the process is given.
char** kept_arguments = nullptr;

// The folder of this program, links resolved; empty if the kernel does not say.
std::string own_folder() {
    std::array<char, PATH_MAX> path{};
    const ssize_t size = ::readlink(own_path, path.data(), path.size());
    if (size <= 0 || static_cast<std::size_t>(size) == path.size()) {
        return {};
    }
    const std::string all(path.data(), static_cast<std::size_t>(size));
    return all.substr(0, all.rfind('/'));
}

}  // namespace

void keep_arguments(char** arguments) noexcept {
    kept_arguments = arguments;
}

Failure hand_over_to_companion(std::string_view what) {
    const std::string folder = own_folder();
    int problem = ENOENT;
    std::string tried;
    for (const char* const place : places) {
        const std::string program = folder + place;
        if (!folder.empty() && kept_arguments != nullptr) {
            ::execv(program.c_str(), kept_arguments);
            problem = errno == ENOENT ? problem : errno;
        }
        tried += (tried.empty() ? "" : " and ") + program;
    }
    if (problem != ENOENT) {
        return fail_with_cause("Failed to run aion-net, which talks to networks: " + tried,
                               os_error(problem))
            .error();
    }
    return fail_with(
               std::string(what) +
                   " needs aion-net, the part of aion that talks to networks, and it is not there",
               "Looked for " + tried +
                   ".\nBuild it with libcurl4-openssl-dev installed (./dev setup, ./dev "
                   "build), or install the package that has it.")
        .error();
}

}  // namespace aion::cli
