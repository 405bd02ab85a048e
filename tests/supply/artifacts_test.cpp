// SPDX-License-Identifier: MIT OR Apache-2.0
// Finding, hashing and checking artefacts (artifact_find, artifact_hash, artifact_check).
#include "aion/supply/artifacts.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "aion/crypto/hash.hpp"
#include "support/results.hpp"
#include "support/temporary_folder.hpp"

namespace aion::supply {
namespace {

using test::ok;

class Artifacts : public ::testing::Test {
  protected:
    void put(const std::string& name, std::string_view content) const {
        std::filesystem::create_directories((top / name).parent_path());
        std::ofstream(top / name, std::ios::binary) << content;
    }

    [[nodiscard]] std::vector<std::string> names(const FindOptions& options = {}) const {
        std::vector<std::string> found;
        for (const ArtifactFile& file : ok(find_artifacts(env, top, options))) {
            found.push_back(file.name);
        }
        return found;
    }

    [[nodiscard]] Manifest manifest() const {
        std::vector<Artifact> artifacts;
        for (HashedArtifact& one : hash_artifacts(env, ok(find_artifacts(env, top)))) {
            artifacts.push_back(ok(std::move(one)));
        }
        return ok(Manifest::make(std::move(artifacts)));
    }

    using Rows = std::vector<std::pair<std::string, ArtifactFinding>>;

    [[nodiscard]] Rows rows(const Manifest& expected, const CheckOptions& options = {}) const {
        Rows found;
        for (const auto& row : ok(check_artifacts(env, expected, top, options)).rows) {
            found.emplace_back(row.name, row.finding);
        }
        return found;
    }

    Env& env = Env::system();
    test::TemporaryFolder folder;
    std::filesystem::path top = folder.path();
};

TEST_F(Artifacts, AreFoundInTheOrderOfTheirNames) {
    put("b", "1");
    put("a/z", "2");
    put("a.txt", "3");
    put("a/.hidden", "4");
    EXPECT_EQ(names(), (std::vector<std::string>{"a.txt", "a/.hidden", "a/z", "b"}));
}

TEST_F(Artifacts, LinksAreRefusedSkippedOrFollowed) {
    put("file", "1");
    std::filesystem::create_symlink("file", top / "link");
    EXPECT_EQ(test::code_of(find_artifacts(env, top)), ErrorCode::file_read_error);
    EXPECT_EQ(find_artifacts(env, top).error().os_error(), ELOOP);
    EXPECT_EQ(names({.symlinks = Symlinks::skip}), std::vector<std::string>{"file"});
    EXPECT_EQ(names({.symlinks = Symlinks::follow}), (std::vector<std::string>{"file", "link"}));
    std::filesystem::create_directory_symlink(".", top / "loop");
    EXPECT_EQ(find_artifacts(env, top, {.symlinks = Symlinks::follow}).error().os_error(), EISDIR);
}

TEST_F(Artifacts, NamesThatNoManifestMayHaveAreRefused) {
    put("back\\slash", "1");
    EXPECT_EQ(find_artifacts(env, top).error().detail(), "manifest_bad_name");
    const auto found = ok(find_artifacts(env, top, {.keep_going = true}));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].error);
}

TEST_F(Artifacts, NamesThatDifferByCaseOnlyAreSaid) {
    for (const std::string name : {"Read.me", "read.me", "READ.ME", "other", "d/A", "D/a"}) {
        put(name, "x");
    }
    EXPECT_EQ(
        case_collisions(ok(find_artifacts(env, top))),
        (std::vector<std::vector<std::string>>{{"D/a", "d/A"}, {"READ.ME", "Read.me", "read.me"}}));
}

TEST_F(Artifacts, AreHashedWhateverTheirSize) {
    // Around the sizes of pieces, and of what is worth several threads.
    for (const std::size_t size : {0U, 1U, 262'144U, 262'145U, 8'388'608U, 10'000'001U}) {
        std::string content(size, 'a');
        for (std::size_t i = 0; i < size; i += 4093) {
            content[i] = static_cast<char>(i >> 12U);
        }
        put("file", content);
        for (const unsigned threads : {1U, 0U}) {
            const auto hashed =
                hash_artifacts(env, ok(find_artifacts(env, top)), {.threads = threads});
            ASSERT_EQ(hashed.size(), 1U);
            const Artifact artifact = ok(hashed[0]);
            EXPECT_EQ(artifact.size, size);
            EXPECT_EQ(artifact.blake3, crypto::blake3(as_bytes(content)));
            EXPECT_EQ(artifact.sha256, crypto::sha256(as_bytes(content)));
        }
    }
}

