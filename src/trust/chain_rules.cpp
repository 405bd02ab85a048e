// SPDX-License-Identifier: MIT OR Apache-2.0
// What a record may say after those before it, and who has to sign that
// (docs/registry.md#who-signs-what).
#include <algorithm>
#include <ranges>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "base/try.hpp"
#include "trust/chain_state.hpp"
#include "trust/details.hpp"
#include "trust/registry_keys.hpp"

namespace aion::trust {

Result<AuthorFacts*> RegistryChain::State::author(AuthorId id) {
    const auto found = authors.find(id);
    if (found == authors.end()) {
        return fail(invalid<TrustDetail::registry_unknown_author>(id.value));
    }
    return &found->second;
}

bool SigningRules::are_met_by(std::span<const PublicKey> keys) const {
    const auto signs = [&](const PublicKey& key) {
        return std::ranges::find(keys, key) != keys.end();
    };
    if (master_key && signs(*master_key)) {
        return true;
    }
    return std::ranges::all_of(root, [&](const Group& group) {
        return std::ranges::count_if(group.keys, signs) >= group.threshold;
    });
}

bool SigningRules::knows(const PublicKey& key) const {
    return key == master_key || std::ranges::any_of(root, [&](const Group& group) {
               return std::ranges::find(group.keys, key) != group.keys.end();
           });
}

namespace chain {
namespace {

std::string word_for(EpochEnd end) {
    return end == EpochEnd::rotation ? "rotation" : "revocation";
}

// What a change of one record does; `number` is that record's.
class Change {
  public:
    Change(RegistryChain::State& state, std::vector<NewKey>& keys)
        : state_(state), keys_(keys), number_(state.records.size() - 1) {}

    Result<> operator()(const RootRecord& root) {
        for (const PublicKey& key : root.keys) {
            keys_.push_back({key, std::nullopt, std::nullopt});
        }
        state_.root_by = number_;
        return {};
    }

    Result<> operator()(const AuthorRegistration& record) {
        if (state_.authors.contains(record.author)) {
            return fail(invalid<TrustDetail::registry_duplicate_author>(record.author.value));
        }
        AION_TRY(take_name(record.author, record.name));
        AION_TRY(take_key(record.author, Epoch{0}, record.operational_key));
        keys_.push_back({record.master_key, record.author, std::nullopt});
        AuthorFacts author;
        author.name = record.name;
        author.contact = record.contact;
        author.named_by = number_;
        author.master_key = record.master_key;
        author.keyed_by = number_;
        author.active_from = record.active_from;
        author.epochs.push_back(begun(Epoch{0}, record.operational_key, record.active_from));
        state_.authors.emplace(record.author, std::move(author));
        return {};
    }

    Result<> operator()(const EpochRotation& record) {
        AION_TRY_ASSIGN(AuthorFacts* const author, state_.author(record.author));
        EpochFacts& latest = author->epochs.back();
        if (record.from_epoch != latest.epoch) {
            return fail(invalid<TrustDetail::rotation_wrong_source>(
                record.from_epoch.value, latest.reason ? "(revoked)" : "active",
                latest.epoch.value));
        }
        if (author->epochs.size() == max_chain_epochs) {
            return fail(
                invalid<TrustDetail::chain_too_many_epochs>(record.author.value, max_chain_epochs));
        }
        AION_TRY(check_start(latest, record.until));
        const Epoch successor{latest.epoch.value + 1};
        AION_TRY(take_key(record.author, successor, record.to_public_key));
        latest.rotated.push_back(number_);
        note_never(latest.rotated_never_by, record.until);
        state_.handovers[record.author].push_back(record.until.unlisted);
        author->epochs.push_back(begun(successor, record.to_public_key,
                                       std::max(latest.unlisted_from, record.until.unlisted)));
        return note_points(record.author, record.until.listed);
    }

    Result<> operator()(const EpochRevocation& record) {
        AION_TRY_ASSIGN(EpochFacts* const epoch, find(record.author, record.epoch));
        if (epoch->reason) {
            return fail(invalid<TrustDetail::chain_already_revoked>(record.epoch.value,
                                                                    record.author.value));
        }
        epoch->reason = record.reason;
        epoch->revoked.push_back(number_);
        note_never(epoch->revoked_never_by, record.until);
        return note_points(record.author, record.until.listed);
    }

    Result<> operator()(const EndTightening& record) {
        AION_TRY_ASSIGN(auto* const bounds, bounds_of(record.author, record.epoch, record.end));
        const auto is_tighter_than = [&](RecordNumber before) {
            return is_tighter(record.until, bound_of(state_.records[before]));
        };
        if (!std::ranges::all_of(*bounds, is_tighter_than)) {
            return fail(invalid<TrustDetail::chain_not_tighter>(
                word_for(record.end), record.epoch.value, record.author.value));
        }
        if (bounds->size() == max_end_bounds) {
            return fail(invalid<TrustDetail::chain_too_many_bounds>(
                word_for(record.end), record.epoch.value, record.author.value, max_end_bounds));
        }
        bounds->push_back(number_);
        return end_changed(record, How::tightened);
    }

