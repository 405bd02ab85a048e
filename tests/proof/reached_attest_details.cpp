// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_attest_details.hpp"

#include <string>

#include "aion/attest/container.hpp"
#include "aion/attest/signing_policy.hpp"
#include "support/keys.hpp"

namespace aion::proof {
namespace {

using attest::AttestDetail;
using attest::Container;

// Two entries of one version, with one byte changed.
Outcome container_with(std::size_t at, std::uint8_t byte) {
    Container container(FileId{1});
    for (std::uint64_t signer = 1; signer <= 2; ++signer) {
        const attest::Entry entry{
            .attestation = {.signer = AuthorId{signer}, .public_key = {}, .signature = {}},
            .reserved = {}};
        (void)container.add(VersionNumber{1}, Hash{}, entry);
    }
    Bytes bytes = container.to_bytes();
    bytes[at] = byte;
    return outcome(Container::parse(bytes));
}

Outcome policy_of(const std::string& threshold, const std::string& total,
                  const std::string& signers) {
    return outcome(attest::signing_policy_from_json(R"({"threshold":)" + threshold +
                                                    R"(,"total_signers":)" + total +
                                                    R"(,"authorized_signers":)" + signers + "}"));
}

Outcome policy_of_a_stranger() {
    constexpr AuthorId author{1};
    crypto::SigningKey& key = test::key_of(test::alices);
    trust::Registry registry;
    if (!registry.pin(author, key.public_half(), key.public_half())) {
        return std::nullopt;
    }
    const auto envelope = attest::sign_policy({1, {AuthorId{2}}}, author, key);
    return outcome(
        attest::open_policy(supply::to_json(envelope.value()), registry, {.authors = {author}}));
}

std::string many_signers() {
    std::string list = "[0";
    for (std::size_t i = 1; i <= policy::max_required_authors; ++i) {
        list += "," + std::to_string(i);
    }
    return list + "]";
}

}  // namespace

Outcome provoke(AttestDetail detail) {
    constexpr std::size_t entry_count = 64;  // of the version, as le32
    constexpr std::size_t first_signer = 72;
    switch (detail) {
        case AttestDetail::attestations_not_a_container:
            return container_with(0, 0);
        case AttestDetail::attestations_unsupported:
            return container_with(8, 2);
        case AttestDetail::attestations_too_many:
            return container_with(entry_count + 3, 1);
        case AttestDetail::attestations_bad_size:
            return container_with(entry_count, 3);
        case AttestDetail::attestations_out_of_order:
            return container_with(first_signer, 2);
        case AttestDetail::signing_policy_threshold:
            return policy_of("0", "1", "[1]");
        case AttestDetail::signing_policy_total:
            return policy_of("1", "2", "[1]");
        case AttestDetail::signing_policy_signer:
            return policy_of("1", "1", "[true]");
        case AttestDetail::signing_policy_twice:
            return policy_of("1", "2", "[1,1]");
        case AttestDetail::signing_policy_too_many:
            return policy_of("1", "1", many_signers());
        case AttestDetail::signing_policy_unknown:
            return policy_of_a_stranger();
    }
    return std::nullopt;
}

}  // namespace aion::proof
