// SPDX-License-Identifier: MIT OR Apache-2.0
#include "tlog/log_audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "aion/base/sync.hpp"
#include "base/try.hpp"
#include "tlog/bundle.hpp"

namespace aion::tlog {
namespace {

// A level, up to seven groups of digits, and what is in a partial tile's folder.
constexpr unsigned most_folders = 12;

// The first `width` digests or entries of a tile or bundle that has more.
std::optional<ByteView> first_of(const TileName& name, ByteView bytes) {
    if (name.level) {
        const std::size_t size = std::size_t{name.width} * Sha256Tree::Digest::size;
        return size <= bytes.size() ? std::optional(bytes.first(size)) : std::nullopt;
    }
    ByteView rest = bytes;
    for (unsigned i = 0; i < name.width; ++i) {
        if (!take_from_bundle(rest)) {
            return std::nullopt;
        }
    }
    return bytes.first(bytes.size() - rest.size());
}

}  // namespace

std::optional<Bytes> LogAudit::read_file(const TileName& name, std::optional<Error>& why) {
    const auto content =
        env_->read(folder_ / name.path(), {.max_size = name.max_size(), .regular_only = true});
    if (!content) {
        why = content.error();
        return std::nullopt;
    }
    const ByteView bytes = (*content)->bytes();
    const std::scoped_lock lock(mutex_);
    bytes_ += bytes.size();
    return Bytes(bytes.begin(), bytes.end());
}

std::optional<Bytes> LogAudit::look(const TileName& name) {
    std::optional<Error> why;
    return read_file(name, why);
}

std::optional<Bytes> LogAudit::read(const TileName& name) {
    std::optional<Error> why;
    auto bytes = read_file(name, why);
    if (!bytes) {
        const bool is_missing = why->os_error() == ENOENT || why->os_error() == ENOTDIR;
        const bool is_too_large = why->code() == ErrorCode::resource_exhausted;
        const LogFinding other = is_too_large ? LogFinding::cut : LogFinding::unreadable;
        problem(name.path(), is_missing ? LogFinding::missing : other,
                is_missing ? "" : why->full_message());
    }
    return bytes;
}

Result<> LogAudit::compare(const TileName& name, ByteView expected) {
    if (!is_repairing_) {
        const auto bytes = read(name);
        if (bytes && !equal(*bytes, expected)) {
            const bool is_cut = bytes->size() != expected.size();
            problem(name.path(), is_cut ? LogFinding::cut : LogFinding::other_content,
                    is_cut ? fmt::format("{} bytes instead of {}", bytes->size(), expected.size())
                           : "it is not what the entries make");
        }
        return {};
    }
    const auto bytes = look(name);
    if (bytes && equal(*bytes, expected)) {
        return {};
    }
    problem(name.path(), bytes ? LogFinding::other_content : LogFinding::missing,
            "made anew from the entries", true);
    const std::scoped_lock lock(mutex_);
    return writer_.write(name, expected);
}

void LogAudit::problem(std::string file, LogFinding finding, std::string what, bool is_mended) {
    const std::scoped_lock lock(mutex_);
    if (problems_.size() == max_log_problems && !problems_.contains(file)) {
        more_ += is_mended || is_harmless(finding) ? 0U : 1U;
        return;
    }
    LogProblem& row = problems_[file];
    row = {std::move(file), finding, std::move(what), is_mended, is_harmless(finding)};
}

std::vector<TileName> LogAudit::unlike_tiles() const {
    std::vector<TileName> tiles;
    for (const auto& [file, row] : problems_) {
        const auto tile = TileName::parse(file);
        if (row.finding == LogFinding::other_content && tile && tile->level == 0U) {
            tiles.push_back(*tile);
        }
    }
    return tiles;
}

bool LogAudit::has_problem(const std::string& file) const {
    const auto found = problems_.find(file);
    return found != problems_.end() && !found->second.is_mended;
}

void LogAudit::forgive(const std::string& file) {
    const std::scoped_lock lock(mutex_);
    problems_.erase(file);
}

// --- files that should not be there --------------------------------------------------------------

void LogAudit::walk() {
    const auto folder = env_->open_directory(folder_);
    const auto names = folder ? (*folder)->list() : fail(folder.error());
    if (!names) {
        problem(".", LogFinding::unreadable, names.error().full_message());
        return;
    }
    for (const std::string& name : *names) {
        if (name.ends_with(".tmp") && name.starts_with('.')) {
            left_over(**folder, name, "a write that did not come to its end left it");
        } else if (name != checkpoint_name && name != tiles_name && name != keys_name &&
                   name != own_name) {
            problem(name, LogFinding::foreign, "");
        }
    }
    if (std::ranges::find(*names, tiles_name) != names->end()) {
        walk_folder(tiles_name, most_folders);
    }
}

void LogAudit::walk_folder(const std::filesystem::path& below,  // NOLINT(misc-no-recursion)
                           unsigned depth) {
    const auto folder = env_->open_directory(folder_ / below);
    std::vector<std::pair<std::string, std::optional<FileKind>>> entries;
    const auto listed = folder ? (*folder)->each_entry([&](std::string_view name, auto kind) {
        entries.emplace_back(name, kind);
    })
                               : fail(folder.error());
    if (!listed) {
        problem(below.string(), LogFinding::unreadable, listed.error().full_message());
        return;
    }
    std::ranges::sort(entries);
    for (auto& [name, kind] : entries) {
        if (!kind) {
            const auto info = (*folder)->info(name);
            kind = info && *info ? (*info)->kind : FileKind::other;
        }
        if (kind != FileKind::directory) {
            judge_name(**folder, below, name);
        } else if (depth == 0) {
            problem((below / name).string(), LogFinding::foreign, "");
        } else {
            walk_folder(below / name, depth - 1);
        }
    }
}

void LogAudit::judge_name(Directory& folder, const std::filesystem::path& below,
                          const std::string& name) {
    const auto file = below / name;
    if (name.ends_with(".tmp") && name.starts_with('.')) {
        left_over(folder, file, "a write that did not come to its end left it");
        return;
    }
    const auto tile = TileName::parse(file.string());
    if (!tile) {
        problem(file.string(), LogFinding::foreign, "");
        return;
    }
    const unsigned width = tile_width_at(tile->level.value_or(0), tile->index, size_);
    if (tile->width > width) {
        left_over(folder, file, "it is beyond the end of the log");
    } else if (tile->width < width && width == tile_width) {
        left_over(folder, file, "the whole tile is there");
    } else if (tile->width < width) {
        judge_partial(*tile, width);
    }
}

// Of an earlier checkpoint, whose proofs need it until the tile is full; or of a write that did not
// come to its end, and then it may be anything. Nobody can tell, so it had better be right.
void LogAudit::judge_partial(const TileName& name, unsigned width) {
    TileName wider = name;
    wider.width = width;
    const auto there = has_problem(wider.path()) ? std::nullopt : look(wider);
    const auto expected = there ? first_of(name, *there) : std::nullopt;
    const auto bytes = look(name);
    if (!expected || (bytes && equal(*bytes, *expected))) {
        return;  // Without the wider one nothing can be told.
    }
    const bool is_written = is_repairing_ && writer_.write(name, *expected);
    problem(name.path(), LogFinding::superfluous, fmt::format("it does not begin {}", wider.path()),
            is_written);
}

void LogAudit::left_over(Directory& folder, const std::filesystem::path& file, std::string what) {
    const bool is_gone = is_repairing_ && folder.remove(file.filename().string());
    problem(file.string(), LogFinding::superfluous, std::move(what), is_gone);
}

// --- the index, and the end ----------------------------------------------------------------------

void LogAudit::check_index(const Result<LogIndex::Survey>& survey, std::uint64_t fingerprint) {
    const std::string file = (std::filesystem::path(own_name) / index_name).string();
    if (!survey) {
        if (survey.error().code() != ErrorCode::file_not_found) {
            problem(file, LogFinding::bad_index, survey.error().full_message());
        }
        return;
    }
    const bool is_right = survey->size <= size_ && survey->fingerprint == fingerprint;
    if (survey->size == size_ && is_right) {
        return;
    }
    problem(file, LogFinding::bad_index,
            fmt::format("it has {} entries, the log {}{}", survey->size, size_,
                        survey->size == size_ ? ", and others" : ""));
    if (const auto row = problems_.find(file); row != problems_.end()) {
        row->second.is_harmless = is_right;
    }
}

void LogAudit::begin_repair() {
    is_repairing_ = true;
    problems_.clear();
    more_ = 0;
}

Result<> LogAudit::finish_repair(LogStore& log, LogIndexing indexing, std::uint64_t fingerprint) {
    AION_TRY(writer_.flush());
    walk();
    if (indexing == LogIndexing::kept) {
        AION_TRY_ASSIGN(const bool is_new,
                        LogIndex::make_anew(*env_, folder_, log, {log.size(), fingerprint}));
        if (is_new) {
            problem((std::filesystem::path(own_name) / index_name).string(), LogFinding::bad_index,
                    "made anew", true);
        }
    }
    AION_TRY_ASSIGN(const auto folder, env_->open_directory(folder_));
    return sync_file_system(*folder);
}

void LogAudit::tell(LogReport& report) const {
    report.bytes = bytes_;
    report.more_problems = more_;
    for (const auto& [file, row] : problems_) {
        report.problems.push_back(row);
    }
}

}  // namespace aion::tlog
