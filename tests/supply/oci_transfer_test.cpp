// SPDX-License-Identifier: MIT OR Apache-2.0
// Copying, pushing, pulling and what is about artefacts (oci_copy, oci_push, oci_pull).
#include "aion/supply/oci_transfer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "aion/supply/oci_layout.hpp"
#include "supply/memory_store.hpp"
#include "support/results.hpp"
#include "support/temporary_folder.hpp"

namespace aion::supply {
namespace {

namespace fs = std::filesystem;
using test::code_of;
using test::MemoryStore;
using test::ok;

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "none" : std::string(result.error().detail());
}

class Transfers : public ::testing::Test {
  protected:
    void write(const std::string& name, std::string_view content) const {
        fs::create_directories((top / name).parent_path());
        std::ofstream(top / name, std::ios::binary) << content;
    }

    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream in(top / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    OciDescriptor layer(const std::string& title, const std::string& content) {
        OciDescriptor descriptor = store.put("application/x", content);
        if (!title.empty()) {
            descriptor.annotations.emplace(oci_title, title);
        }
        return descriptor;
    }

    OciDescriptor artifact(std::vector<OciDescriptor> layers,
                           const std::optional<OciDescriptor>& subject = {}) {
        store.put(oci_empty_type, std::string(oci_empty_blob));
        return store.put(oci_manifest_type, to_json(OciManifest{.artifact_type = "application/a",
                                                                .config = oci_empty_descriptor(),
                                                                .layers = std::move(layers),
                                                                .subject = subject}));
    }

    Result<PullReport> pull(const OciDescriptor& root, const PullOptions& options = {}) {
        return pull_files(env, store, root, top / "out", options);
    }

    Env& env = Env::system();
    test::TemporaryFolder folder;
    fs::path top = folder.path();
    MemoryStore store;
};

TEST_F(Transfers, FilesComeBack) {
    write("in/a.txt", "one");
    write("in/sub/deep/b.bin", std::string(100'000, 'b'));
    write("in/empty", "");
    const auto files = ok(find_artifacts(env, top / "in"));
    const auto pushed = ok(push_files(env, store, files, {.tag = "v1"}));
    EXPECT_EQ(pushed.files, 3U);
    EXPECT_EQ(pushed.bytes, 100'003U);
    EXPECT_EQ(pushed.manifest.artifact_type, oci_files_type);
    const auto pulled = ok(pull(ok(store.resolve("v1"))));
    ASSERT_EQ(pulled.files.size(), 3U);
    EXPECT_EQ(pulled.files[0].action, PullAction::fetched);
    EXPECT_EQ(read("out/a.txt"), "one");
    EXPECT_EQ(read("out/sub/deep/b.bin"), std::string(100'000, 'b'));
    EXPECT_EQ(read("out/empty"), "");
    // Nothing of it is fetched again.
    store.bytes_read = 0;
    const auto again = ok(pull(ok(store.resolve("v1"))));
    EXPECT_TRUE(std::ranges::all_of(
        again.files, [](const auto& file) { return file.action == PullAction::same; }));
    EXPECT_EQ(store.bytes_read, ok(store.resolve("v1")).size);
}

TEST_F(Transfers, DigestsOfAManifestAreUsedAndSeenThrough) {
    write("in/a.txt", "one");
    const auto files = ok(find_artifacts(env, top / "in"));
    auto artifacts = hash_artifacts(env, files);
    Artifact artifact = ok(std::move(artifacts.front()));
    const Manifest honest = ok(Manifest::make({artifact}));
    ok(push_files(env, store, files, {.digests = &honest}));
    artifact.sha256->bytes[0] ^= 1U;
    const Manifest lying = ok(Manifest::make({artifact}));
    EXPECT_EQ(detail_of(push_files(env, store, files, {.digests = &lying})), "oci_other_digest");
}

TEST_F(Transfers, TitlesThatCouldLeadElsewhereAreRefusedBeforeAnythingIsWritten) {
    const OciDescriptor good = layer("good", "good");
    for (const std::string& title :
         {std::string("../x"), std::string("/x"), std::string("a/../../x"), std::string("a//b"),
          std::string("."), std::string(""), std::string("C:x"), std::string("c:/x"),
          std::string("a\\b"), std::string("a\0b", 3), std::string("a\nb"), std::string("good"),
          std::string("GOOD"), std::string("good/x"), std::string("Good/x"),
          std::string("x/.y.0123456789abcdef.part"), std::string(".x.tmp"),
          std::string(4096, 'a')}) {
        OciDescriptor bad = layer("", "bad");
        bad.annotations.emplace(oci_title, title);
        EXPECT_EQ(detail_of(pull(artifact({good, bad}))), "oci_bad_title") << title;
        EXPECT_FALSE(fs::exists(top / "out")) << title;
    }
}

TEST_F(Transfers, LayersWithoutATitleAreNamedByDigest) {
    OciDescriptor archive = layer("", "content");
    archive.media_type = "application/vnd.oci.image.layer.v1.tar+gzip";
    const auto pulled = ok(pull(artifact({archive})));
    EXPECT_EQ(pulled.files[0].name, "sha256-" + std::string(archive.digest.hex()));
    EXPECT_TRUE(pulled.files[0].is_archive);
    EXPECT_EQ(read("out/" + pulled.files[0].name), "content");
}

TEST_F(Transfers, OtherFilesStayUnlessForced) {
    const OciDescriptor root = artifact({layer("a", "new"), layer("b", "b")});
    write("out/a", "old");
    EXPECT_EQ(code_of(pull(root)), ErrorCode::file_exists);
    EXPECT_FALSE(fs::exists(top / "out/b"));
    const auto pulled = ok(pull(root, {.force = true}));
    EXPECT_EQ(pulled.files[0].action, PullAction::replaced);
    EXPECT_EQ(read("out/a"), "new");
}

TEST_F(Transfers, LinksInTheFolderAreNotFollowed) {
    fs::create_directories(top / "elsewhere");
    fs::create_directories(top / "out");
    fs::create_directory_symlink(top / "elsewhere", top / "out/sub");
    const auto refused = pull(artifact({layer("sub/x", "x")}), {.force = true});
    EXPECT_EQ(refused.error().os_error(), ELOOP);
    EXPECT_TRUE(fs::is_empty(top / "elsewhere"));
    write("victim", "victim");
    fs::create_symlink(top / "victim", top / "out/y");
    EXPECT_EQ(pull(artifact({layer("y", "y")}), {.force = true}).error().os_error(), ELOOP);
    EXPECT_EQ(read("victim"), "victim");
}

TEST_F(Transfers, BrokenPullsAreGoneOnWith) {
    const std::string content(10'000'000, 'c');
    const OciDescriptor root = artifact({layer("large", content)});
    store.breaks_at = 6'000'000;
    EXPECT_EQ(code_of(pull(root)), ErrorCode::file_read_error);
    EXPECT_FALSE(fs::exists(top / "out/large"));
    store.bytes_read = 0;
    const auto pulled = ok(pull(root));
    EXPECT_EQ(pulled.files[0].action, PullAction::resumed);
    EXPECT_EQ(pulled.files[0].resumed_from, 6'000'000U);
    EXPECT_EQ(store.bytes_read, 4'000'000U + root.size);
    EXPECT_EQ(read("out/large"), content);
    EXPECT_EQ(std::distance(fs::directory_iterator(top / "out"), {}), 1);
}

TEST_F(Transfers, LyingBlobsNeverHaveAName) {
    const OciDescriptor liar = layer("a", "what was asked for");
    store.blobs[liar.digest.text()] = "what was not asked";
    EXPECT_EQ(detail_of(pull(artifact({liar}))), "oci_other_digest");
    EXPECT_TRUE(fs::is_empty(top / "out"));
    store.is_endless = true;
    EXPECT_FALSE(pull(artifact({liar})).has_value());
}

TEST_F(Transfers, AnIndexHasNoFiles) {
    const OciDescriptor index = store.put(oci_index_type, to_json(OciIndex()));
    EXPECT_EQ(code_of(pull(index)), ErrorCode::invalid_argument);
}

TEST_F(Transfers, CopiesAreTheSameBytes) {
    const OciDescriptor one = artifact({layer("a", "1")});
    const OciDescriptor two = artifact({layer("b", "2")});
    // With white space, which nobody would write again.
    const OciDescriptor index =
        store.put(oci_index_type, R"({ "schemaVersion": 2, "manifests": [)" + to_json(one) + "," +
                                      to_json(two) + "] }");
    auto to = ok(OciLayout::create(env, top / "layout"));
    const auto report = ok(copy_artifact(store, *to, index, {.tag = "v1"}));
    EXPECT_EQ(report.manifests, 3U);
    EXPECT_EQ(report.blobs, 3U);
    EXPECT_EQ(ok(to->resolve("v1")).digest, index.digest);
    EXPECT_EQ(ok(to->read_document(index)), store.blobs[index.digest.text()]);
    EXPECT_TRUE(ok(check_layout(*to)).is_valid());
    EXPECT_EQ(ok(copy_artifact(store, *to, index, {})).already, 3U);
}

TEST_F(Transfers, CirclesEnd) {
    const OciDescriptor root = artifact({layer("a", "1")});
    const OciDescriptor about = artifact({layer("b", "2")}, root);
    store.about = {about, root};  // Each is about the other, and about itself.
    MemoryStore to;
    EXPECT_EQ(ok(copy_artifact(store, to, root, {.referrers = true})).manifests, 2U);
    const auto found = ok(discover(store, root));
    ASSERT_EQ(found.size(), 4U);
    EXPECT_FALSE(found[0].is_cut);
    EXPECT_TRUE(found[1].is_cut && found[2].is_cut && found[3].is_cut);
}

TEST_F(Transfers, AreNotEndlesslyDeep) {
    OciDescriptor inner = artifact({layer("a", "1")});
    for (unsigned i = 0; i <= max_oci_depth; ++i) {
        inner = store.put(oci_index_type, to_json(OciIndex{.manifests = {inner}}));
    }
    MemoryStore to;
    EXPECT_EQ(detail_of(copy_artifact(store, to, inner, {})), "oci_too_deep");
    store.about = {describe_bytes(oci_manifest_type, "any")};
    store.repeats_itself = true;
    EXPECT_EQ(code_of(discover(store, inner)), ErrorCode::resource_exhausted);
}

TEST_F(Transfers, AttachedThingsAreFound) {
    auto layout = ok(OciLayout::create(env, top / "layout"));
    const OciDescriptor root = artifact({layer("a", "1")});
    ok(copy_artifact(store, *layout, root, {.tag = "v1"}));
    const std::string text = R"({"some":"statement"})";
    BytesSource source(text);
    const auto made = ok(attach(*layout, root, OciDigest::of_bytes(as_bytes(text)), text.size(),
                                source, {.artifact_type = "application/s"}));
    BytesSource again(text);
    const auto above = ok(attach(*layout, made, OciDigest::of_bytes(as_bytes(text)), text.size(),
                                 again, {.artifact_type = "application/t"}));
    const auto found = ok(discover(*layout, root));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].descriptor, made);
    EXPECT_EQ(found[1].descriptor, above);
    EXPECT_EQ(found[1].depth, 2U);
    EXPECT_TRUE(ok(discover(*layout, root, "application/t")).empty());
    MemoryStore to;
    EXPECT_EQ(ok(copy_artifact(*layout, to, root, {.referrers = true})).manifests, 3U);
}

}  // namespace
}  // namespace aion::supply
