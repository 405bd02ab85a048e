// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/table_view.hpp"

#include <span>

namespace aion::cli {
namespace {

void write_option(DocumentWriter& out, const CommandTable& table, const CLI::Option& option) {
    out.begin_object().key("names").begin_array();
    for (const std::string& name : option.get_lnames()) {
        out.value("--" + name);
    }
    for (const std::string& name : option.get_snames()) {
        out.value("-" + name);
    }
    const bool has_value = option.get_expected_max() != 0;
    out.end_array()
        .member("value", has_value ? std::optional(option.get_type_name()) : std::nullopt)
        .key("choices");
    if (const std::vector<std::string>* const choices = table.choices_of(option)) {
        out.begin_array();
        for (const std::string& choice : *choices) {
            out.value(choice);
        }
        out.end_array();
    } else {
        out.null();
    }
    out.member("is_required", option.get_required()).end_object();
}

void write_options(DocumentWriter& out, const CommandTable& table,
                   std::span<const CLI::Option* const> options) {
    out.begin_array();
    for (const CLI::Option* const option : options) {
        write_option(out, table, *option);
    }
    out.end_array();
}

void write_command(DocumentWriter& out, const CommandTable& table, const CLI::App& command) {
    const auto commands = visible_commands(command);
    out.begin_object()
        .member("command", full_name(command))
        .member("is_group", !commands.empty())
        .key("options");
    write_options(out, table, visible_options(command));
    out.key("arguments");
    write_options(out, table, positionals(command));
    out.key("examples").begin_array();
    for (const Example& example : table.examples_of(command)) {
        out.value(example.line);
    }
    out.end_array().end_object();
    for (const CLI::App* const sub : commands) {
        write_command(out, table, *sub);
    }
}

}  // namespace

void write(DocumentWriter& out, const CommandTable& table) {
    out.begin_array();
    write_command(out, table, table.root());
    out.end_array();
}

}  // namespace aion::cli
