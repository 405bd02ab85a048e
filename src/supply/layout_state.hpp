// SPDX-License-Identifier: MIT OR Apache-2.0
// A layout that is open.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/supply/oci_layout.hpp"
#include "supply/oci_files.hpp"

namespace aion::supply {

/// What a manifest or index is about, if anything; nothing of a text that is none.
[[nodiscard]] std::optional<OciDescriptor> subject_in(std::string_view media_type,
                                                      std::string_view text);

struct OciLayout::State {
    State(Env& of, Folder folder) : env(of), root(std::move(folder)) {}

    /// `blobs/sha256` or the other; without a directory where there is none.
    [[nodiscard]] Result<Folder> blobs(std::string_view algorithm, Missing missing);
    /// Where a blob is or would be; nothing where there is no folder for it.
    [[nodiscard]] Result<std::optional<Place>> find(const OciDigest& digest, Missing missing);
    /// nullptr: there is none.
    [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open_blob(const OciDigest& digest);
    /// Bytes that hold, of one of at most `max_oci_document`.
    [[nodiscard]] Result<std::string> read_document(const OciDescriptor& descriptor);
    [[nodiscard]] Result<std::pair<OciIndex, FileInfo::Identity>> read_index();
    /// `change` says whether it changed anything.
    [[nodiscard]] Result<> update_index(const std::function<bool(OciIndex&)>& change);
    [[nodiscard]] Result<OciDescriptor> only_one(const std::vector<OciDescriptor>& entries);
    [[nodiscard]] bool is_about_another(const OciDescriptor& entry);
    [[nodiscard]] Result<std::optional<OciDescriptor>> describe(const OciDigest& digest);
    void add_subjects(const OciDescriptor& entry, unsigned depth, std::set<OciDigest>& seen);

    Env& env;
    Folder root;
    std::mutex mutex;  // Of the two folders.
    Folder sha256;
    Folder sha512;
    /// Referrers by what they are about, as of an index.
    std::multimap<OciDigest, OciDescriptor> subjects;
    std::optional<FileInfo::Identity> subjects_of;
};

}  // namespace aion::supply
