// SPDX-License-Identifier: MIT OR Apache-2.0
// Checking a chain record by record, in one pass.
#include "aion/trust/registry_chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/hex.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "base/try.hpp"
#include "trust/chain_state.hpp"
#include "trust/details.hpp"
#include "trust/registry_keys.hpp"

namespace aion::trust {
namespace {

using chain::NewKey;

std::string place_of(RecordNumber number) {
    return fmt::format("registry record {}", number);
}

// What arithmetic has to say about records, many at a time. That it is asked late changes no
// verdict: whoever finds something wrong in a later record asks it first.
class Waiting {
  public:
    struct Fault {
        RecordNumber number;
        Error error;
    };

    void add_keys(RecordNumber number, const std::vector<NewKey>& keys) {
        for (const NewKey& key : keys) {
            keys_.push_back(key.key);
            owners_.push_back({number, key});
        }
    }

    void add_signature(RecordNumber number, const Hash& hash, const KeySignature& signature) {
        signatures_.push_back({number, record_message(hash), signature});
    }

    [[nodiscard]] bool is_full() const { return keys_.size() + signatures_.size() >= most; }

    // The first fault of all that waited; then nothing waits.
    std::optional<Fault> check() {
        auto by_key = find_bad_key();
        auto by_signature = find_bad_signature();
        keys_.clear();
        owners_.clear();
        signatures_.clear();
        if (by_key && by_signature) {
            return by_key->number <= by_signature->number ? by_key : by_signature;
        }
        return by_key ? by_key : by_signature;
    }

  private:
    static constexpr std::size_t most = 16384;

    struct Owner {
        RecordNumber number;
        NewKey key;
    };

    struct Item {
        RecordNumber number;
        std::array<std::uint8_t, record_message_size> message;
        KeySignature signature;
    };

    [[nodiscard]] std::optional<Fault> find_bad_key() const {
        const std::size_t at = crypto::find_invalid_public_key(keys_);
        if (at == keys_.size()) {
            return std::nullopt;
        }
        const auto& [number, key] = owners_[at];
        return Fault{number, error_of(key)};
    }

    static Error error_of(const NewKey& key) {
        Result<> checked;
        if (!key.author) {
            checked = check_root_key(key.key);
        } else if (key.epoch) {
            checked = check_epoch_key(*key.author, *key.epoch, key.key);
        } else {
            checked = check_master_key(*key.author, key.key);
        }
        return checked.error();
    }

    [[nodiscard]] std::optional<Fault> find_bad_signature() const {
        std::vector<crypto::VerifyItem> items;
        items.reserve(signatures_.size());
        for (const Item& item : signatures_) {
            items.push_back(
                {{ByteView(item.message)}, &item.signature.key, &item.signature.signature});
        }
        const auto verdicts = crypto::verify_batch(items);
        const auto at = std::ranges::find(verdicts, 0) - verdicts.begin();
        if (at == std::ssize(verdicts)) {
            return std::nullopt;
        }
        const Item& item = signatures_[static_cast<std::size_t>(at)];
        return Fault{item.number,
                     error_because(ErrorCode::invalid_signature,
                                   fmt::format("the signature with key {} does not verify",
                                               short_hex(item.signature.key.view())))};
    }

    std::vector<PublicKey> keys_;
    std::vector<Owner> owners_;
    std::vector<Item> signatures_;
};

enum class Signatures : std::uint8_t { checked, taken_for_granted };

// Appends records to a state, one after the other. One that it refuses leaves the state unusable.
class Replay {
  public:
    Replay(RegistryChain::State& state, Signatures signatures)
        : state_(state), signatures_(signatures) {}

    Result<> add(RegistryRecord record) {
        const RecordNumber number = state_.records.size();
        auto added = add_next(std::move(record), number);
        if (!added || waiting_.is_full()) {
            AION_TRY(finish());
        }
        if (!added) {
            return fail(std::move(added.error()).in_context(place_of(number)));
        }
        return {};
    }

