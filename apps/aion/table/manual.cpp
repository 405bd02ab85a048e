// SPDX-License-Identifier: MIT OR Apache-2.0
#include "table/manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "aion/version.hpp"
#include "table/command_help.hpp"

namespace aion::cli {
namespace {

// Text that roff shows as it is.
std::string plain(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\') {
            result += "\\e";
        } else if (c == '-') {
            result += "\\-";
        } else {
            result += c;
        }
    }
    return result.starts_with('.') || result.starts_with('\'') ? "\\&" + result : result;
}

std::string item(std::string_view head, std::string_view text) {
    return fmt::format(".TP\n\\fB{}\\fR\n{}\n", plain(head), plain(text));
}

std::string option_item(const CLI::Option& option) {
    const std::string head = option.get_positional() ? usage_name(option) : option_head(option);
    const std::size_t begin = head.find_first_not_of(' ');
    return item(std::string_view(head).substr(begin), option.get_description());
}

std::string command_section(const CLI::App& command) {
    std::string text;
    const auto commands = visible_commands(command);
    const auto arguments = positionals(command);
    if (commands.empty() || !arguments.empty()) {
        text += fmt::format(".SS {}\n.B {}\n.PP\n{}.\n", plain(full_name(command)),
                            plain(usage_line(command)), plain(command.get_description()));
        for (const CLI::Option* argument : arguments) {
            text += option_item(*argument);
        }
        for (const CLI::Option* option : visible_options(command)) {
            if (!option->check_lname("help")) {
                text += option_item(*option);
            }
        }
        if (const std::string footer = command.get_footer(); !footer.empty()) {
            text += ".PP\n" + plain(footer) + "\n";
        }
    }
    for (const CLI::App* sub : commands) {
        text += command_section(*sub);
    }
    return text;
}

// The lines of `text`, each plain, none of them filled.
std::string lines_as_typed(std::string_view text) {
    std::string result = ".nf\n";
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        result += plain(text.substr(0, end)) + "\n";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result + ".fi\n";
}

std::string examples_section(const CommandTable& table, const CLI::App& command) {
    std::string text;
    for (const Example& example : table.examples_of(command)) {
        text += ".PP\n" + plain(example.meaning) + ":\n.PP\n.RS 4\n" +
                lines_as_typed(example.line) + ".RE\n";
    }
    for (const CLI::App* sub : visible_commands(command)) {
        text += examples_section(table, *sub);
    }
    return text;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> variables = {{
    {"AION_REGISTRY", "Registry file for commands that are not given --registry."},
    {"AION_PINS", "Pins file for commands that are not given --pins."},
    {"AION_STATE_DIR",
     "Directory of what is kept between runs instead of aion in XDG_STATE_HOME, or "
     "~/.local/state/aion."},
    {"AION_KEYSTORE_DIR", "Directory of stored keys instead of ~/.aion/keys."},
    {"AION_KEY_PASSWORD",
     "Password for key export and key import. Set but empty is an error. Prefer --password-file or "
     "--password-fd: other processes of the same user can read the environment."},
    {"AION_LOG",
     "Which events are logged on standard error: off (the default), error, warn (refusals), info "
     "(all), debug, trace, or a comma-separated list of target=level, such as "
     "aion::operations=info."},
    {"AION_LOG_FORMAT", "json: one JSON object a line; anything else: text."},
    {"AION_PROGRESS_DELAY",
     "Milliseconds until a terminal shows the progress of what takes long; 1000 if unset."},
    {"AION_THREADS", "Most threads to use."},
    {"AION_CPU",
     "Instruction set for signature verification: portable, avx2 or avx512ifma, where supported."},
    {"AION_PAGER",
     "Command that shows long texts on a terminal; empty or cat: none. If unset, PAGER, then "
     "less."},
    {"PAGER", "The same for who has no AION_PAGER."},
    {"LESS", "Options of less; FRX if unset."},
    {"NO_COLOR", "Not empty: no colours unless --color=always."},
    {"COLUMNS", "Width of help texts: 40 to 200, else the terminal's, else 100."},
    {"HOME", "Where the keystore and what is kept between runs are found."},
}};

std::string environment_section() {
    std::string text = ".SH ENVIRONMENT\n";
    for (const auto& [name, meaning] : variables) {
        text += item(name, meaning);
    }
    return text;
}

constexpr std::string_view description =
    ".SH DESCRIPTION\n"
    "An AION file holds any payload, such as a policy in YAML, with its whole history: every "
    "version is signed and chained to the one before it, and anyone can verify the file offline "
    "against a registry of trusted keys.\n"
    ".PP\n"
    "Results go to standard output; banners, hints, warnings and log events go to standard error. "
    "Numbers are unsigned decimal.\n"
    ".PP\n"
    "The payload is sealed with a key that anyone can derive from the file id. This detects "
    "damage; "
    "it keeps nothing secret.\n";

constexpr std::string_view exit_status =
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nThe command completed; every verdict is VALID.\n"
    ".TP\n.B 1\nA file is INVALID.\n"
    ".TP\n.B 2\nNo verdict could be reached, or the command could not be carried out.\n";

}  // namespace

std::string manual_page(const CommandTable& table) {
    std::string page = fmt::format(
        ".\\\" Generated by `aion man`.\n.TH AION 1 \"\" \"aion {}\" \"User Commands\"\n"
        ".SH NAME\naion \\- versioned, signed policy files that anyone can verify offline\n"
        ".SH SYNOPSIS\n.B aion\n[OPTIONS] <COMMAND>\n",
        version_string);
    page += description;
    page += ".SH COMMANDS\n";
    for (const CLI::App* command : visible_commands(table.root())) {
        page += command_section(*command);
    }
    page += ".SH GLOBAL OPTIONS\nThese may stand before or after a command.\n";
    for (const CLI::Option* option : visible_options(table.root())) {
        page += option_item(*option);
    }
    page += environment_section();
    page += ".SH FILES\n" + item("~/.aion/keys", "Stored keys, encrypted for this machine.");
    page += exit_status;
    page += ".SH EXAMPLES\n" + examples_section(table, table.root());
    return page;
}

}  // namespace aion::cli
