// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes as records of a registry's chain: each is refused, or is written as it was read; what
// they come to writes and loads the same, and nobody who reads it without its chain trusts more.
//
// Input: flags, which of the listed points a history has (bits), then records one behind the other.
// With flag 1 they are linked and signed as they should be, so that they get past hashes and
// signatures. With flag 2 the rest is a registry's JSON instead.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "aion/crypto/signing.hpp"
#include "aion/trust/registry_chain.hpp"
#include "aion/trust/registry_record.hpp"
#include "support/reference_epoch.hpp"
#include "support/require.hpp"

namespace {

using aion::Bytes;
using aion::ByteView;
using aion::PublicKey;
using aion::VersionNumber;
using aion::crypto::SigningKey;
using aion::fuzz::require;
using namespace aion::trust;

constexpr std::uint8_t repaired = 1;
constexpr std::uint8_t as_json = 2;
constexpr std::size_t most_records = 64;

// Those of tests/data/registry_chain: a key's seed is one byte repeated.
std::map<PublicKey, SigningKey>& known_keys() {
    static std::map<PublicKey, SigningKey> keys = [] {
        std::map<PublicKey, SigningKey> made;
        for (const auto filler : std::to_array<std::uint8_t>(
                 {0x11, 0x12, 0x22, 0x91, 0x92, 0x93, 0xA1, 0xA2, 0xA3, 0xA4})) {
            auto key = SigningKey::from_seed(Bytes(SigningKey::seed_size, filler));
            const PublicKey half = key->public_half();
            made.emplace(half, *std::move(key));
        }
        return made;
    }();
    return keys;
}

std::uint64_t number_at(ByteView bytes, std::size_t offset) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 4 && offset + i < bytes.size(); ++i) {
        number |= std::uint64_t{bytes[offset + i]} << (8 * i);
    }
    return number;
}

// The first record of `bytes` by its own lengths, or all of them where those are wrong.
ByteView first_record(ByteView bytes) {
    const std::uint64_t count_at = 4 + number_at(bytes, 0);
    if (count_at > bytes.size()) {
        return bytes;
    }
    const std::uint64_t size = count_at + 4 + (96 * number_at(bytes, count_at));
    return bytes.first(size < bytes.size() ? size : bytes.size());
}

std::vector<RegistryRecord> records_in(ByteView bytes) {
    std::vector<RegistryRecord> records;
    while (!bytes.empty() && records.size() < most_records) {
        const ByteView one = first_record(bytes);
        bytes = bytes.subspan(one.size());
        const auto record = decode_record(one);
        if (!record) {
            require(!record.error().full_message().empty());
            continue;
        }
        require(aion::equal(encode(*record), one));
        const auto again = registry_record_from_json(to_json(*record));
        require(again.has_value() && *again == *record);
        records.push_back(*record);
    }
    return records;
}

void sign_by_all(RegistryRecord& record, const SigningRules& rules) {
    record.signatures.clear();
    const auto sign_by = [&](const PublicKey& key) {
        if (const auto known = known_keys().find(key); known != known_keys().end()) {
            require(sign(record, known->second).has_value());
        }
    };
    for (const SigningRules::Group& group : rules.root) {
        for (const PublicKey& key : group.keys) {
            sign_by(key);
        }
    }
    if (rules.master_key) {
        sign_by(*rules.master_key);
    }
}

// The records that follow from those before, as far as somebody here could sign them.
std::optional<RegistryChain> linked(const std::vector<RegistryRecord>& records) {
    std::optional<RegistryChain> chain;
    for (RegistryRecord record : records) {
        if (chain) {
            const RegistryRecord next = chain->next_record(record.facts, record.time, "");
            record.number = next.number;
            record.previous = next.previous;
            sign_by_all(record, chain->rules_for(record.facts));
            const RegistryChain before = *chain;
            if (!chain->append(record)) {
                require(*chain == before && chain->head() == before.head());
            }
        } else if (const auto* const root = std::get_if<RootRecord>(&record.facts)) {
            record.number = 0;
            record.previous = {};
            sign_by_all(record, {.root = {{root->keys, root->threshold}}, .master_key = {}});
            if (auto begun = RegistryChain::replay({record})) {
                chain = *std::move(begun);
            }
        }
    }
    return chain;
}

// Whatever `laxer` lets somebody sign, by our rule or the reference's, `history` does.
void check_is_tighter(const Registry::Author& laxer, const Registry::Author& history) {
    std::vector<std::uint64_t> probes = {0, 1};
    for (const auto* const author : {&laxer, &history}) {
        for (const EpochRecord& epoch : author->epochs) {
            const std::uint64_t begin = epoch.active_from.value;
            const std::uint64_t end = epoch.valid_until().value_or(VersionNumber{begin}).value;
            const std::uint64_t revoked =
                epoch.revocation ? epoch.revocation->effective_from.value : end;
            for (const std::uint64_t at : {begin, end, revoked}) {
                probes.insert(probes.end(), {at - 1, at, at + 1});
            }
        }
    }
    for (const std::uint64_t probe : probes) {
        const VersionNumber version{probe};
        const auto* const here = history.active_epoch(version);
        for (const auto* const epoch :
             {laxer.active_epoch(version), aion::test::reference_epoch(laxer, version)}) {
            require(epoch == nullptr || (here != nullptr && here->public_key == epoch->public_key));
        }
    }
}

void check_windows(const RegistryChain& chain, std::uint8_t points) {
    std::vector<RegistryChain::Listed> history;
    for (std::size_t i = 0; i < chain.listed().size() && i < 8; ++i) {
        if (((points >> i) & 1) != 0) {
            history.push_back(chain.listed()[i]);
        }
    }
    for (const auto& [id, author] : chain.authors()) {
        const auto projected = chain.projected(author);
        check_is_tighter(projected, chain.in_history(author, history));
        check_is_tighter(projected, chain.unlisted(author));
    }
}

void check_registry(const Registry& registry) {
    const std::string text = registry.to_json();
    const auto again = Registry::from_json(text);
    require(again.has_value() && *again == registry && again->to_json() == text);
    static_cast<void>(registry.warnings());
}

void check_chain(const RegistryChain& chain, std::uint8_t points) {
    const auto again = RegistryChain::replay(chain.records());
    require(again.has_value() && *again == chain && again->head() == chain.head());
    check_windows(chain, points);
    check_registry(Registry::from_chain(chain));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const std::uint8_t flags = data[0];
    const std::uint8_t points = data[1];
    const ByteView rest = ByteView(data, size).subspan(2);
    if ((flags & as_json) != 0) {
        if (const auto registry = Registry::from_json(aion::as_text(rest))) {
            check_registry(*registry);
            if (registry->chain() != nullptr) {
                check_chain(*registry->chain(), points);
            }
        }
        return 0;
    }
    auto records = records_in(rest);
    if ((flags & repaired) != 0) {
        if (const auto chain = linked(records)) {
            check_chain(*chain, points);
        }
    } else if (const auto chain = RegistryChain::replay(std::move(records))) {
        check_chain(*chain, points);
    }
    return 0;
}
