// SPDX-License-Identifier: MIT OR Apache-2.0
// A log in a folder, laid out as c2sp.org/tlog-tiles has it, so that any web server serves it:
//
//     checkpoint                  the signed note that says how large the log is: what counts
//     tile/0/x001/x234/067        hashes; tile/0/000.p/12 those of a tile that is not full yet
//     tile/entries/x001/...       the entries
//     keys/0, keys/1, …           which keys signed it, each vouched for by the one before
//     .aion/                      the writers' lock and an index, of which nothing is believed
//
// A file is written once, as a whole. What is not below the checkpoint is not there: the checkpoint
// is replaced, atomically, when all that it commits to is on stable storage, and only then.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/tlog/checkpoint.hpp"
#include "aion/tlog/merkle.hpp"
#include "aion/tlog/note.hpp"
#include "aion/tlog/proof.hpp"
#include "aion/tlog/tile.hpp"

namespace aion::tlog {

class SharedLedger;

/// Whether there is a database from leaf hashes to indexes beside the log.
enum class LogIndexing : std::uint8_t {
    kept,  ///< It is used, made where it is missing, and mended where it is behind.
    none,  ///< Leaves are looked through, once, and their places held in memory: 16 bytes each.
};

struct LogOptions {
    LogIndexing indexing = LogIndexing::kept;
    /// Of a writer: how long to wait for another, milliseconds.
    std::uint32_t lock_wait_ms = 10'000;
};

/// The tiles of a log in a folder; a partial one that is gone is taken from the full one. Borrows
/// `env`. Its errors: `file_not_found`, those of `Env::read`.
[[nodiscard]] std::unique_ptr<TileSource> open_tiles(Env& env, const std::filesystem::path& folder);

/// A key of a log, as `keys/N` has it.
struct LogKey {
    NoteKey key;
    std::uint64_t size = 0;  ///< Of the log when the key took over.
};

/// The keys that a log had, in order; each but the first is vouched for by the one before, in a
/// note that both signed. Nothing for a log without `keys/`.
/// Errors: `invalid_format` with the detail `log_bad_keys`; those of `Note::parse` and
/// `verify_note`; those of `Env::read`.
[[nodiscard]] Result<std::vector<LogKey>> read_log_keys(Env& env,
                                                        const std::filesystem::path& folder);

/// A log to be read: one checkpoint of it, until `refresh`. Whatever it gives out was proven
/// against that checkpoint. Borrows `env`. Not thread-safe.
///
/// Errors of all that reads: those of `TileTree` and `Env::read`.
class LogStore {
  public:
    /// Opens the log in `folder`. `key`: one of the log's, current or former, from which its
    /// later keys are followed. Nothing: its own first one is believed, so that the log is only
    /// known to be consistent with itself.
    /// Errors: `invalid_format` with the detail `log_no_log` for a folder without a checkpoint,
    /// `log_bad_keys`; those of `open_checkpoint`.
    [[nodiscard]] static Result<std::unique_ptr<LogStore>> open(
        Env& env, const std::filesystem::path& folder, std::optional<NoteKey> key = std::nullopt,
        const LogOptions& options = {});

    ~LogStore();
    LogStore(const LogStore&) = delete;
    LogStore& operator=(const LogStore&) = delete;
    LogStore(LogStore&&) = delete;
    LogStore& operator=(LogStore&&) = delete;

    [[nodiscard]] const std::filesystem::path& folder() const noexcept;
    [[nodiscard]] const Checkpoint& checkpoint() const noexcept;
    [[nodiscard]] std::uint64_t size() const noexcept;

    /// The checkpoint's note as it stands, with all its signatures.
    [[nodiscard]] const std::string& note() const noexcept;

    /// The key that signed it.
    [[nodiscard]] const NoteKey& key() const noexcept;

    /// The bytes of an entry. Error: `invalid_argument` for an index that the log does not have.
    [[nodiscard]] Result<Bytes> entry(std::uint64_t index);
    [[nodiscard]] Result<Sha256Tree::Digest> leaf(std::uint64_t index);

    /// Tells of the entries from `first` to before `end`, in order.
    [[nodiscard]] Result<> each(
        std::uint64_t first, std::uint64_t end,
        const std::function<Result<>(std::uint64_t index, ByteView entry)>& tell);

    /// That the entry is in the log, with the checkpoint's note.
    [[nodiscard]] Result<LogProof> prove(std::uint64_t index);
    /// As `TileTree` has them, for any size up to the log's own.
    [[nodiscard]] Result<std::vector<Sha256Tree::Digest>> inclusion_path(std::uint64_t index,
                                                                         std::uint64_t size);
    [[nodiscard]] Result<std::vector<Sha256Tree::Digest>> consistency_path(std::uint64_t old_size,
                                                                           std::uint64_t new_size);
    [[nodiscard]] Result<Sha256Tree::Digest> root(std::uint64_t size);

    /// The first place of an entry, by `Sha256Tree::leaf` of its bytes. What is found is so. That
    /// nothing is found is only as good as the index, unless there is none to be used: what
    /// depends on absence opens the log with `LogIndexing::none`.
    [[nodiscard]] Result<std::optional<std::uint64_t>> find(const Sha256Tree::Digest& leaf);

