// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/receipt_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "aion/base/utf8.hpp"
#include "aion/trust/registry_chain.hpp"
#include "base/names.hpp"
#include "release/persons.hpp"
#include "release/signature_trial.hpp"
#include "release/statement_parts.hpp"
#include "supply/envelope_bytes.hpp"

namespace aion::release {
namespace {

using policy::GateState;

constexpr NameTable gate_names(std::to_array<Named<ReceiptGate>>({
    {ReceiptGate::form, "form"},
    {ReceiptGate::signatures, "signatures"},
    {ReceiptGate::runtime, "runtime"},
    {ReceiptGate::keys, "keys"},
    {ReceiptGate::witnesses, "witnesses"},
    {ReceiptGate::policy, "policy"},
    {ReceiptGate::approvals, "approvals"},
    {ReceiptGate::freshness, "freshness"},
    {ReceiptGate::log, "log"},
    {ReceiptGate::replay, "replay"},
}));

// Beyond this, a receipt is looked for in the log with one signature and with all of them only.
constexpr std::size_t small_payload = std::size_t{64} << 10U;
// Each is looked up in the log.
constexpr std::size_t max_checkpoints = 16;

// A signature of an envelope, of an author whom the registry knows.
struct Signer {
    std::size_t place = 0;  // Among the signatures.
    AuthorId author;
    VersionNumber version;
    bool is_runtime = false;
    SignatureTrial trial;

    [[nodiscard]] const trust::EpochRecord* key() const noexcept {
        return trial.is_genuine ? trial.choice.epoch : nullptr;
    }
};

class Judge {
  public:
    Judge(const Receipt& receipt, const trust::Registry& registry, const ReceiptRules& rules)
        : receipt_(receipt), envelope_(receipt.envelope), registry_(registry), rules_(rules) {}

    ReceiptVerdict run() {
        if (!form()) {
            return std::move(verdict_);
        }
        make_entries();
        signatures();
        persons();
        runtime();
        keys();
        witnesses();
        policy();
        approvals();
        freshness();
        log();
        replay();
        order_findings();
        return std::move(verdict_);
    }

  private:
    GateState& state(ReceiptGate gate) { return verdict_.gates[static_cast<std::size_t>(gate)]; }

    // From here on the gate is evaluated.
    void ask(ReceiptGate gate) { state(gate) = GateState::passed; }

    void refuse(ReceiptGate gate, std::string reason) {
        state(gate) = GateState::failed;
        const auto count =
            std::ranges::count(verdict_.findings, gate, &ReceiptVerdict::Finding::gate);
        if (static_cast<std::size_t>(count) < ReceiptVerdict::max_findings) {
            verdict_.findings.push_back({gate, escape_controls(reason)});
        }
    }

    // By gate; those of one gate stay as they were found.
    void order_findings() {
        std::vector<ReceiptVerdict::Finding> ordered;
        ordered.reserve(verdict_.findings.size());
        for (const ReceiptGate gate : all_receipt_gates) {
            for (ReceiptVerdict::Finding& one : verdict_.findings) {
                if (one.gate == gate) {
                    ordered.push_back(std::move(one));
                }
            }
        }
        verdict_.findings = std::move(ordered);
    }

    [[nodiscard]] const ReceiptStatement& said() const { return *verdict_.statement; }

    bool form();
    void make_entries();
    void signatures();
    void judge_signature(std::size_t place);
    [[nodiscard]] std::span<const Bytes> entries_with(std::size_t place) const;
    [[nodiscard]] std::optional<VersionNumber> version_of(AuthorId author) const;
    void check_witness_list();
    void persons();
    void runtime();
    void keys();
    void witnesses();
    void policy();
    void trusted_epoch();
    void approvals();
    void freshness();
    void compare(const SeenLog& seen);
    void revoked_before();
    void log();
    void replay();

