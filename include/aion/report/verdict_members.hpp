// SPDX-License-Identifier: MIT OR Apache-2.0
// What documents say of a verdict, in the same members wherever they say it
// (docs/cli.md#aion-verify).
#pragma once

#include <span>

#include "aion/base/document_writer.hpp"
#include "aion/policy/report.hpp"
#include "aion/trust/registry.hpp"

namespace aion::report {

/// The member `gates`, in the order of the gates.
void write_gates(DocumentWriter& out, const policy::VerificationReport& verdict);
/// The member `findings`: all that are kept.
void write_findings(DocumentWriter& out, const policy::VerificationReport& verdict);
/// The member `unauthenticated`.
void write_unauthenticated(DocumentWriter& out, std::span<const policy::Unauthenticated> open);
/// The member `registry`: under what a verdict was reached, and how far that proves itself. `proof`
/// (`unproven` or `chain`), `fingerprint`, and of a chain `number` and `head`, its last record.
void write_registry(DocumentWriter& out, const trust::Registry& registry);
/// The value of an epoch and its window, or null.
void write_epoch(DocumentWriter& out, const trust::EpochRecord* epoch);

}  // namespace aion::report
