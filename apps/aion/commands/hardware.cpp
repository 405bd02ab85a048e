// SPDX-License-Identifier: MIT OR Apache-2.0
// aion hardware: keys that hardware vouches for (docs/cli-hardware.md).
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "aion/attest/hardware.hpp"
#include "aion/attest/tpm2_quote.hpp"
#include "aion/base/hex.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/output_options.hpp"
#include "views/author_text.hpp"
#include "views/document_writer.hpp"
#include "views/hardware_view.hpp"

namespace aion::cli {
namespace {

struct KeyArguments {
    std::string registry;
    AuthorChoice author;
    std::optional<Epoch> epoch;
};

struct ChallengeArguments {
    KeyArguments key;
    Format format = Format::text;
};

struct BindArguments {
    KeyArguments key;
    std::string master_key;
    std::string nonce;
    std::string message;
    std::string signature;
    std::string ak_public;
    std::string pcrs;
    OutputChoice output;
};

struct ShowArguments {
    std::string file;
    Format format = Format::text;
};

struct VerifyArguments {
    std::string file;
    std::string registry;
    std::vector<std::string> keys;
    std::vector<std::string> pcrs;
    std::optional<VersionNumber> at_version;
    std::optional<std::string> nonce;
    Format format = Format::text;
};

// --- What a binding is of ------------------------------------------------------------------------

struct BoundKey {
    AuthorId author;
    PublicKey master_key;
    Epoch epoch;
    PublicKey public_key;
};

Outcome<BoundKey> find_key(const KeyArguments& arguments, const trust::Registry& registry) {
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    const trust::Registry::Author* const known = registry.find(author);
    if (known == nullptr) {
        return fail_with(fmt::format("The registry does not know author {}", to_string(author)),
                         "aion registry show lists whom it knows");
    }
    const trust::EpochRecord* const epoch =
        arguments.epoch ? known->find(*arguments.epoch) : registry.latest_epoch(author);
    if (epoch == nullptr) {
        return fail_with(fmt::format("Author {} has no epoch {}", to_string(author),
                                     to_string(*arguments.epoch)));
    }
    return BoundKey{author, known->master_key, epoch->epoch, epoch->public_key};
}

Outcome<attest::Nonce> read_nonce(const std::string& text) {
    const auto nonce = octets_from_hex<attest::Nonce>(text);
    if (!nonce) {
        return fail_with("The nonce is not 64 hex digits", nonce.error());
    }
    if (nonce->is_zero()) {
        return fail_with("The nonce is all zeros: nobody drew it",
                         "aion hardware challenge draws one");
    }
    return *nonce;
}

void key_options(Options& options, KeyArguments& into) {
    options.registry(into.registry);
    options.author("--author", into.author, "Author whose key it is")->required();
    options.number("--epoch", into.epoch, "N", "Epoch of the key; the newest if not given");
}

// --- challenge -----------------------------------------------------------------------------------

Outcome<Ending> run_challenge(Context& context, const ChallengeArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.key.registry));
    CLI_TRY_ASSIGN(const BoundKey key, find_key(arguments.key, registry));
    CLI_TRY_ASSIGN(const attest::Nonce nonce,
                   or_fail(attest::fresh_nonce(context.env), "No nonce was drawn"));
    present(context.console, arguments.format,
            ChallengeView{key.author, key.epoch, key.public_key, nonce,
                          attest::qualifying_data(nonce, key.public_key)});
    return Ending::success;
}

void challenge_options(Options& options, ChallengeArguments& into) {
    key_options(options, into.key);
    options.format(into.format);
    options.footer(
        "Draws a nonce, and says what tpm2_quote must be given as --qualification, so that the "
        "quote is for this key and for nobody else's question.");
    options.example("What a TPM is to be asked",
                    "aion hardware challenge --author 1001 --registry "
                    "registry.json");
}

// --- bind ----------------------------------------------------------------------------------------

Outcome<Bytes> read_part(Context& context, const std::string& path, const std::string& what) {
    CLI_TRY_ASSIGN(const Input content,
                   read_input(context, path, what, "Failed to read " + what + ": " + path,
                              attest::max_tpm2_part));
    return Bytes(content.bytes().begin(), content.bytes().end());
}

