// SPDX-License-Identifier: MIT OR Apache-2.0
#include <algorithm>
#include <cerrno>

#include "base/memory_state.hpp"
#include "base/try.hpp"

namespace aion::memory {
namespace {

namespace fs = std::filesystem;

class MemoryReadableFile final : public ReadableFile {
  public:
    MemoryReadableFile(StatePtr state, NodePtr node, fs::path path)
        : state_(std::move(state)),
          node_(std::move(node)),
          info_(node_->info()),
          path_(std::move(path)) {}

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        const int fault = state_->begin(MemoryEnv::Call::read, path_);
        const Guard guard(state_->mutex);
        if (fault != 0) {
            return fail(read_error(path_, fault));
        }
        const ByteView all = node_->content;
        if (offset > all.size() || out.size() > all.size() - offset) {
            return fail(error_at_path(ErrorCode::file_changed, path_.string()));
        }
        std::ranges::copy(all.subspan(offset, out.size()), out.begin());
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override {
        const int fault = state_->begin(MemoryEnv::Call::info, path_);
        const Guard guard(state_->mutex);
        if (fault != 0) {
            return fail(read_error(path_, fault));
        }
        if (node_->info().identity != info_.identity) {
            return fail(error_at_path(ErrorCode::file_changed, path_.string()));
        }
        return {};
    }

  private:
    StatePtr state_;
    NodePtr node_;
    FileInfo info_;
    fs::path path_;
};

class MemoryUnnamedFile final : public UnnamedFile {
  public:
    /// The state is locked.
    explicit MemoryUnnamedFile(StatePtr state)
        : state_(std::move(state)), opened_in_(state_->power_cuts) {}

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    [[nodiscard]] Result<> append(ByteView bytes) override {
        if (const int cause = failure(MemoryEnv::Call::append); cause != 0) {
            return fail(write_error(unnamed, cause));
        }
        content_.insert(content_.end(), bytes.begin(), bytes.end());
        info_.size = content_.size();
        return {};
    }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        if (const int cause = failure(MemoryEnv::Call::read); cause != 0) {
            return fail(read_error(unnamed, cause));
        }
        if (offset > content_.size() || out.size() > content_.size() - offset) {
            return fail(error_at_path(ErrorCode::file_changed, unnamed));
        }
        std::ranges::copy(ByteView(content_).subspan(offset, out.size()), out.begin());
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override { return {}; }

  private:
    static constexpr const char* unnamed = "/tmp";

    [[nodiscard]] int failure(MemoryEnv::Call call) {
        const int fault = state_->begin(call, unnamed);
        const Guard guard(state_->mutex);
        return opened_in_ != state_->power_cuts ? EIO : fault;
    }

    StatePtr state_;
    std::uint64_t opened_in_;  // how many power cuts there had been
    Bytes content_;
    FileInfo info_;
};

/// Gives an inode's lock up when destroyed.
class HeldLock {
  public:
    /// The state is locked, and the inode is not.
    HeldLock(StatePtr state, std::uint64_t inode)
        : state_(std::move(state)), inode_(inode), taken_in_(state_->power_cuts) {
        state_->locked_inodes.insert(inode_);
    }

    HeldLock(const HeldLock&) = delete;
    HeldLock& operator=(const HeldLock&) = delete;
    HeldLock(HeldLock&&) = delete;
    HeldLock& operator=(HeldLock&&) = delete;

    ~HeldLock() {
        {
            const Guard guard(state_->mutex);
            if (!is_lost()) {
                state_->locked_inodes.erase(inode_);
            }
        }
        state_->unlocked.notify_all();
    }

    /// True after a power cut. The state is locked.
    [[nodiscard]] bool is_lost() const noexcept { return taken_in_ != state_->power_cuts; }

  private:
    StatePtr state_;
    std::uint64_t inode_;
    std::uint64_t taken_in_;  // how many power cuts there had been
};

class MemoryWritableFile final : public WritableFile {
  public:
    /// `directory`: null for a file that has a name in it, which is then locked.
    MemoryWritableFile(StatePtr state, NodePtr directory, NodePtr node, fs::path path)
        : state_(std::move(state)),
          directory_(std::move(directory)),
          node_(std::move(node)),
          path_(std::move(path)),
          opened_in_(state_->power_cuts) {
        if (directory_ == nullptr) {
            lock_.emplace(state_, node_->inode);
        }
    }

