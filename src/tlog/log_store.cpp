// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/log_store.hpp"

#include <utility>

#include "base/try.hpp"
#include "tlog/log_details.hpp"
#include "tlog/log_state.hpp"

namespace aion::tlog {

// --- state ---------------------------------------------------------------------------------------

Result<JudgedCheckpoint> LogStore::State::look() {
    AION_TRY_ASSIGN(const auto content, read_checkpoint_file(env, folder));
    // Behind the checkpoint: a key that signed it has its record by then.
    AION_TRY_ASSIGN(keys, read_log_keys(env, folder));
    return judge_checkpoint(std::string(as_text(content->bytes())), keys, trusted);
}

void LogStore::State::take(JudgedCheckpoint judged) {
    auto next = std::make_unique<TileTree>(*tiles, judged.checkpoint.size, judged.checkpoint.root);
    current = std::move(judged);
    tree = std::move(next);
}

Result<> LogStore::State::open_index(LogIndexing indexing, LogIndex::Use use) {
    AION_TRY_ASSIGN(index, LogIndex::open(
                               env, folder, indexing, use, tree->size(),
                               [this](std::uint64_t place) { return tree->leaf(place); },
                               [this](std::uint64_t size) { return tree->root(size); }));
    return {};
}

Result<std::optional<std::uint64_t>> LogStore::State::find(const Sha256Tree::Digest& leaf) {
    return index->find(leaf, tree->size(),
                       [this](std::uint64_t place) { return tree->leaf(place); });
}

// --- LogStore ------------------------------------------------------------------------------------

LogStore::LogStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

LogStore::~LogStore() = default;

Result<std::unique_ptr<LogStore>> LogStore::open(Env& env, const std::filesystem::path& folder,
                                                 std::optional<NoteKey> key,
                                                 const LogOptions& options) {
    auto state = std::make_unique<State>(env, folder, std::move(key), options);
    AION_TRY_ASSIGN(JudgedCheckpoint judged, state->look());
    state->take(std::move(judged));
    return std::make_unique<LogStore>(std::move(state));
}

const std::filesystem::path& LogStore::folder() const noexcept {
    return state_->folder;
}

const Checkpoint& LogStore::checkpoint() const noexcept {
    return state_->current->checkpoint;
}

std::uint64_t LogStore::size() const noexcept {
    return state_->current->checkpoint.size;
}

const std::string& LogStore::note() const noexcept {
    return state_->current->note;
}

const NoteKey& LogStore::key() const noexcept {
    return state_->current->key;
}

Result<Bytes> LogStore::entry(std::uint64_t index) {
    return state_->tree->entry(index);
}

Result<Sha256Tree::Digest> LogStore::leaf(std::uint64_t index) {
    return state_->tree->leaf(index);
}

Result<> LogStore::each(std::uint64_t first, std::uint64_t end,
                        const std::function<Result<>(std::uint64_t index, ByteView entry)>& tell) {
    return state_->tree->each_entry(first, end, tell);
}

Result<LogProof> LogStore::prove(std::uint64_t index) {
    LogProof proof;
    proof.index = index;
    AION_TRY_ASSIGN(proof.path, inclusion_path(index, size()));
    AION_TRY_ASSIGN(proof.extra, entry(index));
    proof.checkpoint = note();
    return proof;
}

Result<std::vector<Sha256Tree::Digest>> LogStore::inclusion_path(std::uint64_t index,
                                                                 std::uint64_t size) {
    return state_->tree->inclusion_path(index, size);
}

Result<std::vector<Sha256Tree::Digest>> LogStore::consistency_path(std::uint64_t old_size,
                                                                   std::uint64_t new_size) {
    return state_->tree->consistency_path(old_size, new_size);
}

Result<Sha256Tree::Digest> LogStore::root(std::uint64_t size) {
    return state_->tree->root(size);
}

Result<std::optional<std::uint64_t>> LogStore::find(const Sha256Tree::Digest& leaf) {
    if (!state_->index) {
        AION_TRY(state_->open_index(state_->options.indexing, LogIndex::Use::read));
    }
    auto found = state_->find(leaf);
    if (!found && state_->options.indexing == LogIndexing::kept) {
        // The index, which is not believed, is not needed either.
        AION_TRY(state_->open_index(LogIndexing::none, LogIndex::Use::read));
        return state_->find(leaf);
    }
    return found;
}

Result<Hash> LogStore::reference_root(std::uint64_t size) {
    Frontier<Blake3Tree> tree;
    Hash previous;
    AION_TRY(each(0, size, [&](std::uint64_t index, ByteView bytes) -> Result<> {
        AION_TRY_ASSIGN(const EntryView entry, EntryView::parse(bytes));
        previous = reference_leaf(entry.kind, index, entry.timestamp_version, previous,
                                  entry.payload_hash);
        tree.append(previous);
        return {};
    }));
    return tree.root();
}

Result<bool> LogStore::refresh() {
    AION_TRY_ASSIGN(JudgedCheckpoint judged, state_->look());
    const Checkpoint& now = judged.checkpoint;
    const Checkpoint& known = checkpoint();
    if (now.size == known.size && now.root == known.root) {
        state_->current = std::move(judged);  // More may have signed it.
        return false;
    }
    const auto went_back = [&](std::string_view what) {
        return fail(invalid<LogDetail::log_went_back>(folder().string(), what));
    };
    if (now.size <= known.size) {
        return went_back("its checkpoint is an earlier one than there was, or another");
    }
    TileTree later(*state_->tiles, now.size, now.root);
    AION_TRY_ASSIGN(const auto former_root, later.root(known.size));
    if (former_root != known.root) {
        return went_back("its checkpoint does not continue the one that there was");
    }
    state_->take(std::move(judged));
    state_->index.reset();
    return true;
}

}  // namespace aion::tlog
