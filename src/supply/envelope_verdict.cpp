// SPDX-License-Identifier: MIT OR Apache-2.0
// Who has signed an envelope, and whether that is enough.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "aion/base/utf8.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/supply/envelope.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "supply/envelope_bytes.hpp"
#include "trust/current_epoch.hpp"

namespace aion::supply {
namespace {

constexpr NameTable finding_names(std::to_array<Named<SignatureFinding>>({
    {SignatureFinding::counts, "counts"},
    {SignatureFinding::foreign, "foreign"},
    {SignatureFinding::not_allowed, "not_allowed"},
    {SignatureFinding::no_current_key, "no_current_key"},
    {SignatureFinding::wrong_size, "wrong_size"},
    {SignatureFinding::invalid, "invalid"},
    {SignatureFinding::counted_already, "counted_already"},
    {SignatureFinding::not_tried, "not_tried"},
}));

// Whether a keyid could be what other programs call a key.
bool may_name_key(std::string_view keyid) noexcept {
    constexpr std::string_view fingerprint_prefix = "SHA256:";
    constexpr std::size_t hex_size = 64;
    return keyid.starts_with(fingerprint_prefix) || keyid.size() == hex_size;
}

class Judge {
  public:
    Judge(const Envelope& envelope, const trust::Registry& registry, const EnvelopeRules& rules)
        : envelope_(envelope), registry_(registry), rules_(rules), allowed_(rules.authors) {
        std::ranges::sort(allowed_);
    }

    EnvelopeVerdict run() {
        EnvelopeVerdict verdict;
        verdict.is_type_expected =
            rules_.payload_type.empty() || rules_.payload_type == envelope_.payload_type;
        verdict.required = rules_.threshold;
        verdict.signatures.resize(envelope_.signatures.size());
        collect(verdict.signatures);
        verify(verdict.signatures);
        count(verdict);
        return verdict;
    }

  private:
    /// A key that may have made a signature.
    struct Trial {
        std::size_t signature;  // Which one, in the envelope's order.
        AuthorId author;
        const trust::EpochRecord* epoch;
    };

    [[nodiscard]] bool is_allowed(AuthorId author) const {
        return allowed_.empty() || std::ranges::binary_search(allowed_, author);
    }

    [[nodiscard]] const trust::EpochRecord* epoch_of(AuthorId author) const {
        return trust::current_epoch(registry_, author, rules_.at_version);
    }

    // Those whose keys are tried for signatures that do not say whose they are.
    [[nodiscard]] const std::vector<std::pair<AuthorId, const trust::EpochRecord*>>& candidates() {
        if (!has_candidates_) {
            has_candidates_ = true;
            const auto add = [this](AuthorId author) {
                if (const trust::EpochRecord* const epoch = epoch_of(author)) {
                    candidates_.emplace_back(author, epoch);
                }
            };
            if (allowed_.empty()) {
                for (const auto& [author, record] : registry_.authors()) {
                    add(author);
                }
            } else {
                std::ranges::for_each(allowed_, add);
            }
        }
        return candidates_;
    }

    [[nodiscard]] std::optional<AuthorId> author_of_key_name(std::string_view keyid) {
        if (by_key_name_.empty()) {
            for (const auto& [author, epoch] : candidates()) {
                by_key_name_.emplace(ssh_fingerprint(epoch->public_key), author);
                by_key_name_.emplace(securesystemslib_keyid(epoch->public_key), author);
            }
        }
        const auto found = by_key_name_.find(keyid);
        return found == by_key_name_.end() ? std::nullopt : std::optional(found->second);
    }

    // What each signature is as far as that is known without mathematics, and the keys to try.
    void collect(std::vector<EnvelopeVerdict::Signature>& found) {
        for (std::size_t i = 0; i < found.size(); ++i) {
            const EnvelopeSignature& signature = envelope_.signatures[i];
            found[i].author = author_of_keyid(signature.keyid);
            if (!found[i].author && may_name_key(signature.keyid)) {
                found[i].author = author_of_key_name(signature.keyid);
            }
            if (found[i].author) {
                found[i].finding = collect(i, *found[i].author, found[i].epoch);
            } else if (signature.keyid.empty()) {
                found[i].finding = collect_all(i);
            }
        }
    }

    SignatureFinding collect(std::size_t i, AuthorId author, std::optional<Epoch>& of_key) {
        if (registry_.find(author) == nullptr) {
            return SignatureFinding::foreign;
        }
        if (!is_allowed(author)) {
            return SignatureFinding::not_allowed;
        }
        const trust::EpochRecord* const epoch = epoch_of(author);
        if (epoch == nullptr) {
            return SignatureFinding::no_current_key;
        }
        of_key = epoch->epoch;
        if (++named_trials_[author] > max_author_trials) {
            return SignatureFinding::not_tried;
        }
        if (envelope_.signatures[i].signature.size() != sizeof(Signature)) {
            return SignatureFinding::wrong_size;
        }
        trials_.push_back({i, author, epoch});
        return SignatureFinding::invalid;
    }

