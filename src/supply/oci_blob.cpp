// SPDX-License-Identifier: MIT OR Apache-2.0
// Blobs as streams: comparing them with what they are said to be, and where they come from.
#include <algorithm>
#include <utility>

#include "aion/base/buffer.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/spool.hpp"
#include "aion/supply/oci_store.hpp"
#include "base/try.hpp"
#include "crypto/sha256_stream.hpp"
#include "crypto/sha512.hpp"
#include "supply/details.hpp"
#include "supply/oci_files.hpp"

namespace aion::supply {

struct BlobCheck::State {
    std::optional<crypto::Sha256Stream> sha256;
    std::optional<crypto::Sha512> sha512;
};

BlobCheck::BlobCheck(const OciDescriptor& descriptor)
    : digest_(descriptor.digest), size_(descriptor.size), state_(std::make_unique<State>()) {
    if (digest_.is_sha256()) {
        state_->sha256.emplace();
    } else {
        state_->sha512.emplace();
    }
}

BlobCheck::~BlobCheck() = default;
BlobCheck::BlobCheck(BlobCheck&&) noexcept = default;
BlobCheck& BlobCheck::operator=(BlobCheck&&) noexcept = default;

Result<> BlobCheck::take(ByteView bytes) {
    if (bytes.size() > size_ - offset_) {
        return fail(invalid<SupplyDetail::oci_other_size>(digest_.text(), "more", size_));
    }
    if (state_->sha256) {
        state_->sha256->update(bytes);
    } else {
        state_->sha512->update(bytes);
    }
    offset_ += bytes.size();
    return {};
}

Result<> BlobCheck::finish() {
    if (offset_ != size_) {
        return fail(invalid<SupplyDetail::oci_other_size>(digest_.text(), "fewer", size_));
    }
    std::string found(digest_.algorithm());
    found += ':';
    found += state_->sha256 ? to_hex(state_->sha256->digest()) : to_hex(state_->sha512->digest());
    if (found != digest_.text()) {
        return fail(invalid<SupplyDetail::oci_other_digest>(digest_.text(), found));
    }
    return {};
}

Result<> read_pieces_until_error(ReadableFile& file, std::uint64_t begin, std::uint64_t end,
                                 const BlobSink& sink) {
    constexpr std::uint64_t most = std::uint64_t{1} << 20U;
    const Buffer buffer = make_buffer(std::min(most, std::max(end, begin) - begin));
    while (begin < end) {
        const MutableByteView piece(buffer.get(), std::min(most, end - begin));
        AION_TRY(file.read_at(begin, piece));
        AION_TRY(sink(piece));
        begin += piece.size();
    }
    return {};
}

Result<> FileSource::read(std::uint64_t offset, const BlobSink& sink) {
    return read_pieces_until_error(*file_, offset, file_->info().size, sink);
}

/// The bytes as a file.
class BytesSource::File final : public ReadableFile {
  public:
    explicit File(std::string_view bytes) : bytes_(as_bytes(bytes)) {
        info_.kind = FileKind::regular;
        info_.size = bytes.size();
    }

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        if (offset > bytes_.size() || out.size() > bytes_.size() - offset) {
            return fail(error_at_path(ErrorCode::file_changed, "memory"));
        }
        std::ranges::copy(bytes_.subspan(offset, out.size()), out.begin());
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override { return {}; }

    [[nodiscard]] ByteView from(std::uint64_t offset) const noexcept {
        return bytes_.subspan(
            static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes_.size())));
    }

  private:
    ByteView bytes_;
    FileInfo info_;
};

BytesSource::BytesSource(std::string_view bytes) : file_(std::make_unique<File>(bytes)) {}

BytesSource::~BytesSource() = default;

Result<> BytesSource::read(std::uint64_t offset, const BlobSink& sink) {
    const ByteView rest = file_->from(offset);
    return rest.empty() ? Result<>() : sink(rest);
}

ReadableFile* BytesSource::file() noexcept {
    return file_.get();
}

Result<ReadableFile*> readable(Env& env, BlobSource& source, std::unique_ptr<ReadableFile>& kept) {
    if (ReadableFile* const file = source.file(); file != nullptr) {
        return file;
    }
    Spool spool(env);
    AION_TRY(source.read(0, [&spool](ByteView bytes) { return spool.append(bytes); }));
    kept = spool.finish("blob");
    return kept.get();
}

}  // namespace aion::supply
