// SPDX-License-Identifier: MIT OR Apache-2.0
// The command-line tool as a process: what run() is given, and the exit code it becomes.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "aion/base/interrupt.hpp"
#include "aion/crypto/startup.hpp"
#include "run.hpp"
#include "shell/failure_text.hpp"
#include "shell/interruption.hpp"

namespace aion::cli {
namespace {

// Our own secrets stay out of core dumps, but what libcrypto copies of them during a call does not.
void forbid_core_dumps() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur != 0) {
        limit.rlim_cur = 0;
        ::setrlimit(RLIMIT_CORE, &limit);
    }
}

// Without memory at the start there is none for the exception that would say so either.
void demand_memory() noexcept {
    constexpr std::size_t enough = std::size_t{256} << 10U;
    // NOLINTNEXTLINE(cppcoreguidelines-no-malloc,hicpp-no-malloc): it must not throw, nor be left
    // out
    void* volatile const memory = std::malloc(enough);
    if (memory != nullptr) {
        std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc,hicpp-no-malloc)
        return;
    }
    constexpr std::string_view text = "Error: Out of memory\n";
    std::ignore = ::write(STDERR_FILENO, text.data(), text.size());
    ::_exit(exit_code(Ending::failure));
}

int run_process(std::span<const std::string> arguments) {
    occupy_standard_descriptors();
    forbid_core_dumps();
    crypto::trim_libcrypto_startup();
    // What these would kill us for, write(2) says, too; and then temporary files are removed.
    for (const int signal : {SIGPIPE, SIGXFSZ}) {
        std::signal(signal, SIG_IGN);  // NOLINT(cert-err33-c): it cannot fail for these
    }
    static Interrupt interrupt;  // as long as a handler may ask it
    handle_interruptions(interrupt);
    InterruptibleEnv env(Env::system(), interrupt);
    ProcessHost host;
    Console console(STDOUT_FILENO, STDERR_FILENO, host);
    Ending ending = Ending::failure;
    try {
        ending = run(env, console, host, arguments);
    } catch (const std::bad_alloc&) {
        print_failure(console, out_of_memory());
    }
    die_if_interrupted();
    return exit_code(ending);
}

}  // namespace
}  // namespace aion::cli

int main(int argc, char** argv) {
    aion::cli::demand_memory();
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    return aion::cli::run_process(arguments);
}
