// SPDX-License-Identifier: MIT OR Apache-2.0
// What every store is asked through: nothing of it is believed.
#include "aion/supply/oci_store.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/oci_json.hpp"

namespace aion::supply {
namespace {

Error too_large(const OciDescriptor& descriptor) {
    return error_because(ErrorCode::resource_exhausted,
                         "the manifest " + descriptor.digest.text() + " has " +
                             std::to_string(descriptor.size) + " bytes, more than " +
                             std::to_string(max_oci_document));
}

// Of what is not wanted the digest is needed all the same.
BlobSink behind(std::uint64_t offset, const BlobSink& sink) {
    return [skip = offset, &sink](ByteView bytes) mutable -> Result<> {
        const std::uint64_t skipped = std::min<std::uint64_t>(skip, bytes.size());
        skip -= skipped;
        return skipped == bytes.size() ? Result<>() : sink(bytes.subspan(skipped));
    };
}

/// A file of which the last bytes are not given out unless all of it is what it should be: whoever
/// is sent it never has all of something else. What is read a second time is as it was at the
/// first, or the other side finds out.
class CheckedFile final : public ReadableFile {
  public:
    CheckedFile(ReadableFile& file, const OciDescriptor& descriptor)
        : file_(file), check_(descriptor) {}

    [[nodiscard]] const FileInfo& info() const noexcept override { return file_.info(); }

    Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        AION_TRY(file_.read_at(offset, out));
        const std::uint64_t end = offset + out.size();
        if (end <= check_.offset() || is_finished_) {
            return {};
        }
        AION_TRY(catch_up(offset));
        AION_TRY(check_.take(out.subspan(check_.offset() - offset)));
        if (check_.offset() == check_.size()) {
            is_finished_ = true;
            return check_.finish();
        }
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override { return file_.check_unchanged(); }

  private:
    // Whoever goes on in the middle, because the rest is there from an earlier try.
    Result<> catch_up(std::uint64_t offset) {
        Bytes piece;
        while (check_.offset() < offset) {
            piece.resize(static_cast<std::size_t>(
                std::min<std::uint64_t>(offset - check_.offset(), std::uint64_t{256} << 10U)));
            AION_TRY(file_.read_at(check_.offset(), piece));
            AION_TRY(check_.take(piece));
        }
        return {};
    }

    ReadableFile& file_;
    BlobCheck check_;
    bool is_finished_ = false;
};

/// A source that ends with an error if it was not the blob that it should be.
class CheckedSource final : public BlobSource {
  public:
    CheckedSource(BlobSource& source, const OciDescriptor& descriptor)
        : source_(source), descriptor_(descriptor) {
        if (ReadableFile* const file = source.file(); file != nullptr) {
            file_.emplace(*file, descriptor);
        }
    }

    Result<> read(std::uint64_t offset, const BlobSink& sink) override {
        BlobCheck check(descriptor_);
        return source_.go_on(check, behind(offset, sink));
    }

    Result<> go_on(BlobCheck& check, const BlobSink& sink) override {
        return source_.go_on(check, sink);
    }

    [[nodiscard]] ReadableFile* file() noexcept override { return file_ ? &*file_ : nullptr; }

