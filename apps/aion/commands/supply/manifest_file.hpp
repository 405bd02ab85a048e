// SPDX-License-Identifier: MIT OR Apache-2.0
// Manifests as they come in files, and how files are found and hashed for them.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "aion/supply/artifacts.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/supply/manifest.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// A manifest, and the envelope that it was in, if it was in one. Nothing of it is verified.
struct ManifestFile {
    supply::Manifest manifest;
    std::optional<supply::Envelope> envelope;
};

/// An envelope, its payload alone, or canonical bytes; `-` for standard input.
[[nodiscard]] Outcome<ManifestFile> read_manifest(Context& context, const std::string& path);

/// --symlinks.
void symlinks_option(Options& options, supply::Symlinks& into);

/// Files that are not artefacts though they are in the folder: those that there are of `paths`.
[[nodiscard]] Outcome<std::vector<FileInfo::Identity>> identities_of(
    Context& context, std::span<const std::string> paths);

/// The file at `path`, which must be a regular one, as an artefact of that name. Links are
/// followed.
[[nodiscard]] Outcome<supply::ArtifactFile> artifact_file(Context& context, std::string name,
                                                          const std::string& path);

/// Hashes all of `files`, showing progress; one that cannot be hashed fails them all.
[[nodiscard]] Outcome<std::vector<supply::Artifact>> hash_all(
    Context& context, std::span<const supply::ArtifactFile> files, supply::HashOptions options);

/// The progress of hashing, of which `total` bytes are known beforehand. Lives as long as what it
/// gives to `HashOptions::progress`.
class HashingProgress {
  public:
    HashingProgress(Context& context, std::uint64_t total)
        : progress_(context.console.progress_of_files("Hashing")), total_(total) {}

    void operator()(std::uint64_t files, std::uint64_t bytes) {
        progress_.add(files, bytes);
        const std::uint64_t all_files = files_ += files;
        const std::uint64_t all_bytes = bytes_ += bytes;
        if (total_ != 0) {
            progress_.found(all_files,
                            static_cast<double>(all_bytes) / static_cast<double>(total_));
        }
    }

  private:
    Progress progress_;
    std::uint64_t total_;
    std::atomic<std::uint64_t> files_ = 0;
    std::atomic<std::uint64_t> bytes_ = 0;
};

}  // namespace aion::cli
