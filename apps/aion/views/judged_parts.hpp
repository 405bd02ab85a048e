// SPDX-License-Identifier: MIT OR Apache-2.0
// What every view of one file that was judged says first, and says alike (docs/cli.md#aion-log).
#pragma once

#include <string>
#include <string_view>

#include "aion/base/document_writer.hpp"
#include "aion/base/twins.hpp"
#include "aion/policy/examine.hpp"
#include "shell/console.hpp"

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

/// `VALID: 3 versions, head 5ca22a06…`, `INVALID: {reason}`, or that it was not verified. `note` is
/// put behind it.
void write_verdict_line(Stream& out, const JudgedFile& judged, std::string_view note = {});

/// The members `path` and `verification` of the object that is begun.
void write_verification(DocumentWriter& out, Twins& twins, const JudgedFile& judged);

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
