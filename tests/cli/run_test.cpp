// SPDX-License-Identifier: MIT OR Apache-2.0
// The command line inside this process, with a host and an environment of our own: what it takes
// from the process comes through them, and memory that ends is a failure like any other.
#include "run.hpp"

#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <new>
#include <nlohmann/json.hpp>
#include <sstream>

#include "aion/base/files.hpp"
#include "aion/base/interrupt.hpp"
#include "aion/base/memory_env.hpp"
#include "commands/all.hpp"
#include "table/command_help.hpp"
#include "views/document_writer.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;

class TestHost final : public cli::Host {
  public:
    std::map<std::string, std::string> variables;

    [[nodiscard]] std::optional<std::string> variable(const std::string& name) const override {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    }

    std::optional<std::filesystem::path> home_directory = "/home";

    [[nodiscard]] std::optional<std::filesystem::path> home() const override {
        return home_directory;
    }

    [[nodiscard]] bool input_is_terminal() const noexcept override { return false; }

    std::uint64_t input_size = 0;  ///< Zeros.

    [[nodiscard]] cli::Outcome<std::size_t> read_input(std::string_view /*what*/,
                                                       MutableByteView out) override {
        const std::size_t count = std::min<std::uint64_t>(input_size, out.size());
        std::ranges::fill(out.first(count), std::uint8_t{0});
        input_size -= count;
        return count;
    }

    bool is_endless = false;

    [[nodiscard]] bool input_may_be_endless() const noexcept override { return is_endless; }

    [[nodiscard]] std::optional<int> descriptor_named(const std::string& /*path*/) const override {
        return std::nullopt;
    }

    [[nodiscard]] cli::Outcome<std::unique_ptr<cli::OutputStream>> open_stream(
        const std::string& path) override {
        return cli::fail_with("no stream: " + path);
    }

    [[nodiscard]] std::optional<std::string> read_answer() override { return "y"; }

    std::optional<std::filesystem::path> directory = "/";

    [[nodiscard]] std::optional<std::filesystem::path> current_directory() const override {
        return directory;
    }

    std::filesystem::path pins_opened;
    std::filesystem::path writes_with_pins;  // If it is not empty.

    [[nodiscard]] Result<std::unique_ptr<policy::PinStore>> open_pins(
        Env& asked, const std::filesystem::path& path, archive::PinFileMode /*mode*/) override {
        pins_opened = path;
        if (!writes_with_pins.empty()) {
            const std::array<ByteView, 1> piece{as_bytes("pins")};
            EXPECT_TRUE(write_file_atomically(asked, writes_with_pins, piece, {}));
        }
        return std::make_unique<policy::PinMemory>();
    }

    [[nodiscard]] archive::ResultCache open_cache(
        Env& /*env*/, const std::filesystem::path& /*path*/, const std::filesystem::path& /*key*/,
        const trust::Registry& /*registry*/, const policy::VerifyOptions& /*options*/) override {
        return archive::ResultCache::none("this is a test");
    }

    [[nodiscard]] cli::Outcome<crypto::SecretBytes> password(const cli::PasswordSource& /*source*/,
                                                             cli::Purpose /*purpose*/) override {
        return cli::fail_with("no password");
    }

    [[nodiscard]] Result<crypto::SigningKey> signing_key(const trust::Keystore& /*store*/,
                                                         trust::KeyId /*id*/) override {
        if (!key_error) {
            throw std::bad_alloc();
        }
        return fail(*key_error);
    }

    std::optional<Error> key_error;
};

// Another environment, with no memory for what is asked of its clock the `nth` time, from 1.
class ClockWithoutMemory final : public Env {
  public:
    ClockWithoutMemory(Env& env, int nth) : env_(env), left_(nth) {}

    [[nodiscard]] Result<std::shared_ptr<const FileContent>> read(
        const std::filesystem::path& path, const ReadOptions& options) override {
        return env_.read(path, options);
    }

    [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path,
                                                             const ReadOptions& options) override {
        return env_.open(path, options);
    }

