// SPDX-License-Identifier: MIT OR Apache-2.0
// docs/file-format.md#checking-the-header. That nothing crashes on anything is
// file_view_totality_test.
#include "aion/format/file_view.hpp"

#include <gtest/gtest.h>

#include <array>

#include "aion/crypto/hash.hpp"
#include "format/samples.hpp"
#include "support/vectors.hpp"

namespace aion::format {
namespace {

using test::field_audit;
using test::field_payload;
using test::field_signatures;
using test::field_strings;
using test::field_versions;
using test::poke;

constexpr auto as_used = FileView::Bounds::as_used;

template <class T>
void expect_reason(const Result<T>& result, const std::string& reason) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), invalid_format(reason));
    EXPECT_EQ(result.error().message(), "Invalid file format: " + reason);
}

Bytes sample() {
    return test::file_with_messages({"one", "two"});
}

/// A header with magic and version and nothing else, in a file of `size` bytes.
Bytes bare_file(std::size_t size) {
    Bytes file(size);
    std::ranges::copy(magic, file.begin());
    poke(file, 4, le_u16(format_version));
    return file;
}

// docs/file-format.md#checking-the-header, 1.
TEST(FileViewParse, RefusesFilesShorterThanAHeader) {
    for (const std::size_t size : {0U, 1U, 100U, 255U}) {
        expect_reason(FileView::parse(Bytes(size)),
                      "File too small: " + std::to_string(size) + " bytes (minimum: 256 bytes)");
    }
}

// Row 3.
TEST(FileViewParse, RefusesAnotherMagic) {
    Bytes file = sample();
    std::ranges::copy(std::string_view("XXXX"), file.begin());
    expect_reason(FileView::parse(file),
                  "Invalid magic number: expected [65, 73, 79, 78], got [88, 88, 88, 88]");
    expect_reason(FileView::parse(Bytes(256)),
                  "Invalid magic number: expected [65, 73, 79, 78], got [0, 0, 0, 0]");
}

// Row 4.
TEST(FileViewParse, RefusesAnotherFormatVersion) {
    for (const std::uint16_t version : std::array<std::uint16_t, 5>{0, 1, 3, 999, 65535}) {
        Bytes file = sample();
        poke(file, 4, le_u16(version));
        const auto view = FileView::parse(file);
        ASSERT_FALSE(view);
        EXPECT_EQ(view.error(), unsupported_version(version, "2"));
        EXPECT_EQ(view.error().message(),
                  "Unsupported file version: " + std::to_string(version) + " (supported: 2)");
    }
}

// Row 5.
TEST(FileViewParse, RefusesReservedFlags) {
    Bytes file = sample();
    poke(file, 6, le_u16(std::uint16_t{0x0002}));
    expect_reason(FileView::parse(file), "Invalid flags: reserved bits set (0x0002)");
    poke(file, 6, le_u16(std::uint16_t{0xABCD}));
    expect_reason(FileView::parse(file), "Invalid flags: reserved bits set (0xabcd)");
    poke(file, 6, le_u16(flag_encrypted));
    EXPECT_TRUE(FileView::parse(file));
}

// Row 6.
TEST(FileViewParse, RefusesEveryReservedByte) {
    for (std::size_t at = 184; at < 256; ++at) {
        Bytes file = sample();
        file[at] = 1;
        expect_reason(FileView::parse(file), "Reserved bytes must be zero");
        expect_reason(FileView::parse(file, as_used), "Reserved bytes must be zero");
    }
}

TEST(FileViewParse, NamesTheFirstOfSeveralFaults) {
    Bytes file(256, 0xFF);
    expect_reason(FileView::parse(file),
                  "Invalid magic number: expected [65, 73, 79, 78], got [255, 255, 255, 255]");
    std::ranges::copy(magic, file.begin());
    EXPECT_EQ(FileView::parse(file).error().code(), ErrorCode::unsupported_version);
    poke(file, 4, le_u16(format_version));
    expect_reason(FileView::parse(file), "Invalid flags: reserved bits set (0xffff)");
    poke(file, 6, le_u16(std::uint16_t{0}));
    expect_reason(FileView::parse(file), "Reserved bytes must be zero");
}

