// SPDX-License-Identifier: MIT OR Apache-2.0
// The files of a model: found, hashed, and compared with what was signed.
#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <utility>

#include "aion/supply/model_signing.hpp"
#include "base/try.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view the_file = ".";

HashOptions hashing_of(const ModelSerialization& how, const HashOptions& options) {
    return {.with_sha256 = how.hash == ModelHash::sha256,
            .with_blake3 = how.hash == ModelHash::blake3,
            .symlinks = how.allow_symlinks ? Symlinks::follow : Symlinks::refuse,
            .threads = options.threads,
            .progress = options.progress};
}

crypto::Sha256Digest digest_of(const Hash& blake3,
                               const std::optional<crypto::Sha256Digest>& sha256) {
    return sha256 ? *sha256 : crypto::Sha256Digest{blake3.bytes};
}

/// What one file has in a statement; none of an empty one where there are shards.
using Resources = std::vector<ModelResource>;

// As `statement` would name them.
Result<std::vector<Result<Resources>>> hash_all(Env& env, std::span<const ArtifactFile> files,
                                                const ModelSerialization& how,
                                                const HashOptions& options) {
    std::vector<Result<Resources>> all;
    all.reserve(files.size());
    const HashOptions hashing = hashing_of(how, options);
    if (!how.shard_size) {
        for (HashedArtifact& one : hash_artifacts(env, files, hashing)) {
            if (one) {
                all.emplace_back(Resources{{.name = std::move(one->name),
                                            .begin = 0,
                                            .end = 0,
                                            .digest = digest_of(one->blake3, one->sha256)}});
            } else {
                all.emplace_back(fail(std::move(one).error()));
            }
        }
        return all;
    }
    AION_TRY_ASSIGN(const auto sharded, hash_shards(env, files, *how.shard_size, hashing));
    for (std::size_t i = 0; i < sharded.size(); ++i) {
        if (!sharded[i]) {
            all.emplace_back(fail(sharded[i].error()));
            continue;
        }
        Resources resources;
        for (const Shard& shard : *sharded[i]) {
            resources.push_back({.name = files[i].name,
                                 .begin = shard.begin,
                                 .end = shard.end,
                                 .digest = digest_of(shard.blake3, shard.sha256)});
        }
        all.emplace_back(std::move(resources));
    }
    return all;
}

/// The resources of one file, which stand side by side.
struct Signed {
    std::string_view name;
    std::span<const ModelResource> resources;

    // Nothing where the statement does not say.
    [[nodiscard]] std::optional<std::uint64_t> size() const {
        const std::uint64_t end = resources.back().end;
        return end == 0 ? std::nullopt : std::optional(end);
    }
};

std::vector<Signed> signed_files(const ModelStatement& statement, const ModelFiles& files) {
    const std::span<const ModelResource> all = statement.resources();
    std::vector<Signed> signed_ones;
    for (std::size_t begin = 0; begin < all.size();) {
        std::size_t end = begin;
        while (end < all.size() && all[end].name == all[begin].name) {
            ++end;
        }
        signed_ones.push_back({all[begin].name, all.subspan(begin, end - begin)});
        begin = end;
    }
    // One file is by whatever name it has now the one that was signed.
    if (files.is_one_file && files.files.size() == 1 && signed_ones.size() == 1 &&
        signed_ones.front().name == the_file) {
        signed_ones.front().name = files.files.front().name;
    }
    return signed_ones;
}

class Check {
  public:
    Check(const ModelStatement& statement, const ModelFiles& files,
          const ModelCheckOptions& options)
        : has_shards_(statement.serialization().shard_size.has_value()),
          options_(options),
          signed_(signed_files(statement, files)) {}

    /// Sorts out what can be told without reading; both are in the byte order of the names.
    void look(std::span<const ArtifactFile> files) {
        std::size_t next = 0;
        for (const ArtifactFile& file : files) {
            for (; next < signed_.size() && signed_[next].name < file.name; ++next) {
                add_missing(signed_[next]);
            }
            if (next < signed_.size() && signed_[next].name == file.name) {
                compare_sizes(signed_[next++], file);
            } else {
                add_unsigned(file);
            }
        }
        for (; next < signed_.size(); ++next) {
            add_missing(signed_[next]);
        }
    }

    [[nodiscard]] std::span<const ArtifactFile> to_hash() const noexcept { return to_hash_; }