    [[nodiscard]] Result<std::unique_ptr<UnnamedFile>> create_unnamed() override {
        return env_.create_unnamed();
    }

    [[nodiscard]] Result<std::optional<FileInfo>> info(const std::filesystem::path& path) override {
        return env_.info(path);
    }

    [[nodiscard]] Result<std::shared_ptr<Directory>> open_directory(
        const std::filesystem::path& path) override {
        return env_.open_directory(path);
    }

    [[nodiscard]] Result<Place> locate(const std::filesystem::path& path) override {
        return env_.locate(path);
    }

    [[nodiscard]] Result<std::shared_ptr<Directory>> create_directories(
        const std::filesystem::path& directory, std::uint32_t mode) override {
        return env_.create_directories(directory, mode);
    }

    [[nodiscard]] Timestamp now() override {
        if (--left_ == 0) {
            throw std::bad_alloc();
        }
        return env_.now();
    }

    [[nodiscard]] Result<> random(MutableByteView out) override { return env_.random(out); }

    [[nodiscard]] Result<MachineId> machine_id() override { return env_.machine_id(); }

  private:
    Env& env_;
    int left_;
};

class RunTest : public ::testing::Test {
  protected:
    RunTest() : out_(::memfd_create("out", 0)), err_(::memfd_create("err", 0)) {}

    ~RunTest() override {
        ::close(out_);
        ::close(err_);
    }

    cli::Ending run(const std::vector<std::string>& arguments) { return run_in(env, arguments); }

    cli::Ending run_in(Env& where, const std::vector<std::string>& arguments) {
        cli::Console console(out_, err_, host);
        return cli::run(where, console, host, arguments);
    }

    // The same, asked to stop at the first call of a kind.
    cli::Ending run_and_interrupt(const std::vector<std::string>& arguments, MemoryEnv::Call at) {
        Interrupt interrupt;
        InterruptibleEnv asked(env, interrupt);
        env.set_fault([&interrupt, at](std::uint64_t, const MemoryEnv::CallRecord& call) {
            if (call.call == at) {
                interrupt.request();
            }
            return 0;
        });
        cli::Console console(out_, err_, host);
        const cli::Ending ending = cli::run(asked, console, host, arguments);
        env.set_fault({});
        return ending;
    }

    [[nodiscard]] std::string out() const { return content(out_); }

    [[nodiscard]] std::string err() const { return content(err_); }

    MemoryEnv env;
    TestHost host;

  private:
    [[nodiscard]] static std::string content(int descriptor) {
        std::string text(std::size_t{1} << 20U, '\0');
        const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
        text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return text;
    }

    int out_;
    int err_;
};

TEST_F(RunTest, MemoryThatEndsIsADocumentToo) {
    env.put("/home/.aion/keys/author-1.key", Bytes(65));
    EXPECT_EQ(run({"key", "show", "1", "--format", "json"}), cli::Ending::failure);
    EXPECT_EQ(nlohmann::json::parse(out()), (nlohmann::json{{"error",
                                                             {{"code", "resource_exhausted"},
                                                              {"message", "Out of memory"},
                                                              {"path", nullptr},
                                                              {"remedy", nullptr}}}}));
    EXPECT_EQ(err(), "Error: Out of memory\n");
}

// A view that memory does not suffice for, once something of it is written.
struct TooLarge {};

void write(DocumentWriter& out, const TooLarge& /*view*/) {
    out.begin_object().member("is_valid", true);
    throw std::bad_alloc();
}

// What a list of several files relies on: it has written nothing when it learns of it.
TEST(Rehearsal, FindsOutWhetherMemorySufficesBeforeAnythingIsWritten) {
    EXPECT_THROW(cli::rehearse(cli::Format::json, TooLarge{}), std::bad_alloc);
    EXPECT_THROW(cli::rehearse(cli::Format::yaml, TooLarge{}), std::bad_alloc);
    EXPECT_NO_THROW(cli::rehearse(cli::Format::text, TooLarge{}));
}