    // To be called behind the last.
    Result<> finish() {
        if (auto fault = waiting_.check()) {
            return fail(std::move(fault->error).in_context(place_of(fault->number)));
        }
        return {};
    }

  private:
    Result<> add_next(RegistryRecord record, RecordNumber number) {
        AION_TRY(check_form(record));
        AION_TRY(check_place(record, number));
        if (number == 0 && kind_of(record.facts) != RecordKind::root) {
            return fail(invalid<TrustDetail::chain_no_root>());
        }
        const Hash hash = record.hash();
        if (signatures_ == Signatures::checked) {
            AION_TRY(check_signers(record));
        }
        state_.records.push_back(std::move(record));
        state_.hashes.push_back(hash);
        new_keys_.clear();
        AION_TRY(chain::apply_facts(state_, state_.records.back().facts, new_keys_));
        waiting_.add_keys(number, new_keys_);
        if (signatures_ == Signatures::checked) {
            for (const KeySignature& signature : state_.records.back().signatures) {
                waiting_.add_signature(number, hash, signature);
            }
        }
        return {};
    }

    [[nodiscard]] Result<> check_place(const RegistryRecord& record, RecordNumber number) const {
        if (record.number != number) {
            return fail(invalid<TrustDetail::chain_wrong_number>(record.number, number));
        }
        const Hash before = number == 0 ? Hash{} : state_.hashes.back();
        if (record.previous != before) {
            return fail(invalid<TrustDetail::chain_wrong_previous>(to_hex(record.previous.view()),
                                                                   to_hex(before.view())));
        }
        return {};
    }

    // Also notes when the root spoke.
    Result<> check_signers(const RegistryRecord& record) {
        const RootRecord* const root = state_.records.empty() ? nullptr : &state_.root();
        const SigningRules rules = chain::rules_for(record.facts, root, state_.authors);
        std::vector<PublicKey> keys;
        for (const KeySignature& signature : record.signatures) {
            if (!rules.knows(signature.key)) {
                return fail(
                    invalid<TrustDetail::chain_foreign_signature>(short_hex(signature.key.view())));
            }
            keys.push_back(signature.key);
        }
        if (!rules.are_met_by(keys)) {
            return fail(invalid<TrustDetail::chain_signatures_missing>(describe(rules)));
        }
        if (SigningRules{rules.root, std::nullopt}.are_met_by(keys)) {
            state_.root_time = record.time;
        }
        return {};
    }

    static std::string describe(const SigningRules& rules) {
        std::string text;
        for (const SigningRules::Group& group : rules.root) {
            text += fmt::format("{}{} of the {} root keys {}", text.empty() ? "" : " and ",
                                group.threshold, group.keys.size(),
                                &group == &rules.root.front() ? "" : "of the new root");
            text.erase(text.find_last_not_of(' ') + 1);
        }
        if (rules.master_key) {
            text +=
                fmt::format(", or the author's master key {}", short_hex(rules.master_key->view()));
        }
        return text;
    }

