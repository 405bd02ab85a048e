// SPDX-License-Identifier: MIT OR Apache-2.0
#include "tlog/log_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "tlog/log_details.hpp"
#include "tlog/log_folder.hpp"

namespace aion::tlog {
namespace {

using archive::Database;
using archive::DatabaseKind;
using archive::DatabaseOpening;

constexpr int wait_ms = 1000;
constexpr std::uint32_t application_id = 0x61696F6C;  // "aiol"
// Of one transaction: more would be kept in memory until it ends.
constexpr std::uint64_t leaves_at_once = std::uint64_t{1} << 16U;

// Leaves by their first 8 bytes: whatever is found is looked at.
constexpr auto tables = std::to_array<const char*>({
    "CREATE TABLE places(leaf INTEGER, place INTEGER, PRIMARY KEY(leaf, place)) WITHOUT ROWID",
    "CREATE TABLE state(id INTEGER PRIMARY KEY, size INTEGER, root BLOB)",
});

constexpr DatabaseKind kind = {.what = "places of log entries",
                               .remedy = "remove it to have it made anew",
                               .application_id = application_id,
                               .version = 1,
                               .tables = tables,
                               .believed = false};

std::uint64_t short_form(const Sha256Tree::Digest& leaf) noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, leaf.bytes.data(), sizeof value);
    return value;
}

// Every bit of both counts (SplitMix64's last step).
std::uint64_t mixed(std::uint64_t leaf, std::uint64_t place) noexcept {
    std::uint64_t value = leaf + ((place + 1) * 0x9E3779B97F4A7C15U);
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

Result<> remove_index(Env& env, const std::filesystem::path& path) {
    AION_TRY_ASSIGN(const auto folder, env.open_directory(path.parent_path()));
    return folder->remove(path.filename().string());
}

}  // namespace

Result<LogIndex> LogIndex::open(Env& env, const std::filesystem::path& folder, LogIndexing indexing,
                                Use use, std::uint64_t size, const LeafAt& leaf_at,
                                const RootAt& root_at) {
    LogIndex index;
    if (indexing == LogIndexing::kept) {
        const std::filesystem::path path = folder / own_name / index_name;
        auto connected = index.connect(env, path, use);
        if (!connected && use == Use::write &&
            connected.error().code() == ErrorCode::invalid_format) {
            index.let_go();
            AION_TRY(remove_index(env, path));
            connected = index.connect(env, path, use);
        }
        if (connected) {
            AION_TRY(index.check(folder, use, size, root_at));
        } else if (use == Use::write) {
            return fail(std::move(connected).error());
        } else {
            index.let_go();
        }
    }
    AION_TRY(index.catch_up(size, leaf_at, root_at));
    return index;
}

void LogIndex::let_go() noexcept {
    statements_.reset();
    database_.reset();
}

Result<> LogIndex::connect(Env& env, const std::filesystem::path& path, Use use) {
    AION_TRY_ASSIGN(database_, Database::open(env, path, kind,
                                              use == Use::write ? DatabaseOpening::create
                                                                : DatabaseOpening::existing,
                                              wait_ms));
    is_written_ = use == Use::write;
    AION_TRY(database_->run("PRAGMA cache_size=-65536"));
    AION_TRY_ASSIGN(auto find,
                    database_->prepare("SELECT place FROM places WHERE leaf = ?1 ORDER BY place"));
    AION_TRY_ASSIGN(auto add, database_->prepare("INSERT OR REPLACE INTO places VALUES(?1, ?2)"));
    AION_TRY_ASSIGN(auto note,
                    database_->prepare("INSERT OR REPLACE INTO state VALUES(1, ?1, ?2)"));
    statements_ = Statements{std::move(find), std::move(add), std::move(note)};
    return {};
}

// What the database has seen of the log.
Result<> LogIndex::check(const std::filesystem::path& folder, Use use, std::uint64_t size,
                         const RootAt& root_at) {
    const auto trouble = [&](Error error) -> Result<> {
        let_go();  // For reading: it does without.
        return use == Use::write ? fail(std::move(error)) : Result<>{};
    };
    auto asked = database_->prepare("SELECT size, root FROM state WHERE id = 1");
    if (!asked) {
        return trouble(std::move(asked).error());
    }
    const auto row = asked->step();
    if (!row) {
        return trouble(row.error());
    }
    if (!*row) {
        return {};
    }
    const std::uint64_t seen = asked->number(0);
    const auto root = Digest::from(asked->bytes(1));
    asked->reset();
    const auto went_back = [&](std::string_view what) {
        return invalid<LogDetail::log_went_back>(
            folder.string(),
            fmt::format("its index has seen {} of {} entries, the checkpoint says {}: remove "
                        "{}/{}/{} if it was meant to",
                        what, seen, size, folder.string(), own_name, index_name));
    };
    if (seen > size) {
        // Whoever reads may have an earlier checkpoint.
        size_ = size;
        return use == Use::write ? fail(went_back("a log")) : Result<>{};
    }
    AION_TRY_ASSIGN(const Digest actual, root_at(seen));
    if (root != actual) {
        return trouble(went_back("another log"));
    }
    size_ = seen;
    return {};
}

