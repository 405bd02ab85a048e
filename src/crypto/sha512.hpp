// SPDX-License-Identifier: MIT OR Apache-2.0
// SHA-512 (FIPS 180-4), which some name blobs by.
#pragma once

#include <memory>

#include "aion/base/bytes.hpp"

namespace aion::crypto {

/// A SHA-512 digest.
using Sha512Digest = Octets<64, struct Sha512Purpose>;

/// SHA-512 of data that arrives in pieces. Throws std::bad_alloc.
class Sha512 {
  public:
    Sha512();
    ~Sha512();
    Sha512(const Sha512&) = delete;
    Sha512& operator=(const Sha512&) = delete;
    Sha512(Sha512&&) = delete;
    Sha512& operator=(Sha512&&) = delete;

    void update(ByteView data);

    /// The digest of everything; nothing may follow.
    [[nodiscard]] Sha512Digest digest();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace aion::crypto