Outcome<attest::Evidence> read_evidence(Context& context, const BindArguments& arguments) {
    attest::Evidence evidence{.kind = attest::EvidenceKind::tpm2_quote, .nonce = {}, .bytes = {}};
    CLI_TRY_ASSIGN(evidence.nonce, read_nonce(arguments.nonce));
    attest::Tpm2Evidence parts;
    CLI_TRY_ASSIGN(parts.quote, read_part(context, arguments.message, "the quote"));
    CLI_TRY_ASSIGN(parts.signature, read_part(context, arguments.signature, "its signature"));
    CLI_TRY_ASSIGN(const Bytes file, read_part(context, arguments.ak_public, "the public key"));
    const ByteView structure = attest::without_size(file);
    parts.public_key.assign(structure.begin(), structure.end());
    if (!arguments.pcrs.empty()) {
        CLI_TRY_ASSIGN(parts.pcr_values, read_part(context, arguments.pcrs, "the PCR values"));
    }
    CLI_TRY_ASSIGN(evidence.bytes, or_fail(attest::to_bytes(parts), "Nothing was bound"));
    return evidence;
}

Outcome<Ending> run_bind(Context& context, const BindArguments& arguments) {
    const std::vector<std::string> inputs{arguments.message, arguments.signature,
                                          arguments.ak_public, arguments.pcrs};
    CLI_TRY_ASSIGN(Output output,
                   Output::open(context, arguments.output, inputs, arguments.key.registry));
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.key.registry));
    CLI_TRY_ASSIGN(const BoundKey key, find_key(arguments.key, registry));
    CLI_TRY_ASSIGN(attest::Evidence evidence, read_evidence(context, arguments));
    CLI_TRY_ASSIGN(const attest::Tpm2Quote quote,
                   or_fail(attest::check_tpm2_evidence(evidence, key.public_key),
                           "The quote does not vouch for the key, and was not bound"));
    CLI_TRY_ASSIGN(crypto::SigningKey master, load_stored_key(context, arguments.master_key));
    if (master.public_half() != key.master_key) {
        return fail_with(fmt::format("Key {} is not the master key of author {}",
                                     arguments.master_key, to_string(key.author)));
    }
    CLI_TRY_ASSIGN(const attest::HardwareBinding binding,
                   or_fail(attest::sign({.author = key.author,
                                         .epoch = key.epoch,
                                         .public_key = key.public_key,
                                         .evidence = std::move(evidence),
                                         .master_signature = {}},
                                        master),
                           "Failed to sign the binding"));
    CLI_TRY(write_output(context, output, as_bytes(attest::to_json(binding)), "Binding"));
    context.console.hint("Whoever verifies must know the attestation key from elsewhere: --ak " +
                         to_hex(quote.key.name));
    return Ending::success;
}

void bind_options(Options& options, BindArguments& into) {
    key_options(options, into.key);
    options
        .text("--master-key", into.master_key, "MASTER_KEY_ID",
              "Keystore id of the author's master key, which signs the binding")
        ->required();
    options.text("--nonce", into.nonce, "HEX", "Nonce that the challenge gave")->required();
    options.text("--quote-message", into.message, "FILE", "What tpm2_quote --message wrote")
        ->required();
    options.text("--quote-signature", into.signature, "FILE", "What tpm2_quote --signature wrote")
        ->required();
    options
        .text("--ak-public", into.ak_public, "FILE",
              "The attestation key as tpm2_createak --public or tpm2_readpublic --output wrote it")
        ->required();
    options.text("--quote-pcrs", into.pcrs, "FILE",
                 "What tpm2_quote --pcr wrote with --pcrs_format values: the PCRs' values");
    output_options(options, into.output, "The binding, a JSON document");
    options.footer(
        "Signs nothing that would not verify: the quote must be for the nonce and the key, and "
        "signed by the attestation key, whose attributes must keep it to what its TPM says. "
        "Where it is not, the exit code is 1.");
}

// --- show, verify --------------------------------------------------------------------------------

Outcome<attest::HardwareBinding> read_binding(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(const Input content,
                   read_input(context, path, "the binding", "Failed to read binding: " + path,
                              attest::max_binding_text));
    return or_fail(attest::hardware_binding_from_json(as_text(content.bytes())),
                   "Failed to parse binding: " + path);
}

Result<attest::Tpm2Quote> quote_in(const attest::HardwareBinding& binding) {
    return attest::read_tpm2_quote(binding.evidence.kind == attest::EvidenceKind::tpm2_quote
                                       ? ByteView(binding.evidence.bytes)
                                       : ByteView());
}

