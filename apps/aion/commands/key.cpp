// SPDX-License-Identifier: MIT OR Apache-2.0
// aion key: the private keys of this machine's user (docs/cli.md#aion-key).
#include <fmt/format.h>

#include <algorithm>

#include "aion/base/ascii.hpp"
#include "aion/base/files.hpp"
#include "aion/base/hex.hpp"
#include "shell/file_output.hpp"
#include "shell/hybrid_key.hpp"
#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/output_options.hpp"
#include "views/document_writer.hpp"
#include "views/key_view.hpp"

namespace aion::cli {
namespace {

constexpr std::uint64_t max_export_size = 4096;

struct KeyArguments {
    std::string id;
    std::optional<std::string> description;
    std::optional<std::string> exported_as;
    std::string file;
    OutputChoice output;
    bool force = false;
    bool is_hybrid = false;
    bool is_classical_only = false;
    Format format = Format::text;
    PasswordSource password;
};

std::unexpected<Failure> no_such_key(trust::KeyId id, const std::string& as_typed) {
    return fail_because(key_not_found(id.value, "not in the keystore"),
                        "Key not found: " + as_typed, "Use 'aion key list' to see available keys");
}

// For the commands that make or delete a key.
Outcome<trust::Keystore> open_keystore_to_change(Context& context) {
    CLI_TRY_ASSIGN(trust::Keystore store, open_keystore(context));
    context.host.announce_change();
    return store;
}

// The id, if a key of that id is there exactly when it should be.
Outcome<trust::KeyId> expect_key(const trust::Keystore& store, const std::string& text,
                                 bool present) {
    CLI_TRY_ASSIGN(const trust::KeyId id, parse_key_id(text));
    CLI_TRY_ASSIGN(const bool found, store.contains(id));
    if (found == present) {
        return id;
    }
    if (present) {
        return no_such_key(id, text);
    }
    return fail_because(error_at_path(ErrorCode::file_exists, store.directory().native()),
                        "Key " + text + " already exists",
                        "Choose another id: deleting a key cannot be undone");
}

Result<PublicKey> generate_key(Context& context, trust::Keystore& store, trust::KeyId id,
                               bool is_hybrid) {
    if (!is_hybrid) {
        return store.generate(id);
    }
    const auto made = trust::HybridKeystore(context.env, store, context.events).generate(id);
    return made ? Result<PublicKey>(made->classical) : aion::fail(made.error());
}

Outcome<Ending> run_generate(Context& context, const KeyArguments& arguments) {
    context.console.banner("🔑 ", "Generating new signing key...");
    CLI_TRY_ASSIGN(trust::Keystore store, open_keystore_to_change(context));
    CLI_TRY_ASSIGN(const trust::KeyId id, expect_key(store, arguments.id, false));
    CLI_TRY_ASSIGN(const PublicKey key,
                   or_fail(generate_key(context, store, id, arguments.is_hybrid),
                           "Failed to generate keypair"));
    context.console.deed("Key " + arguments.id + " was generated");
    context.console.success("Key generated successfully!");
    print_key_lines(context.console.out(), id, key);
    print_hybrid_line(context.console.out(), arguments.is_hybrid);
    if (arguments.description) {
        context.console.out().write("  Description: " + shown(*arguments.description) + "\n");
        context.console.hint("The description is not stored");
    }
    context.console.hint("Key stored in " + shown(store.directory().native()));
    warn_of_weak_binding(context);
    warn_of_exposure(context, store, id);
    context.console.banner(
        "", "  Use 'aion key export " + arguments.id + " --output FILE' to create a backup");
    return Ending::success;
}

Outcome<Ending> run_add_hybrid(Context& context, const KeyArguments& arguments) {
    CLI_TRY_ASSIGN(trust::Keystore store, open_keystore_to_change(context));
    CLI_TRY_ASSIGN(const trust::KeyId id, expect_key(store, arguments.id, true));
    trust::HybridKeystore halves(context.env, store, context.events);
    CLI_TRY_ASSIGN(const bool is_hybrid, halves.contains(id));
    if (is_hybrid) {
        return fail_because(error_at_path(ErrorCode::file_exists, store.directory().native()),
                            "Key " + arguments.id + " has a post-quantum half already");
    }
    const auto made = halves.add(id);
    if (!made) {
        return fail_to_open(context, "Failed to make a post-quantum half", arguments.id,
                            made.error());
    }
    context.console.deed("Key " + arguments.id + " was given a post-quantum half");
    context.console.success("Key " + shown(arguments.id) + " has a post-quantum half now");
    print_key_lines(context.console.out(), id, made->classical);
    print_hybrid_line(context.console.out(), true);
    context.console.hint(
        "Backups made before do not have it. Where the key is registered: aion registry hybrid "
        "--key " +
        arguments.id);
    return Ending::success;
}

Outcome<Ending> run_list(Context& context, const KeyArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Keystore store, open_keystore(context));
    CLI_TRY_ASSIGN(const std::vector<trust::KeyListing> keys, store.list());
    const trust::HybridKeystore halves(context.env, store, context.events);
    std::vector<bool> is_hybrid;
    is_hybrid.reserve(keys.size());
    for (const trust::KeyListing& key : keys) {
        is_hybrid.push_back(halves.contains(key.id).value_or(false));
    }
    present(context.console, arguments.format, KeyListView{keys, is_hybrid});
    return Ending::success;
}

Outcome<Ending> run_show_key(Context& context, const KeyArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Keystore store, open_keystore(context));
    CLI_TRY_ASSIGN(const trust::KeyId id, expect_key(store, arguments.id, true));
    CLI_TRY_ASSIGN(const bool is_hybrid,
                   trust::HybridKeystore(context.env, store, context.events).contains(id));
    std::optional<trust::HybridPublicKey> hybrid;
    PublicKey classical;
    if (is_hybrid) {
        CLI_TRY_ASSIGN(const trust::HybridKey key, load_hybrid_key(context, arguments.id));
        hybrid = key.public_half();
        classical = hybrid->classical;
    } else {
        CLI_TRY_ASSIGN(const crypto::SigningKey key, load_stored_key(context, arguments.id));
        classical = key.public_half();
    }
    present(context.console, arguments.format, PublicKeyView{id, classical, hybrid});
    return Ending::success;
}

