// SPDX-License-Identifier: MIT OR Apache-2.0
// Appending to a log in a folder: tiles first, then a flush, then the checkpoint.
#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "aion/base/files.hpp"
#include "aion/tlog/entry.hpp"
#include "base/change.hpp"
#include "base/conflict.hpp"
#include "base/try.hpp"
#include "tlog/log_details.hpp"
#include "tlog/log_state.hpp"

namespace aion::tlog {
namespace {

using Digest = Sha256Tree::Digest;

Error unsuitable(std::string reason) {
    return error_because(ErrorCode::invalid_argument, std::move(reason));
}

Result<> check_signers(std::span<const NoteSigner> signers) {
    if (signers.empty() || signers.front().key().type() != NoteKeyType::ed25519) {
        return fail(unsuitable("a log's first signer has a key of Ed25519 for logs"));
    }
    for (const NoteSigner& signer : signers) {
        if (signer.key().name() != signers.front().key().name()) {
            return fail(unsuitable("all signers of a log have the name of the log"));
        }
    }
    return {};
}

Result<Note> sign_text(std::string text, std::span<const NoteSigner> signers) {
    Note note{.text = std::move(text), .signatures = {}};
    for (const NoteSigner& signer : signers) {
        AION_TRY_ASSIGN(NoteSignature signature, signer.sign(note.text));
        note.signatures.push_back(std::move(signature));
    }
    return note;
}

// What may be in a folder that is to become a log: what one that was not finished left.
Result<> check_empty(Env& env, const std::filesystem::path& folder) {
    AION_TRY_ASSIGN(const auto directory, env.open_directory(folder));
    AION_TRY_ASSIGN(const auto names, directory->list());
    for (const std::string& name : names) {
        if (name == checkpoint_name) {
            return fail(error_at_path(ErrorCode::file_exists, (folder / name).string()));
        }
        if (name != own_name && name != keys_name && !name.ends_with(".tmp")) {
            return fail(operation_not_permitted(
                "making a log in " + folder.string() + ", where there is " + name,
                "an empty folder"));
        }
    }
    return {};
}

std::filesystem::path key_path(const std::filesystem::path& folder, std::size_t number) {
    return folder / keys_name / std::to_string(number);
}

// Keys by their first bytes: they are hashes.
struct FirstBytes {
    std::size_t operator()(const Digest& digest) const noexcept {
        std::size_t value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i) {
            value = value << 8U | digest.bytes[i];
        }
        return value;
    }
};

WriteOptions replacing() {
    return {.replace = Replace::always, .may_be_interrupted = false};
}

}  // namespace

Result<> create_log(Env& env, const std::filesystem::path& folder,
                    std::span<const NoteSigner> signers) {
    AION_TRY(check_signers(signers));
    AION_TRY(env.create_directories(folder, 0755));
    AION_TRY(check_empty(env, folder));
    AION_TRY_ASSIGN(const auto lock, lock_log(env, folder, LogOptions().lock_wait_ms));
    const NoteKey& key = signers.front().key();
    const Checkpoint checkpoint{.origin = key.name(), .size = 0, .root = Sha256Tree::empty()};
    const Change change(env);
    AION_TRY_ASSIGN(const Note record, sign_text(key_record(0, 0, key), signers.first(1)));
    AION_TRY_ASSIGN(const Note note, sign_text(checkpoint.text(), signers));
    // Looked at again: whoever held the lock may have made one.
    AION_TRY(check_empty(env, folder));
    AION_TRY(write_log_file(env, key_path(folder, 0), record.str(), replacing()));
    return write_log_file(env, folder / checkpoint_name, note.str(), {});
}

// --- state ---------------------------------------------------------------------------------------

