// SPDX-License-Identifier: MIT OR Apache-2.0
// aion model: folders signed in the manner of OpenSSF Model Signing v1.0 (docs/cli-model.md).
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

#include "aion/base/utf8.hpp"
#include "aion/supply/model_signing.hpp"
#include "commands/supply/manifest_file.hpp"
#include "commands/supply/model_file.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/output_options.hpp"
#include "views/document_writer.hpp"
#include "views/model_view.hpp"

namespace aion::cli {
namespace {

// --- sign ----------------------------------------------------------------------------------------

struct SignArguments {
    std::string model;
    PrivateKeyChoice key;
    supply::ModelHash hash = supply::ModelHash::sha256;
    std::optional<std::uint64_t> shard_size;
    std::vector<std::string> ignored;
    bool allow_symlinks = false;
    supply::ModelForm form = supply::ModelForm::specification;
    OutputChoice output;
    Format format = Format::text;
};

// What readers are told the model is called.
std::string name_of_model(const std::string& path) {
    std::filesystem::path whole = std::filesystem::path(path).lexically_normal();
    if (!whole.has_filename()) {
        whole = whole.parent_path();
    }
    std::string name = whole.filename().string();
    const bool is_one = !name.empty() && name != "." && name != ".." && name != "/";
    return is_one && !find_utf8_fault(name) ? name : "model";
}

// The name that the file `path` has in the folder `model`, if it is in it by its path.
std::optional<std::string> name_inside(const std::string& model, const std::string& path) {
    const auto inside = std::filesystem::path(path).lexically_normal().lexically_relative(
        std::filesystem::path(model).lexically_normal());
    std::string name = inside.generic_string();
    return supply::check_artifact_name(name) ? std::optional(std::move(name)) : std::nullopt;
}

Outcome<supply::ModelSerialization> serialization_of(const SignArguments& arguments) {
    if (arguments.shard_size == 0U) {
        return fail_with("A shard has at least one byte");
    }
    supply::ModelSerialization how{.hash = arguments.hash,
                                   .shard_size = arguments.shard_size,
                                   .allow_symlinks = arguments.allow_symlinks};
    CLI_TRY_ASSIGN(how.ignored, ignored_paths(arguments.ignored));
    how.ignored.insert(how.ignored.end(), supply::never_in_models.begin(),
                       supply::never_in_models.end());
    if (auto own = name_inside(arguments.model, arguments.output.path)) {
        how.ignored.push_back(*std::move(own));
    }
    std::ranges::sort(how.ignored);
    const auto rest = std::ranges::unique(how.ignored);
    how.ignored.erase(rest.begin(), rest.end());
    return how;
}

std::unexpected<Failure> no_model(const std::string& path, const Error& error) {
    auto failure = fail_with("Not all that is in " + path + " can be signed", error);
    if (error.os_error() == ELOOP) {
        return with_remedy(std::move(failure),
                           "--allow-symlinks takes the files that links lead to, --ignore leaves "
                           "one out");
    }
    return failure;
}

Outcome<supply::ModelStatement> describe(Context& context, const SignArguments& arguments,
                                         const supply::ModelSerialization& how,
                                         const supply::ModelFiles& files) {
    if (files.files.empty()) {
        return fail_with("There are no files in " + arguments.model,
                         "A signature of nothing would go with any folder");
    }
    HashingProgress progress(context, files.size);
    supply::HashOptions hashing;
    hashing.progress = [&progress](std::uint64_t done, std::uint64_t bytes) {
        progress(done, bytes);
    };
    return or_fail(
        supply::describe_model(context.env, name_of_model(arguments.model), files, how, hashing),
        "Failed to describe " + arguments.model);
}

Outcome<Ending> run_sign(Context& context, const SignArguments& arguments) {
    const std::vector<std::string> inputs{arguments.model, arguments.key.path,
                                          arguments.key.passphrase.file.value_or("")};
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, inputs));
    CLI_TRY(output.refuse_document(arguments.format, "the signature"));
    CLI_TRY_ASSIGN(const supply::ModelSerialization how, serialization_of(arguments));
    CLI_TRY_ASSIGN(const crypto::EcSigningKey key, load_private_key(context, arguments.key));
    supply::FindOptions finding;
    CLI_TRY_ASSIGN(finding.without, identities_of(context, {&arguments.output.path, 1}));
    auto files = supply::find_model(context.env, arguments.model, how, finding);
    if (!files) {
        return no_model(arguments.model, files.error());
    }
    if (files->is_one_file && arguments.form == supply::ModelForm::client) {
        files->files.front().name = ".";
    }
    CLI_TRY_ASSIGN(const supply::ModelStatement statement,
                   describe(context, arguments, how, *files));
    CLI_TRY_ASSIGN(const supply::ModelBundle bundle,
                   or_fail(supply::sign_model(statement, key, arguments.form),
                           "Failed to sign " + arguments.model));
    const ModelSignedView view{.path = arguments.output.path,
                               .model = arguments.model,
                               .statement = statement,
                               .key = key.public_half(),
                               .size = files->size};
    rehearse(arguments.format, view);
    CLI_TRY(output.write(context, as_bytes(supply::to_json(bundle) + "\n")));
    if (!output.is_standard_output()) {
        context.console.deed("The signature " + arguments.output.path + " was written");
        present(context.console, arguments.format, view);
    }
    return Ending::success;
}

