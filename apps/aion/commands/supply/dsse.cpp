// SPDX-License-Identifier: MIT OR Apache-2.0
// aion dsse: envelopes of any payload (docs/cli-supply.md#aion-dsse).
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "aion/supply/manifest_signature.hpp"
#include "commands/supply/envelope_file.hpp"
#include "commands/supply/signer.hpp"
#include "commands/supply/supply.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/output_options.hpp"
#include "views/document_writer.hpp"
#include "views/envelope_view.hpp"

namespace aion::cli {
namespace {

constexpr const char* type_help =
    "Payload type: manifest, statement, attestation or aibom, or any media type";

// --- sign ----------------------------------------------------------------------------------------

struct SignArguments {
    std::string file;
    std::string type;
    SignerArguments signer;
    OutputChoice output;
    bool add = false;
    bool blob = false;
    bool reference = false;
};

Outcome<> check(const SignArguments& arguments) {
    if (arguments.add && arguments.blob) {
        return fail_with("--add is for envelopes, --blob for files without one");
    }
    if ((arguments.add || arguments.blob) != arguments.type.empty()) {
        return arguments.type.empty()
                   ? fail_with("What type is the payload of?",
                               "Name it with --type, e.g. --type text/plain")
                   : fail_with("--type is for a new envelope: leave it out with --add and --blob");
    }
    if (arguments.blob && arguments.reference) {
        return fail_with("--reference is a form of envelopes, and --blob makes none");
    }
    if (!arguments.add && arguments.output.path.empty()) {
        return fail_with("Where is the result to go?",
                         "Name a file with --output, or - for "
                         "standard output");
    }
    return {};
}

// An envelope that grows is replaced as it was read.
Outcome<Output> open_output(Context& context, const SignArguments& arguments) {
    if (arguments.output.path.empty()) {
        return Output::open(context, {.path = arguments.file, .force = true}, {});
    }
    return Output::open(context, arguments.output, {&arguments.file, 1});
}

Outcome<Ending> sign_payload(Context& context, const SignArguments& arguments, Output& output) {
    CLI_TRY_ASSIGN(AuthorWithKey signer, open_signer(context, arguments.signer));
    supply::Envelope envelope;
    if (arguments.add) {
        CLI_TRY_ASSIGN(envelope, read_envelope(context, arguments.file));
        CLI_TRY(or_fail(supply::add_signature(envelope, signer.author, signer.key),
                        "Failed to add a signature to " + arguments.file));
    } else {
        CLI_TRY_ASSIGN(const Input payload,
                       read_input(context, arguments.file, "the payload",
                                  "Failed to read payload: " + arguments.file, max_payload));
        CLI_TRY_ASSIGN(envelope,
                       or_fail(supply::sign_envelope(payload_type_of(arguments.type),
                                                     payload.bytes(), signer.author, signer.key),
                               "Failed to sign " + arguments.file));
    }
    return write_envelope(context, output, envelope, arguments.reference);
}

Outcome<Ending> sign_file(Context& context, const SignArguments& arguments, Output& output) {
    CLI_TRY_ASSIGN(AuthorWithKey signer, open_signer(context, arguments.signer));
    CLI_TRY_ASSIGN(const Input content, read_input(context, arguments.file, "the file",
                                                   "Failed to read file: " + arguments.file));
    CLI_TRY_ASSIGN(supply::BlobSignature signature,
                   or_fail(supply::sign_blob(content.bytes(), signer.key),
                           "Failed to sign " + arguments.file));
    const supply::SigstoreBundle bundle{
        .key_hint = supply::ssh_fingerprint(signer.key.public_half()),
        .content = std::move(signature)};
    CLI_TRY_ASSIGN(const std::string text, or_fail(supply::to_json(bundle), "No bundle was made"));
    CLI_TRY(write_output(context, output, as_bytes(text + "\n"), "Bundle"));
    return Ending::success;
}

Outcome<Ending> run_sign(Context& context, const SignArguments& arguments) {
    CLI_TRY(check(arguments));
    CLI_TRY_ASSIGN(Output output, open_output(context, arguments));
    return arguments.blob ? sign_file(context, arguments, output)
                          : sign_payload(context, arguments, output);
}

void sign_options(Options& options, SignArguments& into) {
    options
        .text("FILE", into.file, "FILE",
              "The payload, or the envelope to add to; - for "
              "standard input")
        ->required();
    options.text("-t,--type", into.type, "TYPE", type_help);
    signer_arguments(options, into.signer);
    options.text("-o,--output", into.output.path, "OUTPUT_FILE",
                 "Where the envelope goes (with --add, by default, the file itself); - for "
                 "standard output");
    options.flag("--force", into.output.force, "Replace an existing file");
    options.flag("--add", into.add, "FILE is an envelope: add a signature to it");
    options.flag("--blob", into.blob,
                 "Sign the very bytes of the file, in a sigstore bundle, for `cosign verify-blob`");
    options.flag("--reference", into.reference,
                 "Write base64 without padding, as aion-context reads it and hardly anything else");
    options.footer(
        "The signature covers the payload and its type. Its keyid is aion:author:N; `aion dsse "
        "convert` writes what other programs want. Under a registry the key must be the author's "
        "newest.");
    options.example("A statement of any kind",
                    "aion dsse sign policy.yaml --type text/x-yaml --author 1001 --key 1001 \\\n"
                    "      --output policy.dsse");
}

// --- verify --------------------------------------------------------------------------------------

struct VerifyArguments {
    std::string file;
    std::string type;
    std::string blob;
    EnvelopeDemands demands;
    OutputChoice output;
    Format format = Format::text;
};

Outcome<Ending> verify_blob(Context& context, const VerifyArguments& arguments,
                            const supply::BlobSignature& signature,
                            const trust::Registry& registry) {
    CLI_TRY_ASSIGN(const supply::EnvelopeRules rules, rules_of(arguments.demands, {}, registry));
    if (rules.threshold > 1) {
        return fail_with("A bundle of a file has one signature: leave out --threshold");
    }
    CLI_TRY_ASSIGN(const Input content, read_input(context, arguments.blob, "the file",
                                                   "Failed to read file: " + arguments.blob));
    const BlobView view{.path = arguments.blob,
                        .signer = supply::signer_of(content.bytes(), signature, registry, rules),
                        .registry = registry};
    present(context.console, arguments.format, view);
    return view.signer ? Ending::success : Ending::invalid;
}

Outcome<Ending> verify_envelopes(Context& context, const VerifyArguments& arguments,
                                 std::span<const supply::Envelope> envelopes,
                                 const trust::Registry& registry, std::optional<Output>& output) {
    if (arguments.type.empty()) {
        return fail_with("What type is the payload expected to be of?",
                         "Name it with --type, or --type any: one that is taken for another can "
                         "mean something else");
    }
    const std::string type = arguments.type == "any" ? "" : payload_type_of(arguments.type);
    CLI_TRY_ASSIGN(const supply::EnvelopeRules rules, rules_of(arguments.demands, type, registry));
    if (output && envelopes.size() != 1) {
        return fail_with("--output takes the payload of one envelope, and there are " +
                         std::to_string(envelopes.size()));
    }
    std::vector<supply::EnvelopeVerdict> verdicts;
    verdicts.reserve(envelopes.size());
    for (const supply::Envelope& envelope : envelopes) {
        verdicts.push_back(supply::judge_envelope(envelope, registry, rules));
    }
    EnvelopesView view{.path = arguments.file,
                       .envelopes = envelopes,
                       .verdicts = verdicts,
                       .registry = &registry};
    const bool hands_out = output && view.is_valid();
    if (hands_out) {
        view.payload_path = arguments.output.path;
        rehearse(arguments.format, view);
        CLI_TRY(output->write(context, envelopes.front().payload));
    }
    if (!hands_out || !output->is_standard_output()) {
        present(context.console, arguments.format, view);
    }
    return view.is_valid() ? Ending::success : Ending::invalid;
}

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    std::optional<Output> output;
    if (!arguments.output.path.empty()) {
        CLI_TRY_ASSIGN(output, Output::open(context, arguments.output, {&arguments.file, 1},
                                            arguments.demands.registry));
        CLI_TRY(output->refuse_document(arguments.format, "the payload"));
    }
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   load_registry(context, arguments.demands.registry));
    CLI_TRY_ASSIGN(const SignedThings things, read_signed(context, arguments.file));
    if (const auto* const blob = std::get_if<supply::BlobSignature>(&things)) {
        if (arguments.blob.empty() || output) {
            return fail_with(arguments.file + " is the signature of a file",
                             "Name that file: --blob FILE, without --output");
        }
        return verify_blob(context, arguments, *blob, registry);
    }
    if (!arguments.blob.empty()) {
        return fail_with(arguments.file + " is an envelope, which has its payload in it",
                         "Leave out --blob");
    }
    return verify_envelopes(context, arguments, std::get<std::vector<supply::Envelope>>(things),
                            registry, output);
}

