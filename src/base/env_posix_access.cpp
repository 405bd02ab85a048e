// SPDX-License-Identifier: MIT OR Apache-2.0
// Owner, group, access list and extended attributes: read from one open file, given to another.
#include <sys/xattr.h>

#include <algorithm>

#include "base/access_list.hpp"
#include "base/env_posix.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

using Attribute = FileAccess::Attribute;

constexpr const char* access_list_name = "system.posix_acl_access";

/// A privilege that the file itself has, or what was computed from its content, must not pass to
/// other content; what an overlay notes for itself is no concern of ours.
bool may_be_copied(std::string_view name) noexcept {
    return name != "security.capability" && name != "security.ima" && name != "security.evm" &&
           !name.starts_with("trusted.overlay.");
}

/// The value, or nothing: the cause is in errno.
std::optional<Bytes> value_of(int file, const std::string& name) {
    const ssize_t size = ::fgetxattr(file, name.c_str(), nullptr, 0);
    if (size < 0) {
        return std::nullopt;
    }
    Bytes value(static_cast<std::size_t>(size));
    const ssize_t got = ::fgetxattr(file, name.c_str(), value.data(), value.size());
    if (got < 0) {
        return std::nullopt;
    }
    value.resize(static_cast<std::size_t>(got));
    return value;
}

/// The names of all attributes, or nothing when nobody can tell.
std::optional<std::vector<std::string>> names_of(int file) {
    const ssize_t size = ::flistxattr(file, nullptr, 0);
    if (size == 0 || (size < 0 && errno == ENOTSUP)) {
        return std::vector<std::string>{};
    }
    if (size < 0) {
        return std::nullopt;
    }
    std::string all(static_cast<std::size_t>(size), '\0');
    const ssize_t got = ::flistxattr(file, all.data(), all.size());
    if (got < 0) {
        return std::nullopt;
    }
    all.resize(static_cast<std::size_t>(got));
    std::vector<std::string> names;
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = std::min(all.find('\0', begin), all.size());
        names.push_back(all.substr(begin, end - begin));
        begin = end + 1;
    }
    return names;
}

void read_attributes(int file, FileAccess& access) {
    const auto names = names_of(file);
    access.attributes_known = names.has_value();
    for (const std::string& name : names.value_or(std::vector<std::string>{})) {
        if (!may_be_copied(name)) {
            continue;
        }
        if (auto value = value_of(file, name)) {
            access.attributes.push_back({name, *std::move(value)});
        } else if (errno != ENODATA) {
            access.attributes_known = false;
        }
    }
}

/// What only the owner may do.
constexpr std::uint32_t owner_only = 0700;

/// Gives one file what another had, in an order that grants nothing early.
class Copy {
  public:
    /// `facts`: of the file.
    Copy(int file, const struct stat& facts, const FileAccess& like)
        : file_(file), facts_(&facts), like_(&like), mode_(like.info.mode) {}

    /// While the file is ours and may be written: the kernel asks for that.
    void attributes() {
        if (!like_->attributes_known) {
            lost_.emplace_back("what could not be read of its access list and attributes");
            mode_ &= owner_only;
        }
        for (const Attribute& attribute : like_->attributes) {
            if (attribute.name != access_list_name) {
                set(attribute);
            }
        }
    }

    void owner() {
        if (facts_->st_uid == like_->info.user && facts_->st_gid == like_->info.group) {
            return;
        }
        // Only root gives files away, but everybody may choose among their own groups.
        constexpr auto same_user = static_cast<uid_t>(-1);
        if (::fchown(file_, like_->info.user, like_->info.group) == 0) {
            return;
        }
        if (facts_->st_uid != like_->info.user) {
            lost_.push_back("owner (user " + std::to_string(like_->info.user) + ")");
        }
        same_group_ = facts_->st_gid == like_->info.group ||
                      ::fchown(file_, same_user, like_->info.group) == 0;
        if (!same_group_) {
            lost_.push_back("group (group " + std::to_string(like_->info.group) + ")");
        }
    }