void sign_options(Options& options, SignArguments& into) {
    options.text("MODEL", into.model, "MODEL", "Folder, or a single file")->required();
    private_key_options(options, into.key);
    output_options(options, into.output, "Where the signature goes; - for standard output");
    options.choice("--hash", into.hash,
                   {{"sha256", supply::ModelHash::sha256}, {"blake3", supply::ModelHash::blake3}},
                   "HASH", "What files are hashed with (default: sha256)");
    options.number("--shards", into.shard_size, "SIZE",
                   "Hash files in pieces of so many bytes, which several threads do at once");
    options.texts("--ignore", into.ignored, "PATH",
                  "A file or folder in MODEL that is no part of it, relative to MODEL; several "
                  "times");
    options.flag("--allow-symlinks", into.allow_symlinks,
                 "Take the files that symbolic links lead to; without it, links are an error");
    options.choice("--for", into.form,
                   {{"specification", supply::ModelForm::specification},
                    {"model-signing", supply::ModelForm::client}},
                   "READER",
                   "Write shards and single files as the specification has them, or as "
                   "model_signing 1.1.1 reads them");
    options.format(into.format);
    options.footer(
        "Hidden files count. .git, .gitattributes, .github and .gitignore are left out, and so is "
        "the signature itself. `model_signing verify key` reads the result.");
    options.example("A folder, with a new key",
                    "mkdir model && cp policy.yaml model\n"
                    "  aion model key --output signing.pem\n"
                    "  aion model sign model --private-key signing.pem --output model.sig");
}

// --- show ----------------------------------------------------------------------------------------

struct ShowArguments {
    std::string signature;
    Format format = Format::text;
};

Outcome<Ending> run_show(Context& context, const ShowArguments& arguments) {
    CLI_TRY_ASSIGN(const supply::ModelBundle bundle,
                   read_model_bundle(context, arguments.signature));
    const auto statement = supply::ModelStatement::from_json(as_text(bundle.envelope.payload));
    if (!statement) {
        return about_file(
            fail_with("Failed to read signature: " + arguments.signature, statement.error()),
            arguments.signature);
    }
    present(context.console, arguments.format,
            ModelSignatureView{
                .path = arguments.signature, .statement = *statement, .key_hint = bundle.key_hint});
    return Ending::success;
}