Outcome<Output> open_export(Context& context, const KeyArguments& arguments) {
    std::string password = arguments.password.file.value_or("");
    if (arguments.password.descriptor) {
        password = fmt::format("/dev/fd/{}", *arguments.password.descriptor);
    }
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {&password, 1}));
    if (output.is_terminal(context)) {
        return fail_with("An exported key is binary and does not belong on a terminal",
                         "Name a file with --output, or send it to a pipe");
    }
    return output;
}

Outcome<Ending> run_export(Context& context, const KeyArguments& arguments) {
    context.console.banner("🔐 ", "Exporting key " + shown(arguments.id) + "...");
    CLI_TRY_ASSIGN(const trust::Keystore store, open_keystore(context));
    CLI_TRY_ASSIGN(const trust::KeyId id, expect_key(store, arguments.id, true));
    CLI_TRY_ASSIGN(Output output, open_export(context, arguments));
    CLI_TRY_ASSIGN(const crypto::SecretBytes password,
                   read_password(context, arguments.password, Purpose::choose));
    const trust::HybridKeystore halves(context.env, store, context.events);
    CLI_TRY_ASSIGN(const bool is_hybrid, halves.contains(id));
    const bool is_whole = is_hybrid && !arguments.is_classical_only;
    const auto exported =
        is_whole ? halves.export_key(id, password.view()) : store.export_key(id, password.view());
    if (!exported) {
        return fail_to_open(context, "Failed to export key", arguments.id, exported.error());
    }
    warn_of_exposure(context, store, id);
    if (is_hybrid && !is_whole) {
        context.console.warn("This is the Ed25519 half alone: the other is in no backup of this");
    }
    CLI_TRY(output.write(context, *exported, Audience::writer_alone));
    if (output.is_stream()) {
        context.console.banner("✅ ", fmt::format("Key exported, {} bytes", exported->size()));
        context.console.warn("Keep this output secure - it contains your private key!");
        return Ending::success;
    }
    context.console.deed("Key " + arguments.id + " was exported to " + output.path());
    context.console.success("Key exported successfully!");
    context.console.out().write(
        fmt::format("  Output: {}\n  Size: {} bytes\n", shown(output.path()), exported->size()));
    context.console.warn("Keep this file secure - it contains your private key!");
    return Ending::success;
}

