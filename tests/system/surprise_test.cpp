// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tool asks of the system: only the files that it was given, and never the network.
//
// Every system call is seen through ptrace(2), as strace would show it.
#include <fcntl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <optional>

#include "system/tracer.hpp"
#include "system/writers.hpp"

namespace aion::test {
namespace {

struct Opened {
    std::string path;
    std::uint64_t flags = 0;
    bool found = false;
    std::uint64_t bytes_read = 0;  ///< Through this descriptor, or mapped.

    [[nodiscard]] bool for_writing() const { return (flags & O_ACCMODE) != O_RDONLY; }
};

// Calls by which a program talks to others or becomes another; none has a place in this tool.
constexpr std::uint64_t forbidden[] = {
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind,    SYS_listen,        SYS_accept4,
    SYS_sendto, SYS_sendmsg,    SYS_recvmsg, SYS_execve,  SYS_ptrace,        SYS_process_vm_readv,
    SYS_shmget, SYS_msgget,     SYS_mount,   SYS_unshare, SYS_io_uring_setup};

// Everything that a run opens, and whether it did what it must not.
class Log {
  public:
    Watchers watchers() {
        Watchers result;
        result.call = [this](const SystemCall& call) { call.made ? after(call) : before(call); };
        return result;
    }

    std::vector<Opened> files;
    std::vector<std::uint64_t> refused_calls;

    [[nodiscard]] int times_opened(const std::string& path) const {
        return static_cast<int>(std::ranges::count(files, path, &Opened::path));
    }

    [[nodiscard]] std::uint64_t bytes_read(const std::string& path) const {
        const auto found = std::ranges::find(files, path, &Opened::path);
        return found == files.end() ? 0 : found->bytes_read;
    }

  private:
    void before(const SystemCall& call) {
        if (std::ranges::count(forbidden, call.number) != 0) {
            refused_calls.push_back(call.number);
        }
        // A process of its own, as opposed to a thread.
        constexpr std::uint64_t thread_flag = 0x0001'0000;
        if (call.number == SYS_clone && (call.arguments[0] & thread_flag) == 0) {
            refused_calls.push_back(call.number);
        }
    }

    void after(const SystemCall& call) {
        if (call.number == SYS_openat) {
            opened(call, text_at(call.thread, call.arguments[1]), call.arguments[2]);
#ifdef SYS_openat2
        } else if (call.number == SYS_openat2) {  // its flags come first in what it points to
            opened(call, text_at(call.thread, call.arguments[1]),
                   number_at(call.thread, call.arguments[2]));
#endif
#ifdef SYS_open
        } else if (call.number == SYS_open) {
            opened(call, text_at(call.thread, call.arguments[0]), call.arguments[1]);
#endif
        } else if (call.number == SYS_read || call.number == SYS_pread64) {
            add(call.arguments[0], call.result);
        } else if (call.number == SYS_mmap) {
            add(call.arguments[4],
                call.result < 0 ? 0 : static_cast<std::int64_t>(call.arguments[1]));
        } else if (call.number == SYS_close) {
            descriptors_.erase(static_cast<std::int32_t>(call.arguments[0]));
        }
    }

    void opened(const SystemCall& call, std::string path, std::uint64_t flags) {
        files.push_back({std::move(path), flags, call.result >= 0, 0});
        if (call.result >= 0) {
            descriptors_[static_cast<std::int32_t>(call.result)] = files.size() - 1;
        }
    }

    void add(std::uint64_t descriptor, std::int64_t bytes) {
        const auto found = descriptors_.find(static_cast<std::int32_t>(descriptor));
        if (found != descriptors_.end() && bytes > 0) {
            files[found->second].bytes_read += static_cast<std::uint64_t>(bytes);
        }
    }

    std::map<std::int32_t, std::size_t> descriptors_;
};

// What the dynamic linker opens before main: its cache, and shared libraries of the system.
bool is_of_the_linker(const std::string& path) {
    return path == "/etc/ld.so.cache" ||
           ((path.starts_with("/lib") || path.starts_with("/usr/lib")) &&
            path.find(".so") != std::string::npos);
}

class Surprise : public Writers {
  protected:
    void SetUp() override {
        if (!may_trace()) {
            GTEST_SKIP() << "this system does not let us trace a program (ptrace)";
        }
    }

    Log watch(std::vector<std::string> arguments) {
        Log log;
        ChildOptions options = here(std::move(arguments));
        options.output_path = "out-watched";
        const Ended ended = run_traced(aion_program(), options, log.watchers());
        EXPECT_EQ(ended.exit_code, 0) << read("out-watched");
        EXPECT_TRUE(log.refused_calls.empty())
            << "forbidden system calls: " << ::testing::PrintToString(log.refused_calls);
        EXPECT_FALSE(log.files.empty()) << "the trace shows nothing";
        return log;
    }

