// SPDX-License-Identifier: MIT OR Apache-2.0
// docs/file-format.md#order-of-sections and docs/file-format.md#known-answers.
#include "aion/format/file_image.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
#include "format/samples.hpp"

namespace aion::format {
namespace {

constexpr std::string_view golden_genesis_hex =
    "41494f4e02000100efcdab89674523010100000000000000d9330d3df06bed4e1e94e22366a757e93688dc5d"
    "efd0ddc2d38b067939332125d9330d3df06bed4e1e94e22366a757e93688dc5defd0ddc2d38b067939332125"
    "00002a36fe9c971700002a36fe9c971700010000000000004400000000000000440100000000000001000000"
    "00000000dc0100000000000001000000000000004c0200000000000001000000000000009c02000000000000"
    "1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000001020304050607"
    "08090a0b00150ea5dd676499470de6bfff26d4c7ba8460d8862c0adf2c1bb387fd52e82fa50c7cb6fcf8bd0e"
    "e47fe3744f0eebce81258f6d3d7d7ed901000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000d9330d3df06bed4e1e94e22366a757e93688dc5defd0ddc2d38b067939332125"
    "51c300000000000000002a36fe9c971700000000000000000f00000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000000051c3000000000000"
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a641dd2b9f925e01c1d331460"
    "a0bc6b28f9cdcb93e225919763b80978c4e6060ed9f83437b1827509a7e158fef0965bf3ba237eb407dd86b9"
    "92f8a359c68b8a06000000000000000000002a36fe9c971751c3000000000000010000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000047656e657369732076657273696f6e00d876ad228c485a73a6af40f6079ee81ad58a89bd"
    "b507e0447500eb701d5ec476";

Layout arbitrary_layout() {
    return {.payload_size = *rc::gen::inRange<std::uint64_t>(0, 3000),
            .versions = *rc::gen::inRange<std::uint64_t>(0, 20),
            .signatures = *rc::gen::inRange<std::uint64_t>(0, 20),
            .audit = *rc::gen::inRange<std::uint64_t>(0, 20),
            .strings_size = *rc::gen::inRange<std::uint64_t>(0, 500)};
}

// docs/file-format.md#a-file-of-nothing.
TEST(FileImage, GoldenEmptyFile) {
    const Bytes file = test::golden_empty_file();
    ASSERT_EQ(file.size(), 288U);
    const auto view = FileView::parse(file).value();
    for (std::size_t at = test::field_payload; at <= test::field_strings; at += 16) {
        EXPECT_EQ(to_hex(ByteView(file).subspan(at, 16)), "00010000000000000000000000000000");
    }
    EXPECT_EQ(view.file_id().value, 42U);
    EXPECT_EQ(view.header().current_version, 0U);
    EXPECT_EQ(to_hex(view.integrity_hash().value()),
              "bcb353dbc0facc997bf3255827127d4693030deed890d531da7cd5a991453623");
    EXPECT_TRUE(view.check_integrity());
}

// docs/file-format.md#version-1, the whole file.
TEST(FileImage, GoldenGenesisFile) {
    const Bytes file = test::golden_genesis_file();
    ASSERT_EQ(file.size(), 716U);
    EXPECT_EQ(to_hex(file), golden_genesis_hex);
}

// docs/file-format.md#version-2-on-top-of-it.
TEST(FileImage, GoldenSecondFile) {
    const Bytes file = test::golden_second_file();
    ASSERT_EQ(file.size(), 1038U);
    const auto view = FileView::parse(file).value();
    const auto& header = view.header();
    EXPECT_EQ(header.payload.offset, 256U);
    EXPECT_EQ(header.payload.length, 36U);
    EXPECT_EQ(header.versions.offset, 292U);
    EXPECT_EQ(header.versions.count, 2U);
    EXPECT_EQ(header.signatures.offset, 596U);
    EXPECT_EQ(header.signatures.count, 2U);
    EXPECT_EQ(header.audit.offset, 820U);
    EXPECT_EQ(header.audit.count, 2U);
    EXPECT_EQ(header.strings.offset, 980U);
    EXPECT_EQ(header.strings.length, 26U);
    const auto* second = view.version_at(1).value();
    EXPECT_EQ(to_hex(second->body()),
              "02000000000000004895f1d34bd7618db60bf66fb38752cef0d9d525acda2e106c1ae7d26eb5ddbe"
              "aeb8ed98b49af3b81c45000e3d3a8ab1f257121141d9d51651eb88928959d5d751c3000000000000"
              "00cac471fe9c9717100000000000000009000000");
    EXPECT_EQ(to_hex(version_hash(*second)),
              "a09f3a0cc568df09c1b57c51f2dda9f4ccd04ce517d3f921c09b7189f86479af");
    EXPECT_EQ(to_hex(view.audit_at(1).value()->all()),
              "00cac471fe9c971751c300000000000002000000000000000000000000000000000000000000"
              "00002654196872383200ba786df6ac9c1387dabbd3d8523a6d50252bfb1ea25f9658"
              "0000000000000000");
    EXPECT_EQ(view.message(*second), "Version 2");
    EXPECT_EQ(to_hex(view.integrity_hash().value()),
              "6801483a5663d938e8d0f46861eedc57bbb9582dc0659d3114c733f1b29e8350");
}

TEST(FileImage, LaysSectionsOutInOrder) {
    FileImage image({.payload_size = 100, .versions = 1});
    EXPECT_EQ(image.header().payload.offset, 256U);
    EXPECT_EQ(image.header().payload.length, 100U);
    EXPECT_EQ(image.header().versions.offset, 356U);
    EXPECT_EQ(image.header().versions.count, 1U);
    EXPECT_EQ(image.header().signatures.offset, 508U);
    EXPECT_EQ(image.header().strings.offset, 508U);
}

TEST(FileImage, EverythingButThePayloadStartsZeroed) {
    FileImage image(
        {.payload_size = 9, .versions = 2, .signatures = 2, .audit = 2, .strings_size = 7});
    const ByteView rest = image.bytes().subspan(256 + 9);
    EXPECT_TRUE(std::ranges::all_of(rest, [](std::uint8_t b) { return b == 0; }));
    EXPECT_EQ(rest.size(), 2U * (152 + 112 + 80) + 7 + 32);
    EXPECT_EQ(image.header().flags, 0U);
    EXPECT_EQ(image.header().file_id, 0U);
}

TEST(FileImage, CanBeMovedAndFinishedAgain) {
    FileImage image({.strings_size = 1});
    image.finish();
    FileImage moved = std::move(image);
    moved.header().file_id = 5;
    EXPECT_FALSE(FileView::parse(moved.bytes())->check_integrity());
    moved.finish(crypto::Parallelism::all_cores);
    EXPECT_TRUE(FileView::parse(moved.bytes())->check_integrity());
}

TEST(FileImage, APayloadThatPassesByLeavesTheRestAsItIs) {
    const Layout layout{
        .payload_size = 9, .versions = 2, .signatures = 2, .audit = 2, .strings_size = 7};
    FileImage held(layout);
    FileImage rest(layout, FileImage::Payload::passes_by);
    const Bytes payload(9, 0xA5);
    std::ranges::copy(payload, held.payload().begin());
    EXPECT_TRUE(rest.payload().empty());
    for (FileImage* const image : {&held, &rest}) {
        image->header().file_id = 5;
        image->versions()[1].number = 2;
        image->signatures()[1].author = 3;
        image->audit()[1].author = 4;
        image->strings()[6] = 1;
    }
    held.finish();
    crypto::Blake3 hasher;
    hasher.update(rest.before_payload()).update(payload);
    rest.finish(hasher, crypto::Parallelism::one_thread);
    Bytes together(rest.before_payload().begin(), rest.before_payload().end());
    together.insert(together.end(), payload.begin(), payload.end());
    together.insert(together.end(), rest.behind_payload().begin(), rest.behind_payload().end());
    EXPECT_TRUE(equal(together, held.bytes()));
    EXPECT_EQ(rest.file_bytes().size(), held.bytes().size());
    EXPECT_FALSE(rest.file_bytes().is_whole());
    EXPECT_TRUE(held.file_bytes().is_whole());
    EXPECT_EQ(FileView::parse(rest.file_bytes())->versions()->back().number, 2U);
}

TEST(Layout, SizeSaturatesInsteadOfWrapping) {
    EXPECT_EQ(Layout{}.file_size(), 288U);
    EXPECT_EQ((Layout{.payload_size = 1, .versions = 1, .signatures = 1, .audit = 1}).file_size(),
              288U + 1 + 152 + 112 + 80);
    EXPECT_EQ(Layout{.versions = UINT64_MAX / 152 + 1}.file_size(), UINT64_MAX);
    EXPECT_EQ(Layout{.payload_size = UINT64_MAX - 287}.file_size(), UINT64_MAX);
    EXPECT_EQ(Layout{.payload_size = UINT64_MAX - 288}.file_size(), UINT64_MAX);
    EXPECT_EQ(Layout{.payload_size = UINT64_MAX - 289}.file_size(), UINT64_MAX - 1);
}

// Both for every layout.
RC_GTEST_PROP(FileImage, IsDeterministicAndReadsBack, (std::uint64_t file_id)) {
    const Layout layout = arbitrary_layout();
    const auto created = *rc::gen::inRange<std::uint64_t>(1, std::uint64_t{1} << 62U);
    const auto build = [&] {
        FileImage image(layout);
        image.header().file_id = file_id;
        image.header().created_at = created;
        std::ranges::fill(image.payload(), std::uint8_t{0xA5});
        image.finish();
        return test::copy_of(image.bytes());
    };
    const Bytes file = build();
    RC_ASSERT(file == build());
    RC_ASSERT(file.size() == layout.file_size());
    const auto view = FileView::parse(file);
    RC_ASSERT(view.has_value());
    RC_ASSERT(view->file_id().value == file_id);
    RC_ASSERT(view->header().created_at == created);
    RC_ASSERT(view->payload()->size() == layout.payload_size);
    RC_ASSERT(view->versions()->size() == layout.versions);
    RC_ASSERT(view->signatures()->size() == layout.signatures);
    RC_ASSERT(view->audit()->size() == layout.audit);
    RC_ASSERT(view->strings()->size() == layout.strings_size);
    RC_ASSERT(view->check_integrity().has_value());
    RC_ASSERT(view->integrity_hash().value() ==
              crypto::blake3(ByteView(file).first(file.size() - 32)));
}

}  // namespace
}  // namespace aion::format
