// SPDX-License-Identifier: MIT OR Apache-2.0
// A directory of MemoryEnv held open.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ranges>

#include "base/file_system.hpp"
#include "base/memory_state.hpp"
#include "base/try.hpp"

namespace aion::memory {
namespace {

namespace fs = std::filesystem;
using Call = MemoryEnv::Call;
using Content = std::shared_ptr<const FileContent>;

class MemoryDirectory final : public Directory, public FileSystem {
  public:
    /// The state is locked.
    MemoryDirectory(StatePtr state, NodePtr node, fs::path shown)
        : state_(std::move(state)),
          node_(std::move(node)),
          shown_(std::move(shown)),
          opened_in_(state_->power_cuts) {}

    Result<Content> read(const std::string& name, const ReadOptions& options) override {
        const int fault = state_->begin(Call::read, shown_ / name);
        const Guard guard(state_->mutex);
        const auto node = entry(name, fault);
        if (!node) {
            return fail(read_error(shown_ / name, node.error()));
        }
        return copy_of(state_, **node, options.max_size, shown_ / name);
    }

    Result<std::unique_ptr<ReadableFile>> open(const std::string& name,
                                               const ReadOptions& options) override {
        const int fault = state_->begin(Call::open, shown_ / name);
        const Guard guard(state_->mutex);
        auto node = entry(name, fault);
        if (!node) {
            return fail(read_error(shown_ / name, node.error()));
        }
        AION_TRY(require_readable(**node, options.max_size, shown_ / name));
        return make_readable_file(state_, *std::move(node), shown_ / name);
    }

    Result<std::optional<FileInfo>> info(const std::string& name) override {
        const int fault = state_->begin(Call::info, shown_ / name);
        const Guard guard(state_->mutex);
        const auto node = any_entry(name, fault);
        if (!node) {
            return fail(read_error(shown_ / name, node.error()));
        }
        return *node == nullptr ? std::nullopt : std::optional(facts_of(state_, **node));
    }

    Result<std::optional<FileAccess>> access(const std::string& name) override {
        const int fault = state_->begin(Call::access, shown_ / name);
        const Guard guard(state_->mutex);
        const auto node = any_entry(name, fault);
        if (!node) {
            return fail(read_error(shown_ / name, node.error()));
        }
        return *node == nullptr
                   ? std::nullopt
                   : std::optional(FileAccess{facts_of(state_, **node), (*node)->attributes, true});
    }

    Result<std::unique_ptr<FileLock>> lock(const std::string& name,
                                           std::uint32_t wait_ms) override {
        const fs::path path = shown_ / name;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
        const int fault = state_->begin(Call::lock, path);
        std::unique_lock guard(state_->mutex);
        for (;;) {
            // Looked up anew after every wait: the name may be another file's by now.
            auto node = entry(name, fault);
            if (!node) {
                return fail(read_error(path, node.error()));
            }
            if ((*node)->kind != FileKind::regular) {
                return fail(read_error(path, EISDIR));
            }
            if (!state_->locked_inodes.contains((*node)->inode)) {
                return make_lock(state_, *std::move(node), path);
            }
            if (state_->unlocked.wait_until(guard, deadline) == std::cv_status::timeout) {
                return fail(error_because(ErrorCode::conflict,
                                          path.string() + " is locked by another writer"));
            }
        }
    }

    Result<std::unique_ptr<WritableFile>> create_exclusive(
        const std::string& name, std::optional<std::uint32_t> mode) override {
        const int fault = state_->begin(Call::create, shown_ / name);
        std::unique_ptr<WritableFile> file;  // outlives the guard, which its destruction needs free
        const Guard guard(state_->mutex);
        const auto there = any_entry(name, fault);
        if (!there || *there != nullptr) {
            return fail(write_error(shown_ / name, there ? EEXIST : there.error()));
        }
        auto node = state_->files.make_node(FileKind::regular, mode.value_or(0644U) & 0777U);
        node->user = state_->user;
        file = make_writable_file(state_, node, shown_ / name);
        state_->files.link({node_, name, nullptr}, node, false);
        return file;
    }

    Result<std::unique_ptr<WritableFile>> create_unlinked(
        std::optional<std::uint32_t> mode) override {
        const int fault = state_->begin(Call::create_unlinked, shown_);
        const Guard guard(state_->mutex);
        if (const int cause = failure(fault); cause != 0) {
            return fail(write_error(shown_, cause));
        }
        auto node = state_->files.make_node(FileKind::regular, mode.value_or(0644U) & 0777U);
        node->user = state_->user;
        node->is_linked = false;
        node->stable_is_linked = false;
        return make_unlinked_file(state_, node_, std::move(node), shown_);
    }

