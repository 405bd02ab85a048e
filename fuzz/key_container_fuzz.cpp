// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes as a key container. Deriving keys is slow by design, so it is done once; everything
// else is the code that opens real files.
#include <cstdint>

#include "aion/trust/keystore.hpp"
#include "support/require.hpp"
#include "trust/key_container.hpp"

namespace {

namespace trust = aion::trust;
using aion::fuzz::require;

// Nobody seals under this key, so nothing may open.
const aion::crypto::SecretBytes& key() {
    static const aion::crypto::SecretBytes bytes(32);
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const aion::ByteView container(data, size);
    constexpr trust::KeyId id{50001};
    if (trust::check_local_container(container)) {
        require(size >= trust::local_container_size);
        require(!trust::open_local_key_with(id, container, key()));
    }
    if (trust::check_exported_container(container)) {
        require(size >= trust::exported_container_size);
        require(!trust::open_exported_key_with(id, container, key()));
    }
    if (trust::check_local_hybrid_container(container)) {
        require(size >= trust::local_hybrid_container_size);
        require(!trust::open_local_hybrid_with(id, aion::PublicKey(), container, key()));
    }
    if (trust::check_exported_hybrid_container(container)) {
        require(size >= trust::exported_hybrid_container_size);
        require(trust::is_exported_hybrid_key(container));
        require(!trust::open_exported_hybrid_with(id, container, key()));
    }
    return 0;
}
