// SPDX-License-Identifier: MIT OR Apache-2.0
// Which files a folder has.
#include <algorithm>
#include <cerrno>
#include <iterator>
#include <memory>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/interrupt.hpp"
#include "aion/supply/artifacts.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"

namespace aion::supply {
namespace {

Error refused(const std::filesystem::path& path, int why) {
    return error_at_path(ErrorCode::file_read_error, path.string(), why);
}

// A folder's size and time move with what is put into it.
bool is_same_folder(const FileInfo::Identity& a, const FileInfo::Identity& b) noexcept {
    return a.device == b.device && a.inode == b.inode;
}

class Finder {
  public:
    Finder(Env& env, const FindOptions& options) : env_(env), options_(options) {}

    Result<std::vector<ArtifactFile>> run(const std::filesystem::path& top) {
        folders_.push_back({.prefix = {}, .path = top, .identity = {}});
        while (!folders_.empty()) {
            const Folder folder = std::move(folders_.back());  // `look_into` adds to them.
            folders_.pop_back();
            if (auto done = look_into(folder); !done) {
                std::string name = folder.prefix.substr(0, folder.prefix.size() - 1);
                AION_TRY(give_up(std::move(name), folder.path, std::move(done).error()));
            }
        }
        std::ranges::sort(files_, {}, &ArtifactFile::name);
        return std::move(files_);
    }

  private:
    struct Folder {
        std::string prefix;  // Of the names of what is in it.
        std::filesystem::path path;
        std::optional<FileInfo::Identity> identity;  // Of one that was found, not given.
    };

    Result<> look_into(const Folder& folder) {
        if (Interrupt* const interrupt = env_.interrupt();
            interrupt != nullptr && interrupt->requested()) {
            return fail(error_at_path(ErrorCode::interrupted, folder.path.string()));
        }
        AION_TRY_ASSIGN(const auto directory, env_.open_directory(folder.path));
        // One that became a link to elsewhere since it was found.
        if (folder.identity) {
            AION_TRY_ASSIGN(const FileInfo own, directory->own_info());
            if (!is_same_folder(own.identity, *folder.identity)) {
                return fail(error_at_path(ErrorCode::file_changed, folder.path.string()));
            }
        }
        AION_TRY_ASSIGN(const auto names, directory->list());
        for (const std::string& name : names) {
            if (is_ignored(folder.prefix, name)) {
                continue;
            }
            AION_TRY_ASSIGN(const auto info, directory->info(name));
            if (!info) {
                continue;  // It was removed just now.
            }
            if (auto done = add(folder, name, *info); !done) {
                AION_TRY(
                    give_up(folder.prefix + name, folder.path / name, std::move(done).error()));
            }
        }
        return {};
    }

    // The folder that was asked for and an interruption end the search in any case.
    Result<> give_up(std::string name, const std::filesystem::path& path, Error error) {
        if (!options_.keep_going || name.empty() || error.code() == ErrorCode::interrupted ||
            error.code() == ErrorCode::resource_exhausted) {
            return fail(std::move(error));
        }
        files_.push_back({std::move(name), path, 0, std::move(error)});
        return {};
    }

    [[nodiscard]] bool is_ignored(const std::string& prefix, const std::string& name) const {
        return !options_.ignored.empty() &&
               std::ranges::binary_search(options_.ignored, prefix + name);
    }

    Result<> add(const Folder& folder, const std::string& file, FileInfo info) {
        std::string name = folder.prefix + file;
        std::filesystem::path path = folder.path / file;
        if (info.kind == FileKind::symlink) {
            if (options_.symlinks == Symlinks::skip) {
                return {};
            }
            if (options_.symlinks == Symlinks::refuse) {
                return fail(refused(path, ELOOP));
            }
            AION_TRY_ASSIGN(const auto target, env_.info(path));
            if (!target) {
                return fail(refused(path, ENOENT));
            }
            if (target->kind == FileKind::directory) {
                return fail(refused(path, EISDIR));
            }
            info = *target;
        }
        if (info.kind == FileKind::directory) {
            folders_.push_back({name + "/", std::move(path), info.identity});
            return {};
        }
        if (info.kind != FileKind::regular) {
            return fail(refused(path, EINVAL));
        }
        if (std::ranges::find(options_.without, info.identity) != options_.without.end()) {
            return {};
        }
        AION_TRY(check_artifact_name(name));
        if (files_.size() == Manifest::max_artifacts) {
            return fail(error_because(ErrorCode::resource_exhausted,
                                      "more than " + std::to_string(Manifest::max_artifacts) +
                                          " files below one folder"));
        }
        files_.push_back({std::move(name), std::move(path), info.size, std::nullopt});
        return {};
    }

    Env& env_;
    const FindOptions& options_;
    std::vector<Folder> folders_;
    std::vector<ArtifactFile> files_;
};

}  // namespace

Result<std::vector<ArtifactFile>> find_artifacts(Env& env, const std::filesystem::path& folder,
                                                 const FindOptions& options) {
    return Finder(env, options).run(folder);
}

std::vector<std::vector<std::string>> case_collisions(std::span<const ArtifactFile> files) {
    std::vector<std::pair<std::string, const std::string*>> lowered;
    lowered.reserve(files.size());
    for (const ArtifactFile& file : files) {
        lowered.emplace_back(ascii_lowered(file.name), &file.name);
    }
    std::ranges::sort(lowered, {}, [](const auto& one) -> const auto& { return one.first; });
    std::vector<std::vector<std::string>> groups;
    for (auto begin = lowered.begin(); begin != lowered.end();) {
        const auto end = std::find_if(
            begin, lowered.end(), [&](const auto& other) { return other.first != begin->first; });
        if (end - begin > 1) {
            auto& group = groups.emplace_back();
            std::transform(begin, end, std::back_inserter(group),
                           [](const auto& one) { return *one.second; });
            std::ranges::sort(group);
        }
        begin = end;
    }
    return groups;
}

}  // namespace aion::supply
