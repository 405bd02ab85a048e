// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/memory_env.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ranges>
#include <tuple>

#include "base/machine_id.hpp"
#include "base/memory_state.hpp"
#include "base/try.hpp"

namespace aion {

namespace fs = std::filesystem;
using LastLink = memory::Files::LastLink;

using memory::Guard;
using memory::read_error;
using memory::write_error;

MemoryEnv::MemoryEnv(std::uint64_t seed) : state_(std::make_shared<State>(seed)) {
    set_now(Timestamp{1'750'000'000'000'000'000});
}

MemoryEnv::~MemoryEnv() = default;

// --- Faults -------------------------------------------------------------------------------

void MemoryEnv::set_fault(Fault fault) {
    const Guard guard(state_->mutex);
    state_->fault = std::make_shared<const Fault>(std::move(fault));
    state_->calls.clear();
}

void MemoryEnv::set_torn_write_fraction(std::uint32_t of_256) noexcept {
    const Guard guard(state_->mutex);
    state_->torn_of_256 = std::min<std::uint32_t>(of_256, 256);
}

std::uint64_t MemoryEnv::call_count() const {
    const Guard guard(state_->mutex);
    return state_->calls.size();
}

std::vector<MemoryEnv::CallRecord> MemoryEnv::calls() const {
    const Guard guard(state_->mutex);
    return state_->calls;
}

void MemoryEnv::cut_power(const PowerCut& how) {
    {
        const Guard guard(state_->mutex);
        state_->files.cut_power(how);
        state_->locked_inodes.clear();
        state_->fault = nullptr;
        ++state_->power_cuts;
    }
    state_->unlocked.notify_all();
}

// --- The outside world --------------------------------------------------------------------

void MemoryEnv::set_now(Timestamp now) {
    const Guard guard(state_->mutex);
    state_->files.now_ns = now.value;
}

void MemoryEnv::advance(std::uint64_t nanoseconds) {
    const Guard guard(state_->mutex);
    state_->files.now_ns += nanoseconds;
}

void MemoryEnv::set_machine_id(std::string id) {
    const Guard guard(state_->mutex);
    state_->machine_id = std::move(id);
}

void MemoryEnv::put(const fs::path& path, ByteView content, std::uint32_t mode) {
    const Guard guard(state_->mutex);
    state_->files.put(path, content, mode);
}

void MemoryEnv::put_symlink(const fs::path& path, const fs::path& target) {
    const Guard guard(state_->mutex);
    state_->files.put_symlink(path, target);
}

void MemoryEnv::put_directory(const fs::path& path) {
    const Guard guard(state_->mutex);
    // A test that puts a folder where a file is notices by what it does next.
    std::ignore = state_->files.put_directory(path, 0755, true);
}

std::optional<Bytes> MemoryEnv::get(const fs::path& path) const {
    const Guard guard(state_->mutex);
    const auto node = state_->files.get(path);
    if (!node || (*node)->kind != FileKind::regular) {
        return std::nullopt;
    }
    return (*node)->content;
}

std::vector<std::string> MemoryEnv::all_paths() const {
    const Guard guard(state_->mutex);
    return state_->files.all_paths();
}

// --- Env ----------------------------------------------------------------------------------

namespace {

/// The regular file at `path`, if it may be read. The state is locked.
Result<memory::NodePtr> file_to_read(const memory::Files& files, const fs::path& path, int fault,
                                     const ReadOptions& options) {
    auto node = files.get(path);
    if (fault != 0 || !node) {
        return fail(read_error(path, fault != 0 ? fault : node.error()));
    }
    if ((*node)->kind == FileKind::directory) {
        return fail(read_error(path, EISDIR));
    }
    if ((*node)->content.size() > options.max_size) {
        return fail(error_because(ErrorCode::resource_exhausted,
                                  path.string() + " is larger than the limit of " +
                                      std::to_string(options.max_size) + " bytes"));
    }
    return *std::move(node);
}

}  // namespace

Result<std::shared_ptr<const FileContent>> MemoryEnv::read(const fs::path& path,
                                                           const ReadOptions& options) {
    const int fault = state_->begin(Call::read, path);
    const Guard guard(state_->mutex);
    AION_TRY_ASSIGN(const memory::NodePtr node, file_to_read(state_->files, path, fault, options));
    return memory::make_content(node);
}

Result<std::unique_ptr<ReadableFile>> MemoryEnv::open(const fs::path& path,
                                                      const ReadOptions& options) {
    const int fault = state_->begin(Call::open, path);
    const Guard guard(state_->mutex);
    AION_TRY_ASSIGN(memory::NodePtr node, file_to_read(state_->files, path, fault, options));
    return memory::make_readable_file(state_, std::move(node), path);
}

Result<std::optional<FileInfo>> MemoryEnv::info(const fs::path& path) {
    const int fault = state_->begin(Call::info, path);
    const Guard guard(state_->mutex);
    if (fault != 0) {
        return fail(read_error(path, fault));
    }
    const auto node = state_->files.get(path);
    if (node) {
        return (*node)->info();
    }
    if (node.error() == ENOENT || node.error() == ENOTDIR) {
        return std::nullopt;
    }
    return fail(read_error(path, node.error()));
}

Result<fs::path> MemoryEnv::resolve_link(const fs::path& path) {
    const int fault = state_->begin(Call::resolve_link, path);
    const Guard guard(state_->mutex);
    if (fault != 0) {
        return fail(read_error(path, fault));
    }
    constexpr int most_links = 40;
    fs::path at = path;
    for (int i = 0; i < most_links; ++i) {
        const auto place = state_->files.find(at, LastLink::keep);
        if (!place && place.error() != ENOENT && place.error() != ENOTDIR) {
            return fail(read_error(path, place.error()));
        }
        if (!place || place->node == nullptr || place->node->kind != FileKind::symlink) {
            return at;
        }
        at = at.parent_path() / place->node->target;
    }
    return fail(read_error(path, ELOOP));
}

Result<std::unique_ptr<WritableFile>> MemoryEnv::create_exclusive(
    const fs::path& path, std::optional<std::uint32_t> mode) {
    const int fault = state_->begin(Call::create, path);
    std::unique_ptr<WritableFile> file;  // outlives the guard, which its destruction needs free
    const Guard guard(state_->mutex);
    if (fault != 0) {
        return fail(write_error(path, fault));
    }
    const auto place = state_->files.find(path, LastLink::keep);
    if (!place || place->node != nullptr) {
        return fail(write_error(path, place ? EEXIST : place.error()));
    }
    auto node = state_->files.make_node(FileKind::regular, mode.value_or(0644U) & 0777U);
    file = memory::make_writable_file(state_, node, path);
    state_->files.link(*place, node, false);
    return file;
}

Result<> MemoryEnv::rename(const fs::path& from, const fs::path& to) {
    const int fault = state_->begin(Call::rename, to);
    {
        const Guard guard(state_->mutex);
        const auto renamed =
            fault != 0 ? std::unexpected(fault) : state_->files.rename(from, to, true);
        if (!renamed) {
            return fail(write_error(to, renamed.error()));
        }
    }
    state_->unlocked.notify_all();
    return {};
}

Result<> MemoryEnv::rename_exclusive(const fs::path& from, const fs::path& to) {
    const int fault = state_->begin(Call::rename_exclusive, to);
    const Guard guard(state_->mutex);
    const auto renamed =
        fault != 0 ? std::unexpected(fault) : state_->files.rename(from, to, false);
    if (renamed) {
        return {};
    }
    if (renamed.error() == EEXIST) {
        return fail(error_at_path(ErrorCode::file_exists, to.string()));
    }
    return fail(write_error(to, renamed.error()));
}

Result<> MemoryEnv::remove(const fs::path& path) {
    const int fault = state_->begin(Call::remove, path);
    {
        const Guard guard(state_->mutex);
        const auto removed = fault != 0 ? std::unexpected(fault) : state_->files.remove(path);
        if (!removed && removed.error() == ENOENT) {
            return fail(error_at_path(ErrorCode::file_not_found, path.string()));
        }
        if (!removed) {
            return fail(write_error(path, removed.error()));
        }
    }
    state_->unlocked.notify_all();
    return {};
}

Result<> MemoryEnv::sync_directory(const fs::path& directory) {
    const int fault = state_->begin(Call::sync_directory, directory);
    const Guard guard(state_->mutex);
    const auto node = state_->files.get(directory);
    if (fault != 0 || !node) {
        return fail(write_error(directory, fault != 0 ? fault : node.error()));
    }
    if ((*node)->kind != FileKind::directory) {
        return fail(write_error(directory, ENOTDIR));
    }
    state_->files.sync_directory(*node);
    return {};
}

Result<> MemoryEnv::create_directories(const fs::path& directory, std::uint32_t mode) {
    const int fault = state_->begin(Call::create_directories, directory);
    const Guard guard(state_->mutex);
    const auto made =
        fault != 0 ? std::unexpected(fault) : state_->files.put_directory(directory, mode, true);
    if (!made) {
        return fail(write_error(directory, made.error()));
    }
    return {};
}

Result<std::vector<std::string>> MemoryEnv::list(const fs::path& directory) {
    const int fault = state_->begin(Call::list, directory);
    const Guard guard(state_->mutex);
    if (fault != 0) {
        return fail(read_error(directory, fault));
    }
    const auto node = state_->files.get(directory);
    if (!node && node.error() == ENOENT) {
        return {};
    }
    if (!node || (*node)->kind != FileKind::directory) {
        return fail(read_error(directory, node ? ENOTDIR : node.error()));
    }
    std::vector<std::string> names;
    std::ranges::copy((*node)->entries | std::views::keys, std::back_inserter(names));
    return names;
}

Result<std::unique_ptr<FileLock>> MemoryEnv::lock(const fs::path& path, std::uint32_t wait_ms) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
    const int fault = state_->begin(Call::lock, path);
    std::unique_lock guard(state_->mutex);
    for (;;) {
        // Looked up anew after every wait: the path may name another file by now.
        auto node = state_->files.get(path);
        if (fault != 0 || !node) {
            return fail(read_error(path, fault != 0 ? fault : node.error()));
        }
        if (!state_->locked_inodes.contains((*node)->inode)) {
            return memory::make_lock(state_, *std::move(node), path);
        }
        if (state_->unlocked.wait_until(guard, deadline) == std::cv_status::timeout) {
            return fail(
                error_because(ErrorCode::conflict, path.string() + " is locked by another writer"));
        }
    }
}

Timestamp MemoryEnv::now() {
    const Guard guard(state_->mutex);
    return Timestamp{state_->files.now_ns};
}

Result<> MemoryEnv::random(MutableByteView out) {
    const int fault = state_->begin(Call::random);
    if (fault != 0) {
        return fail(
            error_because(ErrorCode::entropy_unavailable, "getrandom failed").caused_by_os(fault));
    }
    const Guard guard(state_->mutex);
    std::ranges::generate(out, [&] { return static_cast<std::uint8_t>(state_->entropy.next()); });
    return {};
}

Result<std::string> MemoryEnv::machine_id() {
    const int fault = state_->begin(Call::machine_id);
    if (fault != 0) {
        return fail(error_because(ErrorCode::invalid_private_key, "no machine identifier")
                        .caused_by_os(fault));
    }
    const Guard guard(state_->mutex);
    return machine_id_from({.machine_id_file = state_->machine_id,
                            .user = std::nullopt,
                            .username = std::nullopt,
                            .host = std::nullopt});
}

}  // namespace aion
