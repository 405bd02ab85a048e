// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/diff.hpp"

#include <gtest/gtest.h>

#include "aion/base/json_writer.hpp"
#include "aion/report/conflict.hpp"
#include "support/world.hpp"

namespace aion::report {
namespace {

using policy::Examination;
using policy::test::World;

class DiffTest : public World {
  protected:
    // Goes on with a file as it was.
    Bytes continued(const Bytes& from, std::initializer_list<std::string_view> payloads,
                    AuthorId author = aion::test::alice) {
        env.put(path, from);
        for (const std::string_view payload : payloads) {
            must_commit(payload, "change", author);
        }
        return content();
    }

    Bytes base() {
        must_create();
        must_commit("rules: 2\n");
        return content();
    }

    Examination examined(const Bytes& file) {
        return *policy::examine(ByteView(file), registry, env.now());
    }

    Comparison compared(const Bytes& a, const Bytes& b) {
        return compare(examined(a), examined(b));
    }

    ConflictReport conflict(const Bytes& a, const Bytes& b) {
        const Examination one = examined(a);
        const Examination two = examined(b);
        return detect_conflict(one, two, compare(one, two));
    }

    static std::string json_of(const ConflictType& type) {
        std::string json;
        JsonWriter out(json, JsonStyle::compact);
        write(out, type);
        return json;
    }

