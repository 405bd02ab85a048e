// SPDX-License-Identifier: MIT OR Apache-2.0
// Uses something behind which each library that we link stands: BLAKE3 (hash, on
// several threads), libcrypto (signature), fmt (message), SQLite (pins), yaml-cpp (difference).
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "aion/aion.hpp"
#include "aion/crypto/hash.hpp"

int main() {
    const std::vector<std::uint8_t> data(1U << 20U, 7);
    const aion::Hash hash = aion::crypto::blake3(data, aion::crypto::Parallelism::all_cores);

    const std::array<std::uint8_t, 32> seed{1};
    auto key = aion::crypto::SigningKey::from_seed(seed);
    if (!key || !key->sign(hash.view())) {
        return 1;
    }
    const auto refused = aion::crypto::SigningKey::from_seed(std::array<std::uint8_t, 3>{});
    if (refused || refused.error().message().empty()) {
        return 2;
    }
    const auto pins = aion::archive::open_pin_file(aion::Env::system(), "no-such-folder/pins.db",
                                                   aion::archive::PinFileMode::existing);
    if (pins || pins.error().code() != aion::ErrorCode::file_not_found) {
        return 3;
    }
    const auto diff = aion::report::structural_diff("limit: 100", "limit: 1e2");
    if (!diff || !diff->changes.empty()) {
        return 4;
    }
    std::printf("aion %s: %s\n", std::string(aion::version_string).c_str(),
                refused.error().message().c_str());
    return 0;
}
