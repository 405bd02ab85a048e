// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519/multiply_avx2.hpp"
#include "crypto/ed25519/multiply_portable.hpp"
#include "crypto/ed25519_probe_impl.hpp"

namespace aion::crypto::test {

const Probe avx2_probe = ProbeOf<ed25519::Avx2>::probe();

const LanesProbe avx2_lanes_probe{ed25519::Avx2::lanes, &judge_in_lanes<ed25519::Avx2>};

}  // namespace aion::crypto::test
