// SPDX-License-Identifier: MIT OR Apache-2.0
// Where OCI artefacts are kept, whoever keeps them: one repository of a registry, or a layout on
// disk (oci_layout.hpp).
//
// No store is believed. What comes from one and what goes to one passes through the functions of
// `OciStore` itself, which compare it with digest and size while it streams; a kind of store only
// says where the bytes are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/supply/oci.hpp"

namespace aion::supply {

/// Takes the next bytes; an error ends the reading and comes out of it.
using BlobSink = std::function<Result<>(ByteView bytes)>;
using DescriptorSink = std::function<Result<>(OciDescriptor descriptor)>;

/// Whether bytes that arrive in pieces are those of a descriptor.
class BlobCheck {
  public:
    explicit BlobCheck(const OciDescriptor& descriptor);
    ~BlobCheck();
    BlobCheck(BlobCheck&&) noexcept;
    BlobCheck& operator=(BlobCheck&&) noexcept;
    BlobCheck(const BlobCheck&) = delete;
    BlobCheck& operator=(const BlobCheck&) = delete;

    /// Error: `invalid_format` with `oci_other_size` when there are more than there may be; nothing
    /// is taken then.
    [[nodiscard]] Result<> take(ByteView bytes);

    /// To be called once, in the end. Errors: `invalid_format` with `oci_other_size` or
    /// `oci_other_digest`.
    [[nodiscard]] Result<> finish();

    /// Bytes so far.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    [[nodiscard]] const OciDigest& digest() const noexcept { return digest_; }

  private:
    struct State;

    OciDigest digest_;
    std::uint64_t size_;
    std::uint64_t offset_ = 0;
    std::unique_ptr<State> state_;
};

/// What a blob is written from. It may be read again, from any place, until the blob is written.
class BlobSource {
  public:
    virtual ~BlobSource() = default;
    BlobSource(const BlobSource&) = delete;
    BlobSource& operator=(const BlobSource&) = delete;
    BlobSource(BlobSource&&) = delete;
    BlobSource& operator=(BlobSource&&) = delete;

    /// Gives `sink` all bytes from `offset` on, in order. Errors: its own, those of `sink`.
    [[nodiscard]] virtual Result<> read(std::uint64_t offset, const BlobSink& sink) = 0;

    /// Gives `sink` what `check` has not taken yet, which it takes, and calls `finish`: for who has
    /// the beginning already, from an earlier try. Errors: also those of `check`.
    [[nodiscard]] virtual Result<> go_on(BlobCheck& check, const BlobSink& sink);

    /// The same bytes by position, for who has to be asked for them; nullptr where they only come
    /// in a stream (`readable` then keeps them). It lives as long as this object.
    [[nodiscard]] virtual ReadableFile* file() noexcept { return nullptr; }

  protected:
    BlobSource() = default;
};

/// A file, which must outlive it, as `info().size` bytes.
class FileSource final : public BlobSource {
  public:
    explicit FileSource(ReadableFile& file) noexcept : file_(&file) {}

    [[nodiscard]] Result<> read(std::uint64_t offset, const BlobSink& sink) override;

    [[nodiscard]] ReadableFile* file() noexcept override { return file_; }

  private:
    ReadableFile* file_;
};

/// Bytes in memory, which must outlive it.
class BytesSource final : public BlobSource {
  public:
    explicit BytesSource(std::string_view bytes);
    ~BytesSource() override;

    [[nodiscard]] Result<> read(std::uint64_t offset, const BlobSink& sink) override;
    [[nodiscard]] ReadableFile* file() noexcept override;

  private:
    class File;
    std::unique_ptr<File> file_;
};

class OciStore;

/// A blob of another store, both of which must outlive it.
class StoreSource final : public BlobSource {
  public:
    StoreSource(OciStore& store, const OciDescriptor& descriptor) noexcept
        : store_(&store), descriptor_(&descriptor) {}

    [[nodiscard]] Result<> read(std::uint64_t offset, const BlobSink& sink) override;
    [[nodiscard]] Result<> go_on(BlobCheck& check, const BlobSink& sink) override;

  private:
    OciStore* store_;
    const OciDescriptor* descriptor_;
};

/// Referrers of one manifest, at most.
inline constexpr std::size_t max_oci_referrers = 16384;

/// One repository. What has `concurrency()` above 1 lets so many threads call `read_blob`,
/// `write_blob`, `has` and `read_document` at a time; everything else is for one thread at a time.
///
/// Errors of every function: `file_not_found`, with the path `NAME@DIGEST` or `NAME:TAG`, for what
/// is not there; those of the kind of store; `interrupted`. What is not as it was said to be is
/// `invalid_format` with `oci_other_size`, `oci_other_digest`, or `oci_other_type`.
class OciStore {
  public:
    virtual ~OciStore() = default;
    OciStore(const OciStore&) = delete;
    OciStore& operator=(const OciStore&) = delete;
    OciStore(OciStore&&) = delete;
    OciStore& operator=(OciStore&&) = delete;

