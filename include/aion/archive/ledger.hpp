// SPDX-License-Identifier: MIT OR Apache-2.0
// What the VALID files of an archive are to each other: copies, earlier states, forks; and who
// signed them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "aion/base/env.hpp"
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
    /// Sorted by the order in which they were added. Of `copies` all; else two: for `prefix` the
    /// shorter first; of copies the first one stands for all.
    std::vector<Member> members;
    /// For `prefix` and `fork`: how many versions they share; 0 if none.
    std::uint64_t common = 0;
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

/// Collects. Of each file, memory holds some 40 bytes; the rest, its path and version hashes, goes
/// to a file without a name as `Spool` keeps it (base/spool.hpp).
class Ledger {
  public:
    explicit Ledger(Env& env);
    ~Ledger();
    Ledger(Ledger&&) noexcept;
    Ledger& operator=(Ledger&&) noexcept;
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    /// A VALID file. `history` has at least one version. Errors: those of `Spool::append`.
    [[nodiscard]] Result<> add(const std::filesystem::path& path, FileId file_id,
                               const policy::HistoryFacts& history);

    /// Compares all that was added; to be called once, then nothing is added any more.
    /// Errors: those of reading what was kept.
    [[nodiscard]] Result<> finish();

    /// After `finish`. Relations by the order of their first member; each file takes part in one of
    /// `copies`, and stands in one `prefix` or `fork` with the longest history of its id.
    [[nodiscard]] Result<> for_each_relation(
        const std::function<void(const Relation&)>& visit) const;

    /// After `finish`: by author, then epoch, then key.
    [[nodiscard]] const std::vector<SignerFiles>& signers() const noexcept;

    /// The paths behind one of `signers()`, in the order added: those whose head it signed, or all.
    [[nodiscard]] Result<> for_each_file(
        const SignerFiles& signer, bool heads_only,
        const std::function<void(const std::filesystem::path&)>& visit) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace aion::archive
