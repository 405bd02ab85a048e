// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include <thread>

#include "aion/attest/container.hpp"
#include "aion/base/memory_env.hpp"
#include "attest/parts.hpp"
#include "support/temporary_folder.hpp"

namespace aion::attest::test {
namespace {

class AttestContainerFile : public ::testing::Test {
  protected:
    void SetUp() override { env.put_directory("/d"); }

    static NewEntry by(std::uint64_t signer, std::uint64_t file = 5) {
        return {
            .file = FileId{file}, .number = VersionNumber{1}, .hash = {}, .entry = garbage(signer)};
    }

    MemoryEnv env;
    std::filesystem::path path = "/d/policy.aion.att";
};

TEST_F(AttestContainerFile, IsMadeThenKeepsWhatIsThere) {
    const Added first = ok(add_to_file(env, path, by(8)));
    EXPECT_TRUE(first.is_new);
    EXPECT_EQ(first.entries, 1U);
    EXPECT_EQ(ok(add_to_file(env, path, by(7))).entries, 2U);
    const Container container = ok(read_container(env, path));
    EXPECT_EQ(container.file_id(), FileId{5});
    ASSERT_EQ(container.size(), 2U);
    EXPECT_EQ(container.versions()[0].entries[0].attestation.signer, AuthorId{7});
}

TEST_F(AttestContainerFile, WhatIsThereAlreadyIsNotWrittenAgain) {
    ok(add_to_file(env, path, by(8)));
    const Bytes before = *env.get(path);
    const Added again = ok(add_to_file(env, path, by(8)));
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(again.entries, 1U);
    EXPECT_EQ(*env.get(path), before);
}

TEST_F(AttestContainerFile, OfAnotherFileStaysAsItIs) {
    ok(add_to_file(env, path, by(8)));
    const Bytes before = *env.get(path);
    const auto refused = add_to_file(env, path, by(9, 6));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(*env.get(path), before);
}

TEST_F(AttestContainerFile, WhatIsNoContainerStaysAsItIs) {
    env.put(path, Bytes{1, 2, 3});
    const auto refused = add_to_file(env, path, by(9));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().detail(), "attestations_not_a_container");
    EXPECT_EQ(*env.get(path), (Bytes{1, 2, 3}));
    EXPECT_EQ(read_container(env, path).error().detail(), "attestations_not_a_container");
}

TEST_F(AttestContainerFile, WithoutAFolderNothingIsMade) {
    EXPECT_FALSE(add_to_file(env, "/none/policy.aion.att", by(9)).has_value());
    EXPECT_FALSE(read_container(env, "/d/none.att").has_value());
}

TEST(AttestContainerFiles, NobodyLosesAnEntryToAnother) {
    const aion::test::TemporaryFolder folder;
    const std::filesystem::path path = folder.path() / "policy.aion.att";
    constexpr std::uint64_t many = 12;
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t i = 0; i < many; ++i) {
            threads.emplace_back([&path, i] {
                const auto added = add_to_file(Env::system(), path,
                                               {.file = FileId{5},
                                                .number = VersionNumber{1},
                                                .hash = {},
                                                .entry = garbage(i)},
                                               {.sync = false});
                EXPECT_TRUE(added.has_value()) << added.error().full_message();
            });
        }
    }
    EXPECT_EQ(ok(read_container(Env::system(), path)).size(), many);
}

}  // namespace
}  // namespace aion::attest::test
