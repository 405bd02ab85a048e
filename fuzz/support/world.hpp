// SPDX-License-Identifier: MIT OR Apache-2.0
// Who is trusted where the fuzzer plays: the keys of tests/data/vectors, so that those files are
// genuine here.
#pragma once

#include "aion/base/ids.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/trust/registry.hpp"

namespace aion::fuzz {

inline constexpr AuthorId author{1001};
inline constexpr AuthorId colleague{1002};
/// A day after the vectors were written.
inline constexpr Timestamp now{1'767'312'000'000'000'000};

/// `a1`, which signs for `author`.
[[nodiscard]] crypto::SigningKey& author_key();
/// `a2`, which signs for `colleague`.
[[nodiscard]] crypto::SigningKey& colleague_key();
/// `m1`, the master key of both here.
[[nodiscard]] crypto::SigningKey& master_key();
/// Pins both authors.
[[nodiscard]] const trust::Registry& registry();

}  // namespace aion::fuzz
