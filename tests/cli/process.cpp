// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include "support/exec.hpp"

namespace aion::test {
namespace {

struct Pipe {
    int reading = -1;
    int writing = -1;

    Pipe() {
        std::array<int, 2> ends{};
        check(::pipe2(ends.data(), O_CLOEXEC) == 0, "pipe2");
        reading = ends[0];
        writing = ends[1];
    }
};

void close_end(int& descriptor) {
    if (descriptor != -1) {
        ::close(descriptor);
        descriptor = -1;
    }
}

std::vector<std::string> words_of(const std::map<std::string, std::string>& variables) {
    std::vector<std::string> words;
    for (const auto& [name, value] : variables) {
        words.push_back(name + "=" + value);
    }
    return words;
}

// A pipe that holds a short text and then ends.
int filled_pipe(const std::string& text) {
    Pipe pipe;
    check(::write(pipe.writing, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
          "write");
    ::close(pipe.writing);
    return pipe.reading;
}

// Feeds standard input and collects both outputs at once, so that neither side can block.
class Conversation {
  public:
    Conversation(int input, int out, int err, const Invocation& invocation)
        : input_(input), out_(out), err_(err), invocation_(invocation) {
        ::fcntl(input_, F_SETFL, O_NONBLOCK);
    }

    void hold(Completed& result) {
        while (out_ != -1 || err_ != -1) {
            feed_if_ready(result);
        }
        close_end(input_);
    }

  private:
    void feed_if_ready(Completed& result) {
        std::array<pollfd, 3> waiting = {
            {{input_, POLLOUT, 0}, {out_, POLLIN, 0}, {err_, POLLIN, 0}}};
        check(::poll(waiting.data(), waiting.size(), 60'000) > 0, "poll");
        if (waiting[0].revents != 0) {
            feed();
        }
        if (waiting[1].revents != 0) {
            collect(out_, result.out);
            if (invocation_.read_one_line && result.out.find('\n') != std::string::npos) {
                close_end(out_);
            }
        }
        if (waiting[2].revents != 0) {
            collect(err_, result.err);
        }
    }

    void feed() {
        const std::string& text = invocation_.input;
        const ssize_t count = ::write(input_, text.data() + fed_, text.size() - fed_);
        fed_ += count > 0 ? static_cast<std::size_t>(count) : 0;
        if (fed_ == text.size() || (count < 0 && errno != EAGAIN)) {
            close_end(input_);
        }
    }

    static void collect(int& descriptor, std::string& into) {
        std::array<char, 65536> buffer;
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count <= 0) {
            close_end(descriptor);
        } else {
            into.append(buffer.data(), static_cast<std::size_t>(count));
        }
    }

    int input_;
    int out_;
    int err_;
    const Invocation& invocation_;
    std::size_t fed_ = 0;
};

void plan_descriptors(posix_spawn_file_actions_t& actions, const Invocation& invocation,
                      const Pipe& in, const Pipe& out, const Pipe& err, int seven) {
    if (!invocation.directory.empty()) {
        ::posix_spawn_file_actions_addchdir_np(&actions, invocation.directory.c_str());
    }
    ::posix_spawn_file_actions_adddup2(&actions, in.reading, STDIN_FILENO);
    if (invocation.close_output) {
        ::posix_spawn_file_actions_addclose(&actions, STDOUT_FILENO);
    } else if (!invocation.output_path.empty()) {
        ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, invocation.output_path.c_str(),
                                           O_WRONLY | O_CREAT | O_TRUNC, 0666);
    } else {
        ::posix_spawn_file_actions_adddup2(&actions, out.writing, STDOUT_FILENO);
    }
    ::posix_spawn_file_actions_adddup2(&actions, err.writing, STDERR_FILENO);
    if (seven != -1) {
        ::posix_spawn_file_actions_adddup2(&actions, seven, 7);
    }
}

}  // namespace

Completed run_program(const std::string& program, const Invocation& invocation) {
    std::signal(SIGPIPE, SIG_IGN);
    Pipe in;
    Pipe out;
    Pipe err;
    int seven = invocation.descriptor_seven ? filled_pipe(*invocation.descriptor_seven) : -1;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    plan_descriptors(actions, invocation, in, out, err, seven);
    // An ignored SIGPIPE would be inherited and hide what the program does about it.
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    std::vector<std::string> words = {program};
    words.insert(words.end(), invocation.arguments.begin(), invocation.arguments.end());
    std::vector<std::string> variables = words_of(invocation.variables);
    pid_t child = -1;
    const int error = ::posix_spawn(&child, program.c_str(), &actions, &attributes,
                                    pointers(words).data(), pointers(variables).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    close_end(in.reading);
    close_end(out.writing);
    close_end(err.writing);
    close_end(seven);
    if (error != 0) {
        throw std::system_error(error, std::generic_category(), "cannot start " + program);
    }
    Completed result;
    Conversation(in.writing, out.reading, err.reading, invocation).hold(result);
    int status = 0;
    check(::waitpid(child, &status, 0) == child, "waitpid");
    result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

std::string aion_program() {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "aion").string();
}

}  // namespace aion::test
