// SPDX-License-Identifier: MIT OR Apache-2.0
// aion manifest: which files belong together, and what each of them is
// (docs/cli-supply.md#aion-manifest).
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/supply/manifest_signature.hpp"
#include "commands/supply/manifest_file.hpp"
#include "commands/supply/signer.hpp"
#include "commands/supply/supply.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/output_options.hpp"
#include "views/document_writer.hpp"
#include "views/manifest_view.hpp"

namespace aion::cli {
namespace {

using supply::ArtifactFile;
using supply::Manifest;

// --- create --------------------------------------------------------------------------------------

struct CreateArguments {
    std::vector<std::string> paths;
    SignerArguments signer;
    OutputChoice output;
    supply::Symlinks symlinks = supply::Symlinks::refuse;
    bool no_sha256 = false;
    bool reference = false;
    Format format = Format::text;
};

Outcome<bool> is_folder(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(const auto info, or_fail(context.env.info(path), "Failed to look at " + path));
    return info && info->kind == FileKind::directory;
}

// A file that was named is an artefact under the name that it was given by.
Outcome<ArtifactFile> named_file(Context& context, const std::string& path) {
    std::string name = std::filesystem::path(path).lexically_normal().generic_string();
    if (const auto fits = supply::check_artifact_name(name); !fits) {
        return with_remedy(fail_with(fits.error()),
                           "Name files relative to the folder that they will be compared with: "
                           "change to it first");
    }
    auto file = artifact_file(context, std::move(name), path);
    if (!file && is_folder(context, path).value_or(false)) {
        return fail_with(path + " is a folder",
                         "Name one folder alone, or the files of one manifest");
    }
    return file;
}

std::unexpected<Failure> no_artefact(const Error& error) {
    auto failure = fail_with("Not all files can be artefacts", error);
    if (error.os_error() == ELOOP) {
        return with_remedy(std::move(failure),
                           "--symlinks skip leaves links out, --symlinks follow takes the files "
                           "that they lead to");
    }
    return failure;
}

Outcome<std::vector<ArtifactFile>> find_files(Context& context, const CreateArguments& arguments) {
    CLI_TRY_ASSIGN(const bool one_folder, is_folder(context, arguments.paths.front()));
    if (one_folder && arguments.paths.size() == 1) {
        supply::FindOptions finding{.symlinks = arguments.symlinks, .without = {}};
        CLI_TRY_ASSIGN(finding.without, identities_of(context, {&arguments.output.path, 1}));
        auto found = supply::find_artifacts(context.env, arguments.paths.front(), finding);
        if (!found) {
            return no_artefact(found.error());
        }
        return *std::move(found);
    }
    std::vector<ArtifactFile> files;
    for (const std::string& path : arguments.paths) {
        CLI_TRY_ASSIGN(ArtifactFile file, named_file(context, path));
        files.push_back(std::move(file));
    }
    std::ranges::sort(files, {}, &ArtifactFile::name);
    return files;
}

void warn_of_collisions(Context& context, std::span<const ArtifactFile> files) {
    constexpr std::size_t most = 5;
    const auto groups = supply::case_collisions(files);
    for (std::size_t i = 0; i < std::min(groups.size(), most); ++i) {
        context.console.warn(
            fmt::format("{} and {} are one name on systems that do not tell upper "
                        "from lower case",
                        shown(groups[i][0]), shown(groups[i][1])));
    }
    if (groups.size() > most) {
        context.console.warn(fmt::format("{} more names are such pairs", groups.size() - most));
    }
}

Outcome<Manifest> hash(Context& context, const CreateArguments& arguments,
                       std::span<const ArtifactFile> files) {
    CLI_TRY_ASSIGN(auto artifacts,
                   hash_all(context, files,
                            {.with_sha256 = !arguments.no_sha256 && !arguments.reference,
                             .symlinks = arguments.symlinks}));
    return or_fail(Manifest::make(std::move(artifacts)), "No manifest was made");
}

Outcome<Ending> run_create(Context& context, const CreateArguments& arguments) {
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, arguments.paths));
    CLI_TRY(output.refuse_document(arguments.format, "the manifest"));
    CLI_TRY_ASSIGN(AuthorWithKey signer, open_signer(context, arguments.signer));
    CLI_TRY_ASSIGN(const auto files, find_files(context, arguments));
    if (files.empty()) {
        return fail_with("There are no files in " + arguments.paths.front(),
                         "A manifest of nothing would go with any folder");
    }
    warn_of_collisions(context, files);
    CLI_TRY_ASSIGN(const Manifest manifest, hash(context, arguments, files));
    CLI_TRY_ASSIGN(
        const supply::Envelope envelope,
        or_fail(supply::sign_envelope(supply::manifest_type, as_bytes(manifest.payload()),
                                      signer.author, signer.key),
                "Failed to sign the manifest"));
    const ManifestMadeView view{arguments.output.path, manifest, signer.author};
    rehearse(arguments.format, view);
    CLI_TRY(output.write(context, as_bytes(envelope_text(envelope, arguments.reference))));
    if (!output.is_standard_output()) {
        context.console.deed("The manifest " + arguments.output.path + " was written");
        present(context.console, arguments.format, view);
    }
    return Ending::success;
}

