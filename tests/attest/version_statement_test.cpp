// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/version_statement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "aion/supply/envelope.hpp"
#include "supply/vectors.hpp"

namespace aion::attest {
namespace {

using test::ok;

format::VersionRecord version_of_the_vectors() {
    format::VersionRecord version{};
    version.number = 3;
    std::ranges::fill(version.parent_hash.bytes, 0x11);
    std::ranges::fill(version.rules_hash.bytes, 0x22);
    version.author = 1;
    version.timestamp = 1767225600000000000;
    version.message_offset = 17;
    version.message_length = 9;
    return version;
}

TEST(VersionStatement, IsTheReferencesInItsEnvelope) {
    const std::string expected =
        test::supply_vectors("manifest-dsse.json")["version_attestation_envelope"];
    crypto::SigningKey key = test::supply_key("s1");
    const supply::Envelope made = ok(supply::sign_envelope(
        supply::version_attestation_type,
        as_bytes(version_statement(version_of_the_vectors(), AuthorId{1})), AuthorId{1}, key));
    EXPECT_EQ(to_json(made, supply::EnvelopeForm::reference), expected);
}

TEST(VersionStatement, IsOfOneVersionAndSigner) {
    const format::VersionRecord version = version_of_the_vectors();
    format::VersionRecord other = version;
    other.message_length = 10;
    EXPECT_NE(version_statement(version, AuthorId{1}), version_statement(other, AuthorId{1}));
    EXPECT_NE(version_statement(version, AuthorId{1}), version_statement(version, AuthorId{2}));
}

}  // namespace
}  // namespace aion::attest
