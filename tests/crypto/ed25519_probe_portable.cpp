// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519/multiply_portable.hpp"
#include "crypto/ed25519_probe_impl.hpp"

namespace aion::crypto::test {

const Probe portable_probe = ProbeOf<ed25519::Portable<0>>::probe();

}  // namespace aion::crypto::test
