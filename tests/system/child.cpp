// SPDX-License-Identifier: MIT OR Apache-2.0
#include "system/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "cli/process.hpp"
#include "support/exec.hpp"

namespace aion::test {
namespace {

// Everything that the new process needs, made before it exists: between fork and exec it may
// only make system calls, because other threads of the test may hold any lock.
struct Plan {
    const ChildOptions& options;
    std::string program;
    std::vector<std::string> words;
    std::vector<std::string> variables;
    std::vector<char*> argument_pointers;
    std::vector<char*> variable_pointers;
    int input = -1;

    Plan(const std::string& path, const ChildOptions& given) : options(given), program(path) {
        words.push_back(path);
        words.insert(words.end(), given.arguments.begin(), given.arguments.end());
        auto all = given.variables;
        all.insert(no_progress);
        for (const auto& [name, value] : all) {
            variables.push_back(name + "=" + value);
        }
        argument_pointers = pointers(words);
        variable_pointers = pointers(variables);
    }

    [[nodiscard]] static bool limited(__rlimit_resource_t what,
                                      const std::optional<std::uint64_t>& most) {
        rlimit limit{};
        limit.rlim_cur = limit.rlim_max = most.value_or(0);
        return !most || ::setrlimit(what, &limit) == 0;
    }

    [[nodiscard]] bool prepare() const {
        const bool moved = options.directory.empty() || ::chdir(options.directory.c_str()) == 0;
        const int in = input != -1 ? input : ::open(options.input_path.c_str(), O_RDONLY);
        const int out =
            ::open(options.output_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        return moved && ::dup2(in, STDIN_FILENO) != -1 && ::dup2(out, STDOUT_FILENO) != -1 &&
               ::dup2(out, STDERR_FILENO) != -1 && std::signal(SIGPIPE, SIG_DFL) != SIG_ERR &&
               limited(RLIMIT_DATA, options.data_limit) &&
               limited(RLIMIT_AS, options.address_limit) &&
               (!options.no_threads || forgo_threads()) &&
               (!options.traced || ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0);
    }

    [[noreturn]] void become() const {
        // Opened first: who forgoes threads may not be allowed to walk to where it lies.
        const int file = ::open(program.c_str(), O_PATH | O_CLOEXEC);
        if (prepare()) {
            ::execveat(file, "", argument_pointers.data(), variable_pointers.data(), AT_EMPTY_PATH);
        }
        ::_exit(127);
    }
};

}  // namespace

bool forgo_threads() {
    constexpr uid_t nobody = 65534;
    // The limit after the change of user: before it, the change would count, and execve fail.
    rlimit limit{};
    limit.rlim_cur = limit.rlim_max = 1;
    return (::getuid() != 0 || (::setgid(nobody) == 0 && ::setuid(nobody) == 0)) &&
           ::setrlimit(RLIMIT_NPROC, &limit) == 0;
}

Child::Child(const std::string& program, const ChildOptions& options) {
    Plan plan(program, options);
    std::array<int, 2> pipe = {-1, -1};
    if (options.hold_input) {
        check(::pipe2(pipe.data(), O_CLOEXEC) == 0, "pipe2");
        plan.input = pipe[0];
        input_ = pipe[1];
    }
    id_ = ::fork();
    check(id_ != -1, "fork");
    if (id_ == 0) {
        plan.become();
    }
    if (pipe[0] != -1) {
        ::close(pipe[0]);
    }
    watch_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
    check(watch_ != -1, "pidfd_open");
}

Child::~Child() {
    if (id_ != -1) {
        kill();
        ::waitpid(id_, nullptr, 0);
    }
    end_input();
    if (watch_ != -1) {
        ::close(watch_);
    }
}

Child::Child(Child&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      watch_(std::exchange(other.watch_, -1)),
      input_(std::exchange(other.input_, -1)) {}

bool Child::ends_within(std::chrono::microseconds longest) const {
    pollfd ended{watch_, POLLIN, 0};
    timespec time{};
    time.tv_sec = longest.count() / 1'000'000;
    time.tv_nsec = longest.count() % 1'000'000 * 1000;
    return ::ppoll(&ended, 1, &time, nullptr) > 0;
}

void Child::kill() const {
    ::kill(id_, SIGKILL);
}

void Child::end_input() {
    if (input_ != -1) {
        ::close(std::exchange(input_, -1));
    }
}

Ended Child::wait() {
    Ended ended;
    int status = 0;
    const pid_t id = std::exchange(id_, -1);
    check(::wait4(id, &status, 0, &ended.usage) == id, "wait4");
    ended.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ended;
}

std::string program_beside(const std::string& name) {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

}  // namespace aion::test
