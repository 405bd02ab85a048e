// SPDX-License-Identifier: MIT OR Apache-2.0
#include "system/tracer.hpp"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

namespace aion::test {
namespace {

constexpr int system_call_stop = SIGTRAP | 0x80;

void* as_pointer(std::uint64_t value) {
    return reinterpret_cast<void*>(value);  // NOLINT(performance-no-int-to-ptr): ptrace wants it
}

class Trace {
  public:
    Trace(pid_t process, const Watchers& watchers) : process_(process), watchers_(watchers) {}

    Ended run() {
        int status = 0;
        if (::waitpid(process_, &status, 0) != process_ || !WIFSTOPPED(status)) {
            throw std::system_error(EPERM, std::generic_category(), "cannot trace");
        }
        constexpr std::uint64_t options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                                          PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                                          PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL;
        ::ptrace(PTRACE_SETOPTIONS, process_, nullptr, as_pointer(options));
        go_on(process_, 0);
        for (;;) {
            const pid_t thread = ::waitpid(-1, &status, __WALL);
            if (thread < 0) {
                throw std::system_error(errno, std::generic_category(), "waitpid");
            }
            if (WIFSTOPPED(status)) {
                stopped(thread, status);
            } else if (thread == process_) {
                return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                        .usage = {}};
            }
        }
    }

  private:
    static void go_on(pid_t thread, int signal) {
        ::ptrace(PTRACE_SYSCALL, thread, nullptr, as_pointer(static_cast<std::uint64_t>(signal)));
    }

    void stopped(pid_t thread, int status) {
        const int signal = WSTOPSIG(status);
        const int event = status >> 16;
        int deliver = 0;
        if (signal == system_call_stop) {
            report_call(thread);
        } else if (event == PTRACE_EVENT_EXIT) {
            if (thread == process_ && watchers_.exit) {
                watchers_.exit(process_);
            }
        } else if (event == 0 && signal != SIGTRAP && signal != SIGSTOP) {
            deliver = signal;  // SIGSTOP is how a new thread reports to its tracer.
        }
        go_on(thread, deliver);
    }

    void report_call(pid_t thread) {
        __ptrace_syscall_info info{};
        if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, as_pointer(sizeof(info)), &info) <= 0 ||
            !watchers_.call) {
            return;
        }
        SystemCall& call = calls_[thread];
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
            call = {.thread = thread, .number = info.entry.nr, .arguments = {}, .made = false};
            std::copy(std::begin(info.entry.args), std::end(info.entry.args),
                      call.arguments.begin());
        } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
            call.made = true;
            call.result = info.exit.rval;
        }
        watchers_.call(call);
    }

    pid_t process_;
    const Watchers& watchers_;
    std::map<pid_t, SystemCall> calls_;
};

// /proc/PID/mem, open for as long as the object.
class Memory {
  public:
    explicit Memory(pid_t process)
        : file_(
              ::open(("/proc/" + std::to_string(process) + "/mem").c_str(), O_RDONLY | O_CLOEXEC)) {
        if (file_ == -1) {
            throw std::system_error(errno, std::generic_category(), "/proc/PID/mem");
        }
    }

    ~Memory() { ::close(file_); }

    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    Memory(Memory&&) = delete;
    Memory& operator=(Memory&&) = delete;

    // As much as can be read.
    [[nodiscard]] std::string read(std::uint64_t start, std::size_t size) const {
        std::string bytes(size, '\0');
        std::size_t done = 0;
        while (done < size) {
            const ssize_t got = ::pread64(file_, bytes.data() + done, size - done,
                                          static_cast<off64_t>(start + done));
            if (got <= 0) {
                break;
            }
            done += static_cast<std::size_t>(got);
        }
        bytes.resize(done);
        return bytes;
    }

  private:
    int file_;
};

// "start-end perms offset device inode   name", or nothing for a line of another kind.
bool parse_mapping(const std::string& line, Region& region, std::uint64_t& end) {
    const std::size_t dash = line.find('-');
    const std::size_t space = line.find(' ');
    if (dash == std::string::npos || space == std::string::npos || dash > space) {
        return false;
    }
    const char* const text = line.data();
    region = {};
    const auto first = std::from_chars(text, text + dash, region.start, 16);
    const auto last = std::from_chars(text + dash + 1, text + space, end, 16);
    if (first.ptr != text + dash || last.ptr != text + space) {
        return false;
    }
    std::istringstream rest(line.substr(space));
    std::string skipped;
    rest >> region.permissions >> skipped >> skipped >> skipped >> region.name;
    return true;
}

}  // namespace

bool may_trace() {
    try {
        ChildOptions options;
        return run_traced("/bin/true", options, {}).exit_code == 0;
    } catch (const std::system_error&) {
        return false;
    }
}

Ended run_traced(const std::string& program, ChildOptions options, const Watchers& watchers) {
    options.traced = true;
    Child child(program, options);
    const Ended ended = Trace(child.id(), watchers).run();
    child.forget();
    return ended;
}

std::string text_at(pid_t process, std::uint64_t address) {
    const Memory memory(process);
    std::string text;
    for (;;) {
        // No further than the page's end: the next one may not be there.
        const std::string part =
            memory.read(address + text.size(), 4096 - (address + text.size()) % 4096);
        const std::size_t end = part.find('\0');
        text += part.substr(0, end);
        if (end != std::string::npos || part.empty()) {
            return text;
        }
    }
}

std::uint64_t number_at(pid_t process, std::uint64_t address) {
    std::uint64_t number = 0;
    const std::string bytes = Memory(process).read(address, sizeof number);
    if (bytes.size() == sizeof number) {
        std::memcpy(&number, bytes.data(), sizeof number);
    }
    return number;
}

bool Region::has_flag(const std::string& flag) const {
    return (" " + flags + " ").find(" " + flag + " ") != std::string::npos;
}

std::vector<Region> read_memory(pid_t process) {
    const Memory memory(process);
    std::ifstream maps("/proc/" + std::to_string(process) + "/smaps");
    std::vector<Region> regions;
    Region region;
    std::uint64_t end = 0;
    for (std::string line; std::getline(maps, line);) {
        if (parse_mapping(line, region, end)) {
            continue;
        }
        constexpr std::string_view label = "VmFlags: ";
        if (line.starts_with(label)) {  // the last line of a mapping
            region.flags = line.substr(label.size());
            if (region.permissions.starts_with('r') && !region.name.starts_with("[v")) {
                region.bytes = memory.read(region.start, end - region.start);
                regions.push_back(std::move(region));
            }
        }
    }
    return regions;
}

}  // namespace aion::test