    /// Of `to_hash`.
    void take(std::span<const Result<Resources>> hashed) {
        for (std::size_t i = 0; i < hashed.size(); ++i) {
            const ArtifactFile& file = to_hash_[i];
            if (!hashed[i]) {
                add(file.name, ArtifactFinding::unreadable, expected_[i].size(), {},
                    hashed[i].error());
                continue;
            }
            check_.hashed_bytes += file.size;
            const bool is_same = std::ranges::equal(
                *hashed[i], expected_[i].resources,
                [](const ModelResource& found, const ModelResource& wanted) {
                    return found.begin == wanted.begin && found.end == wanted.end &&
                           found.digest == wanted.digest;
                });
            if (is_same) {
                ++check_.same;
            } else {
                add(file.name, ArtifactFinding::other_content, expected_[i].size(), file.size);
            }
        }
    }

    ModelCheck finish() && {
        std::ranges::sort(check_.rows, {}, &ManifestCheck::Row::name);
        return std::move(check_);
    }

  private:
    void compare_sizes(const Signed& wanted, const ArtifactFile& file) {
        if (file.error) {
            add(file.name, ArtifactFinding::unreadable, wanted.size(), {}, file.error);
        } else if (wanted.size() && *wanted.size() != file.size) {
            add(file.name, ArtifactFinding::other_size, wanted.size(), file.size);
        } else {
            to_hash_.push_back(file);
            expected_.push_back(wanted);
        }
    }

    void add_missing(const Signed& wanted) {
        add(std::string(wanted.name), ArtifactFinding::missing, wanted.size(), {});
    }

    void add_unsigned(const ArtifactFile& file) {
        const bool is_in_no_shard = has_shards_ && file.size == 0 && !file.error;
        if (options_.ignore_unsigned_files || is_in_no_shard) {
            ++check_.unsigned_files;
            return;
        }
        add(file.name, ArtifactFinding::extra, {},
            file.error ? std::nullopt : std::optional(file.size), file.error);
    }

    void add(std::string name, ArtifactFinding finding, std::optional<std::uint64_t> expected,
             std::optional<std::uint64_t> found, std::optional<Error> error = {}) {
        check_.rows.push_back({.name = std::move(name),
                               .finding = finding,
                               .expected_size = expected,
                               .found_size = found,
                               .error = std::move(error)});
    }

    bool has_shards_;
    const ModelCheckOptions& options_;
    std::vector<Signed> signed_;
    std::vector<ArtifactFile> to_hash_;
    std::vector<Signed> expected_;  // Of `to_hash_`.
    ModelCheck check_;
};

Result<ModelFiles> only_file(const std::filesystem::path& path, const FileInfo& info) {
    ArtifactFile file{
        .name = path.filename().string(), .path = path, .size = info.size, .error = {}};
    AION_TRY(check_artifact_name(file.name));
    ModelFiles found{.is_one_file = true, .files = {}, .size = info.size};
    found.files.push_back(std::move(file));
    return found;
}

}  // namespace

Result<ModelFiles> find_model(Env& env, const std::filesystem::path& path,
                              const ModelSerialization& serialization, const FindOptions& finding) {
    AION_TRY_ASSIGN(const auto info, env.info(path));
    if (info && info->kind == FileKind::regular) {
        return only_file(path, *info);
    }
    FindOptions options = finding;
    options.symlinks = serialization.allow_symlinks ? Symlinks::follow : Symlinks::refuse;
    options.ignored.insert(options.ignored.end(), serialization.ignored.begin(),
                           serialization.ignored.end());
    options.ignored.insert(options.ignored.end(), never_in_models.begin(), never_in_models.end());
    std::ranges::sort(options.ignored);
    ModelFiles found;
    AION_TRY_ASSIGN(found.files, find_artifacts(env, path, options));
    for (const ArtifactFile& file : found.files) {
        found.size += file.size;
    }
    return found;
}

Result<ModelStatement> describe_model(Env& env, std::string name, const ModelFiles& files,
                                      const ModelSerialization& serialization,
                                      const HashOptions& hashing) {
    AION_TRY_ASSIGN(auto hashed, hash_all(env, files.files, serialization, hashing));
    Resources resources;
    resources.reserve(hashed.size());
    for (Result<Resources>& one : hashed) {
        if (!one) {
            return fail(std::move(one).error());
        }
        std::ranges::move(*one, std::back_inserter(resources));
    }
    return ModelStatement::make(std::move(name), serialization, std::move(resources));
}

Result<ModelCheck> check_model(Env& env, const ModelStatement& statement, const ModelFiles& files,
                               const ModelCheckOptions& options) {
    Check check(statement, files, options);
    check.look(files.files);
    AION_TRY_ASSIGN(const auto hashed,
                    hash_all(env, check.to_hash(), statement.serialization(), options.hashing));
    for (const Result<Resources>& one : hashed) {
        if (!one && one.error().code() == ErrorCode::interrupted) {
            return fail(one.error());
        }
    }
    check.take(hashed);
    return std::move(check).finish();
}

}  // namespace aion::supply