TEST_F(RunTest, AsTextMemoryThatEndsIsOneLine) {
    env.put("/home/.aion/keys/author-1.key", Bytes(65));
    EXPECT_EQ(run({"key", "show", "1"}), cli::Ending::failure);
    EXPECT_EQ(out(), "");
    EXPECT_EQ(err(), "Error: Out of memory\n");
}

TEST_F(RunTest, MemoryThatEndsAtOneOfSeveralFilesIsAnItemOfTheList) {
    env.put("registry.json", as_bytes(R"({"version": 1, "authors": []})"));
    env.put("a", Bytes(9));
    env.put("b", Bytes(9));
    int reads = 0;
    env.set_fault([&reads](std::uint64_t, const MemoryEnv::CallRecord& call) {
        if (call.call == MemoryEnv::Call::read && ++reads == 2) {
            throw std::bad_alloc();
        }
        return 0;
    });
    EXPECT_EQ(run({"verify", "-q", "a", "b", "--registry", "registry.json", "-f", "json"}),
              cli::Ending::failure);
    const auto list = nlohmann::json::parse(out());
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0]["error"]["code"], "resource_exhausted");
    EXPECT_EQ(list[1]["is_valid"], false);
}

// Where it ends beside the files, those that are left have no verdict, and the list ends as it
// should, though much of it is written already.
TEST_F(RunTest, MemoryThatEndsBesideTheFilesEndsNoListThatWasBegun) {
    env.put("registry.json", as_bytes(R"({"version": 1, "authors": []})"));
    std::vector<std::string> arguments = {"verify",        "-q", "--registry",
                                          "registry.json", "-f", "json"};
    constexpr std::size_t before = 60;
    for (std::size_t i = 0; i < before; ++i) {
        arguments.push_back("file" + std::to_string(i));
        env.put(arguments.back(), Bytes(9));
    }
    env.put("behind", Bytes(9));
    arguments.insert(arguments.end(), {"-", "behind", "behind"});
    // When the registry's age is asked for, when the first files are judged, and each of them, when
    // standard input is, when what is behind it is.
    ClockWithoutMemory clockless(env, before + 4);
    EXPECT_EQ(run_in(clockless, arguments), cli::Ending::failure);
    const auto list = nlohmann::json::parse(out());
    ASSERT_EQ(list.size(), before + 3);
    EXPECT_EQ(list[before - 1]["is_valid"], false);
    EXPECT_EQ(list[before]["is_valid"], false);
    for (const std::size_t i : {before + 1, before + 2}) {
        EXPECT_EQ(list[i]["error"]["code"], "resource_exhausted");
        EXPECT_EQ(list[i]["path"], "behind");
    }
}

TEST_F(RunTest, InterruptedInTimeNothingWasChanged) {
    env.set_machine_id("0123456789abcdef0123456789abcdef");
    EXPECT_EQ(run_and_interrupt({"key", "generate", "-i", "3", "-q"}, MemoryEnv::Call::append),
              cli::Ending::failure);
    EXPECT_EQ(out(), "");
    EXPECT_EQ(err(), "Interrupted: nothing was changed\n");
    EXPECT_EQ(env.all_paths(), std::vector<std::string>{});
}

TEST_F(RunTest, InterruptedTooLateItIsDone) {
    env.set_machine_id("0123456789abcdef0123456789abcdef");
    EXPECT_EQ(run_and_interrupt({"key", "generate", "-i", "3", "-q"}, MemoryEnv::Call::link),
              cli::Ending::success);
    EXPECT_THAT(out(), HasSubstr("Key generated successfully!\n"));
    EXPECT_EQ(err(), "Warning: Interrupted too late: Key 3 was generated\n");
    EXPECT_EQ(env.all_paths(), (std::vector<std::string>{"/home/.aion/keys/author-3.key",
                                                         "/home/.aion/keys/author-3.pub"}));
}