// The id that the container is bound to, where --exported-as names it.
Outcome<std::optional<trust::KeyId>> original_id(const KeyArguments& arguments) {
    if (!arguments.exported_as) {
        return std::nullopt;
    }
    CLI_TRY_ASSIGN(const trust::KeyId id, parse_key_id(*arguments.exported_as));
    return id;
}

Outcome<Ending> run_import(Context& context, const KeyArguments& arguments) {
    context.console.banner("🔓 ", "Importing key from " + shown(arguments.file) + "...");
    CLI_TRY_ASSIGN(trust::Keystore store, open_keystore_to_change(context));
    CLI_TRY_ASSIGN(const trust::KeyId id, expect_key(store, arguments.id, false));
    CLI_TRY_ASSIGN(const std::optional<trust::KeyId> exported_as, original_id(arguments));
    CLI_TRY_ASSIGN(const Input container,
                   read_input(context, arguments.file, "the exported key",
                              "Failed to read from: " + arguments.file, max_export_size));
    CLI_TRY_ASSIGN(const crypto::SecretBytes password,
                   read_password(context, arguments.password, Purpose::give));
    trust::HybridKeystore halves(context.env, store, context.events);
    const auto key = halves.import_key(id, container.bytes(), password.view(), exported_as);
    if (!key) {
        return with_remedy(
            fail_with("Failed to import key (wrong password or corrupted file)", key.error()),
            "If it was exported under another id, name that with --exported-as");
    }
    context.console.deed("Key " + arguments.id + " was imported");
    context.console.success("Key imported successfully!");
    print_key_lines(context.console.out(), id, *key);
    print_hybrid_line(context.console.out(), halves.contains(id).value_or(false));
    context.console.hint("Key stored in " + shown(store.directory().native()));
    warn_of_weak_binding(context);
    warn_of_exposure(context, store, id);
    return Ending::success;
}

bool is_yes(std::string answer) {
    constexpr std::string_view space = " \t\r";
    answer.erase(0, std::min(answer.find_first_not_of(space), answer.size()));
    answer.erase(answer.find_last_not_of(space) + 1);
    std::ranges::transform(answer, answer.begin(), ascii_lower);
    return answer == "y" || answer == "yes";
}

// A script that goes on as if the key were gone must be told that it is not.
Outcome<> confirm_deletion(Context& context, const std::string& id) {
    context.console.write_error(
        fmt::format("{}Are you sure you want to delete key {}? This cannot be undone. (y/N): ",
                    context.console.err().symbol("⚠️  "), shown(id)));
    const std::optional<std::string> answer = context.host.read_answer();
    if (!answer || !context.host.input_is_terminal()) {
        context.console.write_error("\n");  // nobody typed one
    }
    if (!answer) {
        return fail_with("No answer on standard input: key " + id + " was not deleted",
                         "Use --force to delete it without being asked");
    }
    if (!is_yes(*answer)) {
        return fail_with("Cancelled: key " + id + " was not deleted");
    }
    return {};
}

