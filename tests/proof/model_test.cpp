// SPDX-License-Identifier: MIT OR Apache-2.0
// Random histories, lived through by the library and by the model beside this file: authors come,
// change keys and are revoked, clocks jump, signers fail, writers race, the power goes. After each
// step both must have accepted the same versions and give the same verdict, under the registry of
// the day and under earlier ones.
//
//   AION_MODEL_SEED=S   the history of seed S; a failure prints what to set
//   AION_MODEL_RUNS=N   N histories, from seed S or else from 1 (default 300)
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "proof/history.hpp"
#include "support/environment.hpp"
#include "support/world.hpp"

namespace aion::proof {
namespace {

TEST(Model, RandomHistoriesGoTheSameWay) {
    const bool one = std::getenv("AION_MODEL_SEED") != nullptr;
    const std::uint64_t first = test::number_from_environment("AION_MODEL_SEED", 1);
    const std::uint64_t runs = test::number_from_environment("AION_MODEL_RUNS", one ? 1 : 300);
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        History history(seed);
        const std::string difference = history.run();
        ASSERT_EQ(difference, "") << "AION_MODEL_SEED=" << seed << "\n" << history.told();
    }
    for (const auto& [what, times] : History::tally()) {
        std::cout << fmt::format("{:10} {}\n", times, what);
    }
    if (runs < 100) {
        return;
    }
    // A history in which nothing is refused, or nothing accepted, would prove little.
    for (const std::string_view what :
         {"accepted", "file_exists", "file_read_error", "verdict_invalid", "invalid_utf8",
          "invalid_timestamp", "unauthorized_signer", "key_mismatch", "signing_failed",
          "invalid_signature", "invalid_format", "invalid_public_key", "conflict", "VALID",
          "INVALID", "no_active_epoch", "pubkey_substitution", "clamped", "warning"}) {
        EXPECT_GE(History::tally()[std::string(what)], runs / 20) << what;
    }
    for (const std::string_view what :
         {"register accepted", "rotate accepted", "revoke accepted", "tighten accepted",
          "extend accepted", "scope accepted", "rekey accepted", "root accepted", "listed",
          "projected", "operation_not_permitted"}) {
        EXPECT_GE(History::tally()[std::string(what)], runs / 50) << what;
    }
}

}  // namespace
}  // namespace aion::proof
