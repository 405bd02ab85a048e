// SPDX-License-Identifier: MIT OR Apache-2.0
// The command-line tool: parse, run, report, and turn the ending into an exit code.
#include <sys/resource.h>

#include <csignal>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aion/crypto/startup.hpp"
#include "command_help.hpp"
#include "command_table.hpp"
#include "failure_text.hpp"
#include "log_sink.hpp"

namespace aion::cli {
namespace {

// A command line that names no command where one is needed is answered with the help text.
bool stops_before_a_command(const CommandTable& table, const CLI::ParseError& error) {
    return error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError) &&
           table.root().remaining(true).empty() &&
           !visible_commands(table.deepest_parsed()).empty() &&
           positionals(table.deepest_parsed()).empty();
}

// Help and version are exceptions to CLI11, too.
Ending answer(Console& console, const CommandTable& table, const CLI::ParseError& error) {
    if (error.get_name() == "CallForHelp") {
        console.out().write(help_text(table.deepest_parsed()));
        return Ending::success;
    }
    if (error.get_name() == "CallForVersion") {
        console.out().write(version_text());
        return Ending::success;
    }
    console.write_error(stops_before_a_command(table, error) ? help_text(table.deepest_parsed())
                                                             : describe_usage_error(table, error));
    return Ending::failure;
}

Ending run(Console& console, std::span<const std::string> arguments) {
    CommandTable table;
    try {
        table.parse(arguments);
    } catch (const CLI::ParseError& error) {
        return answer(console, table, error);
    }
    console.configure(table.color, table.quiet);
    Env& env = Env::system();
    Context context{env, console, make_log_sink(env, console)};
    const Outcome<Ending> ending = table.selected(context);
    if (!ending) {
        console.out().flush();
        print_failure(console, ending.error());
        return ending.error().ending;
    }
    return *ending;
}

// A result that did not arrive is no success, whatever it says.
Ending finish(Console& console, Ending ending) {
    console.out().flush();
    if (const int error = console.out().error(); error != 0) {
        print_failure(
            console,
            fail_with_cause("Failed to write to standard output", os_error(error)).error());
        return Ending::failure;
    }
    return ending;
}

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
    std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): it cannot fail for SIGPIPE
    Console console;
    try {
        return exit_code(finish(console, run(console, arguments)));
    } catch (const std::bad_alloc&) {
        print_failure(console, Failure{{"Out of memory"}, Ending::failure, {}});
    }
    return exit_code(Ending::failure);
}

}  // namespace
}  // namespace aion::cli

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    return aion::cli::run_process(arguments);
}
