// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/history_facts.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "aion/base/files.hpp"
#include "base/try.hpp"
#include "policy/authority.hpp"

namespace aion::policy {

namespace {

using Versions = std::span<const format::VersionRecord>;

std::vector<SignerUse> signers_of(Versions versions, const trust::SeenRegistry& registry) {
    SignerTally tally;
    for (const format::VersionRecord& version : versions) {
        const AuthorId author{version.author};
        const VersionNumber number{version.number};
        // Without an epoch it would not be VALID.
        if (const trust::EpochRecord* const epoch = registry.active_epoch(author, number)) {
            tally.add(author, *epoch, number);
        }
    }
    return tally.take();
}

// The chain gate found each parent hash to be the hash of the version before.
std::vector<Hash> hashes_of(Versions versions) {
    std::vector<Hash> hashes;
    hashes.reserve(versions.size());
    for (const format::VersionRecord& version : versions.subspan(1)) {
        hashes.push_back(version.parent_hash);
    }
    hashes.push_back(format::version_hash(versions.back()));
    return hashes;
}

}  // namespace

void SignerTally::add(AuthorId author, const trust::EpochRecord& epoch, VersionNumber version) {
    if (!uses_.empty() && uses_.back().author == author && uses_.back().epoch == epoch.epoch) {
        uses_.back().last = version;
        ++uses_.back().versions;
    } else {
        uses_.push_back({author, epoch.epoch, epoch.public_key, version, version, 1});
    }
}

std::vector<SignerUse> SignerTally::take() {
    std::vector<SignerUse> uses = std::exchange(uses_, {});
    std::ranges::sort(uses, {}, [](const SignerUse& use) {
        return std::tuple(use.author, use.epoch, use.first);
    });
    std::vector<SignerUse> merged;
    for (const SignerUse& use : uses) {
        if (!merged.empty() && merged.back().author == use.author &&
            merged.back().epoch == use.epoch) {
            merged.back().last = use.last;
            merged.back().versions += use.versions;
        } else {
            merged.push_back(use);
        }
    }
    return merged;
}

HistoryFacts facts_of(const Subject& subject, const trust::Registry& registry,
                      const VerifyOptions& options) {
    return {.signers = signers_of(*subject.versions, seen_by(subject, registry, options)),
            .version_hashes = hashes_of(*subject.versions),
            .file_hash =
                Hash::from(subject.file.stored().last(format::integrity_size)).value_or(Hash{})};
}

Result<bool> hashes_to(ReadableFile& file, const Hash& file_hash) {
    const std::uint64_t size = file.info().size;
    if (size < format::header_size + format::integrity_size) {
        return false;
    }
    const std::uint64_t covered = size - format::integrity_size;
    Hash trailing;
    AION_TRY(file.read_at(covered, trailing.view()));
    if (trailing != file_hash) {
        return false;
    }
    crypto::Blake3 hash;
    AION_TRY(read_pieces(file, 0, covered, [&](ByteView piece) { hash.update(piece); }));
    AION_TRY(file.check_unchanged());
    return hash.digest() == file_hash;
}

}  // namespace aion::policy
