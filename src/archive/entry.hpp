// SPDX-License-Identifier: MIT OR Apache-2.0
// A remembered verdict as bytes.
#pragma once

#include <optional>

#include "aion/base/bytes.hpp"
#include "aion/policy/pins.hpp"
#include "aion/policy/report.hpp"

namespace aion::archive {

/// The larger ones, of histories of some two million versions, are not remembered.
inline constexpr std::size_t max_entry_size = std::size_t{63} << 20U;

/// Nothing for a verdict that is not to be remembered: one that is not VALID, does not tell the
/// history, has remarks about times, which depend on the clock, or is too large. What a store of
/// pins said is left out, as that is asked again: the report is as what the caller expects alone
/// makes it, `pins` and, if `is_asked`, what else the pin gate was asked.
[[nodiscard]] std::optional<Bytes> encoded(const policy::VerificationReport& report,
                                           const policy::Pins& pins, bool is_asked);

/// Nothing for bytes that are no such entry.
[[nodiscard]] std::optional<policy::VerificationReport> decoded_entry(ByteView bytes);

}  // namespace aion::archive
