// SPDX-License-Identifier: MIT OR Apache-2.0
// Records that are signed where the key is: sign-rotation, sign-revocation, sign
// (docs/cli-registry.md).
#include <fmt/format.h>

#include <utility>
#include <variant>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "commands/registry/chain.hpp"
#include "commands/registry/options.hpp"
#include "commands/registry/parts.hpp"
#include "commands/registry/record_file.hpp"
#include "commands/registry/unchained.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/shell_word.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "views/record_text.hpp"
#include "views/registry_view.hpp"

namespace aion::cli {
namespace {

using trust::RegistryRecord;

struct SignArguments {
    std::string record;
    std::vector<std::string> keys;
    std::optional<std::string> registry;
    OutputChoice output;
};

// --- sign-rotation, sign-revocation --------------------------------------------------------------

// No registry is looked into for a name.
Outcome<AuthorId> number_of(const AuthorChoice& choice) {
    if (const auto* const id = std::get_if<AuthorId>(&choice)) {
        return *id;
    }
    return fail_with(fmt::format("No author is known by the name '{}', as no registry is needed "
                                 "here",
                                 std::get<std::string>(choice)),
                     "Give the author's id, which is a number");
}

Outcome<Ending> write_record(Context& context, Output& output, const trust::SignedRecord& record) {
    std::string text = trust::to_json(record);
    if (!text.ends_with('\n')) {
        text += '\n';
    }
    CLI_TRY(write_output(context, output, as_bytes(text), "Record"));
    return Ending::success;
}

Outcome<Ending> run_sign_rotation(Context& context, const RotationArguments& arguments) {
    const std::string new_key = arguments.new_key.public_half.value_or("");
    const trust::Registry none;
    CLI_TRY_ASSIGN(const AuthorId author, number_of(arguments.author));
    CLI_TRY_ASSIGN(const Succession succession, succession_of(arguments, author, none));
    CLI_TRY(check_succession(succession));
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {&new_key, 1}));
    CLI_TRY_ASSIGN(const trust::SignedRecord record,
                   sign_rotation(context, arguments, author, succession, none));
    return write_record(context, output, record);
}

Outcome<Ending> run_sign_revocation(Context& context, const RevocationArguments& arguments) {
    CLI_TRY_ASSIGN(const AuthorId author, number_of(arguments.author));
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {}));
    CLI_TRY_ASSIGN(const trust::SignedRecord record,
                   sign_revocation(context, arguments, author, {}));
    return write_record(context, output, record);
}

// --- sign ----------------------------------------------------------------------------------------

// A signature by somebody who has no say must not stand in the way of the others.
void leave_out_foreign(Context& context, const std::string& path, RegistryRecord& record,
                       const trust::SigningRules& rules) {
    std::erase_if(record.signatures, [&](const trust::KeySignature& one) {
        if (!rules.knows(one.key)) {
            context.console.warn(without_a_say(path, one.key));
        }
        return !rules.knows(one.key);
    });
}

std::string intro(const RegistryRecord& record) {
    std::string text = fmt::format("Record {} of {}", record.number, rfc3339_seconds(record.time));
    if (!record.reason.empty()) {
        text += ": " + shown(record.reason);
    }
    return text;
}

// What the signature would be for, so that nobody signs what they were not told.
Outcome<trust::SigningRules> examine(Context& context, const SignArguments& arguments,
                                     const RegistryRecord& record) {
    Console& console = context.console;
    console.hint(intro(record));
    if (!arguments.registry) {
        console.hint(record_text(record.facts, trust::Registry()));
        console.hint(
            "No registry was named: nobody checked that the record goes with it, nor that "
            "the key has a say. --registry does");
        return trust::SigningRules{};
    }
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   registry_before(context, *arguments.registry, record));
    if (registry.chain() == nullptr && registry.authors().empty() && is_first(record)) {
        console.hint(record_text(record.facts, registry));
        return rules_for(nullptr, record);
    }
    if (registry.chain() == nullptr) {
        return fail_with("The registry has no chain, which the record could be for: " +
                         *arguments.registry);
    }
    CLI_TRY(check_place(*registry.chain(), record));
    auto after = registry.chain()->if_signed(record);
    if (!after) {
        return fail_with("The registry would not take that record", after.error());
    }
    const trust::Registry then = trust::Registry::from_chain(*std::move(after));
    console.hint(record_text(record.facts, then));
    if (const auto author = author_of(record.facts)) {
        console.hint("The author as it would be then:");
        for (const trust::EpochRecord& epoch : then.find(*author)->epochs) {
            console.hint(fmt::format("  Epoch {}: {}, {} of files that no record lists",
                                     to_string(epoch.epoch), name_of(epoch.status()),
                                     trust::in_words(epoch.window())));
        }
    }
    return registry.chain()->rules_for(record.facts);
}

