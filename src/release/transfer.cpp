// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/transfer.hpp"

#include <utility>
#include <vector>

#include "aion/base/files.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/crypto/sha256.hpp"
#include "aion/release/verdict.hpp"
#include "aion/supply/aibom.hpp"
#include "base/try.hpp"
#include "release/details.hpp"

namespace aion::release {
namespace {

using supply::Artifact;
using supply::ArtifactFile;
using supply::OciDescriptor;

// The files of a bundle, with what they have to be as far as that is known.
struct BundleFiles {
    std::vector<ArtifactFile> files;
    std::vector<Artifact> artifacts;

    void add(const std::filesystem::path& folder, Artifact artifact) {
        files.push_back(
            {.name = artifact.name, .path = folder / artifact.name, .size = artifact.size});
        artifacts.push_back(std::move(artifact));
    }
};

Result<BundleFiles> files_of(Env& env, const Bundle& bundle, const supply::Manifest& manifest,
                             const std::filesystem::path& folder) {
    const std::filesystem::path document = folder / document_name;
    AION_TRY_ASSIGN(const Bytes text, read_file(env, document, max_document_size));
    AION_TRY_ASSIGN(const Bundle here, bundle_from_json(as_text(text)));
    if (here != bundle) {
        return fail(error_at_path(ErrorCode::file_changed, document.string()));
    }
    BundleFiles all;
    all.add(folder, {.name = std::string(document_name),
                     .size = text.size(),
                     .blake3 = crypto::blake3(text),
                     .sha256 = crypto::sha256(text)});
    for (const Artifact& artifact : manifest.artifacts()) {
        Artifact one = artifact;
        one.name = &artifact == &manifest.artifacts().front()
                       ? std::string(primary_name)
                       : std::string(artifacts_name) + "/" + artifact.name;
        all.add(folder, std::move(one));
    }
    return all;
}

Result<> write_blob(supply::OciStore& store, std::string_view type, std::string_view bytes) {
    supply::BytesSource source(bytes);
    return store.write_blob(supply::describe_bytes(type, bytes), source);
}

Result<OciDescriptor> write_about(supply::OciStore& store, std::string_view type,
                                  std::string_view blob, std::string_view manifest) {
    AION_TRY(write_blob(store, type, blob));
    AION_TRY(write_blob(store, supply::oci_empty_type, supply::oci_empty_blob));
    OciDescriptor descriptor = supply::describe_bytes(supply::oci_manifest_type, manifest);
    AION_TRY(store.write_document(descriptor, manifest));
    return descriptor;
}

}  // namespace

Result<PushedRelease> push_release(Env& env, supply::OciStore& store, const Bundle& bundle,
                                   const supply::Manifest& manifest,
                                   const std::filesystem::path& folder,
                                   const PushOptions& options) {
    AION_TRY_ASSIGN(const supply::AiBom aibom, supply::aibom_from_json(bundle.aibom));
    AION_TRY_ASSIGN(const BundleFiles all, files_of(env, bundle, manifest, folder));
    AION_TRY_ASSIGN(const auto digests, supply::Manifest::make(all.artifacts));
    const OciGraph graph =
        oci_graph_of(bundle, aibom.model.name, VersionNumber{aibom.created_at_version});
    PushedRelease pushed;
    pushed.primary = supply::describe_bytes(supply::oci_manifest_type, graph.primary);
    AION_TRY(write_blob(store, supply::oci_aion_config_type, graph.config));
    AION_TRY(write_blob(store, supply::oci_aion_layer_type, as_text(bundle.manifest)));
    AION_TRY(store.write_document(pushed.primary, graph.primary));
    AION_TRY_ASSIGN(pushed.aibom,
                    write_about(store, supply::aibom_type, graph.aibom_blob, graph.aibom));
    AION_TRY_ASSIGN(pushed.provenance, write_about(store, supply::statement_type,
                                                   graph.provenance_blob, graph.provenance));
    AION_TRY_ASSIGN(const auto files,
                    supply::push_files(env, store, all.files,
                                       {.artifact_type = std::string(oci_release_type),
                                        .subject = pushed.primary,
                                        .digests = &digests,
                                        .progress = options.progress}));
    pushed.files = files.manifest;
    if (!options.tag.empty()) {
        AION_TRY(store.write_document(pushed.primary, graph.primary, options.tag));
    }
    return pushed;
}

Result<supply::PullReport> pull_release(Env& env, supply::OciStore& store,
                                        const OciDescriptor& root,
                                        const std::filesystem::path& folder,
                                        const supply::PullOptions& options) {
    OciDescriptor found = root;
    AION_TRY_ASSIGN(const std::string text, store.read_document(root));
    AION_TRY_ASSIGN(const supply::OciManifest manifest, supply::oci_manifest_from_json(text));
    if (manifest.kind() != oci_release_type) {
        AION_TRY_ASSIGN(const auto about, supply::discover(store, root, oci_release_type));
        std::vector<OciDescriptor> releases;
        for (const supply::Referrer& one : about) {
            if (one.depth == 1) {
                releases.push_back(one.descriptor);
            }
        }
        if (releases.size() != 1) {
            return fail(
                invalid<ReleaseDetail::release_not_one>(root.digest.text(), releases.size()));
        }
        found = std::move(releases.front());
    }
    return supply::pull_files(env, store, found, folder, options);
}

}  // namespace aion::release
