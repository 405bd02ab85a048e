// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/oci_layout.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/supply/oci_transfer.hpp"
#include "support/results.hpp"
#include "support/temporary_folder.hpp"

namespace aion::supply {
namespace {

namespace fs = std::filesystem;
using test::code_of;
using test::ok;

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "none" : std::string(result.error().detail());
}

class Layouts : public ::testing::Test {
  protected:
    void write(const fs::path& path, std::string_view content) const {
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
    }

    [[nodiscard]] std::string read(const fs::path& path) const {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    std::unique_ptr<OciLayout> layout() { return ok(OciLayout::create(env, top)); }

    /// An artefact of one blob.
    OciDescriptor put(OciStore& store, const std::string& content, const std::string& tag = "",
                      const std::optional<OciDescriptor>& subject = {}) {
        BytesSource empty(oci_empty_blob);
        ok(store.write_blob(oci_empty_descriptor(), empty));
        BytesSource source(content);
        const OciDescriptor blob = describe_bytes("application/x", content);
        ok(store.write_blob(blob, source));
        const std::string text = to_json(OciManifest{.artifact_type = "application/a",
                                                     .config = oci_empty_descriptor(),
                                                     .layers = {blob},
                                                     .subject = subject});
        const OciDescriptor descriptor = describe_bytes(oci_manifest_type, text);
        ok(store.write_document(descriptor, text, tag));
        return descriptor;
    }

    [[nodiscard]] fs::path blob_path(const OciDescriptor& descriptor) const {
        return top / "blobs/sha256" / std::string(descriptor.digest.hex());
    }

    Env& env = Env::system();
    test::TemporaryFolder folder;
    fs::path top = folder.path() / "layout";
};

TEST_F(Layouts, AreWhatTheSpecificationSays) {
    auto store = layout();
    EXPECT_EQ(read(top / "oci-layout"), R"({"imageLayoutVersion":"1.0.0"})");
    EXPECT_EQ(
        read(top / "index.json"),
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})");
    const OciDescriptor made = put(*store, "content", "v1");
    EXPECT_EQ(read(blob_path(describe_bytes("", "content"))), "content");
    EXPECT_EQ(
        read(top / "index.json"),
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)"
        R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
            made.digest.text() + R"(","size":)" + std::to_string(made.size) +
            R"(,"annotations":{"org.opencontainers.image.ref.name":"v1"},)"
            R"("artifactType":"application/a"}]})");
    EXPECT_EQ(ok(store->resolve("v1")).digest, made.digest);
    EXPECT_EQ(ok(store->resolve(made.digest.text())).size, made.size);
    EXPECT_EQ(code_of(store->resolve("v2")), ErrorCode::file_not_found);
}

