// SPDX-License-Identifier: MIT OR Apache-2.0
#include "table/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "table/command_help.hpp"

namespace aion::cli {
namespace {

// The command and everything below it, top-down.
std::vector<const CLI::App*> with_descendants(const CLI::App& command) {
    std::vector<const CLI::App*> result = {&command};
    for (const CLI::App* sub : visible_commands(command)) {
        std::ranges::copy(with_descendants(*sub), std::back_inserter(result));
    }
    return result;
}

bool takes_value(const CLI::Option& option) {
    return option.get_expected_max() != 0;
}

bool takes_file(const CLI::Option& option) {
    return option.get_type_name().find("FILE") != std::string::npos;
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    return fmt::format("{}", fmt::join(words, separator));
}

// Every way to write an option: `--rules`, `-r`.
std::vector<std::string> spellings(const CLI::Option& option) {
    std::vector<std::string> result;
    for (const std::string& name : option.get_lnames()) {
        result.push_back("--" + name);
    }
    for (const std::string& name : option.get_snames()) {
        result.push_back("-" + name);
    }
    return result;
}

// Options of the command, of those above it whose options it takes, and the global ones.
std::vector<const CLI::Option*> accepted_options(const CLI::App& command) {
    std::vector<const CLI::Option*> result = visible_options(command);
    const CLI::App* const parent = command.get_parent();
    if (parent == nullptr) {
        return result;
    }
    for (const CLI::Option* option : accepted_options(*parent)) {
        if (!option->check_lname("help")) {
            result.push_back(option);
        }
    }
    return result;
}

// A place on a command line: the words that lead there, whose options may follow, and which
// commands.
struct Place {
    std::string path;
    const CLI::App* command;
    std::vector<const CLI::App*> next;
};

// Whether the command's arguments are the words of another one, as those of `aion help` are.
bool takes_commands(const CLI::App& command) {
    return std::ranges::any_of(positionals(command), [](const CLI::Option* argument) {
        return argument->get_type_name() == "COMMAND";
    });
}

std::vector<Place> places(const CommandTable& table) {
    std::vector<Place> result;
    const auto commands = with_descendants(table.root());
    for (const CLI::App* command : commands) {
        if (!takes_commands(*command)) {
            result.push_back({full_name(*command), command, visible_commands(*command)});
            continue;
        }
        for (const CLI::App* named : commands) {
            const std::string behind = full_name(*named).substr(table.root().get_name().size());
            result.push_back({full_name(*command) + behind, command, visible_commands(*named)});
        }
    }
    return result;
}

std::vector<std::string> names_of(const std::vector<const CLI::App*>& commands) {
    std::vector<std::string> names;
    names.reserve(commands.size());
    for (const CLI::App* command : commands) {
        names.push_back(command->get_name());
    }
    return names;
}

std::string single_quoted(std::string_view text, std::string_view quote_as) {
    std::string result = "'";
    for (const char c : text) {
        if (c == '\'') {
            result += quote_as;
        } else {
            result += c;
        }
    }
    return result + "'";
}

// --- bash ------------------------------------------------------------------------------------

std::string bash_value_case(const CommandTable& table, const Place& place,
                            const CLI::Option& option) {
    std::vector<std::string> patterns;
    for (const std::string& name : spellings(option)) {
        patterns.push_back(single_quoted(place.path + ":" + name, ""));
    }
    std::string reply = ":";
    if (const std::vector<std::string>* const choices = table.choices_of(option)) {
        reply = fmt::format(R"(compgen -P "$lead" -W '{}' -- "$cur")", joined(*choices, " "));
    } else if (takes_file(option)) {
        reply = R"(compgen -P "$lead" -f -- "$cur")";
    }
    return fmt::format("        {}) mapfile -t COMPREPLY < <({}); return ;;\n",
                       joined(patterns, "|"), reply);
}

std::string bash_words(const CommandTable& table, const Place& place) {
    std::vector<std::string> words = names_of(place.next);
    for (const CLI::Option* argument : positionals(*place.command)) {
        if (const std::vector<std::string>* const choices = table.choices_of(*argument)) {
            std::ranges::copy(*choices, std::back_inserter(words));
        }
    }
    for (const CLI::Option* option : accepted_options(*place.command)) {
        std::ranges::copy(spellings(*option), std::back_inserter(words));
    }
    return joined(words, " ");
}

// --- zsh -------------------------------------------------------------------------------------

std::string zsh_function_name(const CLI::App& command) {
    std::string name = "_" + full_name(command);
    std::ranges::replace(name, ' ', '_');
    std::ranges::replace(name, '-', '_');
    return name;
}

// Characters that mean something inside an _arguments specification.
std::string zsh_text(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') {
            result += '\\';
        }
        result += c;
    }
    return result;
}