Result<std::shared_ptr<const FileContent>> LogWriter::State::present() const {
    const LogStore::State& store = *log->state_;
    AION_TRY_ASSIGN(auto content, read_checkpoint_file(store.env, store.folder));
    if (as_text(content->bytes()) != log->note()) {
        return fail(error_because(ErrorCode::conflict,
                                  (store.folder / checkpoint_name).string() +
                                      " was replaced by somebody who did not lock the log"));
    }
    return content;
}

Result<> LogWriter::State::replace(const FileContent& present, const Note& note) {
    const LogStore::State& store = *log->state_;
    is_in_doubt = true;
    auto written =
        write_log_file(store.env, store.folder / checkpoint_name, note.str(),
                       {.replace = Replace::always, .expected = present.info().identity});
    is_in_doubt = !written;
    return written;
}

Result<> LogWriter::State::settle() {
    LogStore::State& store = *log->state_;
    if (store.keys.empty() || store.keys.back().key == signers.front().key()) {
        return {};
    }
    const auto path = key_path(store.folder, store.keys.size() - 1);
    AION_TRY_ASSIGN(const auto directory, store.env.open_directory(path.parent_path()));
    // It comes back if the power goes before the next flush, and is removed again then.
    AION_TRY(directory->remove(path.filename().string()));
    store.keys.pop_back();
    return {};
}

Result<> LogWriter::State::resume() {
    if (!is_in_doubt) {
        return {};
    }
    LogStore::State& store = *log->state_;
    AION_TRY_ASSIGN(JudgedCheckpoint judged, store.look());
    store.take(std::move(judged));
    store.index.reset();
    AION_TRY_ASSIGN(edge, LogEdge::load(*store.tiles, store.current->checkpoint));
    is_in_doubt = false;
    return {};
}

Result<Appended> LogWriter::State::sort_out(std::span<const ByteView> entries, Batch& fresh) const {
    LogStore::State& store = *log->state_;
    if (!store.index) {
        AION_TRY(store.open_index(store.options.indexing, LogIndex::Use::write));
    }
    Appended appended;
    appended.indexes.reserve(entries.size());
    std::unordered_map<Digest, std::uint64_t, FirstBytes> in_batch;
    in_batch.reserve(entries.size());
    for (const ByteView entry : entries) {
        AION_TRY(EntryView::parse(entry));
        const Digest leaf = Sha256Tree::leaf(entry);
        const auto [known, is_new] = in_batch.emplace(leaf, edge.size() + fresh.entries.size());
        if (is_new) {
            AION_TRY_ASSIGN(const auto found, store.find(leaf));
            if (found) {
                known->second = *found;
            } else {
                fresh.entries.push_back(entry);
                fresh.leaves.push_back(leaf);
            }
        }
        appended.indexes.push_back(known->second);
    }
    appended.added = fresh.entries.size();
    return appended;
}

Result<> LogWriter::State::write_entries(
    LogEdge& into, const std::function<Result<>(const Put& put)>& give) const {
    const LogStore::State& store = *log->state_;
    TileWriter writer(store.env, store.folder);
    const Change change(store.env, Change::Kind::of_its_own);
    const LogEdge::Sink write = [&](const TileName& name, ByteView bytes) -> Result<> {
        AION_TRY(change.may_go_on(store.folder));
        return writer.write(name, bytes);
    };
    const std::uint64_t former_size = into.size();
    AION_TRY(give([&](ByteView entry, const Digest& leaf) -> Result<> {
        return into.append(entry, leaf, write);
    }));
    AION_TRY(into.finish(former_size, write));
    return writer.flush();
}

void LogWriter::State::go_on(LogEdge to, JudgedCheckpoint next, std::span<const Digest> leaves) {
    LogStore::State& store = *log->state_;
    const std::uint64_t former_size = edge.size();
    edge = std::move(to);
    store.take(std::move(next));
    if (leaves.empty() || !store.index ||
        !store.index->add(former_size, leaves, store.current->checkpoint.root)) {
        store.index.reset();
    }
    remove_partial_tiles(former_size);
}

