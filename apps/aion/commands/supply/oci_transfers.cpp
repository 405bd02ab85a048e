// SPDX-License-Identifier: MIT OR Apache-2.0
// aion oci push and pull: files into stores and back (docs/cli-oci.md).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include "aion/base/time_text.hpp"
#include "aion/format/file_view.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/supply/oci_transfer.hpp"
#include "commands/supply/manifest_file.hpp"
#include "commands/supply/oci.hpp"
#include "shell/file_magic.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "views/document_writer.hpp"
#include "views/oci_view.hpp"

namespace aion::cli {
namespace {

using supply::ArtifactFile;

constexpr std::string_view layout_prefix = "oci:";

// --- push ----------------------------------------------------------------------------------------

struct PushArguments {
    std::vector<std::string> words;  // Sources, and the reference behind them.
    std::string type;
    std::string media_type;
    std::vector<std::string> annotations;
    std::string manifest;
    supply::Symlinks symlinks = supply::Symlinks::refuse;
    bool referrers = false;
    StoreArguments store;
    Format format = Format::text;
};

Outcome<supply::OciAnnotations> annotations_of(const PushArguments& arguments) {
    supply::OciAnnotations annotations;
    for (const std::string& text : arguments.annotations) {
        const std::size_t equals = text.find('=');
        if (equals == 0 || equals == std::string::npos) {
            return fail_with("'" + text + "' is no annotation", "An annotation is NAME=TEXT");
        }
        if (!annotations.emplace(text.substr(0, equals), text.substr(equals + 1)).second) {
            return fail_with("There are two annotations " + text.substr(0, equals));
        }
    }
    return annotations;
}

// A file is named as it was given, if that names it in any folder, or by its last part.
std::string title_of(const std::string& path) {
    std::string name = std::filesystem::path(path).lexically_normal().generic_string();
    return supply::check_artifact_name(name) ? name
                                             : std::filesystem::path(path).filename().string();
}

std::span<const std::string> sources_of(const PushArguments& arguments) {
    return std::span(arguments.words).first(arguments.words.size() - 1);
}

Outcome<std::vector<ArtifactFile>> files_of(Context& context, const PushArguments& arguments) {
    std::vector<ArtifactFile> files;
    supply::FindOptions finding{.symlinks = arguments.symlinks};
    CLI_TRY_ASSIGN(finding.without, identities_of(context, {&arguments.manifest, 1}));
    for (const std::string& path : sources_of(arguments)) {
        CLI_TRY_ASSIGN(const auto info,
                       or_fail(context.env.info(path), "Failed to look at " + path));
        if (!info || info->kind != FileKind::directory) {
            CLI_TRY_ASSIGN(ArtifactFile file, artifact_file(context, title_of(path), path));
            files.push_back(std::move(file));
            continue;
        }
        CLI_TRY_ASSIGN(const auto found, or_fail(supply::find_artifacts(context.env, path, finding),
                                                 "Not all files can be pushed"));
        files.insert(files.end(), found.begin(), found.end());
    }
    if (files.empty()) {
        return fail_with("There are no files in " + arguments.words.front());
    }
    return files;
}

// Which file it is, and which version of it; nobody has verified it.
Outcome<supply::OciAionConfig> config_of(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(const Input input, read_aion_file(context, path));
    const auto view = format::FileView::parse(input.bytes(), format::FileView::Bounds::as_used);
    if (!view) {
        return about_file(fail_with("Failed to read " + path, view.error()), path);
    }
    CLI_TRY_ASSIGN(const auto versions, or_fail(policy::history(*view), "Failed to read " + path));
    supply::OciAionConfig config{.file_id = view->file_id().value, .created_at = {}};
    if (!versions.empty()) {
        config.version = versions.back().number.value;
        config.created_at = rfc3339_seconds(versions.back().timestamp);
    }
    return config;
}

Outcome<supply::PushReport> push(Context& context, const PushArguments& arguments,
                                 supply::OciStore& store, const std::string& tag) {
    supply::PushOptions options{.tag = tag,
                                .artifact_type = arguments.type,
                                .media_type = arguments.media_type,
                                .symlinks = arguments.symlinks};
    CLI_TRY_ASSIGN(options.annotations, annotations_of(arguments));
    CLI_TRY_ASSIGN(const auto files, files_of(context, arguments));
    std::optional<ManifestFile> manifest;
    if (!arguments.manifest.empty()) {
        CLI_TRY_ASSIGN(manifest, read_manifest(context, arguments.manifest));
        options.digests = &manifest->manifest;
    }
    BlobsProgress progress(context, "Pushing");
    options.progress = progress.function();
    const std::string failure = "Failed to push to " + arguments.words.back();
    const bool is_plain = !arguments.type.empty() || !arguments.media_type.empty();
    if (files.size() == 1 && !is_plain &&
        magic_at(context.env, files.front().path.string()) == Magic::aion_file) {
        CLI_TRY_ASSIGN(const auto config, config_of(context, files.front().path.string()));
        return or_fail(supply::push_aion(context.env, store, files.front(), config, options),
                       failure);
    }
    return or_fail(supply::push_files(context.env, store, files, options), failure);
}

Outcome<Ending> copy(Context& context, const Found& from, const supply::OciReference& to,
                     bool referrers, const StoreArguments& arguments, Format format) {
    CLI_TRY_ASSIGN(const auto store, open_store(context, to, StoreUse::write, arguments));
    const auto report = [&] {
        BlobsProgress progress(context, "Copying");
        return supply::copy_artifact(
            *from.store, *store, from.descriptor,
            {.tag = to.tag, .referrers = referrers, .progress = progress.function()});
    }();
    if (!report) {
        return fail_with("Failed to copy to " + to.text(), report.error());
    }
    context.console.deed(to.text() + " was written");
    present(context.console, format, OciCopiedView{to, from.descriptor, *report});
    return Ending::success;
}

Outcome<Ending> run_push(Context& context, const PushArguments& arguments) {
    const std::string& where = arguments.words.back();
    const std::string& first = arguments.words.front();
    if (arguments.words.size() < 2) {
        return fail_with("There is one word, and two are needed: what is pushed, and where it goes",
                         "As in: aion oci push model oci:models:v1");
    }
    CLI_TRY_ASSIGN(const auto reference, parse_reference(where));
    if (reference.digest) {
        return fail_with("What is pushed has the digest that it has: " + where,
                         "Name a tag, or none");
    }
    if (arguments.words.size() == 2 && first.starts_with(layout_prefix)) {
        CLI_TRY_ASSIGN(const Found from, find_artifact(context, first, arguments.store));
        return copy(context, from, reference, arguments.referrers, arguments.store,
                    arguments.format);
    }
    CLI_TRY_ASSIGN(const auto store,
                   open_store(context, reference, StoreUse::write, arguments.store));
    CLI_TRY_ASSIGN(const auto report, push(context, arguments, *store, reference.tag));
    context.console.deed(where + " was written");
    present(context.console, arguments.format, OciPushedView{reference, report});
    return Ending::success;
}

void push_options(Options& options, PushArguments& into) {
    options
        .texts(
            "SOURCE", into.words, "SOURCE",
            "Files, folders, or one artefact of a layout (oci:FOLDER:TAG); the last word is where "
            "it goes: oci:FOLDER:TAG for a layout on disk")
        ->required();
    options.text("--type", into.type, "MEDIA_TYPE",
                 "What the artefact is (default: files of aion)");
    options.text("--media-type", into.media_type, "MEDIA_TYPE",
                 "What each file is (default: any bytes)");
    options.texts("--annotation", into.annotations, "NAME=TEXT", "Something said of the artefact");
    options.text("--manifest", into.manifest, "FILE",
                 "A manifest of the files, whose SHA-256 are then not computed again");
    symlinks_option(options, into.symlinks);
    options.flag("--referrers", into.referrers,
                 "Of an artefact: copy what is about it, too, and what is about that");
    store_options(options, into.store);
    options.format(into.format);
    options.footer(
        "Each file becomes a layer with its name for a title; names below a folder are relative to "
        "it. A single .aion file becomes what aion-context makes of it, unless --type or "
        "--media-type says otherwise. A layout that is not there is made.");
    options.example("The files of a folder as an artefact on disk",
                    "mkdir model && cp policy.yaml model\n"
                    "  aion oci push model oci:models:v1");
    options.example("An .aion file, and a copy of it in another layout",
                    "aion oci push policy.aion oci:policies:v1\n"
                    "  aion oci push oci:policies:v1 oci:mirror:v1 --referrers");
}

// --- pull ----------------------------------------------------------------------------------------

struct PullArguments {
    std::string reference;
    std::string output;
    bool force = false;
    bool referrers = false;
    StoreArguments store;
    Format format = Format::text;
};

Outcome<Ending> run_pull(Context& context, const PullArguments& arguments) {
    const bool is_copy = arguments.output.starts_with(layout_prefix);
    if (arguments.referrers && !is_copy) {
        return fail_with("--referrers is for copies into a layout",
                         "`aion oci discover` lists what is about an artefact; pull it by its "
                         "digest");
    }
    CLI_TRY_ASSIGN(const Found found, find_artifact(context, arguments.reference, arguments.store));
    if (is_copy) {
        CLI_TRY_ASSIGN(const auto to, parse_reference(arguments.output));
        return copy(context, found, to, arguments.referrers, arguments.store, arguments.format);
    }
    auto report = [&] {
        BlobsProgress progress(context, "Pulling");
        return supply::pull_files(context.env, *found.store, found.descriptor, arguments.output,
                                  {.force = arguments.force, .progress = progress.function()});
    }();
    if (!report) {
        auto failure = fail_with("Failed to pull " + arguments.reference, report.error());
        return report.error().code() == ErrorCode::file_exists
                   ? with_remedy(std::move(failure), "--force replaces it")
                   : std::move(failure);
    }
    context.console.deed(arguments.output + " was written");
    present(context.console, arguments.format,
            OciPulledView{found.reference, found.descriptor, arguments.output, *report});
    return Ending::success;
}

void pull_options(Options& options, PullArguments& into) {
    options.text("REFERENCE", into.reference, "REFERENCE", "Artefact")->required();
    options
        .text("-o,--output", into.output, "DIR",
              "Folder that its files go to, or oci:FOLDER:TAG for a copy in a layout")
        ->required();
    options.flag("--force", into.force, "Replace files that are there with other content");
    options.flag("--referrers", into.referrers,
                 "Into a layout: copy what is about it, too, and what is about that");
    store_options(options, into.store);
    options.format(into.format);
    options.footer(
        "Every layer becomes a file with its title for a name; archives are not unpacked. Nothing "
        "is written if a name could lead out of the folder. A file has its name when all of it is "
        "there and has its digest: what breaks off is gone on with by the next pull.");
    options.example("What was pushed, in another folder",
                    "mkdir model && cp policy.yaml model\n"
                    "  aion oci push model oci:models:v1\n"
                    "  aion oci pull oci:models:v1 --output copy");
}

}  // namespace

void declare_oci_transfers(const Declared& oci) {
    add_command(oci, "push", "Write files into a layout or registry", push_options, run_push);
    add_command(oci, "pull", "Write the files of an artefact into a folder", pull_options,
                run_pull);
}

}  // namespace aion::cli
