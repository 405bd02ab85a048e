// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests commands/registry/exchange.cpp: as many authors as a registry may well have.
#include <array>
#include <chrono>
#include <cstdint>

#include "aion/crypto/signing.hpp"
#include "aion/trust/registry.hpp"
#include "cli/scenario.hpp"

namespace aion::test {
namespace {

PublicKey key_number(std::uint32_t number) {
    std::array<std::uint8_t, 32> seed{};
    for (std::size_t i = 0; i < 4; ++i) {
        seed[i] = static_cast<std::uint8_t>(number >> (8U * i));
    }
    return crypto::SigningKey::from_seed(seed)->public_half();
}

class ManyAuthors : public Scenario {};

TEST_F(ManyAuthors, AreImportedInTheTimeThatTheyTakeTogether) {
    constexpr std::uint32_t count = 20'000;
    trust::Registry registry;
    const PublicKey master = key_number(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        ASSERT_TRUE(registry.pin(AuthorId{i}, master, key_number(i)));
    }
    write("reg.json", registry.to_json());
    make_key(9);
    const auto begin = std::chrono::steady_clock::now();
    must({"registry", "import", "reg.json", "--root-key", "9", "--output", "chain.json"});
    // Record by record, each with a copy of all before it, it took many minutes.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(90));
    const auto imported = trust::Registry::load(Env::system(), path("chain.json"));
    ASSERT_TRUE(imported) << imported.error().full_message();
    EXPECT_EQ(imported->authors(), registry.authors());
}

}  // namespace
}  // namespace aion::test
