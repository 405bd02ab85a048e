// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/cli_words.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

#include "commands/all.hpp"
#include "support/require.hpp"

namespace aion::fuzz {
namespace {

void collect(const cli::CommandTable& table, const CLI::App& command,
             std::set<std::string>& words) {
    for (const CLI::Option* const option : command.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            words.insert("--" + name);
        }
        for (const std::string& name : option->get_snames()) {
            words.insert("-" + name);
        }
        if (const auto* const choices = table.choices_of(*option)) {
            words.insert(choices->begin(), choices->end());
        }
    }
    for (const CLI::App* const sub : cli::visible_commands(command)) {
        words.insert(sub->get_name());
        collect(table, *sub, words);
    }
}

}  // namespace

std::string command_dictionary() {
    cli::CommandTable table;
    cli::declare_commands(table);
    std::set<std::string> words;
    collect(table, table.root(), words);
    std::string text;
    for (const std::string& word : words) {
        text += "\"" + word + "\\x0a\"\n";
    }
    return text;
}

std::string with_command_words(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text =
        std::string(std::istreambuf_iterator<char>(file), {}) + "\n" + command_dictionary();
    const int descriptor = ::memfd_create("dictionary", 0);
    require(descriptor != -1);
    require(::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    return "/proc/self/fd/" + std::to_string(descriptor);
}

}  // namespace aion::fuzz
