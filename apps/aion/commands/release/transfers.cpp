// SPDX-License-Identifier: MIT OR Apache-2.0
// aion release push and pull: releases into registries and layouts, and back (docs/cli-release.md).
#include <memory>
#include <utility>

#include "aion/release/transfer.hpp"
#include "commands/release/release.hpp"
#include "commands/supply/oci.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "views/document_writer.hpp"
#include "views/oci_view.hpp"
#include "views/release_view.hpp"

namespace aion::cli {
namespace {

// --- push ----------------------------------------------------------------------------------------

struct PushArguments {
    std::string bundle;
    std::string reference;
    std::string registry;
    StoreArguments store;
    Format format = Format::text;
};

Outcome<Ending> run_push(Context& context, const PushArguments& arguments) {
    CLI_TRY_ASSIGN(const auto reference, parse_reference(arguments.reference));
    if (reference.digest) {
        return fail_with("What is pushed has the digest that it has: " + arguments.reference,
                         "Name a tag, or none");
    }
    // A registry is reached before anything is read; a layout is made for what is VALID alone.
    std::unique_ptr<supply::OciStore> store;
    if (!reference.is_layout()) {
        CLI_TRY_ASSIGN(store, open_store(context, reference, StoreUse::write, arguments.store));
    }
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const release::Bundle bundle, read_release(context, arguments.bundle));
    CLI_TRY_ASSIGN(const release::ReleaseReport report,
                   judge_release(context, arguments.bundle, bundle, registry, {}));
    if (!report.is_valid()) {
        present(context.console, arguments.format,
                ReleaseVerdictView{arguments.bundle, report, registry});
        context.console.hint("Nothing was pushed");
        return Ending::invalid;
    }
    if (store == nullptr) {
        CLI_TRY_ASSIGN(store, open_store(context, reference, StoreUse::write, arguments.store));
    }
    auto pushed = [&] {
        BlobsProgress progress(context, "Pushing");
        return release::push_release(context.env, *store, bundle, *report.manifest,
                                     arguments.bundle,
                                     {.tag = reference.tag, .progress = progress.function()});
    }();
    if (!pushed) {
        return fail_with("Failed to push to " + arguments.reference, pushed.error());
    }
    context.console.deed(arguments.reference + " was written");
    present(context.console, arguments.format, ReleasePushedView{reference, *pushed});
    return Ending::success;
}

void push_options(Options& options, PushArguments& into) {
    options
        .text("REFERENCE", into.reference, "REFERENCE",
              "Where it goes: HOST/NAME:TAG, or oci:FOLDER:TAG for a layout on disk")
        ->required();
    options.text("--bundle", into.bundle, "DIR", "Folder of the release")->required();
    options.registry(into.registry)->required();
    store_options(options, into.store);
    options.format(into.format);
    options.footer(
        "It is verified first, and not pushed unless it is VALID. The tag names the manifest that "
        "aion-context makes of a release; about it are AIBOM and provenance, and all files of the "
        "bundle as one artefact. A layout that is not there is made.");
    options.example("Into a layout on disk",
                    "aion release seal --primary policy.yaml --model-name policy \\\n"
                    "      --model-version 1.0 --builder-id https://ci.example/1 --author 1001 "
                    "--key 1001 \\\n"
                    "      --out-dir release\n"
                    "  aion release push oci:models:v1 --bundle release --registry registry.json");
}

// --- pull ----------------------------------------------------------------------------------------

struct PullArguments {
    std::string reference;
    std::string folder;
    std::string registry;
    bool force = false;
    StoreArguments store;
    Format format = Format::text;
};

Outcome<Ending> run_pull(Context& context, const PullArguments& arguments) {
    CLI_TRY_ASSIGN(const Found found, find_artifact(context, arguments.reference, arguments.store));
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    const auto pulled = [&] {
        BlobsProgress progress(context, "Pulling");
        return release::pull_release(context.env, *found.store, found.descriptor, arguments.folder,
                                     {.force = arguments.force, .progress = progress.function()});
    }();
    if (!pulled) {
        auto failure = fail_with("Failed to pull " + arguments.reference, pulled.error());
        return pulled.error().code() == ErrorCode::file_exists
                   ? with_remedy(std::move(failure), "--force replaces it")
                   : std::move(failure);
    }
    context.console.deed(arguments.folder + " was written");
    CLI_TRY_ASSIGN(const release::Bundle bundle, read_release(context, arguments.folder));
    CLI_TRY_ASSIGN(const release::ReleaseReport report,
                   judge_release(context, arguments.folder, bundle, registry, {}));
    present(context.console, arguments.format,
            ReleaseVerdictView{arguments.folder, report, registry});
    return report.is_valid() ? Ending::success : Ending::invalid;
}

void pull_options(Options& options, PullArguments& into) {
    options.text("REFERENCE", into.reference, "REFERENCE", "What was pushed, by tag or digest")
        ->required();
    options.text("--out-dir", into.folder, "DIR", "Folder that its files go to")->required();
    options.registry(into.registry)->required();
    options.flag("--force", into.force, "Replace files that are there with other content");
    store_options(options, into.store);
    options.format(into.format);
    options.footer(
        "It is verified when it is there. Exit code 0: VALID; 1: INVALID, and the folder has what "
        "was pushed all the same; 2: it could not be fetched. What breaks off is gone on with by "
        "the next pull.");
    options.example("Out of a layout on disk",
                    "aion release seal --primary policy.yaml --model-name policy \\\n"
                    "      --model-version 1.0 --builder-id https://ci.example/1 --author 1001 "
                    "--key 1001 \\\n"
                    "      --out-dir release\n"
                    "  aion release push oci:models:v1 --bundle release --registry registry.json\n"
                    "  aion release pull oci:models:v1 --out-dir pulled --registry registry.json");
}

}  // namespace

void declare_release_transfers(const Declared& release) {
    add_command(release, "push", "Write a release into a layout or registry", push_options,
                run_push);
    add_command(release, "pull", "Fetch a release, and verify it", pull_options, run_pull);
}

}  // namespace aion::cli