    const Receipt& receipt_;
    const supply::Envelope& envelope_;
    const trust::Registry& registry_;
    const ReceiptRules& rules_;
    ReceiptVerdict verdict_;
    std::vector<Signer> signers_;
    std::set<AuthorId> strangers_;  // Who has signed, too, but nobody knows them.
    // The receipt as a log may have it: with how many signatures, ascending.
    std::vector<std::size_t> entry_signatures_;
    std::vector<Bytes> entries_;
    std::size_t tries_ = max_tries;
};

// Whatever could be read otherwise than it is meant is refused, though other readers take it.
bool Judge::form() {
    ask(ReceiptGate::form);
    auto statement = statement_of(receipt_);
    if (!statement) {
        refuse(ReceiptGate::form, envelope_.payload_type != supply::statement_type
                                      ? "its payload is of another type than in-toto statements"
                                      : statement.error().message());
        return false;
    }
    verdict_.statement = *std::move(statement);
    if (said().type != supply::statement_type_uri) {
        refuse(ReceiptGate::form, "its _type is not that of an in-toto statement of v1");
    }
    if (said().predicate_type != receipt_predicate_type) {
        refuse(ReceiptGate::form, "its predicateType is not that of an enforcement receipt");
    }
    if (std::string fault = fault_of(said().subjects); !fault.empty()) {
        refuse(ReceiptGate::form, std::move(fault));
    }
    const std::string written = said().json();
    if (written != as_text(envelope_.payload)) {
        const auto differs = std::ranges::mismatch(as_bytes(written), envelope_.payload);
        refuse(ReceiptGate::form,
               fmt::format("its text is not what receipts are written as: byte {} is another",
                           differs.in2 - envelope_.payload.begin()));
    }
    return true;
}

// Signatures are added one behind the other, and a receipt may be logged before or after.
void Judge::make_entries() {
    const std::size_t count = std::min(envelope_.signatures.size(), max_receipt_signatures);
    if (rules_.log == nullptr || count == 0) {
        return;
    }
    const bool is_small = envelope_.payload.size() <= small_payload;
    for (std::size_t signatures = 1; signatures <= count; ++signatures) {
        if (is_small || signatures == 1 || signatures == count) {
            entry_signatures_.push_back(signatures);
            entries_.push_back(receipt_entry(envelope_, said().policy.version, signatures));
        }
    }
}

// An entry shows that a signature was there if it has the signature.
std::span<const Bytes> Judge::entries_with(std::size_t place) const {
    const auto first = std::ranges::upper_bound(entry_signatures_, place);
    return std::span(entries_).subspan(static_cast<std::size_t>(first - entry_signatures_.begin()));
}

std::optional<VersionNumber> Judge::version_of(AuthorId author) const {
    if (author == said().runtime) {
        return said().receipt_version;
    }
    const auto listed =
        std::ranges::find(receipt_.witnesses, supply::keyid_of(author), &ReceiptWitness::keyid);
    return listed == receipt_.witnesses.end() ? std::nullopt : std::optional(listed->version);
}

void Judge::judge_signature(std::size_t place) {
    const supply::EnvelopeSignature& signature = envelope_.signatures[place];
    const auto refused = [&](std::string_view why) {
        refuse(ReceiptGate::signatures, fmt::format("signature {} {}", place + 1, why));
    };
    const auto author = supply::author_of_keyid(signature.keyid);
    if (!author) {
        refused("names no author in the one way that authors are named");
        return;
    }
    if (strangers_.contains(*author) ||
        std::ranges::find(signers_, *author, &Signer::author) != signers_.end()) {
        refused(fmt::format("is another one of author {}", author->value));
        return;
    }
    if (registry_.find(*author) == nullptr) {
        strangers_.insert(*author);
        refused(fmt::format("is of author {}, whom the registry does not have", author->value));
        return;
    }
    const auto version = version_of(*author);
    if (!version) {
        strangers_.insert(*author);
        refused(fmt::format("is of author {}, without a version", author->value));
        return;
    }
    const TrialTerms terms{.author = *author,
                           .version = *version,
                           .log = rules_.log,
                           .entries = entries_with(place),
                           .keys = rules_.keys,
                           .tries = &tries_};
    signers_.push_back(
        {.place = place,
         .author = *author,
         .version = *version,
         .is_runtime = *author == said().runtime,
         .trial = try_signature(
             registry_, terms, supply::pae_header(envelope_.payload_type, envelope_.payload.size()),
             envelope_.payload, signature.signature)});
    const Signer& signer = signers_.back();
    if (!signer.trial.is_genuine) {
        refused(fmt::format("is not one of author {}", author->value));
    }
}

void Judge::check_witness_list() {
    std::set<std::string_view> listed;
    for (const ReceiptWitness& witness : receipt_.witnesses) {
        const bool has_signed =
            std::ranges::find(envelope_.signatures, witness.keyid,
                              &supply::EnvelopeSignature::keyid) != envelope_.signatures.end();
        if (!has_signed || witness.keyid == supply::keyid_of(said().runtime) ||
            !listed.insert(witness.keyid).second) {
            refuse(ReceiptGate::signatures,
                   "the list of witnesses has one who has not signed as a witness, or one twice");
            return;
        }
    }
}

void Judge::signatures() {
    ask(ReceiptGate::signatures);
    if (envelope_.signatures.empty()) {
        refuse(ReceiptGate::signatures, "nobody has signed it");
    }
    if (envelope_.signatures.size() > max_receipt_signatures ||
        receipt_.witnesses.size() > max_receipt_signatures) {
        refuse(ReceiptGate::signatures,
               fmt::format("it has more than {} signatures", max_receipt_signatures));
        return;
    }
    for (std::size_t place = 0; place < envelope_.signatures.size(); ++place) {
        judge_signature(place);
    }
    check_witness_list();
}

// Whoever has a key of two authors, or the master key of both, is one person.
void Judge::persons() {
    Persons persons;
    for (const Signer& signer : signers_) {
        if (signer.key() == nullptr) {
            continue;
        }
        const auto same = persons.take(signer.author, signer.key()->public_key,
                                       registry_.find(signer.author)->master_key);
        if (same) {
            refuse(ReceiptGate::signatures,
                   fmt::format("authors {} and {} have one key or master key: one person",
                               same->value, signer.author.value));
        }
    }
}

void Judge::runtime() {
    ask(ReceiptGate::runtime);
    const auto signer = std::ranges::find(signers_, true, &Signer::is_runtime);
    if (signer == signers_.end() || signer->key() == nullptr) {
        refuse(ReceiptGate::runtime,
               fmt::format("the runtime, author {}, has not signed it", said().runtime.value));
    }
    const trust::EpochRecord* const policys =
        registry_.find(said().trust.author, said().trust.epoch);
    const bool is_same_key = signer != signers_.end() && signer->key() != nullptr &&
                             policys != nullptr && policys->public_key == signer->key()->public_key;
    if (said().runtime == said().policy.author || is_same_key) {
        refuse(ReceiptGate::runtime,
               "the runtime is the author of the policy that it says to enforce");
    }
}

void Judge::keys() {
    ask(ReceiptGate::keys);
    for (const Signer& signer : signers_) {
        if (!signer.trial.choice.counts()) {
            refuse(ReceiptGate::keys,
                   fmt::format("author {} at version {}: {}", signer.author.value,
                               signer.version.value, signer.trial.choice.reason()));
        }
    }
}

void Judge::witnesses() {
    for (const Signer& signer : signers_) {
        if (!signer.is_runtime && signer.key() != nullptr && signer.trial.choice.counts()) {
            verdict_.witnesses.push_back(signer.author);
        }
    }
    std::ranges::sort(verdict_.witnesses);
    if (rules_.witnesses == 0) {
        return;
    }
    ask(ReceiptGate::witnesses);
    if (verdict_.witnesses.size() < rules_.witnesses) {
        refuse(ReceiptGate::witnesses, fmt::format("{} of {} required witnesses",
                                                   verdict_.witnesses.size(), rules_.witnesses));
    }
}

// What the registry alone says of the key that the policy was relied upon for.
void Judge::trusted_epoch() {
    const auto& [author, epoch] = said().trust;
    const trust::Registry::Author* const known = registry_.find(author);
    if (known == nullptr || known->find(epoch) == nullptr) {
        refuse(ReceiptGate::policy,
               fmt::format("the registry has no epoch {} of author {}", epoch.value, author.value));
        return;
    }
    // Versions that a chain lists may be of a key that has no others.
    const trust::EpochRecord* const active = known->active_epoch(said().policy.version);
    const bool may_be_listed = active == nullptr && registry_.chain() != nullptr;
    if (!may_be_listed && (active == nullptr || active->epoch != epoch)) {
        refuse(ReceiptGate::policy,
               fmt::format("epoch {} of author {} is not the one of version {}", epoch.value,
                           author.value, said().policy.version.value));
    }
}

void Judge::policy() {
    ask(ReceiptGate::policy);
    if (said().trust.author != said().policy.author) {
        refuse(ReceiptGate::policy, "the epoch is another author's than the policy");
    }
    if (rules_.policy == nullptr) {
        trusted_epoch();
        return;
    }
    if (said().policy.file_id != rules_.policy->file_id()) {
        refuse(ReceiptGate::policy, "it is about another policy file");
        return;
    }
    const auto known = rules_.policy->at(said().policy.version);
    if (!known) {
        refuse(ReceiptGate::policy,
               fmt::format("it is about version {}, and the policy file has {}: it is from the "
                           "future, or about nothing",
                           said().policy.version.value, rules_.policy->versions().size()));
        return;
    }
    if (known->policy.author != said().policy.author) {
        refuse(ReceiptGate::policy,
               fmt::format("version {} of the policy is by author {}", said().policy.version.value,
                           known->policy.author.value));
    } else if (known->trust != said().trust) {
        refuse(ReceiptGate::policy,
               fmt::format("version {} of the policy was signed under epoch {}",
                           said().policy.version.value, known->trust.epoch.value));
    }
}

void Judge::approvals() {
    if (rules_.approvals == nullptr) {
        return;
    }
    ask(ReceiptGate::approvals);
    for (std::string& fault :
         faults_of_approvals(said(), *rules_.approvals, registry_, rules_.log, entries_)) {
        refuse(ReceiptGate::approvals, std::move(fault));
    }
}

// One checkpoint of the log that is asked.
void Judge::compare(const SeenLog& seen) {
    const std::uint64_t size = rules_.log->size();
    const auto root = rules_.log->root_at(seen.size);
    if (!root) {
        refuse(ReceiptGate::freshness, "the log cannot be read: " + root.error().message());
        return;
    }
    if (!*root) {
        if (seen.size > size) {
            refuse(ReceiptGate::freshness,
                   fmt::format("it has seen {} entries of a log that has {} here: it is from the "
                               "future",
                               seen.size, size));
        }
        return;
    }
    const tlog::Checkpoint real{.origin = seen.origin, .size = seen.size, .root = **root};
    if (crypto::blake3(as_bytes(real.text())) != seen.text_hash) {
        refuse(ReceiptGate::freshness,
               fmt::format("the log with {} entries was another than it says to have seen",
                           seen.size));
        return;
    }
    verdict_.seen_log_size = std::max(verdict_.seen_log_size.value_or(0), seen.size);
}

// Whoever has seen the log with the end of a key in it has signed behind that.
void Judge::revoked_before() {
    const trust::RegistryChain* const chain = registry_.chain();
    if (chain == nullptr || !verdict_.seen_log_size) {
        return;
    }
    for (const Signer& signer : signers_) {
        const trust::EpochRecord* const key = signer.key();
        if (key == nullptr || !key->revocation) {
            continue;
        }
        const auto& revoked =
            chain->authors().at(signer.author).epochs.at(key->epoch.value).revoked;
        for (const trust::RecordNumber number : revoked) {
            const auto index = rules_.log->index_of_record(chain->records()[number]);
            if (index && *index && **index < *verdict_.seen_log_size) {
                refuse(ReceiptGate::freshness,
                       fmt::format("it has seen {} entries of the log, by when the key of author "
                                   "{} was revoked there",
                                   *verdict_.seen_log_size, signer.author.value));
                break;
            }
        }
    }
}

void Judge::freshness() {
    if (rules_.log == nullptr) {
        if (rules_.min_log_size > 0) {
            refuse(ReceiptGate::freshness, "no log was asked how it was at what size");
        }
        return;
    }
    std::vector<SeenLog> all_seen;
    for (const supply::Subject& subject : said().subjects) {
        const auto seen = seen_log_of(subject);
        if (seen && *seen && (*seen)->origin == rules_.log->origin()) {
            all_seen.push_back(**seen);
        }
    }
    if (!all_seen.empty()) {
        ask(ReceiptGate::freshness);
    }
    if (all_seen.size() > max_checkpoints) {
        refuse(ReceiptGate::freshness,
               fmt::format("it has seen more than {} checkpoints of the log", max_checkpoints));
        return;
    }
    std::ranges::for_each(all_seen, [this](const SeenLog& seen) { compare(seen); });
    revoked_before();
    if (rules_.min_log_size > 0 && verdict_.seen_log_size.value_or(0) < rules_.min_log_size) {
        refuse(ReceiptGate::freshness,
               fmt::format("it does not show that it was made when the log had {} entries",
                           rules_.min_log_size));
    }
}

void Judge::log() {
    if (rules_.require_log) {
        ask(ReceiptGate::log);
    }
    const auto runtime = std::ranges::find(signers_, true, &Signer::is_runtime);
    const auto entries =
        runtime == signers_.end() ? std::span<const Bytes>() : entries_with(runtime->place);
    for (const Bytes& entry : entries) {
        const auto index = rules_.log->index_of_entry(entry);
        if (!index) {
            refuse(ReceiptGate::log, "the log cannot be read: " + index.error().message());
            return;
        }
        if (*index && (!verdict_.log_index || **index < *verdict_.log_index)) {
            verdict_.log_index = *index;
        }
    }
    if (rules_.require_log && !verdict_.log_index) {
        refuse(ReceiptGate::log,
               rules_.log == nullptr ? "no log was asked for it" : "the log does not have it");
    }
}

void Judge::replay() {
    if (rules_.seen == nullptr) {
        return;
    }
    ask(ReceiptGate::replay);
    if (auto fault = rules_.seen->double_of(said())) {
        refuse(ReceiptGate::replay, *std::move(fault));
    } else if (verdict_.is_valid()) {
        rules_.seen->remember(said());
    }
}

}  // namespace

std::string_view name_of(ReceiptGate gate) noexcept {
    return gate_names.name(gate);
}

std::optional<std::string> ReplayMemory::double_of(const ReceiptStatement& statement) const {
    if (numbers_.contains({statement.runtime, statement.receipt_version})) {
        return fmt::format("a receipt before has the same number, {}, of runtime {}",
                           statement.receipt_version.value, statement.runtime.value);
    }
    if (nonces_.contains({statement.runtime, statement.nonce})) {
        return fmt::format("a receipt before has the same nonce, of runtime {}",
                           statement.runtime.value);
    }
    return std::nullopt;
}

void ReplayMemory::remember(const ReceiptStatement& statement) {
    numbers_.emplace(statement.runtime, statement.receipt_version);
    nonces_.emplace(statement.runtime, statement.nonce);
}

bool ReceiptVerdict::is_valid() const noexcept {
    const auto passed = [this](ReceiptGate gate) { return state(gate) == GateState::passed; };
    return std::ranges::find(gates, GateState::failed) == gates.end() &&
           passed(ReceiptGate::form) && passed(ReceiptGate::signatures) &&
           passed(ReceiptGate::runtime) && passed(ReceiptGate::keys) && passed(ReceiptGate::policy);
}

std::string ReceiptVerdict::reason() const {
    return findings.empty()
               ? std::string()
               : fmt::format("{}: {}", name_of(findings.front().gate), findings.front().reason);
}

ReceiptVerdict judge_receipt(const Receipt& receipt, const trust::Registry& registry,
                             const ReceiptRules& rules) {
    return Judge(receipt, registry, rules).run();
}

}  // namespace aion::release
