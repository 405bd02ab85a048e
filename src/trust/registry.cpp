// SPDX-License-Identifier: MIT OR Apache-2.0
// Which key speaks for whom: validity windows and the operations that change them.
#include "aion/trust/registry.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/trust/registry_chain.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"
#include "trust/registry_keys.hpp"

namespace aion::trust {
namespace {

Error not_registered(AuthorId author) {
    return invalid<TrustDetail::registry_unknown_author>(author.value);
}

template <class Record>
bool is_signed_by(const PublicKey& master, const Record& record) {
    return crypto::verify(master, record.message(), record.master_signature);
}

// Whoever changes a registry with a chain has to prove it.
Result<> check_unchained(const Registry& registry) {
    if (registry.chain() != nullptr) {
        return fail(operation_not_permitted("changing a registry that is a chain of signed records",
                                            "a record of that chain"));
    }
    return {};
}

Error bad_master_signature() {
    return error_because(ErrorCode::invalid_signature, "signature verification failed");
}

// The outcome of applying a rotation before is still there, whatever happened to either epoch
// since. Only a record that the master key signed gets this far: a forged one is not `already`.
bool has_effect_of(const Registry::Author& author, const RotationRecord& record) {
    const auto from = std::ranges::find(author.epochs, record.from_epoch, &EpochRecord::epoch);
    const auto to = std::ranges::find(author.epochs, record.to_epoch, &EpochRecord::epoch);
    return from != author.epochs.end() && to != author.epochs.end() &&
           from->rotation == EpochRecord::Rotation{record.to_epoch, record.effective_from} &&
           to->public_key == record.to_public_key && to->active_from == record.effective_from;
}

// docs/registry.md#rotation, 3 to 5. Differs from the reference in two ways: the latest epoch may
// be revoked, or nobody could replace a key that was, and a start equal to the outgoing epoch's is
// refused, because no loader would read the result.
Result<> check_succession(const EpochRecord& latest, const RotationRecord& record) {
    const std::uint32_t current = latest.epoch.value;
    if (record.from_epoch != latest.epoch) {
        return fail(invalid<TrustDetail::rotation_wrong_source>(
            record.from_epoch.value, latest.revocation ? "(revoked)" : "active",
            latest.epoch.value));
    }
    if (current == UINT32_MAX) {
        return fail(invalid<TrustDetail::rotation_after_the_last>());
    }
    if (record.to_epoch.value != current + 1) {
        return fail(
            invalid<TrustDetail::rotation_wrong_target>(record.to_epoch.value, current + 1));
    }
    if (record.effective_from < latest.active_from) {
        return fail(invalid<TrustDetail::rotation_too_early>());
    }
    if (record.effective_from == latest.active_from) {
        // Of version 0, which no file has, nothing would be left either.
        const auto earliest = next(std::max(latest.active_from, genesis_version));
        return fail(invalid<TrustDetail::rotation_leaves_nothing>(
            record.effective_from.value, latest.epoch.value,
            (earliest ? "use " + to_string(*earliest) + " or later"
                      : "there is no later version")));
    }
    return {};
}

// Of any number of revocations the one that is tighter than all others remains, so their order does
// not matter. Where both end the epoch at the same version the lower code says more.
bool is_tighter(const EpochRecord::Revocation& a, const EpochRecord::Revocation& b) noexcept {
    return std::pair(a.effective_from, a.reason) < std::pair(b.effective_from, b.reason);
}

}  // namespace

// The tighter bound: were it the later one, as in the reference, revoking a key that was rotated
// out could bring it back to life.
std::optional<VersionNumber> EpochRecord::valid_until() const noexcept {
    if (rotation && revocation) {
        return std::min(rotation->effective_from, revocation->effective_from);
    }
    if (rotation) {
        return rotation->effective_from;
    }
    if (revocation) {
        return revocation->effective_from;
    }
    return std::nullopt;
}

bool EpochRecord::is_valid_at(VersionNumber version) const noexcept {
    const auto end = valid_until();
    return version >= active_from && (!end || version < *end);
}

bool EpochRecord::may_sign_any() const noexcept {
    return is_valid_at(std::max(active_from, genesis_version));
}

std::optional<VersionWindow> EpochRecord::window() const noexcept {
    if (!may_sign_any()) {
        return std::nullopt;
    }
    VersionWindow window{std::max(active_from, genesis_version), std::nullopt};
    if (const auto until = valid_until()) {
        window.last = VersionNumber{until->value - 1};  // behind `first`, so not 0
    }
    return window;
}

EpochStatus EpochRecord::status() const noexcept {
    if (revocation) {
        return EpochStatus::revoked;
    }
    return rotation ? EpochStatus::rotated : EpochStatus::active;
}

std::string in_words(const std::optional<VersionWindow>& window) {
    if (!window) {
        return "no version";
    }
    const std::string first = to_string(window->first);
    if (!window->last) {
        return "from version " + first + " on";
    }
    return window->first == *window->last ? "version " + first
                                          : "versions " + first + " to " + to_string(*window->last);
}

Result<Applied> Registry::pin(AuthorId author, const PublicKey& master_key,
                              const PublicKey& operational_key, VersionNumber active_from) {
    AION_TRY(check_unchained(*this));
    if (const Author* known = find(author)) {
        const EpochRecord& first = known->epochs.front();
        if (known->master_key == master_key && first.public_key == operational_key &&
            first.active_from == active_from) {
            return Applied::already;
        }
        return fail(invalid<TrustDetail::registry_duplicate_author>(author.value));
    }
    AION_TRY(check_master_key(author, master_key));
    AION_TRY(check_epoch_key(author, Epoch{0}, operational_key));
    const EpochRecord first{Epoch{0}, operational_key, active_from, std::nullopt, std::nullopt};
    fingerprint_.drop();
    authors_.emplace(author, Author{master_key, {first}});
    return Applied::changed;
}

Result<Applied> Registry::apply(const RotationRecord& record) {
    AION_TRY(check_unchained(*this));
    const auto entry = authors_.find(record.author);
    if (entry == authors_.end()) {
        return fail(not_registered(record.author));
    }
    Author& author = entry->second;
    if (has_effect_of(author, record)) {
        if (!is_signed_by(author.master_key, record)) {
            return fail(bad_master_signature());
        }
        return Applied::already;
    }
    AION_TRY(check_succession(author.epochs.back(), record));
    AION_TRY(check_epoch_key(record.author, record.to_epoch, record.to_public_key));
    if (!is_signed_by(author.master_key, record)) {
        return fail(bad_master_signature());
    }
    fingerprint_.drop();
    // First what may find no memory, then what cannot fail: no record is half applied.
    author.epochs.push_back(
        {record.to_epoch, record.to_public_key, record.effective_from, std::nullopt, std::nullopt});
    author.epochs[author.epochs.size() - 2].rotation = {record.to_epoch, record.effective_from};
    return Applied::changed;
}

Result<Applied> Registry::apply(const RevocationRecord& record) {
    AION_TRY(check_unchained(*this));
    const auto entry = authors_.find(record.author);
    if (entry == authors_.end()) {
        return fail(not_registered(record.author));
    }
    // A caller can cast any number to a reason; one without a name could not be written as JSON.
    AION_TRY(revocation_reason_from_code(static_cast<std::uint16_t>(record.reason)));
    Author& author = entry->second;
    if (!is_signed_by(author.master_key, record)) {
        return fail(bad_master_signature());
    }
    const auto epoch = std::ranges::find(author.epochs, record.epoch, &EpochRecord::epoch);
    if (epoch == author.epochs.end()) {
        return fail(epoch_not_found(record.author, record.epoch));
    }
    const EpochRecord::Revocation revocation{record.reason, record.effective_from};
    if (epoch->revocation && !is_tighter(revocation, *epoch->revocation)) {
        return Applied::already;
    }
    fingerprint_.drop();
    epoch->revocation = revocation;
    return Applied::changed;
}

Result<Applied> Registry::apply(const SignedRecord& record) {
    return std::visit([this](const auto& one) { return apply(one); }, record);
}

// Epochs start one behind the other, or at the same version where one is left nothing, and end
// where their successor starts or earlier, so only the last one that has started can be the one.
const EpochRecord* Registry::Author::active_epoch(VersionNumber version) const noexcept {
    const auto later =
        std::ranges::upper_bound(epochs, version, std::ranges::less{}, &EpochRecord::active_from);
    if (later == epochs.begin()) {
        return nullptr;
    }
    const EpochRecord& candidate = *std::prev(later);
    return candidate.is_valid_at(version) ? &candidate : nullptr;
}

const EpochRecord* Registry::Author::find(Epoch epoch) const noexcept {
    const auto found = std::ranges::find(epochs, epoch, &EpochRecord::epoch);
    return found == epochs.end() ? nullptr : &*found;
}

const EpochRecord* Registry::Author::find(const PublicKey& key,
                                          VersionNumber version) const noexcept {
    const EpochRecord* const active = active_epoch(version);
    if (active != nullptr && active->public_key == key) {
        return active;
    }
    const auto found = std::find_if(epochs.rbegin(), epochs.rend(), [&](const EpochRecord& epoch) {
        return epoch.public_key == key;
    });
    return found == epochs.rend() ? nullptr : &*found;
}

const EpochRecord* Registry::active_epoch(AuthorId author, VersionNumber version) const noexcept {
    const Author* known = find(author);
    return known == nullptr ? nullptr : known->active_epoch(version);
}

const EpochRecord* Registry::latest_epoch(AuthorId author) const noexcept {
    const Author* known = find(author);
    return known == nullptr ? nullptr : &known->epochs.back();
}

const Registry::Author* Registry::find(AuthorId author) const noexcept {
    const auto entry = authors_.find(author);
    return entry == authors_.end() ? nullptr : &entry->second;
}

const EpochRecord* Registry::find(AuthorId author, Epoch epoch) const noexcept {
    const Author* known = find(author);
    return known == nullptr ? nullptr : known->find(epoch);
}

// The JSON says all that is trusted, in one way only. What a chain comes to follows from its last
// record, whose hash covers all of them; who else signed them makes it no other.
Hash Registry::fingerprint() const {
    if (chain_) {
        return chain_->head();
    }
    static constexpr std::string_view domain = "aion.registry.fingerprint.v1\n";
    if (const std::optional<Hash> kept = fingerprint_.get()) {
        return *kept;
    }
    const Hash made =
        crypto::Blake3().update(as_bytes(domain)).update(as_bytes(to_json())).digest();
    fingerprint_.keep(made);
    return made;
}

}  // namespace aion::trust
