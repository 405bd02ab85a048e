// SPDX-License-Identifier: MIT OR Apache-2.0
// Members that several documents of this room have alike.
#pragma once

#include <span>

#include "aion/base/document_writer.hpp"
#include "aion/policy/pins.hpp"
#include "aion/policy/report.hpp"
#include "aion/report/compliance.hpp"
#include "aion/report/verdict_members.hpp"  // IWYU pragma: export
#include "aion/trust/registry.hpp"
#include "report/words.hpp"

namespace aion::report {

/// The member `unauthenticated`, of a list, or all of `open_points`: of a file that is not proven
/// nothing is authenticated.
void write_unauthenticated(DocumentWriter& out, std::span<const OpenPoint> open);
void write_unauthenticated(DocumentWriter& out, const policy::VerificationReport& verdict);
/// The member `temporal_warnings`.
void write_temporal_warnings(DocumentWriter& out, const policy::VerificationReport& verdict);
/// The member `framework_sections`.
void write_sections(DocumentWriter& out, std::span<const Section> sections);
/// `proof`, `fingerprint`, `number` and `head`: as `write_registry`, in an object that is there.
void write_proof(DocumentWriter& out, const trust::Registry& registry);
void write_proof(DocumentWriter& out, const RegistryFacts& registry);
/// The members `registry`, `profile`, `pins`, `tool`, `generated_at_ns` and its twins.
void write_run(DocumentWriter& out, const Run& run, const RegistryFacts& registry,
               policy::Profile profile, const policy::Pins& pins);

}  // namespace aion::report
