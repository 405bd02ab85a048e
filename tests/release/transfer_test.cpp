// SPDX-License-Identifier: MIT OR Apache-2.0
// Releases into a store, as the reference's graph, and back as the folder that they were.
#include "aion/release/transfer.hpp"

#include <gtest/gtest.h>

#include "release/release_world.hpp"
#include "supply/memory_store.hpp"

namespace aion::release {
namespace {

using aion::test::MemoryStore;
using test::ok;
using test::ReleaseWorld;

// A store that says what is about what.
class Store final {
  public:
    PushedRelease push(ReleaseWorld& world) {
        const ReleaseReport report = world.verdict();
        PushedRelease pushed = ok(push_release(world.env, memory, world.bundle, *report.manifest,
                                               test::folder, {.tag = "v1"}));
        memory.about = {pushed.files};
        return pushed;
    }

    MemoryStore memory;
};

TEST(ReleaseTransfer, TheGraphIsTheReferences) {
    ReleaseWorld world;
    Store store;
    const PushedRelease pushed = store.push(world);
    const auto& blobs = store.memory.blobs;
    EXPECT_EQ(blobs.at(pushed.primary.digest.text()), world.bundle.oci_primary);
    EXPECT_EQ(blobs.at(pushed.aibom.digest.text()), world.bundle.oci_aibom);
    EXPECT_EQ(blobs.at(pushed.provenance.digest.text()), world.bundle.oci_provenance);
    const auto primary = ok(supply::oci_manifest_from_json(world.bundle.oci_primary));
    EXPECT_EQ(blobs.at(primary.layers[0].digest.text()), as_text(world.bundle.manifest));
    EXPECT_TRUE(blobs.contains(primary.config.digest.text()));
    for (const std::string* const about : {&world.bundle.oci_aibom, &world.bundle.oci_provenance}) {
        const auto manifest = ok(supply::oci_manifest_from_json(*about));
        EXPECT_TRUE(blobs.contains(manifest.layers[0].digest.text()));
        EXPECT_TRUE(blobs.contains(manifest.config.digest.text()));
    }
    EXPECT_EQ(store.memory.tags.at("v1").digest, pushed.primary.digest);
}

TEST(ReleaseTransfer, ComesBackWhole) {
    ReleaseWorld world;
    Store store;
    const PushedRelease pushed = store.push(world);
    for (const supply::OciDescriptor& root : {pushed.primary, pushed.files}) {
        MemoryEnv elsewhere;
        EXPECT_EQ(ok(pull_release(elsewhere, store.memory, root, "/pulled")).files.size(), 3U);
        const Bundle bundle = ok(read_bundle(elsewhere, "/pulled"));
        EXPECT_EQ(bundle, world.bundle);
        EXPECT_TRUE(ok(verify_release(elsewhere, bundle, "/pulled", world.registry)).is_valid());
    }
}

TEST(ReleaseTransfer, WhatChangedSinceItWasVerifiedIsNotPushed) {
    ReleaseWorld world;
    Store store;
    const ReleaseReport report = world.verdict();
    const auto push = [&] {
        return push_release(world.env, store.memory, world.bundle, *report.manifest, test::folder,
                            {.tag = "v1"});
    };
    world.env.put(ReleaseWorld::path(primary_name), as_bytes("weighty"));
    const auto other_model = push();
    ASSERT_FALSE(other_model.has_value());
    EXPECT_EQ(other_model.error().detail(), "oci_other_digest");
    Bundle other = world.bundle;
    other.signer = test::bob;
    world.env.put(ReleaseWorld::path(document_name), as_bytes(to_json(other)));
    const auto other_document = push();
    ASSERT_FALSE(other_document.has_value());
    EXPECT_EQ(other_document.error().code(), ErrorCode::file_changed);
    EXPECT_TRUE(store.memory.tags.empty()) << "no tag names what is not there";
}

TEST(ReleaseTransfer, WhichOfTwoReleasesAboutOneManifestNobodyGuesses) {
    ReleaseWorld world;
    Store store;
    const PushedRelease pushed = store.push(world);
    for (const auto& about :
         {std::vector<supply::OciDescriptor>{}, std::vector{pushed.files, pushed.aibom}}) {
        store.memory.about = about;
        for (supply::OciDescriptor& one : store.memory.about) {
            one.artifact_type = oci_release_type;
        }
        MemoryEnv elsewhere;
        const auto pulled = pull_release(elsewhere, store.memory, pushed.primary, "/pulled");
        ASSERT_FALSE(pulled.has_value());
        EXPECT_EQ(pulled.error().detail(), "release_not_one");
    }
}

}  // namespace
}  // namespace aion::release
