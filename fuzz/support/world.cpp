// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/world.hpp"

#include <string_view>

#include "aion/base/hex.hpp"
#include "support/require.hpp"

namespace aion::fuzz {
namespace {

crypto::SigningKey key_from(std::string_view seed) {
    auto key = crypto::SigningKey::from_seed(*from_hex(seed));
    require(key.has_value());
    return *std::move(key);
}

}  // namespace

// Seeds: tests/data/vectors/index.json.
crypto::SigningKey& author_key() {
    static crypto::SigningKey key =
        key_from("68964d9338b93e161c5145248fe3559ad5153d30f9bd341359bc105e85ae5cd0");
    return key;
}

crypto::SigningKey& colleague_key() {
    static crypto::SigningKey key =
        key_from("45d3effb69ee50c5dc1b458b9c8b2e041823c1f19b17d4df66914f6a6581971f");
    return key;
}

crypto::SigningKey& master_key() {
    static crypto::SigningKey key =
        key_from("4590ce15eedccf3259aed8a465e06b918f677f950b883ad8105e99b47721f524");
    return key;
}

const trust::Registry& registry() {
    static const trust::Registry known = [] {
        const PublicKey master = master_key().public_half();
        trust::Registry made;
        require(made.pin(author, master, author_key().public_half()).has_value());
        require(made.pin(colleague, master, colleague_key().public_half()).has_value());
        return made;
    }();
    return known;
}

}  // namespace aion::fuzz
