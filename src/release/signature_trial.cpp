// SPDX-License-Identifier: MIT OR Apache-2.0
#include "release/signature_trial.hpp"

namespace aion::release {

SignatureTrial try_signature(const trust::Registry& registry, const TrialTerms& terms,
                             std::string_view header, ByteView payload, ByteView signature) {
    const auto choose = [&](const std::optional<PublicKey>& key) {
        return choose_key(registry, terms.author, terms.version, key, terms.log, terms.entries);
    };
    SignatureTrial trial{.choice = choose({})};
    const auto bytes = Signature::from(signature);
    if (!bytes) {
        return trial;
    }
    const auto is_of = [&](const trust::EpochRecord& epoch) {
        return crypto::verify(epoch.public_key, {as_bytes(header), payload, {}}, *bytes,
                              terms.keys);
    };
    if (trial.choice.epoch != nullptr && is_of(*trial.choice.epoch)) {
        trial.is_genuine = true;
        return trial;
    }
    // Another key of the author's may have signed, and a log may say when.
    const trust::Registry::Author* const known = registry.find(terms.author);
    if (known == nullptr) {
        return trial;
    }
    std::size_t all_tries = max_tries;
    std::size_t& left = terms.tries == nullptr ? all_tries : *terms.tries;
    for (auto epoch = known->epochs.rbegin(); epoch != known->epochs.rend() && left > 0; ++epoch) {
        --left;
        if (is_of(*epoch)) {
            trial.choice = choose(epoch->public_key);
            trial.is_genuine = true;
            return trial;
        }
    }
    return trial;
}

}  // namespace aion::release
