// SPDX-License-Identifier: MIT OR Apache-2.0
// What the reference made, from tests/data/supply.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/trust/registry.hpp"
#include "support/json_data.hpp"
#include "support/results.hpp"

namespace aion::test {

inline nlohmann::json supply_vectors(const std::string& name) {
    return json_data("supply/" + name);
}

/// `s1`, `s2`, `s3`: the keys of authors 1 to 3. `m1`: their master key.
inline crypto::SigningKey supply_key(const std::string& name) {
    const std::string seed = supply_vectors("keys.json")[name]["seed"];
    return ok(crypto::SigningKey::from_seed(ok(from_hex(seed))));
}

inline trust::Registry supply_registry() {
    return ok(trust::Registry::load(Env::system(), AION_TEST_DATA "/supply/registry.json"));
}

}  // namespace aion::test