// Two in one thread, of different sizes, with some that cannot be read between them.
TEST_F(Artifacts, SeveralAreHashedSideBySide) {
    std::vector<std::string> contents;
    for (const std::size_t size : {300'000U, 0U, 1U, 63U, 64U, 65U, 131'072U, 131'073U, 500'001U}) {
        std::string content(size, static_cast<char>('a' + contents.size()));
        for (std::size_t i = 0; i < size; i += 4093) {
            content[i] = static_cast<char>(i >> 12U);
        }
        put("file" + std::to_string(contents.size()), content);
        contents.push_back(std::move(content));
    }
    const auto files = ok(find_artifacts(env, top));
    ASSERT_EQ(files.size(), contents.size());
    std::filesystem::remove(top / "file2");
    for (const unsigned threads : {1U, 2U}) {
        for (const bool with_sha256 : {true, false}) {
            auto hashed =
                hash_artifacts(env, files, {.with_sha256 = with_sha256, .threads = threads});
            ASSERT_EQ(hashed.size(), files.size());
            EXPECT_EQ(test::code_of(hashed[2]), ErrorCode::file_read_error);
            for (std::size_t i = 0; i < files.size(); ++i) {
                if (i == 2) {
                    continue;
                }
                const Artifact artifact = ok(hashed[i]);
                const ByteView content = as_bytes(contents[i]);
                EXPECT_EQ(artifact.name, files[i].name);
                EXPECT_EQ(artifact.size, content.size());
                EXPECT_EQ(artifact.blake3, crypto::blake3(content));
                EXPECT_EQ(artifact.sha256.has_value(), with_sha256);
                EXPECT_TRUE(!artifact.sha256 || artifact.sha256 == crypto::sha256(content));
            }
        }
    }
}

TEST_F(Artifacts, AFileThatChangesWhileItIsHashedIsSaid) {
    put("a", std::string(400'000, 'a'));
    put("b", std::string(400'000, 'b'));
    bool has_grown = false;
    const auto hashed =
        hash_artifacts(env, ok(find_artifacts(env, top)),
                       {.threads = 1, .progress = [&](std::uint64_t, std::uint64_t) {
                            if (!has_grown) {
                                put("b", std::string(400'001, 'c'));
                                has_grown = true;
                            }
                        }});
    EXPECT_TRUE(hashed[0]);
    EXPECT_EQ(test::code_of(hashed[1]), ErrorCode::file_changed);
}

TEST_F(Artifacts, ProgressTellsOfEveryByte) {
    put("a", std::string(300'000, 'a'));
    put("b", std::string(9'000'000, 'b'));
    std::atomic<std::uint64_t> told_files = 0;
    std::atomic<std::uint64_t> told = 0;
    const auto hashed = hash_artifacts(env, ok(find_artifacts(env, top)),
                                       {.progress = [&](std::uint64_t files, std::uint64_t bytes) {
                                           told_files += files;
                                           told += bytes;
                                       }});
    EXPECT_EQ(hashed.size(), 2U);
    EXPECT_EQ(told_files, 2U);
    EXPECT_EQ(told, 9'300'000U);
}

TEST_F(Artifacts, AFileThatBecameALinkIsNotRead) {
    put("file", "1");
    put("other", "1");
    const auto files = ok(find_artifacts(env, top));
    std::filesystem::remove(top / "file");
    std::filesystem::create_symlink("other", top / "file");
    const auto hashed = hash_artifacts(env, files);
    ASSERT_EQ(hashed.size(), 2U);
    EXPECT_EQ(test::code_of(hashed[0]), ErrorCode::file_read_error);
    EXPECT_TRUE(hashed[1]);
}

TEST_F(Artifacts, AreAllTheSameOrSaid) {
    for (const std::string name : {"same", "shorter", "changed", "gone", "d/same"}) {
        put(name, "content of " + name);
    }
    const Manifest expected = manifest();
    EXPECT_EQ(rows(expected), Rows());
    EXPECT_EQ(ok(check_artifacts(env, expected, top)).same, 5U);
    put("shorter", "x");
    put("changed", "Content of changed");
    put("new", "");
    std::filesystem::remove(top / "gone");
    std::filesystem::create_symlink("same", top / "link");
    EXPECT_EQ(rows(expected), (Rows{{"changed", ArtifactFinding::other_content},
                                    {"gone", ArtifactFinding::missing},
                                    {"link", ArtifactFinding::extra},
                                    {"new", ArtifactFinding::extra},
                                    {"shorter", ArtifactFinding::other_size}}));
}

TEST_F(Artifacts, AWrongSha256IsFoundBesideARightBlake3) {
    put("file", "content");
    std::vector<Artifact> artifacts = manifest().artifacts();
    artifacts[0].sha256->bytes[0] ^= 1;
    EXPECT_EQ(rows(ok(Manifest::make(artifacts))),
              (Rows{{"file", ArtifactFinding::other_content}}));
}

TEST_F(Artifacts, ASampleIsDrawnBySeedAndStillChecksSizes) {
    for (int i = 0; i < 100; ++i) {
        put("f" + std::to_string(i), "content");
    }
    const Manifest expected = manifest();
    const auto check = ok(check_artifacts(env, expected, top, {.sample = 0.05, .seed = 7}));
    EXPECT_EQ(check.same, 5U);
    EXPECT_EQ(check.not_sampled, 95U);
    EXPECT_TRUE(check.is_valid());
    // One of the hundred is changed: some seeds find it, others do not, each always the same.
    put("f42", "CONTENT");
    int found = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const CheckOptions options{.sample = 0.05, .seed = seed};
        const Rows first = rows(expected, options);
        EXPECT_EQ(first, rows(expected, options));
        found += first.empty() ? 0 : 1;
    }
    EXPECT_GT(found, 0);
    EXPECT_LT(found, 20);
    put("f42", "longer content");
    EXPECT_EQ(rows(expected, {.sample = 0.01}).size(), 1U);
    for (const double sample : {0.0, -1.0, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_EQ(test::code_of(check_artifacts(env, expected, top, {.sample = sample})),
                  ErrorCode::invalid_argument);
    }
}

}  // namespace
}  // namespace aion::supply