TEST_F(Layouts, AreMadeWhereNothingElseIs) {
    EXPECT_EQ(code_of(OciLayout::open(env, top)), ErrorCode::file_read_error);
    write(top / "notes.txt", "mine");
    EXPECT_EQ(detail_of(OciLayout::create(env, top)), "oci_bad_layout");
    EXPECT_EQ(detail_of(OciLayout::open(env, top)), "oci_bad_layout");
    EXPECT_FALSE(fs::exists(top / "blobs"));
    fs::remove(top / "notes.txt");
    layout();
    EXPECT_TRUE(OciLayout::open(env, top).has_value());
    write(top / "oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
    EXPECT_EQ(detail_of(OciLayout::open(env, top)), "oci_bad_layout");
}

TEST_F(Layouts, MoveTags) {
    auto store = layout();
    const OciDescriptor one = put(*store, "1", "v1");
    const OciDescriptor two = put(*store, "2", "v1");
    EXPECT_EQ(ok(store->resolve("v1")).digest, two.digest);
    EXPECT_EQ(ok(store->index()).manifests.size(), 2U);
    EXPECT_EQ(ok(store->resolve(one.digest.text())).digest, one.digest);
    put(*store, "2", "v2");
    put(*store, "2");
    const auto entries = ok(store->index()).manifests;
    EXPECT_EQ(entries.size(), 3U);
    EXPECT_EQ(std::ranges::count(entries, two.digest, &OciDescriptor::digest), 2);
}

TEST_F(Layouts, KeepWhatOthersWroteIntoTheIndex) {
    auto store = layout();
    const OciDescriptor one = put(*store, "1", "v1");
    const std::string entry =
        R"({"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:)" +
        std::string(64, 'b') + R"(","size":9,"platform":{"os":"linux"}})";
    write(top / "index.json",
          R"({"schemaVersion":2,"manifests":[)" + entry + R"(],"annotations":{"a":"b"},"x":1})");
    put(*store, "2", "v2");
    const std::string now = read(top / "index.json");
    EXPECT_NE(now.find(R"("platform":{"os":"linux"})"), std::string::npos) << now;
    EXPECT_NE(now.find(R"("annotations":{"a":"b"},"x":1})"), std::string::npos) << now;
    EXPECT_EQ(now.find("mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests"),
              std::string::npos);
    // What is no entry, but a manifest that is there.
    EXPECT_EQ(ok(store->resolve(one.digest.text())).media_type, oci_manifest_type);
}

TEST_F(Layouts, ResolveTheOnlyOneWithoutAName) {
    auto store = layout();
    EXPECT_EQ(code_of(store->resolve("")), ErrorCode::invalid_argument);
    const OciDescriptor one = put(*store, "1");
    put(*store, "about", "", one);
    EXPECT_EQ(ok(store->resolve("")).digest, one.digest);
    const OciDescriptor tagged = put(*store, "2", "v2");
    EXPECT_EQ(ok(store->resolve("")).digest, tagged.digest);
    put(*store, "3", "v3");
    EXPECT_EQ(code_of(store->resolve("")), ErrorCode::invalid_argument);
}

TEST_F(Layouts, FindReferrersAlsoInIndexes) {
    auto store = layout();
    const OciDescriptor one = put(*store, "1", "v1");
    EXPECT_TRUE(ok(store->referrers(one)).empty());
    const OciDescriptor about = put(*store, "about", "", one);
    const OciDescriptor inner = put(*store, "inner", "", one);
    const OciIndex index{.manifests = {inner, describe_bytes(oci_manifest_type, "missing")}};
    const std::string text = to_json(index);
    ok(store->write_document(describe_bytes(oci_index_type, text), text, "sha256-old"));
    // Only the index leads to it now.
    std::string entries = read(top / "index.json");
    const std::string own = to_json([&] {
        OciDescriptor entry = inner;
        entry.artifact_type = "application/a";
        return entry;
    }());
    const std::size_t at = entries.find(own + ",");
    ASSERT_NE(at, std::string::npos) << entries;
    write(top / "index.json", entries.erase(at, own.size() + 1));
    const auto found = ok(store->referrers(one));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(std::ranges::count(found, about.digest, &OciDescriptor::digest), 1);
    EXPECT_EQ(std::ranges::count(found, inner.digest, &OciDescriptor::digest), 1);
    EXPECT_EQ(found[0].artifact_type, "application/a");
}

TEST_F(Layouts, NeverLeaveTheFolder) {
    auto store = layout();
    const OciDescriptor one = put(*store, "1", "v1");
    const fs::path outside = folder.path() / "outside";
    fs::rename(top / "blobs/sha256", outside);
    fs::create_directory_symlink(outside, top / "blobs/sha256");
    store = layout();
    EXPECT_EQ(store->read_document(one).error().os_error(), ELOOP);
    BytesSource source("2");
    EXPECT_EQ(store->write_blob(describe_bytes("t", "2"), source).error().os_error(), ELOOP);
    fs::remove(top / "blobs/sha256");
    fs::rename(outside, top / "blobs/sha256");
    store = layout();
    fs::rename(blob_path(one), outside);
    fs::create_symlink(outside, blob_path(one));
    EXPECT_EQ(store->read_document(one).error().os_error(), ELOOP);
    fs::remove(top / "index.json");
    fs::create_symlink(outside, top / "index.json");
    EXPECT_EQ(store->index().error().os_error(), ELOOP);
}