    Result<> operator()(const EndExtension& record) {
        AION_TRY_ASSIGN(auto* const bounds, bounds_of(record.author, record.epoch, record.end));
        *bounds = {number_};
        return end_changed(record, How::set_anew);
    }

    Result<> operator()(const AuthorRenaming& record) {
        AION_TRY_ASSIGN(AuthorFacts* const author, state_.author(record.author));
        AION_TRY(take_name(record.author, record.name));
        author->name = record.name;
        author->contact = record.contact;
        author->named_by = number_;
        return {};
    }

    Result<> operator()(const MasterRekeying& record) {
        AION_TRY_ASSIGN(AuthorFacts* const author, state_.author(record.author));
        keys_.push_back({record.master_key, record.author, std::nullopt});
        author->master_key = record.master_key;
        author->keyed_by = number_;
        return {};
    }

    Result<> operator()(const AuthorScope& record) {
        AION_TRY_ASSIGN(AuthorFacts* const author, state_.author(record.author));
        author->scoped_by.reset();
        if (!record.histories) {
            return {};
        }
        author->scoped_by = number_;
        return note_points(record.author, *record.histories);
    }

    // A key that were two epochs' would outlive the end of either, as with those of epochs.
    Result<> operator()(const HybridBinding& record) {
        AION_TRY_ASSIGN(EpochFacts* const epoch, find(record.author, record.epoch));
        if (epoch->hybrid_by) {
            return fail(
                invalid<TrustDetail::chain_hybrid_bound>(record.epoch.value, record.author.value));
        }
        if (!state_.hybrid_keys.insert(crypto::blake3(record.key)).second) {
            return fail(invalid<TrustDetail::chain_hybrid_used>());
        }
        epoch->hybrid_by = number_;
        return {};
    }

    Result<> operator()(const RegistryExpiry& record) {
        state_.expires = record.at;
        return {};
    }

  private:
    [[nodiscard]] EpochFacts begun(Epoch epoch, const PublicKey& key, VersionNumber from) const {
        return {.epoch = epoch,
                .public_key = key,
                .set_by = number_,
                .unlisted_from = from,
                .rotated = {},
                .revoked = {},
                .reason = {},
                .hybrid_by = {},
                .rotated_never_by = {},
                .revoked_never_by = {}};
    }

    // What leaves nothing goes on to leave nothing since then, whatever makes it tighter or lists
    // more.
    void note_never(std::optional<RecordNumber>& since, const Bound& until) const {
        if (until.unlisted.value == 0 && !since) {
            since = number_;
        }
    }

    Result<EpochFacts*> find(AuthorId id, Epoch epoch) {
        AION_TRY_ASSIGN(AuthorFacts* const author, state_.author(id));
        if (epoch.value >= author->epochs.size()) {
            return fail(epoch_not_found(id, epoch));
        }
        return &author->epochs[epoch.value];
    }

    // Of an end that there is.
    Result<std::vector<RecordNumber>*> bounds_of(AuthorId id, Epoch number, EpochEnd end) {
        AION_TRY_ASSIGN(EpochFacts* const epoch, find(id, number));
        auto& bounds = end == EpochEnd::rotation ? epoch->rotated : epoch->revoked;
        if (bounds.empty()) {
            return fail(
                invalid<TrustDetail::chain_no_such_end>(number.value, id.value, word_for(end)));
        }
        return &bounds;
    }

    enum class How : std::uint8_t { tightened, set_anew };

    template <class Record>
    Result<> end_changed(const Record& record, How how) {
        if (record.end == EpochEnd::rotation) {
            AION_TRY_ASSIGN(AuthorFacts* const author, state_.author(record.author));
            AION_TRY(check_start(author->epochs[record.epoch.value], record.until));
            std::vector<VersionNumber>& handovers = state_.handovers[record.author];
            VersionNumber& handover = handovers[record.epoch.value];
            handover = how == How::tightened ? std::min(handover, record.until.unlisted)
                                             : record.until.unlisted;
            restart_behind(*author, record.epoch.value, handovers);
        }
        AION_TRY_ASSIGN(EpochFacts* const epoch, find(record.author, record.epoch));
        auto& since =
            record.end == EpochEnd::rotation ? epoch->rotated_never_by : epoch->revoked_never_by;
        if (how == How::set_anew && record.until.unlisted.value != 0) {
            since.reset();
        }
        note_never(since, record.until);
        return note_points(record.author, record.until.listed);
    }