TEST_F(RunTest, InterruptedBetweenWhatIsRecordedThatStays) {
    env.put("/registry.json", as_bytes(R"({"version": 1, "authors": []})"));
    env.put("/x.aion", as_bytes("x"));
    host.writes_with_pins = "/recorded";
    EXPECT_EQ(
        run_and_interrupt({"verify", "/x.aion", "--registry", "/registry.json", "--pins", "p"},
                          MemoryEnv::Call::link),
        cli::Ending::failure);
    EXPECT_EQ(err(), "Interrupted: what was recorded until then stays\n");
    EXPECT_TRUE(env.get("/recorded").has_value());
}

// It is not held in memory: more than some MiB go to a file without a name.
TEST_F(RunTest, WhatComesInAtStandardInputIsKeptOnDisk) {
    host.key_error = error_because(ErrorCode::invalid_private_key, "no key");
    for (const std::uint64_t size : {std::uint64_t{1} << 20U, std::uint64_t{5} << 20U}) {
        host.input_size = size;
        env.set_fault({});
        EXPECT_EQ(run({"init", "/p.aion", "--author", "1", "--key", "1"}), cli::Ending::failure);
        EXPECT_EQ(host.input_size, 0U);
        const auto calls = env.calls();
        EXPECT_EQ(std::ranges::count(calls, MemoryEnv::Call::create_unnamed,
                                     &MemoryEnv::CallRecord::call),
                  size > (std::uint64_t{4} << 20U) ? 1 : 0);
    }
    host.input_size = std::uint64_t{5} << 20U;
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::append ? ENOSPC : 0;
    });
    EXPECT_EQ(run({"init", "/p.aion", "--author", "1", "--key", "1"}), cli::Ending::failure);
    EXPECT_THAT(err(), HasSubstr("Failed to keep the rules from stdin"));
}

TEST_F(RunTest, VariablesAreThoseOfTheHost) {
    ::setenv("AION_REGISTRY", "of-the-process.json", 1);
    EXPECT_EQ(run({"verify", "p.aion"}), cli::Ending::failure);
    EXPECT_THAT(err(), HasSubstr("--registry <REGISTRY_FILE> (or set AION_REGISTRY)"));
    host.variables["AION_REGISTRY"] = "of-the-host.json";
    EXPECT_EQ(run({"verify", "p.aion"}), cli::Ending::failure);
    EXPECT_THAT(err(), HasSubstr("Registry file not found: of-the-host.json\n"));
    ::unsetenv("AION_REGISTRY");
}

TEST_F(RunTest, AVariableDoesNotExcuseWhatElseIsMissing) {
    host.variables["AION_REGISTRY"] = "of-the-host.json";
    EXPECT_EQ(run({"commit", "p.aion", "-a", "1"}), cli::Ending::failure);
    EXPECT_THAT(err(),
                HasSubstr("were not provided:\n  --key <KEY_ID>\n  --message <MESSAGE>\n\n"
                          "Usage: aion commit [OPTIONS] --author <AUTHOR> --key <KEY_ID> "
                          "--message <MESSAGE>\n           --registry <REGISTRY_FILE> <FILE>\n"));
}

TEST_F(RunTest, TheKeystoreIsWhereTheHostSays) {
    host.variables["AION_KEYSTORE_DIR"] = "/elsewhere";
    env.put("/elsewhere/author-5.key", Bytes(65));
    EXPECT_EQ(run({"key", "list", "-f", "json"}), cli::Ending::success);
    EXPECT_EQ(nlohmann::json::parse(out()).at(0).at("path"), "/elsewhere/author-5.key");
}

TEST_F(RunTest, WithoutAHomeThereIsNoKeystoreUnlessItIsNamed) {
    host.home_directory = std::nullopt;
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"key", "generate", "--id", "5"},
             {"key", "list"},
             {"key", "show", "5"},
             {"key", "export", "5", "-o", "k"},
             {"key", "import", "k", "--id", "5"},
             {"key", "delete", "5", "--force"},
             {"init", "p.aion", "-a", "1", "-k", "5", "-r", "registry.json"},
             {"registry", "pin", "--author", "1", "--key", "5", "-o", "new.json"}}) {
        env.put("registry.json", as_bytes(R"({"version": 1, "authors": []})"));
        EXPECT_EQ(run(arguments), cli::Ending::failure);
    }
    std::size_t said = 0;
    const std::string all = err();
    for (std::size_t at = all.find("No home directory"); at != std::string::npos;
         at = all.find("No home directory", at + 1)) {
        ++said;
    }
    EXPECT_EQ(said, 8U) << all;
    EXPECT_THAT(all, HasSubstr("Set AION_KEYSTORE_DIR to the folder where keys are kept"));
    // What needs no key needs no home.
    EXPECT_EQ(run({"registry", "check", "--registry", "registry.json"}), cli::Ending::success);
}