    Result<> rename(const std::string& from, const std::string& to) override {
        const auto renamed = move(Call::rename, from, to, true);
        if (!renamed) {
            return fail(write_error(shown_ / to, renamed.error()));
        }
        state_->unlocked.notify_all();
        return {};
    }

    Result<> rename_exclusive(const std::string& from, const std::string& to) override {
        const auto renamed = move(Call::rename_exclusive, from, to, false);
        if (renamed) {
            return {};
        }
        if (renamed.error() == EEXIST) {
            return fail(error_at_path(ErrorCode::file_exists, (shown_ / to).string()));
        }
        return fail(write_error(shown_ / to, renamed.error()));
    }

    Result<> remove(const std::string& name) override {
        const int fault = state_->begin(Call::remove, shown_ / name);
        {
            const Guard guard(state_->mutex);
            const auto there = any_entry(name, fault);
            if (!there) {
                return fail(write_error(shown_ / name, there.error()));
            }
            if (*there == nullptr) {
                return fail(error_at_path(ErrorCode::file_not_found, (shown_ / name).string()));
            }
            if ((*there)->kind == FileKind::directory) {
                return fail(write_error(shown_ / name, EISDIR));
            }
            state_->files.link({node_, name, *there}, nullptr, false);
        }
        state_->unlocked.notify_all();
        return {};
    }

    Result<> each_entry(const EntrySink& sink) override {
        const int fault = state_->begin(Call::list, shown_);
        std::vector<std::pair<std::string, std::optional<FileKind>>> entries;
        {
            const Guard guard(state_->mutex);
            if (const int cause = failure(fault); cause != 0) {
                return fail(read_error(shown_, cause));
            }
            for (const auto& [name, node] : node_->entries) {
                entries.emplace_back(
                    name, state_->listing_tells_kinds ? std::optional(node->kind) : std::nullopt);
            }
        }
        // Without the lock: the test may change the world meanwhile. And backwards: the order is
        // nobody's promise.
        for (const auto& [name, kind] : entries | std::views::reverse) {
            sink(name, kind);
        }
        return {};
    }

    Result<FileInfo> own_info() override {
        const int fault = state_->begin(Call::info, shown_);
        const Guard guard(state_->mutex);
        if (const int cause = failure(fault); cause != 0) {
            return fail(read_error(shown_, cause));
        }
        return facts_of(state_, *node_);
    }

    Result<> sync() override {
        const int fault = state_->begin(Call::sync_directory, shown_);
        const Guard guard(state_->mutex);
        if (const int cause = failure(fault); cause != 0) {
            return fail(write_error(shown_, cause));
        }
        state_->files.sync_directory(node_);
        return {};
    }

    Result<> sync_all() override {
        const int fault = state_->begin(Call::sync_directory, shown_);
        const Guard guard(state_->mutex);
        if (const int cause = failure(fault); cause != 0) {
            return fail(write_error(shown_, cause));
        }
        state_->files.sync_all();
        return {};
    }

  private:
    /// What a call must fail with, if anything: nothing open survives a power cut.
    [[nodiscard]] int failure(int fault) const noexcept {
        return opened_in_ == state_->power_cuts ? fault : EIO;
    }

    /// What has the name, null for nothing; a link is itself.
    [[nodiscard]] Outcome<NodePtr> any_entry(const std::string& name, int fault) const {
        if (const int cause = failure(fault); cause != 0) {
            return std::unexpected(cause);
        }
        const auto found = node_->entries.find(name);
        return found == node_->entries.end() ? nullptr : found->second;
    }

    /// What is there to be opened: errors ENOENT, ELOOP.
    [[nodiscard]] Outcome<NodePtr> entry(const std::string& name, int fault) const {
        auto node = any_entry(name, fault);
        if (node && (*node == nullptr || (*node)->kind == FileKind::symlink)) {
            return std::unexpected(*node == nullptr ? ENOENT : ELOOP);
        }
        return node;
    }

    Outcome<> move(Call call, const std::string& from, const std::string& to, bool replace) {
        const int fault = state_->begin(call, shown_ / to);
        const Guard guard(state_->mutex);
        const auto source = any_entry(from, fault);
        const auto target = any_entry(to, fault);
        if (!source || !target) {
            return std::unexpected(source ? target.error() : source.error());
        }
        return state_->files.rename({node_, from, *source}, {node_, to, *target}, replace);
    }

    StatePtr state_;
    NodePtr node_;
    fs::path shown_;
    std::uint64_t opened_in_;  // how many power cuts there had been
};

}  // namespace

std::shared_ptr<Directory> make_directory(const StatePtr& state, NodePtr node,
                                          const fs::path& shown) {
    return std::make_shared<MemoryDirectory>(state, std::move(node), shown);
}

}  // namespace aion::memory
