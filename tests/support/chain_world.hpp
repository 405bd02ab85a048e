// SPDX-License-Identifier: MIT OR Apache-2.0
// The world of policy tests under a registry that is a chain: a root, alice and bob by name, and
// 1003 without one.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "aion/trust/registry_chain.hpp"
#include "support/world.hpp"

namespace aion::policy::test {

inline constexpr AuthorId carol{1003};
inline constexpr std::uint8_t roots = 0xa0;
inline constexpr std::uint8_t carols = 0x33;
inline constexpr std::uint8_t alice_masters = 0x91;
inline constexpr std::uint8_t bob_masters = 0x92;
inline constexpr std::uint8_t carol_masters = 0x93;
inline constexpr std::uint8_t alices_second = 0x12;

inline trust::RegistryRecord signed_by_root(trust::RegistryRecord record) {
    auto root = key_from(roots);
    EXPECT_TRUE(sign(record, root).has_value());
    return record;
}

inline void add(trust::RegistryChain& chain, trust::RecordFacts facts) {
    const auto added = chain.append(signed_by_root(
        chain.next_record(std::move(facts), Timestamp{1 + chain.number()}, "because")));
    EXPECT_TRUE(added.has_value()) << (added ? "" : added.error().full_message());
}

inline trust::AuthorRegistration registration(AuthorId author, std::string name,
                                              std::uint8_t master, std::uint8_t key) {
    return {.author = author,
            .name = std::move(name),
            .contact = "",
            .master_key = aion::test::public_of(master),
            .operational_key = aion::test::public_of(key),
            .active_from = VersionNumber{0}};
}

inline trust::RegistryChain chain_of_three() {
    trust::RegistryRecord first;
    first.facts = trust::RootRecord{{aion::test::public_of(roots)}, 1};
    trust::RegistryChain chain = trust::RegistryChain::replay({signed_by_root(first)}).value();
    add(chain, registration(alice, "alice", alice_masters, aion::test::alices));
    add(chain, registration(bob, "bob", bob_masters, aion::test::bobs));
    add(chain, registration(carol, "", carol_masters, carols));
    return chain;
}

inline trust::HistoryPoint point(std::uint64_t version, const Hash& hash) {
    return {.version = VersionNumber{version}, .hash = hash, .file_id = {}, .name = ""};
}

inline trust::Bound bound(std::uint64_t unlisted, std::vector<trust::HistoryPoint> points = {}) {
    return {VersionNumber{unlisted}, std::move(points)};
}

inline trust::EpochRevocation stolen(trust::Bound until, std::uint32_t epoch = 0) {
    return {.author = alice,
            .epoch = Epoch{epoch},
            .reason = trust::RevocationReason::compromised,
            .until = std::move(until)};
}

inline trust::EpochRotation handed_over(trust::Bound until) {
    return {.author = alice,
            .from_epoch = Epoch{0},
            .to_public_key = aion::test::public_of(alices_second),
            .until = std::move(until)};
}

class ChainWorld : public World {
  protected:
    ChainWorld() { registry = trust::Registry::from_chain(chain_of_three()); }

    /// The next record of the chain.
    void say(trust::RecordFacts facts) {
        trust::RegistryChain chain = *registry.chain();
        add(chain, std::move(facts));
        registry = trust::Registry::from_chain(std::move(chain));
    }

    /// A file of so many versions, all by alice with `key`, judged under nothing.
    Bytes file_of(std::uint64_t versions, crypto::SigningKey& key, std::string_view text = "a") {
        const std::filesystem::path made = "/policies/made.aion";
        env.advance(1);
        EXPECT_TRUE(
            create(env, made, {as_bytes(text), alice, "first"}, key, {.replace_existing = true})
                .has_value());
        for (std::uint64_t version = 2; version <= versions; ++version) {
            EXPECT_TRUE(commit(env, made, {as_bytes(text), alice, "next"}, key, known_to_alice(key))
                            .has_value());
        }
        return *env.get(made);
    }

    static trust::Registry known_to_alice(const crypto::SigningKey& key) {
        trust::Registry known;
        EXPECT_TRUE(known.pin(alice, aion::test::public_of(aion::test::masters), key.public_half())
                        .has_value());
        return known;
    }

    /// Of one version of a file, as it is listed.
    static trust::HistoryPoint point_of(ByteView file, std::uint64_t version) {
        const auto view = format::FileView::parse(file);
        return point(version, format::version_hash(*view->version_at(version - 1).value()));
    }
};

}  // namespace aion::policy::test