void LogWriter::State::remove_partial_tiles(std::uint64_t former_size) const {
    const LogStore::State& store = *log->state_;
    const auto remove_all = [&](const TileName& partial) {
        const auto path = (store.folder / partial.path()).parent_path();
        const auto directory = store.env.open_directory(path);
        const auto names = directory ? (*directory)->list() : fail(directory.error());
        if (!names) {
            return;
        }
        for (const std::string& name : *names) {
            std::ignore = (*directory)->remove(name);
        }
    };
    for (unsigned level = 0; level <= max_tile_level; ++level) {
        const std::uint64_t former = former_size >> (tile_height * level);
        const std::uint64_t index = former / tile_width;
        const auto width = static_cast<unsigned>(former % tile_width);
        if (width == 0 || tile_width_at(level, index, log->size()) < tile_width) {
            continue;
        }
        remove_all({.level = level, .index = index, .width = width});
        if (level == 0) {
            remove_all({.level = std::nullopt, .index = index, .width = width});
        }
    }
}

// --- LogWriter -----------------------------------------------------------------------------------

LogWriter::LogWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}

LogWriter::~LogWriter() = default;

LogStore& LogWriter::log() noexcept {
    return *state_->log;
}

Result<std::unique_ptr<LogWriter>> LogWriter::open(Env& env, const std::filesystem::path& folder,
                                                   std::vector<NoteSigner> signers,
                                                   const LogOptions& options) {
    AION_TRY(check_signers(signers));
    AION_TRY(read_checkpoint_file(env, folder));  // Before a lock is put where no log is.
    AION_TRY_ASSIGN(auto lock, lock_log(env, folder, options.lock_wait_ms));
    const NoteKey key = signers.front().key();
    AION_TRY_ASSIGN(auto log, LogStore::open(env, folder, std::nullopt, options));
    const std::vector<LogKey>& keys = log->state_->keys;
    // A rotation that stopped behind its record and before its checkpoint: either key may go on.
    const bool is_last = keys.back().key == key;
    const bool is_before = keys.size() > 1 && keys[keys.size() - 2].key == key &&
                           log->key() == key && keys.back().size == log->size();
    if (!is_last && !is_before) {
        return fail(
            invalid<LogDetail::log_other_key>(folder.string(), keys.back().key.text(), key.text()));
    }
    auto state = std::make_unique<State>(std::move(log), std::move(lock), std::move(signers));
    LogStore::State& store = *state->log->state_;
    AION_TRY_ASSIGN(state->edge, LogEdge::load(*store.tiles, store.current->checkpoint));
    AION_TRY(store.open_index(options.indexing, LogIndex::Use::write));
    return std::make_unique<LogWriter>(std::move(state));
}

Result<std::unique_ptr<LogWriter>> LogWriter::open(Env& env, const std::filesystem::path& folder,
                                                   crypto::Signer& key,
                                                   const crypto::MlDsa44Key* post_quantum,
                                                   const LogOptions& options) {
    AION_TRY_ASSIGN(const auto content, read_checkpoint_file(env, folder));
    // Only a name so far: whether the key is the log's is looked at when it is opened.
    AION_TRY_ASSIGN(const Checkpoint claimed, Checkpoint::of_note(as_text(content->bytes())));
    AION_TRY_ASSIGN(std::vector<NoteSigner> signers,
                    note_signers(env, claimed.origin, NoteKeyType::ed25519, key, post_quantum));
    return open(env, folder, std::move(signers), options);
}

