// SPDX-License-Identifier: MIT OR Apache-2.0
// Whose signatures a checkpoint must have before it is believed (c2sp.org/tlog-policy): a log, and
// a quorum of witnesses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/result.hpp"
#include "aion/tlog/checkpoint.hpp"
#include "aion/tlog/note.hpp"

namespace aion::tlog {

/// Of a policy's text in bytes.
inline constexpr std::size_t max_policy_size = std::size_t{1} << 20U;
/// Of logs, of witnesses, of groups, each.
inline constexpr std::size_t max_policy_names = 1024;

/// A checkpoint that a policy accepts.
struct AcceptedCheckpoint {
    Checkpoint checkpoint;
    NoteKey log;                         ///< The key of the log that signed it.
    std::vector<std::string> witnesses;  ///< By the names of the policy: those who cosigned it.
    /// The earliest time that the latest cosignatures which were needed give, seconds: since then
    /// a quorum has seen it. Nothing where the policy needs none, or one of those gives no time.
    std::optional<std::uint64_t> time;
};

/// A policy, read. Lines are `log VKEY [URL]`, `witness NAME VKEY [URL]`,
/// `group NAME K|any|all MEMBER…` and one `quorum NAME|none`; `#` begins a comment.
///
/// Stricter than the specification in two points: the last line has an end, too, since what is cut
/// off could have been the rest of a name; and no two keys have one name and id.
class LogPolicy {
  public:
    struct Log {
        NoteKey key;
        std::string url;  ///< Empty where none is given.
    };

    struct Witness {
        std::string name;
        NoteKey key;
        std::string url;
    };

    /// Errors: `invalid_format` with the detail `policy_bad_line`, naming line and reason.
    [[nodiscard]] static Result<LogPolicy> parse(std::string_view text);

    /// A policy of one log and nobody else.
    [[nodiscard]] static LogPolicy of(NoteKey log);

    /// The same, and one more key is one of a log.
    [[nodiscard]] LogPolicy with_log(NoteKey log) const;

    /// The same logs, but nobody has to witness: for what was logged just now.
    [[nodiscard]] LogPolicy without_witnesses() const;

    [[nodiscard]] const std::vector<Log>& logs() const noexcept { return logs_; }

    [[nodiscard]] const std::vector<Witness>& witnesses() const noexcept { return witnesses_; }

    /// Whether any witness is needed.
    [[nodiscard]] bool needs_witnesses() const noexcept { return quorum_.has_value(); }

    /// Judges the note of a checkpoint: signed by one of the logs, whose name is its origin, and
    /// cosigned by the quorum.
    /// Errors: those of reading; `invalid_format` with the detail `note_not_signed`,
    /// `note_wrong_signature`, `checkpoint_other_origin`, or `policy_no_quorum`.
    [[nodiscard]] Result<AcceptedCheckpoint> judge(std::string_view note) const;

  private:
    friend class PolicyReader;

    /// A witness or a group of earlier ones. Members are places in `nodes_`.
    struct Node {
        std::string name;
        std::optional<std::size_t> witness;
        std::size_t needed = 0;
        std::vector<std::size_t> members;
    };

    std::vector<Log> logs_;
    std::vector<Witness> witnesses_;
    std::vector<Node> nodes_;
    std::optional<std::size_t> quorum_;
};

}  // namespace aion::tlog