void verify_options(Options& options, VerifyArguments& into) {
    options
        .text("ENVELOPE", into.file, "ENVELOPE",
              "Envelope, lines of them, or sigstore bundle; - for standard input")
        ->required();
    options.text(
        "-t,--type", into.type, "TYPE",
        "What the payload has to be: manifest, statement, attestation, aibom, any media type, "
        "or any");
    options.text("--blob", into.blob, "FILE", "The file that a bundle is the signature of");
    envelope_demands(options, into.demands);
    options.text("-o,--output", into.output.path, "OUTPUT_FILE",
                 "Write the payload there, if the envelope is valid; - for standard output");
    options.flag("--force", into.output.force, "Replace an existing file");
    options.format(into.format);
    options.footer(
        "An envelope is valid if enough authors have signed it who count. Signatures of others, "
        "and damaged ones, take nothing from it. The payload is handed out only then.");
    options.example("What a policy's envelope says, if author 1001 signed it",
                    "aion dsse sign policy.yaml --type text/x-yaml --author 1001 --key 1001 \\\n"
                    "      --output policy.dsse\n"
                    "  aion dsse verify policy.dsse --type text/x-yaml --author 1001 \\\n"
                    "      --registry registry.json --output -");
}

// --- show ----------------------------------------------------------------------------------------