    // As for rotations without a chain: what begins before the epoch that it ends is a mistake, and
    // so is what begins where that does, unless it says that there shall be nothing.
    static Result<> check_start(const EpochFacts& epoch, const Bound& until) {
        if (until.unlisted.value == 0) {
            return {};
        }
        if (until.unlisted < epoch.unlisted_from) {
            return fail(invalid<TrustDetail::rotation_too_early>());
        }
        if (until.unlisted == epoch.unlisted_from) {
            return fail(invalid<TrustDetail::chain_leaves_nothing>(until.unlisted.value,
                                                                   epoch.epoch.value));
        }
        return {};
    }

    Result<> take_name(AuthorId author, const std::string& name) {
        if (name.empty()) {
            return {};
        }
        const auto [place, is_new] =
            state_.names.try_emplace(ascii_lowered(std::string(name)), author);
        if (!is_new && place->second != author) {
            return fail(invalid<TrustDetail::chain_name_used>(place->second.value, name));
        }
        return {};
    }

    // A key that were two epochs' would outlive the end of either.
    Result<> take_key(AuthorId author, Epoch epoch, const PublicKey& key) {
        if (!state_.operational_keys.insert(key).second) {
            return fail(invalid<TrustDetail::chain_key_used>(short_hex(key.view())));
        }
        keys_.push_back({key, author, epoch});
        return {};
    }

    Result<> note_points(AuthorId author, std::span<const HistoryPoint> points) {
        for (const HistoryPoint& point : points) {
            state_.listings.emplace_back(RegistryChain::Listed{point.version, point.hash}, author);
        }
        return {};
    }

    static auto in_list_of(const Bound& bound) {
        return [&bound](const HistoryPoint& point) {
            return std::ranges::binary_search(
                bound.listed, std::pair(point.version, point.hash), {},
                [](const HistoryPoint& one) { return std::pair(one.version, one.hash); });
        };
    }

    // Whether there is a history that `next` ends earlier than `before`.
    static bool is_tighter(const Bound& next, const Bound& before) {
        if (next.unlisted < before.unlisted) {
            return true;
        }
        // In a history that has the first point of those that are new, and no other.
        const auto added = std::ranges::find_if_not(next.listed, in_list_of(before));
        if (added != next.listed.end() && end_behind(added->version) < before.unlisted) {
            return true;
        }
        // In one that has the last point of those that are gone, and at most one that is not: the
        // first, behind which `next` ends then.
        const auto behind = std::views::reverse(before.listed);
        const auto dropped = std::ranges::find_if_not(behind, in_list_of(next));
        return dropped != behind.end() &&
               (next.unlisted < end_behind(dropped->version) ||
                (!next.listed.empty() && next.listed.front().version < dropped->version));
    }

    RegistryChain::State& state_;
    std::vector<NewKey>& keys_;
    RecordNumber number_;
};

SigningRules::Group group_of(const RootRecord& root) {
    return {root.keys, root.threshold};
}

// Nothing where the root alone may speak, or there is no such author.
std::optional<PublicKey> master_who_signs(const RecordFacts& facts,
                                          const std::map<AuthorId, AuthorFacts>& authors) {
    const RecordKind kind = kind_of(facts);
    if (kind != RecordKind::rotation && kind != RecordKind::revocation &&
        kind != RecordKind::tightening && kind != RecordKind::hybrid) {
        return std::nullopt;
    }
    const auto author = authors.find(*author_of(facts));
    if (author == authors.end()) {
        return std::nullopt;
    }
    const auto& epochs = author->second.epochs;
    if (const auto* const tightening = std::get_if<EndTightening>(&facts)) {
        // What follows begins earlier then; whoever revoked some of that, did not mean it.
        const auto behind = epochs | std::views::drop(std::size_t{tightening->epoch.value} + 1);
        const auto is_revoked = [](const EpochFacts& epoch) { return epoch.reason.has_value(); };
        if (tightening->end == EpochEnd::rotation && std::ranges::any_of(behind, is_revoked)) {
            return std::nullopt;
        }
    }
    return author->second.master_key;
}

}  // namespace

SigningRules rules_for(const RecordFacts& facts, const RootRecord* root,
                       const std::map<AuthorId, AuthorFacts>& authors) {
    SigningRules rules;
    if (root != nullptr) {
        rules.root.push_back(group_of(*root));
    }
    if (const auto* const next = std::get_if<RootRecord>(&facts)) {
        rules.root.push_back(group_of(*next));
    }
    rules.master_key = master_who_signs(facts, authors);
    return rules;
}

Result<> apply_facts(RegistryChain::State& state, const RecordFacts& facts,
                     std::vector<NewKey>& keys) {
    return std::visit(Change(state, keys), facts);
}

}  // namespace chain
}  // namespace aion::trust
