// SPDX-License-Identifier: MIT OR Apache-2.0
// A log that is open.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aion/tlog/log_store.hpp"
#include "aion/tlog/shared_ledger.hpp"
#include "tlog/log_edge.hpp"
#include "tlog/log_folder.hpp"
#include "tlog/log_index.hpp"

namespace aion::tlog {

struct LogStore::State {
    State(Env& of, std::filesystem::path path, std::optional<NoteKey> believed, LogOptions how)
        : env(of),
          folder(std::move(path)),
          trusted(std::move(believed)),
          options(how),
          tiles(open_tiles(of, folder)) {}

    /// Reads and judges the checkpoint that is there.
    [[nodiscard]] Result<JudgedCheckpoint> look();
    /// From now on it is that one.
    void take(JudgedCheckpoint judged);
    [[nodiscard]] Result<> open_index(LogIndexing indexing, LogIndex::Use use);
    [[nodiscard]] Result<std::optional<std::uint64_t>> find(const Sha256Tree::Digest& leaf);

    Env& env;
    std::filesystem::path folder;
    std::optional<NoteKey> trusted;
    LogOptions options;
    std::unique_ptr<TileSource> tiles;
    std::vector<LogKey> keys;
    std::optional<JudgedCheckpoint> current;
    std::unique_ptr<TileTree> tree;
    std::optional<LogIndex> index;
};

/// Entries that a log does not have yet. Borrows them.
struct Batch {
    std::vector<ByteView> entries;
    std::vector<Sha256Tree::Digest> leaves;
};

struct LogWriter::State {
    State(std::unique_ptr<LogStore> of, std::unique_ptr<FileLock> held,
          std::vector<NoteSigner> keys)
        : log(std::move(of)), lock(std::move(held)), signers(std::move(keys)) {}

    /// The checkpoint that is there, which must be the one that we know.
    [[nodiscard]] Result<std::shared_ptr<const FileContent>> present() const;
    [[nodiscard]] Result<> replace(const FileContent& present, const Note& note);
    /// After a write of which nobody knows how it ended: goes on from what is there.
    [[nodiscard]] Result<> resume();
    /// Removes the record of a rotation that came to nothing.
    [[nodiscard]] Result<> settle();
    /// Finds out which entries are new.
    [[nodiscard]] Result<Appended> sort_out(std::span<const ByteView> entries, Batch& fresh) const;
    /// Is given an entry and its leaf.
    using Put = std::function<Result<>(ByteView entry, const Sha256Tree::Digest& leaf)>;
    /// Writes what `give` puts behind `into`, which goes on with it, and flushes.
    [[nodiscard]] Result<> write_entries(LogEdge& into,
                                         const std::function<Result<>(const Put& put)>& give) const;
    /// The log is now as far as that: what is left to be done is no part of it. `leaves`: those
    /// that are new, or none where they are to be looked up.
    void go_on(LogEdge to, JudgedCheckpoint next, std::span<const Sha256Tree::Digest> leaves);

    /// Waits for this machine's turn and brings the folder up to date (log_shared.cpp).
    [[nodiscard]] Result<std::unique_ptr<LedgerTurn>> take_turn();
    [[nodiscard]] Result<> catch_up(LedgerTurn& turn);
    /// The checkpoint that the ledger has, judged. Error: `ledger_other_log`.
    [[nodiscard]] Result<JudgedCheckpoint> checkpoint_of(const LedgerTurn& turn) const;
    /// What nobody needs any more. It is no failure if it stays.
    void remove_partial_tiles(std::uint64_t former_size) const;

    std::unique_ptr<LogStore> log;
    std::unique_ptr<FileLock> lock;
    std::vector<NoteSigner> signers;
    LogEdge edge;
    bool is_in_doubt = false;
    SharedLedger* ledger = nullptr;
};

}  // namespace aion::tlog
