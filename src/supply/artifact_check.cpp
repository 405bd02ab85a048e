// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether a folder has what a manifest says.
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "aion/crypto/hash.hpp"
#include "aion/supply/artifacts.hpp"
#include "base/names.hpp"
#include "base/try.hpp"

namespace aion::supply {
namespace {

constexpr NameTable finding_names(std::to_array<Named<ArtifactFinding>>({
    {ArtifactFinding::same, "same"},
    {ArtifactFinding::not_sampled, "not_sampled"},
    {ArtifactFinding::missing, "missing"},
    {ArtifactFinding::other_size, "other_size"},
    {ArtifactFinding::other_content, "other_content"},
    {ArtifactFinding::unreadable, "unreadable"},
    {ArtifactFinding::extra, "extra"},
}));

/// Which artefacts are hashed: those with the smallest of numbers that the seed and their names
/// make, so that as many are as were asked for, at least one.
class Sample {
  public:
    Sample(const Manifest& manifest, double part, std::uint64_t seed) : seed_(seed) {
        const std::size_t all = manifest.artifacts().size();
        const auto some = static_cast<std::size_t>(std::ceil(part * static_cast<double>(all)));
        if (some >= all) {
            return;
        }
        std::vector<std::uint64_t> numbers;
        numbers.reserve(all);
        for (const Artifact& artifact : manifest.artifacts()) {
            numbers.push_back(number_of(artifact.name));
        }
        const auto last = numbers.begin() + static_cast<std::ptrdiff_t>(some - 1);
        std::ranges::nth_element(numbers, last);
        most_ = *last;
    }

    [[nodiscard]] bool has(const Artifact& artifact) const {
        return !most_ || number_of(artifact.name) <= *most_;
    }

  private:
    [[nodiscard]] std::uint64_t number_of(std::string_view name) const {
        std::array<std::uint8_t, sizeof seed_> seed{};
        for (std::size_t i = 0; i < seed.size(); ++i) {
            seed[i] = static_cast<std::uint8_t>(seed_ >> (8 * i));
        }
        const Hash hash = crypto::Blake3().update(seed).update(as_bytes(name)).digest();
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < sizeof number; ++i) {
            number = number << 8U | hash.bytes[i];
        }
        return number;
    }

    std::uint64_t seed_;
    std::optional<std::uint64_t> most_;  // Nothing: all of them.
};

class Check {
  public:
    Check(const Manifest& manifest, const Sample& sample) : manifest_(manifest), sample_(sample) {}

    /// Sorts out what can be told without reading.
    void look(std::span<const ArtifactFile> files) {
        std::vector<std::string_view> found;
        found.reserve(files.size());
        for (const ArtifactFile& file : files) {
            found.push_back(file.name);
            const Artifact* const artifact = manifest_.find(file.name);
            if (file.error) {
                add_error(file.name, artifact, *file.error);
            } else if (artifact == nullptr) {
                add(file.name, ArtifactFinding::extra, {}, file.size);
            } else if (artifact->size != file.size) {
                add(file.name, ArtifactFinding::other_size, artifact->size, file.size);
            } else if (sample_.has(*artifact)) {
                to_hash_.push_back(file);
            } else {
                ++check_.not_sampled;
            }
        }
        // Both are in the byte order of the names, which `files` has.
        for (const Artifact& artifact : manifest_.artifacts()) {
            if (!std::ranges::binary_search(found, std::string_view(artifact.name))) {
                add(artifact.name, ArtifactFinding::missing, artifact.size, {});
            }
        }
    }

    [[nodiscard]] std::span<const ArtifactFile> to_hash() const noexcept { return to_hash_; }

    void take(std::span<const HashedArtifact> hashed) {
        for (std::size_t i = 0; i < hashed.size(); ++i) {
            const Artifact& expected = *manifest_.find(to_hash_[i].name);
            if (!hashed[i]) {
                add_error(expected.name, &expected, hashed[i].error());
                continue;
            }
            check_.hashed_bytes += hashed[i]->size;
            compare(expected, *hashed[i]);
        }
    }

    ManifestCheck finish() && {
        std::ranges::sort(check_.rows, {}, &ManifestCheck::Row::name);
        return std::move(check_);
    }

  private:
    void compare(const Artifact& expected, const Artifact& found) {
        if (found.size != expected.size) {
            add(expected.name, ArtifactFinding::other_size, expected.size, found.size);
        } else if (found.blake3 != expected.blake3 ||
                   (expected.sha256 && found.sha256 && found.sha256 != expected.sha256)) {
            add(expected.name, ArtifactFinding::other_content, expected.size, found.size);
        } else {
            ++check_.same;
        }
    }

    void add_error(const std::string& name, const Artifact* artifact, const Error& error) {
        add(name, artifact == nullptr ? ArtifactFinding::extra : ArtifactFinding::unreadable,
            artifact == nullptr ? std::nullopt : std::optional(artifact->size), {});
        check_.rows.back().error = error;
    }

    void add(std::string name, ArtifactFinding finding, std::optional<std::uint64_t> expected,
             std::optional<std::uint64_t> found) {
        check_.rows.push_back({.name = std::move(name),
                               .finding = finding,
                               .expected_size = expected,
                               .found_size = found,
                               .error = {}});
    }

    const Manifest& manifest_;
    const Sample& sample_;
    std::vector<ArtifactFile> to_hash_;
    ManifestCheck check_;
};

}  // namespace

std::string_view name_of(ArtifactFinding finding) noexcept {
    return finding_names.name(finding);
}

Result<ManifestCheck> check_artifacts(Env& env, const Manifest& manifest,
                                      const std::filesystem::path& folder,
                                      const CheckOptions& options) {
    FindOptions finding = options.finding;
    finding.keep_going = true;
    AION_TRY_ASSIGN(const auto files, find_artifacts(env, folder, finding));
    return check_files(env, manifest, files, options);
}

Result<ManifestCheck> check_files(Env& env, const Manifest& manifest,
                                  std::span<const ArtifactFile> files,
                                  const CheckOptions& options) {
    const bool is_part = options.sample > 0 && options.sample <= 1;
    if (!is_part) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "a sample is a part of all, above 0 and at most 1"));
    }
    const Sample sample(manifest, options.sample, options.seed);
    Check check(manifest, sample);
    check.look(files);
    HashOptions hashing = options.hashing;
    hashing.with_sha256 = std::ranges::any_of(
        manifest.artifacts(), [](const Artifact& artifact) { return artifact.sha256.has_value(); });
    const auto hashed = hash_artifacts(env, check.to_hash(), hashing);
    for (const HashedArtifact& one : hashed) {
        if (!one && one.error().code() == ErrorCode::interrupted) {
            return fail(one.error());
        }
    }
    check.take(hashed);
    return std::move(check).finish();
}

}  // namespace aion::supply
