// SPDX-License-Identifier: MIT OR Apache-2.0
// Suite `supply`: what opening an envelope of one signature takes beside the verification of that
// signature alone, which is the row `bare`. bench/supply.py has the rest of the room, beside other
// programs. Run with --benchmark_enable_random_interleaving=true and compare rows of one run only.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/trust/registry.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program

constexpr AuthorId author{7};
constexpr std::string_view type = "application/vnd.aion.manifest.v1+json";

// A benchmark of something that fails measures nothing.
void require(bool done) {
    if (!done) {
        std::abort();
    }
}

// A registry of one author, an envelope of hers, and what she signed.
struct Signed {
    explicit Signed(std::size_t size) {
        auto key = *crypto::SigningKey::from_seed(Bytes(32, 7));
        require(registry.pin(author, key.public_half(), key.public_half()).has_value());
        envelope = *supply::sign_envelope(type, Bytes(size, 0x61), author, key);
        text = to_json(envelope);
        header = "DSSEv1 " + std::to_string(type.size()) + " " + std::string(type) + " " +
                 std::to_string(size) + " ";
        public_key = key.public_half();
        signature = *Signature::from(envelope.signatures[0].signature);
    }

    trust::Registry registry;
    supply::Envelope envelope;
    std::string text;
    std::string header;
    PublicKey public_key;
    Signature signature;
};

void bare(benchmark::State& state, std::size_t size) {
    const Signed made(size);
    const crypto::MessageParts message{as_bytes(made.header), made.envelope.payload, {}};
    for (auto _ : state) {
        require(crypto::verify(made.public_key, message, made.signature));
    }
}

void open(benchmark::State& state, std::size_t size) {
    const Signed made(size);
    for (auto _ : state) {
        require(open_envelope(made.envelope, made.registry, {.payload_type = type}).has_value());
    }
}

void read_and_open(benchmark::State& state, std::size_t size) {
    const Signed made(size);
    for (auto _ : state) {
        const auto envelope = supply::envelope_from_json(made.text);
        require(open_envelope(*envelope, made.registry, {.payload_type = type}).has_value());
    }
}

void add(const std::string& name, void (*run)(benchmark::State&, std::size_t), std::size_t size) {
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) { run(state, size); });
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    for (const std::size_t size : {std::size_t{300}, std::size_t{16} << 10U}) {
        const std::string end = "/" + std::to_string(size) + "_bytes";
        add("envelope/bare" + end, bare, size);
        add("envelope/aion" + end, open, size);
        add("envelope_json/bare" + end, bare, size);
        add("envelope_json/aion" + end, read_and_open, size);
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
