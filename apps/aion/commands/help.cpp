// SPDX-License-Identifier: MIT OR Apache-2.0
// aion help, aion completion, aion man: what the command table says about itself.
#include <memory>

#include "table/command_help.hpp"
#include "table/command_table.hpp"
#include "table/completion.hpp"
#include "table/manual.hpp"

namespace aion::cli {
namespace {

Outcome<Ending> run_help(Context& context, const CommandTable& table,
                         const std::vector<std::string>& path) {
    const CLI::App* const command = table.find(path);
    if (command == nullptr) {
        std::string words;
        for (const std::string& word : path) {
            words += " " + word;
        }
        return fail_with("No such command: aion" + words, "`aion help` lists all commands");
    }
    context.console.out().write(help_text(*command));
    return Ending::success;
}

// `help` below a command: `aion key help list` is `aion help key list`.
void declare_help_of(CommandTable& table, CLI::App& parent) {
    const auto path = std::make_shared<std::vector<std::string>>();
    Declaration command(table, parent, "help", "Show help for a command");
    command.texts("COMMAND", *path, "COMMAND", "Command to explain");
    const bool at_root = parent.get_parent() == nullptr;
    if (!at_root) {
        command.app().group("");
    }
    const std::string above = at_root ? std::string() : parent.get_name();
    command.runs([&table, path, above](Context& context) {
        std::vector<std::string> whole = *path;
        if (!above.empty()) {
            whole.insert(whole.begin(), above);
        }
        return run_help(context, table, whole);
    });
}

void declare_completion(CommandTable& table) {
    const auto shell = std::make_shared<std::size_t>(0);
    Declaration command(table, table.root(), "completion", "Print a shell completion script");
    command
        .choice(
            "SHELL", {"bash", "zsh", "fish"}, [shell](std::size_t index) { *shell = index; },
            "SHELL", "Shell")
        ->required();
    command.runs([&table, shell](Context& context) -> Outcome<Ending> {
        constexpr std::array generators = {bash_completion, zsh_completion, fish_completion};
        context.console.out().write(generators[*shell](table));
        return Ending::success;
    });
}

}  // namespace

void declare_help(CommandTable& table) {
    declare_completion(table);
    Declaration manual(table, table.root(), "man", "Print the manual page (roff)");
    manual.runs([&table](Context& context) -> Outcome<Ending> {
        context.console.out().write(manual_page(table));
        return Ending::success;
    });
    for (CLI::App* command : table.root().get_subcommands([](CLI::App*) { return true; })) {
        if (!visible_commands(*command).empty()) {
            declare_help_of(table, *command);
        }
    }
    declare_help_of(table, table.root());
}

}  // namespace aion::cli
