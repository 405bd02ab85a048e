// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/manifest_signature.hpp"

#include <gtest/gtest.h>

#include <string>

#include "aion/base/hex.hpp"
#include "supply/vectors.hpp"
#include "support/keys.hpp"

namespace aion::supply {
namespace {

using test::ok;
using test::supply_key;
using test::supply_vectors;

constexpr AuthorId first{1};

Manifest reference_manifest() {
    const std::string canonical = supply_vectors("manifest-dsse.json")["canonical"];
    return ok(Manifest::from_canonical_bytes(ok(from_hex(canonical))));
}

ManifestSignature reference_signature() {
    crypto::SigningKey key = supply_key("s1");
    return ok(sign_manifest(reference_manifest(), first, key));
}

TEST(ManifestSignature, IsTheReferences) {
    const ManifestSignature signature = reference_signature();
    EXPECT_EQ(to_hex(signature.signature),
              supply_vectors("manifest-dsse.json")["signature"].get<std::string>());
    EXPECT_TRUE(is_signed(reference_manifest(), signature, test::supply_registry()));
    EXPECT_TRUE(
        is_signed(reference_manifest(), signature, test::supply_registry(), VersionNumber{1}));
}

TEST(ManifestSignature, IsReadAsItWasWritten) {
    const ManifestSignature signature = reference_signature();
    auto bytes = to_bytes(signature);
    EXPECT_EQ(ok(manifest_signature_from_bytes(bytes)), signature);
    const auto detail = [](ByteView view) {
        const auto read = manifest_signature_from_bytes(view);
        return read ? "no error" : std::string(read.error().detail());
    };
    EXPECT_EQ(detail(ByteView(bytes).first(111)), "manifest_bad_signature");
    bytes[111] = 1;
    EXPECT_EQ(detail(bytes), "manifest_bad_signature");
}

TEST(ManifestSignature, ByNobodyElseOfNothingElse) {
    const trust::Registry registry = test::supply_registry();
    ManifestSignature other = reference_signature();
    other.signer = AuthorId{2};
    EXPECT_FALSE(is_signed(reference_manifest(), other, registry));
    other = reference_signature();
    other.signature.bytes[3] ^= 1;
    EXPECT_FALSE(is_signed(reference_manifest(), other, registry));
    const Manifest another =
        ok(Manifest::make({{.name = "a", .size = 0, .blake3 = {}, .sha256 = std::nullopt}}));
    EXPECT_FALSE(is_signed(another, reference_signature(), registry));
    // A key of somebody who claims to be the author.
    const ManifestSignature stranger =
        ok(sign_manifest(reference_manifest(), first, test::key_of(test::alices)));
    EXPECT_FALSE(is_signed(reference_manifest(), stranger, registry));
}

}  // namespace
}  // namespace aion::supply
