// SPDX-License-Identifier: MIT OR Apache-2.0
// Files that blobs become.
#include <algorithm>
#include <cerrno>
#include <tuple>
#include <utility>

#include "base/change.hpp"
#include "base/file_names.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/oci_files.hpp"

namespace aion::supply {
namespace {

constexpr std::size_t digits_kept = 16;
constexpr std::string_view new_suffix = ".new.part";
constexpr std::size_t longest_append = std::size_t{8} << 20U;

std::string partial_name(const std::string& name, const OciDigest& digest,
                         std::string_view suffix) {
    const std::size_t room = longest_name - 2 - digits_kept - suffix.size();
    std::string out = ".";
    out += shortened(name, room);
    out += '.';
    out += digest.hex().substr(0, digits_kept);
    out += suffix;
    return out;
}

Error naming(const Place& place, Error error) {
    return error.code() == ErrorCode::file_write_error
               ? error_at_path(ErrorCode::file_write_error, place.shown.string(), error.os_error())
               : std::move(error);
}

bool is_other_content(const Error& error) noexcept {
    return error.detail() == supply_details.name(SupplyDetail::oci_other_digest) ||
           error.detail() == supply_details.name(SupplyDetail::oci_other_size);
}

/// One blob on its way.
class Partial {
  public:
    Partial(Env& env, const Place& place, const OciDescriptor& descriptor)
        : env_(env),
          place_(place),
          descriptor_(descriptor),
          name_(partial_name(place.name, descriptor.digest, partial_suffix)),
          new_name_(partial_name(place.name, descriptor.digest, new_suffix)),
          check_(descriptor) {}

    /// False: somebody else is writing it.
    Result<bool> open() {
        Directory& directory = *place_.directory;
        const auto old = directory.lock(name_, 0);
        if (!old && old.error().code() == ErrorCode::conflict) {
            return false;
        }
        if (old) {
            AION_TRY_ASSIGN(const bool is_new, create(new_name_));
            if (is_new && take_over(**old)) {
                if (auto renamed = directory.rename(new_name_, name_); !renamed) {
                    return fail(naming(place_, std::move(renamed).error()));
                }
                return true;
            }
            // Somebody else is at it, or what there was is too long.
            if (!is_new) {
                return false;
            }
            std::ignore = directory.remove(new_name_);
            file_.reset();
            check_ = BlobCheck(descriptor_);
        }
        if (old || old.error().os_error() != ENOENT) {
            // Nobody is writing it, or it is none of ours: a link, another user's.
            if (auto removed = directory.remove(name_);
                !removed && removed.error().code() != ErrorCode::file_not_found) {
                return fail(naming(place_, std::move(removed).error()));
            }
        }
        return create(name_);
    }

    [[nodiscard]] std::uint64_t offset() const noexcept { return check_.offset(); }

    Result<> fetch(const BlobFetch& fetch) {
        Change change(env_);
        change.will_write(descriptor_.size - check_.offset());
        AION_TRY(fetch(check_, [&](ByteView bytes) { return append(bytes, change); }));
        AION_TRY(file_->sync());
        AION_TRY(file_->close());
        return change.may_go_on(place_.shown);
    }

    /// Gives it its name. False: there is something of that name, and nothing may be replaced.
    Result<bool> finish(Replace replace) {
        Change change(env_, Change::Kind::of_its_own);
        Directory& directory = *place_.directory;
        auto renamed = replace == Replace::always ? directory.rename(name_, place_.name)
                                                  : directory.rename_exclusive(name_, place_.name);
        if (!renamed) {
            if (renamed.error().code() == ErrorCode::file_exists) {
                return false;
            }
            return fail(naming(place_, std::move(renamed).error()));
        }
        change.done();
        AION_TRY(directory.sync());
        return true;
    }

    /// While it is locked its name is ours.
    void remove() noexcept {
        try {
            std::ignore = place_.directory->remove(name_);
        } catch (const std::bad_alloc&) {
            return;  // The next one to write the blob removes it.
        }
    }

  private:
    // Whatever has such a name and is not being written was left behind. False: it is being
    // written.
    Result<bool> create(const std::string& name) {
        Directory& directory = *place_.directory;
        auto file = directory.create_exclusive(name, std::nullopt);
        if (!file && file.error().os_error() == EEXIST && directory.lock(name, 0)) {
            std::ignore = directory.remove(name);
            file = directory.create_exclusive(name, std::nullopt);
        }
        if (!file) {
            const int cause = file.error().os_error();
            if (cause == EEXIST || cause == EBUSY) {
                return false;
            }
            return fail(naming(place_, std::move(file).error()));
        }
        file_ = *std::move(file);
        if (auto reserved = file_->reserve(descriptor_.size); !reserved) {
            remove();
            return fail(naming(place_, std::move(reserved).error()));
        }
        return true;
    }

