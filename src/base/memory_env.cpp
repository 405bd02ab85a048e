// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/memory_env.hpp"

#include <algorithm>
#include <cerrno>
#include <tuple>

#include "base/machine_id.hpp"
#include "base/memory_state.hpp"
#include "base/try.hpp"

namespace aion {

namespace fs = std::filesystem;

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
    state_->machine = {.machine_id_file = std::move(id),
                       .user = std::nullopt,
                       .username = std::nullopt,
                       .host = std::nullopt};
}

void MemoryEnv::set_no_machine_id(std::string user, std::string host) {
    const Guard guard(state_->mutex);
    state_->machine = {.machine_id_file = std::nullopt,
                       .user = std::move(user),
                       .username = std::nullopt,
                       .host = std::move(host)};
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

void MemoryEnv::put_link(const fs::path& path, const fs::path& existing) {
    const Guard guard(state_->mutex);
    state_->files.put_link(path, existing);
}

void MemoryEnv::set_access(const fs::path& path, std::uint32_t user,
                           std::vector<FileAccess::Attribute> attributes) {
    const Guard guard(state_->mutex);
    if (const auto node = state_->files.get(path)) {
        (*node)->user = user;
        (*node)->attributes = std::move(attributes);
    }
}

std::optional<FileAccess> MemoryEnv::access_of(const fs::path& path) const {
    const Guard guard(state_->mutex);
    const auto node = state_->files.get(path);
    if (!node || (*node)->kind != FileKind::regular) {
        return std::nullopt;
    }
    return FileAccess{(*node)->info(), (*node)->attributes, true};
}

void MemoryEnv::set_listing_tells_kinds(bool tells) {
    const Guard guard(state_->mutex);
    state_->listing_tells_kinds = tells;
}

void MemoryEnv::set_user(std::uint32_t user) {
    const Guard guard(state_->mutex);
    state_->user = user;
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

Result<std::shared_ptr<const FileContent>> MemoryEnv::read(const fs::path& path,
                                                           const ReadOptions& options) {
    const int fault = state_->begin(Call::read, path);
    const Guard guard(state_->mutex);
    const auto node = state_->files.get(path);
    if (fault != 0 || !node) {
        return fail(read_error(path, fault != 0 ? fault : node.error()));
    }
    return memory::copy_of(state_, **node, options.max_size, path);
}

Result<std::unique_ptr<ReadableFile>> MemoryEnv::open(const fs::path& path,
                                                      const ReadOptions& options) {
    const int fault = state_->begin(Call::open, path);
    const Guard guard(state_->mutex);
    auto node = state_->files.get(path);
    if (fault != 0 || !node) {
        return fail(read_error(path, fault != 0 ? fault : node.error()));
    }
    AION_TRY(memory::require_readable(**node, options.max_size, path));
    return memory::make_readable_file(state_, *std::move(node), path);
}

Result<std::unique_ptr<UnnamedFile>> MemoryEnv::create_unnamed() {
    const int fault = state_->begin(Call::create_unnamed, "/tmp");
    if (fault != 0) {
        return fail(write_error("/tmp", fault));
    }
    const Guard guard(state_->mutex);
    return memory::make_unnamed_file(state_);
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

Result<std::shared_ptr<Directory>> MemoryEnv::open_directory(const fs::path& path) {
    const int fault = state_->begin(Call::open_directory, path);
    const Guard guard(state_->mutex);
    const auto node = fault != 0 ? std::unexpected(fault) : state_->files.get_directory(path);
    if (!node) {
        return fail(read_error(path, node.error()));
    }
    return memory::make_directory(state_, *node, path);
}

Result<Place> MemoryEnv::locate(const fs::path& path) {
    const int fault = state_->begin(Call::locate, path);
    const Guard guard(state_->mutex);
    constexpr int most_links = 40;
    fs::path at = path;
    for (int links = 0; links <= most_links; ++links) {
        const auto directory =
            fault != 0 ? std::unexpected(fault) : state_->files.get_directory(at.parent_path());
        if (!directory) {
            return fail(read_error(path, directory.error()));
        }
        const std::string name = at.filename().string();
        const auto there = (*directory)->entries.find(name);
        if (there == (*directory)->entries.end() || there->second->kind != FileKind::symlink) {
            return Place{memory::make_directory(state_, *directory, at.parent_path()), name, path};
        }
        at = at.parent_path() / there->second->target;
    }
    return fail(read_error(path, ELOOP));
}

Result<std::shared_ptr<Directory>> MemoryEnv::create_directories(const fs::path& directory,
                                                                 std::uint32_t mode) {
    const int fault = state_->begin(Call::create_directories, directory);
    const Guard guard(state_->mutex);
    const auto made =
        fault != 0 ? std::unexpected(fault) : state_->files.put_directory(directory, mode, true);
    if (!made) {
        return fail(write_error(directory, made.error()));
    }
    return memory::make_directory(state_, *made, directory);
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

Result<MachineId> MemoryEnv::machine_id() {
    const int fault = state_->begin(Call::machine_id);
    if (fault != 0) {
        return fail(error_because(ErrorCode::invalid_private_key, "no machine identifier")
                        .caused_by_os(fault));
    }
    const Guard guard(state_->mutex);
    return machine_id_from(state_->machine);
}

}  // namespace aion
