// SPDX-License-Identifier: MIT OR Apache-2.0
#include "table/command_help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "aion/crypto/backend.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/version.hpp"
#include "table/suggestion.hpp"

namespace aion::cli {
namespace {

constexpr std::size_t text_column = 32;
constexpr std::size_t line_width = 100;

// `text` in lines of at most `line_width`, each after the first indented to `column`.
std::string wrapped(std::string_view text, std::size_t column) {
    std::string result;
    std::size_t used = column;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (used > column && used + 1 + word.size() > line_width) {
            result += '\n' + std::string(column, ' ');
            used = column;
        } else if (used > column) {
            result += ' ';
            ++used;
        }
        result += word;
        used += word.size();
    }
    return result;
}

std::string entry(const std::string& head, const std::string& text) {
    std::string line = "  " + head;
    if (line.size() + 2 > text_column) {
        line += '\n' + std::string(text_column, ' ');
    } else {
        line.resize(text_column, ' ');
    }
    return line + wrapped(text, text_column) + '\n';
}

const CLI::App& root_of(const CLI::App& command) {
    const CLI::App* app = &command;
    while (app->get_parent() != nullptr) {
        app = app->get_parent();
    }
    return *app;
}

// Options by their groups, in the order of declaration.
std::string option_groups(const CLI::App& command) {
    std::vector<std::string> groups;
    for (const CLI::Option* option : visible_options(command)) {
        if (std::ranges::find(groups, option->get_group()) == groups.end()) {
            groups.push_back(option->get_group());
        }
    }
    std::string result;
    for (const std::string& group : groups) {
        result += "\n" + group + ":\n";
        for (const CLI::Option* option : visible_options(command)) {
            if (option->get_group() == group) {
                result += entry(option_head(*option), option->get_description());
            }
        }
    }
    return result;
}

// Required options and arguments that are missing in a command and those above it.
std::string missing_arguments(const CommandTable& table, const CLI::App& command) {
    std::string result;
    for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
        for (const CLI::Option* option : app->get_options()) {
            if (table.is_missing(*option)) {
                result += "\n  " + usage_name(*option);
                const std::string variable = table.variable_of(*option);
                result += variable.empty() ? "" : " (or set " + variable + ")";
            }
        }
    }
    return result;
}

std::string subcommand_problem(const CLI::App& command) {
    std::string names;
    for (const CLI::App* sub : visible_commands(command)) {
        names += (names.empty() ? "" : ", ") + sub->get_name();
    }
    return fmt::format("'{}' requires a subcommand but one was not provided\n  [subcommands: {}]",
                       full_name(command), names);
}

std::string hidden_option(const CLI::App& command) {
    for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
        for (const CLI::Option* option : app->get_options()) {
            if (option->get_group().empty()) {
                return usage_name(*option);
            }
        }
    }
    return "an option";
}

std::string problem(const CommandTable& table, const CLI::ParseError& error) {
    const CLI::App& command = table.deepest_parsed();
    const std::vector<std::string> extra = table.root().remaining(true);
    const bool wants_subcommand = !visible_commands(command).empty();
    if (!extra.empty()) {
        const std::string& typed = extra.front();
        const bool word = !typed.starts_with('-');
        if (word && wants_subcommand) {
            return fmt::format("unrecognized subcommand '{}'{}", typed,
                               tip(typed, command_names(command)));
        }
        return fmt::format(
            "unexpected argument '{}' found{}", typed,
            word ? "" : tip(typed.substr(0, typed.find('=')), option_names(command)));
    }
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError)) {
        const std::string missing = missing_arguments(table, command);
        if (!missing.empty()) {
            return "the following required arguments were not provided:" + missing;
        }
        if (wants_subcommand) {
            return subcommand_problem(command);
        }
    }
    // CLI11 leaves the name out where help leaves the option out.
    const std::string text = error.what();
    return text.starts_with(": ") ? hidden_option(command) + text : text;
}

}  // namespace

std::string option_head(const CLI::Option& option) {
    const bool has_short = !option.get_snames().empty() && !option.get_lnames().empty();
    const std::string lead = has_short ? "-" + option.get_snames().front() + ", " : "    ";
    return lead + usage_name(option);
}

std::string usage_line(const CLI::App& command) {
    std::string line = full_name(command) + " [OPTIONS]";
    for (const CLI::Option* option : visible_options(command)) {
        if (option->get_required()) {
            line += " " + usage_name(*option);
        }
    }
    const CLI::App* const parent = command.get_parent();
    const bool inherits = parent != nullptr && parent->get_parent() != nullptr;
    for (const CLI::Option* option : positionals(inherits ? *parent : command)) {
        if (inherits) {  // `aion show <FILE> rules`
            const std::size_t name = full_name(*parent).size();
            line.insert(name, " " + usage_name(*option));
        } else {
            const std::string text = usage_name(*option);
            line += option->get_required() ? " " + text : " [" + text + "]";
        }
    }
    if (inherits) {
        for (const CLI::Option* option : positionals(command)) {
            line += " " + usage_name(*option);
        }
    }
    return visible_commands(command).empty() ? line : line + " <COMMAND>";
}

std::vector<const CLI::Option*> global_options(const CLI::App& command) {
    std::vector<const CLI::Option*> result = visible_options(root_of(command));
    std::erase_if(result, [](const CLI::Option* option) { return option->check_lname("help"); });
    return result;
}

std::string help_text(const CLI::App& command) {
    std::string text = command.get_description() + "\n\nUsage: " + usage_line(command) + "\n";
    if (const auto commands = visible_commands(command); !commands.empty()) {
        text += "\nCommands:\n";
        for (const CLI::App* sub : commands) {
            text += entry(sub->get_name(), sub->get_description());
        }
    }
    if (const auto arguments = positionals(command); !arguments.empty()) {
        text += "\nArguments:\n";
        for (const CLI::Option* argument : arguments) {
            text += entry(value_name(*argument), argument->get_description());
        }
    }
    text += option_groups(command);
    if (command.get_parent() != nullptr) {
        text += "\nGlobal options:\n";
        for (const CLI::Option* option : global_options(command)) {
            text += entry(option_head(*option), option->get_description());
        }
    }
    const std::string footer = command.get_footer();
    return footer.empty() ? text : text + "\n" + wrapped(footer, 0) + "\n";
}

std::string version_text() {
    const crypto::Backend backend = crypto::backend();
    return fmt::format(
        "aion {}\n{} {}\nBLAKE3 {}\nEd25519 verification: {}\nArgon2id: {}\nML-DSA: {}\n",
        version_string, backend.library, backend.version, crypto::blake3_version(),
        crypto::name_of(crypto::active_cpu_path()), backend.argon2,
        backend.has_ml_dsa ? "available" : "not available; OpenSSL has it since 3.5");
}

std::string describe_usage_error(const CommandTable& table, const CLI::ParseError& error) {
    return fmt::format("error: {}\n\nUsage: {}\n\nFor more information, try '--help'.\n",
                       shown_lines(problem(table, error)), usage_line(table.deepest_parsed()));
}

}  // namespace aion::cli
