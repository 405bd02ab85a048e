// SPDX-License-Identifier: MIT OR Apache-2.0
// Compiled with flags of its own; see src/crypto/CMakeLists.txt.
#include "crypto/ed25519/alone.hpp"

namespace aion::crypto::ed25519 {

bool verify_alone_ifma(const Job& job, const HalvedScalars& scalars) {
    return __builtin_cpu_is("amd") != 0 ? Alone<true>::verify(job, scalars)
                                        : Alone<false>::verify(job, scalars);
}

}  // namespace aion::crypto::ed25519
