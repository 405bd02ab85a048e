// SPDX-License-Identifier: MIT OR Apache-2.0
// What MemoryEnv and the files, locks and contents it hands out share.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "base/machine_id.hpp"
#include "base/memory_files.hpp"

namespace aion {

struct MemoryEnv::State {
    explicit State(std::uint64_t seed) : entropy(seed) {}

    mutable std::mutex mutex;
    std::condition_variable unlocked;  // a lock was given up, or a path names another file
    memory::Files files;
    std::shared_ptr<const Fault> fault;
    std::vector<CallRecord> calls;
    std::uint32_t torn_of_256 = 128;
    std::uint64_t power_cuts = 0;
    std::set<std::uint64_t> locked_inodes;
    std::uint32_t user = 0;
    bool listing_tells_kinds = true;
    memory::Random entropy;
    MachineFacts machine{.machine_id_file = "a1b2c3d4e5f60718293a4b5c6d7e8f90",
                         .user = std::nullopt,
                         .username = std::nullopt,
                         .host = std::nullopt};

    /// Notes the call and asks the test whether it fails: an errno value, or 0. Holds no lock
    /// while asking, so that the test can change the world at exactly this call.
    [[nodiscard]] int begin(Call call, const std::filesystem::path& path = {}) {
        std::shared_ptr<const Fault> ask;
        CallRecord record{call, path.string()};
        std::uint64_t index = 0;
        {
            const std::scoped_lock guard(mutex);
            index = calls.size();
            calls.push_back(record);
            ask = fault;
        }
        return ask != nullptr && *ask ? (*ask)(index, record) : 0;
    }
};

}  // namespace aion

namespace aion::memory {

using StatePtr = std::shared_ptr<MemoryEnv::State>;

/// Holds the state locked, so that each call is one step for every other thread.
using Guard = std::scoped_lock<std::mutex>;

[[nodiscard]] Error read_error(const std::filesystem::path& path, int cause);
[[nodiscard]] Error write_error(const std::filesystem::path& path, int cause);

// What is below is made while the state is locked.

[[nodiscard]] FileInfo facts_of(const StatePtr& state, const Node& node);
/// Refuses directories and files of more than `max_size` bytes.
[[nodiscard]] Result<> require_readable(const Node& node, std::uint64_t max_size,
                                        const std::filesystem::path& path);
/// The content of a file that may be read.
[[nodiscard]] Result<std::shared_ptr<const FileContent>> copy_of(const StatePtr& state,
                                                                 const Node& node,
                                                                 std::uint64_t max_size,
                                                                 const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<ReadableFile> make_readable_file(const StatePtr& state, NodePtr node,
                                                               const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<UnnamedFile> make_unnamed_file(const StatePtr& state);
[[nodiscard]] std::shared_ptr<Directory> make_directory(const StatePtr& state, NodePtr node,
                                                        const std::filesystem::path& shown);
/// This one and `make_lock` give the inode's lock up when destroyed.
[[nodiscard]] std::unique_ptr<WritableFile> make_writable_file(const StatePtr& state, NodePtr node,
                                                               const std::filesystem::path& path);
/// One that can be given a name in `directory`, and has no lock.
[[nodiscard]] std::unique_ptr<WritableFile> make_unlinked_file(const StatePtr& state,
                                                               NodePtr directory, NodePtr node,
                                                               const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<FileLock> make_lock(const StatePtr& state, NodePtr node,
                                                  const std::filesystem::path& path);

}  // namespace aion::memory
