// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/receipt_issuer.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <string>
#include <vector>

#include "release/receipt_world.hpp"

namespace aion::release {
namespace {

using namespace test;

class Issued : public ReceiptWorld {
  protected:
    [[nodiscard]] ReceiptIssuer issuer(std::uint32_t block = 4, unsigned threads = 1) {
        return {env,
                key_of(aion::test::bobs),
                {.runtime = bob, .state = "/policies/state", .block = block, .threads = threads}};
    }

    [[nodiscard]] static std::vector<DecisionFacts> decisions(std::size_t count) {
        return std::vector<DecisionFacts>(
            count, {.decision = Decision::deny,
                    .inputs = {receipt_input("request", crypto::blake3(as_bytes("GET /")))}});
    }

    [[nodiscard]] static std::uint64_t number_of(const Receipt& receipt) {
        return ok(statement_of(receipt)).receipt_version.value;
    }

    [[nodiscard]] std::string state() const {
        const auto bytes = env.get("/policies/state");
        return bytes ? std::string(as_text(*bytes)) : "";
    }

    [[nodiscard]] std::vector<Receipt> must_issue(ReceiptIssuer& issuer, std::size_t count) const {
        return ok(issuer.issue(judged().current(), decisions(count)));
    }
};

TEST_F(Issued, AReceiptOfEachDecisionInOrder) {
    const auto opened = policy::open_verified(env, path, registry);
    ASSERT_TRUE(opened.has_value());
    ReceiptIssuer issuing = issuer();
    auto receipts = ok(issuing.issue(*opened, decisions(3)));
    const auto more = must_issue(issuing, 7);
    receipts.insert(receipts.end(), more.begin(), more.end());
    const JudgedPolicy policy = judged();
    ReplayMemory seen;
    for (std::size_t i = 0; i < receipts.size(); ++i) {
        EXPECT_EQ(failed(receipts[i], {.policy = &policy, .seen = &seen}), "") << i;
    }
    EXPECT_EQ(number_of(receipts[0]), 1U);
    EXPECT_EQ(number_of(receipts[2]), 3U);
    EXPECT_EQ(number_of(receipts[9]), number_of(receipts[3]) + 6);
    EXPECT_TRUE(must_issue(issuing, 0).empty());
}

TEST_F(Issued, SeveralThreadsMakeWhatOneDoes) {
    ReceiptIssuer issuing = issuer(4, 4);
    const auto receipts = must_issue(issuing, 200);
    const JudgedPolicy policy = judged();
    ReplayMemory seen;
    for (std::size_t i = 0; i < receipts.size(); ++i) {
        EXPECT_EQ(number_of(receipts[i]), 1 + i);
        EXPECT_EQ(failed(receipts[i], {.policy = &policy, .seen = &seen}), "") << i;
    }
    auto facts = decisions(50);
    facts[31].inputs.clear();
    EXPECT_EQ(issuing.issue(policy.current(), facts).error().detail(), "receipt_no_input");
}

TEST_F(Issued, ReceiptsOfSeveralIssuersHaveDistinctNumbers) {
    ReceiptIssuer first = issuer();
    ReceiptIssuer second = issuer();
    std::set<std::uint64_t> numbers;
    for (std::size_t i = 0; i < 10; ++i) {
        for (ReceiptIssuer* const one : {&first, &second}) {
            for (const Receipt& receipt : must_issue(*one, 3)) {
                EXPECT_TRUE(numbers.insert(number_of(receipt)).second);
            }
        }
    }
}

// Whenever the power goes, what was given out is not given out again.
TEST_F(Issued, NoNumberTwiceAfterACrash) {
    std::set<std::uint64_t> numbers;
    for (std::uint64_t at = 0; at < 60; ++at) {
        ReceiptIssuer issuing = issuer(2);
        env.set_fault([at](std::uint64_t index, const MemoryEnv::CallRecord&) {
            return index >= at ? EIO : 0;
        });
        for (int i = 0; i < 3; ++i) {
            const auto receipts =
                issuing.issue(PolicyInForce{.policy = {FileId{1}, VersionNumber{1}, alice},
                                            .trust = {alice, Epoch{0}}},
                              decisions(1));
            if (receipts) {
                EXPECT_TRUE(numbers.insert(number_of(receipts->front())).second) << at;
            }
        }
        env.cut_power({.seed = at, .keep_some = at % 2 == 0});
    }
    EXPECT_GT(numbers.size(), 20U);
}

TEST_F(Issued, WithTheCheckpointThatWasSeen) {
    const tlog::test::SmallLog log(5);
    const auto known = order_of(log.entries);
    ReceiptIssuer issuing = issuer();
    issuing.set_checkpoint(log.checkpoint_at(5));
    EXPECT_EQ(judge(must_issue(issuing, 1).front(), {.log = known.get(), .min_log_size = 5})
                  .seen_log_size,
              5U);
    EXPECT_EQ(issuing.issue(judged().current(), std::vector{DecisionFacts{}}).error().detail(),
              "receipt_no_input");
    issuing.set_checkpoint(std::nullopt);
    EXPECT_EQ(failed(must_issue(issuing, 1).front(), {.log = known.get(), .min_log_size = 5}),
              "freshness ");
}

TEST_F(Issued, NothingByAStateThatIsNotTheRuntimes) {
    for (const std::string text : {"", "{}", R"({"runtime":1001,"next_receipt_version":4})",
                                   R"({"runtime":1002,"next_receipt_version":-4})"}) {
        env.put("/policies/state", as_bytes(text));
        ReceiptIssuer issuing = issuer();
        const auto issued = issuing.issue(judged().current(), decisions(1));
        ASSERT_FALSE(issued.has_value()) << text;
        EXPECT_EQ(code_of(issued), ErrorCode::invalid_format);
        EXPECT_EQ(state(), text);
    }
}

TEST_F(Issued, NumbersEnd) {
    env.put("/policies/state",
            as_bytes(R"({"runtime":1002,"next_receipt_version":18446744073709551613})"));
    ReceiptIssuer issuing = issuer(100);
    EXPECT_EQ(ok(issuing.take(2)).value, UINT64_MAX - 2);
    EXPECT_EQ(code_of(issuing.take(1)), ErrorCode::version_overflow);
    EXPECT_EQ(code_of(issuer().take(1)), ErrorCode::version_overflow);
}

}  // namespace
}  // namespace aion::release
