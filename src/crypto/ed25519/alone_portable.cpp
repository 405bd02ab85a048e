// SPDX-License-Identifier: MIT OR Apache-2.0
// Single signatures of the engine in plain C++. A file of its own, so that what GCC inlines in
// path_portable.cpp does not depend on it.
#include "crypto/ed25519/multiply_portable.hpp"

#include "crypto/ed25519/halved.hpp"
#include "crypto/ed25519/kernel.hpp"

namespace aion::crypto::ed25519 {

bool verify_one_portable(const Job& job, const HalvedScalars& scalars) {
    return Halved<Portable<0>>::verify(job, scalars);
}

bool verify_whole_portable(const Job& job, const std::uint64_t (&k)[4], const Table& base) {
    return Kernel<Portable<0>>::whole(job, k, base);
}

}  // namespace aion::crypto::ed25519
