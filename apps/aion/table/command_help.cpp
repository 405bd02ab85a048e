// SPDX-License-Identifier: MIT OR Apache-2.0
#include "table/command_help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>
#include <utility>

#include "aion/crypto/backend.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/version.hpp"
#include "table/suggestion.hpp"

namespace aion::cli {
namespace {

constexpr std::size_t usual_columns = 100;
constexpr std::size_t fewest_columns = 40;
constexpr std::size_t most_columns = 200;

// Puts help into lines of at most so many columns.
class Layout {
  public:
    explicit Layout(std::size_t columns)
        : columns_(columns), text_column_(std::min<std::size_t>(32, columns / 3)) {}

    // `pieces` in lines, the first of which has `used` columns before them and all others an
    // indent. No piece is taken apart.
    [[nodiscard]] std::string wrapped(std::span<const std::string> pieces, std::size_t used,
                                      std::size_t indent) const {
        std::string result;
        bool begins = true;
        for (const std::string& piece : pieces) {
            if (!begins && used + 1 + piece.size() > columns_) {
                result += '\n' + std::string(indent, ' ');
                used = indent;
            } else if (!begins) {
                result += ' ';
                ++used;
            }
            result += piece;
            used += piece.size();
            begins = false;
        }
        return result;
    }

    // The same for a text, word by word, below the column where it begins.
    [[nodiscard]] std::string wrapped(std::string_view text, std::size_t column) const {
        std::vector<std::string> words;
        while (!text.empty()) {
            const std::size_t end = std::min(text.find(' '), text.size());
            words.emplace_back(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return wrapped(words, column, column);
    }

    [[nodiscard]] std::string entry(const std::string& head, const std::string& text) const {
        std::string line = "  " + head;
        if (line.size() + 2 > text_column_) {
            line += '\n' + std::string(text_column_, ' ');
        } else {
            line.resize(text_column_, ' ');
        }
        return line + wrapped(text, text_column_) + '\n';
    }

  private:
    std::size_t columns_;
    std::size_t text_column_;
};

const CLI::App& root_of(const CLI::App& command) {
    const CLI::App* app = &command;
    while (app->get_parent() != nullptr) {
        app = app->get_parent();
    }
    return *app;
}

// Options by their groups, in the order of declaration.
std::string option_groups(const Layout& layout, const CLI::App& command) {
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
                result += layout.entry(option_head(*option), option->get_description());
            }
        }
    }
    return result;
}

// What stands between blanks on a usage line, an option with its value being one.
std::vector<std::string> usage_pieces(const CLI::App& command) {
    const CLI::App* const parent = command.get_parent();
    const bool inherits = parent != nullptr && parent->get_parent() != nullptr;
    std::vector<std::string> pieces;
    if (inherits) {  // `aion show <FILE> rules`
        pieces.push_back(full_name(*parent));
        for (const CLI::Option* option : positionals(*parent)) {
            pieces.push_back(usage_name(*option));
        }
    }
    pieces.push_back(inherits ? command.get_name() : full_name(command));
    pieces.emplace_back("[OPTIONS]");
    for (const CLI::Option* option : visible_options(command)) {
        if (option->get_required()) {
            pieces.push_back(usage_name(*option));
        }
    }
    for (const CLI::Option* option : positionals(command)) {
        const std::string text = usage_name(*option);
        pieces.push_back(option->get_required() ? text : "[" + text + "]");
    }
    if (!visible_commands(command).empty()) {
        pieces.emplace_back("<COMMAND>");
    }
    return pieces;
}

std::string usage(const Layout& layout, const CLI::App& command) {
    constexpr std::string_view lead = "Usage: ";
    constexpr std::size_t indent = lead.size() + 4;
    return std::string(lead) + layout.wrapped(usage_pieces(command), lead.size(), indent) + "\n";
}

std::string examples(const CommandTable& table, const CLI::App& command) {
    std::string text;
    for (const Example& example : table.examples_of(command)) {
        text += text.empty() ? "\nExamples:\n" : "\n";
        text += "  # " + example.meaning + "\n  ";
        for (const char c : example.line) {
            text += c;
            text += c == '\n' ? "  " : "";
        }
        text += '\n';
    }
    return text;
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
    return fmt::format("{}", fmt::join(usage_pieces(command), " "));
}

std::size_t columns_of(const Host& host, const Stream& out) {
    const std::string text = host.setting("COLUMNS").value_or("");
    std::size_t columns = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), columns);
    const bool is_number = fault == std::errc() && end == text.data() + text.size();
    const std::size_t wanted = is_number && columns != 0 ? columns : out.columns();
    return wanted != 0 ? std::clamp(wanted, fewest_columns, most_columns) : usual_columns;
}

std::vector<const CLI::Option*> global_options(const CLI::App& command) {
    std::vector<const CLI::Option*> result = visible_options(root_of(command));
    std::erase_if(result, [](const CLI::Option* option) { return option->check_lname("help"); });
    return result;
}

std::string help_text(const CommandTable& table, const CLI::App& command, std::size_t columns) {
    const Layout layout(columns);
    std::string text =
        layout.wrapped(command.get_description(), 0) + "\n\n" + usage(layout, command);
    if (const auto commands = visible_commands(command); !commands.empty()) {
        text += "\nCommands:\n";
        for (const CLI::App* sub : commands) {
            text += layout.entry(sub->get_name(), sub->get_description());
        }
    }
    if (const auto arguments = positionals(command); !arguments.empty()) {
        text += "\nArguments:\n";
        for (const CLI::Option* argument : arguments) {
            text += layout.entry(value_name(*argument), argument->get_description());
        }
    }
    text += option_groups(layout, command);
    if (command.get_parent() != nullptr) {
        text += "\nGlobal options:\n";
        for (const CLI::Option* option : global_options(command)) {
            text += layout.entry(option_head(*option), option->get_description());
        }
    }
    if (const std::string footer = command.get_footer(); !footer.empty()) {
        text += "\n" + layout.wrapped(footer, 0) + "\n";
    }
    return text + examples(table, command);
}

std::string version_text() {
    const crypto::Backend backend = crypto::backend();
    return fmt::format(
        "aion {}\n{} {}\nBLAKE3 {}\nEd25519 verification: {}\nArgon2id: {}\nML-DSA: {}\n",
        version_string, backend.library, backend.version, crypto::blake3_version(),
        crypto::name_of(crypto::active_cpu_path()), backend.argon2,
        backend.has_ml_dsa ? "available" : "not available; OpenSSL has it since 3.5");
}

std::string describe_usage_error(const CommandTable& table, const CLI::ParseError& error,
                                 std::size_t columns) {
    return fmt::format("error: {}\n\n{}\nFor more information, try '--help'.\n",
                       shown_lines(problem(table, error)),
                       usage(Layout(columns), table.deepest_parsed()));
}

}  // namespace aion::cli