Result<> LogIndex::catch_up(std::uint64_t size, const LeafAt& leaf_at, const RootAt& root_at) {
    std::vector<Digest> leaves;
    while (size_ < size) {
        const std::uint64_t end = std::min(size, size_ + leaves_at_once);
        leaves.clear();
        for (std::uint64_t place = size_; place < end; ++place) {
            AION_TRY_ASSIGN(const Digest leaf, leaf_at(place));
            leaves.push_back(leaf);
        }
        AION_TRY_ASSIGN(const Digest root, root_at(end));
        AION_TRY(add(size_, leaves, root));
    }
    return {};
}

Result<> LogIndex::add(std::uint64_t first, std::span<const Digest> leaves, const Digest& root) {
    const std::uint64_t end = first + leaves.size();
    if (!is_written_) {
        for (const Digest& leaf : leaves) {
            recent_.emplace(short_form(leaf), first++);
        }
        put_in_order();
        size_ = end;
        return {};
    }
    // In the order of the table, whose pages are then each visited once.
    std::vector<std::pair<std::int64_t, std::uint64_t>> rows;
    rows.reserve(leaves.size());
    for (const Digest& leaf : leaves) {
        rows.emplace_back(static_cast<std::int64_t>(short_form(leaf)), first++);
    }
    std::ranges::sort(rows);
    AION_TRY(database_->change([&]() -> Result<> {
        for (const auto& [leaf, place] : rows) {
            AION_TRY(
                statements_->add.bind(1, static_cast<std::uint64_t>(leaf)).bind(2, place).run());
        }
        return statements_->note.bind(1, end).bind(2, ByteView(root.view())).run();
    }));
    size_ = end;
    return {};
}

// Seldom enough to cost little, and so that there is little of what takes much memory.
void LogIndex::put_in_order() {
    constexpr std::size_t few = 4096;
    if (recent_.size() < few + (places_.size() / 8)) {
        return;
    }
    std::vector<Place> fresh;
    fresh.reserve(recent_.size());
    for (const auto& [leaf, place] : recent_) {
        fresh.push_back({leaf, place});
    }
    recent_ = {};
    std::ranges::sort(fresh);
    // From the end, so that nothing is overwritten that is still to be moved.
    std::size_t left = places_.size();
    places_.resize(places_.size() + fresh.size());
    for (std::size_t into = places_.size(); !fresh.empty();) {
        const bool is_fresh = left == 0 || !(fresh.back() < places_[left - 1]);
        places_[--into] = is_fresh ? fresh.back() : places_[--left];
        if (is_fresh) {
            fresh.pop_back();
        }
    }
}

Result<std::optional<std::uint64_t>> LogIndex::find(const Digest& leaf, std::uint64_t size,
                                                    const LeafAt& leaf_at) {
    std::vector<std::uint64_t> candidates;
    if (statements_) {
        archive::Statement& asked = statements_->find;
        asked.bind(1, short_form(leaf));
        for (;;) {
            AION_TRY_ASSIGN(const bool row, asked.step());
            if (!row) {
                break;
            }
            candidates.push_back(asked.number(0));
        }
    }
    const std::uint64_t wanted = short_form(leaf);
    for (auto at = std::ranges::lower_bound(places_, wanted, {}, &Place::leaf);
         at != places_.end() && at->leaf == wanted; ++at) {
        candidates.push_back(at->place);
    }
    const auto [begin, end] = recent_.equal_range(wanted);
    for (auto at = begin; at != end; ++at) {
        candidates.push_back(at->second);
    }
    std::ranges::sort(candidates);
    for (const std::uint64_t place : candidates) {
        if (place >= size) {
            break;
        }
        AION_TRY_ASSIGN(const Digest there, leaf_at(place));
        if (there == leaf) {
            return place;
        }
    }
    return std::nullopt;
}

std::uint64_t LogIndex::fingerprint_of(const Digest& leaf, std::uint64_t place) noexcept {
    return mixed(short_form(leaf), place);
}

Result<LogIndex::Survey> LogIndex::survey(Env& env, const std::filesystem::path& folder) {
    AION_TRY_ASSIGN(const auto database, Database::open(env, folder / own_name / index_name, kind,
                                                        DatabaseOpening::existing, wait_ms));
    Survey survey;
    AION_TRY(database->look([&]() -> Result<> {
        AION_TRY_ASSIGN(archive::Statement all,
                        database->prepare("SELECT leaf, place FROM places"));
        for (;;) {
            AION_TRY_ASSIGN(const bool row, all.step());
            if (!row) {
                return {};
            }
            survey.fingerprint += mixed(all.number(0), all.number(1));
            ++survey.size;
        }
    }));
    return survey;
}

Result<bool> LogIndex::make_anew(Env& env, const std::filesystem::path& folder, LogStore& log,
                                 const Survey& expected) {
    const auto there = survey(env, folder);
    if (there && there->size == expected.size && there->fingerprint == expected.fingerprint) {
        return false;
    }
    if (there || there.error().code() != ErrorCode::file_not_found) {
        AION_TRY(remove_index(env, folder / own_name / index_name));
    }
    AION_TRY(open(
        env, folder, LogIndexing::kept, Use::write, log.size(),
        [&](std::uint64_t place) { return log.leaf(place); },
        [&](std::uint64_t size) { return log.root(size); }));
    return true;
}

}  // namespace aion::tlog
