// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/memory_files.hpp"

#include <algorithm>
#include <cerrno>

namespace aion::memory {
namespace {

namespace fs = std::filesystem;

/// Absolute, without `.`, `..` and a trailing slash.
fs::path normal(const fs::path& path) {
    fs::path clean = ("/" / path).lexically_normal();
    return clean.has_filename() ? clean : clean.parent_path();
}

void set_entry(std::map<std::string, NodePtr>& entries, const Files::Place& place) {
    if (place.node == nullptr) {
        entries.erase(place.name);
    } else {
        entries.insert_or_assign(place.name, place.node);
    }
}

/// What a power cut makes of one write that was never synced. POSIX promises nothing: it may be
/// there, be gone, be torn on either side, or have grown the file without filling it.
void keep_some_of(const Node& file, const Node::Write& write, Random& random, Bytes& kept) {
    enum Fate : std::uint8_t { lost, whole, head, tail, only_length, fates };

    std::size_t begin = 0;
    std::size_t end = write.size;
    switch (random.below(fates)) {
        case lost:
            return;
        case head:
            end = random.below(write.size + 1);
            break;
        case tail:
            begin = random.below(write.size + 1);
            break;
        case only_length:
            begin = end;
            break;
        default:
            break;
    }
    kept.resize(std::max(kept.size(), write.offset + end));
    std::copy_n(file.content.begin() + static_cast<std::ptrdiff_t>(write.offset + begin),
                end - begin, kept.begin() + static_cast<std::ptrdiff_t>(write.offset + begin));
}

/// Makes what is stable all there is, from `node` down.
void revert(Node& node, const MemoryEnv::PowerCut& how, Random& random) {
    if (node.kind == FileKind::directory) {
        // An entry is worth nothing when the file says that it has no name.
        std::erase_if(node.stable_entries, [&](const auto& entry) {
            Node& child = *entry.second;
            child.stable_is_linked =
                child.stable_is_linked || (how.keep_some && random.below(2) == 0);
            return !child.stable_is_linked;
        });
        node.entries = node.stable_entries;
        for (const auto& [name, child] : node.entries) {
            revert(*child, how, random);
        }
        return;
    }
    Bytes kept = node.stable;
    if (how.keep_some) {
        for (const Node::Write& write : node.unsynced) {
            keep_some_of(node, write, random, kept);
        }
    }
    node.content = kept;
    node.stable = std::move(kept);
    node.unsynced.clear();
}

void sync_tree(Node& node) {
    if (node.kind != FileKind::directory) {
        Files::sync(node);
        return;
    }
    for (const auto& [name, child] : node.entries) {
        sync_tree(*child);
    }
}

void collect(const Node& directory, const std::string& prefix, std::vector<std::string>& paths) {
    for (const auto& [name, node] : directory.entries) {
        if (node->kind == FileKind::directory) {
            collect(*node, prefix + name + "/", paths);
        } else {
            paths.push_back(prefix + name);
        }
    }
}

std::uint64_t count_in(const Node& directory, const Node& file) {
    std::uint64_t count = 0;
    for (const auto& [name, node] : directory.entries) {
        if (node.get() == &file) {
            ++count;
        } else if (node->kind == FileKind::directory) {
            count += count_in(*node, file);
        }
    }
    return count;
}

}  // namespace

std::uint64_t Random::next() noexcept {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
}

FileInfo Node::info() const noexcept {
    FileInfo info;
    info.kind = kind;
    info.size = content.size();
    info.mode = mode;
    info.user = user;
    info.group = group;
    info.identity = {.device = 1, .inode = inode, .size = info.size, .modified_ns = modified_ns};
    info.changed_ns = modified_ns;
    return info;
}

Files::Files() : root_(make_node(FileKind::directory, 0755)) {}

Outcome<Files::Place> Files::find(const fs::path& path, LastLink last) const {
    constexpr int most_links = 40;
    fs::path rest = normal(path);
    for (int links = 0; links <= most_links; ++links) {
        auto place = walk(rest, last);
        if (!place || place->directory != nullptr) {
            return place;
        }
    }
    return std::unexpected(ELOOP);
}

/// Walks until the end, or to the first link to follow: then the place has no directory, and
/// `path` is where to go on from the root.
Outcome<Files::Place> Files::walk(fs::path& path, LastLink last) const {
    Place place{.directory = root_, .name = "", .node = root_};
    fs::path walked = "/";
    const fs::path relative = path.relative_path();
    for (auto part = relative.begin(); part != relative.end(); ++part) {
        if (place.node == nullptr) {
            return std::unexpected(ENOENT);
        }
        if (place.node->kind != FileKind::directory) {
            return std::unexpected(ENOTDIR);
        }
        const auto entry = place.node->entries.find(part->string());
        const bool found = entry != place.node->entries.end();
        place = {place.node, part->string(), found ? entry->second : nullptr};
        const bool at_end = std::next(part) == relative.end();
        if (found && place.node->kind == FileKind::symlink &&
            (!at_end || last == LastLink::follow)) {
            fs::path onward = walked / place.node->target;
            std::for_each(std::next(part), relative.end(), [&](const fs::path& p) { onward /= p; });
            path = normal(onward);
            return Place{};
        }
        walked /= *part;
    }
    return place;
}

Outcome<NodePtr> Files::get(const fs::path& path) const {
    auto place = find(path, LastLink::follow);
    if (!place) {
        return std::unexpected(place.error());
    }
    if (place->node == nullptr) {
        return std::unexpected(ENOENT);
    }
    return place->node;
}

Outcome<NodePtr> Files::get_directory(const fs::path& path) const {
    auto node = get(path);
    if (node && (*node)->kind != FileKind::directory) {
        return std::unexpected(ENOTDIR);
    }
    return node;
}

NodePtr Files::make_node(FileKind kind, std::uint32_t mode) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->mode = mode;
    node->inode = ++last_inode_;
    touch(*node);
    return node;
}