Outcome<Ending> run_delete(Context& context, const KeyArguments& arguments) {
    CLI_TRY_ASSIGN(trust::Keystore store, open_keystore_to_change(context));
    CLI_TRY_ASSIGN(const trust::KeyId id, expect_key(store, arguments.id, true));
    if (!arguments.force) {
        CLI_TRY(confirm_deletion(context, arguments.id));
    }
    CLI_TRY(or_fail(store.remove(id), "Failed to delete key"));
    context.console.deed("Key " + arguments.id + " was deleted");
    context.console.success("Key " + shown(arguments.id) + " deleted from keystore");
    return Ending::success;
}

void password_options(Options& options, PasswordSource& into) {
    CLI::Option* const file =
        options.text("--password-file", into.file, "PASSWORD_FILE",
                     "Read the password from a file (one line end is dropped)");
    options
        .number("--password-fd", into.descriptor, "N", "Read the password from an open descriptor")
        ->excludes(file);
    options.footer(
        "Without these options the password is taken from AION_KEY_PASSWORD if that is set, else "
        "asked for on the terminal.");
}

void stored_id(Options& options, KeyArguments& into) {
    options.text("KEY_ID", into.id, "KEY_ID", "Id of a stored key")->required();
}

void new_id(Options& options, KeyArguments& into) {
    options.text("-i,--id", into.id, "KEY_ID", "Id to store the key under")->required();
}

void generate_options(Options& options, KeyArguments& into) {
    new_id(options, into);
    options.text("-d,--description", into.description, "DESCRIPTION",
                 "Shown in the result, not stored");
    options.flag("--hybrid", into.is_hybrid, "With a post-quantum half (ML-DSA-65)");
    options.example("A new key, stored as 1003", "aion key generate --id 1003");
}

void add_hybrid_options(Options& options, KeyArguments& into) {
    stored_id(options, into);
    options.footer(
        "The Ed25519 half stays as it is, and so does everything signed with it. The post-quantum "
        "half signs with it in `aion hybrid sign`.");
}

void list_options(Options& options, KeyArguments& into) {
    options.format(into.format);
}

void show_options(Options& options, KeyArguments& into) {
    stored_id(options, into);
    options.format(into.format);
}

void export_options(Options& options, KeyArguments& into) {
    stored_id(options, into);
    output_options(options, into.output, "File to write; - for standard output");
    password_options(options, into.password);
    options.flag("--classical", into.is_classical_only,
                 "Of a key with a post-quantum half, the Ed25519 half alone");
    options.example("A backup, under the password in a file",
                    "aion key export 1001 --output 1001.backup --password-file password");
}

void import_options(Options& options, KeyArguments& into) {
    options.text("FILE", into.file, "FILE", "Exported key")->required();
    new_id(options, into);
    options.text("--exported-as", into.exported_as, "KEY_ID",
                 "Id that the key was exported under, if that is another");
    password_options(options, into.password);
    options.example("A backup of key 1001 as key 7",
                    "aion key import backup.key --id 7 --exported-as 1001 \\\n"
                    "      --password-file password");
}

void delete_options(Options& options, KeyArguments& into) {
    stored_id(options, into);
    options.flag("-f,--force", into.force, "Do not ask");
}

}  // namespace

Declare declare_key;

void declare_key(const Declared& root) {
    const Declared key = add_group(root, "key", "Manage signing keys");
    add_command(key, "generate", "Make and store a new key", generate_options, run_generate);
    add_command(key, "add-hybrid", "Give a stored key a post-quantum half", add_hybrid_options,
                run_add_hybrid);
    add_command(key, "list", "List stored keys; reads no private key", list_options, run_list);
    add_command(key, "show", "Show the public half of a key", show_options, run_show_key);
    add_command(key, "export", "Write a key to a file under a password", export_options,
                run_export);
    add_command(key, "import", "Store a key from an exported file", import_options, run_import);
    add_command(key, "delete", "Delete a stored key", delete_options, run_delete);
}

}  // namespace aion::cli
