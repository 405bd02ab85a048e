// SPDX-License-Identifier: MIT OR Apache-2.0
// The one table of commands: parsing, help, the manual page and shell completions come from it.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shell/console.hpp"
#include "shell/context.hpp"
#include "shell/format.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// What a parsed command line wants done.
using Action = std::function<Outcome<Ending>(Context&)>;

class CommandTable {
  public:
    /// Declares every command.
    CommandTable();

    [[nodiscard]] CLI::App& root() noexcept { return root_; }

    [[nodiscard]] const CLI::App& root() const noexcept { return root_; }

    /// Reads a command line without the program's name. Throws CLI::ParseError, which also
    /// stands for requests for help and version.
    void parse(std::span<const std::string> arguments);

    /// The command that the last part of the command line named, as far as it was understood.
    [[nodiscard]] const CLI::App& deepest_parsed() const;
    /// The command of that path, e.g. `{"key", "list"}`, or nullptr.
    [[nodiscard]] const CLI::App* find(std::span<const std::string> path) const;

    /// Options that precede or follow any command.
    bool quiet = false;
    ColorMode color = ColorMode::automatic;
    /// Set by `parse`.
    Action selected;
    /// The values of options that have a closed set of them.
    std::map<const CLI::Option*, std::vector<std::string>> choices;

  private:
    CLI::App root_;
};

/// `aion key list`: the words that call a command.
[[nodiscard]] std::string full_name(const CLI::App& command);
/// Commands in the order of declaration, without hidden ones.
[[nodiscard]] std::vector<const CLI::App*> visible_commands(const CLI::App& command);
/// Options but no positionals, without hidden ones.
[[nodiscard]] std::vector<const CLI::Option*> visible_options(const CLI::App& command);
[[nodiscard]] std::vector<const CLI::Option*> positionals(const CLI::App& command);

/// One command while it is being declared. What options are read into must outlive parsing.
class Declaration {
  public:
    Declaration(CommandTable& table, CLI::App& parent, const std::string& name,
                const std::string& description)
        : table_(&table), app_(parent.add_subcommand(name, description)) {}

    [[nodiscard]] CLI::App& app() const noexcept { return *app_; }

    CLI::Option* text(const std::string& names, std::string& into, const std::string& value,
                      const std::string& help);
    CLI::Option* text(const std::string& names, std::optional<std::string>& into,
                      const std::string& value, const std::string& help);
    CLI::Option* texts(const std::string& names, std::vector<std::string>& into,
                       const std::string& value, const std::string& help);
    CLI::Option* flag(const std::string& names, bool& into, const std::string& help);
    /// One of `values`; `chosen` is called with its index.
    CLI::Option* choice(const std::string& names, std::vector<std::string> values,
                        std::function<void(std::size_t)> chosen, const std::string& value,
                        const std::string& help);
    CLI::Option* format(Format& into);
    /// --registry, which AION_REGISTRY can stand for.
    CLI::Option* registry(std::string& into);

    template <class Number>
    CLI::Option* number(const std::string& names, Number& into, const std::string& value,
                        const std::string& help) {
        using Rep = typename Number::rep;
        return decimal(names, std::numeric_limits<Rep>::max(), value, help,
                       [&into](std::uint64_t parsed) { into.value = static_cast<Rep>(parsed); });
    }

    CLI::Option* decimal(const std::string& names, std::uint64_t max, const std::string& value,
                         const std::string& help, std::function<void(std::uint64_t)> parsed);

    void runs(Action action) const;

  private:
    CommandTable* table_;
    CLI::App* app_;
};

/// The command groups, one source file each.
void declare_init(CommandTable& table);
void declare_commit(CommandTable& table);
void declare_verify(CommandTable& table);
void declare_show(CommandTable& table);
void declare_key(CommandTable& table);
void declare_registry(CommandTable& table);
void declare_help(CommandTable& table);

}  // namespace aion::cli