std::string zsh_value(const CommandTable& table, const CLI::Option& option) {
    if (!takes_value(option)) {
        return {};
    }
    std::string action = " ";
    if (const std::vector<std::string>* const choices = table.choices_of(option)) {
        action = "(" + joined(*choices, " ") + ")";
    } else if (takes_file(option)) {
        action = "_files";
    }
    return fmt::format(":{}:{}", zsh_text(option.get_type_name()), action);
}

std::string zsh_options(const CommandTable& table, const CLI::App& command) {
    std::string result;
    for (const CLI::Option* option : accepted_options(command)) {
        for (const std::string& name : spellings(*option)) {
            const bool long_value = takes_value(*option) && name.starts_with("--");
            const std::string spec =
                fmt::format("{}{}[{}]{}", name, long_value ? "=" : "",
                            zsh_text(option->get_description()), zsh_value(table, *option));
            result += " \\\n        " + single_quoted(spec, "'\\''");
        }
    }
    return result;
}

std::string zsh_positionals(const CommandTable& table, const CLI::App& command) {
    std::string result;
    for (const CLI::Option* option : positionals(command)) {
        const bool many = option->get_expected_max() > 1;
        result += fmt::format(" \\\n        '{}{}'", many ? "*" : "", zsh_value(table, *option));
    }
    return result;
}

std::string zsh_group_function(const CommandTable& table, const CLI::App& command) {
    std::string described;
    std::string dispatch;
    for (const CLI::App* sub : visible_commands(command)) {
        const std::string text = sub->get_name() + ":" + zsh_text(sub->get_description());
        described += "\n                " + single_quoted(text, "'\\''");
        dispatch +=
            fmt::format("                {}) {} ;;\n", sub->get_name(), zsh_function_name(*sub));
    }
    // The words before the subcommand's name are dropped, so that it sees only its own.
    return fmt::format(
        R"({name}() {{
    local curcontext=$curcontext state line
    typeset -A opt_args
    _arguments -C{options}{arguments} \
        ': :->command' \
        '*::: :->arguments'
    case $state in
        command)
            local -a commands=({described})
            _describe command commands ;;
        arguments)
            words=($line[{index}] "${{words[@]}}")
            (( CURRENT += 1 ))
            case $line[{index}] in
{dispatch}            esac ;;
    esac
}}

)",
        fmt::arg("name", zsh_function_name(command)),
        fmt::arg("options", zsh_options(table, command)),
        fmt::arg("arguments", zsh_positionals(table, command)), fmt::arg("described", described),
        fmt::arg("index", positionals(command).size() + 1), fmt::arg("dispatch", dispatch));
}

// The words of a command that takes those of another.
std::string zsh_command_function(const CommandTable& table, const CLI::App& command) {
    std::string cases;
    for (const Place& place : places(table)) {
        if (place.command == &command && !place.next.empty()) {
            const std::size_t behind = std::min(full_name(command).size() + 1, place.path.size());
            cases += fmt::format("        '{}') compadd {} ;;\n", place.path.substr(behind),
                                 joined(names_of(place.next), " "));
        }
    }
    return fmt::format(
        R"({}() {{
    local state
    _arguments -s{} \
        '*: :->command'
    [[ $state == command ]] && case "${{(j: :)${{words[2,CURRENT-1]:#-*}}}}" in
{}    esac
}}

)",
        zsh_function_name(command), zsh_options(table, command), cases);
}

// --- fish ------------------------------------------------------------------------------------

