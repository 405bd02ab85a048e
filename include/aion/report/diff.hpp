// SPDX-License-Identifier: MIT OR Apache-2.0
// Two files, each judged, as two histories: what they share and what each added.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "aion/base/ids.hpp"
#include "aion/policy/examine.hpp"

namespace aion::report {

/// How two histories stand to each other, whatever ids the files have.
enum class Relation : std::uint8_t {
    same,         ///< The same versions.
    a_continues,  ///< The first file has all versions of the second, and more.
    b_continues,  ///< The second file has all versions of the first, and more.
    diverged,     ///< Each has versions that the other has not, behind a version that both have.
    unrelated,    ///< No version in common.
    unreadable,   ///< The versions of one of them could not be located.
};
/// `same`, `a_continues`, `b_continues`, `diverged`, `unrelated`, `unreadable`: stable.
[[nodiscard]] std::string_view name_of(Relation relation) noexcept;

struct Comparison {
    Relation relation = Relation::unreadable;
    /// Whether both headers could be read and have the same file id, which nobody signs.
    bool same_file_id = false;
    /// Versions from the first on that both have. A version is the same if its version hash is:
    /// that covers number, parent, rules hash, author and time, and by the parent all before it.
    std::uint64_t shared = 0;
    /// How many of these, from the first on, have a signature in both files that is valid under the
    /// registry by which that file was judged. Where it is less than `shared`, the first version
    /// behind is held to be common by hash only, and is no proven ancestor.
    std::uint64_t proven = 0;
    std::uint64_t a_count = 0;  ///< Versions of each.
    std::uint64_t b_count = 0;

    /// Versions with the positions `shared + 1` to the last one are what each has added.
    [[nodiscard]] std::uint64_t a_added() const noexcept { return a_count - shared; }

    [[nodiscard]] std::uint64_t b_added() const noexcept { return b_count - shared; }

    /// One file's history under another file's id: a copy that was given another id, or whose id
    /// was changed, which its signatures do not show.
    [[nodiscard]] bool is_relabelled() const noexcept { return !same_file_id && shared > 0; }

    /// Position, from 1, of the last version that is proven to be common; nothing if none is.
    [[nodiscard]] std::optional<std::uint64_t> ancestor() const noexcept {
        return proven > 0 ? std::optional(proven) : std::nullopt;
    }

    friend bool operator==(const Comparison&, const Comparison&) = default;
};

/// Compares by the version hashes and what became of the signatures. Of INVALID files, too: then
/// `shared` is what their records say, and nothing says that they are anybody's. Of two files with
/// sound chains some twenty versions are looked at, else all.
[[nodiscard]] Comparison compare(const policy::Examination& a, const policy::Examination& b);

}  // namespace aion::report
