// SPDX-License-Identifier: MIT OR Apache-2.0
// Checking a log, some bundles at a time: several threads read and hash, and while they do the
// next, one makes the trees of those before.
#include "aion/tlog/log_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/names.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "tlog/log_audit.hpp"
#include "tlog/log_edge.hpp"
#include "tlog/log_folder.hpp"
#include "tlog/log_index.hpp"

namespace aion::tlog {
namespace {

using Digest = Sha256Tree::Digest;

struct FindingRow {
    LogFinding value;
    std::string_view name;
};

constexpr NameTable findings(std::to_array<FindingRow>({
    {LogFinding::missing, "missing"},
    {LogFinding::cut, "cut"},
    {LogFinding::other_content, "other_content"},
    {LogFinding::unreadable, "unreadable"},
    {LogFinding::bad_entry, "bad_entry"},
    {LogFinding::bad_index, "bad_index"},
    {LogFinding::superfluous, "superfluous"},
    {LogFinding::foreign, "foreign"},
}));

// What is known of an entry when its bundle was read.
struct ReadEntry {
    EntryKind kind;
    std::uint64_t timestamp_version;
    Hash payload_hash;
};

// A bundle that was read.
struct ReadBundle {
    std::vector<Digest> leaves;
    std::vector<ReadEntry> entries;  // As many as leaves, or none if one cannot be read.
    Digest subtree;                  // Of a full one.
    bool is_read = false;            // The leaves are those of its entries.
    Result<> written;                // Of its tile, by a repair.
};

constexpr std::size_t bundles_at_once = 64;

class Check {
  public:
    // `marked`: of how many entries the fingerprint is wanted, too.
    Check(LogAudit& audit, const LogCheckOptions& options, std::uint64_t size, std::uint64_t marked)
        : audit_(&audit), options_(&options), size_(size), marked_(marked) {}

    Result<> run();

    [[nodiscard]] const LogEdge& edge() const noexcept { return edge_; }

    [[nodiscard]] std::optional<Hash> reference_root() const {
        return has_reference_ ? std::optional(reference_.root()) : std::nullopt;
    }

    [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }

    /// Of the first `marked` entries, if there are so many.
    [[nodiscard]] std::uint64_t marked_fingerprint() const noexcept {
        return marked_ < size_ ? marked_fingerprint_ : fingerprint_;
    }

  private:
    void read_bundle(std::uint64_t number, ReadBundle& into);
    void parse_bundle(const TileName& name, ByteView bytes, ReadBundle& into);
    Result<> take(std::uint64_t first, std::span<const ReadBundle> bundles);
    void take_reference(const ReadBundle& bundle);

