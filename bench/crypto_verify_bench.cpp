// SPDX-License-Identifier: MIT OR Apache-2.0
// Ed25519 verification: the engine's paths beside OpenSSL and libsodium, 128-byte messages (the
// size of what a version's signature covers). Compare rows of one run only, and run with
// --benchmark_enable_random_interleaving=true --benchmark_repetitions=9: neighbours on the same
// machine disturb by tens of percent for seconds. Every row reports the time of one signature.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/ed25519/cpu.hpp"
#include "crypto/ed25519/engine.hpp"

namespace aion::crypto {
namespace {

struct Signed {
    std::array<std::uint8_t, 128> message{};
    PublicKey key;
    Signature signature;
};

/// `count` signatures by `keys` authors in turn; made once.
const std::vector<Signed>& signatures(std::size_t count, std::size_t keys) {
    static std::map<std::pair<std::size_t, std::size_t>, std::vector<Signed>> made;
    auto& all = made[{count, keys}];
    while (all.size() < count) {
        std::array<std::uint8_t, 32> seed{};
        std::array<std::uint8_t, 64> secret{};
        const std::size_t author = all.size() % keys;
        std::memcpy(seed.data(), &author, sizeof author);
        Signed one;
        const std::size_t number = all.size();
        std::memcpy(one.message.data(), &number, sizeof number);
        crypto_sign_seed_keypair(one.key.bytes.data(), secret.data(), seed.data());
        crypto_sign_detached(one.signature.bytes.data(), nullptr, one.message.data(),
                             one.message.size(), secret.data());
        all.push_back(one);
    }
    return all;
}

std::vector<VerifyItem> items(std::size_t count, std::size_t keys) {
    std::vector<VerifyItem> out;
    for (const Signed& one : signatures(count, keys)) {
        const ByteView message = one.message;
        out.push_back({{message.first(28), message.subspan(28)}, &one.key, &one.signature});
    }
    return out;
}

void per_signature(benchmark::State& state, std::size_t count) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
    state.counters["us_each"] = benchmark::Counter(
        static_cast<double>(count) * 1e-6,
        benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void batch(benchmark::State& state, CpuPath path, std::size_t count, std::size_t keys,
           bool with_cache, unsigned threads) {
    const auto all = items(count, keys);
    std::vector<std::uint8_t> verdicts(count);
    KeyCache cache;
    ed25519::Engine& engine = ed25519::Engine::of(path);
    (void)engine.base(1U << 20U);  // The base point's table is built once a process.
    const VerifyOptions options{with_cache ? &cache : nullptr, threads};
    engine.verify_batch(all, verdicts, options);
    for (auto _ : state) {
        engine.verify_batch(all, verdicts, options);
        benchmark::DoNotOptimize(verdicts.data());
    }
    for (const std::uint8_t verdict : verdicts) {
        if (verdict != 1) {
            state.SkipWithError("a valid signature was refused");
        }
    }
    per_signature(state, count);
}

void one_cold(benchmark::State& state, CpuPath path) {
    const auto all = items(1000, 1000);
    ed25519::Engine& engine = ed25519::Engine::of(path);
    (void)engine.base(1U << 20U);
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(engine.verify(all[next], nullptr));
        next = (next + 1) % all.size();
    }
    per_signature(state, 1);
}

void openssl(benchmark::State& state, std::size_t keys) {
    const auto& all = signatures(1000, keys);
    std::size_t next = 0;
    for (auto _ : state) {
        const Signed& one = all[next];
        EVP_PKEY* key =
            EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, one.key.bytes.data(), 32);
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key);
        benchmark::DoNotOptimize(EVP_DigestVerify(context, one.signature.bytes.data(), 64,
                                                  one.message.data(), one.message.size()));
        EVP_MD_CTX_free(context);
        EVP_PKEY_free(key);
        next = (next + 1) % all.size();
    }
    per_signature(state, 1);
}

void libsodium(benchmark::State& state, std::size_t keys) {
    const auto& all = signatures(1000, keys);
    std::size_t next = 0;
    for (auto _ : state) {
        const Signed& one = all[next];
        benchmark::DoNotOptimize(crypto_sign_verify_detached(one.signature.bytes.data(),
                                                             one.message.data(), one.message.size(),
                                                             one.key.bytes.data()));
        next = (next + 1) % all.size();
    }
    per_signature(state, 1);
}

void register_path(CpuPath path) {
    const auto row = [&](const std::string& name, std::size_t count, std::size_t keys, bool cache,
                         unsigned threads) {
        benchmark::RegisterBenchmark(
            ("verify/" + std::string(cpu_path_name(path)) + "/" + name).c_str(),
            [=](benchmark::State& state) { batch(state, path, count, keys, cache, threads); })
            ->UseRealTime();
    };
    row("4096_one_key_table_ready", 4096, 1, true, 1);
    row("1000_one_key_with_build", 1000, 1, false, 1);
    row("64_one_key_with_build", 64, 1, false, 1);
    row("1000_distinct_keys", 1000, 1000, false, 1);
    row("4096_one_key_table_ready/threads:2", 4096, 1, true, 2);
    row("1000_distinct_keys/threads:2", 1000, 1000, false, 2);
    for (const std::size_t count : {2U, 4U, 8U, 16U, 32U, 128U, 256U, 512U}) {
        row("curve_one_key/" + std::to_string(count), count, 1, false, 1);
        row("curve_distinct/" + std::to_string(count), count, count, false, 1);
        row("curve_one_key_table_ready_threads_2/" + std::to_string(count), count, 1, true, 2);
    }
    benchmark::RegisterBenchmark(
        ("verify/" + std::string(cpu_path_name(path)) + "/one_cold_key").c_str(),
        [=](benchmark::State& state) { one_cold(state, path); });
}

}  // namespace
}  // namespace aion::crypto

int main(int argc, char** argv) {
    using namespace aion::crypto;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv) || sodium_init() < 0) {
        return 1;
    }
    for (const CpuPath path : {CpuPath::avx512ifma, CpuPath::avx2, CpuPath::portable}) {
        if (ed25519::is_supported(path)) {
            register_path(path);
        }
    }
    benchmark::RegisterBenchmark("verify/openssl/same_key",
                                 [](benchmark::State& state) { openssl(state, 1); });
    benchmark::RegisterBenchmark("verify/openssl/distinct_keys",
                                 [](benchmark::State& state) { openssl(state, 1000); });
    benchmark::RegisterBenchmark("verify/libsodium/same_key",
                                 [](benchmark::State& state) { libsodium(state, 1); });
    benchmark::RegisterBenchmark("verify/libsodium/distinct_keys",
                                 [](benchmark::State& state) { libsodium(state, 1000); });
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
