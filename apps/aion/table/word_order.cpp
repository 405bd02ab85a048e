// SPDX-License-Identifier: MIT OR Apache-2.0
#include "table/word_order.hpp"

#include <algorithm>
#include <optional>

namespace aion::cli {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* command_named(const CLI::App& app, const std::string& word) {
    const auto commands = commands_of(app);
    const auto found = std::ranges::find(
        commands, word, [](const CLI::App* command) { return command->get_name(); });
    return found == commands.end() ? nullptr : *found;
}

bool takes_value(const CLI::Option& option) {
    return option.get_expected_max() != 0;
}

// What is known of an option before or behind its command.
enum class Known : std::uint8_t { nowhere, as_flag, with_value, either };

void add_below(const CLI::App& app, const std::string& name, Known& known) {
    for (const CLI::App* const command : commands_of(app)) {
        if (const CLI::Option* const option = command->get_option_no_throw(name)) {
            const Known here = takes_value(*option) ? Known::with_value : Known::as_flag;
            known = known == Known::nowhere || known == here ? here : Known::either;
        }
        add_below(*command, name, known);
    }
}

class Walk {
  public:
    explicit Walk(const CLI::App& root) : app_(&root) {}

    std::vector<std::string> over(std::span<const std::string> arguments) && {
        bool options_ended = false;
        for (rest_ = arguments; !rest_.empty();) {
            const std::string& word = rest_.front();
            rest_ = rest_.subspan(1);
            if (options_ended || word.size() < 2 || word[0] != '-') {
                take_word(word, options_ended);
            } else if (word == "--") {
                options_ended = true;
                words_.push_back(word);
            } else if (word[1] == '-') {
                take_long(word);
            } else {
                take_short(word);
            }
        }
        words_.insert(words_.begin() + static_cast<std::ptrdiff_t>(behind_command_), held_.begin(),
                      held_.end());
        return std::move(words_);
    }

  private:
    struct Found {
        bool is_here = true;  // known to the command so far, or to nobody
        bool has_value = false;
    };

    void take_word(const std::string& word, bool options_ended) {
        words_.push_back(word);
        const CLI::App* const command = options_ended ? nullptr : command_named(*app_, word);
        if (command != nullptr) {
            app_ = command;
            behind_command_ = words_.size();
        }
    }

    [[nodiscard]] Found find(const std::string& name) const {
        for (const CLI::App* app = app_; app != nullptr; app = app->get_parent()) {
            if (const CLI::Option* const option = app->get_option_no_throw(name)) {
                return {true, takes_value(*option)};
            }
        }
        Known known = Known::nowhere;
        add_below(*app_, name, known);
        // `-f json verify`, but `-f key delete`.
        const bool next_is_command =
            !rest_.empty() && command_named(*app_, rest_.front()) != nullptr;
        return {known == Known::nowhere,
                known == Known::with_value || (known == Known::either && !next_is_command)};
    }

    void put(const Found& found, std::string word) {
        (found.is_here ? words_ : held_).push_back(std::move(word));
    }

    void put_value_behind(const Found& found) {
        if (found.has_value && !rest_.empty()) {
            put(found, rest_.front());
            rest_ = rest_.subspan(1);
        }
    }

    void take_long(const std::string& word) {
        const std::size_t equals = word.find('=');
        const Found found = find(word.substr(0, equals));
        if (equals == std::string::npos) {
            put(found, word);
            put_value_behind(found);
        } else if (equals == word.size() - 1) {
            put(found, word.substr(0, equals));
            put(found, "");
        } else {
            put(found, word);
        }
    }

    // `-q`, `-m text`, `-mtext`, `-m=text`, `-qm text`.
    void take_short(const std::string& word) {
        Found found = find(word.substr(0, 2));
        std::size_t i = 1;
        while (!found.has_value && i + 1 < word.size() && word[i + 1] != '=') {
            ++i;
            found = find(std::string("-") + word[i]);
        }
        if (i + 1 == word.size()) {
            put(found, word);
            put_value_behind(found);
        } else if (word[i + 1] == '=') {
            put(found, word.substr(0, i + 1));
            put(found, word.substr(i + 2));
        } else {
            put(found, word);
        }
    }

    const CLI::App* app_;
    std::span<const std::string> rest_;
    std::vector<std::string> words_;
    std::vector<std::string> held_;
    std::size_t behind_command_ = 0;
};

}  // namespace

std::vector<std::string> in_order(const CLI::App& root, std::span<const std::string> arguments) {
    return Walk(root).over(arguments);
}

}  // namespace aion::cli
