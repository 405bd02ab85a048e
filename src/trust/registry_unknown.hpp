// SPDX-License-Identifier: MIT OR Apache-2.0
// Keys of a registry's JSON that nobody knows.
#pragma once

#include <cstdint>

#include "aion/base/result.hpp"
#include "aion/trust/registry.hpp"
#include "base/json_reader.hpp"

namespace aion::trust {

/// Whose keys: the objects of docs/registry.md#the-file.
enum class KeysOf : std::uint8_t { top, author, epoch, revocation };

/// Adds to `unknown` what `object` has beside the keys of its kind, as in other people's notes.
/// Error: `invalid_format`, for one that was probably meant: a known key mistyped, or in a place
/// where it means nothing, or one that speaks of a revocation. Whoever wrote it would believe in an
/// effect that it does not have.
[[nodiscard]] Result<> note_unknown_keys(const json::ObjectReader& object, KeysOf kind,
                                         UnknownKeys& unknown);

}  // namespace aion::trust