    SignatureFinding collect_all(std::size_t i) {
        if (envelope_.signatures[i].signature.size() != sizeof(Signature)) {
            return SignatureFinding::wrong_size;
        }
        if (unnamed_trials_ + candidates().size() > max_key_trials) {
            return SignatureFinding::not_tried;
        }
        unnamed_trials_ += candidates().size();
        for (const auto& [author, epoch] : candidates()) {
            trials_.push_back({i, author, epoch});
        }
        return SignatureFinding::foreign;
    }

    void verify(std::vector<EnvelopeVerdict::Signature>& found) const {
        const std::string header = pae_header(envelope_.payload_type, envelope_.payload.size());
        std::vector<Signature> signatures(trials_.size());
        std::vector<crypto::VerifyItem> items;
        items.reserve(trials_.size());
        for (std::size_t i = 0; i < trials_.size(); ++i) {
            std::ranges::copy(envelope_.signatures[trials_[i].signature].signature,
                              signatures[i].bytes.begin());
            items.push_back({{as_bytes(header), envelope_.payload, {}},
                             &trials_[i].epoch->public_key,
                             &signatures[i]});
        }
        const auto verdicts = crypto::verify_batch(items);
        for (std::size_t i = 0; i < verdicts.size(); ++i) {
            if (verdicts[i] != 0) {
                found[trials_[i].signature] = {SignatureFinding::counts, trials_[i].author,
                                               trials_[i].epoch->epoch};
            }
        }
    }

    void count(EnvelopeVerdict& verdict) const {
        std::set<AuthorId> authors;
        std::set<PublicKey> keys;
        std::set<PublicKey> masters;
        for (EnvelopeVerdict::Signature& signature : verdict.signatures) {
            if (signature.finding != SignatureFinding::counts) {
                continue;
            }
            const AuthorId author = *signature.author;
            const PublicKey& key = registry_.find(author, *signature.epoch)->public_key;
            const PublicKey& master = registry_.find(author)->master_key;
            if (authors.contains(author) || keys.contains(key) || masters.contains(master)) {
                signature.finding = SignatureFinding::counted_already;
                continue;
            }
            authors.insert(author);
            keys.insert(key);
            masters.insert(master);
        }
        verdict.signers.assign(authors.begin(), authors.end());
    }

    const Envelope& envelope_;
    const trust::Registry& registry_;
    const EnvelopeRules& rules_;
    std::vector<AuthorId> allowed_;
    std::vector<Trial> trials_;
    std::map<AuthorId, std::size_t> named_trials_;
    std::size_t unnamed_trials_ = 0;
    bool has_candidates_ = false;
    std::vector<std::pair<AuthorId, const trust::EpochRecord*>> candidates_;
    std::map<std::string, AuthorId, std::less<>> by_key_name_;
};

}  // namespace

std::string_view name_of(SignatureFinding finding) noexcept {
    return finding_names.name(finding);
}

std::string EnvelopeVerdict::reason() const {
    if (!is_type_expected) {
        return "the payload is of another type than expected";
    }
    if (signers.size() < required) {
        return fmt::format("{} of {} required signatures", signers.size(), required);
    }
    return {};
}

Result<> check_rules(const EnvelopeRules& rules, const trust::Registry& registry) {
    if (rules.threshold == 0) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "a threshold of 0 signatures would accept anything"));
    }
    for (const AuthorId author : rules.authors) {
        if (registry.find(author) == nullptr) {
            return fail(error_because(ErrorCode::invalid_argument,
                                      fmt::format("the registry has no author {}", author.value)));
        }
    }
    const std::set<AuthorId> distinct(rules.authors.begin(), rules.authors.end());
    if (!distinct.empty() && distinct.size() < rules.threshold) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  fmt::format("{} signatures of {} authors can never be there",
                                              rules.threshold, distinct.size())));
    }
    return {};
}

EnvelopeVerdict judge_envelope(const Envelope& envelope, const trust::Registry& registry,
                               const EnvelopeRules& rules) {
    return Judge(envelope, registry, rules).run();
}

Result<OpenedEnvelope> open_envelope(const Envelope& envelope, const trust::Registry& registry,
                                     const EnvelopeRules& rules) {
    AION_TRY(check_rules(rules, registry));
    EnvelopeVerdict verdict = judge_envelope(envelope, registry, rules);
    if (!verdict.is_valid()) {
        return fail(error_because(ErrorCode::verdict_invalid, verdict.reason()));
    }
    return OpenedEnvelope{.payload_type = envelope.payload_type,
                          .payload = envelope.payload,
                          .signers = std::move(verdict.signers)};
}

}  // namespace aion::supply
