// SPDX-License-Identifier: MIT OR Apache-2.0
// What the VALID files of an archive are to each other: copies, earlier states, forks; and who
// signed them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/report.hpp"

namespace aion::archive {

/// Two or more files that say they are the same file, or have the same history.
struct Relation {
    enum class Kind : std::uint8_t {
        copies,      ///< Same file id, same head.
        prefix,      ///< Same file id; the history of the first is the beginning of the second's.
        fork,        ///< Same file id; the histories part behind `common`.
        relabelled,  ///< Same head under two file ids, which no signature covers.
    };

    struct Member {
        std::filesystem::path path;
        FileId file_id;
        VersionNumber version;  ///< Its last.
        Hash head;
    };

    Kind kind = Kind::copies;
    /// The two that were added first, in the order in which they were added; for `prefix` the
    /// shorter one first. Of copies the first one stands for all.
    Member first;
    Member second;
    /// How many there are: two, but of `copies` any number (`Ledger::for_each_copy`).
    std::uint64_t members = 2;
    /// For `prefix` and `fork`: how many versions they share; 0 if none.
    std::uint64_t common = 0;

    std::uint64_t place = 0;  ///< Where `Ledger` has its members; means nothing to others.
};

/// `copies`, `prefix`, `fork`, `relabelled`: stable.
[[nodiscard]] std::string_view name_of(Relation::Kind kind) noexcept;

/// One key of one author, and the files whose history it signed any version of.
struct SignerFiles {
    AuthorId author;
    Epoch epoch;
    PublicKey key;
    std::uint64_t files = 0;
    std::uint64_t heads = 0;  ///< Of these, files whose last version it signed.
};

/// Collects. Of each file, memory holds some 40 bytes, and as many again of each relation; the
/// rest, its path and version hashes, goes to a file without a name as `Spool` keeps it
/// (base/spool.hpp). Comparing takes n log n steps for n files, of which any number may be copies
/// of one, and reads as few hashes as tell. Not thread-safe.
class Ledger {
  public:
    explicit Ledger(Env& env);
    ~Ledger();
    Ledger(Ledger&&) noexcept;
    Ledger& operator=(Ledger&&) noexcept;
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    /// A VALID file. A path that is added twice is two files. May throw `std::bad_alloc`, and so
    /// may what follows.
    /// Errors: `invalid_argument` for a `history` without versions, whose hashes nobody could
    /// compare; `resource_exhausted` beyond 2^32-2 files; those of `Spool::append`.
    [[nodiscard]] Result<> add(const std::filesystem::path& path, FileId file_id,
                               const policy::HistoryFacts& history);

    /// Compares all that was added; to be called once, then nothing is added any more.
    /// Errors: those of reading what was kept.
    [[nodiscard]] Result<> finish();

    /// How many relations of that kind there are, after `finish`.
    [[nodiscard]] std::uint64_t count(Relation::Kind kind) const noexcept;

    /// After `finish`. By which of their members was added first, then by kind; each file takes
    /// part in one of `copies` at most; and the first of each of an id's histories stands in one
    /// `prefix` or `fork` with the longest of them, of several the one that was added first.
    /// Errors: those of reading what was kept.
    [[nodiscard]] Result<> for_each_relation(
        const std::function<void(const Relation&)>& visit) const;

    /// The members of one of `copies`, in the order added. Errors: as above.
    [[nodiscard]] Result<> for_each_copy(
        const Relation& copies,
        const std::function<void(const std::filesystem::path&)>& visit) const;

    /// After `finish`: by author, then epoch, then key.
    [[nodiscard]] const std::vector<SignerFiles>& signers() const noexcept;

    /// The paths of the files whose last version `signers()[index]` signed, in the order added.
    /// Errors: as above.
    [[nodiscard]] Result<> for_each_head(
        std::size_t index, const std::function<void(const std::filesystem::path&)>& visit) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace aion::archive