void create_options(Options& options, CreateArguments& into) {
    options.texts("PATH", into.paths, "PATH", "One folder, or files")->required();
    signer_arguments(options, into.signer);
    output_options(options, into.output, "Where the manifest goes; - for standard output");
    symlinks_option(options, into.symlinks);
    options.flag("--no-sha256", into.no_sha256,
                 "Only BLAKE3, which is faster; hardly anything else can then check it");
    options.flag("--reference", into.reference,
                 "Write the bytes that aion-context writes: without SHA-256 and padding");
    options.format(into.format);
    options.footer(
        "Every file below the folder is an artefact, hidden ones too; the manifest itself is not. "
        "Each is read once, for all digests, by as many threads as there are processors. Pipes, "
        "devices and names that could lead out of a folder are refused.");
    options.example(
        "What a folder has, signed",
        "mkdir model && cp policy.yaml model\n"
        "  aion manifest create model --author 1001 --key 1001 --output model.manifest");
}

// --- sign ----------------------------------------------------------------------------------------

struct SignArguments {
    std::string manifest;
    SignerArguments signer;
    OutputChoice output;
    bool detached = false;
    bool reference = false;
};

Outcome<Ending> sign_detached(Context& context, Output& output, const Manifest& manifest,
                              AuthorWithKey& signer) {
    CLI_TRY_ASSIGN(const supply::ManifestSignature signature,
                   or_fail(supply::sign_manifest(manifest, signer.author, signer.key),
                           "Failed to sign the manifest"));
    CLI_TRY(write_output(context, output, to_bytes(signature), "Signature"));
    return Ending::success;
}

Outcome<Ending> run_sign(Context& context, const SignArguments& arguments) {
    if (arguments.detached && arguments.output.path.empty()) {
        return fail_with("Where is the signature to go?", "Name a file with --output");
    }
    CLI_TRY_ASSIGN(Output output,
                   arguments.output.path.empty()
                       ? Output::open(context, {.path = arguments.manifest, .force = true}, {})
                       : Output::open(context, arguments.output, {&arguments.manifest, 1}));
    CLI_TRY_ASSIGN(ManifestFile file, read_manifest(context, arguments.manifest));
    CLI_TRY_ASSIGN(AuthorWithKey signer, open_signer(context, arguments.signer));
    if (arguments.detached) {
        return sign_detached(context, output, file.manifest, signer);
    }
    if (!file.envelope) {
        file.envelope = supply::Envelope{
            .payload_type = std::string(supply::manifest_type), .payload = {}, .signatures = {}};
        const std::string payload = file.manifest.payload();
        file.envelope->payload.assign(payload.begin(), payload.end());
    }
    CLI_TRY(or_fail(supply::add_signature(*file.envelope, signer.author, signer.key),
                    "Failed to sign " + arguments.manifest));
    return write_envelope(context, output, *file.envelope, arguments.reference);
}

void sign_options(Options& options, SignArguments& into) {
    options
        .text("MANIFEST", into.manifest, "MANIFEST",
              "Manifest, signed by others or by nobody; - for standard input")
        ->required();
    signer_arguments(options, into.signer);
    options.text(
        "-o,--output", into.output.path, "OUTPUT_FILE",
        "Where the signed manifest goes (default: the file itself); - for standard output");
    options.flag("--force", into.output.force, "Replace an existing file");
    options.flag("--detached", into.detached,
                 "Write the 112 bytes of a signature of the manifest's id, as aion-context has it");
    options.flag("--reference", into.reference,
                 "Write base64 without padding, as aion-context reads it");
    options.footer("Nobody compares any files: who signs says that the manifest is right.");
    options.example(
        "A second author says so, too",
        "mkdir model && cp policy.yaml model\n"
        "  aion manifest create model --author 1001 --key 1001 --output model.manifest\n"
        "  aion manifest sign model.manifest --author 1002 --key 1002");
}

// --- show ----------------------------------------------------------------------------------------

struct ShowArguments {
    std::string manifest;
    std::optional<std::string> canonical;
    bool force = false;
    Format format = Format::text;
};

Outcome<Ending> run_show(Context& context, const ShowArguments& arguments) {
    std::optional<Output> output;
    if (arguments.canonical) {
        CLI_TRY_ASSIGN(output, Output::open(context, {*arguments.canonical, arguments.force},
                                            {&arguments.manifest, 1}));
    }
    CLI_TRY_ASSIGN(const ManifestFile file, read_manifest(context, arguments.manifest));
    if (output) {
        CLI_TRY(write_output(context, *output, file.manifest.canonical_bytes(), "Manifest"));
        return Ending::success;
    }
    present(
        context.console, arguments.format,
        ManifestView{arguments.manifest, file.manifest, file.envelope ? &*file.envelope : nullptr});
    return Ending::success;
}

void show_options(Options& options, ShowArguments& into) {
    options.text("MANIFEST", into.manifest, "MANIFEST", "Manifest; - for standard input")
        ->required();
    options.text("--canonical", into.canonical, "OUTPUT_FILE",
                 "Write the canonical bytes there, whose BLAKE3 is the id; - for standard output");
    options.flag("--force", into.force, "Replace an existing file");
    options.format(into.format);
    options.example(
        "What it lists",
        "mkdir model && cp policy.yaml model\n"
        "  aion manifest create model --author 1001 --key 1001 --output model.manifest\n"
        "  aion manifest show model.manifest");
}

}  // namespace

Declare declare_manifest;

void declare_manifest(const Declared& root) {
    const Declared manifest = add_group(root, "manifest", "List files with their digests, signed");
    add_command(manifest, "create", "List the files of a folder, and sign the list", create_options,
                run_create);
    declare_manifest_verification(manifest);
    add_command(manifest, "sign", "Sign a manifest", sign_options, run_sign);
    add_command(manifest, "show", "Show what a manifest lists", show_options, run_show);
}

}  // namespace aion::cli
