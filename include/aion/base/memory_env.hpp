// SPDX-License-Identifier: MIT OR Apache-2.0
// An Env that exists in memory only: deterministic, and as hostile as a test wants it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/env.hpp"

namespace aion {

/// A file system, clock and entropy source in memory. Thread-safe.
///
/// It keeps for every file the content that is on stable storage beside the content that
/// processes see, and likewise for every directory entry; only `WritableFile::sync` and
/// `Directory::sync` move the one to the other. `cut_power` forgets everything else.
/// Paths are normalized lexically; `/` exists; relative paths are relative to `/`. There are no
/// users, so nothing is forbidden, no hard links but those of `put_link`, and directories cannot be
/// renamed; a test may put a link in the place of one, and whoever has it open keeps it.
/// Entropy is a stream expanded from the seed; the clock stands still unless told otherwise.
class MemoryEnv final : public Env {
  public:
    explicit MemoryEnv(std::uint64_t seed = 1);
    ~MemoryEnv() override;

    // --- Faults ---------------------------------------------------------------------------
    /// The kind of one call, for choosing which to fail.
    enum class Call : std::uint8_t {
        read,  ///< Also `ReadableFile::read_at`.
        open,
        info,
        locate,
        open_directory,
        access,
        create,
        append,
        reserve,
        sync,
        close,
        rename,
        rename_exclusive,
        remove,
        sync_directory,
        create_directories,
        list,
        lock,
        random,
        machine_id,
        copy_access,
        create_unlinked,
        link,  ///< `WritableFile::link`.
        create_unnamed,
    };

    struct CallRecord {
        Call call{};
        std::string path;  ///< Empty for calls without one.
    };

    /// Decides about each call: 0 lets it pass, an errno value makes it fail with that cause.
    /// `index` counts calls from 0 since the last `set_fault`. For `append`, a failing call may
    /// have written any prefix: `torn_write_fraction` of 256ths of the bytes are kept (half, if
    /// never set). It may call this environment, e.g. to change a file at just this moment, but
    /// not `set_fault`.
    using Fault = std::function<int(std::uint64_t index, const CallRecord& call)>;
    void set_fault(Fault fault);
    void set_torn_write_fraction(std::uint32_t of_256) noexcept;
    /// Number of calls since the last `set_fault` (or construction).
    [[nodiscard]] std::uint64_t call_count() const;
    /// The calls since the last `set_fault`, in order.
    [[nodiscard]] std::vector<CallRecord> calls() const;

    /// What a power cut keeps of data that was written but not synced.
    struct PowerCut {
        std::uint64_t seed = 0;
        /// False: nothing unsynced survives. True: each unsynced write and each unsynced
        /// directory operation survives or not, by the seed, writes possibly torn at any byte,
        /// in any order that POSIX allows.
        bool keep_some = false;
    };

    /// Reverts to what stable storage holds, drops all locks, invalidates open files (their calls
    /// fail with EIO), and clears the fault. A rename survives as a whole or not at all.
    void cut_power(const PowerCut& how);

    // --- The outside world as the test wants it ---------------------------------------------
    void set_now(Timestamp now);
    void advance(std::uint64_t nanoseconds);
    /// The content of /etc/machine-id.
    void set_machine_id(std::string id);
    /// There is no such file.
    void set_no_machine_id(std::string user, std::string host);
    /// Places a durable file, creating parents. Mode is in permission bits. A file that is there
    /// is overwritten in place, as by a program that does not know better, and keeps its mode.
    void put(const std::filesystem::path& path, ByteView content, std::uint32_t mode = 0644);
    /// Replaces whatever is there.
    void put_symlink(const std::filesystem::path& path, const std::filesystem::path& target);
    /// Gives the file at `existing` one more name.
    void put_link(const std::filesystem::path& path, const std::filesystem::path& existing);
    /// Says who a file belongs to and what is noted about it.
    void set_access(const std::filesystem::path& path, std::uint32_t user,
                    std::vector<FileAccess::Attribute> attributes);
    /// What `Directory::access` says of the file, or nothing if there is no regular file.
    [[nodiscard]] std::optional<FileAccess> access_of(const std::filesystem::path& path) const;
    /// The user whom new files belong to, and who writes secrets; 0 at first.
    void set_user(std::uint32_t user);
    void put_directory(const std::filesystem::path& path);
    /// Whether `Directory::each_entry` tells kinds, as it does at first, or none, as on some file
    /// systems.
    void set_listing_tells_kinds(bool tells);
    /// The visible content, or nothing if there is no regular file.
    [[nodiscard]] std::optional<Bytes> get(const std::filesystem::path& path) const;
    /// Every visible path that is no directory, sorted.
    [[nodiscard]] std::vector<std::string> all_paths() const;

    // --- Env --------------------------------------------------------------------------------
    [[nodiscard]] Result<std::shared_ptr<const FileContent>> read(
        const std::filesystem::path& path, const ReadOptions& options) override;
    [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path,
                                                             const ReadOptions& options) override;
    [[nodiscard]] Result<std::unique_ptr<UnnamedFile>> create_unnamed() override;
    [[nodiscard]] Result<std::optional<FileInfo>> info(const std::filesystem::path& path) override;
    [[nodiscard]] Result<std::shared_ptr<Directory>> open_directory(
        const std::filesystem::path& path) override;
    [[nodiscard]] Result<Place> locate(const std::filesystem::path& path) override;
    [[nodiscard]] Result<std::shared_ptr<Directory>> create_directories(
        const std::filesystem::path& directory, std::uint32_t mode) override;
    [[nodiscard]] Timestamp now() override;
    [[nodiscard]] Result<> random(MutableByteView out) override;
    [[nodiscard]] Result<MachineId> machine_id() override;

    struct State;  ///< Private to the implementation.

  private:
    std::shared_ptr<State> state_;
};

}  // namespace aion