// The reference accepts a header alone; we do so only on request.
TEST(FileViewParse, WantsRoomForTheTrailingHash) {
    for (const std::size_t size : {256U, 287U}) {
        const Bytes file = bare_file(size);
        EXPECT_TRUE(FileView::parse(file, as_used));
        expect_reason(FileView::parse(file),
                      "File too small for integrity hash: " + std::to_string(size) + " bytes");
    }
}

TEST(FileViewParse, AFileOfZeroCountsIsReadable) {
    const Bytes file = bare_file(512);
    const auto view = FileView::parse(file, as_used).value();
    EXPECT_EQ(view.header().magic, magic);
    EXPECT_EQ(view.header().version, 2U);
    EXPECT_EQ(view.file().size(), 512U);
    EXPECT_TRUE(view.strings().value().empty());
    EXPECT_TRUE(view.integrity_hash());
    EXPECT_EQ(view.version_count(), 0U);
}

TEST(FileViewParse, EverySectionMustLieBetweenHeaderAndHash) {
    const Bytes good = sample();
    const std::size_t hash_at = good.size() - 32;

    struct Case {
        std::size_t field;
        std::string name;
        std::uint64_t unit;
    };

    for (const auto& [field, name, unit] :
         {Case{field_payload, "encrypted rules", 1}, Case{field_versions, "version chain", 152},
          Case{field_signatures, "signatures", 112}, Case{field_audit, "audit trail", 80},
          Case{field_strings, "string table", 1}}) {
        Bytes file = good;
        poke(file, field + 8, le_u64(std::uint64_t{1}));
        const auto out = [&](std::uint64_t offset) {
            poke(file, field, le_u64(offset));
            expect_reason(FileView::parse(file),
                          name + " section out of bounds: offset=" + std::to_string(offset) +
                              ", length=" + std::to_string(unit) +
                              ", file_size=" + std::to_string(good.size()));
        };
        out(0);
        out(255);
        out(hash_at - unit + 1);
        out(good.size());
        out(UINT64_MAX - unit);
        poke(file, field, le_u64(hash_at - unit));
        EXPECT_TRUE(FileView::parse(file)) << name;
        poke(file, field, le_u64(std::uint64_t{256}));
        EXPECT_TRUE(FileView::parse(file)) << name;
        poke(file, field, le_u64(std::uint64_t{256} - unit));
        EXPECT_TRUE(FileView::parse(file, as_used)) << "over the header, if asked for";
    }
}

TEST(FileViewExtent, NamesOverflow) {
    Bytes file = sample();
    poke(file, field_payload, le_u64(UINT64_MAX));
    expect_reason(FileView::parse(file), "encrypted rules section: offset + length overflow");
    expect_reason(FileView::parse(file, as_used)->payload(),
                  "encrypted rules section: offset + length overflow");
    file = sample();
    poke(file, field_versions, le_u64(UINT64_MAX));
    expect_reason(FileView::parse(file, as_used)->versions(),
                  "version chain section: offset + length overflow");
    file = sample();
    poke(file, field_strings + 8, le_u64(UINT64_MAX));
    expect_reason(FileView::parse(file, as_used)->strings(),
                  "string table section: offset + length overflow");
}

TEST(FileViewExtent, NamesCountsThatOverflow) {
    const auto with_count = [](std::size_t field, std::uint64_t count) {
        Bytes file = sample();
        poke(file, field + 8, le_u64(count));
        return file;
    };
    Bytes file = with_count(field_versions, UINT64_MAX / 152 + 1);
    expect_reason(FileView::parse(file), "Version chain size overflow");
    expect_reason(FileView::parse(file, as_used)->version_at(0), "Version chain size overflow");
    file = with_count(field_versions, UINT64_MAX / 152);
    expect_reason(FileView::parse(file), "version chain section: offset + length overflow");
    file = with_count(field_signatures, UINT64_MAX);
    expect_reason(FileView::parse(file), "Signatures size overflow");
    expect_reason(FileView::parse(file, as_used)->signature_at(0), "Signatures size overflow");
    file = with_count(field_audit, std::uint64_t{1} << 61U);
    expect_reason(FileView::parse(file), "Audit trail size overflow");
    expect_reason(FileView::parse(file, as_used)->audit_at(0), "Audit trail size overflow");
}

