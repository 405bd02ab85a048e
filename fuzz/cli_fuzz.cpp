// SPDX-License-Identifier: MIT OR Apache-2.0
// The whole command line in this process, on files in memory: whatever the arguments and one file
// are, it ends with 0, 1 or 2, says why where it is not 0, puts nothing on standard error that
// could drive a terminal, and after a failure the files are as they were. Nothing outside is
// touched: no file, terminal, password or other process.
//
// Input: a byte of flags (see Setting), arguments one a line up to an empty line, then the bytes
// of the file `x`, which is standard input as well. Beside it lie `policy.aion`, genuine under
// `registry.json`, and the keys 1001, 1002 and 1003.
#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/policy/commit.hpp"
#include "commands/all.hpp"
#include "run.hpp"
#include "support/cli_words.hpp"
#include "support/cli_world.hpp"
#include "support/fuzz_input.hpp"
#include "support/repair.hpp"
#include "support/require.hpp"
#include "support/screen.hpp"
#include "support/world.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program
using fuzz::is_harmless;
using fuzz::require;

struct Setting {
    fuzz::Repair repair;  // Bits 0 and 1: of the file x.
    bool logs;            // Bit 2: AION_LOG=trace.
    bool json_logs;       // Bit 3: AION_LOG_FORMAT=json.
    bool is_terminal;     // Bit 4: standard input is one.
    std::vector<std::string> arguments;
    Bytes file;
};

Setting setting_of(fuzz::Input input) {
    const std::uint8_t flags = input.byte();
    Setting setting{};
    setting.repair = static_cast<fuzz::Repair>(flags & 3U);
    setting.logs = (flags & 4U) != 0;
    setting.json_logs = (flags & 8U) != 0;
    setting.is_terminal = (flags & 16U) != 0;
    std::string_view text = as_text(input.rest());
    while (!text.empty() && text.front() != '\n') {
        const std::size_t end = std::min(text.find('\n'), text.size());
        // What the system hands over has no zero byte in it.
        setting.arguments.emplace_back(text.substr(0, std::min(end, text.find('\0'))));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    const ByteView file = as_bytes(text.substr(std::min<std::size_t>(1, text.size())));
    setting.file.assign(file.begin(), file.end());
    fuzz::repair(setting.file, setting.repair);
    return setting;
}

const Bytes& genuine_file() {
    static const Bytes made = [] {
        MemoryEnv env;
        env.set_now(fuzz::now);
        require(policy::create(env, "f", {as_bytes("limit: 1\n"), fuzz::author}, fuzz::author_key())
                    .has_value());
        require(policy::commit(env, "f", {as_bytes("limit: 2\n"), fuzz::colleague, "second"},
                               fuzz::colleague_key(), fuzz::registry())
                    .has_value());
        return *env.get("f");
    }();
    return made;
}

void furnish(MemoryEnv& env, const Setting& setting) {
    env.set_now(fuzz::now);
    env.put("x", setting.file);
    env.put("policy.aion", genuine_file());
    env.put("registry.json", as_bytes(fuzz::registry().to_json()));
    env.put("/keys/author-1001.key", Bytes(65));
    env.put("/keys/author-1002.key", Bytes(65));
    env.put("/keys/author-1002.pub", as_bytes("not a key\n"));
    // Keys of this machine take too long to derive; commands that ask for one get an error.
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::machine_id ? EIO : 0;
    });
}

void furnish(fuzz::PlayHost& host, const Setting& setting) {
    host.variables = {{"AION_KEYSTORE_DIR", "/keys"},
                      {"AION_LOG", setting.logs ? "trace" : ""},
                      {"AION_LOG_FORMAT", setting.json_logs ? "json" : ""}};
    host.input = setting.file;
    host.is_terminal = setting.is_terminal;
}

bool is_colored(const Setting& setting) {
    return std::ranges::any_of(setting.arguments, [](const std::string& argument) {
        return argument.starts_with("--color");
    });
}

void require_untouched(MemoryEnv& env, const Setting& setting) {
    require(env.get("x") == setting.file);
    require(env.get("policy.aion") == genuine_file());
    require(equal(*env.get("registry.json"), as_bytes(fuzz::registry().to_json())));
}

// Few declared commands understand what all of them do, and the other way round.
bool understands(cli::CommandTable& table, const Setting& setting, const fuzz::PlayHost& host) {
    try {
        table.parse(setting.arguments, host);
        return true;
    } catch (const CLI::ParseError&) {
        return false;
    }
}

// That of a verdict, or of what shows a file that was judged first.
const nlohmann::json& verdict_of(const nlohmann::json& document) {
    const auto judged = document.find("verification");
    return (judged == document.end() ? document : *judged).at("is_valid");
}

// Once the arguments were understood, a program that asked for JSON reads one document, whatever
// happened: of a failure it is an object that says why, and says so where the ending does.
void check_document(const Setting& setting, const fuzz::PlayHost& host, cli::Ending ending,
                    const std::string& output) {
    cli::CommandTable table;
    cli::declare_commands(table);
    const bool understood = understands(table, setting, host);
    cli::CommandTable few;
    cli::declare_commands_for(few, setting.arguments);
    require(understands(few, setting, host) == understood && few.format == table.format);
    const auto may_ask = [](const std::string& argument) {
        return argument.ends_with("json") && !argument.ends_with(".json");
    };
    if (std::ranges::none_of(setting.arguments, may_ask)) {
        return;
    }
    if (!understood) {
        return;
    }
    if (table.format != cli::Format::json) {
        return;
    }
    const auto document = nlohmann::json::parse(output, nullptr, false);
    require(!document.is_discarded() && is_harmless(output, false));
    const bool is_error = document.is_object() && document.contains("error");
    require(!is_error || ending != cli::Ending::success);
    require(!is_error || document["error"].at("code").is_string());
    require(!is_error || document.value("is_valid", nlohmann::json()).is_null());
    require(!is_error || !document.value("loadable", false));
    require(ending == cli::Ending::success || is_error || document.is_array() ||
            !verdict_of(document).get<bool>());
}

void check(const Setting& setting) {
    static fuzz::Screen screen;
    MemoryEnv env;
    furnish(env, setting);
    fuzz::PlayHost host;
    furnish(host, setting);
    cli::Console console = screen.console(host);
    const cli::Ending ending = cli::run(env, console, host, setting.arguments);
    const std::string output = screen.take_output();
    const std::string errors = screen.take_errors();
    check_document(setting, host, ending, output);
    require(is_harmless(errors, is_colored(setting)));
    if (ending != cli::Ending::success) {
        // INVALID alone is said by nothing but the code where --quiet is given. Of several files,
        // one without a verdict is a row among the verdicts.
        require(ending != cli::Ending::failure || !errors.empty() ||
                output.find("NO VERDICT") != std::string::npos);
        require_untouched(env, setting);
    }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// The dictionary that is given has no words of commands: those come from their table.
int LLVMFuzzerInitialize(int* argc, char*** argv) {
    static std::string replaced;
    for (int i = 1; i < *argc; ++i) {
        const std::string argument = (*argv)[i];
        if (argument.starts_with("-dict=")) {
            replaced = "-dict=" + fuzz::with_command_words(argument.substr(6));
            (*argv)[i] = replaced.data();
        }
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check(setting_of(fuzz::Input(data, size)));
    return 0;
}
