// SPDX-License-Identifier: MIT OR Apache-2.0
// Verifying an archive: all of its files, what was remembered of them, and what they are to each
// other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "aion/archive/ledger.hpp"
#include "aion/archive/names.hpp"
#include "aion/archive/result_cache.hpp"
#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/verify.hpp"
#include "aion/policy/verify_many.hpp"
#include "aion/trust/registry.hpp"

namespace aion::archive {

struct VerifyOptions {
    policy::VerifyOptions judging = {};  ///< `list_history` is always set.
    ResultCache* cache = nullptr;        ///< What was VALID and did not change is not judged again.
    /// Read what the cache knows all the same, and compare its hash with the one then.
    bool rehash = false;
    bool fail_fast = false;  ///< Stop behind the first file that is not VALID.
};

/// One file of the archive.
struct Row {
    const std::filesystem::path& path;
    const Result<policy::VerificationReport>& report;  ///< Or why there is no verdict.
    std::uint64_t size = 0;                            ///< Bytes; 0 if unknown.
    bool remembered = false;                           ///< The verdict is the cache's.
    std::uint64_t position = 0;                        ///< `Name::position`.
    /// Of a part: what could not be looked into, which every part tells of.
    bool is_in_every_part = false;
};

/// What they come to.
struct Tally {
    std::uint64_t valid = 0;
    std::uint64_t invalid = 0;
    std::uint64_t unreadable = 0;  ///< Without a verdict.
    std::uint64_t remembered = 0;  ///< Of `valid`.
    std::uint64_t bytes = 0;
    bool stopped = false;  ///< By `fail_fast` or `tell`, and there was another name.

    [[nodiscard]] std::uint64_t files() const noexcept { return valid + invalid + unreadable; }

    /// Counts one more file.
    void count(const Row& row) noexcept;
};

using RowSink = std::function<policy::Next(const Row&)>;

/// Judges each of `names` under `registry`, which is one snapshot for all of them, and tells `tell`
/// of every one in the order of the names, on the calling thread; VALID ones are put into `ledger`,
/// if there is one, to be compared in the end. Nothing but regular files is read. A file that is
/// hostile, unreadable or gone is a row and stops nothing.
/// Memory does not grow with the number of files, save for what `ledger` says of itself.
/// Errors: `interrupted`; those of `Ledger::add`. May throw `std::bad_alloc` and what `tell`
/// throws.
[[nodiscard]] Result<Tally> verify(Env& env, Names& names, const trust::Registry& registry,
                                   const VerifyOptions& options, const RowSink& tell,
                                   Ledger* ledger = nullptr);

}  // namespace aion::archive
