// SPDX-License-Identifier: MIT OR Apache-2.0
// Releases in OCI registries and image layouts.
//
// The reference's three manifests: the primary, which has the tag, and about it bill and
// provenance. It leaves out the model; so beside them stands, about the primary too, an artefact
// of all files of the bundle, by which a release comes back whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/release/bundle.hpp"
#include "aion/supply/manifest.hpp"
#include "aion/supply/oci_transfer.hpp"

namespace aion::release {

/// The type of the artefact that has the files of a bundle.
inline constexpr std::string_view oci_release_type = "application/vnd.aion.release.v1+json";

struct PushOptions {
    std::string tag = {};  ///< Of the primary; empty: none.
    supply::BlobProgress progress = {};
};

struct PushedRelease {
    supply::OciDescriptor primary;
    supply::OciDescriptor aibom;
    supply::OciDescriptor provenance;
    supply::OciDescriptor files;  ///< About the primary as well.
};

/// Writes a release that was verified, with its files in `folder`. `manifest`: as verified. What
/// is in the folder by then has to be what that says where it has SHA-256; a `release.json` that
/// says something else than `bundle` is refused. The tag comes last. Errors:
/// `file_changed` for such a document; `invalid_format` with `oci_other_digest` or `oci_other_size`
/// for such a file; those of the store and the `Env`.
[[nodiscard]] Result<PushedRelease> push_release(Env& env, supply::OciStore& store,
                                                 const Bundle& bundle,
                                                 const supply::Manifest& manifest,
                                                 const std::filesystem::path& folder,
                                                 const PushOptions& options = {});

/// Writes the files of the release about `root`, or of that artefact itself, into `folder`, as
/// `supply::pull_files` does. They are complete and as they were pushed; nothing is verified.
/// Errors: `invalid_format` with `release_not_one` unless one release is about `root`; those of
/// `supply::discover` and `supply::pull_files`.
[[nodiscard]] Result<supply::PullReport> pull_release(Env& env, supply::OciStore& store,
                                                      const supply::OciDescriptor& root,
                                                      const std::filesystem::path& folder,
                                                      const supply::PullOptions& options = {});

}  // namespace aion::release
