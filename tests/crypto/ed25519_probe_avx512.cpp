// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519/multiply_avx512.hpp"
#include "crypto/ed25519/multiply_ifma4.hpp"
#include "crypto/ed25519/multiply_portable.hpp"
#include "crypto/ed25519_probe_impl.hpp"

namespace aion::crypto::test {

const Probe avx512_probe = ProbeOf<ed25519::Avx512>::probe();
const Probe ifma4_probe = ProbeOf<ed25519::Ifma4<false>>::probe();
const Probe ifma4_quick_probe = ProbeOf<ed25519::Ifma4<true>>::probe();

const LanesProbe avx512_lanes_probe{ed25519::Avx512::lanes, &judge_in_lanes<ed25519::Avx512>};

}  // namespace aion::crypto::test
