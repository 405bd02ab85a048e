// SPDX-License-Identifier: MIT OR Apache-2.0
// Getting a mutated file past the gates that no mutator passes by chance.
#pragma once

#include <cstdint>

#include "aion/base/bytes.hpp"

namespace aion::fuzz {

/// How much of a file is made to agree with the rest of it. Each includes those before it.
enum class Repair : std::uint8_t {
    nothing,
    hash,        ///< The trailing hash.
    links,       ///< Parent hashes and audit links; every version is signed by `author_key`.
    everything,  ///< Numbers, authors, times, actions, header, and the payload is sealed again.
};

/// Mends what can be located; what cannot, and everything about layout and messages, stays as it
/// is. The same bytes always become the same file. At most 32 versions are signed.
void repair(Bytes& file, Repair how);

}  // namespace aion::fuzz
