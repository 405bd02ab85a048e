// SPDX-License-Identifier: MIT OR Apache-2.0
// Files into a store.
#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "aion/supply/oci_transfer.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/oci_work.hpp"

namespace aion::supply {
namespace {

// The digest of a file that somebody has computed; nothing where its size is another by now.
const crypto::Sha256Digest* known_digest(const Manifest* digests, const ArtifactFile& file) {
    const Artifact* const artifact = digests == nullptr ? nullptr : digests->find(file.name);
    return artifact != nullptr && artifact->size == file.size && artifact->sha256
               ? &*artifact->sha256
               : nullptr;
}

OciDescriptor layer_of(std::string_view media_type, const std::string& name,
                       const crypto::Sha256Digest& digest, std::uint64_t size) {
    return {.media_type = std::string(media_type),
            .digest = OciDigest::of(digest),
            .size = size,
            .annotations = {{std::string(oci_title), name}}};
}

// A layer for each file, of which those that nobody has hashed are.
Result<std::vector<OciDescriptor>> layers_of(Env& env, std::span<const ArtifactFile> files,
                                             std::string_view media_type,
                                             const PushOptions& options) {
    std::vector<OciDescriptor> layers(files.size());
    std::vector<std::size_t> numbers;
    std::vector<ArtifactFile> to_hash;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (const auto* const digest = known_digest(options.digests, files[i])) {
            layers[i] = layer_of(media_type, files[i].name, *digest, files[i].size);
        } else {
            numbers.push_back(i);
            to_hash.push_back(files[i]);
        }
    }
    auto hashed =
        hash_artifacts(env, to_hash, {.symlinks = options.symlinks, .progress = options.hashing});
    for (std::size_t i = 0; i < hashed.size(); ++i) {
        if (!hashed[i]) {
            return fail(std::move(hashed[i]).error());
        }
        const Artifact& artifact = *hashed[i];
        layers[numbers[i]] = layer_of(media_type, artifact.name, *artifact.sha256, artifact.size);
    }
    return layers;
}

Result<> write_files(Env& env, OciStore& store, std::span<const ArtifactFile> files,
                     std::span<const OciDescriptor> layers, const PushOptions& options) {
    std::vector<std::size_t> numbers;
    std::set<OciDigest> seen;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (seen.insert(layers[i].digest).second) {
            numbers.push_back(i);
        }
    }
    // The largest first, so that none of them is begun last.
    std::ranges::sort(numbers, [&](std::size_t a, std::size_t b) {
        return files[a].size != files[b].size ? files[a].size > files[b].size : a < b;
    });
    return for_each_until_error(
        &env, store.concurrency(), numbers.size(), [&](std::size_t number) -> Result<> {
            const std::size_t i = numbers[number];
            AION_TRY_ASSIGN(const auto file, env.open(files[i].path, {.regular_only = true}));
            FileSource source(*file);
            AION_TRY(store.write_blob(layers[i], source));
            if (options.progress) {
                options.progress(1, files[i].size);
            }
            return {};
        });
}

Result<PushReport> write_manifest(OciStore& store, const OciManifest& manifest,
                                  std::string_view tag) {
    const std::string text = to_json(manifest);
    if (text.size() > max_oci_document) {
        return fail(error_because(ErrorCode::resource_exhausted,
                                  "the manifest of " + std::to_string(manifest.layers.size()) +
                                      " files has " + std::to_string(text.size()) +
                                      " bytes, more than the " + std::to_string(max_oci_document) +
                                      " that registries take"));
    }
    PushReport report{.manifest = describe_bytes(oci_manifest_type, text),
                      .files = manifest.layers.size()};
    for (const OciDescriptor& layer : manifest.layers) {
        report.bytes += layer.size;
    }
    AION_TRY(store.write_document(report.manifest, text, tag));
    report.manifest.artifact_type = manifest.artifact_type;
    return report;
}

}  // namespace

Result<PushReport> push_files(Env& env, OciStore& store, std::span<const ArtifactFile> files,
                              const PushOptions& options) {
    if (files.size() > max_oci_descriptors) {
        return fail(error_because(
            ErrorCode::resource_exhausted,
            "more than " + std::to_string(max_oci_descriptors) + " files in one manifest"));
    }
    const std::string_view media_type =
        options.media_type.empty() ? oci_file_type : std::string_view(options.media_type);
    OciManifest manifest{.artifact_type = options.artifact_type.empty()
                                              ? std::string(oci_files_type)
                                              : options.artifact_type,
                         .config = oci_empty_descriptor(),
                         .subject = options.subject,
                         .annotations = options.annotations};
    AION_TRY_ASSIGN(manifest.layers, layers_of(env, files, media_type, options));
    AION_TRY(file_names(manifest));
    AION_TRY(write_files(env, store, files, manifest.layers, options));
    BytesSource empty(oci_empty_blob);
    AION_TRY(store.write_blob(manifest.config, empty));
    return write_manifest(store, manifest, options.tag);
}

Result<PushReport> push_aion(Env& env, OciStore& store, const ArtifactFile& file,
                             const OciAionConfig& config, const PushOptions& options) {
    AION_TRY_ASSIGN(auto layers, layers_of(env, {&file, 1}, oci_aion_layer_type, options));
    OciManifest manifest = make_aion_manifest(std::move(layers.front()), config);
    AION_TRY(file_names(manifest));
    AION_TRY(write_files(env, store, {&file, 1}, manifest.layers, options));
    const std::string blob = to_json(config);
    BytesSource source(blob);
    AION_TRY(store.write_blob(manifest.config, source));
    manifest.annotations.insert(options.annotations.begin(), options.annotations.end());
    return write_manifest(store, manifest, options.tag);
}

}  // namespace aion::supply
