// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/oci_store.hpp"

#include <gtest/gtest.h>

#include <string>

#include "aion/base/hex.hpp"
#include "crypto/sha512.hpp"
#include "supply/memory_store.hpp"
#include "support/results.hpp"

namespace aion::supply {
namespace {

using test::code_of;
using test::MemoryStore;
using test::ok;

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "none" : std::string(result.error().detail());
}

class Stores : public ::testing::Test {
  protected:
    Result<std::string> read(const OciDescriptor& descriptor) {
        std::string out;
        auto done = store.read_blob(descriptor, [&out](ByteView bytes) -> Result<> {
            out += as_text(bytes);
            return {};
        });
        return done ? Result<std::string>(out) : fail(done.error());
    }

    MemoryStore store;
    std::string content = std::string(5000, 'c');
    OciDescriptor blob = store.put("application/x", content);
};

TEST_F(Stores, GiveWhatIsThere) {
    EXPECT_EQ(ok(read(blob)), content);
    EXPECT_EQ(ok(store.read_document(blob)), content);
    EXPECT_EQ(code_of(read(describe_bytes("application/x", "other"))), ErrorCode::file_not_found);
    const OciDescriptor empty = store.put("application/x", "");
    EXPECT_EQ(ok(read(empty)), "");
}

TEST_F(Stores, AreNotBelieved) {
    store.blobs[blob.digest.text()][1234] = 'd';
    EXPECT_EQ(detail_of(read(blob)), "oci_other_digest");
    EXPECT_EQ(detail_of(store.read_document(blob)), "oci_other_digest");
    store.blobs[blob.digest.text()] = content.substr(1);
    EXPECT_EQ(detail_of(read(blob)), "oci_other_size");
    store.blobs[blob.digest.text()] = content + "c";
    EXPECT_EQ(detail_of(read(blob)), "oci_other_size");
    EXPECT_EQ(detail_of(store.read_document(blob)), "oci_other_size");
}

TEST_F(Stores, AreNotReadForEver) {
    store.is_endless = true;
    EXPECT_EQ(detail_of(read(blob)), "oci_other_size");
    EXPECT_LE(store.bytes_read, content.size() + 1000);
}

TEST_F(Stores, ResolveToWhatWasAskedFor) {
    store.tags["v1"] = blob;
    EXPECT_EQ(ok(store.resolve("v1")), blob);
    const OciDescriptor other = describe_bytes("application/x", "other");
    store.tags[other.digest.text()] = blob;
    EXPECT_EQ(detail_of(store.resolve(other.digest.text())), "oci_other_digest");
    EXPECT_EQ(detail_of(store.resolve("sha256:0")), "oci_bad_digest");
    EXPECT_EQ(code_of(store.resolve("../x")), ErrorCode::invalid_argument);
    store.tags["large"] = blob;
    store.tags["large"].size = max_oci_document + 1;
    EXPECT_EQ(code_of(store.resolve("large")), ErrorCode::resource_exhausted);
    EXPECT_EQ(code_of(store.read_document(store.tags["large"])), ErrorCode::resource_exhausted);
}

TEST_F(Stores, GoOnWhereItBrokeOff) {
    store.breaks_at = 3000;
    BlobCheck check(blob);
    std::string out;
    const BlobSink sink = [&out](ByteView bytes) -> Result<> {
        out += as_text(bytes);
        return {};
    };
    EXPECT_EQ(code_of(store.read_blob(blob, check, sink)), ErrorCode::file_read_error);
    EXPECT_EQ(check.offset(), 3000U);
    ok(store.read_blob(blob, check, sink));
    EXPECT_EQ(out, content);
    EXPECT_EQ(store.bytes_read, content.size());
}

TEST_F(Stores, KeepNothingThatIsAnother) {
    const OciDescriptor wanted = describe_bytes("application/x", "what was wanted");
    BytesSource other("what was brought");
    EXPECT_EQ(detail_of(store.write_blob(wanted, other)), "oci_other_size");
    BytesSource same_size("What was wanted");
    EXPECT_EQ(detail_of(store.write_blob(wanted, same_size)), "oci_other_digest");
    EXPECT_FALSE(ok(store.has(wanted)));
    EXPECT_EQ(detail_of(store.write_document(wanted, "What was wanted")), "oci_other_digest");
    EXPECT_EQ(code_of(store.write_document(wanted, "what was wanted", "no tag")),
              ErrorCode::invalid_argument);
}

TEST_F(Stores, TellOfReferrersOnceAndNotForEver) {
    OciDescriptor one = describe_bytes(oci_manifest_type, "1");
    one.artifact_type = "a";
    OciDescriptor two = describe_bytes(oci_manifest_type, "2");
    two.artifact_type = "b";
    store.about = {one, two, one};
    EXPECT_EQ(ok(store.referrers(blob)).size(), 2U);
    EXPECT_EQ(ok(store.referrers(blob, "b")), std::vector<OciDescriptor>{two});
    store.repeats_itself = true;
    EXPECT_EQ(code_of(store.referrers(blob)), ErrorCode::resource_exhausted);
}

TEST_F(Stores, ReadSourcesByPositionToo) {
    const std::string text = "0123456789";
    const OciDescriptor descriptor = describe_bytes("application/x", text);
    StoreSource source(store, descriptor);
    store.put("application/x", text);
    std::unique_ptr<ReadableFile> kept;
    ReadableFile* const file = ok(readable(Env::system(), source, kept));
    Bytes out(4);
    ok(file->read_at(3, out));
    EXPECT_EQ(as_text(out), "3456");
    std::string rest;
    ok(source.read(7, [&rest](ByteView bytes) -> Result<> {
        rest += as_text(bytes);
        return {};
    }));
    EXPECT_EQ(rest, "789");
}

TEST(BlobCheck, KnowsSha512) {
    const std::string text = "abc";
    crypto::Sha512 hash;
    hash.update(as_bytes(text));
    const std::string hex = to_hex(hash.digest());
    // FIPS 180-4, the example of one block.
    EXPECT_EQ(hex.substr(0, 32), "ddaf35a193617abacc417349ae204131");
    BlobCheck check({.media_type = {}, .digest = ok(OciDigest::parse("sha512:" + hex)), .size = 3});
    ok(check.take(as_bytes(text)));
    ok(check.finish());
}

}  // namespace
}  // namespace aion::supply
