// SPDX-License-Identifier: MIT OR Apache-2.0
#include "table/command_table.hpp"

#include <algorithm>
#include <memory>

#include "aion/version.hpp"
#include "shell/decimal.hpp"
#include "shell/duration.hpp"
#include "table/suggestion.hpp"
#include "table/word_order.hpp"

namespace aion::cli {
namespace {

std::string problem_with(const CLI::Option& option, const std::string& value,
                         std::string_view reason) {
    return "invalid value '" + value + "' for '" + usage_name(option) + "'" + std::string(reason);
}

bool is_flag(const CLI::Option& option) {
    return option.get_expected_max() == 0;
}

// Keeps the last of several values, of which the option allows one.
template <class Into>
CLI::callback_t store_in(Into& into) {
    return [&into](const CLI::results_t& values) {
        into = values.back();
        return true;
    };
}

std::uint64_t decimal_of(const CLI::Option& option, const std::string& text, std::uint64_t max) {
    const auto result = parse_decimal(text, max);
    if (!result) {
        throw CLI::ValidationError(problem_with(option, text, ": " + std::string(result.error())));
    }
    return *result;
}

AuthorChoice author_of(const CLI::Option& option, const std::string& text) {
    auto author = parse_author(text);
    if (!author) {
        throw CLI::ValidationError(problem_with(option, text, ": " + std::string(author.error())));
    }
    return *std::move(author);
}

template <typename Into>
CLI::Option* add_author(CLI::App& app, const std::string& names, Into& into,
                        const std::string& help) {
    const auto self = std::make_shared<CLI::Option*>(nullptr);
    const auto store = [&into, self](const CLI::results_t& given) {
        into = author_of(**self, given.back());
        return true;
    };
    *self = app.add_option(names, store, help)->type_name("AUTHOR");
    return *self;
}

// While it lives, options that a variable stands for need not be on the command line.
class Excused {
  public:
    explicit Excused(std::span<CLI::Option* const> options) {
        for (CLI::Option* const option : options) {
            if (option->get_required()) {
                options_.push_back(option);
                option->required(false);
            }
        }
    }

    ~Excused() {
        for (CLI::Option* const option : options_) {
            option->required();
        }
    }

    Excused(const Excused&) = delete;
    Excused& operator=(const Excused&) = delete;
    Excused(Excused&&) = delete;
    Excused& operator=(Excused&&) = delete;

