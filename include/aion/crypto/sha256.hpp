// SPDX-License-Identifier: MIT OR Apache-2.0
// SHA-256 (FIPS 180-4), for what other programs name files by. Format v2 itself hashes with BLAKE3
// (hash.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "aion/base/bytes.hpp"

namespace aion::crypto {

/// A SHA-256 digest.
using Sha256Digest = Octets<32, struct Sha256Purpose>;

/// SHA-256 of data that arrives in pieces. One object is for one thread at a time.
class Sha256 {
  public:
    /// Throws std::bad_alloc, as do the others.
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    /// Appends `data`.
    Sha256& update(ByteView data);

    /// The digest of everything so far. To be called once, after which nothing may be appended.
    [[nodiscard]] Sha256Digest digest();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// SHA-256 of `data`. Throws std::bad_alloc.
[[nodiscard]] Sha256Digest sha256(ByteView data);

}  // namespace aion::crypto
