// SPDX-License-Identifier: MIT OR Apache-2.0
// The file system inside MemoryEnv: a tree as processes see it, beside what stable storage holds.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/memory_env.hpp"

namespace aion::memory {

/// A value or an errno value.
template <class T = void>
using Outcome = std::expected<T, int>;

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and any seed will do.
class Random {
  public:
    explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

    [[nodiscard]] std::uint64_t next() noexcept;

    /// A number from 0 to `end` - 1; 0 for an `end` of 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t end) noexcept {
        return end == 0 ? 0 : next() % end;
    }

  private:
    std::uint64_t state_;
};

struct Node;
using NodePtr = std::shared_ptr<Node>;

/// One file, directory or symbolic link, whatever names it has.
struct Node {
    FileKind kind = FileKind::regular;
    std::uint32_t mode = 0;
    std::uint64_t inode = 0;
    std::uint64_t modified_ns = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::vector<FileAccess::Attribute> attributes;

    // A file: what processes see, what is stable, and the places in `content` that are not.
    struct Write {
        std::size_t offset = 0;
        std::size_t size = 0;
    };

    Bytes content;
    Bytes stable;
    std::vector<Write> unsynced;
    /// Whether it has ever had a name, and whether stable storage knows: the file says so itself.
    bool is_linked = true;
    bool stable_is_linked = true;

    // A directory.
    std::map<std::string, NodePtr> entries;
    std::map<std::string, NodePtr> stable_entries;

    // A symbolic link.
    std::filesystem::path target;

    [[nodiscard]] FileInfo info() const noexcept;
};

/// Not thread-safe; MemoryEnv guards it.
class Files {
  public:
    Files();

    /// A place in the tree: a directory and a name in it, and what is there, if anything.
    struct Place {
        NodePtr directory;
        std::string name;
        NodePtr node;
    };

    enum class LastLink : std::uint8_t { keep, follow };

    /// Errors: ENOENT or ENOTDIR when the directory is not there, ELOOP.
    [[nodiscard]] Outcome<Place> find(const std::filesystem::path& path, LastLink last) const;
    /// What is at `path`, links followed. Errors: as `find`, and ENOENT.
    [[nodiscard]] Outcome<NodePtr> get(const std::filesystem::path& path) const;
    /// The directory at `path`, links followed. Errors: as `get`, and ENOTDIR.
    [[nodiscard]] Outcome<NodePtr> get_directory(const std::filesystem::path& path) const;

    [[nodiscard]] NodePtr make_node(FileKind kind, std::uint32_t mode);
    /// Puts `node` at `place`, or nothing if it is null. `stable`: as if synced at once.
    void link(const Place& place, const NodePtr& node, bool stable);
    /// Both places as they are now. Errors: ENOENT, EISDIR, and EEXIST unless `replace`.
    [[nodiscard]] Outcome<> rename(const Place& from, const Place& to, bool replace);
    /// How many names a file has.
    [[nodiscard]] std::uint64_t count_names(const Node& file) const;
    /// The directory at `path`, made with its parents where missing. Error: ENOTDIR, ELOOP.
    [[nodiscard]] Outcome<NodePtr> put_directory(const std::filesystem::path& path,
                                                 std::uint32_t mode, bool stable);
    /// Stable files and links for tests, with the directories they need.
    void put(const std::filesystem::path& path, ByteView content, std::uint32_t mode);
    void put_symlink(const std::filesystem::path& path, const std::filesystem::path& target);
    void put_link(const std::filesystem::path& path, const std::filesystem::path& existing);
    void append(Node& file, ByteView bytes);
    static void sync(Node& file);
    void sync_directory(const NodePtr& directory);
    /// All files that have a name, and all directories.
    void sync_all();

    void cut_power(const MemoryEnv::PowerCut& how);

    /// Absolute paths of all that is no directory, sorted.
    [[nodiscard]] std::vector<std::string> all_paths() const;

    /// Kept at the environment's time; every change also moves on by a nanosecond, so that two
    /// states of a file never look the same.
    std::uint64_t now_ns = 0;

  private:
    /// What one operation on directories did; it survives a power cut as a whole or not at all,
    /// as journals do with a rename.
    struct Change {
        std::vector<Place> places;
        bool stable = false;
    };

    [[nodiscard]] Outcome<Place> walk(std::filesystem::path& path, LastLink last) const;
    void change(Change made);

    void touch(Node& node) noexcept { node.modified_ns = now_ns + ++changes_made_; }

    /// In order, from the oldest that is not stable: what `stable_entries` does not have yet.
    std::deque<Change> changes_;
    std::uint64_t last_inode_ = 0;
    std::uint64_t changes_made_ = 0;
    NodePtr root_;  // is counted by those above, and so behind them
};

}  // namespace aion::memory