// A container: the next one has another name, and opens no key of this one.
TEST_F(RunTest, WithoutAMachineIdTheBindingIsSaid) {
    env.set_no_machine_id("ann", "web-1");
    EXPECT_EQ(run({"key", "generate", "--id", "5", "-q"}), cli::Ending::success);
    EXPECT_EQ(err(),
              "Warning: no /etc/machine-id: this key is bound to the host name web-1 and the "
              "user ann; export it\n");
    env.set_no_machine_id("ann", "web-2");
    host.key_error = error_because(ErrorCode::decryption_failed, "made elsewhere");
    EXPECT_EQ(run({"key", "show", "5"}), cli::Ending::failure);
    EXPECT_THAT(err(),
                HasSubstr("This machine is known by host name web-2 and user ann, because it "
                          "has no /etc/machine-id.\nImport a backup"));
    EXPECT_THAT(err(), ::testing::Not(HasSubstr("delete")));
}

TEST_F(RunTest, AnotherMachineIsNoReasonToGenerateAKey) {
    host.key_error = error_because(ErrorCode::decryption_failed, "made elsewhere");
    env.put("registry.json", as_bytes(R"({"version": 1, "authors": []})"));
    EXPECT_EQ(run({"init", "p.aion", "-a", "1", "-k", "1", "--no-encryption", "-m", "m"}),
              cli::Ending::failure);
    EXPECT_THAT(err(), ::testing::Not(HasSubstr("key generate")));
}

// Alone it is answered without the table of commands.
TEST_F(RunTest, TheVersionIsTheSameAloneAndAmongOptions) {
    ASSERT_EQ(run({"-q", "--version"}), cli::Ending::success);
    const std::string expected = out();
    EXPECT_THAT(expected, HasSubstr("\nEd25519 verification: "));
    ASSERT_EQ(run({"--version"}), cli::Ending::success);
    ASSERT_EQ(run({"-V"}), cli::Ending::success);
    EXPECT_EQ(out(), expected + expected + expected);  // one behind the other
    EXPECT_EQ(err(), "");
}

// What a command line means to a table, or what is answered to it.
std::string meaning(const cli::CommandTable& table, const CLI::ParseError* error) {
    constexpr std::size_t columns = 100;
    const CLI::App& command = table.deepest_parsed();
    std::string text = cli::full_name(command) + "\n" + cli::help_text(table, command, columns);
    if (error != nullptr) {
        text += error->get_name() + "\n" + cli::describe_usage_error(table, *error, columns);
    }
    for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
        for (const CLI::Option* const option : app->get_options()) {
            for (const std::string& value : option->results()) {
                text += cli::usage_name(*option) + " = " + value + "\n";
            }
        }
    }
    return text;
}

std::string meaning(cli::CommandTable& table, const std::vector<std::string>& arguments) {
    try {
        table.parse(arguments, TestHost());
    } catch (const CLI::ParseError& error) {
        return meaning(table, &error);
    }
    return meaning(table, nullptr);
}

std::size_t commands_in(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; }).size();
}

struct Line {
    std::vector<std::string> words;
    std::size_t declared;  // of the commands that aion itself has
};

constexpr std::size_t all_of_them = 34;

