// SPDX-License-Identifier: MIT OR Apache-2.0
// Blobs as files: complete or under another name, and never elsewhere than below the folder that
// was meant.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/files.hpp"
#include "aion/supply/oci_store.hpp"

namespace aion::supply {

/// `copy_pieces` (base/files.hpp) in larger pieces, none of which is read behind an error.
[[nodiscard]] Result<> read_pieces_until_error(ReadableFile& file, std::uint64_t begin,
                                               std::uint64_t end, const BlobSink& sink);

/// A folder and how it is shown.
struct Folder {
    std::shared_ptr<Directory> directory;
    std::filesystem::path path;
};

/// What to do where there is no folder of that name.
enum class Missing : std::uint8_t { none, create };

/// The folder `name` of `parent`, or one without a directory where there is none. Errors:
/// `file_read_error` with ELOOP for a link, whatever it leads to, and ENOTDIR for a file;
/// `file_changed` when another folder took its place meanwhile; those of making it.
[[nodiscard]] Result<Folder> folder_in(Env& env, const Folder& parent, const std::string& name,
                                       Missing missing);

/// From so many bytes on, what was fetched of a blob stays when it breaks off.
inline constexpr std::uint64_t resumable_size = std::uint64_t{8} << 20U;

/// How names end that blobs have before they are complete.
inline constexpr std::string_view partial_suffix = ".part";

/// Gives `sink` what `check` has not taken yet, and calls `finish`: `OciStore::read_blob`.
using BlobFetch = std::function<Result<>(BlobCheck& check, const BlobSink& sink)>;

/// What writing a blob came to.
struct FetchedBlob {
    std::uint64_t resumed_from = 0;  ///< Bytes that were there from an earlier try.
    WriteReport report;
};

/// Writes a blob as the file at `place`, which gets its name when all of it is synced and has its
/// digest. A large one that breaks off is left as `.NAME.{16 hex of its digest}.part`, and the next
/// call goes on behind what there is of it, whoever wrote that: its digest tells. Errors: those of
/// `fetch` and of `write_file_atomically`.
[[nodiscard]] Result<FetchedBlob> write_blob_file(Env& env, const Place& place,
                                                  const OciDescriptor& descriptor,
                                                  const BlobFetch& fetch, Replace replace);

}  // namespace aion::supply