  private:
    std::vector<CLI::Option*> options_;
};

}  // namespace

CommandTable::CommandTable()
    : root_("Versioned, signed policy files that anyone can verify offline", "aion") {
    root_.require_subcommand(1);
    root_.fallthrough();
    root_.set_help_flag("-h,--help", "Print help");
    root_.set_version_flag("-V,--version", std::string(version_string), "Print version");
    root_.add_flag("-q,--quiet", quiet, "No banners, hints and progress on standard error");
    Options(*this, root_)
        .choice<ColorMode>("--color", color,
                           {{"auto", ColorMode::automatic},
                            {"always", ColorMode::always},
                            {"never", ColorMode::never}},
                           "WHEN", "")
        ->description("When to use colours: auto, always or never");
}

void CommandTable::parse(std::span<const std::string> arguments, const Host& host) {
    // CLI11 could read variables itself, but only those of this process.
    std::vector<std::string> words = in_order(root_, arguments);
    std::ranges::reverse(words);  // CLI11 takes them from the back
    std::vector<CLI::Option*> stood_for;
    for (auto& [option, facts] : facts_) {
        facts.substitute = facts.variable.empty() ? std::nullopt : host.setting(facts.variable);
        if (facts.substitute) {
            stood_for.push_back(facts.option);
        }
    }
    const Excused excused(stood_for);
    root_.parse(std::move(words));
    for (CLI::Option* const option : stood_for) {
        if (option->count() == 0) {
            option->add_result(*facts_[option].substitute);
            option->run_callback();
        }
    }
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

const std::vector<std::string>* CommandTable::choices_of(const CLI::Option& option) const {
    const auto found = facts_.find(&option);
    return found == facts_.end() || found->second.choices.empty() ? nullptr
                                                                  : &found->second.choices;
}

std::string CommandTable::variable_of(const CLI::Option& option) const {
    const auto found = facts_.find(&option);
    return found == facts_.end() ? std::string() : found->second.variable;
}

std::span<const Example> CommandTable::examples_of(const CLI::App& command) const {
    const auto found = examples_.find(&command);
    return found == examples_.end() ? std::span<const Example>() : found->second;
}

bool CommandTable::is_missing(const CLI::Option& option) const {
    const auto found = facts_.find(&option);
    const bool stood_for = found != facts_.end() && found->second.substitute;
    return option.get_required() && option.count() == 0 && !stood_for;
}

std::string value_name(const CLI::Option& option) {
    const std::string many = option.get_expected_max() > 1 ? "..." : "";
    return "<" + option.get_type_name() + ">" + many;
}

std::string usage_name(const CLI::Option& option) {
    if (option.get_positional()) {
        return value_name(option);
    }
    const std::string name = option.get_lnames().empty() ? "-" + option.get_snames().front()
                                                         : "--" + option.get_lnames().front();
    return is_flag(option) ? name : name + " " + value_name(option);
}

Declared add_group(const Declared& parent, const std::string& name, const std::string& help) {
    CLI::App* const app = parent.app.add_subcommand(name, help);
    app->require_subcommand(1);
    return {parent.table, *app};
}

CLI::Option* Options::text(const std::string& names, std::string& into, const std::string& value,
                           const std::string& help) {
    return app_->add_option(names, store_in(into), help)->type_name(value);
}

CLI::Option* Options::text(const std::string& names, std::optional<std::string>& into,
                           const std::string& value, const std::string& help) {
    return app_->add_option(names, store_in(into), help)->type_name(value);
}

CLI::Option* Options::texts(const std::string& names, std::vector<std::string>& into,
                            const std::string& value, const std::string& help) {
    const auto self = std::make_shared<CLI::Option*>(nullptr);
    auto store = [&into, self](const CLI::results_t& values) {
        // `"$UNSET"` names nothing, and is not meant to be passed over either.
        if (std::ranges::find(values, "") != values.end()) {
            throw CLI::ValidationError(problem_with(**self, "", ": an empty name"));
        }
        into = values;
        return true;
    };
    *self = app_->add_option(names, std::move(store), help);
    return (*self)
        ->type_name(value)
        ->expected(1, CLI::detail::expected_max_vector_size)
        ->allow_extra_args();
}

CLI::Option* Options::flag(const std::string& names, bool& into, const std::string& help) {
    return app_->add_flag(names, into, help)->multi_option_policy(CLI::MultiOptionPolicy::Throw);
}

CLI::Option* Options::format(const std::string& names, Format& into,
                             std::vector<Choice<Format>> choices) {
    std::vector<std::string> words;
    words.reserve(choices.size());
    for (const Choice<Format>& one : choices) {
        words.emplace_back(one.word);
    }
    return word(
        names, std::move(words),
        [&into, table = table_, choices = std::move(choices)](std::size_t index) {
            into = table->format = choices[index].value;
        },
        "FORMAT", "Form of the result");
}

CLI::Option* Options::registry(std::string& into) {
    return with_variable(text("--registry", into, "REGISTRY_FILE",
                              "Trusted key registry (or the variable AION_REGISTRY)"),
                         "AION_REGISTRY");
}

CLI::Option* Options::pins(std::string& into, const std::string& help) {
    // Whoever asks for pins by the name of an unset variable must not go without.
    const auto self = std::make_shared<CLI::Option*>(nullptr);
    const auto store = [&into, self](const CLI::results_t& given) {
        if (given.back().empty()) {
            throw CLI::ValidationError(
                problem_with(**self, given.back(), ": the name of a file is needed"));
        }
        into = given.back();
        return true;
    };
    *self = app_->add_option("--pins", store, help + " (or the variable AION_PINS)")
                ->type_name("PINS_FILE");
    return with_variable(*self, "AION_PINS");
}

CLI::Option* Options::with_variable(CLI::Option* option, const char* variable) {
    CommandTable::Facts& facts = table_->facts_[option];
    facts.option = option;
    facts.variable = variable;
    return option;
}

CLI::Option* Options::word(const std::string& names, std::vector<std::string> words,
                           std::function<void(std::size_t)> chosen, const std::string& value,
                           const std::string& help) {
    // The callback needs the option to name it, and the option is made with the callback.
    const auto self = std::make_shared<CLI::Option*>(nullptr);
    auto store = [words, call = std::move(chosen), self](const CLI::results_t& given) {
        const auto found = std::ranges::find(words, given.back());
        if (found == words.end()) {
            throw CLI::ValidationError(
                problem_with(**self, given.back(),
                             "\n  [possible values: " + CLI::detail::join(words, ", ") + "]" +
                                 tip(given.back(), words)));
        }
        call(static_cast<std::size_t>(found - words.begin()));
        return true;
    };
    *self = app_->add_option(names, std::move(store),
                             help + " [" + CLI::detail::join(words, ", ") + "]");
    (*self)->type_name(value);
    table_->facts_[*self].choices = std::move(words);
    return *self;
}

CLI::Option* Options::decimal(const std::string& names, std::uint64_t max, const std::string& value,
                              const std::string& help, std::function<void(std::uint64_t)> parsed) {
    const auto self = std::make_shared<CLI::Option*>(nullptr);
    auto store = [max, call = std::move(parsed), self](const CLI::results_t& given) {
        call(decimal_of(**self, given.back(), max));
        return true;
    };
    *self = app_->add_option(names, std::move(store), help);
    (*self)->type_name(value);
    return *self;
}

CLI::Option* Options::author(const std::string& names, AuthorChoice& into,
                             const std::string& help) {
    return add_author(*app_, names, into, help);
}

CLI::Option* Options::author(const std::string& names, std::optional<AuthorChoice>& into,
                             const std::string& help) {
    return add_author(*app_, names, into, help);
}

CLI::Option* Options::authors(const std::string& names, std::vector<AuthorChoice>& into,
                              const std::string& help) {
    const auto self = std::make_shared<CLI::Option*>(nullptr);
    const auto store = [&into, self](const CLI::results_t& given) {
        for (const std::string& list : given) {
            std::size_t begin = 0;
            while (begin != std::string::npos) {
                const std::size_t comma = list.find(',', begin);
                into.push_back(author_of(**self, list.substr(begin, comma - begin)));
                begin = comma == std::string::npos ? comma : comma + 1;
            }
        }
        return true;
    };
    *self = app_->add_option(names, store, help)->type_name("AUTHOR");
    return (*self)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

CLI::Option* Options::duration(const std::string& names,
                               std::optional<std::chrono::nanoseconds>& into,
                               const std::string& value, const std::string& help) {
    const auto self = std::make_shared<CLI::Option*>(nullptr);
    const auto store = [&into, self](const CLI::results_t& given) {
        const auto duration = parse_duration(given.back());
        if (!duration) {
            throw CLI::ValidationError(
                problem_with(**self, given.back(), ": " + std::string(duration.error())));
        }
        into = *duration;
        return true;
    };
    *self = app_->add_option(names, store, help)->type_name(value);
    return *self;
}

}  // namespace aion::cli
