// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/entry.hpp"

#include <gtest/gtest.h>

#include <string>

#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "support/results.hpp"
#include "tlog/support.hpp"

namespace aion::tlog {
namespace {

using test::detail_of;
using test::ok;

TEST(Entry, HasTheBytesThatTheHeaderSays) {
    const Bytes entry = make_entry(EntryKind::dsse_envelope, 0x0102030405060708, as_bytes("abc"));
    EXPECT_EQ(to_hex(entry),
              "01060008070605040302016162"
              "63");
    const EntryView view = ok(EntryView::parse(entry));
    EXPECT_EQ(view.kind, EntryKind::dsse_envelope);
    EXPECT_EQ(view.timestamp_version, 0x0102030405060708U);
    ASSERT_TRUE(view.payload.has_value());
    EXPECT_EQ(as_text(*view.payload), "abc");
    EXPECT_EQ(view.payload->data(), entry.data() + entry_header_size) << "it borrows";
    EXPECT_EQ(view.payload_hash, crypto::blake3(as_bytes("abc")));
}

TEST(Entry, MayBeEmpty) {
    const Bytes entry = make_entry(EntryKind::version_attestation, 0, {});
    EXPECT_EQ(entry.size(), entry_header_size);
    const EntryView view = ok(EntryView::parse(entry));
    ASSERT_TRUE(view.payload.has_value());
    EXPECT_TRUE(view.payload->empty());
}

TEST(Entry, OfALongPayloadHasItsHash) {
    Bytes payload(max_entry_payload, 7);
    const Bytes longest = make_entry(EntryKind::slsa_statement, 1, payload);
    EXPECT_EQ(longest.size(), max_entry_size);
    EXPECT_EQ(ok(EntryView::parse(longest)).payload->size(), max_entry_payload);
    payload.push_back(7);
    const Bytes hashed = make_entry(EntryKind::slsa_statement, 1, payload);
    EXPECT_EQ(hashed.size(), entry_header_size + Hash::size);
    const EntryView view = ok(EntryView::parse(hashed));
    EXPECT_FALSE(view.payload.has_value());
    EXPECT_EQ(view.payload_hash, crypto::blake3(payload));
}

TEST(Entry, OfAnotherFormIsRefused) {
    const Bytes entry = make_entry(EntryKind::version_attestation, 5, as_bytes("x"));
    for (std::size_t size = 0; size < entry_header_size; ++size) {
        EXPECT_EQ(detail_of(EntryView::parse(ByteView(entry).first(size))), "entry_truncated");
    }
    for (unsigned form = 0; form < 256; ++form) {
        Bytes other = entry;
        other[0] = static_cast<std::uint8_t>(form);
        EXPECT_EQ(detail_of(EntryView::parse(other)), form == 1   ? "no error"
                                                      : form == 2 ? "entry_truncated"
                                                                  : "entry_unknown_form")
            << form;
    }
    for (unsigned kind = 0; kind < 0x10000; ++kind) {
        Bytes other = entry;
        other[1] = static_cast<std::uint8_t>(kind);
        other[2] = static_cast<std::uint8_t>(kind >> 8U);
        EXPECT_EQ(EntryView::parse(other).has_value(), kind >= 1 && kind <= 7) << kind;
    }
    EXPECT_EQ(detail_of(EntryView::parse(Bytes(max_entry_size + 1, 1))), "entry_too_long");
    Bytes hashed = make_entry(EntryKind::version_attestation, 5, Bytes(max_entry_payload + 1));
    hashed.push_back(0);
    EXPECT_EQ(detail_of(EntryView::parse(hashed)), "entry_too_long");
    hashed.resize(hashed.size() - 2);
    EXPECT_EQ(detail_of(EntryView::parse(hashed)), "entry_truncated");
}

TEST(EntryKinds, HaveNumbersAndNames) {
    EXPECT_EQ(name_of(EntryKind::version_attestation), "version_attestation");
    EXPECT_EQ(name_of(EntryKind::enforcement_receipt), "enforcement_receipt");
    for (std::uint16_t number = 1; number <= 7; ++number) {
        const auto kind = entry_kind_of(number);
        ASSERT_TRUE(kind.has_value());
        EXPECT_EQ(static_cast<std::uint16_t>(*kind), number);
        EXPECT_EQ(entry_kind_of(name_of(*kind)), kind);
    }
    EXPECT_EQ(entry_kind_of(std::uint16_t{0}), std::nullopt);
    EXPECT_EQ(entry_kind_of(std::uint16_t{8}), std::nullopt);
    EXPECT_EQ(entry_kind_of("VersionAttestation"), std::nullopt);
    EXPECT_EQ(entry_kind_of(""), std::nullopt);
    EXPECT_EQ(entry_kind_of("unknown"), std::nullopt);
}

TEST(LoggedVersion, ComesBack) {
    LoggedVersion version{.file_id = {0x0807060504030201},
                          .version = {9},
                          .author = {UINT64_MAX},
                          .version_hash = crypto::blake3(as_bytes("version")),
                          .signature_hash = crypto::blake3(as_bytes("signature"))};
    const Bytes bytes = version.bytes();
    ASSERT_EQ(bytes.size(), LoggedVersion::size);
    EXPECT_EQ(to_hex(ByteView(bytes).first(24)),
              "0102030405060708"
              "0900000000000000"
              "ffffffffffffffff");
    EXPECT_EQ(LoggedVersion::from(bytes), version);
    EXPECT_EQ(LoggedVersion::from(ByteView(bytes).first(87)), std::nullopt);
    Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_EQ(LoggedVersion::from(longer), std::nullopt);
}

}  // namespace
}  // namespace aion::tlog