    Result<> append(ByteView bytes) override {
        const int fault = state_->begin(MemoryEnv::Call::append, path_);
        const Guard guard(state_->mutex);
        AION_TRY(check_open());
        if (fault != 0) {
            const std::uint64_t torn = bytes.size() * state_->torn_of_256 / 256;
            state_->files.append(*node_, bytes.first(static_cast<std::size_t>(torn)));
            return fail(write_error(path_, fault));
        }
        state_->files.append(*node_, bytes);
        return {};
    }

    Result<std::vector<std::string>> copy_access(const FileAccess& like) override {
        const int fault = state_->begin(MemoryEnv::Call::copy_access, path_);
        const Guard guard(state_->mutex);
        AION_TRY(check_open(fault));
        node_->mode = like.info.mode & 0777U;
        node_->user = like.info.user;
        node_->group = like.info.group;
        node_->attributes = like.attributes;
        return std::vector<std::string>{};
    }

    Result<> reserve(std::uint64_t /*size*/) override {
        const int fault = state_->begin(MemoryEnv::Call::reserve, path_);
        const Guard guard(state_->mutex);
        return check_open(fault);
    }

    Result<> sync() override {
        const int fault = state_->begin(MemoryEnv::Call::sync, path_);
        const Guard guard(state_->mutex);
        if (is_lost() || fault != 0) {
            return fail(write_error(path_, is_lost() ? EIO : fault));
        }
        Files::sync(*node_);
        return {};
    }

    Result<> close() override {
        const int fault = state_->begin(MemoryEnv::Call::close, path_);
        const Guard guard(state_->mutex);
        auto result = check_open(fault);
        open_ = false;  // also when it fails, as with close(2)
        return result;
    }

    Result<> link(const std::string& name) override {
        const fs::path shown = path_ / name;
        const int fault = state_->begin(MemoryEnv::Call::link, shown);
        const Guard guard(state_->mutex);
        if (is_lost() || fault != 0) {
            return fail(write_error(shown, is_lost() ? EIO : fault));
        }
        if (directory_ == nullptr || node_->is_linked) {
            return fail(write_error(shown, EINVAL));
        }
        if (directory_->entries.contains(name)) {
            return fail(error_at_path(ErrorCode::file_exists, shown.string()));
        }
        node_->is_linked = true;
        state_->files.link({directory_, name, nullptr}, node_, false);
        return {};
    }

    Result<std::size_t> read_at(std::uint64_t offset, MutableByteView out) override {
        const int fault = state_->begin(MemoryEnv::Call::read, path_);
        const Guard guard(state_->mutex);
        if (is_lost() || fault != 0) {
            return fail(read_error(path_, is_lost() ? EIO : fault));
        }
        if (directory_ == nullptr) {
            return fail(read_error(path_, EBADF));
        }
        const ByteView all = node_->content;
        const ByteView rest =
            all.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(offset, all.size())));
        const ByteView part = rest.first(std::min(rest.size(), out.size()));
        std::ranges::copy(part, out.begin());
        return part.size();
    }

  private:
    [[nodiscard]] bool is_lost() const noexcept { return opened_in_ != state_->power_cuts; }

    [[nodiscard]] Result<> check_open(int fault = 0) const {
        if (is_lost()) {
            return fail(write_error(path_, EIO));
        }
        if (!open_) {
            return fail(write_error(path_, EBADF));
        }
        return fault == 0 ? Result<>{} : fail(write_error(path_, fault));
    }

    StatePtr state_;
    NodePtr directory_;
    NodePtr node_;
    fs::path path_;            // of the file; without a name, of its directory
    std::uint64_t opened_in_;  // how many power cuts there had been
    std::optional<HeldLock> lock_;
    bool open_ = true;
};

