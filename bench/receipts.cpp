// SPDX-License-Identifier: MIT OR Apache-2.0
// Receipts of decisions: how many a runtime makes, on one core or all, and a verifier judges. What
// bounds both is Ed25519, which stands beside them.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/release/receipt_issuer.hpp"
#include "aion/release/receipt_verdict.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program
using release::DecisionFacts;

constexpr AuthorId author{1001};
constexpr AuthorId runtime{1002};

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::abort();
    }
    return *std::move(result);
}

crypto::SigningKey key_of(std::uint8_t filler) {
    return must(crypto::SigningKey::from_seed(Bytes(32, filler)));
}

const release::PolicyInForce& in_force() {
    static const release::PolicyInForce policy{.policy = {FileId{7}, VersionNumber{3}, author},
                                               .trust = {author, Epoch{0}}};
    return policy;
}

std::vector<DecisionFacts> decisions(std::size_t count) {
    return std::vector<DecisionFacts>(
        count, {.decision = release::Decision::allow,
                .inputs = {release::receipt_input("request", crypto::blake3(as_bytes("GET /"))),
                           release::receipt_input("session", crypto::blake3(as_bytes("s1")))}});
}

// With a state file on a disk, flushed whenever a block of numbers is used up.
class Issuing {
  public:
    explicit Issuing(unsigned threads = 1)
        : folder_(std::filesystem::temp_directory_path() / "aion-receipts-bench"),
          key_(key_of(0x22)),
          issuer_((std::filesystem::create_directories(folder_), Env::system()), key_,
                  {.runtime = runtime, .state = folder_ / "state", .threads = threads}) {}

    ~Issuing() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    Issuing(const Issuing&) = delete;
    Issuing& operator=(const Issuing&) = delete;

    release::ReceiptIssuer& issuer() { return issuer_; }

  private:
    std::filesystem::path folder_;
    crypto::SigningKey key_;
    release::ReceiptIssuer issuer_;
};

void issue(benchmark::State& state) {
    Issuing issuing(static_cast<unsigned>(state.range(1)));
    const auto facts = decisions(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        benchmark::DoNotOptimize(must(issuing.issuer().issue(in_force(), facts)));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

// The bound: the same texts signed, and nothing else.
void sign(benchmark::State& state) {
    Issuing issuing;
    const auto receipts = must(issuing.issuer().issue(in_force(), decisions(1)));
    crypto::SigningKey key = key_of(0x22);
    for (auto _ : state) {
        benchmark::DoNotOptimize(must(key.sign(receipts.front().envelope.payload)));
    }
    state.SetItemsProcessed(state.iterations());
}

void judge(benchmark::State& state) {
    Issuing issuing;
    const auto receipts = must(issuing.issuer().issue(in_force(), decisions(256)));
    trust::Registry registry;
    must(registry.pin(author, key_of(0x91).public_half(), key_of(0x11).public_half()));
    must(registry.pin(runtime, key_of(0x92).public_half(), key_of(0x22).public_half()));
    crypto::KeyCache keys;
    for (auto _ : state) {
        for (const release::Receipt& receipt : receipts) {
            if (!release::judge_receipt(receipt, registry, {.keys = &keys}).is_valid()) {
                std::abort();
            }
        }
    }
    state.SetItemsProcessed(state.iterations() * 256);
}

BENCHMARK(issue)
    ->Args({1, 1})
    ->Args({64, 1})
    ->Args({1024, 1})
    ->Args({64, 0})
    ->Args({1024, 0})
    ->UseRealTime();
BENCHMARK(sign);
BENCHMARK(judge);

}  // namespace

BENCHMARK_MAIN();
