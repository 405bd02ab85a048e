// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes as a hybrid public key or a hybrid signature: refused, or written again as they were;
// and no signature is one of a key that nobody signed with.
#include <cstdint>
#include <utility>

#include "aion/trust/hybrid.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"
#include "support/require.hpp"

namespace {

namespace trust = aion::trust;
using aion::fuzz::require;

constexpr aion::AuthorId author{7};

aion::crypto::SigningKey key_of(std::uint8_t fill) {
    return *aion::crypto::SigningKey::from_seed(aion::Bytes(32, fill));
}

// A root, the author, and bytes as a post-quantum key.
trust::Registry registry() {
    aion::crypto::SigningKey root = key_of(1);
    trust::RegistryRecord record;
    record.facts = trust::RootRecord{.keys = {root.public_half()}, .threshold = 1};
    require(trust::sign(record, root).has_value());
    auto chain = *trust::RegistryChain::replay({record});
    trust::AuthorRegistration registration;
    registration.author = author;
    registration.master_key = key_of(2).public_half();
    registration.operational_key = key_of(3).public_half();
    const trust::HybridBinding binding{
        .author = author,
        .epoch = {},
        .key = aion::Bytes(aion::crypto::ml_dsa_65_public_key_size, 5)};
    for (const trust::RecordFacts& facts :
         {trust::RecordFacts(registration), trust::RecordFacts(binding)}) {
        trust::RegistryRecord next = chain.next_record(facts, aion::Timestamp{1}, "");
        require(trust::sign(next, root).has_value());
        require(chain.append(next).has_value());
    }
    return trust::Registry::from_chain(std::move(chain));
}

void try_signature(trust::SignedHybrid one, const trust::Registry& known) {
    for (const bool is_claimed : {false, true}) {
        if (is_claimed) {
            one.author = author;
            one.classical_key = key_of(3).public_half();
        }
        const auto verdict = trust::judge_hybrid(one, {}, known);
        require(!verdict || !verdict->is_valid());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const aion::ByteView bytes(data, size);
    static const trust::Registry known = registry();
    if (const auto key = trust::decode_hybrid_public_key(bytes)) {
        require(aion::equal(trust::encode(*key), bytes));
    }
    if (const auto one = trust::decode_signed_hybrid(bytes)) {
        require(aion::equal(trust::encode(*one), bytes));
        try_signature(*one, known);
    }
    return 0;
}
