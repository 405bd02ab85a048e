// SPDX-License-Identifier: MIT OR Apache-2.0
// Image layouts: OCI artefacts in a folder (https://specs.opencontainers.org), as oras, skopeo and
// crane have them, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/supply/oci_store.hpp"

namespace aion::supply {

/// Of a layout's `index.json`, which is no blob.
inline constexpr std::size_t max_layout_index = std::size_t{64} << 20U;
inline constexpr std::size_t max_layout_manifests = std::size_t{1} << 18U;
/// Indexes inside each other, and referrers of referrers.
inline constexpr std::size_t max_oci_depth = 16;

/// A folder with `oci-layout`, `index.json` and `blobs/`. Nothing in it is reached through a
/// symbolic link, so that it reads and writes no file elsewhere; the folder itself may be one.
///
/// A blob has its name only when all of it is on the disk and has its digest; a tag moves when the
/// new `index.json` is there as a whole. Writers lock `index.json`, and notice those that do not.
/// Every manifest has an entry in the index, as oras has it; what has a subject and is reached from
/// there is one of its referrers.
///
/// Errors, besides those of `OciStore`: those of the `Env`; `conflict` when others hold the index
/// for more than 10 seconds; `invalid_format` with `oci_bad_layout` or what `oci_index_from_json`
/// says of the index.
class OciLayout final : public OciStore {
  public:
    /// Error: `invalid_format` with `oci_bad_layout` for a folder that is none.
    [[nodiscard]] static Result<std::unique_ptr<OciLayout>> open(
        Env& env, const std::filesystem::path& folder);

    /// The same, and makes one where there is no folder or an empty one.
    [[nodiscard]] static Result<std::unique_ptr<OciLayout>> create(
        Env& env, const std::filesystem::path& folder);

    ~OciLayout() override;

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] unsigned concurrency() const noexcept override;

    /// What `index.json` says now.
    [[nodiscard]] Result<OciIndex> index();

    [[nodiscard]] const std::filesystem::path& folder() const noexcept;

    struct State;  ///< Private to the implementation.

    explicit OciLayout(std::unique_ptr<State> state);

  private:
    friend class LayoutCheck;

    Result<OciDescriptor> do_resolve(std::string_view tag_or_digest) override;
    Result<> do_read_document(const OciDescriptor& descriptor, const BlobSink& sink) override;
    Result<bool> do_has(const OciDescriptor& descriptor) override;
    Result<> do_read_blob(const OciDescriptor& descriptor, std::uint64_t offset,
                          const BlobSink& sink) override;
    Result<> do_write_blob(const OciDescriptor& descriptor, BlobSource& source) override;
    Result<> do_write_document(const OciDescriptor& descriptor, std::string_view bytes,
                               std::string_view tag) override;
    Result<> do_referrers(const OciDescriptor& subject, std::string_view artifact_type,
                          const DescriptorSink& sink) override;

    std::unique_ptr<State> state_;
};

/// What was found of a blob of a layout.
enum class BlobFinding : std::uint8_t {
    fits,           ///< It is what its name says.
    other_content,  ///< It has another digest than its name.
    other_size,     ///< Something names it with a size that it does not have.
    missing,        ///< Something names it, and it is not there.
    bad_document,   ///< A manifest or index that cannot be read as one.
    unreadable,     ///< There is something of its name that cannot be read: see `error`.
    foreign,        ///< A name below `blobs/` that is no digest.
};

/// `fits`, `other_content`, …
[[nodiscard]] std::string_view name_of(BlobFinding finding) noexcept;

struct LayoutReport {
    struct Row {
        std::string name;  ///< `sha256:…`, or below `blobs/` what is no digest.
        BlobFinding finding = BlobFinding::fits;
        std::uint64_t size = 0;  ///< Bytes that are there.
        bool is_named = false;   ///< By the index or by something that it leads to.
        std::string media_type = {};
        std::optional<Error> error = {};
    };

    struct Tag {
        std::string tag;
        OciDigest digest;
    };

    std::vector<Row> rows;        ///< Every blob, in the order of the names.
    std::vector<Tag> tags;        ///< In the order of the names.
    std::uint64_t manifests = 0;  ///< Manifests and indexes that the index leads to.
    std::uint64_t hashed_bytes = 0;

    /// Whether every blob that is there is what its name says, and every blob that is named is
    /// there. A subject need not be, nor what an index inside the index lists: others leave out
    /// what was not asked for. A blob that nobody names is allowed, as is a name that is no digest.
    [[nodiscard]] bool is_valid() const noexcept;
};

/// Hashes every blob of a layout, several at a time, and follows all that the index leads to.
/// `progress` is told of blobs and bytes as they are hashed, from any thread. Errors: those of
/// reading the index; `interrupted`. What is wrong with a single blob is a row.
[[nodiscard]] Result<LayoutReport> check_layout(
    OciLayout& layout,
    const std::function<void(std::uint64_t blobs, std::uint64_t bytes)>& progress = {});

}  // namespace aion::supply
