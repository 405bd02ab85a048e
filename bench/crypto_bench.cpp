// SPDX-License-Identifier: MIT OR Apache-2.0
// Suite `crypto`: the primitives that everything else is made of.
//
// A row `x/aion/...` is ours; a row of the same name with `libsodium` in place of `aion` does the
// same work in the same run with libsodium, the library that people reach for otherwise.
#include <benchmark/benchmark.h>
#include <sodium.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "aion/base/env.hpp"
#include "aion/crypto/aead.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/crypto/kdf.hpp"
#include "aion/crypto/secret.hpp"
#include "aion/crypto/signing.hpp"

namespace {

using namespace aion;          // NOLINT(google-build-using-namespace): one short program
using namespace aion::crypto;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;

const std::array<std::uint8_t, 32> key{1};
const std::array<std::uint8_t, 12> nonce{2};
const std::array<std::uint8_t, 8> version{3};

Bytes input_of(const benchmark::State& state) {
    return Bytes(static_cast<std::size_t>(state.range(0)), 0x5A);
}

void count_bytes(benchmark::State& state) {
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

void require(bool done) {
    if (!done) {
        std::abort();  // A benchmark of something that fails measures nothing.
    }
}

// --- BLAKE3 ---------------------------------------------------------------------------------

void blake3_with(benchmark::State& state, Parallelism parallelism) {
    const Bytes input = input_of(state);
    for (auto _ : state) {
        benchmark::DoNotOptimize(blake3(input, parallelism));
    }
    count_bytes(state);
}

BENCHMARK_CAPTURE(blake3_with, one_thread, Parallelism::one_thread)
    ->Name("blake3/aion/one_thread")
    ->Arg(64)
    ->Arg(100)
    ->Arg(128)
    ->Arg(1 * kib)
    ->Arg(16 * kib)
    ->Arg(128 * kib)
    ->Arg(1 * mib)
    ->Arg(64 * mib)
    ->UseRealTime();

BENCHMARK_CAPTURE(blake3_with, all_cores, Parallelism::all_cores)
    ->Name("blake3/aion/all_cores")
    ->Arg(128 * kib)
    ->Arg(256 * kib)
    ->Arg(1 * mib)
    ->Arg(64 * mib)
    ->UseRealTime();

// libsodium has no BLAKE3; its fast hash is BLAKE2b.
void blake2b(benchmark::State& state) {
    const Bytes input = input_of(state);
    Hash digest;
    for (auto _ : state) {
        crypto_generichash(digest.bytes.data(), 32, input.data(), input.size(), nullptr, 0);
        benchmark::DoNotOptimize(digest);
    }
    count_bytes(state);
}

BENCHMARK(blake2b)->Name("blake2b/libsodium/one_thread")->Arg(128)->Arg(1 * mib)->UseRealTime();

// --- ChaCha20-Poly1305 ----------------------------------------------------------------------

void seal(benchmark::State& state) {
    const Bytes plaintext = input_of(state);
    Bytes out(plaintext.size() + aead_tag_size);
    for (auto _ : state) {
        require(aead_seal(key, nonce, version, plaintext, out).has_value());
        benchmark::DoNotOptimize(out.data());
    }
    count_bytes(state);
}

void seal_libsodium(benchmark::State& state) {
    const Bytes plaintext = input_of(state);
    Bytes out(plaintext.size() + aead_tag_size);
    for (auto _ : state) {
        crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(),
                                                  plaintext.size(), version.data(), version.size(),
                                                  nullptr, nonce.data(), key.data());
        benchmark::DoNotOptimize(out.data());
    }
    count_bytes(state);
}

Bytes sealed_input(const benchmark::State& state) {
    const Bytes plaintext = input_of(state);
    Bytes out(plaintext.size() + aead_tag_size);
    require(aead_seal(key, nonce, version, plaintext, out).has_value());
    return out;
}

void open(benchmark::State& state) {
    const Bytes sealed = sealed_input(state);
    for (auto _ : state) {
        const auto plaintext = aead_open(key, nonce, version, sealed);
        require(plaintext.has_value());
        benchmark::DoNotOptimize(plaintext->data());
    }
    count_bytes(state);
}

void open_in_place(benchmark::State& state) {
    Bytes sealed = sealed_input(state);
    const MutableByteView text = MutableByteView(sealed).first(sealed.size() - aead_tag_size);
    for (auto _ : state) {
        AeadOpener opener(key, nonce, version);
        opener.update(text, text.data());
        benchmark::DoNotOptimize(opener.accepts(ByteView(sealed).last<aead_tag_size>()));
    }
    count_bytes(state);
}

void open_libsodium(benchmark::State& state) {
    const Bytes sealed = sealed_input(state);
    for (auto _ : state) {
        // Allocated each time, as ours is.
        Bytes plaintext(sealed.size() - aead_tag_size);
        require(crypto_aead_chacha20poly1305_ietf_decrypt(
                    plaintext.data(), nullptr, nullptr, sealed.data(), sealed.size(),
                    version.data(), version.size(), nonce.data(), key.data()) == 0);
        benchmark::DoNotOptimize(plaintext.data());
    }
    count_bytes(state);
}

void aead_sizes(benchmark::internal::Benchmark* each) {
    each->Arg(64)->Arg(1 * kib)->Arg(16 * kib)->Arg(128 * kib)->Arg(1 * mib);
}

BENCHMARK(seal)->Name("aead_seal/aion")->Apply(aead_sizes);
BENCHMARK(seal_libsodium)->Name("aead_seal/libsodium")->Apply(aead_sizes);
BENCHMARK(open)->Name("aead_open/aion")->Apply(aead_sizes);
BENCHMARK(open_in_place)->Name("aead_open/aion_in_place")->Apply(aead_sizes);
BENCHMARK(open_libsodium)->Name("aead_open/libsodium")->Apply(aead_sizes);

// --- Key derivation -------------------------------------------------------------------------

void hkdf(benchmark::State& state) {
    std::array<std::uint8_t, 32> out{};
    for (auto _ : state) {
        require(hkdf_sha256(as_bytes("aion-v2-master-81985529216486895"), version,
                            as_bytes("aion-v2-rules-v1"), out)
                    .has_value());
        benchmark::DoNotOptimize(out);
    }
}

BENCHMARK(hkdf)->Name("hkdf_sha256/aion");

void argon2(benchmark::State& state, const Argon2Params& params) {
    for (auto _ : state) {
        require(argon2id(as_bytes("correct horse"), key, params, 32).has_value());
    }
}

// The key store's two uses, then one lane, which is all that libsodium can do.
constexpr Argon2Params stored_key{.memory_kib = 16 * kib, .iterations = 2, .lanes = 2};
constexpr Argon2Params exported_key{.memory_kib = 64 * kib, .iterations = 3, .lanes = 4};
constexpr Argon2Params one_lane{.memory_kib = 64 * kib, .iterations = 3, .lanes = 1};

BENCHMARK_CAPTURE(argon2, stored_key, stored_key)
    ->Name("argon2id/aion/16MiB_2_passes_2_lanes")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(argon2, exported_key, exported_key)
    ->Name("argon2id/aion/64MiB_3_passes_4_lanes")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(argon2, one_lane, one_lane)
    ->Name("argon2id/aion/64MiB_3_passes_1_lane")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void argon2_libsodium(benchmark::State& state) {
    std::array<std::uint8_t, 32> out{};
    for (auto _ : state) {
        require(crypto_pwhash_argon2id(out.data(), out.size(), "correct horse", 13, key.data(), 3,
                                       static_cast<std::size_t>(64 * mib),
                                       crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0);
    }
}

BENCHMARK(argon2_libsodium)
    ->Name("argon2id/libsodium/64MiB_3_passes_1_lane")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// --- Ed25519 --------------------------------------------------------------------------------

void sign(benchmark::State& state) {
    auto signer = SigningKey::from_seed(key);
    require(signer.has_value());
    const Bytes message = input_of(state);
    for (auto _ : state) {
        const auto signature = signer->sign(message);
        require(signature.has_value());
        benchmark::DoNotOptimize(signature->bytes);
    }
}

void sign_libsodium(benchmark::State& state) {
    PublicKey half;
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret{};
    crypto_sign_seed_keypair(half.bytes.data(), secret.data(), key.data());
    const Bytes message = input_of(state);
    Signature signature;
    for (auto _ : state) {
        crypto_sign_detached(signature.bytes.data(), nullptr, message.data(), message.size(),
                             secret.data());
        benchmark::DoNotOptimize(signature);
    }
}

BENCHMARK(sign)->Name("ed25519_sign/aion")->Arg(128)->Arg(64 * kib);
BENCHMARK(sign_libsodium)->Name("ed25519_sign/libsodium")->Arg(128)->Arg(64 * kib);

void from_seed(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(SigningKey::from_seed(key));
    }
}

void generate(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(SigningKey::generate(Env::system()));
    }
}

void generate_libsodium(benchmark::State& state) {
    PublicKey half;
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret{};
    for (auto _ : state) {
        crypto_sign_keypair(half.bytes.data(), secret.data());
        benchmark::DoNotOptimize(half);
    }
}

BENCHMARK(from_seed)->Name("ed25519_from_seed/aion");
BENCHMARK(generate)->Name("ed25519_generate/aion");
BENCHMARK(generate_libsodium)->Name("ed25519_generate/libsodium");

// --- Secret memory --------------------------------------------------------------------------

void secret(benchmark::State& state) {
    for (auto _ : state) {
        SecretBytes bytes(static_cast<std::size_t>(state.range(0)));
        benchmark::DoNotOptimize(bytes.view().data());
    }
}

BENCHMARK(secret)->Name("secret_bytes/aion")->Arg(32)->Arg(4 * kib);

}  // namespace

int main(int argc, char** argv) {
    require(sodium_init() >= 0);  // Without it libsodium runs its portable code.
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
