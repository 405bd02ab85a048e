// SPDX-License-Identifier: MIT OR Apache-2.0
// Checkpoints (c2sp.org/tlog-checkpoint v1.0.0): what a log commits to, as the text of a signed
// note.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aion/base/result.hpp"
#include "aion/tlog/merkle.hpp"
#include "aion/tlog/note.hpp"

namespace aion::tlog {

/// Origin, size and root hash. Nothing else: lines behind them are refused, as nobody could say
/// what they commit to.
struct Checkpoint {
    std::string origin;  ///< The log's name, which is also that of its key.
    std::uint64_t size = 0;
    Sha256Tree::Digest root;

    /// Reads the text of a note. Of no entries there is one root only. Errors: `invalid_format`
    /// with the detail `checkpoint_bad_line` (naming the line) or `checkpoint_too_large`, for a
    /// size beyond `max_tree_size`.
    [[nodiscard]] static Result<Checkpoint> parse(std::string_view text);

    /// That of a note, of which nothing is verified. Errors: those of `Note::parse` and `parse`.
    [[nodiscard]] static Result<Checkpoint> of_note(std::string_view note);

    /// Three lines, each with its end.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// A checkpoint that somebody has seen, to be held against later ones.
struct SeenCheckpoint {
    std::string note;        ///< With its signatures.
    std::uint64_t time = 0;  ///< When that was, seconds since the epoch.
    friend bool operator==(const SeenCheckpoint&, const SeenCheckpoint&) = default;
};

/// Reads a note, has `log` judged as its signer, and gives out its checkpoint, whose origin is the
/// name of that key.
/// Errors: those of reading; `invalid_format` with the detail `note_not_signed` or
/// `note_wrong_signature`, or `checkpoint_other_origin`.
[[nodiscard]] Result<Checkpoint> open_checkpoint(std::string_view note, const NoteKey& log);

}  // namespace aion::tlog
