// SPDX-License-Identifier: MIT OR Apache-2.0
// Where a leaf is in a log: a database beside it for what that knows, and memory for the rest.
// Neither is believed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "aion/tlog/log_store.hpp"
#include "archive/database.hpp"

namespace aion::tlog {

class LogIndex {
  public:
    using Digest = Sha256Tree::Digest;

    enum class Use : std::uint8_t { read, write };

    /// The leaf at a place of the log.
    using LeafAt = std::function<Result<Digest>(std::uint64_t place)>;
    using RootAt = std::function<Result<Digest>(std::uint64_t size)>;

    /// Knows every leaf below `size` when this returns: what the database does not know is asked
    /// of `leaf_at`, and kept in it, where it is to be written. A database that cannot be used does
    /// without, for reading; for writing one that is damaged is made anew.
    /// Errors: those of `leaf_at` and, for writing, of the database; `log_went_back` where it has
    /// seen a larger log, or one with another root (`root_at`).
    [[nodiscard]] static Result<LogIndex> open(Env& env, const std::filesystem::path& folder,
                                               LogIndexing indexing, Use use, std::uint64_t size,
                                               const LeafAt& leaf_at, const RootAt& root_at);

    /// The first place below `size` that has this leaf: `leaf_at` says of each that may.
    [[nodiscard]] Result<std::optional<std::uint64_t>> find(const Digest& leaf, std::uint64_t size,
                                                            const LeafAt& leaf_at);

    /// Leaves from place `first` on, which brings a log to a size with that root.
    [[nodiscard]] Result<> add(std::uint64_t first, std::span<const Digest> leaves,
                               const Digest& root);

    /// What the database has, all in all.
    struct Survey {
        std::uint64_t size = 0;         ///< Entries.
        std::uint64_t fingerprint = 0;  ///< The sum of `fingerprint_of`.
    };

    /// Errors: `file_not_found`; those of the database.
    [[nodiscard]] static Result<Survey> survey(Env& env, const std::filesystem::path& folder);
    /// A number of a leaf and its place. Sums are equal where all of them are, and else by chance:
    /// nobody relies on it.
    [[nodiscard]] static std::uint64_t fingerprint_of(const Digest& leaf,
                                                      std::uint64_t place) noexcept;

    /// Makes the database of a log anew where it is missing or says something else than the log.
    [[nodiscard]] static Result<bool> make_anew(Env& env, const std::filesystem::path& folder,
                                                LogStore& log, const Survey& expected);

    /// How many leaves are known.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  private:
    struct Statements {
        archive::Statement find;
        archive::Statement add;
        archive::Statement note;
    };

    [[nodiscard]] Result<> connect(Env& env, const std::filesystem::path& path, Use use);
    [[nodiscard]] Result<> check(const std::filesystem::path& folder, Use use, std::uint64_t size,
                                 const RootAt& root_at);
    [[nodiscard]] Result<> catch_up(std::uint64_t size, const LeafAt& leaf_at,
                                    const RootAt& root_at);
    void let_go() noexcept;
    void put_in_order();

    std::unique_ptr<archive::Database> database_;
    std::optional<Statements> statements_;
    bool is_written_ = false;  // Into the database.
    std::uint64_t size_ = 0;

    // Of what is not in it: leaves in short and where they are, in order, and what came since.
    struct Place {
        std::uint64_t leaf;
        std::uint64_t place;
        friend auto operator<=>(const Place&, const Place&) = default;
    };

    std::vector<Place> places_;
    std::unordered_multimap<std::uint64_t, std::uint64_t> recent_;
};

}  // namespace aion::tlog