TEST_F(Layouts, AreCheckedBlobByBlob) {
    auto store = layout();
    const OciDescriptor one = put(*store, "1", "v1");
    const OciDescriptor lost = put(*store, "lost", "v2");
    put(*store, "about", "", describe_bytes(oci_manifest_type, "a subject elsewhere"));
    auto report = ok(check_layout(*store));
    EXPECT_TRUE(report.is_valid());
    EXPECT_EQ(report.manifests, 3U);
    EXPECT_EQ(report.rows.size(), 7U);  // `{}` is there once.
    EXPECT_EQ(report.tags.size(), 2U);
    write(blob_path(describe_bytes("", "1")), "2");
    fs::remove(blob_path(describe_bytes("", "lost")));
    write(top / "blobs/sha256/.oops", "x");
    write(blob_path(describe_bytes("", "spare")), "spare");
    report = ok(check_layout(*store));
    EXPECT_FALSE(report.is_valid());
    const auto finding = [&](const std::string& name) {
        const auto found = std::ranges::find(report.rows, name, &LayoutReport::Row::name);
        return found == report.rows.end() ? "none" : std::string(name_of(found->finding));
    };
    EXPECT_EQ(finding(describe_bytes("", "1").digest.text()), "other_content");
    EXPECT_EQ(finding(describe_bytes("", "lost").digest.text()), "missing");
    EXPECT_EQ(finding("sha256/.oops"), "foreign");
    EXPECT_EQ(finding(describe_bytes("", "spare").digest.text()), "fits");
    EXPECT_EQ(finding(one.digest.text()), "fits");
    write(blob_path(lost), "no manifest");
    EXPECT_EQ(code_of(store->resolve("v3")), ErrorCode::file_not_found);
}

TEST_F(Layouts, TakeWhatIsDamagedForMissing) {
    auto store = layout();
    const OciDescriptor blob = describe_bytes("t", "content");
    write(blob_path(blob), "half");
    BytesSource source("content");
    ok(store->write_blob(blob, source));
    EXPECT_EQ(read(blob_path(blob)), "content");
}

TEST_F(Layouts, LoseNoTagOfAnother) {
    layout();
    const auto work = [this](const std::string& name) {
        auto store = ok(OciLayout::open(env, top));
        for (int i = 0; i < 10; ++i) {
            put(*store, name + std::to_string(i), name + std::to_string(i));
        }
    };
    std::thread one(work, "a");
    std::thread two(work, "b");
    one.join();
    two.join();
    EXPECT_EQ(ok(layout()->index()).manifests.size(), 20U);
    EXPECT_TRUE(ok(check_layout(*layout())).is_valid());
}

// --- partial blobs -------------------------------------------------------------------------------

class Partials : public Layouts {
  protected:
    /// A source that breaks off.
    class Source final : public BlobSource {
      public:
        explicit Source(const std::string& bytes) : bytes_(bytes) {}

        Result<> read(std::uint64_t offset, const BlobSink& sink) override {
            constexpr std::size_t piece = 1U << 20U;
            for (std::uint64_t at = offset; at < bytes_.size(); at += piece) {
                if (at >= breaks_at) {
                    return fail(error_at_path(ErrorCode::file_read_error, "connection"));
                }
                const std::string_view part = std::string_view(bytes_).substr(at, piece);
                given += part.size();
                if (auto done = sink(as_bytes(part)); !done) {
                    return done;
                }
            }
            return {};
        }

        std::uint64_t breaks_at = UINT64_MAX;
        std::uint64_t given = 0;

