// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/repair.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "support/world.hpp"

namespace aion::policy {
namespace {

using format::AuditRecord;
using format::HeaderRecord;
using format::Section;
using format::SignatureRecord;
using format::VersionRecord;
using test::bob;

class RepairTest : public test::World {
  protected:
    RepairTest() {
        env.put_directory("/policies");
        must_create();
        must_commit("rules: 2\n", "second", bob);
        must_commit("rules: 3\n", "third");
    }

    std::uint64_t begin_of(Section section) const {
        return format::FileView::parse(content()).value().extent(section).value().offset;
    }

    /// The file with one byte flipped, under a trailing hash that fits.
    void damage(std::uint64_t offset) {
        Bytes bytes = content();
        bytes[offset] ^= 1U;
        test::rehash(bytes);
        env.put(path, bytes);
    }

    Result<Repair> plan() { return Repair::plan(env, path, registry); }

    Bytes written(const Repair& repair) {
        const auto place = locate_to_write(env, "/policies/new.aion").value();
        const auto done =
            write_file_atomically(env, place, repair.content(), {.replace = Replace::always});
        EXPECT_TRUE(done) << done.error().full_message();
        return *env.get("/policies/new.aion");
    }

    /// Repairs what was damaged and finds the file that there was before.
    std::vector<RepairChange> mends(const Bytes& good) {
        EXPECT_FALSE(check(content()).is_valid());
        const auto repair = plan();
        if (!repair) {
            ADD_FAILURE() << repair.error().full_message();
            return {};
        }
        EXPECT_FALSE(repair->before().is_valid());
        EXPECT_EQ(written(*repair), good);
        EXPECT_TRUE(check(written(*repair)).is_valid());
        return repair->changes();
    }

    static bool has(const std::vector<RepairChange>& changes, std::string_view place) {
        return std::ranges::find(changes, place, &RepairChange::place) != changes.end();
    }

