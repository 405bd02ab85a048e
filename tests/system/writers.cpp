// SPDX-License-Identifier: MIT OR Apache-2.0
#include "system/writers.hpp"

#include <cstdlib>

#include "aion/base/hex.hpp"
#include "support/keys.hpp"

namespace aion::test {

Writers::Writers() {
    make_registry();
    must({"registry", "pin", "--author", "8", "--public-key", to_hex(public_of(library_seed)),
          "--master", "2", "-o", "reg.json"});
    write("rules.txt", "limit: 1\n");
}

void Writers::make(const std::string& file) {
    must({"init", file, "-a", "7", "-k", "1", "-m", "genesis", "-r", "rules.txt"});
}

ChildOptions Writers::here(std::vector<std::string> arguments) const {
    ChildOptions options;
    options.arguments = std::move(arguments);
    options.directory = path("");
    options.variables = variables;
    options.variables.try_emplace("HOME", path("").parent_path().string());
    options.variables.try_emplace("PATH", "/usr/bin:/bin");
    for (const char* name :
         {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"}) {
        if (const char* value = std::getenv(name); value != nullptr) {
            options.variables.try_emplace(name, value);
        }
    }
    return options;
}

Child Writers::library_writer(const std::string& file, const std::string& name, unsigned first,
                              unsigned count) const {
    ChildOptions options = here({"write", file, "reg.json", "8", std::to_string(library_seed), name,
                                 std::to_string(first), std::to_string(count)});
    options.output_path = "out-" + name + "-" + std::to_string(first);
    return {program_beside("system_helper"), options};
}

Child Writers::library_reader(const std::string& file) const {
    ChildOptions options = here({"read", file, "reg.json"});
    options.hold_input = true;
    options.output_path = "out-reader";
    return {program_beside("system_helper"), options};
}

std::vector<std::string> Writers::tool_commit(const std::string& file, const std::string& message) {
    return {"commit", file,        "-a",         "7",        "-k",     "1",   "-m",     message,
            "-r",     "rules.txt", "--registry", "reg.json", "--wait", "120", "--quiet"};
}

void Writers::tool_commits(const std::string& file, const std::string& name, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        must(tool_commit(file, name + " " + std::to_string(i)));
    }
}

void Writers::tool_reads(const std::string& file, const std::atomic<bool>& done) {
    std::uint64_t versions = 0;
    do {
        const Completed seen = run({"verify", file, "--registry", "reg.json", "-f", "json"});
        ASSERT_EQ(seen.exit_code, 0) << seen.out << seen.err;
        const Json report = Json::parse(seen.out);
        ASSERT_TRUE(report["is_valid"]);
        ASSERT_GE(report["version_count"], versions);
        versions = report["version_count"];
    } while (!done);
}

std::map<std::string, int> Writers::messages_of_valid(const std::string& file) {
    const Json history =
        must_json({"show", file, "history", "--registry", "reg.json", "-f", "json"});
    std::map<std::string, int> messages;
    for (const Json& version : history) {
        ++messages[version["message"]];
    }
    return messages;
}

std::set<std::string> Writers::temporaries() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path(""))) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.') && name.ends_with(".tmp")) {
            names.insert(name);
        }
    }
    return names;
}

}  // namespace aion::test