    // The old file may be another user's, who could change it when it has the blob's name: its
    // bytes are copied. They have to be read in any case.
    bool take_over(const FileLock& lock) {
        const auto old = lock.open();
        if (!old || (*old)->info().size > descriptor_.size) {
            return false;
        }
        return read_pieces_until_error(**old, 0, (*old)->info().size,
                                       [this](ByteView bytes) -> Result<> {
                                           AION_TRY(check_.take(bytes));
                                           return file_->append(bytes);
                                       })
            .has_value();
    }

    Result<> append(ByteView bytes, Change& change) {
        while (!bytes.empty()) {
            AION_TRY(change.may_go_on(place_.shown));
            const ByteView part = bytes.first(std::min(bytes.size(), longest_append));
            if (auto done = file_->append(part); !done) {
                return fail(naming(place_, std::move(done).error()));
            }
            change.wrote(part.size());
            bytes = bytes.subspan(part.size());
        }
        return {};
    }

    Env& env_;
    const Place& place_;
    const OciDescriptor& descriptor_;
    std::string name_;
    std::string new_name_;  // While it takes over what there is.
    BlobCheck check_;
    std::unique_ptr<WritableFile> file_;
};

Result<FetchedBlob> write_at_once(Env& env, const Place& place, const OciDescriptor& descriptor,
                                  const BlobFetch& fetch, Replace replace) {
    BlobCheck check(descriptor);
    const ProducedContent content{
        .size = descriptor.size,
        .produce = [&](const ProducedContent::Append& append,
                       const ProducedContent::Ready& /*ready*/) { return fetch(check, append); }};
    AION_TRY_ASSIGN(WriteReport report,
                    write_file_atomically(env, place, content, {.replace = replace}));
    return FetchedBlob{.resumed_from = 0, .report = std::move(report)};
}

}  // namespace

Result<Folder> folder_in(Env& env, const Folder& parent, const std::string& name, Missing missing) {
    Folder folder{nullptr, parent.path / name};
    AION_TRY_ASSIGN(auto info, parent.directory->info(name));
    if (!info && missing == Missing::none) {
        return folder;
    }
    if (!info) {
        AION_TRY(env.create_directories(folder.path, 0777));
        AION_TRY_ASSIGN(info, parent.directory->info(name));
    }
    if (!info || info->kind != FileKind::directory) {
        return fail(error_at_path(ErrorCode::file_read_error, folder.path.string(),
                                  info && info->kind == FileKind::symlink ? ELOOP : ENOTDIR));
    }
    AION_TRY_ASSIGN(folder.directory, env.open_directory(folder.path));
    AION_TRY_ASSIGN(const FileInfo own, folder.directory->own_info());
    // One that became a link to elsewhere since it was looked at.
    if (own.identity.device != info->identity.device ||
        own.identity.inode != info->identity.inode) {
        return fail(error_at_path(ErrorCode::file_changed, folder.path.string()));
    }
    return folder;
}

Result<FetchedBlob> write_blob_file(Env& env, const Place& place, const OciDescriptor& descriptor,
                                    const BlobFetch& fetch, Replace replace) {
    if (descriptor.size < resumable_size) {
        return write_at_once(env, place, descriptor, fetch, replace);
    }
    if (!place.directory->can_sync()) {
        return fail(error_at_path(ErrorCode::file_write_error, place.shown.string(), EACCES));
    }
    for (bool is_first = true;; is_first = false) {
        Partial partial(env, place, descriptor);
        AION_TRY_ASSIGN(const bool is_ours, partial.open());
        if (!is_ours) {
            return write_at_once(env, place, descriptor, fetch, replace);
        }
        const std::uint64_t resumed_from = partial.offset();
        if (auto fetched = partial.fetch(fetch); !fetched) {
            const bool is_damaged = is_other_content(fetched.error());
            if (is_damaged) {
                partial.remove();
            }
            // The beginning may have been what a power cut left of it.
            if (is_damaged && resumed_from > 0 && is_first) {
                continue;
            }
            return fail(std::move(fetched).error());
        }
        AION_TRY_ASSIGN(const bool is_in_place, partial.finish(replace));
        if (!is_in_place) {
            partial.remove();
            return fail(error_at_path(ErrorCode::file_exists, place.shown.string()));
        }
        return FetchedBlob{.resumed_from = resumed_from, .report = {}};
    }
}

}  // namespace aion::supply
