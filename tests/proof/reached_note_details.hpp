// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp for notes, checkpoints, policies and proofs of logs.
#pragma once

#include "proof/reached_trust_details.hpp"
#include "tlog/note_details.hpp"

namespace aion::proof {

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(tlog::NoteDetail detail);

}  // namespace aion::proof