    /// The root of the reference's tree (BLAKE3) over the first `size` entries, made from all of
    /// them. Error: also `invalid_format` where an entry is not one of ours.
    [[nodiscard]] Result<Hash> reference_root(std::uint64_t size);

    /// Looks whether there is a later checkpoint, and goes on from that one, which must continue
    /// this one. True: there was one.
    /// Errors: those of `open`; `invalid_format` with the detail `log_went_back` for an earlier
    /// or another one; this object then is as it was.
    [[nodiscard]] Result<bool> refresh();

    struct State;  ///< Private to the implementation.
    explicit LogStore(std::unique_ptr<State> state);

  private:
    friend class LogWriter;
    std::unique_ptr<State> state_;
};

/// Makes a new, empty log in `folder`, which is made where it is missing and else has to be empty.
/// `signers`: the first, of type `ed25519`, is the log's key, whose name is its origin; others,
/// which may be of ML-DSA-44, sign its checkpoints, too.
/// Errors: `file_exists` where there is a log; `operation_not_permitted` for a folder with
/// something else; `invalid_argument` for signers of other types or names; the signers' own; those
/// of `Env`.
[[nodiscard]] Result<> create_log(Env& env, const std::filesystem::path& folder,
                                  std::span<const NoteSigner> signers);

/// What came of an append.
struct Appended {
    /// Of each entry that was given, in order: its own or, of one that the log had, the first.
    std::vector<std::uint64_t> indexes;
    std::uint64_t added = 0;  ///< How many of them are new.
};

/// A log to be written. While it lives nobody else writes the log; readers notice nothing.
/// Borrows `env` and the signers' keys. Not thread-safe.
class LogWriter {
  public:
    /// Opens the log in `folder`, which `signers` must be able to continue: the first is the last
    /// of its keys.
    /// Errors: those of `LogStore::open`; `conflict` when another writer holds it all the time
    /// that `options` allow; `invalid_format` with the detail `log_other_key`; `log_went_back`
    /// where its index has seen a larger log: to go on from an earlier checkpoint would fork it.
    [[nodiscard]] static Result<std::unique_ptr<LogWriter>> open(
        Env& env, const std::filesystem::path& folder, std::vector<NoteSigner> signers,
        const LogOptions& options = {});

    /// The same with a key of Ed25519 and, unless it is null, one of ML-DSA-44, under the name
    /// that the log has. Borrows both. Errors: also those of `NoteSigner::make`.
    [[nodiscard]] static Result<std::unique_ptr<LogWriter>> open(
        Env& env, const std::filesystem::path& folder, crypto::Signer& key,
        const crypto::MlDsa44Key* post_quantum, const LogOptions& options = {});

    ~LogWriter();
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;
    LogWriter(LogWriter&&) = delete;
    LogWriter& operator=(LogWriter&&) = delete;

    /// The log as of the last write. It goes with the writer.
    [[nodiscard]] LogStore& log() noexcept;

    /// Appends entries, each at most `max_entry_size` bytes (`make_entry`), those that the log has
    /// excepted, and makes them durable, all or none: when this returns a checkpoint commits to
    /// them. One flush and one signature however many there are; thousands are best.
    /// After an error the log is as it was, unless the checkpoint's folder could not
    /// be synced (`file_write_error`), so that it may be old or new after a power cut; call
    /// `log().refresh()`, or append again, which finds what is there.
    /// Errors: `invalid_format` with the details of `EntryView::parse` for what is no entry;
    /// `conflict` when the checkpoint was replaced by others; the signers' own; those of `Env`.
    [[nodiscard]] Result<Appended> append(std::span<const ByteView> entries);

    /// From now on this is one of several machines that write the log, each with a folder of its
    /// own (shared_ledger.hpp): each append takes a turn, brings the folder up to date, and is
    /// durable for all of them when the ledger has it. A ledger that knows nothing of the log yet
    /// is given what is in the folder. `ledger` must outlive the writer.
    /// Errors: those of the ledger; `invalid_format` with the detail `ledger_went_back` where the
    /// folder has more than the ledger, or `ledger_other_log`; those of `append`, which has these
    /// from now on, too.
    [[nodiscard]] Result<> share(SharedLedger& ledger);

    /// Puts signatures of others, which are not verified here, onto the note of the checkpoint;
    /// those of a key that has signed it take the place of the earlier one. `text` is what was
    /// signed. Errors: `conflict` where the checkpoint is another by now;
    /// `invalid_format` with `note_too_many_signatures`; those of `Env`.
    [[nodiscard]] Result<> add_signatures(std::string_view text,
                                          std::span<const NoteSignature> signatures);

    /// From now on the first of `next`, of the same name and type, is the log's key: the former and
    /// the new key sign the record of that and the present checkpoint, which the others of `next`
    /// sign, too; later ones all of `next` alone.
    /// Errors: `invalid_argument` for another name or type, or a key that the log had; the
    /// signers' own; those of `Env`.
    [[nodiscard]] Result<> rotate(std::vector<NoteSigner> next);

    struct State;  ///< Private to the implementation.
    explicit LogWriter(std::unique_ptr<State> state);

  private:
    std::unique_ptr<State> state_;
};

}  // namespace aion::tlog