Outcome<Ending> run_show(Context& context, const ShowArguments& arguments) {
    auto binding = read_binding(context, arguments.file);
    if (!binding) {
        return about_file(std::unexpected(std::move(binding).error()), arguments.file);
    }
    present(context.console, arguments.format,
            BindingView{*binding, arguments.file, to_string(binding->author), quote_in(*binding),
                        nullptr});
    context.console.hint("Nothing of this was verified: aion hardware verify does");
    return Ending::success;
}

Outcome<attest::Tpm2Rules> rules_of(const VerifyArguments& arguments) {
    attest::Tpm2Rules rules;
    for (const std::string& text : arguments.keys) {
        CLI_TRY_ASSIGN(attest::KeyPin key,
                       or_fail(attest::parse_key_pin(text), "Invalid --ak '" + text + "'"));
        rules.keys.push_back(std::move(key));
    }
    for (const std::string& text : arguments.pcrs) {
        CLI_TRY_ASSIGN(attest::Pcr pcr,
                       or_fail(attest::parse_pcr(text), "Invalid --pcr '" + text + "'"));
        rules.pcrs.push_back(std::move(pcr));
    }
    return rules;
}

Outcome<Ending> judge(Context& context, const VerifyArguments& arguments) {
    CLI_TRY_ASSIGN(attest::Tpm2Rules rules, rules_of(arguments));
    attest::BindingRules conditions{.at_version = arguments.at_version, .nonce = {}};
    if (arguments.nonce) {
        CLI_TRY_ASSIGN(conditions.nonce, read_nonce(*arguments.nonce));
    }
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const attest::HardwareBinding binding, read_binding(context, arguments.file));
    const bool has_pcrs = !rules.pcrs.empty();
    attest::Tpm2QuoteVerifier verifier(std::move(rules));
    CLI_TRY_ASSIGN(const attest::BindingVerdict verdict,
                   or_fail(attest::judge_binding(binding, registry, conditions, verifier),
                           "No verdict on " + arguments.file));
    present(context.console, arguments.format,
            BindingView{binding, arguments.file, author_text(registry, binding.author),
                        quote_in(binding), &verdict});
    if (verdict.is_valid() && !has_pcrs) {
        context.console.hint("PCRs were not compared with anything: --pcr does");
    }
    return verdict.is_valid() ? Ending::success : Ending::invalid;
}

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    auto ending = judge(context, arguments);
    if (!ending) {
        return about_file(std::unexpected(std::move(ending).error()), arguments.file);
    }
    return ending;
}

void show_options(Options& options, ShowArguments& into) {
    options.text("FILE", into.file, "FILE", "Binding to show; - for standard input")->required();
    options.format(into.format);
}

void verify_options(Options& options, VerifyArguments& into) {
    options.text("FILE", into.file, "FILE", "Binding to verify; - for standard input")->required();
    options.registry(into.registry);
    options
        .texts("--ak", into.keys, "HEX",
               "Attestation key that is trusted: its name (000b and so on), or the SHA-256 of its "
               "SubjectPublicKeyInfo; may be given again")
        ->required()
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    options
        .texts("--pcr", into.pcrs, "BANK:N=HEX",
               "Value that a PCR must have, e.g. sha256:7=HEX; may be given again")
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    options.number("--at-version", into.at_version, "V",
                   "Version of a file whose signer is meant; the author's newest key if not given");
    options.text("--nonce", into.nonce, "HEX", "Nonce that the binding must have");
    options.format(into.format);
    options.footer(
        "VALID: the author's master key says that this epoch's key goes with the quote, and the "
        "quote is one that a trusted attestation key signed for that key and the nonce. Evidence "
        "of another kind than tpm2-quote has no verdict (exit code 2).");
}

}  // namespace

Declare declare_hardware;

void declare_hardware(const Declared& root) {
    const Declared hardware = add_group(root, "hardware", "Bind keys to hardware that vouches");
    add_command(hardware, "challenge", "Say what a TPM is to be asked", challenge_options,
                run_challenge);
    add_command(hardware, "bind", "Sign that a key goes with a TPM's quote", bind_options,
                run_bind);
    add_command(hardware, "show", "Show what a binding says", show_options, run_show);
    add_command(hardware, "verify", "Verify a binding and its quote", verify_options, run_verify);
}

}  // namespace aion::cli
