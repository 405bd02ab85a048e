// SPDX-License-Identifier: MIT OR Apache-2.0
// The one table of commands: parsing, help, the manual page, shell completions, the fuzzer's words
// and the tests' lists come from it.
//
// A command is declared with add_command: its arguments are a struct, its options are read straight
// into the members of that struct, and a function of context and struct does the work.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aion/base/ids.hpp"
#include "shell/author_choice.hpp"
#include "shell/context.hpp"
#include "shell/format.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// What a parsed command line wants done.
using Action = std::function<Outcome<Ending>(Context&)>;

/// A command line that works, and what it does.
struct Example {
    std::string meaning;
    std::string line;  ///< As typed; may have several lines.
};

class CommandTable {
  public:
    /// A table with the options that precede or follow any command, and no commands.
    CommandTable();

    CommandTable(const CommandTable&) = delete;
    CommandTable& operator=(const CommandTable&) = delete;
    CommandTable(CommandTable&&) = delete;
    CommandTable& operator=(CommandTable&&) = delete;
    ~CommandTable() = default;

    [[nodiscard]] CLI::App& root() noexcept { return root_; }

    [[nodiscard]] const CLI::App& root() const noexcept { return root_; }

    /// Reads a command line without the program's name; `host` has the variables that stand for
    /// options. Throws CLI::ParseError, which also stands for requests for help and version.
    void parse(std::span<const std::string> arguments, const Host& host);

    /// The command that the last part of the command line named, as far as it was understood.
    [[nodiscard]] const CLI::App& deepest_parsed() const;
    /// The command of that path, e.g. `{"key", "list"}`, or nullptr.
    [[nodiscard]] const CLI::App* find(std::span<const std::string> path) const;
    /// The values of an option that has a closed set of them, else nullptr.
    [[nodiscard]] const std::vector<std::string>* choices_of(const CLI::Option& option) const;
    /// The variable that stands for an option, empty if none does.
    [[nodiscard]] std::string variable_of(const CLI::Option& option) const;
    /// Whether an option is required and neither the command line nor a variable gave it.
    [[nodiscard]] bool is_missing(const CLI::Option& option) const;

    /// What a command's help shows as examples, in the order given.
    [[nodiscard]] std::span<const Example> examples_of(const CLI::App& command) const;

    /// Options that precede or follow any command.
    bool quiet = false;
    ColorMode color = ColorMode::automatic;
    /// Set by `parse`: what is to be done, and in which form its result is wanted.
    Action selected;
    Format format = Format::text;

  private:
    friend class Options;

    /// What CLI11 does not know of an option.
    struct Facts {
        std::vector<std::string> choices;
        CLI::Option* option = nullptr;  ///< The option itself if it has a variable.
        std::string variable;
        std::optional<std::string> substitute;  ///< What the variable says.
    };

    CLI::App root_;
    std::map<const CLI::Option*, Facts> facts_;
    std::map<const CLI::App*, std::vector<Example>> examples_;
};

/// `aion key list`: the words that call a command.
[[nodiscard]] std::string full_name(const CLI::App& command);
/// Commands in the order of declaration, without hidden ones.
[[nodiscard]] std::vector<const CLI::App*> visible_commands(const CLI::App& command);
/// Options but no positionals, without hidden ones.
[[nodiscard]] std::vector<const CLI::Option*> visible_options(const CLI::App& command);
[[nodiscard]] std::vector<const CLI::Option*> positionals(const CLI::App& command);

/// `<FILE>...`: how texts name an option's value.
[[nodiscard]] std::string value_name(const CLI::Option& option);
/// `--registry <REGISTRY_FILE>`, `<FILE>`, `--force`: how texts name an option.
[[nodiscard]] std::string usage_name(const CLI::Option& option);

/// A word that is typed, and what it means.
template <class Value>
struct Choice {
    const char* word;
    Value value;
};

/// The options and arguments of one command while it is being declared. Names are CLI11's:
/// `-f,--format` for an option, `FILE` for a positional argument. What values are read into must
/// outlive parsing; it keeps what it holds where the command line says nothing.
class Options {
  public:
    Options(CommandTable& table, CLI::App& app) : table_(&table), app_(&app) {}

    CLI::Option* text(const std::string& names, std::string& into, const std::string& value,
                      const std::string& help);
    CLI::Option* text(const std::string& names, std::optional<std::string>& into,
                      const std::string& value, const std::string& help);
    CLI::Option* texts(const std::string& names, std::vector<std::string>& into,
                       const std::string& value, const std::string& help);
    CLI::Option* flag(const std::string& names, bool& into, const std::string& help);

    /// An unsigned decimal number, at most `max`.
    CLI::Option* number(const std::string& names, std::uint64_t& into, const std::string& value,
                        const std::string& help, std::uint64_t max = UINT64_MAX) {
        return decimal(names, max, value, help, [&into](std::uint64_t given) { into = given; });
    }

    CLI::Option* number(const std::string& names, std::optional<std::uint64_t>& into,
                        const std::string& value, const std::string& help) {
        return decimal(names, UINT64_MAX, value, help,
                       [&into](std::uint64_t given) { into = given; });
    }

    template <class Rep, class Purpose>
    CLI::Option* number(const std::string& names, Id<Rep, Purpose>& into, const std::string& value,
                        const std::string& help) {
        return decimal(names, std::numeric_limits<Rep>::max(), value, help,
                       [&into](std::uint64_t given) { into.value = static_cast<Rep>(given); });
    }

