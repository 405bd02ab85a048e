// SPDX-License-Identifier: MIT OR Apache-2.0
#include "net/credential_helper.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

namespace aion::cli {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int number = -1) noexcept : number_(number) {}

    ~Descriptor() { close(); }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&&) = delete;
    Descriptor& operator=(Descriptor&&) = delete;

    [[nodiscard]] int get() const noexcept { return number_; }

    void set(int number) noexcept { number_ = number; }

    void close() noexcept {
        if (number_ >= 0) {
            ::close(number_);
        }
        number_ = -1;
    }

  private:
    int number_;
};

struct Pipe {
    Descriptor read;
    Descriptor write;

    [[nodiscard]] bool open() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            return false;
        }
        read.set(ends[0]);
        write.set(ends[1]);
        return true;
    }
};

Error cannot_run(const std::string& program, std::string_view why) {
    return supply::unusable_credentials(program, why);
}

class Spawning {
  public:
    Spawning() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        // We ignore it, and that would be inherited.
        sigset_t defaults{};
        ::sigemptyset(&defaults);
        ::sigaddset(&defaults, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
    }

    ~Spawning() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    Spawning(const Spawning&) = delete;
    Spawning& operator=(const Spawning&) = delete;
    Spawning(Spawning&&) = delete;
    Spawning& operator=(Spawning&&) = delete;

    // 0, or the system's number of why not.
    [[nodiscard]] int start(std::string program, const Pipe& input, const Pipe& output,
                            pid_t& child) {
        ::posix_spawn_file_actions_adddup2(&actions_, input.read.get(), STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, output.write.get(), STDOUT_FILENO);
        std::string word = "get";
        const std::array<char*, 3> arguments = {program.data(), word.data(), nullptr};
        return ::posix_spawnp(&child, program.c_str(), &actions_, &attributes_, arguments.data(),
                              environ);
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

// False: it says too much.
bool read_all(int descriptor, std::string& into) {
    std::array<char, 4096> piece{};
    while (true) {
        const ssize_t size = ::read(descriptor, piece.data(), piece.size());
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {
            return true;
        }
        into.append(piece.data(), static_cast<std::size_t>(size));
        if (into.size() > supply::max_helper_answer) {
            return false;
        }
    }
}

}  // namespace

Result<supply::HelperAnswer> run_credential_helper(const std::string& program,
                                                   std::string_view input) {
    Pipe to;
    Pipe from;
    if (!to.open() || !from.open()) {
        return fail(cannot_run(program, "no pipe to it"));
    }
    Spawning spawning;
    pid_t child = -1;
    if (spawning.start(program, to, from, child) != 0) {
        return fail(cannot_run(program, "it cannot be run; is it installed?"));
    }
    to.read.close();
    from.write.close();
    // A name fits into a pipe's buffer: nothing blocks.
    [[maybe_unused]] const ssize_t written = ::write(to.write.get(), input.data(), input.size());
    to.write.close();
    supply::HelperAnswer answer;
    const bool is_short = read_all(from.read.get(), answer.output);
    from.read.close();
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!is_short) {
        return fail(cannot_run(program, "it says too much"));
    }
    constexpr int killed = 128;
    answer.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : killed;
    return answer;
}

}  // namespace aion::cli