TEST(FileViewExtent, AStrayStringTableFailsOnlyWhenUsed) {
    Bytes file = bare_file(512);
    poke(file, field_strings, le_u64(std::uint64_t{9999}));
    const auto view = FileView::parse(file, as_used);
    ASSERT_TRUE(view);
    expect_reason(view->strings(),
                  "string table section out of bounds: offset=9999, length=0, file_size=512");
    EXPECT_TRUE(view->payload());
}

TEST(FileViewExtent, TellsWhereSectionsLie) {
    const Bytes file = sample();
    const auto view = FileView::parse(file).value();
    EXPECT_EQ(view.extent(Section::payload)->offset, 256U);
    EXPECT_EQ(view.extent(Section::payload)->length, 5U);
    EXPECT_EQ(view.extent(Section::versions)->offset, 261U);
    EXPECT_EQ(view.extent(Section::versions)->length, 304U);
    EXPECT_EQ(view.extent(Section::strings)->length, 8U);
    EXPECT_EQ(as_text(view.payload().value()), "12345");
    EXPECT_EQ(as_text(view.strings().value()), std::string_view("one\0two\0", 8));
}

TEST(FileViewRecords, AreReachedOneByOne) {
    const Bytes file = sample();
    const auto view = FileView::parse(file).value();
    EXPECT_EQ(view.version_count(), 2U);
    EXPECT_EQ(view.version_at(1).value()->number, 2U);
    EXPECT_EQ(view.version_at(1).value(), &view.versions().value()[1]);
    EXPECT_EQ(view.signature_at(1).value()->author, 7U);
    EXPECT_EQ(view.audit_at(1).value()->action, 2U);
    EXPECT_EQ(view.offset_of(view.version_at(1).value()), 261U + 152);
    EXPECT_EQ(view.offset_of(&view.header().flags), 6U);
}

TEST(FileViewRecords, IndexesAreBounded) {
    const Bytes file = sample();
    const auto view = FileView::parse(file).value();
    expect_reason(view.version_at(2), "Version index 2 out of bounds (max 2)");
    expect_reason(view.version_at(UINT64_MAX),
                  "Version index 18446744073709551615 out of bounds (max 2)");
    expect_reason(view.signature_at(2), "Signature index 2 out of bounds (max 2)");
    expect_reason(view.audit_at(2), "Audit index 2 out of bounds (max 2)");
}

TEST(FileViewRecords, ReservedBytesMustBeZero) {
    const std::size_t versions = 261;
    const std::size_t signatures = versions + 2 * 152;
    const std::size_t audit = signatures + 2 * 112;
    const auto with_byte = [](std::size_t at) {
        Bytes file = sample();
        file[at] = 0x80;
        return file;
    };
    for (std::size_t at = 100; at < 152; ++at) {
        const Bytes file = with_byte(versions + 152 + at);
        const auto view = FileView::parse(file).value();
        expect_reason(view.version_at(1), "VersionEntry reserved bytes must be all zero");
        EXPECT_TRUE(view.version_at(0));
    }
    for (std::size_t at = 104; at < 112; ++at) {
        const Bytes file = with_byte(signatures + at);
        expect_reason(FileView::parse(file)->signature_at(0),
                      "SignatureEntry reserved bytes must be all zero");
    }
    for (const std::size_t at : {18U, 23U, 36U, 39U, 72U, 79U}) {
        const Bytes file = with_byte(audit + at);
        expect_reason(FileView::parse(file)->audit_at(0),
                      "AuditEntry reserved bytes must be all zero");
    }
}

TEST(FileViewRecords, AuditActionsMustBeKnown) {
    Bytes file = sample();
    const std::size_t audit = 261 + 2 * (152 + 112);
    for (const std::uint16_t code : std::array<std::uint16_t, 4>{0, 5, 99, 100}) {
        poke(file, audit + 16, le_u16(code));
        const auto entry = FileView::parse(file)->audit_at(0);
        ASSERT_FALSE(entry);
        EXPECT_EQ(entry.error(), invalid_action_code(code));
    }
}

TEST(FileViewVersion, IsFoundByNumber) {
    Bytes file = sample();
    const auto missing = [&file](std::uint64_t number) {
        const auto version = FileView::parse(file)->version({number});
        return !version && version.error().code() == ErrorCode::missing_version;
    };
    EXPECT_EQ(FileView::parse(file)->version({1}).value()->timestamp, 1000U);
    EXPECT_EQ(FileView::parse(file)->version({2}).value()->timestamp, 1001U);
    EXPECT_TRUE(missing(0));
    EXPECT_TRUE(missing(3));
    EXPECT_TRUE(missing(UINT64_MAX));
    poke(file, 261, le_u64(std::uint64_t{2}));
    EXPECT_TRUE(missing(1)) << "the first record calls itself 2";
}