    void expect_read_once(const Log& log, const std::string& file) const {
        EXPECT_EQ(log.times_opened(file), 1) << file;
        EXPECT_EQ(log.bytes_read(file), std::filesystem::file_size(path(file))) << file;
    }

    // Opened for reading only, and each is given or of the linker.
    static void expect_nothing_else(const Log& log, const std::vector<std::string>& given) {
        for (const Opened& file : log.files) {
            EXPECT_FALSE(file.for_writing()) << file.path;
            EXPECT_TRUE(std::ranges::count(given, file.path) != 0 || is_of_the_linker(file.path))
                << "opened without being asked to: " << file.path;
        }
    }

    // p.aion with a payload of 5 MiB, which is read in pieces and hashed by several threads.
    void make_large() {
        write("large.txt", std::string(std::size_t{5} << 20U, 'x'));
        must({"init", "p.aion", "-a", "7", "-k", "1", "-r", "large.txt"});
    }
};

TEST_F(Surprise, VerifyReadsEachFileOnceAndOpensNothingElse) {
    make("p.aion");
    make("q.aion");
    const Log log = watch({"verify", "p.aion", "q.aion", "--registry", "reg.json"});
    for (const std::string file : {"p.aion", "q.aion", "reg.json"}) {
        expect_read_once(log, file);
    }
    expect_nothing_else(log, {"p.aion", "q.aion", "reg.json"});
}

TEST_F(Surprise, VerifyOpensNothingElseHoweverLargeTheFileAndOnSeveralThreads) {
    make_large();
    for (const char* const threads : {"1", "4"}) {
        variables["AION_THREADS"] = threads;
        const Log log = watch({"verify", "p.aion", "--registry", "reg.json", "-f", "json"});
        expect_read_once(log, "p.aion");
        expect_read_once(log, "reg.json");
        expect_nothing_else(log, {"p.aion", "reg.json"});
    }
}

TEST_F(Surprise, ShowAndRegistryCheckOpenWhatTheyWereGiven) {
    make("p.aion");
    const Log show = watch({"show", "p.aion", "rules", "--registry", "reg.json"});
    expect_read_once(show, "p.aion");
    expect_nothing_else(show, {"p.aion", "reg.json"});
    const Log check = watch({"registry", "check", "--registry", "reg.json"});
    expect_read_once(check, "reg.json");
    expect_nothing_else(check, {"reg.json"});
}

TEST_F(Surprise, CommitOpensItsInputsItsKeyAndTheFilesDirectory) {
    make("p.aion");
    const Log log = watch(tool_commit("p.aion", "watched"));
    const std::string store = path(".aion/keys").string();
    const std::vector<std::string> given = {"rules.txt",
                                            "reg.json",
                                            "p.aion",
                                            ".",
                                            store + "/author-1.key",
                                            store + "/author-1.pub",
                                            "/etc/machine-id"};
    for (const Opened& file : log.files) {
        const bool temporary =
            file.path.starts_with(".p.aion.") && file.path.ends_with(".tmp") &&
            (file.flags & (O_CREAT | O_EXCL | O_NOFOLLOW)) == (O_CREAT | O_EXCL | O_NOFOLLOW);
        // The file itself for its lock, which asks for that; it is never written.
        EXPECT_EQ(file.for_writing(), temporary || file.path == "p.aion") << file.path;
        EXPECT_TRUE(temporary || std::ranges::count(given, file.path) != 0 ||
                    is_of_the_linker(file.path))
            << "opened without being asked to: " << file.path;
    }
    expect_read_once(log, "reg.json");
    expect_read_once(log, "rules.txt");
}

// --- how much of it -----------------------------------------------------------------------------

struct Asked {
    std::string what;
    std::vector<std::uint64_t> calls;  ///< As kernels and processors name it.
    std::map<std::string, unsigned> at_most;
};

// docs/performance.md#what-a-write-asks-of-the-system
const std::vector<Asked> asked = {
    {"openat2", {SYS_openat2}, {{"create", 1}, {"commit", 1}}},
    {"readlinkat", {SYS_readlinkat}, {{"create", 1}, {"commit", 1}}},
    {"openat", {SYS_openat}, {{"create", 1}, {"commit", 2}}},
    {"stat", {SYS_fstat, SYS_newfstatat}, {{"create", 2}, {"commit", 9}}},
    {"fcntl", {SYS_fcntl}, {{"create", 1}, {"commit", 3}}},
    {"pread64", {SYS_pread64}, {{"commit", 1}}},
    {"getrandom", {SYS_getrandom}, {{"create", 2}, {"commit", 1}}},
    {"flistxattr", {SYS_flistxattr}, {{"commit", 1}}},
    {"fgetxattr", {SYS_fgetxattr}, {{"commit", 1}}},
    {"fchmod", {SYS_fchmod}, {{"commit", 1}}},
    {"fallocate", {SYS_fallocate}, {{"create", 1}, {"commit", 1}}},
    {"write", {SYS_write}, {{"create", 1}, {"commit", 1}}},
    {"fsync", {SYS_fsync}, {{"create synced", 3}, {"commit synced", 2}}},
    // Where AT_EMPTY_PATH is for the privileged, once more, to ask whether /proc will do.
    {"linkat", {SYS_linkat}, {{"create", 3}}},
    {"rename", {SYS_renameat, SYS_renameat2}, {{"commit", 1}}},
    {"close", {SYS_close}, {{"create", 3}, {"commit", 4}}},
};

// Of memory the allocator asks as it likes.
constexpr std::uint64_t about_memory[] = {SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_madvise};

TEST_F(Surprise, AWriteAsksForNoMoreThanItIsSaidTo) {
    for (const std::string operation : {"create", "commit"}) {
        for (const std::string sync : {"synced", "unsynced"}) {
            unsigned marks = 0;
            std::vector<std::uint64_t> calls;
            Watchers watchers;
            watchers.call = [&](const SystemCall& call) {
                marks += call.made && call.number == SYS_getppid ? 1U : 0U;
                if (!call.made && call.number != SYS_getppid && marks == 1 &&
                    std::ranges::count(about_memory, call.number) == 0) {
                    calls.push_back(call.number);
                }
            };
            const Ended ended =
                run_traced(program_beside("system_helper"),
                           here({"ask", operation, path("asked.aion").string(), sync}), watchers);
            ASSERT_EQ(ended.exit_code, 0);
            ASSERT_EQ(marks, 2U);
            for (const Asked& each : asked) {
                unsigned most = 0;
                for (const std::string& of : {operation, operation + " " + sync}) {
                    const auto found = each.at_most.find(of);
                    most += found == each.at_most.end() ? 0U : found->second;
                }
                const auto is_of = [&](std::uint64_t call) {
                    return std::ranges::count(each.calls, call) != 0;
                };
                EXPECT_LE(std::erase_if(calls, is_of), most)
                    << operation << ", " << sync << ": " << each.what;
            }
            EXPECT_TRUE(calls.empty())
                << operation << ", " << sync << ", unlisted: " << ::testing::PrintToString(calls);
        }
    }
}

// --- without a network --------------------------------------------------------------------------

// How to run something that sees no network here, if the kernel lets us.
std::optional<std::vector<std::string>> without_network() {
    for (const char* how : {"-n", "-rn"}) {
        Invocation probe;
        probe.arguments = {how, "/bin/true"};
        if (std::filesystem::exists("/usr/bin/unshare") &&
            run_program("/usr/bin/unshare", probe).exit_code == 0) {
            return std::vector<std::string>{how};
        }
    }
    return std::nullopt;
}

class NoNetwork : public Writers {};

TEST_F(NoNetwork, EverythingWorks) {
    ASSERT_TRUE(std::filesystem::exists("/usr/bin/unshare")) << "unshare(1) is of util-linux";
    const auto how = without_network();
    if (!how) {
        GTEST_SKIP() << "the kernel forbids a network namespace of our own";
    }
    write("password", "a password\n");
    const auto offline = [&](std::vector<std::string> arguments) {
        Invocation invocation;
        invocation.arguments = *how;
        invocation.arguments.push_back(aion_program());
        invocation.arguments.insert(invocation.arguments.end(), arguments.begin(), arguments.end());
        invocation.directory = path("");
        invocation.variables = here({}).variables;
        const Completed done = run_program("/usr/bin/unshare", invocation);
        EXPECT_EQ(done.exit_code, 0) << ::testing::PrintToString(arguments) << done.err;
        return done.out;
    };
    offline({"key", "generate", "--id", "50"});
    offline({"key", "generate", "--id", "51"});
    offline({"key", "export", "50", "-o", "backup.key", "--password-file", "password"});
    offline({"key", "delete", "50", "--force"});
    offline({"key", "import", "backup.key", "--id", "50", "--password-file", "password"});
    offline(
        {"registry", "pin", "--author", "9", "--key", "50", "--master", "51", "-o", "net.json"});
    offline({"init", "net.aion", "-a", "9", "-k", "50", "-r", "rules.txt"});
    offline({"commit", "net.aion", "-a", "9", "-k", "50", "-m", "offline", "-r", "rules.txt",
             "--registry", "net.json"});
    offline({"registry", "sign-revocation", "--author", "9", "--epoch", "0", "--reason", "retired",
             "--master-key", "51", "--effective-from-version", "9", "-o", "revocation.json"});
    offline({"registry", "apply", "revocation.json", "--registry", "net.json"});
    offline({"verify", "net.aion", "--registry", "net.json"});
    EXPECT_EQ(offline({"show", "net.aion", "rules", "--registry", "net.json", "-o", "-"}),
              "limit: 1\n");
}

}  // namespace
}  // namespace aion::test
