// SPDX-License-Identifier: MIT OR Apache-2.0
// aion oci: artefacts in image layouts and registries (docs/cli-oci.md).
#include "commands/supply/oci.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "aion/base/time_text.hpp"
#include "aion/supply/oci_layout.hpp"
#include "aion/supply/oci_transfer.hpp"
#include "aion/supply/sigstore_bundle.hpp"
#include "aion/supply/statement.hpp"
#include "commands/supply/manifest_file.hpp"
#include "shell/try.hpp"
#include "views/document_writer.hpp"
#include "views/oci_view.hpp"

namespace aion::cli {
namespace {

// --- attach --------------------------------------------------------------------------------------

enum class Reader : std::uint8_t { aion, cosign };

struct AttachArguments {
    std::string reference;
    std::vector<std::string> files;
    std::string type;
    Reader reader = Reader::aion;
    bool with_title = false;
    StoreArguments store;
    Format format = Format::text;
};

// Of what is looked into for its type.
constexpr std::uint64_t most_to_look_into = std::uint64_t{64} << 20U;

constexpr std::string_view content_annotation = "dev.sigstore.bundle.content";
constexpr std::string_view predicate_annotation = "dev.sigstore.bundle.predicateType";

/// What is attached: a file, and how it is told of.
struct Attachment {
    supply::ArtifactFile file;
    supply::AttachOptions options;
};

// A bundle of cosign's says beside itself what is said in it, so that a list tells.
Outcome<> annotate_for_cosign(Context& context, std::string_view text,
                              supply::AttachOptions& into) {
    CLI_TRY_ASSIGN(const auto bundle, or_fail(supply::sigstore_bundle_from_json(text),
                                              "cosign takes sigstore bundles of v0.3 alone"));
    const auto* const envelope = std::get_if<supply::Envelope>(&bundle.content);
    into.annotations[std::string(content_annotation)] =
        envelope != nullptr ? "dsse-envelope" : "message-signature";
    into.annotations[std::string(supply::oci_created)] = rfc3339_seconds(context.env.now());
    if (envelope == nullptr || envelope->payload_type != supply::statement_type) {
        return {};
    }
    CLI_TRY_ASSIGN(const auto statement,
                   or_fail(supply::Statement::from_json(std::string(as_text(envelope->payload))),
                           "The payload of the bundle is no statement"));
    into.annotations[std::string(predicate_annotation)] = statement.predicate_type();
    return {};
}

// An envelope is of the type of its payload, as the reference has it.
Outcome<std::string> type_of(const std::string& path, std::string_view text) {
    if (supply::is_sigstore_bundle(text)) {
        return std::string(supply::sigstore_bundle_type);
    }
    if (const auto envelope = supply::envelope_from_json(text)) {
        return envelope->payload_type;
    }
    return fail_with("What " + path + " is can not be told: it is no envelope and no bundle",
                     "Say it: --type MEDIA_TYPE");
}

Outcome<Attachment> look_at(Context& context, const AttachArguments& arguments,
                            const std::string& path) {
    Attachment attachment;
    std::string name = std::filesystem::path(path).filename().string();
    CLI_TRY_ASSIGN(attachment.file, artifact_file(context, name, path));
    attachment.options.artifact_type = arguments.type;
    if (arguments.with_title) {
        attachment.options.layer_annotations.emplace(supply::oci_title, std::move(name));
    }
    const bool is_for_cosign = arguments.reader == Reader::cosign;
    if (!arguments.type.empty() && !is_for_cosign) {
        return attachment;
    }
    CLI_TRY_ASSIGN(
        const auto content,
        or_fail(context.env.read(path, {.max_size = most_to_look_into}), "Failed to read " + path));
    const std::string_view text = as_text(content->bytes());
    if (arguments.type.empty()) {
        CLI_TRY_ASSIGN(attachment.options.artifact_type, type_of(path, text));
    }
    if (is_for_cosign) {
        if (attachment.options.artifact_type != supply::sigstore_bundle_type) {
            return fail_with(path + " is no sigstore bundle of v0.3, which is what cosign takes",
                             "`aion dsse convert --for sigstore` makes one of an envelope");
        }
        CLI_TRY(annotate_for_cosign(context, text, attachment.options));
    }
    return attachment;
}

Outcome<supply::OciDescriptor> attach_one(Context& context, const Found& found,
                                          const Attachment& attachment) {
    CLI_TRY_ASSIGN(const auto hashed, hash_all(context, {&attachment.file, 1},
                                               {.symlinks = supply::Symlinks::follow}));
    const std::string path = attachment.file.path.string();
    CLI_TRY_ASSIGN(const auto file, or_fail(context.env.open(path, {.regular_only = true}),
                                            "Failed to read " + path));
    supply::FileSource source(*file);
    return or_fail(supply::attach(*found.store, found.descriptor,
                                  supply::OciDigest::of(*hashed.front().sha256),
                                  hashed.front().size, source, attachment.options),
                   "Failed to attach " + path);
}

Outcome<Ending> run_attach(Context& context, const AttachArguments& arguments) {
    std::vector<Attachment> attachments;
    for (const std::string& path : arguments.files) {
        CLI_TRY_ASSIGN(Attachment attachment, look_at(context, arguments, path));
        attachments.push_back(std::move(attachment));
    }
    CLI_TRY_ASSIGN(const Found found, find_artifact(context, arguments.reference, arguments.store));
    OciAttachedView view{.reference = found.reference, .subject = found.descriptor, .rows = {}};
    for (const Attachment& attachment : attachments) {
        CLI_TRY_ASSIGN(auto descriptor, attach_one(context, found, attachment));
        context.console.deed(attachment.file.path.string() + " was attached to " +
                             arguments.reference);
        view.rows.push_back({attachment.file.path.string(), std::move(descriptor)});
    }
    present(context.console, arguments.format, view);
    return Ending::success;
}

void attach_options(Options& options, AttachArguments& into) {
    options.text("REFERENCE", into.reference, "REFERENCE", "Artefact that the files are about")
        ->required();
    options.texts("FILE", into.files, "FILE", "What is attached, each on its own")->required();
    options.text("--type", into.type, "MEDIA_TYPE",
                 "What the files are (default: an envelope is of the type of its payload, a "
                 "sigstore bundle is one)");
    options.choice("--for", into.reader, {{"aion", Reader::aion}, {"cosign", Reader::cosign}},
                   "CLIENT",
                   "Who is to find it; cosign: a sigstore bundle, told of by its annotations");
    options.flag("--title", into.with_title,
                 "Say the name of the file, too, by which others pull it");
    store_options(options, into.store);
    options.format(into.format);
    options.footer(
        "What is attached is a manifest of its own, with the artefact as its subject: the artefact "
        "stays what it is.");
    options.example(
        "A signed list of its files beside a model",
        "mkdir model && cp policy.yaml model\n"
        "  aion oci push model oci:models:v1\n"
        "  aion manifest create model --author 1001 --key 1001 --output model.manifest\n"
        "  aion oci attach oci:models:v1 model.manifest");
}

// --- discover ------------------------------------------------------------------------------------

struct DiscoverArguments {
    std::string reference;
    std::string type;
    StoreArguments store;
    Format format = Format::text;
};

Outcome<Ending> run_discover(Context& context, const DiscoverArguments& arguments) {
    CLI_TRY_ASSIGN(const Found found, find_artifact(context, arguments.reference, arguments.store));
    CLI_TRY_ASSIGN(const auto referrers,
                   or_fail(supply::discover(*found.store, found.descriptor, arguments.type),
                           "Failed to look for what is about " + arguments.reference));
    present(context.console, arguments.format,
            OciReferrersView{found.reference, found.descriptor, referrers});
    return Ending::success;
}

void discover_options(Options& options, DiscoverArguments& into) {
    options.text("REFERENCE", into.reference, "REFERENCE", "Artefact")->required();
    options.text("--type", into.type, "MEDIA_TYPE", "Only what is of this type");
    store_options(options, into.store);
    options.format(into.format);
    options.footer(
        "Lists what says that it is about the artefact, and what is about that. Nothing of it is "
        "verified.");
    options.example("What there is about a model",
                    "mkdir model && cp policy.yaml model\n"
                    "  aion oci push model oci:models:v1\n"
                    "  aion oci attach oci:models:v1 policy.yaml --type application/yaml\n"
                    "  aion oci discover oci:models:v1");
}

// --- layout --------------------------------------------------------------------------------------

struct LayoutArguments {
    std::string folder;
    Format format = Format::text;
};

Outcome<Ending> run_layout(Context& context, const LayoutArguments& arguments) {
    const std::string& folder = arguments.folder;
    auto layout = supply::OciLayout::open(context.env, folder);
    if (!layout) {
        return about_file(fail_with("Failed to open the image layout " + folder, layout.error()),
                          folder);
    }
    const auto report = [&] {
        BlobsProgress progress(context, "Hashing");
        return supply::check_layout(**layout, progress.function());
    }();
    if (!report) {
        return about_file(fail_with("Failed to check " + folder, report.error()), folder);
    }
    present(context.console, arguments.format, OciLayoutView{folder, *report});
    return report->is_valid() ? Ending::success : Ending::invalid;
}

void layout_options(Options& options, LayoutArguments& into) {
    options.text("DIR", into.folder, "DIR", "Image layout")->required();
    options.format(into.format);
    options.footer(
        "Hashes every blob, and follows all that the index leads to. Exit code 0: every blob is "
        "what its name says, and all that manifests name is there; 1: not so.");
    options.example("What is in it, and is all of it sound?",
                    "mkdir model && cp policy.yaml model\n"
                    "  aion oci push model oci:models:v1\n"
                    "  aion oci layout models");
}

}  // namespace

Declare declare_oci;

void declare_oci(const Declared& root) {
    const Declared oci = add_group(root, "oci", "Keep files as OCI artefacts");
    declare_oci_transfers(oci);
    add_command(oci, "attach", "Say something about an artefact", attach_options, run_attach);
    add_command(oci, "discover", "List what is about an artefact", discover_options, run_discover);
    add_command(oci, "layout", "List and check an image layout", layout_options, run_layout);
}

}  // namespace aion::cli
