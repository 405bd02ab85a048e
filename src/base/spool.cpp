// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/spool.hpp"

#include <algorithm>
#include <utility>

#include "aion/base/files.hpp"
#include "base/try.hpp"

namespace aion {
namespace {

class HeldFile final : public ReadableFile {
  public:
    HeldFile(Bytes bytes, std::filesystem::path path)
        : bytes_(std::move(bytes)), path_(std::move(path)) {
        info_.size = bytes_.size();
    }

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        if (offset > bytes_.size() || out.size() > bytes_.size() - offset) {
            return fail(error_at_path(ErrorCode::file_changed, path_.string()));
        }
        std::ranges::copy(ByteView(bytes_).subspan(offset, out.size()), out.begin());
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override { return {}; }

  private:
    Bytes bytes_;
    FileInfo info_;
    std::filesystem::path path_;
};

class SharedFile final : public ReadableFile {
  public:
    explicit SharedFile(std::shared_ptr<ReadableFile> file) : file_(std::move(file)) {}

    [[nodiscard]] const FileInfo& info() const noexcept override { return file_->info(); }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        return file_->read_at(offset, out);
    }

    [[nodiscard]] Result<> check_unchanged() const override { return file_->check_unchanged(); }

  private:
    std::shared_ptr<ReadableFile> file_;
};

}  // namespace

Result<> Spool::append(ByteView bytes) {
    if (file_ == nullptr && bytes.size() < most_in_memory - held_.size()) {
        held_.insert(held_.end(), bytes.begin(), bytes.end());
        return {};
    }
    if (file_ == nullptr) {
        AION_TRY_ASSIGN(auto file, env_->create_unnamed());
        AION_TRY(file->append(held_));
        file_ = std::move(file);  // not before: what is held would be lost to whoever tries again
        held_ = {};
    }
    return file_->append(bytes);
}

std::uint64_t Spool::size() const noexcept {
    return file_ == nullptr ? held_.size() : file_->info().size;
}

std::unique_ptr<ReadableFile> Spool::finish(const std::filesystem::path& path) {
    if (file_ != nullptr) {
        return std::move(file_);
    }
    return std::make_unique<HeldFile>(std::move(held_), path);
}

std::unique_ptr<ReadableFile> share(std::shared_ptr<ReadableFile> file) {
    return std::make_unique<SharedFile>(std::move(file));
}

Result<std::shared_ptr<ReadableFile>> spool(Env& env, ReadableFile& file) {
    Spool kept(env);
    AION_TRY(copy_pieces(file, 0, file.info().size,
                         [&kept](ByteView piece) { return kept.append(piece); }));
    AION_TRY(file.check_unchanged());
    return std::shared_ptr<ReadableFile>(kept.finish({}));
}

}  // namespace aion
