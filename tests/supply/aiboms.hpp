// SPDX-License-Identifier: MIT OR Apache-2.0
// AIBOMs for tests: the reference's, and such with anything in them.
#pragma once

#include <algorithm>
#include <random>
#include <string>

#include "aion/supply/aibom.hpp"
#include "supply/vectors.hpp"

namespace aion::test {

inline std::string aibom_vector(const std::string& name) {
    return supply_vectors("aibom.json")[name];
}

inline supply::AiBom full_aibom() {
    return ok(supply::aibom_from_json(aibom_vector("full")));
}

/// Draws AIBOMs whose texts are ordinary, empty, odd, or what other formats give a meaning.
class RandomAiBom {
  public:
    explicit RandomAiBom(std::uint32_t seed) : random_(seed) {}

    supply::AiBom draw() {
        supply::AiBom aibom;
        aibom.schema_version = one_of({"aion.aibom.v1", "aion.aibom.v2", ""});
        aibom.model = {.name = text(),
                       .version = text(),
                       .hash_algorithm = algorithm(),
                       .hash = hash(),
                       .size = number(),
                       .format = text()};
        for (std::size_t i = below(3); i > 0; --i) {
            aibom.frameworks.push_back({text(), text(), maybe(text())});
        }
        for (std::size_t i = below(4); i > 0; --i) {
            aibom.datasets.push_back({text(), maybe(algorithm()), maybe(hash()), maybe(number()),
                                      maybe(text()), maybe(license())});
        }
        for (std::size_t i = below(4); i > 0; --i) {
            aibom.licenses.push_back(
                {license(), static_cast<supply::LicenseScope>(below(5)), maybe(text())});
        }
        for (std::size_t i = below(4); i > 0; --i) {
            ok(supply::set_hyperparameter(
                aibom, one_of({"lr", "", "a:b", "model_card", "Z"}),
                one_of({"1", "1.0", "\"1\"", "null", "[1,{\"b\":2,\"a\":1e30}]",
                        "18446744073709551615", R"({"pipeline_tag":"text-generation"})",
                        R"({"pipeline_tag":7})", "\"x y\""})));
        }
        for (std::size_t i = below(3); i > 0; --i) {
            aibom.safety_attestations.push_back(
                {text(), text(), maybe(algorithm()), maybe(hash()), maybe(text())});
        }
        for (std::size_t i = below(3); i > 0; --i) {
            aibom.export_controls.push_back({text(), text(), maybe(text())});
        }
        for (std::size_t i = below(4); i > 0; --i) {
            aibom.references.push_back({one_of({"model_card", "model-card", "vcs", "download",
                                                "other", "", "aion:kind:x"}),
                                        text()});
        }
        aibom.created_at_version = number();
        return aibom;
    }

  private:
    std::size_t below(std::size_t n) { return random_() % n; }

    std::string one_of(std::initializer_list<const char*> words) {
        return *(words.begin() + below(words.size()));
    }

    std::string text() {
        return one_of({"orchid", "https://orchid.example/a?b=c#d", "s3://x/y/", "", "a b",
                       "\"\\/\n", "\u00e9\u4e16", "NOASSERTION", "LICENSE",
                       "aion:safety_attestation",
                       "https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement",
                       "cpe:2.3:a:google:jax:0.4.38:*:*:*:*:*:*:*"});
    }

    std::string algorithm() {
        return one_of({"BLAKE3-256", "BLAKE3", "blake3", "SHA-256", "sha256", "SHA3-256",
                       "BLAKE2b-256", "MD5", "", "unheard-of"});
    }

    std::string license() {
        return one_of({"Apache-2.0", "CC-BY-4.0", "MIT OR Apache-2.0", "GPL-2.0-only WITH x", "",
                       "no licence", "LicenseRef-own", "apache-2.0", "(MIT)", "MIT"});
    }

    Hash hash() {
        Hash hash;
        for (std::uint8_t& byte : hash.bytes) {
            byte = static_cast<std::uint8_t>(random_());
        }
        return hash;
    }

    std::uint64_t number() { return below(3) == 0 ? UINT64_MAX - below(2) : below(1000); }

    template <class T>
    std::optional<T> maybe(T value) {
        return below(2) == 0 ? std::nullopt : std::optional(std::move(value));
    }

    std::mt19937 random_;
};

}  // namespace aion::test
