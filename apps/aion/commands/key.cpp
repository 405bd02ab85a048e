// SPDX-License-Identifier: MIT OR Apache-2.0
// aion key: the private keys of this machine's user (spec 05 section 7).
#include <fmt/format.h>

#include <memory>

#include "aion/base/files.hpp"
#include "aion/base/hex.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "table/command_table.hpp"
#include "views/key_view.hpp"

namespace aion::cli {
namespace {

constexpr std::uint64_t max_export_size = 4096;

struct KeyArguments {
    std::string id;
    std::optional<std::string> description;
    std::optional<std::string> exported_as;
    std::string file;
    bool force = false;
    Format format = Format::text;
    PasswordSource password;
};

std::unexpected<Failure> no_such_key(const std::string& id) {
    return fail_with("Key not found: " + id, "Use 'aion key list' to see available keys");
}

// The id, if a key of that id is there exactly when it should be.
Outcome<trust::KeyId> expect_key(const trust::Keystore& store, const std::string& text,
                                 bool present, std::string_view otherwise) {
    auto id = parse_key_id(text);
    if (!id) {
        return id;
    }
    const auto found = store.contains(*id);
    if (!found) {
        return fail_with(found.error());
    }
    if (*found == present) {
        return id;
    }
    if (present) {
        return no_such_key(text);
    }
    return fail_with("Key already exists for author ID " + text,
                     fmt::format("Use 'aion key delete {}' first{}", text, otherwise));
}

Outcome<Ending> run_generate(Context& context, const KeyArguments& arguments) {
    context.console.banner("🔑 ", "Generating new signing key...");
    trust::Keystore store = open_keystore(context);
    const auto id = expect_key(store, arguments.id, false, " or choose a different ID");
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto key = store.generate(*id);
    if (!key) {
        return fail_with("Failed to generate keypair", key.error());
    }
    context.console.success("Key generated successfully!");
    print_key_lines(context.console.out(), arguments.id, *id, *key);
    if (arguments.description) {
        context.console.out().write("   Description: " + shown(*arguments.description) + "\n");
        context.console.hint("The description is not stored");
    }
    context.console.hint("Key stored in " + shown(store.directory().native()));
    context.console.banner("", "   Use 'aion key export " + arguments.id + "' to create a backup");
    return Ending::success;
}

Outcome<Ending> run_list(Context& context, const KeyArguments& arguments) {
    const trust::Keystore store = open_keystore(context);
    const auto keys = store.list();
    if (!keys) {
        return fail_with(keys.error());
    }
    print_key_list(context.console, *keys, arguments.format);
    return Ending::success;
}

Outcome<Ending> run_show_key(Context& context, const KeyArguments& arguments) {
    const trust::Keystore store = open_keystore(context);
    const auto id = expect_key(store, arguments.id, true, "");
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto key = store.load(*id);
    if (!key) {
        return fail_with("Failed to load key '" + arguments.id + "' from keystore", key.error());
    }
    print_public_key(context.console, *id, key->public_half(), arguments.format);
    return Ending::success;
}

Outcome<Ending> run_export(Context& context, const KeyArguments& arguments) {
    context.console.banner("🔐 ", "Exporting key " + shown(arguments.id) + "...");
    const trust::Keystore store = open_keystore(context);
    const auto id = expect_key(store, arguments.id, true, "");
    if (!id) {
        return std::unexpected(id.error());
    }
    auto password = context.host.password(arguments.password, Purpose::choose);
    if (!password) {
        return pass_on(password);
    }
    const auto exported = store.export_key(*id, std::as_const(*password).view());
    if (!exported) {
        return fail_with("Failed to export key", exported.error());
    }
    if (auto written = write_output_file(context, arguments.file, *exported, 0600); !written) {
        return pass_on(written);
    }
    context.console.success("Key exported successfully!");
    context.console.out().write(
        fmt::format("   Output: {}\n   Size: {} bytes\n", shown(arguments.file), exported->size()));
    context.console.warn("Keep this file secure - it contains your private key!");
    return Ending::success;
}

// The id that the container is bound to, where --exported-as names it.
Outcome<std::optional<trust::KeyId>> original_id(const KeyArguments& arguments) {
    if (!arguments.exported_as) {
        return std::nullopt;
    }
    auto id = parse_key_id(*arguments.exported_as);
    if (!id) {
        return pass_on(id);
    }
    return *id;
}

Outcome<Ending> run_import(Context& context, const KeyArguments& arguments) {
    context.console.banner("🔓 ", "Importing key from " + shown(arguments.file) + "...");
    trust::Keystore store = open_keystore(context);
    const auto id = expect_key(store, arguments.id, false, "");
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto exported_as = original_id(arguments);
    if (!exported_as) {
        return std::unexpected(exported_as.error());
    }
    const auto container = read_file(context.env, arguments.file, max_export_size);
    if (!container) {
        return fail_with_cause("Failed to read from: " + arguments.file, container.error());
    }
    auto password = context.host.password(arguments.password, Purpose::give);
    if (!password) {
        return pass_on(password);
    }
    const auto key =
        store.import_key(*id, *container, std::as_const(*password).view(), *exported_as);
    if (!key) {
        return with_remedy(
            fail_with("Failed to import key (wrong password or corrupted file)", key.error()),
            "If it was exported under another id, name that with --exported-as");
    }
    context.console.success("Key imported successfully!");
    print_key_lines(context.console.out(), arguments.id, *id, *key);
    context.console.hint("Key stored in " + shown(store.directory().native()));
    return Ending::success;
}

bool confirmed(Context& context, const std::string& id) {
    context.console.write_error(
        fmt::format("{}Are you sure you want to delete key {}? This cannot be undone. (y/N): ",
                    context.console.err().symbol("⚠️  "), shown(id)));
    std::string answer = context.host.read_answer();
    constexpr std::string_view space = " \t\r";
    answer.erase(0, std::min(answer.find_first_not_of(space), answer.size()));
    answer.erase(answer.find_last_not_of(space) + 1);
    return answer == "y" || answer == "Y";
}

Outcome<Ending> run_delete(Context& context, const KeyArguments& arguments) {
    trust::Keystore store = open_keystore(context);
    const auto id = expect_key(store, arguments.id, true, "");
    if (!id) {
        return std::unexpected(id.error());
    }
    if (!arguments.force && !confirmed(context, arguments.id)) {
        context.console.out().write("Cancelled.\n");
        return Ending::success;
    }
    if (const auto removed = store.remove(*id); !removed) {
        return fail_with("Failed to delete key", removed.error());
    }
    context.console.success("Key " + shown(arguments.id) + " deleted from keystore");
    return Ending::success;
}

using Run = Outcome<Ending> (*)(Context&, const KeyArguments&);

// A subcommand of `key` whose arguments `options` declares.
template <class Options>
void declare_subcommand(CommandTable& table, const Declaration& parent, const char* name,
                        const char* description, Run run, Options options) {
    const auto arguments = std::make_shared<KeyArguments>();
    Declaration command(table, parent.app(), name, description);
    command.app().fallthrough();
    options(command, *arguments);
    command.runs([arguments, run](Context& context) { return run(context, *arguments); });
}

void declare_password(Declaration& command, KeyArguments& arguments) {
    CLI::Option* const file =
        command.text("--password-file", arguments.password.file, "PASSWORD_FILE",
                     "Read the password from a file (one line end is dropped)");
    command
        .decimal("--password-fd", UINT64_MAX, "N", "Read the password from an open descriptor",
                 [&arguments](std::uint64_t n) { arguments.password.descriptor = n; })
        ->excludes(file);
    command.app().footer(
        "Without these options the password is taken from AION_KEY_PASSWORD if that is set, else "
        "asked for on the terminal.");
}

void declare_key_id(Declaration& command, KeyArguments& arguments) {
    command.text("KEY_ID", arguments.id, "KEY_ID", "Id of a stored key")->required();
}

void declare_id(Declaration& command, KeyArguments& arguments) {
    command.text("-i,--id", arguments.id, "KEY_ID", "Id to store the key under")->required();
}

}  // namespace

void declare_key(CommandTable& table) {
    Declaration key(table, table.root(), "key", "Manage signing keys");
    key.app().require_subcommand(1);
    declare_subcommand(table, key, "generate", "Make and store a new key", run_generate,
                       [](Declaration& command, KeyArguments& arguments) {
                           declare_id(command, arguments);
                           command.text("-d,--description", arguments.description, "DESCRIPTION",
                                        "Shown in the result, not stored");
                       });
    declare_subcommand(
        table, key, "list", "List stored keys; reads no private key", run_list,
        [](Declaration& command, KeyArguments& arguments) { command.format(arguments.format); });
    declare_subcommand(table, key, "show", "Show the public half of a key", run_show_key,
                       [](Declaration& command, KeyArguments& arguments) {
                           declare_key_id(command, arguments);
                           command.format(arguments.format);
                       });
    declare_subcommand(
        table, key, "export", "Write a key to a file under a password", run_export,
        [](Declaration& command, KeyArguments& arguments) {
            declare_key_id(command, arguments);
            command.text("-o,--output", arguments.file, "OUTPUT_FILE", "File to write")->required();
            declare_password(command, arguments);
        });
    declare_subcommand(table, key, "import", "Store a key from an exported file", run_import,
                       [](Declaration& command, KeyArguments& arguments) {
                           command.text("FILE", arguments.file, "FILE", "Exported key")->required();
                           declare_id(command, arguments);
                           command.text("--exported-as", arguments.exported_as, "KEY_ID",
                                        "Id that the key was exported under, if that is another");
                           declare_password(command, arguments);
                       });
    declare_subcommand(table, key, "delete", "Delete a stored key", run_delete,
                       [](Declaration& command, KeyArguments& arguments) {
                           declare_key_id(command, arguments);
                           command.flag("-f,--force", arguments.force, "Do not ask");
                       });
}

}  // namespace aion::cli
