// SPDX-License-Identifier: MIT OR Apache-2.0
#include "table/command_table.hpp"

#include <algorithm>
#include <memory>

#include "aion/version.hpp"
#include "shell/decimal.hpp"
#include "table/command_help.hpp"

namespace aion::cli {
namespace {

// CLI11 knows neither `--name=` (an empty value) nor `-n=value`; both become two words.
std::vector<std::string> with_separate_values(std::span<const std::string> arguments) {
    std::vector<std::string> words;
    bool options_ended = false;
    for (const std::string& argument : arguments) {
        options_ended = options_ended || argument == "--";
        const std::size_t equals = argument.find('=');
        const bool long_empty = argument.starts_with("--") && equals == argument.size() - 1;
        const bool short_equals =
            argument.size() > 2 && argument[0] == '-' && equals == 2 && argument[1] != '-';
        if (options_ended || !(long_empty || short_equals)) {
            words.push_back(argument);
        } else {
            words.push_back(argument.substr(0, equals));
            words.push_back(argument.substr(equals + 1));
        }
    }
    return words;
}

std::string problem_with(const CLI::Option& option, const std::string& value,
                         std::string_view reason) {
    return "invalid value '" + value + "' for '" + usage_name(option) + "'" + std::string(reason);
}

}  // namespace

CommandTable::CommandTable()
    : root_("Versioned, signed policy files that anyone can verify offline", "aion") {
    root_.require_subcommand(1);
    root_.fallthrough();
    root_.set_help_flag("-h,--help", "Print help");
    root_.set_version_flag("-V,--version", version_text, "Print version");
    root_.add_flag("-q,--quiet", quiet, "No banners and hints on standard error");
    const std::vector<std::string> modes = {"auto", "always", "never"};
    CLI::Option* const option = root_.add_option(
        "--color",
        [this, modes](const CLI::results_t& values) {
            const auto found = std::ranges::find(modes, values.back());
            if (found == modes.end()) {
                throw CLI::ValidationError("invalid value '" + values.back() +
                                           "' for '--color <WHEN>'\n"
                                           "  [possible values: auto, always, never]");
            }
            color = static_cast<ColorMode>(found - modes.begin());
            return true;
        },
        "When to use colours: auto, always or never");
    option->type_name("WHEN");
    choices[option] = modes;
    declare_init(*this);
    declare_commit(*this);
    declare_verify(*this);
    declare_show(*this);
    declare_key(*this);
    declare_registry(*this);
    declare_help(*this);
}

void CommandTable::parse(std::span<const std::string> arguments) {
    std::vector<std::string> words = with_separate_values(arguments);
    std::ranges::reverse(words);  // CLI11 takes them from the back
    root_.parse(std::move(words));
}

const CLI::App& CommandTable::deepest_parsed() const {
    const CLI::App* app = &root_;
    while (!app->get_subcommands().empty()) {
        app = app->get_subcommands().back();
    }
    return *app;
}

const CLI::App* CommandTable::find(std::span<const std::string> path) const {
    const CLI::App* app = &root_;
    for (const std::string& word : path) {
        const auto commands = app->get_subcommands([](const CLI::App*) { return true; });
        const auto found = std::ranges::find(
            commands, word, [](const CLI::App* command) { return command->get_name(); });
        if (found == commands.end()) {
            return nullptr;
        }
        app = *found;
    }
    return app;
}

std::string full_name(const CLI::App& command) {
    const CLI::App* const parent = command.get_parent();
    return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

std::vector<const CLI::App*> visible_commands(const CLI::App& command) {
    return command.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); });
}

std::vector<const CLI::Option*> visible_options(const CLI::App& command) {
    return command.get_options([](const CLI::Option* option) {
        return !option->get_positional() && !option->get_group().empty();
    });
}

std::vector<const CLI::Option*> positionals(const CLI::App& command) {
    return command.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

CLI::Option* Declaration::text(const std::string& names, std::string& into,
                               const std::string& value, const std::string& help) {
    const auto store = [&into](const CLI::results_t& values) {
        into = values.back();
        return true;
    };
    return app_->add_option(names, store, help)->type_name(value);
}

CLI::Option* Declaration::text(const std::string& names, std::optional<std::string>& into,
                               const std::string& value, const std::string& help) {
    const auto store = [&into](const CLI::results_t& values) {
        into = values.back();
        return true;
    };
    return app_->add_option(names, store, help)->type_name(value);
}

CLI::Option* Declaration::texts(const std::string& names, std::vector<std::string>& into,
                                const std::string& value, const std::string& help) {
    const auto store = [&into](const CLI::results_t& values) {
        into = values;
        return true;
    };
    return app_->add_option(names, store, help)
        ->type_name(value)
        ->expected(1, CLI::detail::expected_max_vector_size)
        ->allow_extra_args();
}

CLI::Option* Declaration::flag(const std::string& names, bool& into, const std::string& help) {
    return app_->add_flag(names, into, help)->multi_option_policy(CLI::MultiOptionPolicy::Throw);
}

CLI::Option* Declaration::choice(const std::string& names, std::vector<std::string> values,
                                 std::function<void(std::size_t)> chosen, const std::string& value,
                                 const std::string& help) {
    // The callback needs the option to name it, and the option is made with the callback.
    const auto self = std::make_shared<CLI::Option*>(nullptr);
    auto store = [values, call = std::move(chosen), self](const CLI::results_t& given) {
        const auto found = std::ranges::find(values, given.back());
        if (found == values.end()) {
            throw CLI::ValidationError(
                problem_with(**self, given.back(),
                             "\n  [possible values: " + CLI::detail::join(values, ", ") + "]"));
        }
        call(static_cast<std::size_t>(found - values.begin()));
        return true;
    };
    *self = app_->add_option(names, std::move(store),
                             help + " [" + CLI::detail::join(values, ", ") + "]");
    (*self)->type_name(value);
    table_->choices[*self] = std::move(values);
    return *self;
}

CLI::Option* Declaration::format(Format& into) {
    return choice(
        "-f,--format", {"text", "json", "yaml"},
        [&into](std::size_t index) { into = static_cast<Format>(index); }, "FORMAT",
        "Form of the result");
}

CLI::Option* Declaration::registry(std::string& into) {
    return text("--registry", into, "REGISTRY_FILE",
                "Trusted key registry (or the variable AION_REGISTRY)")
        ->envname("AION_REGISTRY");
}

CLI::Option* Declaration::decimal(const std::string& names, std::uint64_t max,
                                  const std::string& value, const std::string& help,
                                  std::function<void(std::uint64_t)> parsed) {
    const auto self = std::make_shared<CLI::Option*>(nullptr);
    auto store = [max, call = std::move(parsed), self](const CLI::results_t& given) {
        const auto result = parse_decimal(given.back(), max);
        if (!result) {
            throw CLI::ValidationError(
                problem_with(**self, given.back(), ": " + std::string(result.error())));
        }
        call(*result);
        return true;
    };
    *self = app_->add_option(names, std::move(store), help);
    (*self)->type_name(value);
    return *self;
}

void Declaration::runs(Action action) const {
    app_->callback([table = table_, chosen = std::move(action)] { table->selected = chosen; });
}

}  // namespace aion::cli
