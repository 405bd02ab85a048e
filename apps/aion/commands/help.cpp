// SPDX-License-Identifier: MIT OR Apache-2.0
// aion help, aion completion, aion man: what the command table says about itself.
#include "shell/try.hpp"
#include "table/command_help.hpp"
#include "table/command_table.hpp"
#include "table/completion.hpp"
#include "table/manual.hpp"
#include "table/suggestion.hpp"
#include "views/document_writer.hpp"
#include "views/table_view.hpp"

namespace aion::cli {
namespace {

struct HelpArguments {
    const CommandTable* table = nullptr;
    std::string above;  ///< `aion key help list` is `aion help key list`.
    std::vector<std::string> path;
};

Outcome<Ending> run_help(Context& context, const HelpArguments& arguments) {
    std::vector<std::string> path = arguments.path;
    if (!arguments.above.empty()) {
        path.insert(path.begin(), arguments.above);
    }
    const CLI::App* const command = arguments.table->find(path);
    if (command == nullptr) {
        std::string words;
        for (const std::string& word : path) {
            words += " " + word;
        }
        const std::string meant = similar_command(arguments.table->root(), path);
        return fail_with("No such command: aion" + words, meant.empty()
                                                              ? "`aion help` lists all commands"
                                                              : "Did you mean: " + meant + "?");
    }
    context.console.out().write(
        help_text(*arguments.table, *command, columns_of(context.host, context.console.out())));
    return Ending::success;
}

void help_options(Options& options, HelpArguments& into) {
    into.table = &options.table();
    const CLI::App& parent = *options.app().get_parent();
    into.above = parent.get_parent() == nullptr ? std::string() : parent.get_name();
    options.texts("COMMAND", into.path, "COMMAND", "Command to explain");
}

using Generator = std::string (*)(const CommandTable&);

struct CompletionArguments {
    const CommandTable* table = nullptr;
    Generator generator = nullptr;
};

Outcome<Ending> run_completion(Context& context, const CompletionArguments& arguments) {
    context.console.out().write(arguments.generator(*arguments.table));
    return Ending::success;
}

void completion_options(Options& options, CompletionArguments& into) {
    into.table = &options.table();
    options
        .choice<Generator>(
            "SHELL", into.generator,
            {{"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}},
            "SHELL", "Shell")
        ->required();
}

Outcome<Ending> run_manual(Context& context, const CommandTable& table) {
    context.console.out().write(manual_page(table));
    return Ending::success;
}

Outcome<Ending> run_table(Context& context, const CommandTable& table) {
    print_document(context.console.out(), Format::json, table);
    return Ending::success;
}

}  // namespace

Declare declare_completion;
Declare declare_man;
Declare declare_help;

void declare_completion(const Declared& root) {
    add_command(root, "completion", "Print a shell completion script", completion_options,
                run_completion);
}

void declare_man(const Declared& root) {
    add_command(root, "man", "Print the manual page (roff)", run_manual);
}

void declare_help(const Declared& root) {
    const std::string text = "Show help for a command";
    for (CLI::App* const command : root.app.get_subcommands([](CLI::App*) { return true; })) {
        if (!visible_commands(*command).empty()) {
            add_command({root.table, *command}, "help", text, help_options, run_help).hide();
        }
    }
    add_command(root, "help", text, help_options, run_help);
    add_command(root, "table", "Print the table of commands as JSON", run_table).hide();
}

}  // namespace aion::cli
