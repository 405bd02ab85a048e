// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/walk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/interrupt.hpp"
#include "archive/glob.hpp"

namespace aion::archive {
namespace {

/// Whether a file of that name belongs to an archive.
bool is_aion_name(std::string_view name) noexcept {
    constexpr std::string_view extension = ".aion";
    return name.size() > extension.size() &&
           std::ranges::equal(name.substr(name.size() - extension.size()), extension, {},
                              ascii_lower);
}

std::string_view last_component(std::string_view path) noexcept {
    return path.substr(path.rfind('/') + 1);  // all of it, if there is no slash
}

EntryKind entry_kind(std::optional<FileKind> kind) noexcept {
    if (!kind) {
        return EntryKind::unknown;
    }
    switch (*kind) {
        case FileKind::directory:
            return EntryKind::folder;
        case FileKind::symlink:
            return EntryKind::link;
        default:
            return EntryKind::file;
    }
}

std::vector<std::string> components_of(std::string_view pattern) {
    std::vector<std::string> components;
    for (;;) {
        const std::size_t end = pattern.find('/');
        components.emplace_back(pattern.substr(0, end));
        if (end == std::string_view::npos) {
            return components;
        }
        pattern.remove_prefix(end + 1);
    }
}

/// What a component without wildcards names.
std::string unquoted(std::string_view component) {
    std::string name;
    for (std::size_t i = 0; i < component.size(); ++i) {
        const bool quotes = component[i] == '\\' && i + 1 < component.size();
        i += quotes ? 1 : 0;
        name += component[i];
    }
    return name;
}

bool is_nothing_there(const Error& error) noexcept {
    return error.os_error() == ENOENT || error.os_error() == ENOTDIR;
}

Error no_such_file(const std::string& path) {
    return error_at_path(ErrorCode::file_read_error, path, ENOENT);
}

}  // namespace

void Walk::begin(std::string operand, Operand kind, Share share) {
    folders_.clear();
    pattern_.clear();
    followed_.clear();
    around_.clear();
    operand_ = operand;
    set_share_done(share.from);
    if (operand.find('\0') != std::string::npos) {
        refuse(operand, error_at_path(ErrorCode::file_read_error, operand, EINVAL)
                            .in_context("no path can hold a NUL byte"));
        return;
    }
    if (operand.empty()) {
        add({operand, no_such_file(operand).in_context("an empty name is no file")});
        return;
    }
    const auto there = env_->info(operand);
    if (!there) {
        refuse(operand, there.error());
    } else if (*there) {
        if ((*there)->kind == FileKind::directory) {
            enter(operand, share, false);
        } else {
            pending_ = Name{std::move(operand)};
        }
    } else if (kind == Operand::name) {
        pending_ = Name{std::move(operand)};
    } else if (has_wildcard(operand)) {
        pattern_ = components_of(operand);
        if (std::ranges::find(pattern_, "**") != pattern_.end()) {
            refuse(operand, error_at_path(ErrorCode::file_read_error, operand)
                                .in_context("`**` is no pattern here: a folder stands for all "
                                            "files below it, and `*` for one name"));
            return;
        }
        is_unmatched_ = true;
        expand("", 0, share);
    } else {
        refuse(operand, no_such_file(operand));
    }
}

std::optional<Name> Walk::next() {
    const Interrupt* const interrupt = env_->interrupt();
    while (!is_over_) {
        if (pending_) {
            return std::exchange(pending_, std::nullopt);
        }
        if (interrupt != nullptr && interrupt->requested()) {
            is_over_ = true;
            return Name{operand_, error_at_path(ErrorCode::interrupted, operand_)};
        }
        if (!folders_.empty()) {
            if (auto name = next_entry()) {
                return name;
            }
        } else if (is_unmatched_) {
            is_unmatched_ = false;
            refuse(operand_,
                   no_such_file(operand_).in_context("nothing matches the pattern " + operand_));
        } else {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

std::optional<Name> Walk::next_entry() {
    Folder& folder = folders_.back();
    if (folder.next == folder.entries.size()) {
        folders_.pop_back();
        return std::nullopt;
    }
    const Share share = folder.share.part(folder.next, folder.entries.size());
    const auto [name, kind] = folder.entries[folder.next++];
    set_share_done(share.from);
    std::string path;
    const std::size_t length = std::strlen(name);
    path.reserve(folder.prefix.size() + length);
    path.append(folder.prefix).append(name, length);
    const bool by_pattern = folder.component.has_value();
    if (by_pattern && *folder.component + 1 < pattern_.size()) {
        const std::size_t following = *folder.component + 1;
        if (is_folder(path, kind)) {
            expand(path + '/', following, share);
        }
        return std::nullopt;
    }
    is_unmatched_ = is_unmatched_ && !by_pattern;
    switch (kind) {
        case EntryKind::file:
            return Name{std::move(path)};
        case EntryKind::folder:
            enter(path, share, false);
            return std::nullopt;
        case EntryKind::unwanted:
            return std::nullopt;
        default:
            return follow(std::move(path), share, by_pattern || is_aion_name({name, length}));
    }
}

/// What a link leads to. `is_wanted`: if it is no folder, and also if it is nothing, which whoever
/// opens it learns.
std::optional<Name> Walk::follow(std::string path, Share share, bool is_wanted) {
    const auto there = env_->info(path);
    if (there && *there && (*there)->kind == FileKind::directory) {
        enter(path, share, true);
        return std::nullopt;
    }
    if (is_wanted) {
        return Name{std::move(path)};
    }
    if (!there) {
        refuse_or_leave_out(path, there.error());
    }
    return std::nullopt;
}

/// Whether a pattern goes on below `path`.
bool Walk::is_folder(const std::string& path, EntryKind kind) {
    if (kind != EntryKind::link) {
        return kind == EntryKind::folder;
    }
    const auto there = env_->info(path);
    if (!there) {
        refuse_or_leave_out(path, there.error());
    }
    return there && *there && (*there)->kind == FileKind::directory;
}

/// Goes on with the pattern from `component` on, in the folder that `prefix` is with its slash.
void Walk::expand(std::string prefix, std::size_t component, Share share) {
    while (component < pattern_.size() && !has_wildcard(pattern_[component])) {
        prefix += unquoted(pattern_[component]);
        ++component;
        if (component < pattern_.size()) {
            prefix += '/';
        }
    }
    if (component == pattern_.size()) {
        end_of_pattern(std::move(prefix), share);
        return;
    }
    const auto directory = env_->open_directory(prefix);
    if (!directory) {
        if (!is_nothing_there(directory.error())) {
            refuse_or_leave_out(prefix, directory.error());
        }
        return;
    }
    Folder folder{.prefix = prefix, .entries = {}, .component = component, .share = share};
    list(**directory, folder, prefix);
    folders_.push_back(std::move(folder));
}

/// Behind the last wildcard there are only names, which make `path`.
void Walk::end_of_pattern(std::string path, Share share) {
    const auto there = env_->info(path);
    if (!there) {
        refuse(path, there.error());
        return;
    }
    if (*there && (*there)->kind == FileKind::directory) {
        is_unmatched_ = false;
        enter(path, share, false);
        return;
    }
    bool is_there = there->has_value();
    if (!is_there) {
        // A link that leads nowhere is a name, too: whoever opens it learns why.
        const std::string name(last_component(path));
        const auto directory =
            env_->open_directory(std::string_view(path).substr(0, path.size() - name.size()));
        const auto entry =
            directory && !name.empty() ? (*directory)->info(name) : std::optional<FileInfo>();
        is_there = entry && *entry;
    }
    if (is_there) {
        is_unmatched_ = false;
        pending_ = Name{std::move(path)};
    }
}

/// Goes through the folder at `path` next.
void Walk::enter(const std::string& path, Share share, bool by_link) {
    const auto directory = env_->open_directory(path);
    const auto info = directory ? (*directory)->own_info() : fail(directory.error());
    if (!info) {
        refuse(path, info.error());
        return;
    }
    if (by_link && is_left_out(path, *info)) {
        return;
    }
    Folder folder{.prefix = path, .entries = {}, .identity = identity_of(*info), .share = share};
    if (!path.ends_with('/')) {
        folder.prefix += '/';
    }
    list(**directory, folder, path);
    folders_.push_back(std::move(folder));
}

/// Notes what is of interest. What was listed before an error counts.
void Walk::list(Directory& directory, Folder& folder, const std::string& path) {
    EntryList& entries = folder.entries;
    const std::string* const pattern = folder.component ? &pattern_[*folder.component] : nullptr;
    const auto is_of_interest = [&](EntryKind kind, std::string_view name) {
        return pattern != nullptr ? matches(*pattern, name)
                                  : kind != EntryKind::file || is_aion_name(name);
    };
    bool has_unknown = false;
    const auto listed =
        directory.each_entry([&](std::string_view name, std::optional<FileKind> kind) {
            const EntryKind known = entry_kind(kind);
            if (is_of_interest(known, name)) {
                entries.add(name, known);
                has_unknown = has_unknown || known == EntryKind::unknown;
            }
        });
    if (!listed) {
        refuse(path, listed.error());
    }
    for (std::size_t i = 0; has_unknown && i < entries.size(); ++i) {
        if (entries[i].kind == EntryKind::unknown) {
            const auto info = directory.info(entries[i].name);
            // As if it were a link it is looked at again, and the reason is said.
            const EntryKind kind = info && *info ? entry_kind((*info)->kind) : EntryKind::link;
            entries.set_kind(i, is_of_interest(kind, entries[i].name) ? kind : EntryKind::unwanted);
        }
    }
    entries.sort();
}

/// What a link must not lead to, or there would be no end, or none in a life's time: a folder that
/// the link is in, and one that another link led to already.
bool Walk::is_left_out(const std::string& path, const FileInfo& folder) {
    const Identity identity = identity_of(folder);
    const bool is_around =
        is_around_operand(identity) || std::ranges::any_of(folders_, [&](const Folder& around) {
            return !around.component && around.identity == identity;
        });
    if (!is_around && followed_.insert(identity).second) {
        return false;
    }
    if (options_.left_out) {
        options_.left_out(path, is_around ? "this link leads back to a folder that it is in"
                                          : "another link led to the same folder already");
    }
    return true;
}

/// Whether the folder that is gone through, as an operand or by a pattern, lies in that one. The
/// kernel knows where `..` leads, whatever links the path has.
bool Walk::is_around_operand(const Identity& identity) {
    const auto first = std::ranges::find_if(
        folders_, [](const Folder& folder) { return !folder.component.has_value(); });
    if (first == folders_.end()) {
        return false;
    }
    if (inner_ != first->identity || around_.empty()) {
        inner_ = first->identity;
        around_.clear();
        Identity last = inner_;
        std::string up = first->prefix;
        for (;;) {
            up += "../";
            const auto above = env_->info(up);
            const Identity next = above && *above ? identity_of(**above) : last;
            if (next == last) {
                break;  // the root, or as far as one can see
            }
            around_.insert(next);
            last = next;
        }
    }
    return around_.contains(identity);
}

/// Behind a link that leads to itself there is no file that anybody could miss.
void Walk::refuse_or_leave_out(const std::string& path, Error error) {
    if (error.os_error() != ELOOP) {
        refuse(path, std::move(error));
    } else if (options_.left_out) {
        options_.left_out(path, "this link leads to itself");
    }
}

void Walk::refuse(const std::string& path, Error error) {
    pending_ = Name{path.empty() ? "." : path, std::move(error)};
}

}  // namespace aion::archive