TEST(FileViewMessage, IsTheSliceOrEmpty) {
    const Bytes file = sample();
    const auto view = FileView::parse(file).value();
    VersionRecord version = *view.version_at(1).value();
    EXPECT_EQ(view.message(version), "two");
    version.message_offset = 7;
    version.message_length = 1;
    EXPECT_EQ(view.message(version), std::string_view("\0", 1));
    version.message_length = 2;
    EXPECT_EQ(view.message(version), "");
    version.message_offset = UINT64_MAX;
    version.message_length = UINT32_MAX;
    EXPECT_EQ(view.message(version), "");
    Bytes stray = file;
    poke(stray, field_strings, le_u64(UINT64_MAX));
    EXPECT_EQ(FileView::parse(stray, as_used)->message(*view.version_at(0).value()), "");
}

TEST(FileViewIntegrity, HoldsForFreshFilesAndFailsForAnyChangedByte) {
    const Bytes good = sample();
    EXPECT_TRUE(FileView::parse(good)->check_integrity());
    for (const std::size_t at :
         {std::size_t{8}, std::size_t{10}, good.size() / 2, good.size() - 1}) {
        Bytes file = good;
        file[at] ^= 1U;
        const auto verdict = FileView::parse(file)->check_integrity();
        ASSERT_FALSE(verdict);
        EXPECT_EQ(verdict.error().code(), ErrorCode::corrupted_file);
    }
    Bytes longer = good;
    longer.resize(good.size() + 10);
    EXPECT_FALSE(FileView::parse(longer)->check_integrity());
}

TEST(FileViewIntegrity, ErrorShowsBothHashes) {
    Bytes file = sample();
    file[8] ^= 1U;
    const ByteView bytes = file;
    const auto verdict = FileView::parse(file)->check_integrity();
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().message(),
              "Corrupted file: checksum mismatch (expected: " + to_hex(bytes.last(32)) +
                  ", got: " + to_hex(crypto::blake3(bytes.first(bytes.size() - 32))) + ")");
}

TEST(FileViewIntegrity, NeedsRoomForHeaderAndHash) {
    const Bytes file = bare_file(287);
    const auto view = FileView::parse(file, as_used).value();
    expect_reason(view.integrity_hash(), "File too small for integrity hash: 287 bytes");
    expect_reason(view.check_integrity(), "File too small for integrity hash: 287 bytes");
}

TEST(FileViewVectors, ValidFilesReadAsIndexed) {
    const auto vectors = test::load_valid_vectors();
    ASSERT_EQ(vectors.size(), 25U);
    for (const auto& vector : vectors) {
        SCOPED_TRACE(vector.file);
        const Bytes file = test::read_vector(vector.file);
        const auto view = FileView::parse(file);
        ASSERT_TRUE(view);
        EXPECT_EQ(file.size(), vector.size);
        EXPECT_EQ(crypto::blake3(file), vector.blake3);
        EXPECT_TRUE(view->check_integrity());
        EXPECT_EQ(view->file_id(), vector.file_id);
        EXPECT_EQ(view->version_count(), vector.version_count);
        for (const auto& expected : vector.history) {
            const auto version = view->version(expected.number);
            ASSERT_TRUE(version);
            EXPECT_EQ((*version)->author, expected.author.value);
            EXPECT_EQ((*version)->timestamp, expected.timestamp.value);
            EXPECT_EQ((*version)->rules_hash, expected.rules_hash);
            EXPECT_EQ(view->message(**version), expected.message);
        }
    }
}

TEST(FileViewVectors, ParentHashesAreVersionHashes) {
    const Bytes file = test::read_vector("valid/chain-1000.aion");
    const auto versions = FileView::parse(file)->versions().value();
    std::vector<Hash> hashes(versions.size());
    version_hashes(versions, hashes);
    for (std::size_t i = 1; i < versions.size(); ++i) {
        ASSERT_EQ(versions[i].parent_hash, hashes[i - 1]) << i;
    }
}

}  // namespace
}  // namespace aion::format
