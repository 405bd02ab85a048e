// SPDX-License-Identifier: MIT OR Apache-2.0
// aion dsse convert: the same signatures under the names that other programs have for keys
// (docs/cli-supply.md#aion-dsse-convert).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/base/counted.hpp"
#include "commands/supply/envelope_file.hpp"
#include "commands/supply/supply.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/output_options.hpp"

namespace aion::cli {
namespace {

enum class Client : std::uint8_t {
    aion,
    reference,
    cosign,
    slsa_verifier,
    securesystemslib,
    sigstore
};

struct ConvertArguments {
    std::string file;
    Client client = Client::aion;
    EnvelopeDemands demands;
    OutputChoice output;
};

std::string keyid_for(Client client, AuthorId author, const PublicKey& key) {
    switch (client) {
        case Client::cosign:
            return supply::ssh_fingerprint(key);
        case Client::securesystemslib:
            return supply::securesystemslib_keyid(key);
        case Client::sigstore:
            return {};  // The bundle has a hint.
        case Client::aion:
        case Client::reference:
        case Client::slsa_verifier:
            break;
    }
    return supply::keyid_of(author);
}

// What is left of an envelope, and the key of its first signature.
struct Converted {
    supply::Envelope envelope;
    PublicKey first_key;
};

// No keyid is signed, so only a signature that is verified may be given a name.
Converted convert(const supply::Envelope& from, const supply::EnvelopeVerdict& verdict,
                  const trust::Registry& registry, Client client) {
    Converted to{
        .envelope = {.payload_type = from.payload_type, .payload = from.payload, .signatures = {}},
        .first_key = {}};
    for (std::size_t i = 0; i < from.signatures.size(); ++i) {
        const supply::EnvelopeVerdict::Signature& found = verdict.signatures[i];
        if (found.finding != supply::SignatureFinding::counts) {
            continue;
        }
        const PublicKey& key = registry.find(*found.author, *found.epoch)->public_key;
        if (to.envelope.signatures.empty()) {
            to.first_key = key;
        }
        to.envelope.signatures.push_back(
            {keyid_for(client, *found.author, key), from.signatures[i].signature});
    }
    return to;
}

// cosign and sigstore verify in-toto's payloads alone.
void warn_of_type(Context& context, const ConvertArguments& arguments,
                  const supply::Envelope& envelope) {
    const bool is_narrow =
        arguments.client == Client::cosign || arguments.client == Client::sigstore;
    if (is_narrow && envelope.payload_type != supply::statement_type) {
        context.console.warn(
            fmt::format("cosign takes payloads of the type {} alone, and this is "
                        "{}",
                        supply::statement_type, shown(envelope.payload_type)));
    }
}

Outcome<std::string> bundle_of(const Converted& converted) {
    if (const std::size_t count = converted.envelope.signatures.size(); count != 1) {
        return fail_with(
            fmt::format("A sigstore bundle has one signature, and {} are valid", count),
            "Make one of each: --author AUTHOR");
    }
    return or_fail(supply::to_json(supply::SigstoreBundle{
                       .key_hint = supply::ssh_fingerprint(converted.first_key),
                       .content = converted.envelope}),
                   "No bundle was made");
}

Outcome<std::string> text_of(const Converted& converted, Client client) {
    if (client == Client::sigstore) {
        return bundle_of(converted);
    }
    return supply::to_json(converted.envelope, client == Client::reference
                                                   ? supply::EnvelopeForm::reference
                                                   : supply::EnvelopeForm::padded);
}

Outcome<Ending> run_convert(Context& context, const ConvertArguments& arguments) {
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {&arguments.file, 1},
                                               arguments.demands.registry));
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   load_registry(context, arguments.demands.registry));
    CLI_TRY_ASSIGN(const auto envelopes, read_envelopes(context, arguments.file));
    CLI_TRY_ASSIGN(const supply::EnvelopeRules rules, rules_of(arguments.demands, {}, registry));
    if (arguments.client == Client::sigstore && envelopes.size() != 1) {
        return fail_with("A sigstore bundle has one envelope, and there are " +
                         std::to_string(envelopes.size()));
    }
    std::string text;
    for (const supply::Envelope& envelope : envelopes) {
        const supply::EnvelopeVerdict verdict = supply::judge_envelope(envelope, registry, rules);
        if (!verdict.is_valid()) {
            return std::unexpected(Failure{
                .messages = {"Nothing was converted, an envelope is INVALID: " + arguments.file,
                             verdict.reason()},
                .cause = error_because(ErrorCode::verdict_invalid, verdict.reason()),
                .remedy = {},
                .path = arguments.file});
        }
        const Converted converted = convert(envelope, verdict, registry, arguments.client);
        if (const std::size_t lost =
                envelope.signatures.size() - converted.envelope.signatures.size();
            lost != 0) {
            context.console.hint(counted(lost, "signature") +
                                 " that did not verify or count left out");
        }
        warn_of_type(context, arguments, envelope);
        CLI_TRY_ASSIGN(const std::string one, text_of(converted, arguments.client));
        text += one;
        text += arguments.client == Client::reference && envelopes.size() == 1 ? "" : "\n";
    }
    CLI_TRY(write_output(context, output, as_bytes(text), "Envelope"));
    return Ending::success;
}

void convert_options(Options& options, ConvertArguments& into) {
    options
        .text("ENVELOPE", into.file, "ENVELOPE",
              "Envelope, lines of them, or sigstore bundle; - for standard input")
        ->required();
    options
        .choice("--for", into.client,
                {{"aion", Client::aion},
                 {"reference", Client::reference},
                 {"cosign", Client::cosign},
                 {"slsa-verifier", Client::slsa_verifier},
                 {"securesystemslib", Client::securesystemslib},
                 {"sigstore", Client::sigstore}},
                "CLIENT",
                "Who is to read it; sigstore: a bundle of v0.3 for cosign and @sigstore/verify, "
                "reference: aion-context, aion: ourselves")
        ->required();
    envelope_demands(options, into.demands);
    output_options(options, into.output, "Where the result goes; - for standard output");
    options.footer(
        "Payload and signatures stay what they are; names of keys and base64 change. Only "
        "signatures that verify under the registry are carried over, as nobody signs the name of a "
        "key.");
    options.example("Provenance for cosign, as a bundle",
                    "aion slsa generate policy.yaml --builder-id https://example.org/builder \\\n"
                    "      --author 1001 --key 1001 --output policy.intoto.jsonl\n"
                    "  aion dsse convert policy.intoto.jsonl --for sigstore \\\n"
                    "      --registry registry.json --output policy.sigstore.json");
}

}  // namespace

void declare_dsse_conversion(const Declared& dsse) {
    add_command(dsse, "convert", "Write an envelope as other programs want it", convert_options,
                run_convert);
}

}  // namespace aion::cli