Outcome<> sign_with(Context& context, RegistryRecord& record, const trust::SigningRules& rules,
                    const SignArguments& arguments) {
    if (arguments.registry) {
        CLI_TRY_ASSIGN(const std::vector<std::string> lines,
                       sign_with_stored_keys(context, record, rules, arguments.keys));
        for (const std::string& line : lines) {
            context.console.hint(line);
        }
        return {};
    }
    for (const std::string& id : arguments.keys) {
        CLI_TRY_ASSIGN(crypto::SigningKey key, load_stored_key(context, id));
        CLI_TRY(or_fail(trust::sign(record, key), "Failed to sign the record"));
        context.console.hint("Signed with key " + id);
    }
    return {};
}

// The file itself is looked at before it is read, so that it is replaced as it was read.
Outcome<Output> open_signed(Context& context, const SignArguments& arguments) {
    if (!arguments.output.path.empty()) {
        return Output::open(context, arguments.output, {&arguments.record, 1});
    }
    return Output::open(context, {.path = arguments.record, .force = true}, {});
}

Outcome<Ending> run_sign(Context& context, const SignArguments& arguments) {
    CLI_TRY_ASSIGN(Output output, open_signed(context, arguments));
    CLI_TRY_ASSIGN(const AnyRecord read, read_record(context, arguments.record));
    if (!std::holds_alternative<RegistryRecord>(read)) {
        return fail_with(
            "That is a record for registries without a chain, signed already: " + arguments.record,
            "To apply it: aion registry apply " + shell_word(arguments.record));
    }
    auto record = std::get<RegistryRecord>(read);
    leave_out_invalid(context, arguments.record, record);
    CLI_TRY_ASSIGN(const trust::SigningRules rules, examine(context, arguments, record));
    if (arguments.registry) {
        leave_out_foreign(context, arguments.record, record, rules);
    }
    CLI_TRY(sign_with(context, record, rules, arguments));
    CLI_TRY(write_output(context, output, as_bytes(to_json(record)), "Record"));
    if (arguments.registry) {
        const std::string missing = missing_text(rules, record);
        context.console.hint(missing.empty() ? "Signed by enough: aion registry apply takes it"
                                             : "Still to sign: " + missing);
    }
    return Ending::success;
}

// --- Options -------------------------------------------------------------------------------------

void sign_options(Options& options, SignArguments& into) {
    options.text("RECORD", into.record, "RECORD_FILE", "Record to sign; - for standard input")
        ->required();
    options
        .texts("--key", into.keys, "KEY_ID", "Stored key that signs; may be given several times")
        ->required();
    options.text("--registry", into.registry, "REGISTRY_FILE",
                 "Registry that the record is for: what it would change is shown, and that it goes "
                 "with it is checked");
    options.text("-o,--output", into.output.path, "OUTPUT_FILE",
                 "Where the signed record goes (default: the file itself); - for standard output");
    options.flag("--force", into.output.force, "Replace an existing file");
    options.footer("What is signed is said in words first, on standard error.");
    options.example("A record that was made without the root key",
                    "aion registry expire --in 90d --registry chain.json --record expiry.json\n"
                    "  aion registry sign expiry.json --key 9000 --registry chain.json\n"
                    "  aion registry apply expiry.json --registry chain.json");
}

}  // namespace

void declare_signing(const Declared& registry) {
    add_command(registry, "sign-rotation", "Sign a rotation where the master key is, for apply",
                sign_rotation_options, run_sign_rotation);
    add_command(registry, "sign-revocation", "Sign a revocation where the master key is, for apply",
                sign_revocation_options, run_sign_revocation);
    add_command(registry, "sign", "Sign a record of a chain where the key is, for apply",
                sign_options, run_sign);
}

}  // namespace aion::cli