  private:
    BlobSource& source_;
    const OciDescriptor& descriptor_;
    std::optional<CheckedFile> file_;
};

}  // namespace

Result<> BlobSource::go_on(BlobCheck& check, const BlobSink& sink) {
    AION_TRY(read(check.offset(), [&](ByteView bytes) -> Result<> {
        AION_TRY(check.take(bytes));
        return sink(bytes);
    }));
    return check.finish();
}

Result<> StoreSource::read(std::uint64_t offset, const BlobSink& sink) {
    BlobCheck check(*descriptor_);
    return store_->read_blob(*descriptor_, check, behind(offset, sink));
}

Result<> StoreSource::go_on(BlobCheck& check, const BlobSink& sink) {
    return store_->read_blob(*descriptor_, check, sink);
}

Error OciStore::not_found(std::string_view tag_or_digest) const {
    std::string path = name();
    path += tag_or_digest.contains(':') ? '@' : ':';
    path += tag_or_digest;
    return error_at_path(ErrorCode::file_not_found, std::move(path));
}

Result<OciDescriptor> OciStore::resolve(std::string_view tag_or_digest) {
    std::optional<OciDigest> digest;
    if (tag_or_digest.contains(':')) {
        AION_TRY_ASSIGN(digest, OciDigest::parse(tag_or_digest));
    } else if (!tag_or_digest.empty() && !is_oci_tag(tag_or_digest)) {
        return fail(
            error_because(ErrorCode::invalid_argument,
                          "'" + excerpt(tag_or_digest) + "' is neither a tag nor a digest"));
    }
    AION_TRY_ASSIGN(OciDescriptor descriptor, do_resolve(tag_or_digest));
    if (digest && descriptor.digest != *digest) {
        return fail(
            invalid<SupplyDetail::oci_other_digest>(digest->text(), descriptor.digest.text()));
    }
    if (descriptor.size > max_oci_document) {
        return fail(too_large(descriptor));
    }
    return descriptor;
}

Result<std::string> OciStore::read_document(const OciDescriptor& descriptor) {
    if (descriptor.size > max_oci_document) {
        return fail(too_large(descriptor));
    }
    std::string out;
    BlobCheck check(descriptor);
    AION_TRY(do_read_document(descriptor, [&](ByteView bytes) -> Result<> {
        AION_TRY(check.take(bytes));
        out += as_text(bytes);
        return {};
    }));
    AION_TRY(check.finish());
    return out;
}

Result<bool> OciStore::has(const OciDescriptor& descriptor) {
    return do_has(descriptor);
}

Result<> OciStore::read_blob(const OciDescriptor& descriptor, const BlobSink& sink) {
    BlobCheck check(descriptor);
    return read_blob(descriptor, check, sink);
}

Result<> OciStore::read_blob(const OciDescriptor& descriptor, BlobCheck& check,
                             const BlobSink& sink) {
    if (check.offset() < descriptor.size || descriptor.size == 0) {
        AION_TRY(do_read_blob(descriptor, check.offset(), [&](ByteView bytes) -> Result<> {
            AION_TRY(check.take(bytes));
            return sink(bytes);
        }));
    }
    return check.finish();
}

Result<> OciStore::write_blob(const OciDescriptor& descriptor, BlobSource& source) {
    AION_TRY_ASSIGN(const bool is_there, do_has(descriptor));
    if (is_there) {
        return {};
    }
    CheckedSource checked(source, descriptor);
    return do_write_blob(descriptor, checked);
}

Result<> OciStore::write_document(const OciDescriptor& descriptor, std::string_view bytes,
                                  std::string_view tag) {
    if (bytes.size() > max_oci_document) {
        return fail(too_large(descriptor));
    }
    if (!tag.empty() && !is_oci_tag(tag)) {
        return fail(
            error_because(ErrorCode::invalid_argument, "'" + excerpt(tag) + "' cannot be a tag"));
    }
    BlobCheck check(descriptor);
    AION_TRY(check.take(as_bytes(bytes)));
    AION_TRY(check.finish());
    return do_write_document(descriptor, bytes, tag);
}

Result<std::vector<OciDescriptor>> OciStore::referrers(const OciDescriptor& subject,
                                                       std::string_view artifact_type) {
    std::vector<OciDescriptor> found;
    std::set<OciDigest> seen;
    AION_TRY(do_referrers(subject, artifact_type, [&](OciDescriptor descriptor) -> Result<> {
        if (!seen.insert(descriptor.digest).second) {
            return {};
        }
        if (seen.size() > max_oci_referrers) {
            return fail(error_because(ErrorCode::resource_exhausted,
                                      "more than " + std::to_string(max_oci_referrers) +
                                          " referrers of " + subject.digest.text()));
        }
        if (artifact_type.empty() || descriptor.artifact_type == artifact_type) {
            found.push_back(std::move(descriptor));
        }
        return {};
    }));
    return found;
}

}  // namespace aion::supply
