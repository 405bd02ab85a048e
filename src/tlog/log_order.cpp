// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/log_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "aion/tlog/proof.hpp"
#include "aion/tlog/registry_entries.hpp"
#include "base/try.hpp"
#include "tlog/order_details.hpp"

namespace aion::tlog {

using Digest = Sha256Tree::Digest;
using Index = std::optional<std::uint64_t>;

struct LogOrderReader::State {
    explicit State(LogPolicy given) : policy(std::move(given)) {}

    LogPolicy policy;
    std::optional<NoteKey> log;               ///< Of all that was given, by its name.
    std::map<std::uint64_t, Digest> roots;    ///< By size: of every checkpoint that was given.
    std::map<std::uint64_t, Digest> leaves;   ///< By index: of every proof.
    std::map<Digest, std::uint64_t> indexes;  ///< By leaf, the lowest.
    std::unique_ptr<LogStore> store;
    std::mutex store_mutex;  ///< A store is not thread-safe.
};

namespace {

// Only what is asked for: anything else would be a proof that somebody takes for one of that.
Result<> require_one_of(std::span<const EntryKind> kinds, ByteView entry) {
    AION_TRY_ASSIGN(const EntryView view, EntryView::parse(entry));
    const bool is_record =
        view.kind == EntryKind::key_rotation || view.kind == EntryKind::key_revocation;
    const bool is_asked = std::ranges::find(kinds, view.kind) != kinds.end() &&
                          (view.kind != EntryKind::version_attestation || LoggedVersion::in(view));
    if (!is_record && !is_asked) {
        return fail(invalid<OrderDetail::proof_of_other_kind>(name_of(view.kind)));
    }
    return {};
}

Result<> require_same_log(const std::optional<NoteKey>& known, const NoteKey& log) {
    if (known && known->name() != log.name()) {
        return fail(invalid<OrderDetail::proof_of_other_log>(log.name(), known->name()));
    }
    return {};
}

// Two of one size have one root.
Result<> require_no_fork(const std::map<std::uint64_t, Digest>& roots,
                         const Checkpoint& checkpoint) {
    const auto known = roots.find(checkpoint.size);
    if (known != roots.end() && known->second != checkpoint.root) {
        return fail(invalid<OrderDetail::log_forked>(
            checkpoint.origin,
            fmt::format("two checkpoints of {} entries have different roots", checkpoint.size)));
    }
    return {};
}

// A checkpoint of a proof, and the log that lies here, where that is as long.
Result<> require_in_store(LogStore& store, std::uint64_t size, const Digest& root) {
    if (size > store.size()) {
        return {};
    }
    AION_TRY_ASSIGN(const Digest here, store.root(size));
    if (here != root) {
        return fail(invalid<OrderDetail::log_forked>(
            store.checkpoint().origin,
            fmt::format(
                "the checkpoint of {} entries that a proof leads to is not the one that the "
                "log in {} had",
                size, store.folder().string())));
    }
    return {};
}

}  // namespace

LogOrderReader::LogOrderReader(LogPolicy policy)
    : state_(std::make_unique<State>(std::move(policy))) {}

LogOrderReader::~LogOrderReader() = default;

Result<> LogOrderReader::add_proof(std::string_view text, std::span<const EntryKind> kinds) {
    State& state = *state_;
    AION_TRY_ASSIGN(const LogProof proof, LogProof::parse(text));
    if (!proof.extra) {
        return fail(invalid<OrderDetail::proof_without_entry>());
    }
    AION_TRY(require_one_of(kinds, *proof.extra));
    AION_TRY_ASSIGN(const AcceptedCheckpoint accepted,
                    verify_proof(proof, *proof.extra, state.policy));
    const Checkpoint& checkpoint = accepted.checkpoint;
    AION_TRY(require_same_log(state.log, accepted.log));
    AION_TRY(require_no_fork(state.roots, checkpoint));
    const Digest leaf = Sha256Tree::leaf(*proof.extra);
    const auto there = state.leaves.find(proof.index);
    if (there != state.leaves.end() && there->second != leaf) {
        return fail(invalid<OrderDetail::log_forked>(
            checkpoint.origin, fmt::format("two entries have index {}", proof.index)));
    }
    if (state.store != nullptr) {
        AION_TRY(require_in_store(*state.store, checkpoint.size, checkpoint.root));
    }
    state.log = accepted.log;
    state.roots.emplace(checkpoint.size, checkpoint.root);
    state.leaves.emplace(proof.index, leaf);
    const auto [place, is_new] = state.indexes.try_emplace(leaf, proof.index);
    if (!is_new) {
        place->second = std::min(place->second, proof.index);
    }
    return {};
}

Result<> LogOrderReader::add_log(Env& env, const std::filesystem::path& folder) {
    State& state = *state_;
    AION_TRY_ASSIGN(auto store, LogStore::open(env, folder, std::nullopt,
                                               {.indexing = LogIndexing::none, .lock_wait_ms = 0}));
    AION_TRY_ASSIGN(const AcceptedCheckpoint accepted, state.policy.judge(store->note()));
    AION_TRY(require_same_log(state.log, accepted.log));
    AION_TRY(require_no_fork(state.roots, accepted.checkpoint));
    for (const auto& [size, root] : state.roots) {
        AION_TRY(require_in_store(*store, size, root));
    }
    state.log = accepted.log;
    state.roots.emplace(accepted.checkpoint.size, accepted.checkpoint.root);
    state.store = std::move(store);
    return {};
}

namespace {

// What a proof says and what lies here are of one log; the lower index counts.
Result<Index> lower_of(Index proven, LogStore& store, const Digest& leaf) {
    AION_TRY_ASSIGN(const Index found, store.find(leaf));
    if (!proven || !found) {
        return proven ? proven : found;
    }
    return std::min(*proven, *found);
}

}  // namespace

Result<Index> LogOrderReader::index_of_version(const trust::SignedVersion& version) const {
    return index_of_entry(entry_of(version));
}

Result<Index> LogOrderReader::index_of_record(const trust::RegistryRecord& record) const {
    const auto entry = entry_of(record);
    return entry ? index_of_entry(*entry) : Result<Index>(std::nullopt);
}

Result<Index> LogOrderReader::index_of_entry(ByteView entry) const {
    State& state = *state_;
    const Digest leaf = Sha256Tree::leaf(entry);
    const auto proven = state.indexes.find(leaf);
    const Index index =
        proven == state.indexes.end() ? std::nullopt : std::optional(proven->second);
    if (state.store == nullptr) {
        return index;
    }
    const std::scoped_lock lock(state.store_mutex);
    return lower_of(index, *state.store, leaf);
}

std::string LogOrderReader::origin() const {
    return state_->log ? state_->log->name() : std::string();
}

std::uint64_t LogOrderReader::size() const {
    return state_->roots.empty() ? 0 : state_->roots.rbegin()->first;
}

Result<std::optional<Digest>> LogOrderReader::root_at(std::uint64_t size) const {
    State& state = *state_;
    const auto known = state.roots.find(size);
    if (known != state.roots.end()) {
        return known->second;
    }
    if (state.store == nullptr) {
        return std::nullopt;
    }
    const std::scoped_lock lock(state.store_mutex);
    if (size > state.store->size()) {
        return std::nullopt;
    }
    AION_TRY_ASSIGN(const Digest root, state.store->root(size));
    return root;
}

}  // namespace aion::tlog