      private:
        const std::string& bytes_;
    };

    [[nodiscard]] std::vector<fs::path> files() const {
        std::vector<fs::path> all;
        for (const auto& entry : fs::directory_iterator(top / "blobs/sha256")) {
            all.push_back(entry.path());
        }
        return all;
    }

    std::string content = std::string(12'000'000, 'p');
    OciDescriptor blob = describe_bytes("t", content);
};

TEST_F(Partials, AreGoneOnWith) {
    auto store = layout();
    Source source(content);
    source.breaks_at = 5U << 20U;
    EXPECT_EQ(code_of(store->write_blob(blob, source)), ErrorCode::file_read_error);
    ASSERT_EQ(files().size(), 1U);
    EXPECT_EQ(files()[0].extension(), ".part");
    EXPECT_FALSE(ok(store->has(blob)));
    source.breaks_at = UINT64_MAX;
    source.given = 0;
    ok(store->write_blob(blob, source));
    EXPECT_EQ(source.given, content.size() - (5U << 20U));
    EXPECT_EQ(files(), std::vector<fs::path>{blob_path(blob)});
    EXPECT_TRUE(ok(check_layout(*store)).is_valid());
}

TEST_F(Partials, ThatAreDamagedAreBegunAnew) {
    auto store = layout();
    Source source(content);
    source.breaks_at = 5U << 20U;
    EXPECT_FALSE(store->write_blob(blob, source).has_value());
    std::string half(9'000'000, 'q');
    write(files().front(), half);
    source.breaks_at = UINT64_MAX;
    ok(store->write_blob(blob, source));
    EXPECT_EQ(files(), std::vector<fs::path>{blob_path(blob)});
    EXPECT_EQ(read(blob_path(blob)), content);
}

TEST_F(Partials, OfSomethingElseAreNotKept) {
    auto store = layout();
    const std::string other(content.size(), 'x');
    Source source(other);
    EXPECT_EQ(detail_of(store->write_blob(blob, source)), "oci_other_digest");
    EXPECT_TRUE(files().empty());
}

TEST_F(Partials, ThatAreLinksAreNotFollowed) {
    auto store = layout();
    Source source(content);
    source.breaks_at = 5U << 20U;
    EXPECT_FALSE(store->write_blob(blob, source).has_value());
    const fs::path partial = files().front();
    fs::remove(partial);
    write(folder.path() / "victim", "victim");
    fs::create_symlink(folder.path() / "victim", partial);
    source.breaks_at = UINT64_MAX;
    ok(store->write_blob(blob, source));
    EXPECT_EQ(read(folder.path() / "victim"), "victim");
    EXPECT_EQ(read(blob_path(blob)), content);
}

// Whatever survives of a write, a name of a blob is a promise.
TEST_F(Layouts, HoldAfterAPowerCut) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        MemoryEnv memory;
        memory.put_directory("/d");
        {
            auto store = ok(OciLayout::create(memory, "/d/l"));
            put(*store, "first", "v1");
            memory.set_fault([seed](std::uint64_t index, const MemoryEnv::CallRecord&) {
                return index > seed * 2 ? EIO : 0;
            });
            const std::string content = "second";
            BytesSource source(content);
            const OciDescriptor blob = describe_bytes("t", content);
            if (store->write_blob(blob, source)) {
                const std::string text = to_json(OciManifest{.config = blob, .layers = {blob}});
                (void)store->write_document(describe_bytes(oci_manifest_type, text), text, "v1");
            }
        }
        memory.cut_power({.seed = seed, .keep_some = true});
        auto store = ok(OciLayout::open(memory, "/d/l"));
        EXPECT_TRUE(ok(check_layout(*store)).is_valid()) << seed;
        EXPECT_TRUE(store->resolve("v1").has_value()) << seed;
    }
}

}  // namespace
}  // namespace aion::supply