    ConflictReport conflict_by_reference(const Bytes& a, const Bytes& b) {
        const Examination one = examined(a);
        const Examination two = examined(b);
        return detect_like_reference(one, two, compare(one, two));
    }
};

TEST_F(DiffTest, SameFile) {
    const Bytes file = base();
    const Comparison same = compared(file, file);
    EXPECT_EQ(same.relation, Relation::same);
    EXPECT_TRUE(same.same_file_id);
    EXPECT_EQ(same.shared, 2U);
    EXPECT_EQ(same.ancestor(), 2U);
    EXPECT_EQ(conflict(file, file).type, ConflictType(NoConflict{}));
    EXPECT_EQ(conflict(file, file).suggested_strategy, MergeStrategy::KeepLocal);
}

TEST_F(DiffTest, OneContinuesTheOther) {
    const Bytes file = base();
    const Bytes more = continued(file, {"rules: 3\n", "rules: 4\n"});
    EXPECT_EQ(compared(more, file).relation, Relation::a_continues);
    EXPECT_EQ(compared(file, more).relation, Relation::b_continues);
    EXPECT_EQ(compared(file, more).b_added(), 2U);
    EXPECT_EQ(compared(file, more).a_added(), 0U);
    for (const auto& report : {conflict(file, more), conflict_by_reference(file, more)}) {
        EXPECT_EQ(describe(report.type), "No conflict");
        EXPECT_EQ(report.suggested_strategy, MergeStrategy::KeepRemote);
        EXPECT_EQ(report.local_version_count, 2U);
        EXPECT_EQ(report.remote_version_count, 4U);
    }
    EXPECT_EQ(conflict(more, file).suggested_strategy, MergeStrategy::KeepLocal);
}

TEST_F(DiffTest, BothWentOn) {
    const Bytes file = base();
    const Bytes mine = continued(file, {"mine\n"});
    const Bytes theirs = continued(file, {"theirs\n", "more\n"});
    const Comparison both = compared(mine, theirs);
    EXPECT_EQ(both.relation, Relation::diverged);
    EXPECT_EQ(both.shared, 2U);
    EXPECT_EQ(both.proven, 2U);
    const ConflictReport report = conflict(mine, theirs);
    EXPECT_EQ(describe(report.type), "Divergent histories from version 2: local=3, remote=4");
    EXPECT_EQ(report.suggested_strategy, MergeStrategy::Manual);
    EXPECT_EQ(report, conflict_by_reference(mine, theirs));
    EXPECT_EQ(json_of(report.type),
              R"({"Divergent":{"common_ancestor":2,"local_version":3,"remote_version":4}})");
}

// Weaknesses of the reference's rules: nothing but rules hashes, and of equal lengths the last.
TEST_F(DiffTest, FindsWhatTheReferenceDoesNotSee) {
    const Bytes file = base();
    const Bytes mine = continued(file, {"mine\n", "agreed\n"});
    const Bytes theirs = continued(file, {"theirs\n", "agreed\n"});
    EXPECT_EQ(describe(conflict_by_reference(mine, theirs).type), "No conflict");
    EXPECT_EQ(describe(conflict(mine, theirs).type),
              "Divergent histories from version 2: local=4, remote=4");
    // The same rules by somebody else.
    const Bytes bobs = continued(file, {"mine\n", "agreed\n"}, aion::test::bob);
    EXPECT_EQ(describe(conflict_by_reference(mine, bobs).type), "No conflict");
    EXPECT_EQ(compared(mine, bobs).relation, Relation::diverged);
    const Bytes longer = continued(bobs, {"end\n"});
    EXPECT_EQ(describe(conflict_by_reference(mine, longer).type), "No conflict");
    EXPECT_EQ(describe(conflict(mine, longer).type),
              "Divergent histories from version 2: local=4, remote=5");
    // Where it does see that the last ones differ.
    const Bytes other = continued(file, {"mine\n", "other\n"});
    EXPECT_TRUE(describe(conflict_by_reference(mine, other).type)
                    .starts_with("Content mismatch at version 4: local="));
}

TEST_F(DiffTest, OtherFiles) {
    const Bytes file = base();
    Bytes relabelled = file;
    relabelled[8] ^= 1U;
    policy::test::rehash(relabelled);
    const Comparison copy = compared(file, relabelled);
    EXPECT_FALSE(copy.same_file_id);
    EXPECT_TRUE(copy.is_relabelled());
    EXPECT_EQ(copy.relation, Relation::same);
    const ConflictReport report = conflict(file, relabelled);
    EXPECT_TRUE(describe(report.type).starts_with("Content mismatch at version 0: local="));
    EXPECT_EQ(report.suggested_strategy, MergeStrategy::Manual);
    EXPECT_EQ(report, conflict_by_reference(file, relabelled));
    path = "/policies/other.aion";
    env.advance(5'000'000'000);
    must_create("something else\n");
    const Comparison strangers = compared(file, content());
    EXPECT_EQ(strangers.relation, Relation::unrelated);
    EXPECT_FALSE(strangers.is_relabelled());
    EXPECT_EQ(strangers.ancestor(), std::nullopt);
}

TEST_F(DiffTest, WhatIsNotSignedIsNoProvenAncestor) {
    const Bytes file = base();
    const Bytes more = continued(file, {"rules: 3\n"});
    const auto signatures = static_cast<std::size_t>(examined(more).header()->signatures.offset);
    for (const std::size_t bad : {0U, 1U, 2U}) {
        Bytes broken = more;
        broken[signatures + (bad * format::signature_record_size) + 60] ^= 1U;
        policy::test::rehash(broken);
        const Comparison both = compared(more, broken);
        EXPECT_EQ(both.relation, Relation::same);
        EXPECT_EQ(both.shared, 3U);
        EXPECT_EQ(both.proven, bad);
    }
}

TEST_F(DiffTest, ABrokenChainIsLookedAtVersionByVersion) {
    const Bytes file = base();
    const Bytes more = continued(file, {"rules: 3\n", "rules: 4\n"});
    const auto versions = static_cast<std::size_t>(examined(more).header()->versions.offset);
    Bytes broken = more;
    broken[versions + format::version_record_size] ^= 8U;  // the number of version 2
    policy::test::rehash(broken);
    EXPECT_EQ(compared(more, broken).shared, 1U);
    EXPECT_EQ(describe(conflict(more, broken).type), "Version gap: expected 2, found 10");
    EXPECT_EQ(describe(conflict(broken, more).type), "Version gap: expected 2, found 10");
}

// A longer history that nobody signed: keeping it would be what its forger wants.
TEST_F(DiffTest, OfWhatIsNotValidNothingIsAdvised) {
    const Bytes file = base();
    Bytes forged = continued(file, {"rules: forged\n"});
    const auto signatures = static_cast<std::size_t>(examined(forged).header()->signatures.offset);
    forged[signatures + (2 * format::signature_record_size) + 60] ^= 1U;
    policy::test::rehash(forged);
    const ConflictReport report = conflict(file, forged);
    EXPECT_EQ(report.type, ConflictType(NotJudged{.local_is_proven = true}));
    EXPECT_EQ(report.suggested_strategy, MergeStrategy::Manual);
    EXPECT_EQ(describe(report.type), "Not judged: remote is not VALID by the strict profile");
    EXPECT_EQ(describe(conflict(forged, file).type),
              "Not judged: local is not VALID by the strict profile");
    EXPECT_EQ(describe(conflict(forged, forged).type),
              "Not judged: local and remote are not VALID by the strict profile");
    // The reference's words are the reference's.
    EXPECT_EQ(conflict_by_reference(file, forged).suggested_strategy, MergeStrategy::KeepRemote);
    std::string json;
    JsonWriter out(json, JsonStyle::compact);
    write(out, report.type);
    EXPECT_EQ(json, R"({"NotJudged":{"local_is_proven":true,"remote_is_proven":false}})");
}

TEST_F(DiffTest, ByTheReferencesRulesNothingIsAdvisedEither) {
    const Bytes file = base();
    const Bytes more = continued(file, {"rules: 3\n"});
    const auto judged = [&](const Bytes& bytes) {
        policy::ExamineOptions how;
        how.verify.profile = policy::Profile::reference;
        return *policy::examine(ByteView(bytes), registry, env.now(), how);
    };
    const Examination one = judged(file);
    const Examination two = judged(more);
    ASSERT_TRUE(two.report().is_valid());
    const ConflictReport report = detect_conflict(one, two, compare(one, two));
    EXPECT_EQ(report.type, ConflictType(NotJudged{}));
    EXPECT_EQ(report.suggested_strategy, MergeStrategy::Manual);
}

// Same id, and no versions to be found: that is no agreement.
TEST_F(DiffTest, WhatCannotBeReadIsNotJudged) {
    const Bytes file = base();
    const Bytes cut(file.begin(), file.end() - 40);
    const ConflictReport report = conflict(file, cut);
    EXPECT_NE(describe(report.type), "No conflict");
    EXPECT_EQ(report.suggested_strategy, MergeStrategy::Manual);
}

TEST_F(DiffTest, WhatIsNoAionFileHasNoVersions) {
    const Bytes file = base();
    const Comparison nothing = compared(file, Bytes{1, 2, 3});
    EXPECT_EQ(nothing.relation, Relation::unreadable);
    EXPECT_FALSE(nothing.same_file_id);
    EXPECT_EQ(nothing.shared, 0U);
    EXPECT_TRUE(describe(conflict(Bytes{1}, file).type)
                    .starts_with("Content mismatch at version 0: local=empty"));
}

}  // namespace
}  // namespace aion::report