void show_options(Options& options, ShowArguments& into) {
    options.text("SIGNATURE", into.signature, "SIGNATURE", "Signature; - for standard input")
        ->required();
    options.format(into.format);
    options.example("What it lists",
                    "mkdir model && cp policy.yaml model\n"
                    "  aion model key --output signing.pem\n"
                    "  aion model sign model --private-key signing.pem --output model.sig\n"
                    "  aion model show model.sig");
}

// --- key, public-key -----------------------------------------------------------------------------

struct KeyArguments {
    crypto::EcCurve curve = crypto::EcCurve::p256;
    PasswordSource passphrase;
    OutputChoice output;
};

Outcome<Ending> run_key(Context& context, const KeyArguments& arguments) {
    const std::string source = arguments.passphrase.file.value_or("");
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {&source, 1}));
    crypto::SecretBytes passphrase;
    if (arguments.passphrase.file || arguments.passphrase.descriptor) {
        CLI_TRY_ASSIGN(passphrase, read_password(context, arguments.passphrase, Purpose::choose));
    }
    CLI_TRY_ASSIGN(
        const crypto::EcSigningKey key,
        or_fail(crypto::EcSigningKey::generate(context.env, arguments.curve), "No key was made"));
    CLI_TRY_ASSIGN(const crypto::SecretBytes pem,
                   or_fail(key.to_pem(std::as_const(passphrase).view()), "No key was written"));
    CLI_TRY(output.write(context, pem.view(), Audience::writer_alone));
    say_written(context.console, output, "Private key");
    if (!output.is_stream()) {
        context.console.deed("The key " + output.path() + " was written");
        context.console.hint(
            passphrase.empty()
                ? "Keep it secret: whoever reads it signs with it (--passphrase-file protects it)"
                : "Keep it secret, and the passphrase with it");
    }
    return Ending::success;
}

void key_options(Options& options, KeyArguments& into) {
    output_options(options, into.output,
                   "Where the private key goes, in PEM, for its owner alone; - for standard "
                   "output");
    options.choice("--curve", into.curve,
                   {{"p256", crypto::EcCurve::p256},
                    {"p384", crypto::EcCurve::p384},
                    {"p521", crypto::EcCurve::p521}},
                   "CURVE", "Curve of NIST's (default: p256)");
    passphrase_options(options, into.passphrase);
    options.footer(
        "Without a passphrase the key is in the clear. It has nothing to do with the "
        "keys of `aion key`, which sign other things.");
    options.example("A key, and the half of it that others get",
                    "aion model key --output signing.pem\n"
                    "  aion model public-key --private-key signing.pem --output signing.pub.pem");
}

struct PublicKeyArguments {
    PrivateKeyChoice key;
    OutputChoice output;
};

Outcome<Ending> run_public_key(Context& context, const PublicKeyArguments& arguments) {
    const std::vector<std::string> inputs{arguments.key.path,
                                          arguments.key.passphrase.file.value_or("")};
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, inputs));
    CLI_TRY_ASSIGN(const crypto::EcSigningKey key, load_private_key(context, arguments.key));
    CLI_TRY(write_output(context, output, as_bytes(key.public_half().pem()), "Public key"));
    return Ending::success;
}

void public_key_options(Options& options, PublicKeyArguments& into) {
    private_key_options(options, into.key);
    output_options(options, into.output,
                   "Where the public key goes, in PEM; - for standard output");
    options.example("What others verify with",
                    "aion model key --output signing.pem\n"
                    "  aion model public-key --private-key signing.pem --output signing.pub.pem");
}

}  // namespace

Declare declare_model;

void declare_model(const Declared& root) {
    const Declared model =
        add_group(root, "model", "Sign and verify models as OpenSSF Model Signing does");
    add_command(model, "sign", "Sign the files of a folder with an ECDSA key", sign_options,
                run_sign);
    declare_model_verification(model);
    add_command(model, "show", "Show what a signature lists", show_options, run_show);
    add_command(model, "key", "Make an ECDSA key in PEM", key_options, run_key);
    add_command(model, "public-key", "Write the public half of such a key", public_key_options,
                run_public_key);
}

}  // namespace aion::cli