Result<Appended> LogWriter::append(std::span<const ByteView> entries) {
    AION_TRY(state_->resume());
    std::unique_ptr<LedgerTurn> turn;
    if (state_->ledger != nullptr) {
        AION_TRY_ASSIGN(turn, state_->take_turn());
    }
    LogStore::State& store = *state_->log->state_;
    Batch fresh;
    AION_TRY_ASSIGN(Appended appended, state_->sort_out(entries, fresh));
    if (appended.added == 0) {
        return appended;
    }
    if (appended.added > max_tree_size - state_->edge.size()) {
        return fail(
            error_because(ErrorCode::resource_exhausted, "more entries than a log may have"));
    }

    LogEdge edge = state_->edge;
    const Change change(store.env);
    AION_TRY(state_->settle());
    AION_TRY(state_->write_entries(edge, [&](const State::Put& put) -> Result<> {
        for (std::size_t i = 0; i < fresh.entries.size(); ++i) {
            AION_TRY(put(fresh.entries[i], fresh.leaves[i]));
        }
        return {};
    }));
    AION_TRY_ASSIGN(const auto present, state_->present());
    JudgedCheckpoint next{.note = {},
                          .checkpoint = {.origin = store.current->checkpoint.origin,
                                         .size = edge.size(),
                                         .root = edge.root()},
                          .key = state_->signers.front().key()};
    AION_TRY_ASSIGN(const Note note, sign_text(next.checkpoint.text(), state_->signers));
    next.note = note.str();
    if (turn != nullptr) {
        for (const ByteView entry : fresh.entries) {
            AION_TRY(turn->add(entry));
        }
        AION_TRY(turn->commit(next.note));
    }
    AION_TRY(state_->replace(*present, note));
    state_->go_on(std::move(edge), std::move(next), fresh.leaves);
    return appended;
}

Result<> LogWriter::add_signatures(std::string_view text,
                                   std::span<const NoteSignature> signatures) {
    AION_TRY(state_->resume());
    LogStore::State& store = *state_->log->state_;
    AION_TRY_ASSIGN(const auto present, state_->present());
    AION_TRY_ASSIGN(Note note, Note::parse(store.current->note));
    if (note.text != text) {
        return fail(error_because(ErrorCode::conflict,
                                  "what was signed is not the log's checkpoint any more"));
    }
    for (const NoteSignature& signature : signatures) {
        note.put(signature);
    }
    std::string written = note.str();
    AION_TRY(Note::parse(written));
    AION_TRY(state_->replace(*present, note));
    store.current->note = std::move(written);
    return {};
}

Result<> LogWriter::rotate(std::vector<NoteSigner> next) {
    if (state_->ledger != nullptr) {
        return fail(
            unsuitable("a log is shared by machines with one key: to change it, end all of "
                       "them, rotate in each folder, and begin again"));
    }
    AION_TRY(check_signers(next));
    const NoteKey key = next.front().key();
    AION_TRY(state_->resume());
    LogStore::State& store = *state_->log->state_;
    const NoteKey& former = state_->signers.front().key();
    if (key.name() != former.name()) {
        return fail(unsuitable("the next key of a log has its name"));
    }
    AION_TRY(state_->settle());
    if (std::ranges::find(store.keys, key, &LogKey::key) != store.keys.end()) {
        return fail(unsuitable("the log had that key already"));
    }
    const std::uint64_t size = state_->edge.size();
    const Change change(store.env);
    AION_TRY_ASSIGN(const auto present, state_->present());
    std::vector<NoteSigner> both{state_->signers.front(), next.front()};
    AION_TRY_ASSIGN(const Note record, sign_text(key_record(store.keys.size(), size, key), both));
    AION_TRY_ASSIGN(Note note, Note::parse(store.current->note));
    both.insert(both.end(), next.begin() + 1, next.end());
    AION_TRY_ASSIGN(const Note signed_by_all, sign_text(note.text, both));
    for (const NoteSignature& signature : signed_by_all.signatures) {
        note.put(signature);
    }
    // Until the new key has signed the checkpoint, its record is none that counts.
    AION_TRY(write_log_file(store.env, key_path(store.folder, store.keys.size()), record.str(),
                            replacing()));
    AION_TRY(state_->replace(*present, note));
    store.keys.push_back({key, size});
    store.current->note = note.str();
    store.current->key = key;
    state_->signers = std::move(next);
    return {};
}

}  // namespace aion::tlog