    template <class Rep, class Purpose>
    CLI::Option* number(const std::string& names, std::optional<Id<Rep, Purpose>>& into,
                        const std::string& value, const std::string& help) {
        return decimal(
            names, std::numeric_limits<Rep>::max(), value, help,
            [&into](std::uint64_t given) { into = Id<Rep, Purpose>{static_cast<Rep>(given)}; });
    }

    /// An author: an id, or a name to be looked up when there is a registry.
    CLI::Option* author(const std::string& names, AuthorChoice& into, const std::string& help);
    CLI::Option* author(const std::string& names, std::optional<AuthorChoice>& into,
                        const std::string& help);
    /// Several, with commas between them or the option's name before each.
    CLI::Option* authors(const std::string& names, std::vector<AuthorChoice>& into,
                         const std::string& help);

    /// As `parse_duration` has it.
    CLI::Option* duration(const std::string& names, std::optional<std::chrono::nanoseconds>& into,
                          const std::string& value, const std::string& help);

    /// One of a closed set of words.
    template <class Value>
    CLI::Option* choice(const std::string& names, Value& into, std::vector<Choice<Value>> choices,
                        const std::string& value, const std::string& help) {
        std::vector<std::string> words;
        words.reserve(choices.size());
        for (const Choice<Value>& one : choices) {
            words.emplace_back(one.word);
        }
        return word(
            names, std::move(words),
            [&into, choices = std::move(choices)](std::size_t index) {
                into = choices[index].value;
            },
            value, help);
    }

    /// --format. A failure of the command is shown in that form, too.
    CLI::Option* format(Format& into) {
        return format("-f,--format", into,
                      {{"text", Format::text}, {"json", Format::json}, {"yaml", Format::yaml}});
    }

    /// The same with lines, for what has many items.
    CLI::Option* format_or_items(Format& into) {
        return format("-f,--format", into,
                      {{"text", Format::text},
                       {"json", Format::json},
                       {"yaml", Format::yaml},
                       {"jsonl", Format::jsonl}});
    }

    /// The same with the further forms that only verdicts have, and lists of any length of them.
    CLI::Option* format_or_lines(Format& into) {
        return format("-f,--format", into,
                      {{"text", Format::text},
                       {"json", Format::json},
                       {"yaml", Format::yaml},
                       {"reference-text", Format::reference_text},
                       {"jsonl", Format::jsonl}});
    }

    /// The same with forms, and a name, of the command's own. `into` says which one it has where
    /// the command line says nothing.
    CLI::Option* format(const std::string& names, Format& into,
                        std::vector<Choice<Format>> choices);

    /// --registry, which AION_REGISTRY can stand for.
    CLI::Option* registry(std::string& into);

    /// --pins, which AION_PINS can stand for. `help` ends in a reference to the variable.
    CLI::Option* pins(std::string& into, const std::string& help);

    /// A subcommand that says which part of the command's work is wanted; one must be given. Its
    /// own options are those declared with what this returns.
    template <class Value>
    Options part(const std::string& name, const std::string& help, Value& into, Value value) {
        app_->require_subcommand(1);
        CLI::App* const sub = app_->add_subcommand(name, help);
        sub->callback([&into, value] { into = value; });
        return {*table_, *sub};
    }

    /// What help says below the options.
    void footer(const std::string& text) const { app_->footer(text); }

    /// A command line that the tests run in a folder with policy.yaml, policy.aion by author 1001,
    /// registry.json and a keystore: see tests/cli/commands_test.cpp.
    void example(std::string meaning, std::string line) const {
        table_->examples_[app_].push_back({std::move(meaning), std::move(line)});
    }

    [[nodiscard]] CommandTable& table() const noexcept { return *table_; }

    [[nodiscard]] const CLI::App& app() const noexcept { return *app_; }

  private:
    CLI::Option* with_variable(CLI::Option* option, const char* variable);
    CLI::Option* decimal(const std::string& names, std::uint64_t max, const std::string& value,
                         const std::string& help, std::function<void(std::uint64_t)> parsed);
    CLI::Option* word(const std::string& names, std::vector<std::string> words,
                      std::function<void(std::size_t)> chosen, const std::string& value,
                      const std::string& help);

    CommandTable* table_;
    CLI::App* app_;
};

/// A command or a group of commands that was declared.
struct Declared {
    CommandTable& table;
    CLI::App& app;

    /// Leaves it out of help, manual page and completions.
    void hide() const { app.group(""); }
};

/// A group of commands, such as `aion key`, which does nothing alone.
[[nodiscard]] Declared add_group(const Declared& parent, const std::string& name,
                                 const std::string& help);

/// A command: `options` declares what is read into its arguments, `run` does what they say.
template <class Arguments>
Declared add_command(const Declared& parent, const std::string& name, const std::string& help,
                     void (*options)(Options&, Arguments&),
                     Outcome<Ending> (*run)(Context&, const Arguments&)) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* const app = parent.app.add_subcommand(name, help);
    Options declaration(parent.table, *app);
    options(declaration, *arguments);
    app->callback([table = &parent.table, arguments, run] {
        table->selected = [arguments, run](Context& context) { return run(context, *arguments); };
    });
    return {parent.table, *app};
}

/// A command without options.
inline Declared add_command(const Declared& parent, const std::string& name,
                            const std::string& help,
                            Outcome<Ending> (*run)(Context&, const CommandTable&)) {
    CLI::App* const app = parent.app.add_subcommand(name, help);
    app->callback([table = &parent.table, run] {
        table->selected = [table, run](Context& context) { return run(context, *table); };
    });
    return {parent.table, *app};
}

/// The form of a function that declares a command or a group below `root`.
using Declare = void(const Declared& root);

}  // namespace aion::cli
