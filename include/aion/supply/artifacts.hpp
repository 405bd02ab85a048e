// SPDX-License-Identifier: MIT OR Apache-2.0
// Artefacts on disk: which files a folder has, what they hash to, and whether they are those of a
// manifest.
//
// Every file is read once, a piece at a time, for all digests together, so that a model of 100 GB
// costs one pass over the disk and some megabytes of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/error.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/manifest.hpp"

namespace aion::supply {

/// What to do with a symbolic link that stands where a file may.
enum class Symlinks : std::uint8_t {
    refuse,  ///< An error naming it: what it leads to may be another file tomorrow.
    skip,    ///< It is left out.
    follow,  ///< A link to a file is that file under the link's name; one to a folder is refused.
};

/// A file that is to be an artefact.
struct ArtifactFile {
    std::string name;            ///< As it will be in a manifest.
    std::filesystem::path path;  ///< Where it is.
    std::uint64_t size = 0;      ///< When it was found; bytes.
    /// Why this is none (`FindOptions::keep_going`).
    std::optional<Error> error = {};
};

struct FindOptions {
    Symlinks symlinks = Symlinks::refuse;
    /// These files are not looked at, whatever leads to them: those that the manifest itself and
    /// its signature are in, when they are in the folder.
    std::vector<FileInfo::Identity> without = {};
    /// What cannot be an artefact is given out with its error, and the search goes on: for whoever
    /// wants to know all that is wrong.
    bool keep_going = false;
    /// Names of files, and of folders with all that is in them, that are left out, whatever they
    /// are: relative to the folder, in the byte order, as artefacts are named.
    std::vector<std::string> ignored = {};
};

/// All regular files below `folder`, named relative to it, in the byte order of their names. Hidden
/// files count. Errors: `file_read_error` (a folder or file that cannot be looked at; ELOOP for a
/// link that is refused; EINVAL for a pipe, socket or device), `invalid_format` with
/// `manifest_bad_name` for a name that no manifest may have, `resource_exhausted` beyond
/// `Manifest::max_artifacts`, `interrupted`.
[[nodiscard]] Result<std::vector<ArtifactFile>> find_artifacts(Env& env,
                                                               const std::filesystem::path& folder,
                                                               const FindOptions& options = {});

/// Names that are the same on a system that does not tell upper from lower case (ASCII): they
/// cannot all be unpacked there. Groups of two and more, in the order of the alphabet.
[[nodiscard]] std::vector<std::vector<std::string>> case_collisions(
    std::span<const ArtifactFile> files);

struct HashOptions {
    bool with_sha256 = true;  ///< Else `Artifact::sha256` is nothing.
    bool with_blake3 = true;  ///< Else `Artifact::blake3` is zero.
    Symlinks symlinks = Symlinks::refuse;
    /// Threads to use at most; 0 as `AION_THREADS` says.
    unsigned threads = 0;
    /// Told of files (or shards) that are done and of bytes as they are hashed, from any thread.
    std::function<void(std::uint64_t files, std::uint64_t bytes)> progress = {};
};

/// What became of one file.
using HashedArtifact = Result<Artifact>;

/// Hashes each of `files`, several at a time and one large one in several threads. Result `i` is
/// that of `files[i]`. Errors of a file: its own, if it has one; those of `Env::open`;
/// `file_changed` when it was another after it was read; `interrupted`.
[[nodiscard]] std::vector<HashedArtifact> hash_artifacts(Env& env,
                                                         std::span<const ArtifactFile> files,
                                                         const HashOptions& options = {});

/// A piece of a file, from one byte up to another, which is not part of it.
struct Shard {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    Hash blake3;                                      ///< As `HashOptions` has it.
    std::optional<crypto::Sha256Digest> sha256 = {};  ///< As `HashOptions` has it.
};

/// The shards of one file, in their order; none of an empty one.
using HashedShards = Result<std::vector<Shard>>;

/// All files together have so many at most.
inline constexpr std::size_t max_shards = std::size_t{1} << 22U;

/// Hashes each of `files` in shards of `shard_size` bytes, of which the last one of a file may have
/// fewer; several at a time, also of one file. Result `i` is that of `files[i]`. Errors, of all
/// files: `invalid_argument` for a size of 0; `resource_exhausted` beyond `max_shards`. Errors of a
/// file: as above; `file_changed` also for one that has another size than when it was found.
[[nodiscard]] Result<std::vector<HashedShards>> hash_shards(Env& env,
                                                            std::span<const ArtifactFile> files,
                                                            std::uint64_t shard_size,
                                                            const HashOptions& options = {});

/// What was found of one artefact of a manifest, or of a file beside them.
enum class ArtifactFinding : std::uint8_t {
    same,
    not_sampled,    ///< Its size is right; its content was not looked at.
    missing,        ///< No file has its name.
    other_size,     ///< A file of another size has its name.
    other_content,  ///< Of the same size, but with another digest.
    unreadable,     ///< There is something, but it could not be read: see `error`.
    extra,          ///< A file that the manifest does not have.
};

/// `same`, `not_sampled`, …
[[nodiscard]] std::string_view name_of(ArtifactFinding finding) noexcept;

/// How to compare a folder with a manifest.
struct CheckOptions {
    /// Which part of the artefacts is hashed, above 0 to 1. That each is there and of its size is
    /// always checked.
    double sample = 1;
    /// What the sample is drawn by: the same seed draws the same artefacts of a manifest.
    std::uint64_t seed = 0;
    FindOptions finding = {};  ///< Keeps going in any case.
    HashOptions hashing = {};  ///< SHA-256 only where the manifest has it.
};

struct ManifestCheck {
    struct Row {
        std::string name;
        ArtifactFinding finding = ArtifactFinding::same;
        std::optional<std::uint64_t> expected_size = {};
        std::optional<std::uint64_t> found_size = {};
        std::optional<Error> error = {};
    };

    /// What is not `same`, in the byte order of the names; `not_sampled` is only counted.
    std::vector<Row> rows;
    std::uint64_t same = 0;
    std::uint64_t not_sampled = 0;
    std::uint64_t hashed_bytes = 0;

    /// Whether every artefact is there as it should be, as far as was looked, and nothing else.
    [[nodiscard]] bool is_valid() const noexcept { return rows.empty(); }
};

/// Compares `folder` with `manifest`. Both digests count where the manifest has both. Errors:
/// `invalid_argument` for a sample that is not above 0 and at most 1; those of `find_artifacts` for
/// the folder itself. What is wrong with a single file is a row.
[[nodiscard]] Result<ManifestCheck> check_artifacts(Env& env, const Manifest& manifest,
                                                    const std::filesystem::path& folder,
                                                    const CheckOptions& options = {});

/// The same of files that somebody found, in the byte order of their names, none twice, wherever
/// they are; `options.finding` is not looked at.
[[nodiscard]] Result<ManifestCheck> check_files(Env& env, const Manifest& manifest,
                                                std::span<const ArtifactFile> files,
                                                const CheckOptions& options = {});

}  // namespace aion::supply