std::string fish_option(const CommandTable& table, const Place& place, const CLI::Option& option) {
    std::string line = fmt::format("complete -c aion -n 'test (__aion_path) = \"{}\"'", place.path);
    for (const std::string& name : option.get_lnames()) {
        line += " -l " + name;
    }
    for (const std::string& name : option.get_snames()) {
        line += " -s " + name;
    }
    if (const std::vector<std::string>* const choices = table.choices_of(option)) {
        line += fmt::format(" -x -a '{}'", joined(*choices, " "));
    } else if (takes_value(option)) {
        line += takes_file(option) ? " -r -F" : " -x";
    }
    return line + " -d " + single_quoted(option.get_description(), "\\'") + "\n";
}

// Values of an argument, or that there are no files to offer.
std::string fish_arguments(const CommandTable& table, const Place& place) {
    std::string line =
        fmt::format("complete -c aion -n 'test (__aion_path) = \"{}\"' -f", place.path);
    const auto arguments = positionals(*place.command);
    if (std::ranges::any_of(arguments, [](const CLI::Option* a) { return takes_file(*a); })) {
        return {};
    }
    for (const CLI::Option* argument : arguments) {
        if (const std::vector<std::string>* const choices = table.choices_of(*argument)) {
            line += fmt::format(" -a '{}'", joined(*choices, " "));
        }
    }
    return line + "\n";
}

}  // namespace

std::string bash_completion(const CommandTable& table) {
    std::vector<std::string> names;
    std::string values;
    std::string words;
    for (const Place& place : places(table)) {
        names.push_back(single_quoted(place.path, ""));
        for (const CLI::Option* option : accepted_options(*place.command)) {
            values += takes_value(*option) ? bash_value_case(table, place, *option) : "";
        }
        words +=
            fmt::format("        '{}') words='{}'{} ;;\n", place.path, bash_words(table, place),
                        takes_commands(*place.command) ? " files=" : "");
    }
    return fmt::format(R"(# bash completion for aion, generated by: aion completion bash
_aion() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} path=aion words= i
    local lead= files=yes
    # Of --name=value, bash makes three words, unless COMP_WORDBREAKS was told otherwise.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${{COMP_WORDS[COMP_CWORD-2]}}
    elif [[ $cur == --*=* ]]; then
        prev=${{cur%%=*}} lead=${{cur%%=*}}= cur=${{cur#*=}}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$path ${{COMP_WORDS[i]}}" in
        {}) path="$path ${{COMP_WORDS[i]}}" ;;
        esac
    done
    case "$path:$prev" in
{}    esac
    case "$path" in
{}    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    if [[ $cur != -* && $files ]]; then
        mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$cur")
    fi
}}
complete -o filenames -F _aion aion
)",
                       joined(names, "|"), values, words);
}

std::string zsh_completion(const CommandTable& table) {
    std::string text = "#compdef aion\n# generated by: aion completion zsh\n\n";
    for (const CLI::App* command : with_descendants(table.root())) {
        if (!visible_commands(*command).empty()) {
            text += zsh_group_function(table, *command);
        } else if (takes_commands(*command)) {
            text += zsh_command_function(table, *command);
        } else {
            text +=
                fmt::format("{}() {{\n    _arguments -s{}{}\n}}\n\n", zsh_function_name(*command),
                            zsh_options(table, *command), zsh_positionals(table, *command));
        }
    }
    return text +
           "if [[ $funcstack[1] == _aion ]]; then\n    _aion \"$@\"\nelse\n"
           "    compdef _aion aion\nfi\n";
}

std::string fish_completion(const CommandTable& table) {
    std::vector<std::string> names;
    std::string lines;
    for (const Place& place : places(table)) {
        names.push_back(single_quoted(place.path, ""));
        for (const CLI::App* sub : place.next) {
            lines += fmt::format("complete -c aion -n 'test (__aion_path) = \"{}\"' -a {} -d {}\n",
                                 place.path, sub->get_name(),
                                 single_quoted(sub->get_description(), "\\'"));
        }
        lines += fish_arguments(table, place);
        for (const CLI::Option* option : accepted_options(*place.command)) {
            lines += fish_option(table, place, *option);
        }
    }
    return fmt::format(R"(# fish completion for aion, generated by: aion completion fish
function __aion_path
    set -l words (commandline -opc)
    set -l path aion
    for word in $words[2..-1]
        switch "$path $word"
            case {}
                set path "$path $word"
        end
    end
    echo $path
end
{})",
                       joined(names, " "), lines);
}

}  // namespace aion::cli
