// SPDX-License-Identifier: MIT OR Apache-2.0
// A proof that an entry is in a log, to be carried beside what was logged (c2sp.org/tlog-proof):
// an index, an inclusion proof, and the note of the checkpoint that it leads to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/tlog/merkle.hpp"
#include "aion/tlog/policy.hpp"

namespace aion::tlog {

/// Of a proof's text in bytes.
inline constexpr std::size_t max_proof_size = std::size_t{2} << 20U;

/// A proof as it stands, of which nothing is verified.
struct LogProof {
    /// Anything; nothing in it is authenticated. Ours is the entry itself.
    std::optional<Bytes> extra;
    std::uint64_t index = 0;
    std::vector<Sha256Tree::Digest> path;
    std::string checkpoint;  ///< The whole signed note.

    /// Errors: `invalid_format` with the detail `proof_bad_line` (naming the line); those of
    /// `Note::parse` and `Checkpoint::parse`; `proof_bad_index`; `proof_wrong_length`.
    [[nodiscard]] static Result<LogProof> parse(std::string_view text);

    [[nodiscard]] std::string str() const;
};

/// Whether a log that the policy accepts has `entry` at the proof's index.
/// Errors: `invalid_format` as `LogPolicy::judge` and `verify_inclusion`.
[[nodiscard]] Result<AcceptedCheckpoint> verify_proof(const LogProof& proof, ByteView entry,
                                                      const LogPolicy& policy);

}  // namespace aion::tlog
