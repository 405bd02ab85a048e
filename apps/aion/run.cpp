// SPDX-License-Identifier: MIT OR Apache-2.0
#include "run.hpp"

#include <fmt/format.h>

#include <new>
#include <string_view>

#include "aion/base/interrupt.hpp"
#include "commands/all.hpp"
#include "shell/event_sink.hpp"
#include "shell/failure_text.hpp"
#include "shell/interruption.hpp"
#include "table/command_help.hpp"
#include "table/command_table.hpp"
#include "views/document_writer.hpp"
#include "views/failure_view.hpp"

namespace aion::cli {
namespace {

// A command line that names no command where one is needed is answered with the help text.
bool stops_before_a_command(const CommandTable& table, const CLI::ParseError& error) {
    return error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError) &&
           table.root().remaining(true).empty() &&
           !visible_commands(table.deepest_parsed()).empty() &&
           positionals(table.deepest_parsed()).empty();
}

// `aion registry rotat --help` asks about a command that there is not.
bool asks_about_no_command(const CommandTable& table) {
    const std::vector<std::string> extra = table.root().remaining(true);
    return !extra.empty() && !extra.front().starts_with('-') &&
           !visible_commands(table.deepest_parsed()).empty() &&
           positionals(table.deepest_parsed()).empty();
}

// Help and version are exceptions to CLI11, too.
Ending answer(Console& console, const Host& host, const CommandTable& table,
              const CLI::ParseError& error) {
    const std::size_t columns = columns_of(host, console.out());
    if (error.get_name() == "CallForHelp" && !asks_about_no_command(table)) {
        console.out().write(help_text(table, table.deepest_parsed(), columns));
        return Ending::success;
    }
    if (error.get_name() == "CallForVersion") {
        console.out().write(version_text());
        return Ending::success;
    }
    console.write_error(stops_before_a_command(table, error)
                            ? help_text(table, table.deepest_parsed(), columns)
                            : describe_usage_error(table, error, columns));
    return Ending::failure;
}

// What a program reads where a result should be: exactly one document, that says why there is none.
// Standard output may hold the beginning of a result, if memory ended while it was written.
void show_failure(Context& context, Format format, const Failure& failure) {
    Console& console = context.console;
    if (is_document(format) && console.out().forget()) {
        print_document(console.out(), format, failure);
    }
    if (failure.cause.code() == ErrorCode::interrupted) {
        console.write_error(words_for_interrupted(context.env));
        return;
    }
    print_failure(console, failure);
}

// Whoever is told that it failed does it again: a second version, another key.
void warn_of_missing_report(Console& console, std::string_view why) {
    console.warn(
        shown(fmt::format("{}; its report could not be written: {}", console.deed(), why)));
}

Ending run_selected(Context& context, const CommandTable& table) {
    Outcome<Ending> ending = Ending::success;
    try {
        ending = table.selected(context);
    } catch (const std::bad_alloc&) {
        ending = std::unexpected(out_of_memory());
    }
    if (!ending) {
        show_failure(context, table.format, ending.error());
        return ending.error().ending();
    }
    return *ending;
}

// The table of commands would be half of the work. Among other options it answers.
bool asks_for_version_alone(std::span<const std::string> arguments) {
    return arguments.size() == 1 && (arguments.front() == "--version" || arguments.front() == "-V");
}

Ending run_command(Env& env, Console& console, Host& host, std::span<const std::string> arguments) {
    if (asks_for_version_alone(arguments)) {
        console.out().write(version_text());
        return Ending::success;
    }
    CommandTable table;
    declare_commands_for(table, arguments);
    try {
        table.parse(arguments, host);
    } catch (const CLI::ParseError& error) {
        return answer(console, host, table, error);
    }
    console.configure(table.color, table.quiet);
    Context context{env, console, host, make_event_sink(env, console, host)};
    return run_selected(context, table);
}

}  // namespace

Ending run(Env& env, Console& console, Host& host, std::span<const std::string> arguments) {
    const Ending ending = run_command(env, console, host, arguments);
    const Interrupt* const interrupt = env.interrupt();
    if (interrupt != nullptr && interrupt->requested() && !console.deed().empty()) {
        console.warn(shown("Interrupted too late: " + console.deed()));
    }
    // A result that did not arrive is no success, whatever it says.
    console.out().flush();
    if (const int error = console.out().error(); error != 0) {
        const Failure failure =
            fail_with_cause("Failed to write to standard output", os_error(error)).error();
        if (ending == Ending::success && !console.deed().empty()) {
            warn_of_missing_report(console, failure.messages.back());
            return ending;
        }
        print_failure(console, failure);
        return Ending::failure;
    }
    return ending;
}

}  // namespace aion::cli