class MemoryFileLock final : public FileLock {
  public:
    MemoryFileLock(StatePtr state, NodePtr node, fs::path path)
        : state_(std::move(state)),
          node_(std::move(node)),
          path_(std::move(path)),
          lock_(state_, node_->inode) {}

    [[nodiscard]] Result<std::shared_ptr<const FileContent>> read(
        std::uint64_t max_size) const override {
        const int fault = state_->begin(MemoryEnv::Call::read, path_);
        const Guard guard(state_->mutex);
        AION_TRY(check(fault));
        return copy_of(state_, *node_, max_size, path_);
    }

    [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open() const override {
        const int fault = state_->begin(MemoryEnv::Call::open, path_);
        const Guard guard(state_->mutex);
        AION_TRY(check(fault));
        return make_readable_file(state_, node_, path_);
    }

    [[nodiscard]] Result<FileInfo> info() const override {
        const int fault = state_->begin(MemoryEnv::Call::info, path_);
        const Guard guard(state_->mutex);
        AION_TRY(check(fault));
        return facts_of(state_, *node_);
    }

    [[nodiscard]] Result<FileAccess> access() const override {
        const int fault = state_->begin(MemoryEnv::Call::access, path_);
        const Guard guard(state_->mutex);
        AION_TRY(check(fault));
        return FileAccess{facts_of(state_, *node_), node_->attributes, true};
    }

  private:
    [[nodiscard]] Result<> check(int fault) const {
        const int cause = lock_.is_lost() ? EIO : fault;
        return cause == 0 ? Result<>{} : fail(read_error(path_, cause));
    }

    StatePtr state_;
    NodePtr node_;
    fs::path path_;
    HeldLock lock_;
};

}  // namespace

Error read_error(const fs::path& path, int cause) {
    return error_at_path(ErrorCode::file_read_error, path.string(), cause);
}

Error write_error(const fs::path& path, int cause) {
    return error_at_path(ErrorCode::file_write_error, path.string(), cause);
}

FileInfo facts_of(const StatePtr& state, const Node& node) {
    FileInfo info = node.info();
    info.links = state->files.count_names(node);
    return info;
}

std::unique_ptr<ReadableFile> make_readable_file(const StatePtr& state, NodePtr node,
                                                 const fs::path& path) {
    return std::make_unique<MemoryReadableFile>(state, std::move(node), path);
}

std::unique_ptr<UnnamedFile> make_unnamed_file(const StatePtr& state) {
    return std::make_unique<MemoryUnnamedFile>(state);
}

Result<> require_readable(const Node& node, std::uint64_t max_size, const fs::path& path) {
    if (node.kind == FileKind::directory) {
        return fail(read_error(path, EISDIR));
    }
    if (node.content.size() > max_size) {
        return fail(error_because(
            ErrorCode::resource_exhausted,
            path.string() + " is larger than the limit of " + std::to_string(max_size) + " bytes"));
    }
    return {};
}

Result<std::shared_ptr<const FileContent>> copy_of(const StatePtr& state, const Node& node,
                                                   std::uint64_t max_size, const fs::path& path) {
    AION_TRY(require_readable(node, max_size, path));
    Buffer copy = make_buffer(node.content.size());
    std::ranges::copy(node.content, copy.get());
    return std::make_shared<const FileContent>(std::move(copy), node.content.size(),
                                               facts_of(state, node));
}

std::unique_ptr<WritableFile> make_writable_file(const StatePtr& state, NodePtr node,
                                                 const fs::path& path) {
    return std::make_unique<MemoryWritableFile>(state, nullptr, std::move(node), path);
}

std::unique_ptr<WritableFile> make_unlinked_file(const StatePtr& state, NodePtr directory,
                                                 NodePtr node, const fs::path& path) {
    return std::make_unique<MemoryWritableFile>(state, std::move(directory), std::move(node), path);
}

std::unique_ptr<FileLock> make_lock(const StatePtr& state, NodePtr node, const fs::path& path) {
    return std::make_unique<MemoryFileLock>(state, std::move(node), path);
}

}  // namespace aion::memory
