// SPDX-License-Identifier: MIT OR Apache-2.0
// Ed25519 verification: the engine's paths beside OpenSSL and libsodium, 128-byte messages (the
// size of what a version's signature covers). Compare rows of one run only, and run with
// --benchmark_enable_random_interleaving=true --benchmark_repetitions=9: neighbours on the same
// machine disturb by tens of percent for seconds. Every row reports the time of one signature.
// With AION_BENCH_TUNING set there are also the rows behind constants of the engine.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/ed25519/cpu.hpp"
#include "crypto/ed25519/engine.hpp"
#include "crypto/ed25519/key_table.hpp"

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

void run_batch(benchmark::State& state, ed25519::Engine& engine, std::size_t count,
               std::size_t keys, bool with_cache, unsigned threads) {
    const auto all = items(count, keys);
    std::vector<std::uint8_t> verdicts(count);
    KeyCache cache;
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

void batch(benchmark::State& state, CpuPath path, std::size_t count, std::size_t keys,
           bool with_cache, unsigned threads) {
    run_batch(state, ed25519::Engine::of(path), count, keys, with_cache, threads);
}

/// What a constant of the engine would do if it were another: a table of exactly `width` bits for
/// every key (0: none), and as many threads as `threads` says however little there is to do.
ed25519::Path forced(CpuPath path, unsigned width) {
    ed25519::Path out = ed25519::path_of(path);
    for (ed25519::WidthStep& step : out.widths) {
        step = {0, width};
    }
    out.cost_with_table = out.cost_without_table = 1U << 20U;
    return out;
}

void batch_forced(benchmark::State& state, CpuPath path, unsigned width, std::size_t count,
                  std::size_t keys, bool with_cache, unsigned threads) {
    const ed25519::Path constants = forced(path, width);
    ed25519::Engine engine(constants);
    run_batch(state, engine, count, keys, with_cache, threads);
}

void build(benchmark::State& state, CpuPath path, unsigned width) {
    const auto all = items(1, 1);
    const ed25519::Path& code = ed25519::path_of(path);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            ed25519::KeyTable::build(code, all[0].key->bytes.data(), true, width));
    }
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
            ("verify/" + std::string(name_of(path)) + "/" + name).c_str(),
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
    benchmark::RegisterBenchmark(("verify/" + std::string(name_of(path)) + "/one_cold_key").c_str(),
                                 [=](benchmark::State& state) { one_cold(state, path); });
}

/// Rows behind constants of the engine: `widths` in path_*.cpp and `min_thread_work` in batch.cpp.
/// Many and short; only on request, since they say nothing about a regression.
void register_tuning(CpuPath path) {
    const auto row = [&](const std::string& name, auto body) {
        benchmark::RegisterBenchmark(("tuning/" + std::string(name_of(path)) + "/" + name).c_str(),
                                     body)
            ->UseRealTime()
            ->MinTime(0.02);
    };
    for (const unsigned width : {0U, 4U, 5U, 6U, 8U, 10U}) {
        const std::string name = "width:" + std::to_string(width);
        if (width != 0) {
            row("build/" + name, [=](benchmark::State& state) { build(state, path, width); });
        }
        for (const std::size_t count : {4U, 6U, 8U, 10U, 12U, 16U, 24U, 32U, 64U, 96U, 128U, 192U,
                                        256U, 384U, 512U, 768U, 1024U, 4096U, 16384U}) {
            row("uses/" + name + "/" + std::to_string(count), [=](benchmark::State& state) {
                batch_forced(state, path, width, count, 1, false, 1);
            });
        }
    }
    for (const unsigned threads : {1U, 2U}) {
        const std::string name = "threads:" + std::to_string(threads) + "/";
        for (const std::size_t count : {16U, 32U, 48U, 64U, 96U, 128U, 192U, 256U, 512U, 1024U}) {
            row("table/" + name + std::to_string(count), [=](benchmark::State& state) {
                batch_forced(state, path, 8, count, 1, true, threads);
            });
            row("no_table/" + name + std::to_string(count), [=](benchmark::State& state) {
                batch_forced(state, path, 0, count, count, false, threads);
            });
        }
    }
}

}  // namespace
}  // namespace aion::crypto

int main(int argc, char** argv) {
    using namespace aion::crypto;
    const bool with_tuning = std::getenv("AION_BENCH_TUNING") != nullptr;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv) || sodium_init() < 0) {
        return 1;
    }
    for (const CpuPath path : {CpuPath::avx512ifma, CpuPath::avx2, CpuPath::portable}) {
        if (ed25519::is_supported(path)) {
            register_path(path);
            if (with_tuning) {
                register_tuning(path);
            }
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