    LogAudit* audit_;
    const LogCheckOptions* options_;
    std::uint64_t size_;
    std::uint64_t marked_;
    LogEdge edge_;
    Frontier<Blake3Tree> reference_;
    Hash previous_;
    bool has_reference_ = true;
    std::uint64_t fingerprint_ = 0;
    std::uint64_t marked_fingerprint_ = 0;
};

Result<> Check::run() {
    const std::uint64_t bundles = (size_ + tile_width - 1) / tile_width;
    const unsigned limit = thread_limit(options_->threads);
    std::array<std::vector<ReadBundle>, 2> read;
    Result<> taken;
    std::uint64_t before = 0;  // Where those begin that are to be taken.
    for (std::uint64_t first = 0; first < bundles || !read[1].empty();) {
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(bundles - first, bundles_at_once));
        read[0].assign(count, {});
        together(
            limit, [&] { taken = take(before, read[1]); },
            [&] {
                for_each_piece(limit, count,
                               [&](std::size_t i) { read_bundle(first + i, read[0][i]); });
            });
        AION_TRY(taken);
        before = first;
        first += count;
        std::swap(read[0], read[1]);
        if (options_->progress) {
            options_->progress(std::min(before * tile_width, size_));
        }
    }
    return edge_.finish(0, [&](const TileName& name, ByteView bytes) {
        // Those of level 0 were compared when their bundles were read.
        return name.level != 0U ? audit_->compare(name, bytes) : Result<>{};
    });
}

void Check::read_bundle(std::uint64_t number, ReadBundle& into) {
    const TileName name{
        .level = std::nullopt, .index = number, .width = tile_width_at(0, number, size_)};
    TileName tile = name;
    tile.level = 0;
    if (const auto bundle = audit_->read(name)) {
        parse_bundle(name, *bundle, into);
    }
    if (into.is_read) {
        into.written = audit_->compare(tile, tile_bytes(into.leaves));
    } else if (const auto hashes = audit_->read(tile);
               hashes && hashes->size() == std::size_t{name.width} * Digest::size) {
        into.leaves = digests_in(*hashes);  // So that the others can be judged.
    }
    into.leaves.resize(name.width);
    if (name.width == tile_width) {
        into.subtree = fold(into.leaves);
    }
}

void Check::parse_bundle(const TileName& name, ByteView bytes, ReadBundle& into) {
    bool are_ours = true;
    std::optional<Error> why;
    const auto read = each_of_bundle(bytes, name.width, [&](ByteView bytes_of_one) -> Result<> {
        into.leaves.push_back(Sha256Tree::leaf(bytes_of_one));
        const auto entry = EntryView::parse(bytes_of_one);
        if (entry) {
            into.entries.push_back({entry->kind, entry->timestamp_version, entry->payload_hash});
        } else if (are_ours) {
            are_ours = false;
            audit_->problem(
                name.path(), LogFinding::bad_entry,
                fmt::format("entry {}: {}", (name.index * tile_width) + into.leaves.size() - 1,
                            entry.error().message()));
        }
        return {};
    });
    if (!read) {
        audit_->problem(name.path(), LogFinding::cut, read.error().message());
        into = {};
        return;
    }
    if (!are_ours) {
        into.entries.clear();
    }
    into.is_read = true;
}

Result<> Check::take(std::uint64_t first, std::span<const ReadBundle> bundles) {
    const LogEdge::Sink compare = [&](const TileName& name, ByteView bytes) {
        return audit_->compare(name, bytes);
    };
    for (const ReadBundle& bundle : bundles) {
        std::uint64_t place = first++ * tile_width;
        const bool is_full = bundle.leaves.size() == tile_width;
        AION_TRY(bundle.written);
        if (is_full) {
            AION_TRY(edge_.append_tile(bundle.subtree, compare));
        }
        for (const Digest& leaf : bundle.leaves) {
            if (place == marked_) {
                marked_fingerprint_ = fingerprint_;
            }
            fingerprint_ += LogIndex::fingerprint_of(leaf, place++);
            if (!is_full) {
                AION_TRY(edge_.append_leaf(leaf, compare));
            }
        }
        take_reference(bundle);
    }
    return {};
}

void Check::take_reference(const ReadBundle& bundle) {
    has_reference_ = has_reference_ && bundle.entries.size() == bundle.leaves.size();
    if (!has_reference_) {
        return;
    }
    for (const ReadEntry& entry : bundle.entries) {
        previous_ = reference_leaf(entry.kind, reference_.size(), entry.timestamp_version,
                                   previous_, entry.payload_hash);
        reference_.append(previous_);
    }
}

// A tile of level 0 and those above it.
void forgive_way(TileName tile, std::uint64_t size, LogAudit& audit) {
    for (unsigned level = 0; level <= max_tile_level; ++level) {
        tile.level = level;
        tile.width = tile_width_at(level, tile.index, size);
        audit.forgive(tile.path());
        tile.index /= tile_width;
    }
}

// Where entries and hashes do not fit, the checkpoint says which of them are right, as far as the
// tiles above are: a tile whose hashes are right is no problem, its entries are.
void judge_unlike(Env& env, const std::filesystem::path& folder, const Checkpoint& checkpoint,
                  LogAudit& audit) {
    const auto tiles = open_tiles(env, folder);
    TileTree tree(*tiles, checkpoint.size, checkpoint.root);
    for (const TileName& tile : audit.unlike_tiles()) {
        if (tree.leaf(tile.index * tile_width)) {
            forgive_way(tile, checkpoint.size, audit);
            TileName bundle = tile;
            bundle.level.reset();
            audit.problem(bundle.path(), LogFinding::other_content,
                          "its entries are not those that the log has");
        }
    }
}

}  // namespace

std::string_view name_of(LogFinding finding) noexcept {
    return findings.name(finding);
}

bool LogReport::is_valid() const noexcept {
    return is_root_right() && more_problems == 0 &&
           std::ranges::all_of(problems, [](const LogProblem& problem) {
               return problem.is_mended || problem.is_harmless;
           });
}

Result<LogReport> check_log(Env& env, const std::filesystem::path& folder,
                            const LogCheckOptions& options) {
    std::unique_ptr<FileLock> lock;
    AION_TRY(read_checkpoint_file(env, folder));
    if (options.repair) {
        AION_TRY_ASSIGN(lock, lock_log(env, folder, options.lock_wait_ms));
    }
    AION_TRY_ASSIGN(const auto log,
                    LogStore::open(env, folder, options.key, {.indexing = options.indexing}));
    LogAudit audit(env, folder, log->size());
    std::optional<Result<LogIndex::Survey>> survey;
    if (options.indexing == LogIndexing::kept) {
        survey = LogIndex::survey(env, folder);
    }
    Check check(audit, options, log->size(), survey && *survey ? (*survey)->size : 0);
    AION_TRY(check.run());
    LogReport report{.checkpoint = log->checkpoint(),
                     .key = log->key(),
                     .root = check.edge().root(),
                     .reference_root = check.reference_root(),
                     .problems = {}};
    if (!report.is_root_right()) {
        judge_unlike(env, folder, report.checkpoint, audit);
    }
    audit.walk();
    // Of other entries it says nothing.
    if (survey && report.is_root_right()) {
        audit.check_index(*survey, check.marked_fingerprint());
    }
    if (options.repair && report.is_root_right()) {
        audit.begin_repair();
        Check again(audit, options, log->size(), 0);
        AION_TRY(again.run());
        AION_TRY(audit.finish_repair(*log, options.indexing, again.fingerprint()));
    }
    audit.tell(report);
    return report;
}

}  // namespace aion::tlog
