// SPDX-License-Identifier: MIT OR Apache-2.0
// Conflicts between two files in the reference's model, and the markers that show two contents in
// one text. `local` and `remote` are the reference's words for the first and the second file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/base/result.hpp"
#include "aion/base/variant.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/diff.hpp"

namespace aion::report {

/// Both sides have versions of their own.
struct Divergent {
    VersionNumber common_ancestor;  ///< 0: none.
    VersionNumber local_version;
    VersionNumber remote_version;
    friend bool operator==(const Divergent&, const Divergent&) = default;
};

/// The sides have something else in the same place.
struct ContentMismatch {
    VersionNumber version;  ///< 0: the file ids, not a version.
    std::string local_hash;
    std::string remote_hash;
    friend bool operator==(const ContentMismatch&, const ContentMismatch&) = default;
};

/// A version's number is not its position.
struct VersionGap {
    VersionNumber expected;
    VersionNumber found;
    friend bool operator==(const VersionGap&, const VersionGap&) = default;
};

struct NoConflict {
    friend bool operator==(const NoConflict&, const NoConflict&) = default;
};

/// No conflict is to be seen, which means nothing: nobody vouches for what one side, or both, says.
struct NotJudged {
    bool local_is_proven = false;  ///< VALID by the strict profile.
    bool remote_is_proven = false;
    friend bool operator==(const NotJudged&, const NotJudged&) = default;
};

using ConflictType = Variant<Divergent, ContentMismatch, VersionGap, NoConflict, NotJudged>;

/// The reference's text, e.g. `Divergent histories from version 2: local=4, remote=3`; of
/// `NotJudged`, which it does not have, ours.
[[nodiscard]] std::string describe(const ConflictType& type);
/// As the reference's JSON has it: an object with the variant's name as its only key, or `"None"`.
void write(DocumentWriter& out, const ConflictType& type);

/// Advice; nothing is merged. `KeepNewest` and `Append` are in the model and never given.
enum class MergeStrategy : std::uint8_t { KeepLocal, KeepRemote, KeepNewest, Manual, Append };
/// `KeepLocal` and so on: the reference's names, stable.
[[nodiscard]] std::string_view name_of(MergeStrategy strategy) noexcept;
/// `Keep local`, `Manual merge required` and so on: the reference's texts.
[[nodiscard]] std::string_view describe(MergeStrategy strategy) noexcept;

struct ConflictReport {
    ConflictType type;
    std::uint64_t local_version_count = 0;
    std::uint64_t remote_version_count = 0;
    MergeStrategy suggested_strategy = MergeStrategy::KeepLocal;
    friend bool operator==(const ConflictReport&, const ConflictReport&) = default;
};

/// By file ids and version hashes. `compared`: what `compare` says of the two. A chain with a gap
/// is told before anything that its versions say. `NoConflict`, and any advice but `Manual`, only
/// of two files that are VALID by the strict profile: whoever forges a longer history would else
/// have it kept.
[[nodiscard]] ConflictReport detect_conflict(const policy::Examination& local,
                                             const policy::Examination& remote,
                                             const Comparison& compared);

/// By the reference's rules, which look at rules hashes only, and of two histories of the same
/// length only at the last ones. So it says `None` of histories that differ in the middle and end
/// alike, of versions by another author or with another time, and of files that are INVALID.
[[nodiscard]] ConflictReport detect_like_reference(const policy::Examination& local,
                                                   const policy::Examination& remote,
                                                   const Comparison& compared);

/// Two contents and what they are called; all of it is borrowed.
struct ConflictTexts {
    std::string_view local;
    std::string_view remote;
    std::string_view local_label;  ///< Control characters are escaped.
    std::string_view remote_label;
};

/// Tells `sink` both contents in one text, piece by piece, as git shows a conflict: lines that both
/// have once, others between markers. The markers are of 7 characters, or longer, so that no line
/// of the contents is taken for one. A content that ends without a line feed inside markers is
/// followed by a line of backslashes. Equal contents are told as they are.
/// Errors, before anything is told: `invalid_format`, with the detail `text_too_many_lines` if
/// there are more than `most_lines` (text_diff.hpp), or `text_like_markers` if the contents have
/// lines like markers of every length up to 32, or one of more that begins a conflict.
[[nodiscard]] Result<> make_conflict_markers(const ConflictTexts& texts, const TextSink& sink);

/// Whether `make_conflict_markers` makes a text of these contents, and if not, why.
[[nodiscard]] Result<> check_conflict_markers(std::string_view local, std::string_view remote);

/// What a text with markers was made of.
struct ConflictSides {
    std::string local;
    std::string remote;
    std::string local_label;
    std::string remote_label;
};

/// Whether `text` has a conflict that `parse_conflict_markers` finds.
[[nodiscard]] bool has_conflict_markers(std::string_view text);

/// What `make_conflict_markers` made the text of; also of what the reference and git write, the
/// labels those of the first conflict. What both came from, which git shows behind `|||||||` with
/// merge.conflictStyle diff3 and zdiff3, is left out. Nothing if there is no conflict, or one that
/// does not end. Markers stand at the beginning of a line, and the longest ones of `<` say how long
/// they are: the reference finds `=======` anywhere, and cuts content in the wrong place. (With
/// longer markers git writes a conflict inside of what both came from, if there is more than one
/// such: that is then taken for the conflict.)
[[nodiscard]] std::optional<ConflictSides> parse_conflict_markers(std::string_view text);

}  // namespace aion::report
