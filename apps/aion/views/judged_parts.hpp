// SPDX-License-Identifier: MIT OR Apache-2.0
// What every view of one file that was judged says first, and says alike (docs/cli.md#aion-log).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "aion/base/document_writer.hpp"
#include "aion/base/twins.hpp"
#include "aion/policy/examine.hpp"
#include "shell/console.hpp"
#include "shell/judged.hpp"

namespace aion::cli {

/// A file that was judged, as it is shown.
struct JudgedFile {
    std::string_view path;  ///< As given on the command line.
    const policy::Examination& file;
    bool verified = true;      ///< False: --no-verify, the verdict is nobody's business.
    bool has_registry = true;  ///< False: signatures mean nothing.

    [[nodiscard]] const policy::VerificationReport& report() const noexcept {
        return file.report();
    }

    /// Whether anything of it may be asserted: it is VALID, by the rules of ours.
    [[nodiscard]] bool is_proven() const noexcept {
        return verified && report().is_valid() && report().profile == policy::Profile::strict;
    }

    /// What the signature of `version` came to.
    [[nodiscard]] policy::SignatureState state_of(
        const policy::ExaminedVersion& version) const noexcept {
        return has_registry ? version.signature : policy::SignatureState::not_judged;
    }
};

/// `judged` as `arguments` asked for it.
[[nodiscard]] inline JudgedFile shown_as(const Judged& judged, const JudgeArguments& arguments) {
    return {.path = arguments.file,
            .file = judged.file,
            .verified = !arguments.no_verify,
            .has_registry = judged.has_registry};
}

/// `VALID: 3 versions, head 5ca22a06…`, `INVALID: {reason}`, or that it was not verified. `note` is
/// put behind it.
void write_verdict_line(Stream& out, const JudgedFile& judged, std::string_view note = {});

/// Adds members to an object that is begun.
using Members = std::function<void(Twins& twins)>;

/// The items of a document on a file that was judged: of a history, of a trail.
struct JudgedItems {
    std::string_view key;
    std::function<void()> write;  ///< One after the other, into the document.
};

/// An object of `path`, `verification`, the members of `head`, and the items; behind them, `tail`.
/// `as_lines`: a line without the items and `tail`, then one for each item.
void write_judged(DocumentWriter& out, const JudgedFile& judged, bool as_lines, const Members& head,
                  const JudgedItems& items, const Members& tail = {});

/// `valid`, or of a file that is not proven `verifies`; `refused` with why, `not judged`: painted.
/// `why`: also in which way it is refused.
[[nodiscard]] std::string signature_text(const Stream& out, const JudgedFile& judged,
                                         const policy::ExaminedVersion& version);

/// The first 16 digits of a key or hash, and that there are more.
[[nodiscard]] std::string shortened(const Stream& out, std::string_view hex);

/// The members of one version that every document has alike, from `version_number` on: who, when,
/// what; not those of its signature.
void write_version_members(DocumentWriter& out, Twins& twins,
                           const policy::ExaminedVersion& version);
/// And those of its signature: `signature`, `refused`, `why`, `public_key`.
void write_signature_members(DocumentWriter& out, const JudgedFile& judged,
                             const policy::ExaminedVersion& version);

}  // namespace aion::cli