    /// How messages name it: `oci:models`, `registry.example/team/model`.
    [[nodiscard]] virtual std::string name() const = 0;

    [[nodiscard]] virtual unsigned concurrency() const noexcept { return 1; }

    /// The manifest or index that a tag or digest names; of an empty word, the only one that there
    /// is, where the store knows. A digest is never answered with another. Errors:
    /// `invalid_argument` for an empty word where it says nothing; `resource_exhausted` for what is
    /// larger than `max_oci_document`.
    [[nodiscard]] Result<OciDescriptor> resolve(std::string_view tag_or_digest);

    /// The bytes of a manifest or index, whose size and digest hold. Error: `resource_exhausted`
    /// beyond `max_oci_document`, before anything is read.
    [[nodiscard]] Result<std::string> read_document(const OciDescriptor& descriptor);

    /// Whether a blob, or a manifest by its media type, is there with this size as far as can be
    /// told without reading it.
    [[nodiscard]] Result<bool> has(const OciDescriptor& descriptor);

    /// Gives `sink` the bytes of a blob in order. They hold when this succeeds, and are not to be
    /// believed before.
    [[nodiscard]] Result<> read_blob(const OciDescriptor& descriptor, const BlobSink& sink);

    /// Goes on behind what `check` has taken, which comes from an earlier try or from a file, so
    /// that nothing is fetched twice; after an error it may be called again with the same `check`.
    /// `finish` is called here.
    [[nodiscard]] Result<> read_blob(const OciDescriptor& descriptor, BlobCheck& check,
                                     const BlobSink& sink);

    /// Writes a blob unless it is there. A store never keeps under a digest what does not have it.
    [[nodiscard]] Result<> write_blob(const OciDescriptor& descriptor, BlobSource& source);

    /// Writes a manifest or index whose blobs and manifests are there, and gives it `tag`, if one
    /// is named, even when another has it. What has a `subject` is found by `referrers` from then
    /// on.
    [[nodiscard]] Result<> write_document(const OciDescriptor& descriptor, std::string_view bytes,
                                          std::string_view tag = {});

    /// The manifests that are there about `subject`, which itself need not be; of that artifact
    /// type, unless it is empty. Each digest once, in the store's order. What a referrer says of
    /// itself in its descriptor is not checked: read it. Error: `resource_exhausted` beyond
    /// `max_oci_referrers`.
    [[nodiscard]] Result<std::vector<OciDescriptor>> referrers(const OciDescriptor& subject,
                                                               std::string_view artifact_type = {});

  protected:
    OciStore() = default;

    /// `file_not_found` as above.
    [[nodiscard]] Error not_found(std::string_view tag_or_digest) const;

  private:
    // What a kind of store has to say. Digests have a valid form, tags as well; sizes of documents
    // are within the limit. Nothing of it needs to compare content with a digest, for the caller
    // does, but `do_write_blob` must not let a blob appear unless `source` was read to its end
    // without an error: the error of a wrong digest comes from there.

    virtual Result<OciDescriptor> do_resolve(std::string_view tag_or_digest) = 0;
    /// May give more than the caller wants: its sink says when to stop.
    virtual Result<> do_read_document(const OciDescriptor& descriptor, const BlobSink& sink) = 0;
    virtual Result<bool> do_has(const OciDescriptor& descriptor) = 0;
    /// Exactly from `offset` on, whatever the other side makes of a range.
    virtual Result<> do_read_blob(const OciDescriptor& descriptor, std::uint64_t offset,
                                  const BlobSink& sink) = 0;
    /// It is not there, as far as `do_has` knows.
    virtual Result<> do_write_blob(const OciDescriptor& descriptor, BlobSource& source) = 0;
    virtual Result<> do_write_document(const OciDescriptor& descriptor, std::string_view bytes,
                                       std::string_view tag) = 0;
    /// May give any: of other types, the same twice; an error of `sink` ends it.
    virtual Result<> do_referrers(const OciDescriptor& subject, std::string_view artifact_type,
                                  const DescriptorSink& sink) = 0;
};

/// The bytes of a source by position: its file, or else all of it, kept as `Spool` does
/// (base/spool.hpp) in `kept`, which must outlive the use. Errors: those of both.
[[nodiscard]] Result<ReadableFile*> readable(Env& env, BlobSource& source,
                                             std::unique_ptr<ReadableFile>& kept);

}  // namespace aion::supply
