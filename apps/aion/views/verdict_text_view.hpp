// SPDX-License-Identifier: MIT OR Apache-2.0
// Verdicts for people: the verdict first, then why not, then what it does not prove.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "views/text_width.hpp"
#include "views/verdict_view.hpp"

namespace aion::cli {

/// One file, on as many lines as it takes:
///
///     INVALID  policy.aion  2 versions, head 5ca22a06…
///       chain       parent_hash_mismatch: … (offset 417)
void write_block(Stream& out, const VerdictView& view);

/// Each gate and what it came to, of one that failed with what it found first.
void write_gate_states(Stream& out, const policy::VerificationReport& report);

/// One of several files, on one line. `width`: columns for the path.
void write_row(Stream& out, const VerdictView& view, std::size_t width);
void write_row(Stream& out, const NoVerdictView& view, std::size_t width);

/// How many of several files came to what.
struct Tally {
    std::uint64_t valid = 0;
    std::uint64_t invalid = 0;
    std::uint64_t without_verdict = 0;

    [[nodiscard]] std::uint64_t files() const noexcept { return valid + invalid + without_verdict; }
};

void write_tally(Stream& out, const Tally& tally);

/// What VALID leaves open, on one line, or `explained`: a sentence for each. Nothing if nothing is.
void write_not_proven(Stream& out, const std::vector<policy::Unauthenticated>& open,
                      bool explained);

}  // namespace aion::cli
