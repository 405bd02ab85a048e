// SPDX-License-Identifier: MIT OR Apache-2.0
#include "table/suggestion.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "aion/base/similar.hpp"

namespace aion::cli {
namespace {

// Two letters say nothing about what was meant.
constexpr std::size_t least_beginning = 3;

// The most similar name; else the only one that begins as `typed` does.
std::optional<std::string> similar(const std::string& typed, std::span<const std::string> known) {
    const std::vector<std::string_view> views(known.begin(), known.end());
    if (const auto found = most_similar(typed, views)) {
        return std::string(*found);
    }
    const std::size_t dashes = std::min(typed.find_first_not_of('-'), typed.size());
    const auto begins = [&](const std::string& name) { return name.starts_with(typed); };
    if (typed.size() - dashes < least_beginning || std::ranges::count_if(known, begins) != 1) {
        return std::nullopt;
    }
    return *std::ranges::find_if(known, begins);
}

void collect(const CLI::App& command, std::vector<std::string>& names,
             std::vector<std::string>& full_names) {
    for (const CLI::App* const sub : visible_commands(command)) {
        names.push_back(sub->get_name());
        full_names.push_back(full_name(*sub));
        collect(*sub, names, full_names);
    }
}

}  // namespace

std::string tip(const std::string& typed, std::span<const std::string> known) {
    const auto found = similar(typed, known);
    return found ? "\n\n  tip: a similar one exists: '" + *found + "'" : "";
}

std::vector<std::string> command_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* const sub : visible_commands(command)) {
        names.push_back(sub->get_name());
    }
    return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
        for (const CLI::Option* const option : visible_options(*app)) {
            for (const std::string& name : option->get_lnames()) {
                names.push_back("--" + name);
            }
        }
    }
    return names;
}

std::string similar_command(const CLI::App& root, std::span<const std::string> path) {
    std::vector<std::string> names;
    std::vector<std::string> full_names;
    collect(root, names, full_names);
    const auto found = path.empty() ? std::nullopt : similar(path.back(), names);
    return found ? full_names[static_cast<std::size_t>(std::ranges::find(names, *found) -
                                                       names.begin())]
                 : std::string();
}

}  // namespace aion::cli