void Files::link(const Place& place, const NodePtr& node, bool stable) {
    change({.places = {{place.directory, place.name, node}}, .stable = stable});
}

Outcome<> Files::rename(const Place& from, const Place& to, bool replace) {
    if (from.node == nullptr) {
        return std::unexpected(ENOENT);
    }
    if (to.node != nullptr && !replace) {
        return std::unexpected(EEXIST);
    }
    const bool onto_directory = to.node != nullptr && to.node->kind == FileKind::directory;
    if (from.node->kind == FileKind::directory || onto_directory) {
        return std::unexpected(EISDIR);
    }
    if (from.node != to.node) {
        change(
            {.places = {{from.directory, from.name, nullptr}, {to.directory, to.name, from.node}}});
    }
    return {};
}

std::uint64_t Files::count_names(const Node& file) const {
    return count_in(*root_, file);
}

Outcome<NodePtr> Files::put_directory(const fs::path& path, std::uint32_t mode, bool stable) {
    NodePtr directory = root_;
    fs::path at = "/";
    for (const fs::path& part : normal(path).relative_path()) {
        at /= part;
        const auto place = find(at, LastLink::follow);
        if (!place) {
            return std::unexpected(place.error());
        }
        directory = place->node;
        if (directory == nullptr) {
            directory = make_node(FileKind::directory, mode);
            link(*place, directory, stable);
        }
        if (directory->kind != FileKind::directory) {
            return std::unexpected(ENOTDIR);
        }
    }
    return directory;
}

void Files::put(const fs::path& path, ByteView content, std::uint32_t mode) {
    if (const auto there = get(path)) {
        (*there)->content.assign(content.begin(), content.end());
        sync(**there);
        touch(**there);
        return;
    }
    const auto parent = put_directory(normal(path).parent_path(), 0755, true);
    const auto place = find(path, LastLink::follow);
    if (parent && place) {
        auto node = make_node(FileKind::regular, mode);
        node->content.assign(content.begin(), content.end());
        sync(*node);
        link(*place, node, true);
    }
}

void Files::put_symlink(const fs::path& path, const fs::path& target) {
    const auto parent = put_directory(normal(path).parent_path(), 0755, true);
    const auto place = find(path, LastLink::keep);
    if (parent && place) {
        auto node = make_node(FileKind::symlink, 0777);
        node->target = target;
        link(*place, node, true);
    }
}

void Files::put_link(const fs::path& path, const fs::path& existing) {
    const auto node = get(existing);
    const auto parent = put_directory(normal(path).parent_path(), 0755, true);
    const auto place = find(path, LastLink::keep);
    if (node && parent && place) {
        link(*place, *node, true);
    }
}

void Files::change(Change made) {
    for (const Place& place : made.places) {
        set_entry(place.directory->entries, place);
    }
    changes_.push_back(std::move(made));
}

void Files::append(Node& file, ByteView bytes) {
    file.unsynced.push_back({.offset = file.content.size(), .size = bytes.size()});
    file.content.insert(file.content.end(), bytes.begin(), bytes.end());
    touch(file);
}

void Files::sync(Node& file) {
    file.stable = file.content;
    file.unsynced.clear();
    file.stable_is_linked = file.is_linked;
}

void Files::sync_directory(const NodePtr& directory) {
    for (Change& each : changes_) {
        each.stable = each.stable || std::ranges::any_of(each.places, [&](const Place& place) {
                          return place.directory == directory;
                      });
    }
    // Behind one that is not stable the others must wait: they may be about the same name.
    while (!changes_.empty() && changes_.front().stable) {
        for (const Place& place : changes_.front().places) {
            set_entry(place.directory->stable_entries, place);
        }
        changes_.pop_front();
    }
}

void Files::sync_all() {
    for (Change& each : changes_) {
        for (const Place& place : each.places) {
            set_entry(place.directory->stable_entries, place);
        }
    }
    changes_.clear();
    sync_tree(*root_);
}

void Files::cut_power(const MemoryEnv::PowerCut& how) {
    Random random(how.seed);
    for (const Change& each : changes_) {
        const bool survives = each.stable || (how.keep_some && random.below(2) == 0);
        if (survives) {
            for (const Place& place : each.places) {
                set_entry(place.directory->stable_entries, place);
            }
        }
    }
    changes_.clear();
    revert(*root_, how, random);
}

std::vector<std::string> Files::all_paths() const {
    std::vector<std::string> paths;
    collect(*root_, "/", paths);
    std::ranges::sort(paths);
    return paths;
}

}  // namespace aion::memory