    RegistryChain::State& state_;
    Signatures signatures_;
    Waiting waiting_;
    std::vector<NewKey> new_keys_;
};

// To be called behind the last record.
void sort_listed(RegistryChain::State& state) {
    std::ranges::sort(state.listings);
    const auto surplus = std::ranges::unique(state.listings);
    state.listings.erase(surplus.begin(), surplus.end());
    state.listed.clear();
    for (const auto& [point, author] : state.listings) {
        if (state.listed.empty() || state.listed.back() != point) {
            state.listed.push_back(point);
        }
    }
}

Result<std::shared_ptr<const RegistryChain::State>> extended(
    const RegistryChain::State& before, std::span<const RegistryRecord> records,
    Signatures signatures) {
    auto state = std::make_shared<RegistryChain::State>(before);
    Replay replay(*state, signatures);
    for (const RegistryRecord& record : records) {
        AION_TRY(replay.add(record));
    }
    AION_TRY(replay.finish());
    sort_listed(*state);
    return state;
}

}  // namespace

Result<RegistryChain> RegistryChain::replay(std::vector<RegistryRecord> records) {
    if (records.empty()) {
        return fail(invalid<TrustDetail::chain_no_root>());
    }
    auto state = std::make_shared<State>();
    state->records.reserve(records.size());
    state->hashes.reserve(records.size());
    Replay replay(*state, Signatures::checked);
    for (RegistryRecord& record : records) {
        AION_TRY(replay.add(std::move(record)));
    }
    AION_TRY(replay.finish());
    sort_listed(*state);
    return RegistryChain(std::move(state));
}

Result<> RegistryChain::append(const RegistryRecord& record) {
    return append({&record, 1});
}

Result<> RegistryChain::append(std::span<const RegistryRecord> records) {
    AION_TRY_ASSIGN(state_, extended(*state_, records, Signatures::checked));
    return {};
}

Result<RegistryChain> RegistryChain::if_signed(const RegistryRecord& record) const {
    AION_TRY_ASSIGN(auto state, extended(*state_, {&record, 1}, Signatures::taken_for_granted));
    return RegistryChain(std::move(state));
}

const std::vector<RegistryRecord>& RegistryChain::records() const noexcept {
    return state_->records;
}

std::span<const Hash> RegistryChain::hashes() const noexcept {
    return state_->hashes;
}

const RootRecord& RegistryChain::root() const noexcept {
    return *std::get_if<RootRecord>(&state_->records[state_->root_by].facts);
}

const std::map<AuthorId, AuthorFacts>& RegistryChain::authors() const noexcept {
    return state_->authors;
}

std::optional<Timestamp> RegistryChain::expires() const noexcept {
    return state_->expires;
}

Timestamp RegistryChain::root_time() const noexcept {
    return state_->root_time;
}

std::optional<AuthorId> RegistryChain::author_named(std::string_view name) const {
    const auto found = state_->names.find(ascii_lowered(std::string(name)));
    const bool is_now =
        found != state_->names.end() && state_->authors.at(found->second).name == name;
    return is_now ? std::optional(found->second) : std::nullopt;
}

std::span<const RegistryChain::Listed> RegistryChain::listed() const noexcept {
    return state_->listed;
}

std::vector<AuthorId> RegistryChain::authors_listing(std::span<const Listed> points) const {
    std::vector<AuthorId> authors;
    for (const Listed& point : points) {
        const auto these = std::ranges::equal_range(state_->listings, point, {},
                                                    &std::pair<Listed, AuthorId>::first);
        for (const auto& [same, author] : these) {
            authors.push_back(author);
        }
    }
    std::ranges::sort(authors);
    const auto surplus = std::ranges::unique(authors);
    authors.erase(surplus.begin(), surplus.end());
    return authors;
}

const Bytes* RegistryChain::hybrid_key(AuthorId author, Epoch epoch) const noexcept {
    const auto found = state_->authors.find(author);
    if (found == state_->authors.end() || epoch.value >= found->second.epochs.size()) {
        return nullptr;
    }
    const auto& by = found->second.epochs[epoch.value].hybrid_by;
    return by ? &std::get_if<HybridBinding>(&state_->records[*by].facts)->key : nullptr;
}

RegistryRecord RegistryChain::next_record(RecordFacts facts, Timestamp time,
                                          std::string reason) const {
    return {.number = number() + 1,
            .previous = head(),
            .time = time,
            .reason = std::move(reason),
            .facts = std::move(facts),
            .signatures = {}};
}

SigningRules RegistryChain::rules_for(const RecordFacts& facts) const {
    return chain::rules_for(facts, &root(), state_->authors);
}

}  // namespace aion::trust
