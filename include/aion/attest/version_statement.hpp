// SPDX-License-Identifier: MIT OR Apache-2.0
// An attestation of a version as the payload of an envelope (supply/envelope.hpp,
// `version_attestation_type`), for whoever collects envelopes. What counts for a verdict is the
// attestation beside the file (container.hpp), which signs other bytes.
#pragma once

#include <string>

#include "aion/base/ids.hpp"
#include "aion/format/records.hpp"

namespace aion::attest {

/// JSON in one line with the members `_type`, `signer` and `version`: the reference's bytes. Of a
/// version and a signer there is exactly one, so that a payload is about a version if it is equal
/// to this.
[[nodiscard]] std::string version_statement(const format::VersionRecord& version, AuthorId signer);

}  // namespace aion::attest
