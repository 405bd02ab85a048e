// SPDX-License-Identifier: MIT OR Apache-2.0
// Version hashes are a chain, each covering the one before: where two histories have the same hash,
// all before is the same, so where they part is found by halving.
#include "aion/archive/ledger.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "aion/base/spool.hpp"
#include "base/names.hpp"
#include "base/try.hpp"

namespace aion::archive {
namespace {

using Kind = Relation::Kind;
/// A file by the order in which it was added.
using Index = std::uint32_t;

constexpr Index none = UINT32_MAX;

constexpr NameTable kinds(std::to_array<Named<Kind>>({
    {Kind::copies, "copies"},
    {Kind::prefix, "prefix"},
    {Kind::fork, "fork"},
    {Kind::relabelled, "relabelled"},
}));

// What memory holds of a file. What is kept of it: its path, then its version hashes.
struct Entry {
    FileId file_id;
    std::uint64_t kept_at = 0;
    std::uint64_t head = 0;  // The first bytes of it: where they differ, heads do.
    Index versions = 0;
    Index signer = none;  // Of the last version.
};

struct Pair {
    Kind kind = Kind::copies;
    Index first = 0;
    Index second = 0;
    Index members = 2;
    std::uint64_t detail = 0;  // Of copies, where their members begin; else what is common.
};

std::uint64_t beginning_of(const Hash& hash) noexcept {
    std::uint64_t number = 0;
    std::memcpy(&number, hash.bytes.data(), sizeof number);
    return number;
}

using SignerKey = std::tuple<AuthorId, Epoch, PublicKey>;

}  // namespace

std::string_view name_of(Kind kind) noexcept {
    return kinds.name(kind);
}

struct Ledger::State {
    explicit State(Env& env) : spool(env) {}

    // Compares all that was added.
    Result<> compare();

    Result<> compare_id(std::span<Index> files);
    Result<> split_copies(std::span<Index> files, std::vector<Index>& histories);
    Result<> relate(Index history, Index longest);
    Result<> compare_labels(std::span<const Index> files);
    void sort_signers();

    [[nodiscard]] Result<std::string> path_of(Index file) const;
    [[nodiscard]] Result<Hash> hash_of(Index file, std::uint64_t version) const;
    [[nodiscard]] Result<Relation::Member> member(Index file) const;
    [[nodiscard]] Result<std::uint32_t> path_size(Index file) const;

    [[nodiscard]] Result<Hash> head_of(Index file) const {
        return hash_of(file, entries[file].versions);
    }

    Index signer_of(const policy::SignerUse& use) {
        const auto [known, is_new] = known_signers.try_emplace(
            SignerKey(use.author, use.epoch, use.key), static_cast<Index>(signers.size()));
        if (is_new) {
            signers.push_back({.author = use.author, .epoch = use.epoch, .key = use.key});
        }
        return known->second;
    }

    void relate(const Pair& pair) {
        relations.push_back(pair);
        ++counts.at(static_cast<std::size_t>(pair.kind));
    }

