// SPDX-License-Identifier: MIT OR Apache-2.0
// aion model verify: whether a folder is what the holder of a key signed
// (docs/cli-model.md#aion-model-verify).
#include <utility>

#include "aion/supply/model_signing.hpp"
#include "commands/supply/manifest_file.hpp"
#include "commands/supply/model_file.hpp"
#include "shell/try.hpp"
#include "views/document_writer.hpp"
#include "views/model_view.hpp"

namespace aion::cli {
namespace {

struct VerifyArguments {
    std::string model;
    std::string signature;
    std::string public_key;
    std::vector<std::string> ignored;
    bool ignore_unsigned_files = false;
    Format format = Format::text;
};

Outcome<supply::ModelCheck> check_files(Context& context, const VerifyArguments& arguments,
                                        const supply::ModelStatement& statement) {
    const std::string failure = "Failed to compare with " + arguments.model;
    supply::FindOptions finding{.keep_going = true};
    CLI_TRY_ASSIGN(finding.ignored, ignored_paths(arguments.ignored));
    CLI_TRY_ASSIGN(finding.without, identities_of(context, {&arguments.signature, 1}));
    CLI_TRY_ASSIGN(const supply::ModelFiles files,
                   or_fail(supply::find_model(context.env, arguments.model,
                                              statement.serialization(), finding),
                           failure));
    HashingProgress progress(context, files.size);
    supply::ModelCheckOptions options{.ignore_unsigned_files = arguments.ignore_unsigned_files};
    options.hashing.progress = [&progress](std::uint64_t done, std::uint64_t bytes) {
        progress(done, bytes);
    };
    return or_fail(supply::check_model(context.env, statement, files, options), failure);
}

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    CLI_TRY_ASSIGN(const crypto::EcPublicKey key, load_public_key(context, arguments.public_key));
    CLI_TRY_ASSIGN(const supply::ModelBundle bundle,
                   read_model_bundle(context, arguments.signature));
    ModelVerdictView view{.path = arguments.signature,
                          .model = arguments.model,
                          .key = key,
                          .reason = {},
                          .statement = std::nullopt,
                          .check = std::nullopt};
    auto statement = supply::open_model_bundle(bundle, key);
    if (statement) {
        view.statement = *std::move(statement);
        CLI_TRY_ASSIGN(view.check, check_files(context, arguments, *view.statement));
    } else if (statement.error().code() == ErrorCode::verdict_invalid) {
        view.reason = statement.error().message();
    } else {
        return about_file(
            fail_with("Failed to read signature: " + arguments.signature, statement.error()),
            arguments.signature);
    }
    present(context.console, arguments.format, view);
    return view.is_valid() ? Ending::success : Ending::invalid;
}

void verify_options(Options& options, VerifyArguments& into) {
    options.text("MODEL", into.model, "MODEL", "Folder, or a single file")->required();
    options.text("--signature", into.signature, "FILE", "Signature; - for standard input")
        ->required();
    options
        .text("--public-key", into.public_key, "PEM_FILE",
              "ECDSA key in PEM of whoever should have signed; - for standard input")
        ->required();
    options.texts("--ignore", into.ignored, "PATH",
                  "A file or folder in MODEL that is not looked at, relative to MODEL; several "
                  "times");
    options.flag("--ignore-unsigned-files", into.ignore_unsigned_files,
                 "Files that nobody signed are no difference");
    options.format(into.format);
    options.footer(
        "Exit code 0: the key has signed, and MODEL has the files that were signed, byte for "
        "byte, and no others; 1: not so, and what differs is listed by name. How files were "
        "hashed, which were left out and whether links are followed says the signature.");
    options.example("Is the folder what was signed?",
                    "mkdir model && cp policy.yaml model\n"
                    "  aion model key --output signing.pem\n"
                    "  aion model public-key --private-key signing.pem --output signing.pub.pem\n"
                    "  aion model sign model --private-key signing.pem --output model.sig\n"
                    "  aion model verify model --signature model.sig --public-key signing.pub.pem");
}

}  // namespace

void declare_model_verification(const Declared& model) {
    add_command(model, "verify", "Verify that a folder has what a key has signed", verify_options,
                run_verify);
}

}  // namespace aion::cli