    std::string refusal() {
        const auto repair = plan();
        if (repair) {
            ADD_FAILURE() << "was repaired";
            return {};
        }
        EXPECT_EQ(repair.error().code(), ErrorCode::verdict_invalid);
        return repair.error().full_message();
    }
};

TEST_F(RepairTest, AValidFileIsLeftAlone) {
    const auto repair = plan();
    ASSERT_TRUE(repair);
    EXPECT_TRUE(repair->before().is_valid());
    EXPECT_TRUE(repair->changes().empty());
    EXPECT_EQ(repair->content().size, 0U);
}

TEST_F(RepairTest, EveryScalarFieldOfTheHeaderFollowsFromTheVersions) {
    const Bytes good = content();
    const std::pair<std::size_t, std::string> fields[] = {
        {offsetof(HeaderRecord, flags), "header.flags"},
        {offsetof(HeaderRecord, current_version), "header.current_version"},
        {offsetof(HeaderRecord, root_hash) + 31, "header.root_hash"},
        {offsetof(HeaderRecord, current_hash), "header.current_hash"},
        {offsetof(HeaderRecord, created_at), "header.created_at"},
        {offsetof(HeaderRecord, modified_at), "header.modified_at"},
        {offsetof(HeaderRecord, reserved) + 71, "header.reserved"},
    };
    for (const auto& [offset, place] : fields) {
        env.put(path, good);
        damage(offset);
        const auto changes = mends(good);
        ASSERT_FALSE(changes.empty()) << place;
        EXPECT_EQ(changes.front().place, place);
        EXPECT_EQ(changes.front().first, 0U);
        EXPECT_EQ(changes.back().place, "trailing_hash");
    }
}

TEST_F(RepairTest, EveryFieldOfTheTrailFollowsFromTheVersions) {
    const Bytes good = content();
    const std::uint64_t second = begin_of(Section::audit) + format::audit_record_size;
    const std::pair<std::size_t, std::string> fields[] = {
        {offsetof(AuditRecord, timestamp), "audit.timestamp"},
        {offsetof(AuditRecord, author), "audit.author"},
        {offsetof(AuditRecord, action), "audit.action"},
        {offsetof(AuditRecord, reserved1), "audit.reserved"},
        {offsetof(AuditRecord, details_offset), "audit.details_offset"},
        {offsetof(AuditRecord, details_length), "audit.details_length"},
        {offsetof(AuditRecord, reserved2), "audit.reserved"},
        {offsetof(AuditRecord, previous_hash), "audit.previous_hash"},
        {offsetof(AuditRecord, reserved3), "audit.reserved"},
    };
    for (const auto& [offset, place] : fields) {
        env.put(path, good);
        damage(second + offset);
        const auto changes = mends(good);
        const auto found = std::ranges::find(changes, place, &RepairChange::place);
        ASSERT_NE(found, changes.end()) << place;
        EXPECT_EQ(found->count, 1U);
        EXPECT_EQ(found->first, 2U);
        EXPECT_NE(found->was, found->now);
    }
}

TEST_F(RepairTest, ReservedBytesOfRecordsAreSignedByNobody) {
    const Bytes good = content();
    damage(begin_of(Section::versions) + offsetof(VersionRecord, reserved));
    EXPECT_TRUE(has(mends(good), "versions.reserved"));
    env.put(path, good);
    damage(begin_of(Section::signatures) + offsetof(SignatureRecord, reserved));
    EXPECT_TRUE(has(mends(good), "signatures.reserved"));
}

TEST_F(RepairTest, TheTrailingHashAlone) {
    const Bytes good = content();
    Bytes bytes = good;
    bytes.back() ^= 1U;
    env.put(path, bytes);
    const auto changes = mends(good);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes.front().place, "trailing_hash");
    // It could have been a message as well: nobody knows.
    EXPECT_FALSE(plan()->trailing_hash_fits());
}

TEST_F(RepairTest, WhatEndsAMessageAndWhatBelongsToNothing) {
    const Bytes good = content();
    damage(begin_of(Section::strings) + test::genesis_message.size());
    EXPECT_TRUE(has(mends(good), "layout"));
    // Bytes between the last section and the hash.
    Bytes longer = good;
    longer.insert(longer.end() - format::integrity_size, 100, 0xAB);
    test::rehash(longer);
    env.put(path, longer);
    EXPECT_TRUE(has(mends(good), "layout"));
}

TEST_F(RepairTest, ATrailThatIsGone) {
    const Bytes good = content();
    Bytes bytes = good;
    std::ranges::fill_n(bytes.begin() + offsetof(HeaderRecord, audit), 16, std::uint8_t{0xff});
    test::rehash(bytes);
    env.put(path, bytes);
    mends(good);
}

TEST_F(RepairTest, WhatIsSignedIsNotMended) {
    const Bytes good = content();
    const std::uint64_t version = begin_of(Section::versions) + format::version_record_size;
    const std::pair<std::uint64_t, std::string> places[] = {
        {version + offsetof(VersionRecord, timestamp), "chain"},
        {version + offsetof(VersionRecord, number), "chain"},
        {begin_of(Section::versions) + (2 * format::version_record_size) +
             offsetof(VersionRecord, timestamp),
         "signatures"},
        {begin_of(Section::signatures) + offsetof(SignatureRecord, signature), "signatures"},
        {begin_of(Section::payload) + 15, "payload"},
        {offsetof(HeaderRecord, file_id), "payload"},
    };
    for (const auto& [offset, gate] : places) {
        env.put(path, good);
        damage(offset);
        EXPECT_NE(refusal().find(gate + ": "), std::string::npos) << refusal();
    }
}

TEST_F(RepairTest, AMessageWithoutItsPlaceInTheTableIsNotMended) {
    Bytes bytes = content();
    // The table is said to end before the last message.
    bytes[offsetof(HeaderRecord, strings) + 8] -= 3;
    test::rehash(bytes);
    env.put(path, bytes);
    EXPECT_NE(refusal().find("structure"), std::string::npos);
}

TEST_F(RepairTest, UnderAnotherRegistryNothingIsMended) {
    damage(offsetof(HeaderRecord, current_hash));
    registry = trust::Registry();
    EXPECT_NE(refusal().find("signatures"), std::string::npos);
}

// Where only the trailing hash is not all there, the rest is.
TEST_F(RepairTest, OfAFileThatWasCutShortNothingIsMadeUp) {
    const Bytes good = content();
    std::size_t mended = 0;
    for (std::size_t size = 0; size < good.size(); ++size) {
        env.put(path, Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
        const auto repair = plan();
        if (!repair) {
            EXPECT_EQ(repair.error().code(), ErrorCode::verdict_invalid) << size;
            continue;
        }
        EXPECT_GE(size, good.size() - format::integrity_size);
        EXPECT_EQ(written(*repair), good) << size;
        EXPECT_FALSE(repair->trailing_hash_fits()) << size;
        ++mended;
    }
    EXPECT_EQ(mended, format::integrity_size);
}

TEST_F(RepairTest, WhatIsNoFileIsNotMended) {
    for (const std::string_view text : {"", "a: 1", "AION"}) {
        env.put(path, Bytes(text.begin(), text.end()));
        EXPECT_NE(refusal().find("structure: "), std::string::npos) << refusal();
    }
}

TEST_F(RepairTest, SaysWhereTheFileSpokeOfMoreVersions) {
    const Bytes good = content();
    damage(offsetof(HeaderRecord, modified_at));
    EXPECT_EQ(plan()->versions_named(), std::nullopt);
    EXPECT_EQ(plan()->versions(), 3U);
    damage(offsetof(HeaderRecord, current_version) + 1);
    EXPECT_EQ(plan()->versions_named(), 3U + 256U);
    EXPECT_EQ(plan()->versions(), 3U);
    // Under the hash of the file that had three, the number alone was damaged.
    Bytes bytes = good;
    bytes[offsetof(HeaderRecord, current_version) + 1] ^= 1U;
    env.put(path, bytes);
    EXPECT_EQ(plan()->versions_named(), std::nullopt);
}

// A large payload passes by, and stays what it is.
TEST_F(RepairTest, ALargePayload) {
    must_commit(std::string(std::size_t{9} << 20U, 'x'), "large");
    const Bytes good = content();
    damage(offsetof(HeaderRecord, modified_at));
    EXPECT_EQ(mends(good).front().place, "header.modified_at");
}

TEST_F(RepairTest, EveryByteIsMendedOrRefusedAndNeverGuessed) {
    const Bytes good = content();
    const std::uint64_t strings = begin_of(Section::strings);
    for (std::size_t offset = 0; offset < good.size(); ++offset) {
        Bytes bytes = good;
        bytes[offset] ^= 0x40U;
        env.put(path, bytes);
        const auto repair = plan();
        if (!repair) {
            EXPECT_EQ(repair.error().code(), ErrorCode::verdict_invalid) << offset;
            continue;
        }
        // The texts of messages are the one thing that nobody signed and nothing implies.
        const bool is_text = offset >= strings && offset < good.size() - format::integrity_size;
        if (!is_text) {
            ASSERT_EQ(written(*repair), good) << offset;
        }
        // Where the old hash is that of what was rebuilt, nothing else was damaged either.
        EXPECT_EQ(repair->trailing_hash_fits(),
                  written(*repair) == good && offset < good.size() - format::integrity_size)
            << offset;
        EXPECT_TRUE(check(written(*repair)).is_valid()) << offset;
    }
}

}  // namespace
}  // namespace aion::policy
