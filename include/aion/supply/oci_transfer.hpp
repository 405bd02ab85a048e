// SPDX-License-Identifier: MIT OR Apache-2.0
// OCI artefacts on their way: from store to store, from files into one and back into a folder, and
// what is about them. All of it works with any store, and believes none.
//
/// Example: a file into a layout, and out of it.
///
///     #include "aion/supply/oci_layout.hpp"
///
///     Env& env = Env::system();
///     const auto store = supply::OciLayout::create(env, "policies");
///     if (!store) {
///         return fail(store.error());
///     }
///     const supply::ArtifactFile file{.name = "policy.aion", .path = "policy.aion"};
///     const auto pushed = supply::push_files(env, **store, {&file, 1}, {.tag = "v1"});
///     if (!pushed) {
///         return fail(pushed.error());
///     }
///     const auto pulled = supply::pull_files(env, **store, pushed->manifest, "copy", {});
///     if (!pulled) {
///         return fail(pulled.error());
///     }
///     std::cout << pulled->files.front().name << '\n';  // policy.aion
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/supply/artifacts.hpp"
#include "aion/supply/oci_store.hpp"

namespace aion::supply {

/// Told of blobs that are done and of bytes on their way, from any thread.
using BlobProgress = std::function<void(std::uint64_t blobs, std::uint64_t bytes)>;

/// Manifests and indexes that one copy has, at most.
inline constexpr std::size_t max_oci_documents = 65536;

struct CopyOptions {
    std::string tag = {};    ///< Of the copy; empty: none.
    bool referrers = false;  ///< Also what is about it, and about that.
    BlobProgress progress = {};
};

struct CopyReport {
    std::uint64_t manifests = 0;
    std::uint64_t blobs = 0;    ///< That were copied.
    std::uint64_t bytes = 0;    ///< Of these.
    std::uint64_t already = 0;  ///< Blobs that were there.
};

/// Copies a manifest with its blobs, or an index with its manifests, as the bytes they are. Blobs
/// come before what names them, so that a copy that breaks off is none, and is gone on with by the
/// next. Errors: those of both stores; `invalid_format` with `oci_too_deep` beyond
/// `max_oci_depth` (oci_layout.hpp), with what `oci_manifest_from_json` says;
/// `resource_exhausted` beyond `max_oci_documents`.
[[nodiscard]] Result<CopyReport> copy_artifact(OciStore& from, OciStore& to,
                                               const OciDescriptor& root,
                                               const CopyOptions& options = {});

struct PushOptions {
    std::string tag = {};             ///< Empty: none.
    std::string artifact_type = {};   ///< Empty: `oci_files_type`.
    std::string media_type = {};      ///< Of each layer; empty: `oci_file_type`.
    OciAnnotations annotations = {};  ///< Of the manifest.
    /// What the files are about, as `OciManifest` has it; of `push_files`.
    std::optional<OciDescriptor> subject = {};
    const Manifest* digests = nullptr;  ///< Whose SHA-256 need not be computed again.
    Symlinks symlinks = Symlinks::refuse;
    BlobProgress hashing = {};
    BlobProgress progress = {};
};

struct PushReport {
    OciDescriptor manifest;
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;  ///< Of the files.
};

/// Writes each file as a layer with its name for a title. Of a file that `options.digests` has with
/// its size, the digest is taken from there; that it is the file's is seen when it is written, as
/// for all of them. Errors: those of `hash_artifacts` for a file; `invalid_format` with
/// `oci_bad_title` for names that `pull_files` would refuse; `resource_exhausted` for more than fit
/// into a manifest; those of the store.
[[nodiscard]] Result<PushReport> push_files(Env& env, OciStore& store,
                                            std::span<const ArtifactFile> files,
                                            const PushOptions& options);

/// Writes an `.aion` file as the reference has it.
[[nodiscard]] Result<PushReport> push_aion(Env& env, OciStore& store, const ArtifactFile& file,
                                           const OciAionConfig& config, const PushOptions& options);

/// What became of a layer.
enum class PullAction : std::uint8_t {
    fetched,
    resumed,   ///< Fetched from where an earlier try ended.
    same,      ///< The file was there, with the same content.
    replaced,  ///< Another file was there.
};

/// `fetched`, `resumed`, …
[[nodiscard]] std::string_view name_of(PullAction action) noexcept;

struct PullOptions {
    bool force = false;  ///< Replace files that are there with other content.
    BlobProgress progress = {};
};

struct PullReport {
    struct File {
        std::string name;  ///< Below the folder.
        OciDescriptor layer;
        PullAction action = PullAction::fetched;
        std::uint64_t resumed_from = 0;  ///< Bytes that were there.
        bool is_archive = false;         ///< A tar or compressed: it was not unpacked.
    };

    OciManifest manifest;
    std::vector<File> files;  ///< One for each layer, in their order.
};

/// The names that layers have as files: their titles, or `sha256-…` of those without one. Errors:
/// `invalid_format` with `oci_bad_title` for one that could lead elsewhere (`check_artifact_name`,
/// drives, control characters), that files of ours have while they are written, or that is
/// another's, also where upper and lower case are the same.
[[nodiscard]] Result<std::vector<std::string>> file_names(const OciManifest& manifest);

/// Writes each layer of a manifest as a file below `folder`, which is made if it is not there.
/// Nothing is written unless every name is fit and, without `force`, no other file has one;
/// nothing is unpacked; a file has its name only when it is complete and on the disk; what a try
/// that broke off left is gone on with; links below the folder are refused. Errors: those of
/// `file_names`; `file_exists`; `invalid_argument` for an index; those of the store and the `Env`.
[[nodiscard]] Result<PullReport> pull_files(Env& env, OciStore& store, const OciDescriptor& root,
                                            const std::filesystem::path& folder,
                                            const PullOptions& options);

struct AttachOptions {
    std::string artifact_type;        ///< Also the media type of the blob.
    OciAnnotations annotations = {};  ///< Of the manifest.
    OciAnnotations layer_annotations = {};
    std::string tag = {};  ///< Empty: none.
};

/// Writes `blob` as something about `subject`. Errors: those of the store.
[[nodiscard]] Result<OciDescriptor> attach(OciStore& store, const OciDescriptor& subject,
                                           const OciDigest& digest, std::uint64_t size,
                                           BlobSource& blob, const AttachOptions& options);

/// A manifest about another.
struct Referrer {
    OciDescriptor descriptor;
    unsigned depth = 1;  ///< 1: about the root.
    /// It is there already, or would be too deep: what is about it is not listed here.
    bool is_cut = false;
};

/// All that is about `root`, each followed by what is about it. `artifact_type`, unless empty, is
/// that of those about the root itself. Errors: those of the store; `resource_exhausted` beyond
/// `max_oci_referrers` all together.
[[nodiscard]] Result<std::vector<Referrer>> discover(OciStore& store, const OciDescriptor& root,
                                                     std::string_view artifact_type = {});

}  // namespace aion::supply
