// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/format/layout_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <set>

#include "format/samples.hpp"
#include "support/vectors.hpp"

namespace aion::format {
namespace {

using test::field_audit;
using test::field_payload;
using test::field_signatures;
using test::field_strings;
using test::field_versions;
using test::file_with_messages;
using test::poke;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<LayoutReason> reasons(ByteView file) {
    std::vector<LayoutReason> found;
    for (const auto& fault : check_layout(file)) {
        found.push_back(fault.reason);
    }
    return found;
}

/// The one fault of a file that has exactly one.
LayoutFault only_fault(ByteView file) {
    const auto faults = check_layout(file);
    EXPECT_EQ(faults.size(), 1U);
    return faults.empty() ? LayoutFault{} : faults.front();
}

// In `sample` the sections start at 256, 261, 565, 789, 949 and the hash at 957.
constexpr std::size_t versions_at = 261;
constexpr std::size_t signatures_at = 565;
constexpr std::size_t audit_at = 789;
constexpr std::size_t strings_at = 949;
constexpr std::size_t hash_at = 957;

Bytes sample() {
    return file_with_messages({"one", "two"});
}

void poke_number(Bytes& file, std::size_t at, std::uint64_t value) {
    poke(file, at, le_u64(value));
}

/// Version `index` of `sample` says that its message lies elsewhere.
void move_message(Bytes& file, std::size_t index, std::uint64_t offset, std::uint32_t length) {
    poke(file, versions_at + index * 152 + 88, le_u64(offset));
    poke(file, versions_at + index * 152 + 96, le_u32(length));
}

TEST(LayoutReason, NamesAreStable) {
    EXPECT_EQ(name_of(LayoutReason::too_small), "too_small");
    EXPECT_EQ(name_of(LayoutReason::section_out_of_order), "section_out_of_order");
    EXPECT_EQ(name_of(LayoutReason::message_not_utf8), "message_not_utf8");
    EXPECT_EQ(name_of(LayoutReason::string_table_excess), "string_table_excess");
    EXPECT_EQ(name_of(static_cast<LayoutReason>(layout_reason_count)), "unknown");
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < layout_reason_count; ++i) {
        names.insert(name_of(static_cast<LayoutReason>(i)));
    }
    EXPECT_EQ(names.size(), layout_reason_count);
}

TEST(CheckLayout, FindsNothingInWhatTheWriterMakes) {
    EXPECT_THAT(check_layout(sample()), IsEmpty());
    EXPECT_THAT(check_layout(test::golden_genesis_file()), IsEmpty());
    EXPECT_THAT(check_layout(FileView::parse(test::golden_second_file()).value()), IsEmpty());
    EXPECT_THAT(check_layout(file_with_messages({"", "", std::string("a\0b", 3), "✓"})), IsEmpty());
}

TEST(CheckLayout, AFileWithoutVersionsIsNone) {
    const auto fault = only_fault(test::golden_empty_file());
    EXPECT_EQ(fault.reason, LayoutReason::no_versions);
    EXPECT_EQ(fault.offset, field_versions + 8);
    EXPECT_EQ(describe(fault), "no version at all");
}

TEST(CheckLayout, TooSmall) {
    for (const std::size_t size : {0U, 1U, 255U}) {
        const auto fault = only_fault(ByteView(sample()).first(size));
        EXPECT_EQ(fault.reason, LayoutReason::too_small);
        EXPECT_EQ(fault.stated, size);
    }
    EXPECT_THAT(reasons(ByteView(sample()).first(287)), ElementsAre(LayoutReason::too_small));
    EXPECT_EQ(describe(only_fault({})), "only 0 bytes; header and trailing hash alone take 288");
}

TEST(CheckLayout, HeaderFaults) {
    Bytes file = sample();
    file[0] = 'a';
    EXPECT_EQ(describe(only_fault(file)),
              "not an .aion file: it starts with 61494f4e, not 41494f4e");
    file = sample();
    file[4] = 3;
    EXPECT_EQ(only_fault(file).offset, 4U);
    EXPECT_EQ(describe(only_fault(file)), "format version 3 is not supported (supported: 2)");
    file = sample();
    file[7] = 0x10;
    file[200] = 1;
    file[versions_at + 120] = 1;
    const auto faults = check_layout(file);
    ASSERT_EQ(faults.size(), 3U) << "flags and reserved bytes do not hide the rest";
    EXPECT_EQ(faults[0].reason, LayoutReason::reserved_flags);
    EXPECT_EQ(describe(faults[0]), "header: reserved flag bits are set (0x1000)");
    EXPECT_EQ(faults[1].reason, LayoutReason::reserved_nonzero);
    EXPECT_EQ(faults[1].offset, 184U);
    EXPECT_EQ(describe(faults[1]), "header: reserved bytes are not zero");
    EXPECT_EQ(faults[2].index, 0U);
}

TEST(CheckLayout, SectionOutOfBounds) {
    for (const std::size_t field :
         {field_payload, field_versions, field_signatures, field_audit, field_strings}) {
        for (const std::uint64_t offset :
             {std::uint64_t{0}, std::uint64_t{255}, std::uint64_t{hash_at + 1}, UINT64_MAX}) {
            Bytes file = sample();
            poke_number(file, field, offset);
            const auto fault = only_fault(file);
            EXPECT_EQ(fault.reason, LayoutReason::section_out_of_bounds);
            EXPECT_EQ(fault.offset, field);
            EXPECT_EQ(fault.stated, offset);
        }
    }
    Bytes file = sample();
    poke_number(file, field_strings + 8, 9);
    EXPECT_EQ(describe(only_fault(file)),
              "string table section: not between header and trailing hash: offset=949, length=9, "
              "file_size=989");
}

TEST(CheckLayout, CountsThatOverflowAreOutOfBounds) {
    Bytes file = sample();
    poke_number(file, field_audit + 8, std::uint64_t{1} << 61U);
    EXPECT_EQ(only_fault(file).length, UINT64_MAX);
    poke_number(file, field_versions + 8, std::uint64_t{1} << 63U);
    EXPECT_THAT(reasons(file),
                ElementsAre(LayoutReason::section_out_of_bounds,
                            LayoutReason::section_out_of_bounds, LayoutReason::count_mismatch));
}

TEST(CheckLayout, SectionGap) {
    Bytes file = sample();
    file.insert(file.begin() + audit_at, 19, std::uint8_t{0});
    poke_number(file, field_audit, audit_at + 19);
    poke_number(file, field_strings, strings_at + 19);
    const auto fault = only_fault(file);
    EXPECT_EQ(fault.reason, LayoutReason::section_gap);
    EXPECT_EQ(fault.section, Section::audit);
    EXPECT_EQ(fault.offset, audit_at);
    EXPECT_EQ(describe(fault), "audit trail section: 19 unused bytes before it, at offset 789");
}

TEST(CheckLayout, TrailingBytes) {
    Bytes file = sample();
    file.insert(file.begin() + hash_at, 3, std::uint8_t{7});
    const auto fault = only_fault(file);
    EXPECT_EQ(fault.reason, LayoutReason::trailing_bytes);
    EXPECT_EQ(fault.offset, hash_at);
    EXPECT_EQ(describe(fault), "3 unused bytes between the last section and the trailing hash");
}

TEST(CheckLayout, SectionOverlap) {
    Bytes file = sample();
    poke_number(file, field_signatures, versions_at);
    const auto fault = only_fault(file);
    EXPECT_EQ(fault.reason, LayoutReason::section_overlap);
    EXPECT_EQ(fault.section, Section::signatures);
    EXPECT_EQ(fault.offset, versions_at);
    EXPECT_EQ(describe(fault),
              "signatures section: lies over an earlier section: offset=261, length=224");
}

TEST(CheckLayout, SectionsInAnotherOrder) {
    Bytes file = sample();
    // Audit trail and string table exchanged.
    std::rotate(file.begin() + audit_at, file.begin() + strings_at, file.begin() + hash_at);
    poke_number(file, field_strings, audit_at);
    poke_number(file, field_audit, audit_at + 8);
    EXPECT_THAT(reasons(file),
                ElementsAre(LayoutReason::section_gap, LayoutReason::section_out_of_order));
}

TEST(CheckLayout, AnEmptySectionHasItsPlaceToo) {
    FileImage image({.payload_size = 4, .versions = 1, .signatures = 1, .strings_size = 1});
    std::ranges::fill(image.payload(), std::uint8_t{0});
    image.versions()[0].number = 1;
    Bytes file = test::copy_of(image.bytes());
    EXPECT_THAT(check_layout(file), IsEmpty());
    poke_number(file, field_audit, 256);
    EXPECT_THAT(reasons(file),
                ElementsAre(LayoutReason::section_out_of_order, LayoutReason::section_gap));
}

TEST(CheckLayout, WhatIsKnownIsNotLookedAtAgain) {
    FileImage image({.versions = 3, .signatures = 3, .audit = 3, .strings_size = 6});
    for (std::size_t i = 0; i < 3; ++i) {
        image.versions()[i].message_offset = 2 * i;
        image.versions()[i].message_length = 1;
    }
    EXPECT_THAT(check_layout(FileBytes(image.bytes()), {.records = 2, .strings = 4}), IsEmpty());
    EXPECT_THAT(check_layout(image.bytes()), IsEmpty());
    for (const std::size_t bad : {1U, 2U}) {
        Bytes file = test::copy_of(image.bytes());
        const auto view = *FileView::parse(file);
        file[view.offset_of(&(*view.versions())[bad].reserved)] = 1;
        file[view.offset_of(&(*view.signatures())[bad].reserved)] = 1;
        file[view.offset_of(&(*view.audit())[bad].reserved1)] = 1;
        file[view.offset_of(view.message((*view.versions())[bad]).data())] = 0xFF;
        const auto faults = check_layout(FileBytes(file), {.records = 2, .strings = 4});
        ASSERT_EQ(faults.size(), bad == 2 ? 3U : 0U);
        EXPECT_EQ(bad == 1 || faults.front().index == 2U, true);
        EXPECT_EQ(check_layout(file).size(), 3U);
    }
}

TEST(CheckLayout, Counts) {
    FileImage image({.versions = 2, .signatures = 1, .audit = 3, .strings_size = 2});
    image.versions()[1].message_offset = 1;
    const auto fault = only_fault(image.bytes());
    EXPECT_EQ(fault.reason, LayoutReason::count_mismatch) << "and the audit count is no matter";
    EXPECT_EQ(fault.offset, field_signatures + 8);
    EXPECT_EQ(describe(fault), "1 signatures for 2 versions");
}

TEST(CheckLayout, ReservedBytesOfEveryRecord) {
    struct Case {
        std::size_t field;
        std::size_t at;
        Section section;
        std::string text;
    };

    for (const auto& [field, at, section, text] :
         {Case{versions_at + 252, versions_at + 252, Section::versions, "version 2"},
          Case{versions_at + 252, versions_at + 303, Section::versions, "version 2"},
          Case{signatures_at + 216, signatures_at + 216, Section::signatures, "signature 2"},
          Case{signatures_at + 216, signatures_at + 223, Section::signatures, "signature 2"},
          Case{audit_at + 98, audit_at + 98, Section::audit, "audit entry 2"},
          Case{audit_at + 116, audit_at + 116, Section::audit, "audit entry 2"},
          Case{audit_at + 152, audit_at + 159, Section::audit, "audit entry 2"}}) {
        Bytes file = sample();
        file[at] = 1;
        const auto fault = only_fault(file);
        EXPECT_EQ(fault.reason, LayoutReason::reserved_nonzero);
        EXPECT_EQ(fault.section, section);
        EXPECT_EQ(fault.index, 1U);
        EXPECT_EQ(fault.offset, field);
        EXPECT_EQ(describe(fault), text + ": reserved bytes are not zero");
    }
}

TEST(CheckLayout, UnknownAuditActionsAndDetailsAreNotLayout) {
    Bytes file = sample();
    poke(file, audit_at + 16, le_u16(std::uint16_t{99}));
    poke(file, audit_at + 24, le_u64(UINT64_MAX));
    EXPECT_THAT(check_layout(file), IsEmpty());
}

TEST(CheckLayout, MessageOutOfBounds) {
    for (const auto& [offset, length] : {std::pair<std::uint64_t, std::uint32_t>{4, 5},
                                         {9, 0},
                                         {UINT64_MAX, 0},
                                         {UINT64_MAX, UINT32_MAX},
                                         {0, UINT32_MAX}}) {
        Bytes file = sample();
        move_message(file, 1, offset, length);
        const auto fault = only_fault(file);
        EXPECT_EQ(fault.reason, LayoutReason::message_out_of_bounds);
        EXPECT_EQ(fault.index, 1U);
    }
    Bytes file = sample();
    move_message(file, 0, 9, 1);
    EXPECT_EQ(describe(only_fault(file)),
              "version 1: message is outside the string table: offset=9, length=1, table_size=8");
}

TEST(CheckLayout, MessageNotTerminated) {
    Bytes file = sample();
    file[strings_at + 3] = 'x';
    auto fault = only_fault(file);
    EXPECT_EQ(fault.reason, LayoutReason::message_not_terminated);
    EXPECT_EQ(fault.offset, strings_at + 3);
    EXPECT_EQ(describe(fault), "version 1: message is not followed by a zero byte");
    file = sample();
    move_message(file, 1, 4, 4);
    fault = only_fault(file);
    EXPECT_EQ(fault.reason, LayoutReason::message_not_terminated) << "at the end of the table";
    EXPECT_EQ(fault.index, 1U);
}

TEST(CheckLayout, MessageNotUtf8) {
    Bytes file = sample();
    file[strings_at + 5] = 0xC0;
    const auto fault = only_fault(file);
    EXPECT_EQ(fault.reason, LayoutReason::message_not_utf8);
    EXPECT_EQ(fault.index, 1U);
    EXPECT_EQ(fault.offset, strings_at + 5);
    EXPECT_EQ(describe(fault), "version 2: message is not UTF-8");
}

TEST(CheckLayout, StringTableGap) {
    Bytes file = file_with_messages({"one", "hidden", "two"});
    // Three versions, the middle one's message claimed empty: `hidden` would be shown to nobody.
    poke(file, 256 + 5 + 152 + 96, le_u32(0U));
    poke(file, 256 + 5 + 152 + 88, le_u64(std::uint64_t{3}));
    const auto faults = check_layout(file);
    ASSERT_EQ(faults.size(), 2U);
    EXPECT_EQ(faults[0].reason, LayoutReason::string_table_overlap);
    EXPECT_EQ(faults[1].reason, LayoutReason::string_table_gap);
    EXPECT_EQ(describe(faults[1]),
              "version 3: 7 bytes of the string table before its message belong to none");
}

TEST(CheckLayout, StringTableOverlap) {
    Bytes file = file_with_messages({"same", "same"});
    move_message(file, 1, 0, 4);
    const auto faults = check_layout(file);
    ASSERT_EQ(faults.size(), 2U);
    EXPECT_EQ(describe(faults[0]),
              "version 2: message starts at 0 in the string table, inside an earlier one that ends "
              "at 5");
    EXPECT_EQ(faults[1].reason, LayoutReason::string_table_excess);
    EXPECT_EQ(faults[1].length, 5U);
}

TEST(CheckLayout, StringTableExcess) {
    Bytes file = sample();
    file.insert(file.begin() + hash_at, {'x', 'y', 0});
    poke_number(file, field_strings + 8, 8 + 3);
    const auto fault = only_fault(file);
    EXPECT_EQ(fault.reason, LayoutReason::string_table_excess);
    EXPECT_EQ(fault.offset, hash_at);
    EXPECT_EQ(describe(fault), "string table: 3 bytes behind the last message");
}

// Two versions exchanged: every byte of the table still belongs to one message. That the chain is
// broken is for the chain gate to say.
TEST(CheckLayout, MessagesMayLieInAnotherOrderThanVersions) {
    Bytes file = file_with_messages({"one", "three", "five."});
    move_message(file, 0, 10, 5);
    move_message(file, 2, 0, 3);
    EXPECT_THAT(check_layout(file), IsEmpty());
    move_message(file, 2, 0, 2);
    file[versions_at + 100] = 1;
    const auto faults = check_layout(file);
    ASSERT_EQ(faults.size(), 3U) << "in the order of the versions again";
    EXPECT_EQ(faults[0].reason, LayoutReason::reserved_nonzero);
    EXPECT_EQ(faults[1].reason, LayoutReason::string_table_gap);
    EXPECT_EQ(faults[2].reason, LayoutReason::message_not_terminated);
    EXPECT_EQ(faults[2].index, 2U);
}

TEST(CheckLayout, ARecordYieldsAtMostOneFault) {
    Bytes file = sample();
    file[versions_at + 152 + 130] = 1;
    move_message(file, 1, UINT64_MAX, 1);
    EXPECT_THAT(reasons(file), ElementsAre(LayoutReason::reserved_nonzero));
}

// Many records that each claim the whole of a long string table must not make the check read it
// once per record.
TEST(CheckLayout, IsLinearWhenEveryMessageIsTheWholeTable) {
    const std::uint64_t versions = 50000;
    FileImage image({.versions = versions, .signatures = versions, .strings_size = 5000000});
    std::ranges::fill(image.strings(), std::uint8_t{'a'});
    for (auto& version : image.versions()) {
        version.message_length = 4999999;
    }
    image.strings().back() = 0;
    const auto start = std::chrono::steady_clock::now();
    const auto faults = check_layout(image.bytes());
    const auto spent = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(faults.size(), versions - 1);
    EXPECT_LT(spent, std::chrono::seconds(5));
    EXPECT_LT(faults.capacity() * sizeof(LayoutFault), image.bytes().size());
}

// Any change of a place or a count in the header shows.
RC_GTEST_PROP(CheckLayout, EveryOffsetAndCountIsForced, ()) {
    Bytes file = sample();
    const auto at = field_payload + 8 * *rc::gen::inRange<std::size_t>(0, 10);
    const auto before = file;
    poke_number(file, at,
                *rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(),
                                rc::gen::inRange<std::uint64_t>(0, 1000)));
    RC_PRE(file != before);
    RC_ASSERT(!check_layout(file).empty());
}

TEST(CheckLayoutVectors, ValidFilesHaveNoFault) {
    for (const auto& vector : test::load_valid_vectors()) {
        const auto faults = check_layout(test::read_vector(vector.file));
        EXPECT_TRUE(faults.empty()) << vector.file << ": " << describe(faults.front());
    }
}

TEST(CheckLayoutVectors, HostileFilesHaveOneExactlyWhenTheStructureGateMustObject) {
    const auto vectors = test::load_hostile_vectors();
    ASSERT_EQ(vectors.size(), 373U);
    std::size_t with_fault = 0;
    for (const auto& vector : vectors) {
        const auto faults = check_layout(test::read_vector(vector.file));
        EXPECT_EQ(!faults.empty(), vector.gate == "structure")
            << vector.file << ": " << vector.note
            << (faults.empty() ? "" : ": " + describe(faults.front()));
        with_fault += faults.empty() ? 0U : 1U;
    }
    EXPECT_EQ(with_fault, 180U);
}

}  // namespace
}  // namespace aion::format
