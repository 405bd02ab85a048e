// SPDX-License-Identifier: MIT OR Apache-2.0
// aion hybrid: signatures with Ed25519 and ML-DSA-65, of which both have to hold
// (docs/cli-hybrid.md).
#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "aion/trust/hybrid.hpp"
#include "aion/trust/registry_chain.hpp"
#include "shell/author_choice.hpp"
#include "shell/file_output.hpp"
#include "shell/hybrid_key.hpp"
#include "shell/input.hpp"
#include "shell/shell_word.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/output_options.hpp"
#include "views/document_writer.hpp"
#include "views/hybrid_view.hpp"

namespace aion::cli {
namespace {

struct SignArguments {
    std::string file;
    AuthorChoice author;
    std::string key;
    std::string registry;
    OutputChoice output;
};

struct VerifyArguments {
    std::string file;
    std::string signature;
    std::string registry;
    std::optional<AuthorChoice> author;
    std::optional<VersionNumber> at_version;
    Format format = Format::text;
};

struct KeyArguments {
    std::string key;
    OutputChoice output;
};

Outcome<Input> read_payload(Context& context, const std::string& path) {
    return read_input(context, path, "the file", "Failed to read file: " + path,
                      trust::max_hybrid_payload);
}

Outcome<AuthorId> author_who_signs(Context& context, const SignArguments& arguments) {
    if (arguments.registry.empty()) {
        return resolve_author(arguments.author);
    }
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    return resolve_author(arguments.author, registry);
}

Outcome<Ending> run_sign(Context& context, const SignArguments& arguments) {
    CLI_TRY_ASSIGN(const AuthorId author, author_who_signs(context, arguments));
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {&arguments.file, 1},
                                               arguments.registry));
    CLI_TRY_ASSIGN(const Input payload, read_payload(context, arguments.file));
    CLI_TRY_ASSIGN(trust::HybridKey key, load_hybrid_key(context, arguments.key));
    trust::SignedHybrid one{
        .author = author, .classical_key = key.classical().public_half(), .signature = {}};
    auto signature = key.sign(context.env, payload.bytes());
    if (!signature) {
        return about_file(fail_with("Failed to sign " + arguments.file, signature.error()),
                          arguments.file);
    }
    one.signature = *std::move(signature);
    CLI_TRY(write_output(context, output, encode(one), "Hybrid signature"));
    return Ending::success;
}

Outcome<trust::SignedHybrid> read_signature(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(const Input file, read_input(context, path, "the hybrid signature",
                                                "Failed to read hybrid signature: " + path,
                                                2 * trust::hybrid_signature_size));
    auto one = trust::decode_signed_hybrid(file.bytes());
    if (!one) {
        return about_file(fail_with("Not a hybrid signature: " + path, one.error()), path);
    }
    return *std::move(one);
}

Outcome<trust::Registry> load_chained(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(trust::Registry registry, load_registry(context, path));
    if (registry.chain() == nullptr) {
        return about_file(
            fail_with("The registry has no chain, and so no post-quantum keys: " + path,
                      fmt::format("Start one: aion registry import {} --root-key KEY_ID --output "
                                  "NEW_REGISTRY, then: aion registry hybrid",
                                  shell_word(path))),
            path);
    }
    return registry;
}

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::SignedHybrid one, read_signature(context, arguments.signature));
    CLI_TRY_ASSIGN(const trust::Registry registry, load_chained(context, arguments.registry));
    trust::HybridRules rules{.author = {}, .at_version = arguments.at_version};
    if (arguments.author) {
        CLI_TRY_ASSIGN(rules.author, resolve_author(*arguments.author, registry));
    }
    CLI_TRY_ASSIGN(const Input payload, read_payload(context, arguments.file));
    const auto verdict = trust::judge_hybrid(one, payload.bytes(), registry, rules);
    if (!verdict) {
        return about_file(fail_with("No verdict on " + arguments.file, verdict.error()),
                          arguments.file);
    }
    present(context.console, arguments.format, HybridView{*verdict, registry, arguments.file});
    return verdict->is_valid() ? Ending::success : Ending::invalid;
}

Outcome<Ending> run_key(Context& context, const KeyArguments& arguments) {
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {}));
    CLI_TRY_ASSIGN(const trust::HybridKey key, load_hybrid_key(context, arguments.key));
    CLI_TRY(write_output(context, output, encode(key.public_half()), "Hybrid public key"));
    return Ending::success;
}

void sign_options(Options& options, SignArguments& into) {
    options.text("FILE", into.file, "FILE", "What is signed: any file, at most 1 GiB")->required();
    options.author("--author", into.author, "Author who signs")->required();
    options.text("--key", into.key, "KEY_ID", "Stored key with a post-quantum half")->required();
    options.registry(into.registry);
    output_options(options, into.output, "Signature file to write; - for standard output");
    options.footer(
        "The registry is asked for the author's name only; whether the signature counts, it says "
        "when that is verified.");
    options.example("Sign a file",
                    "aion key generate --id 1005 --hybrid\n"
                    "  aion hybrid sign policy.yaml --author 1005 --key 1005 --output "
                    "policy.hybrid");
}

void verify_options(Options& options, VerifyArguments& into) {
    options.text("FILE", into.file, "FILE", "What was signed")->required();
    options.text("SIGNATURE", into.signature, "SIGNATURE", "Its signature file")->required();
    options.registry(into.registry)->required();
    options.author("--author", into.author, "Whose it must be (default: whose it says it is)");
    options.number("--at-version", into.at_version, "V",
                   "Ask the registry for the key of that version (default: the author's newest, "
                   "unless it was revoked)");
    options.format(into.format);
    options.footer(
        "VALID, and exit code 0, only if both halves hold under the keys that the registry has of "
        "the author. INVALID is 1; 2 means that there is no verdict.");
    options.example("Verify it",
                    "aion key add-hybrid 1001\n"
                    "  aion registry hybrid --author alice --key 1001 --registry chain.json\n"
                    "  aion hybrid sign policy.yaml --author 1001 --key 1001 --output "
                    "policy.hybrid\n"
                    "  aion hybrid verify policy.yaml policy.hybrid --registry chain.json");
}

void key_options(Options& options, KeyArguments& into) {
    options.text("KEY_ID", into.key, "KEY_ID", "Id of a stored key")->required();
    output_options(options, into.output, "Public key file to write; - for standard output");
    options.example("What the registry's keeper needs",
                    "aion key add-hybrid 1001\n"
                    "  aion hybrid key 1001 --output alice.hybridkey");
}

}  // namespace

Declare declare_hybrid;

void declare_hybrid(const Declared& root) {
    const Declared hybrid =
        add_group(root, "hybrid", "Sign and verify with Ed25519 and ML-DSA-65 together");
    add_command(hybrid, "sign", "Sign a file with both halves of a key", sign_options, run_sign);
    add_command(hybrid, "verify", "Verify both halves of a signature", verify_options, run_verify);
    add_command(hybrid, "key", "Write both public halves of a key to a file", key_options, run_key);
}

}  // namespace aion::cli