struct ShowArguments {
    std::string file;
    bool payload = false;
    Format format = Format::text;
};

Outcome<Ending> run_show(Context& context, const ShowArguments& arguments) {
    CLI_TRY_ASSIGN(const auto envelopes, read_envelopes(context, arguments.file));
    if (arguments.payload) {
        context.console.warn("what follows was not verified and may be forged or damaged");
        if (is_document(arguments.format) || envelopes.size() != 1) {
            return fail_with("--payload gives the exact bytes of one payload");
        }
        std::string text(as_text(envelopes.front().payload));
        Stream& out = context.console.out();
        out.write(out.is_terminal() ? shown_exactly(text) : text);
        return Ending::success;
    }
    present(
        context.console, arguments.format,
        EnvelopesView{
            .path = arguments.file, .envelopes = envelopes, .verdicts = {}, .registry = nullptr});
    return Ending::success;
}

void show_options(Options& options, ShowArguments& into) {
    options
        .text("ENVELOPE", into.file, "ENVELOPE",
              "Envelope, lines of them, or sigstore bundle; - for standard input")
        ->required();
    options.flag("--payload", into.payload, "The payload itself, which nobody verified");
    options.format(into.format);
    options.example("Who claims to have signed it",
                    "aion dsse sign policy.yaml --type text/x-yaml --author 1001 --key 1001 \\\n"
                    "      --output policy.dsse\n"
                    "  aion dsse show policy.dsse");
}

}  // namespace

Declare declare_dsse;

void declare_dsse(const Declared& root) {
    const Declared dsse = add_group(root, "dsse", "Sign and verify envelopes of any payload");
    add_command(dsse, "sign", "Put a payload into a signed envelope, or add a signature",
                sign_options, run_sign);
    add_command(dsse, "verify", "Verify that enough authors have signed an envelope",
                verify_options, run_verify);
    add_command(dsse, "show", "Show what an envelope claims to be", show_options, run_show);
    declare_dsse_conversion(dsse);
}

}  // namespace aion::cli