    /// The permission bits that are still to be set, or nothing when the access list brought them.
    std::optional<std::uint32_t> access_list() {
        const auto attribute =
            std::ranges::find(like_->attributes, access_list_name, &Attribute::name);
        if (attribute == like_->attributes.end()) {
            return for_the_group(mode_);
        }
        const auto list = AccessList::parse(attribute->value);
        if (list && mode_ == like_->info.mode) {
            const Bytes value = (same_group_ ? *list : list->for_another_group()).to_attribute();
            if (::fsetxattr(file_, access_list_name, value.data(), value.size(), 0) == 0) {
                return std::nullopt;
            }
        }
        lost_.emplace_back("access list");
        return for_the_group(mode_ & (list ? list->mode_without_list() : owner_only));
    }

    /// Whether the permission bits may no longer be what they were.
    [[nodiscard]] bool changed_mode() const noexcept { return changed_mode_; }

    [[nodiscard]] std::vector<std::string> lost() && { return std::move(lost_); }

  private:
    void set(const Attribute& attribute) {
        if (value_of(file_, attribute.name) == attribute.value) {
            return;
        }
        const bool is_of_the_system = attribute.name.starts_with("system.");
        changed_mode_ = changed_mode_ || is_of_the_system;  // as an access list of NFS does
        if (::fsetxattr(file_, attribute.name.c_str(), attribute.value.data(),
                        attribute.value.size(), 0) == 0) {
            return;
        }
        lost_.push_back("attribute " + attribute.name);
        if (is_of_the_system) {
            mode_ &= owner_only;  // an access list of a kind that we cannot read
        }
    }

    /// Members of another group were others until now, and those of the old group become others.
    [[nodiscard]] std::uint32_t for_the_group(std::uint32_t mode) const noexcept {
        if (same_group_) {
            return mode;
        }
        const std::uint32_t shared = mode & (mode >> 3U) & 07U;
        return (mode & owner_only) | shared << 3U | shared;
    }

    int file_;
    const struct stat* facts_;
    const FileAccess* like_;
    std::uint32_t mode_;
    bool same_group_ = true;
    bool changed_mode_ = false;
    std::vector<std::string> lost_;
};

}  // namespace

Result<std::optional<FileAccess>> access_at(int directory, const std::string& name,
                                            const std::filesystem::path& shown) {
    AION_TRY_ASSIGN(const auto info, info_at(directory, name, shown));
    if (!info || info->kind != FileKind::regular) {
        // Opening a pipe or device does something to it, and nothing of it is taken over.
        return info ? std::optional(FileAccess{*info, {}, true}) : std::nullopt;
    }
    const Descriptor file = open_at(directory, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    if (!file.is_open()) {
        if (errno == ENOENT) {
            return std::nullopt;
        }
        if (errno != EACCES && errno != EPERM && errno != EWOULDBLOCK) {
            return fail(read_error(shown));
        }
        return FileAccess{*info, {}, false};
    }
    return access_of(file, shown);
}

Result<FileAccess> access_of(const Descriptor& file, const std::filesystem::path& shown) {
    FileAccess access;
    AION_TRY_ASSIGN(access.info, info_of(file.get(), shown));
    if (access.info.kind == FileKind::regular) {
        read_attributes(file.get(), access);
    }
    return access;
}

Result<std::vector<std::string>> copy_access(int file, struct stat& facts, const FileAccess& like,
                                             const std::filesystem::path& shown) {
    FileAccess wanted = like;
    wanted.info.mode &= 0777U;  // data is never set-user-id
    Copy copy(file, facts, wanted);
    copy.attributes();
    copy.owner();
    const auto mode = copy.access_list();
    if (copy.changed_mode() && ::fstat(file, &facts) != 0) {
        return fail(write_error(shown));
    }
    if (mode) {
        AION_TRY(set_mode(file, facts, *mode, shown));
    }
    return std::move(copy).lost();
}

Result<> drop_inherited_access(int file, const std::filesystem::path& shown) {
    // Asked first: it is mostly not there, and removing nothing is a transaction all the same.
    if (::fgetxattr(file, access_list_name, nullptr, 0) < 0) {
        return {};
    }
    if (::fremovexattr(file, access_list_name) != 0 && errno != ENODATA) {
        return fail(write_error(shown));
    }
    return {};
}

}  // namespace aion::posix
