// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/seen_registry.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "trust/log_question.hpp"

namespace aion::trust {
namespace {

using Listed = RegistryChain::Listed;

// Which of the listed points a history has. One version has one hash, so each is made once.
std::vector<Listed> points_of(const RegistryChain& chain, const VersionHashes& hash_of) {
    std::vector<Listed> points;
    const auto listed = chain.listed();
    for (auto at = listed.begin(); at != listed.end();) {
        const VersionNumber version = at->version;
        const auto next = std::ranges::upper_bound(at, listed.end(), version, {}, &Listed::version);
        const auto hash = hash_of(version);
        if (!hash) {
            break;  // The others are behind its end.
        }
        if (std::binary_search(at, next, Listed{version, *hash})) {
            points.push_back({version, *hash});
        }
        at = next;
    }
    return points;
}

// Nothing where the log cannot be asked, which is noted.
std::optional<std::uint64_t> index_of(Result<std::optional<std::uint64_t>> found,
                                      LogAnswer& answer) {
    if (!found) {
        answer.failure = std::move(found).error();
        return std::nullopt;
    }
    return *found;
}

}  // namespace

LogAnswer ask_log(const LogOrder& log, Result<std::optional<std::uint64_t>> index,
                  const RegistryChain& chain, std::span<const RecordNumber> ended_by) {
    LogAnswer answer;
    answer.record = ended_by.front();
    answer.version_index = index_of(std::move(index), answer);
    if (!answer.version_index) {
        return answer;
    }
    for (const RecordNumber number : ended_by) {
        answer.record = number;
        answer.record_index = index_of(log.index_of_record(chain.records()[number]), answer);
        if (!answer.record_index) {
            answer.finding = LogFinding::record_not_logged;
            return answer;
        }
        if (*answer.version_index >= *answer.record_index) {
            answer.finding = LogFinding::after;
            return answer;
        }
    }
    answer.finding = LogFinding::before;
    return answer;
}

SeenRegistry::SeenRegistry(const Registry& registry, const VersionHashes& hash_of)
    : registry_(&registry) {
    const RegistryChain* const chain = registry.chain();
    if (chain == nullptr || chain->listed().empty()) {
        return;
    }
    points_ = points_of(*chain, hash_of);
    is_listed_ = !points_.empty();
    if (!is_listed_) {
        return;
    }
    for (const AuthorId id : chain->authors_listing(points_)) {
        authors_.emplace(id, chain->in_history(chain->authors().at(id), points_));
        if (!chain->is_in_scope(chain->authors().at(id), points_)) {
            out_of_scope_.insert(id);
        }
    }
}

const Registry::Author* SeenRegistry::find(AuthorId author) const noexcept {
    if (const auto own = authors_.find(author); own != authors_.end()) {
        return &own->second;
    }
    return registry_->find(author);
}

void SeenRegistry::ask_log(const LogOrder& log, const SignedVersion& version,
                           const PublicKey& key) {
    const RegistryChain* const chain = registry_->chain();
    const EpochRecord* const active = active_epoch(version.author, version.version);
    if (chain == nullptr || (active != nullptr && active->public_key == key)) {
        return;
    }
    const auto author = chain->authors().find(version.author);
    if (author == chain->authors().end()) {
        return;
    }
    const auto epoch = std::ranges::find(author->second.epochs, key, &EpochFacts::public_key);
    if (epoch == author->second.epochs.end()) {
        return;
    }
    const std::vector<RecordNumber> ended_by =
        chain->ended_only_by(author->second, epoch->epoch, version.version, points_);
    if (ended_by.empty()) {
        return;
    }
    LogAnswer answer = trust::ask_log(log, log.index_of_version(version), *chain, ended_by);
    answer.epoch = epoch->epoch;
    leans_on_log_ = leans_on_log_ || answer.finding == LogFinding::before;
    log_answers_.insert_or_assign(std::pair(version.author, version.version), std::move(answer));
}

const LogAnswer* SeenRegistry::log_answer(AuthorId author, VersionNumber version) const noexcept {
    const auto found = log_answers_.find(std::pair(author, version));
    return found == log_answers_.end() ? nullptr : &found->second;
}

const EpochRecord* SeenRegistry::active_epoch(AuthorId author,
                                              VersionNumber version) const noexcept {
    if (leans_on_log_) {
        const LogAnswer* const answer = log_answer(author, version);
        if (answer != nullptr && answer->finding == LogFinding::before) {
            return find(author, answer->epoch);
        }
    }
    const Registry::Author* const known = find(author);
    return known == nullptr ? nullptr : known->active_epoch(version);
}

const EpochRecord* SeenRegistry::latest_epoch(AuthorId author) const noexcept {
    const Registry::Author* const known = find(author);
    return known == nullptr ? nullptr : &known->epochs.back();
}

const EpochRecord* SeenRegistry::find(AuthorId author, Epoch epoch) const noexcept {
    const Registry::Author* const known = find(author);
    return known == nullptr ? nullptr : known->find(epoch);
}

bool SeenRegistry::is_in_scope(AuthorId author) const noexcept {
    if (authors_.contains(author)) {
        return !out_of_scope_.contains(author);
    }
    const RegistryChain* const chain = registry_->chain();
    if (chain == nullptr) {
        return true;
    }
    const auto known = chain->authors().find(author);
    return known == chain->authors().end() || !known->second.scoped_by;
}

}  // namespace aion::trust
