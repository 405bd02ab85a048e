// SPDX-License-Identifier: MIT OR Apache-2.0
// The member `verification` of an export, both ways: written, and taken from what an export says.
// What is taken can be written again, and where that comes out different, the export says what no
// verdict says.
#pragma once

#include <cstdint>
#include <optional>

#include "aion/base/document_writer.hpp"
#include "aion/policy/examine.hpp"
#include "aion/policy/report.hpp"
#include "aion/report/export.hpp"
#include "base/value.hpp"

namespace aion::report {

/// Which bytes a verdict is about.
struct Judged {
    std::uint64_t file_size = 0;
    std::optional<policy::FileDigests> file;
    policy::FileDigests registry;
    Hash fingerprint;
};

[[nodiscard]] Judged judged_of(const Export& what);

/// The value of the member.
void write_verification(DocumentWriter& out, const policy::VerificationReport& report,
                        const Judged& judged);

/// A verdict as an export states it.
struct StatedVerdict {
    policy::VerificationReport report;
    Judged judged;
};

/// What the export `root` states, as far as it can be understood, without its contradictions: a
/// gate has failed that has findings; of what is not authenticated, pins can only take away.
[[nodiscard]] StatedVerdict verdict_from(const Value& root);

/// Whether the run of an export had pins, as it says; nothing if it does not.
[[nodiscard]] std::optional<bool> stated_pinned(const Value& root);

/// `report` as if nothing had been pinned.
[[nodiscard]] policy::VerificationReport without_pins(policy::VerificationReport report);

}  // namespace aion::report
