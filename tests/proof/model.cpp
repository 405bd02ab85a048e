// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/model.hpp"

#include <algorithm>

namespace aion::proof::model {

Applied Registry::pin(std::uint64_t author, Key master, Key key) {
    if (chain) {
        return {{ErrorCode::operation_not_permitted}};
    }
    if (const auto known = authors_.find(author); known != authors_.end()) {
        const Author& record = known->second;
        if (record.master == master && record.epochs.front().key == key) {
            return {};
        }
        return {{ErrorCode::invalid_format}};
    }
    if (master == no_key || key == no_key) {
        return {{ErrorCode::invalid_public_key}};
    }
    authors_[author] = {master, {{key, 0, std::nullopt, std::nullopt}}};
    return {{}, true};
}

Applied Registry::apply(const Rotation& r) {
    if (chain) {
        return {{ErrorCode::operation_not_permitted}};
    }
    const auto known = authors_.find(r.author);
    if (known == authors_.end()) {
        return {{ErrorCode::invalid_format}};
    }
    auto& [master, epochs] = known->second;
    Applied result;
    if (r.signed_by != master) {
        result.refusals.insert(ErrorCode::invalid_signature);
    }
    // The same record once more changes nothing, whatever happened since.
    const bool made_before = r.to_epoch == r.from_epoch + 1 && r.to_epoch < epochs.size() &&
                             epochs[r.from_epoch].successor_from == r.from_version &&
                             epochs[r.to_epoch].key == r.key;
    if (made_before) {
        return result;
    }
    const std::size_t latest = epochs.size() - 1;
    if (r.from_epoch != latest || r.to_epoch != latest + 1 ||
        r.from_version <= epochs[latest].from) {
        result.refusals.insert(ErrorCode::invalid_format);
    }
    if (r.key == no_key) {
        result.refusals.insert(ErrorCode::invalid_public_key);
    }
    if (result.refusals.empty()) {
        epochs[latest].successor_from = r.from_version;
        epochs.push_back({r.key, r.from_version, std::nullopt, std::nullopt});
        result.changed = true;
    }
    return result;
}

Applied Registry::apply(const Revocation& r) {
    if (chain) {
        return {{ErrorCode::operation_not_permitted}};
    }
    const auto known = authors_.find(r.author);
    if (known == authors_.end()) {
        return {{ErrorCode::invalid_format}};
    }
    auto& [master, epochs] = known->second;
    Applied result;
    if (r.signed_by != master) {
        result.refusals.insert(ErrorCode::invalid_signature);
    }
    if (r.epoch >= epochs.size()) {
        result.refusals.insert(ErrorCode::invalid_format);
        return result;
    }
    auto& revoked = epochs[r.epoch].revoked;
    const std::pair demanded(r.from_version, r.reason);
    // Only ever tighter: an earlier version, or the same for a reason of a lower code.
    if (result.refusals.empty() && (!revoked || demanded < *revoked)) {
        result.changed = true;
        revoked = demanded;
    }
    return result;
}

std::optional<Key> Registry::key_at(std::uint64_t author, std::uint64_t version,
                                    const Versions& history) const {
    if (chain) {
        return chain->key_at(author, version, history);
    }
    const auto known = authors_.find(author);
    if (known == authors_.end()) {
        return std::nullopt;
    }
    for (const Epoch& epoch : known->second.epochs) {
        const bool begun = version >= epoch.from;
        const bool handed_over = epoch.successor_from && version >= *epoch.successor_from;
        const bool revoked = epoch.revoked && version >= epoch.revoked->first;
        if (begun && !handed_over && !revoked) {
            return epoch.key;
        }
    }
    return std::nullopt;
}

std::size_t Registry::epochs(std::uint64_t author) const {
    if (chain) {
        return chain->epochs(author);
    }
    const auto known = authors_.find(author);
    return known == authors_.end() ? 0 : known->second.epochs.size();
}

std::vector<std::uint64_t> Registry::edges() const {
    if (chain) {
        return chain->edges();
    }
    std::vector<std::uint64_t> edges;
    for (const auto& [id, author] : authors_) {
        for (const Epoch& epoch : author.epochs) {
            edges.push_back(epoch.from);
            if (epoch.revoked) {
                edges.push_back(epoch.revoked->first);
            }
        }
    }
    return edges;
}

Identity File::next_identity() {
    static Identity last = 0;
    return ++last;
}

Versions File::history() const {
    Versions history;
    for (const Version& version : versions_) {
        history.push_back(version.identity);
    }
    return history;
}

Refusals File::create(const Request& request, bool replace) {
    Refusals refusals;
    if (exists() && !replace) {
        refusals.insert(ErrorCode::file_exists);
    }
    if (!request.message_is_text) {
        refusals.insert(ErrorCode::invalid_utf8);
    }
    if (request.signer_failure) {
        refusals.insert(*request.signer_failure);
    }
    if (refusals.empty()) {
        versions_ = {request.version};
        versions_.front().time = request.explicit_time.value_or(clock);
        versions_.front().identity = next_identity();
    }
    return refusals;
}

Refusals File::closed(const Registry& registry, bool pinned_to_another) const {
    if (!exists()) {
        return {ErrorCode::file_read_error};
    }
    if (pinned_to_another || verdict(registry).first_refused != 0) {
        return {ErrorCode::verdict_invalid};
    }
    return {};
}

Refusals File::append(const Request& request, const Registry& registry) {
    Refusals refusals;
    if (!request.message_is_text) {
        refusals.insert(ErrorCode::invalid_utf8);
    }
    if (request.explicit_time && *request.explicit_time < versions_.back().time) {
        refusals.insert(ErrorCode::invalid_timestamp);
    }
    if (!request.force) {
        const auto key = registry.key_at(request.version.author, versions_.size() + 1, history());
        if (!key) {
            refusals.insert(ErrorCode::unauthorized_signer);
        } else if (*key != request.version.key) {
            refusals.insert(ErrorCode::key_mismatch);
        }
    }
    // The signer is asked when nothing else can go wrong.
    if (refusals.empty() && request.signer_failure) {
        refusals.insert(*request.signer_failure);
    }
    if (refusals.empty()) {
        // The clock's time, but never before the last version's.
        const std::uint64_t earliest = std::max(clock, versions_.back().time);
        versions_.push_back(request.version);
        versions_.back().time = request.explicit_time.value_or(earliest);
        versions_.back().identity = next_identity();
    }
    return refusals;
}

Verdict File::verdict(const Registry& registry) const {
    Verdict verdict;
    const Versions versions = history();
    for (std::size_t i = 0; i < versions_.size(); ++i) {
        const auto key = registry.key_at(versions_[i].author, i + 1, versions);
        if (key == versions_[i].key) {
            ++verdict.valid_signatures;
        } else if (verdict.first_refused == 0) {
            verdict.first_refused = i + 1;
            verdict.reason =
                key ? policy::Reason::pubkey_substitution : policy::Reason::no_active_epoch;
        }
    }
    return verdict;
}

std::size_t File::in_the_future() const {
    constexpr std::uint64_t minute = 60'000'000'000;
    return static_cast<std::size_t>(std::ranges::count_if(
        versions_, [this](const Version& v) { return v.time > clock && v.time - clock > minute; }));
}

}  // namespace aion::proof::model