std::vector<Line> lines_of_all_kinds() {
    return {
        {{"--version"}, all_of_them},
        {{}, all_of_them},
        {{"--version", "verify"}, all_of_them},
        {{"--help"}, all_of_them},
        {{"verfy", "x"}, all_of_them},
        {{"-q", "verify", "x", "--registry", "r"}, all_of_them},
        {{"--format", "json", "verify", "x", "--registry", "r"}, all_of_them},
        {{"-f", "key", "delete", "1"}, all_of_them},
        {{"--", "verify", "x"}, all_of_them},
        {{"help", "verify"}, all_of_them},
        {{"key", "help", "list"}, all_of_them},
        {{"registry", "help", "verify"}, all_of_them},
        {{"completion", "bash"}, all_of_them},
        {{"man"}, all_of_them},
        {{"table"}, all_of_them},
        {{"verify"}, 1},
        {{"verify", "--help"}, 1},
        {{"verify", "x", "y", "--registry", "r", "-q", "--color=never"}, 1},
        {{"verify", "x", "--registry", "r", "--format", "jsn"}, 1},
        {{"verify", "show", "--registry", "r", "commit", "key", "list"}, 1},
        {{"verify", "--", "--registry"}, 1},
        {{"verify", "x", "--rules", "y", "--verbos"}, 1},
        {{"verify", "--version"}, 1},
        {{"show", "x", "rules", "--registry", "r"}, 1},
        {{"show", "--registry", "r", "x", "verify"}, 1},
        {{"init", "x", "--rules", "y", "--author", "1", "--key", "verify"}, 1},
        {{"commit", "x", "-m", "init", "--author", "one"}, 1},
        {{"key"}, 1},
        {{"key", "lst"}, 1},
        {{"key", "-f", "json", "list"}, 1},
        {{"registry", "verify"}, 1},
        {{"registry", "rotat", "--help"}, 1},
        {{"registry", "apply", "--registry", "r", "a", "b"}, 1},
    };
}

TEST(DeclareCommandsFor, OneDeclaredCommandMeansWhatItMeansAmongAll) {
    for (const Line& line : lines_of_all_kinds()) {
        std::string shown = "aion";
        for (const std::string& word : line.words) {
            shown += " " + word;
        }
        SCOPED_TRACE(shown);
        cli::CommandTable all;
        cli::declare_commands(all);
        ASSERT_EQ(commands_in(all.root()), all_of_them);
        cli::CommandTable few;
        cli::declare_commands_for(few, line.words);
        EXPECT_EQ(commands_in(few.root()), line.declared);
        EXPECT_EQ(meaning(few, line.words), meaning(all, line.words));
    }
}

// A command that stands in one list under another name than it declares would not be found.
TEST(DeclareCommandsFor, EveryCommandIsFoundAlone) {
    cli::CommandTable all;
    cli::declare_commands(all);
    for (const CLI::App* const command : cli::visible_commands(all.root())) {
        const std::vector<std::string> words{command->get_name()};
        cli::CommandTable table;
        cli::declare_commands_for(table, words);
        EXPECT_NE(table.find(words), nullptr) << words.front();
    }
}

// The sixth field of the line with our number, taken apart here in another way.
std::optional<std::filesystem::path> home_by_the_list() {
    std::ifstream users("/etc/passwd");
    for (std::string line; std::getline(users, line);) {
        std::vector<std::string> fields;
        std::istringstream rest(line);
        for (std::string field; std::getline(rest, field, ':');) {
            fields.push_back(field);
        }
        if (fields.size() > 5 && fields[2] == std::to_string(::getuid())) {
            return fields[5];
        }
    }
    return std::nullopt;
}

TEST(ProcessHostTest, WithoutHomeTheListOfUsersNamesTheDirectory) {
    const auto listed = home_by_the_list();
    ASSERT_EQ(::setenv("HOME", "/somewhere", 1), 0);
    EXPECT_EQ(cli::ProcessHost().home(), "/somewhere");
    ASSERT_EQ(::setenv("HOME", "", 1), 0);
    EXPECT_EQ(cli::ProcessHost().home(), listed);
    ASSERT_EQ(::unsetenv("HOME"), 0);
    EXPECT_EQ(cli::ProcessHost().home(), listed);
}

}  // namespace
}  // namespace aion::test
