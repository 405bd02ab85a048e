// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/scenario.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace aion::test {

Scenario::Scenario() {
    std::string pattern = (std::filesystem::temp_directory_path() / "aion-cli-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("mkdtemp failed");
    }
    directory_ = pattern;
}

Scenario::~Scenario() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

Completed Scenario::run(const std::vector<std::string>& arguments, const std::string& input) {
    Invocation invocation;
    invocation.arguments = arguments;
    invocation.input = input;
    return run(std::move(invocation));
}

Completed Scenario::run(Invocation invocation) {
    invocation.directory = directory_;
    invocation.variables = variables;
    invocation.variables.try_emplace("HOME", directory_.string());
    invocation.variables.try_emplace("PATH", "/usr/bin:/bin");
    invocation.variables.insert(no_progress);
    // Sanitizers and coverage say through these where their reports go.
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"}) {
        if (const char* value = std::getenv(name); value != nullptr) {
            invocation.variables.try_emplace(name, value);
        }
    }
    Completed result = run_program(aion_program(), invocation);
    EXPECT_EQ(result.signal, 0) << result.err;
    return result;
}

std::string Scenario::must(const std::vector<std::string>& arguments, const std::string& input) {
    const Completed result = run(arguments, input);
    EXPECT_EQ(result.exit_code, 0) << ::testing::PrintToString(arguments) << "\n"
                                   << result.out << result.err;
    return result.out;
}

Json Scenario::must_json(const std::vector<std::string>& arguments) {
    return Json::parse(must(arguments));
}

std::string Scenario::make_key(std::uint64_t id) {
    return after_label(must({"key", "generate", "--id", std::to_string(id)}), "  Public Key: ");
}

void Scenario::make_registry() {
    make_key(1);
    make_key(2);
    must({"registry", "pin", "--author", "7", "--key", "1", "--master", "2", "-o", "reg.json"});
}

void Scenario::make_file() {
    make_registry();
    must({"init", "p.aion", "-a", "7", "-k", "1", "-m", "Genesis"}, "allow: read\n");
}

void Scenario::commit(const std::string& rules, const std::string& message) {
    write("new-rules", rules);
    must({"commit", "p.aion", "-r", "new-rules", "-a", "7", "-k", "1", "-m", message, "--registry",
          "reg.json"});
}

std::filesystem::path Scenario::path(const std::string& name) const {
    return directory_ / name;
}

void Scenario::write(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
}

std::string Scenario::read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void Scenario::flip(const std::string& name, std::size_t offset) const {
    std::string content = read(name);
    content.at(offset) = static_cast<char>(~content.at(offset));
    write(name, content);
}

std::string after_label(const std::string& text, const std::string& label) {
    const std::size_t begin = ("\n" + text).find("\n" + label);
    if (begin == std::string::npos) {
        ADD_FAILURE() << "no line '" << label << "' in:\n" << text;
        return {};
    }
    const std::size_t value = begin + label.size();
    return text.substr(value, text.find('\n', value) - value);
}

void expect_failure(const Completed& result, const std::string& message) {
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, ::testing::HasSubstr(message));
}

}  // namespace aion::test
