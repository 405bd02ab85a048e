// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes as a container of attestations, and as a signing policy: what is read is written as the
// same bytes, adding keeps what is there, and nothing that is in it counts for anybody.
//
// Input: flags (1: a signing policy, 2: a signed one), then the bytes.
#include <algorithm>
#include <cstdint>

#include "aion/attest/container.hpp"
#include "aion/attest/quorum.hpp"
#include "aion/attest/signing_policy.hpp"
#include "support/require.hpp"

namespace {

using aion::fuzz::require;
using namespace aion::attest;

aion::trust::Registry registry_of_two() {
    aion::trust::Registry registry;
    for (std::uint8_t number = 1; number <= 2; ++number) {
        const aion::Bytes seed(aion::crypto::SigningKey::seed_size, number);
        const auto key = aion::crypto::SigningKey::from_seed(seed)->public_half();
        require(registry.pin(aion::AuthorId{number}, key, key).has_value());
    }
    return registry;
}

void check_order(const Container& container) {
    std::size_t entries = 0;
    const AttestedVersion* before = nullptr;
    for (const AttestedVersion& version : container.versions()) {
        require(!version.entries.empty());
        require(std::ranges::is_sorted(version.entries));
        require(std::ranges::adjacent_find(version.entries) == version.entries.end());
        require(before == nullptr || before->number < version.number ||
                (before->number == version.number && before->hash < version.hash));
        require(container.find(version.number, version.hash) == &version);
        entries += version.entries.size();
        before = &version;
    }
    require(entries == container.size() && entries <= max_entries);
}

void check_adding(const Container& container) {
    Container more = container;
    Container anew(container.file_id());
    for (const AttestedVersion& version : container.versions()) {
        for (auto entry = version.entries.rbegin(); entry != version.entries.rend(); ++entry) {
            require(more.add(version.number, version.hash, *entry) == false);
            require(anew.add(version.number, version.hash, *entry) == true);
        }
    }
    require(more == container && anew == container);
    const Entry other{.attestation = {}, .reserved = {9}};
    if (more.add(aion::VersionNumber{7}, aion::Hash{}, other) == true) {
        require(more.size() == container.size() + 1);
        require(Container::parse(more.to_bytes()) == more);
    }
}

// Nobody here ever signed anything.
void check_quorum(const Container& container) {
    static const aion::trust::Registry registry = registry_of_two();
    const aion::trust::SeenRegistry seen(registry);
    const aion::format::VersionRecord version{};
    const auto entries = entries_for(container, version, seen);
    const Quorum quorum = judge_quorum(version, entries, seen);
    require(quorum.findings.size() == entries.size());
    require(!quorum.is_met() && quorum.valid.empty());
}

void check_container(aion::ByteView bytes) {
    const auto container = Container::parse(bytes);
    if (!container) {
        require(container.error().code() == aion::ErrorCode::invalid_format);
        require(container.error().detail().starts_with("attestations_"));
        return;
    }
    const aion::Bytes written = container->to_bytes();
    require(std::ranges::equal(written, bytes));
    check_order(*container);
    check_adding(*container);
    check_quorum(*container);
}

void check_policy(std::string_view text) {
    const auto policy = signing_policy_from_json(text);
    if (!policy) {
        require(policy.error().code() == aion::ErrorCode::invalid_format);
        return;
    }
    require(policy->threshold >= 1 && policy->threshold <= policy->authors.size());
    require(policy->authors.size() <= aion::policy::max_required_authors);
    require(std::ranges::is_sorted(policy->authors));
    require(std::ranges::adjacent_find(policy->authors) == policy->authors.end());
    require(signing_policy_from_json(to_json(*policy)) == *policy);
}

void check_signed_policy(std::string_view text) {
    static const aion::trust::Registry registry = registry_of_two();
    require(!open_policy(text, registry, {.authors = {aion::AuthorId{1}}}).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const aion::ByteView rest = aion::ByteView(data, size).subspan(1);
    if ((data[0] & 1U) != 0) {
        check_policy(aion::as_text(rest));
    } else if ((data[0] & 2U) != 0) {
        check_signed_policy(aion::as_text(rest));
    } else {
        check_container(rest);
    }
    return 0;
}
