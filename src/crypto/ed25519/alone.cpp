// SPDX-License-Identifier: MIT OR Apache-2.0
// Compiled with flags of its own; see src/crypto/CMakeLists.txt.
#include "crypto/ed25519/alone.hpp"

namespace aion::crypto::ed25519 {
namespace {

template <unsigned Count>
void verify(const Job* const (&jobs)[Count], const HalvedScalars* scalars,
            bool (&verdicts)[Count]) {
    if (__builtin_cpu_is("amd") != 0) {
        Alone<true>::verify<Count>(jobs, scalars, verdicts);
    } else {
        Alone<false>::verify<Count>(jobs, scalars, verdicts);
    }
}

}  // namespace

bool verify_one_ifma(const Job& job, const HalvedScalars& scalars) {
    const Job* const jobs[1] = {&job};
    bool verdicts[1];
    verify<1>(jobs, &scalars, verdicts);
    return verdicts[0];
}

void verify_two_ifma(const Job* const (&jobs)[2], const HalvedScalars (&scalars)[2],
                     bool (&verdicts)[2]) {
    verify<2>(jobs, scalars, verdicts);
}

}  // namespace aion::crypto::ed25519
