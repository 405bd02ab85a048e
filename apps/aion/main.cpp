// SPDX-License-Identifier: MIT OR Apache-2.0
// The command-line tool as a process: what run() is given, and the exit code it becomes.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "aion/base/interrupt.hpp"
#include "aion/crypto/startup.hpp"
#include "run.hpp"
#include "shell/companion.hpp"
#include "shell/failure_text.hpp"
#include "shell/interruption.hpp"

// The same program but for its host is aion-net, which talks to networks.
#ifdef AION_NETWORKED
#include "net/network_host.hpp"
#endif

namespace aion::cli {
namespace {

#ifdef AION_NETWORKED
using OurHost = NetworkHost;
#else
using OurHost = ProcessHost;
#endif

// Our own secrets stay out of core dumps, but what libcrypto copies of them during a call does not.
void forbid_core_dumps() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur != 0) {
        limit.rlim_cur = 0;
        ::setrlimit(RLIMIT_CORE, &limit);
    }
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
    OurHost host;
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
    aion::cli::keep_arguments(argv);
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    return aion::cli::run_process(arguments);
}