    Spool spool;
    std::unique_ptr<ReadableFile> kept;  // From `finish` on.
    std::deque<Entry> entries;           // No vector: growing, that is there twice.
    std::vector<SignerFiles> signers;
    std::map<SignerKey, Index> known_signers;
    std::vector<Index> by_id;  // Then by history; within one, in order.
    std::vector<Pair> relations;
    std::array<std::uint64_t, 4> counts{};
    std::vector<Index> by_signer;  // In order for each, without those whose head nobody signed.
    std::vector<std::size_t> signed_from;  // Where those of each signer begin, and the end.
};

Result<std::uint32_t> Ledger::State::path_size(Index file) const {
    std::array<std::uint8_t, sizeof(std::uint32_t)> bytes{};
    AION_TRY(kept->read_at(entries[file].kept_at, bytes));
    std::uint32_t size = 0;
    std::memcpy(&size, bytes.data(), sizeof size);
    return size;
}

Result<std::string> Ledger::State::path_of(Index file) const {
    AION_TRY_ASSIGN(const std::uint32_t size, path_size(file));
    Bytes path(size);
    const std::uint64_t hashes = std::uint64_t{entries[file].versions} * Hash::size;
    AION_TRY(kept->read_at(entries[file].kept_at + sizeof size + hashes, path));
    return std::string(as_text(path));
}

Result<Hash> Ledger::State::hash_of(Index file, std::uint64_t version) const {
    Hash hash;
    AION_TRY(kept->read_at(
        entries[file].kept_at + sizeof(std::uint32_t) + (version - 1) * Hash::size, hash.bytes));
    return hash;
}

Result<Relation::Member> Ledger::State::member(Index file) const {
    AION_TRY_ASSIGN(std::string path, path_of(file));
    AION_TRY_ASSIGN(const Hash head, head_of(file));
    const Entry& entry = entries[file];
    return Relation::Member{std::move(path), entry.file_id, VersionNumber{entry.versions}, head};
}

Result<> Ledger::State::compare() {
    by_id.resize(entries.size());
    std::iota(by_id.begin(), by_id.end(), Index{0});
    const auto key = [this](Index file) {
        const Entry& entry = entries[file];
        return std::tuple(entry.head, entry.file_id, file);
    };
    std::ranges::sort(by_id, {}, key);
    const auto each_run = [this](auto is_same, auto what) -> Result<> {
        for (auto first = by_id.begin(); first != by_id.end();) {
            const auto last = std::find_if_not(first, by_id.end(), [&](Index file) {
                return is_same(entries[*first], entries[file]);
            });
            if (last - first > 1) {
                AION_TRY(what(std::span(first, last)));
            }
            first = last;
        }
        return {};
    };
    AION_TRY(each_run([](const Entry& a, const Entry& b) { return a.head == b.head; },
                      [this](std::span<Index> files) { return compare_labels(files); }));
    std::ranges::sort(by_id, {}, [this](Index file) {
        const Entry& entry = entries[file];
        return std::tuple(entry.file_id, entry.versions, entry.head, file);
    });
    AION_TRY(each_run([](const Entry& a, const Entry& b) { return a.file_id == b.file_id; },
                      [this](std::span<Index> files) { return compare_id(files); }));
    std::ranges::sort(relations, {}, [](const Pair& pair) {
        return std::tuple(std::min(pair.first, pair.second), pair.kind,
                          std::max(pair.first, pair.second));
    });
    return {};
}

// Files of one id, by length and head.
Result<> Ledger::State::compare_id(std::span<Index> files) {
    std::vector<Index> histories;  // The first file of each.
    for (auto first = files.begin(); first != files.end();) {
        const auto last = std::find_if_not(first, files.end(), [&](Index file) {
            const Entry& a = entries[*first];
            const Entry& b = entries[file];
            return a.versions == b.versions && a.head == b.head;
        });
        AION_TRY(split_copies(std::span(first, last), histories));
        first = last;
    }
    const Index most = entries[histories.back()].versions;
    const Index longest = *std::ranges::min_element(
        histories, {}, [&](Index file) { return std::pair(most - entries[file].versions, file); });
    for (const Index history : histories) {
        if (history != longest) {
            AION_TRY(relate(history, longest));
        }
    }
    return {};
}

// Files whose heads begin alike: that they are the same, only all of their bytes tell. Who finds
// heads that begin alike and differ pays for it with work beyond ours.
Result<> Ledger::State::split_copies(std::span<Index> files, std::vector<Index>& histories) {
    while (files.size() > 1) {
        AION_TRY_ASSIGN(const Hash head, head_of(files.front()));
        std::vector<Index> others;
        std::size_t same = 1;
        for (const Index file : files.subspan(1)) {
            AION_TRY_ASSIGN(const Hash other, head_of(file));
            if (other == head) {
                files[same++] = file;
            } else {
                others.push_back(file);
            }
        }
        std::ranges::copy(others, files.begin() + static_cast<std::ptrdiff_t>(same));
        histories.push_back(files.front());
        if (same > 1) {
            relate({.kind = Kind::copies,
                    .first = files[0],
                    .second = files[1],
                    .members = static_cast<Index>(same),
                    .detail = static_cast<std::uint64_t>(files.data() - by_id.data())});
        }
        files = files.subspan(same);
    }
    histories.insert(histories.end(), files.begin(), files.end());
    return {};
}

// Two histories of one id, of which the second is not shorter.
Result<> Ledger::State::relate(Index history, Index longest) {
    std::uint64_t common = 0;
    for (std::uint64_t end = entries[history].versions; common < end;) {
        const std::uint64_t middle = end - (end - common) / 2;
        AION_TRY_ASSIGN(const Hash mine, hash_of(history, middle));
        AION_TRY_ASSIGN(const Hash other, hash_of(longest, middle));
        if (mine == other) {
            common = middle;
        } else {
            end = middle - 1;
        }
    }
    if (common == entries[history].versions) {
        relate({.kind = Kind::prefix, .first = history, .second = longest, .detail = common});
    } else {
        relate({.kind = Kind::fork,
                .first = std::min(history, longest),
                .second = std::max(history, longest),
                .detail = common});
    }
    return {};
}

// Files whose heads begin alike, by id.
Result<> Ledger::State::compare_labels(std::span<const Index> files) {
    std::map<Hash, std::vector<Index>> first_of_ids;
    std::optional<FileId> id;
    for (const Index file : files) {
        // Of one id, the first of each head: other heads that begin alike are not to be expected.
        if (id == entries[file].file_id) {
            continue;
        }
        id = entries[file].file_id;
        AION_TRY_ASSIGN(const Hash head, head_of(file));
        first_of_ids[head].push_back(file);
    }
    for (auto& [head, of_ids] : first_of_ids) {
        std::ranges::sort(of_ids);
        for (const Index other : std::span(of_ids).subspan(1)) {
            relate({.kind = Kind::relabelled, .first = of_ids.front(), .second = other});
        }
    }
    return {};
}

void Ledger::State::sort_signers() {
    std::vector<Index> order(signers.size());
    std::vector<SignerFiles> sorted;
    sorted.reserve(signers.size());
    for (const auto& [key, old] : known_signers) {
        order[old] = static_cast<Index>(sorted.size());
        sorted.push_back(signers[old]);
    }
    signers = std::move(sorted);
    signed_from.assign(signers.size() + 1, 0);
    for (std::size_t i = 0; i < signers.size(); ++i) {
        signed_from[i + 1] = signed_from[i] + signers[i].heads;
    }
    by_signer.resize(signed_from.back());
    std::vector<std::size_t> next = signed_from;
    for (Index file = 0; file < entries.size(); ++file) {
        if (const Index old = entries[file].signer; old != none) {
            by_signer[next[order[old]]++] = file;
        }
    }
}

Ledger::Ledger(Env& env) : state_(std::make_unique<State>(env)) {}

Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;

Result<> Ledger::add(const std::filesystem::path& path, FileId file_id,
                     const policy::HistoryFacts& history) {
    State& state = *state_;
    const std::vector<Hash>& hashes = history.version_hashes;
    if (hashes.empty()) {
        return fail(error_because(ErrorCode::invalid_argument, "a history without versions"));
    }
    if (hashes.size() >= none || state.entries.size() >= none) {
        return fail(error_because(ErrorCode::resource_exhausted, "files of an archive"));
    }
    const std::string& name = path.native();
    const auto name_size = static_cast<std::uint32_t>(name.size());
    Bytes kept(sizeof name_size + hashes.size() * Hash::size + name.size());
    std::memcpy(kept.data(), &name_size, sizeof name_size);
    std::uint8_t* at = kept.data() + sizeof name_size;
    for (const Hash& hash : hashes) {
        at = std::ranges::copy(hash.bytes, at).out;
    }
    std::ranges::copy(as_bytes(name), at);

    Entry entry{.file_id = file_id,
                .kept_at = state.spool.size(),
                .head = beginning_of(hashes.back()),
                .versions = static_cast<Index>(hashes.size())};
    AION_TRY(state.spool.append(kept));
    for (const policy::SignerUse& use : history.signers) {
        const Index signer = state.signer_of(use);
        ++state.signers[signer].files;
        if (use.last.value == hashes.size()) {
            ++state.signers[signer].heads;
            entry.signer = signer;
        }
    }
    state.entries.push_back(entry);
    return {};
}

Result<> Ledger::finish() {
    state_->kept = state_->spool.finish("what is remembered of the archive");
    AION_TRY(state_->compare());
    state_->sort_signers();
    return {};
}

std::uint64_t Ledger::count(Kind kind) const noexcept {
    return state_->counts.at(static_cast<std::size_t>(kind));
}

Result<> Ledger::for_each_relation(const std::function<void(const Relation&)>& visit) const {
    for (const Pair& pair : state_->relations) {
        AION_TRY_ASSIGN(Relation::Member first, state_->member(pair.first));
        AION_TRY_ASSIGN(Relation::Member second, state_->member(pair.second));
        const bool is_copies = pair.kind == Kind::copies;
        visit({.kind = pair.kind,
               .first = std::move(first),
               .second = std::move(second),
               .members = pair.members,
               .common = is_copies ? 0 : pair.detail,
               .place = is_copies ? pair.detail : 0});
    }
    return {};
}

Result<> Ledger::for_each_copy(
    const Relation& copies, const std::function<void(const std::filesystem::path&)>& visit) const {
    for (const Index file : std::span(state_->by_id).subspan(copies.place, copies.members)) {
        AION_TRY_ASSIGN(const std::string path, state_->path_of(file));
        visit(path);
    }
    return {};
}

const std::vector<SignerFiles>& Ledger::signers() const noexcept {
    return state_->signers;
}

Result<> Ledger::for_each_head(
    std::size_t index, const std::function<void(const std::filesystem::path&)>& visit) const {
    const std::size_t from = state_->signed_from.at(index);
    for (const Index file :
         std::span(state_->by_signer).subspan(from, state_->signed_from[index + 1] - from)) {
        AION_TRY_ASSIGN(const std::string path, state_->path_of(file));
        visit(path);
    }
    return {};
}

}  // namespace aion::archive
