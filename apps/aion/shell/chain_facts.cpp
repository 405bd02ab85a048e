// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/chain_facts.hpp"

namespace aion::cli {

using trust::RegistryChain;

const trust::AuthorFacts* facts_of(const RegistryChain* chain, AuthorId author) {
    if (chain == nullptr) {
        return nullptr;
    }
    const auto found = chain->authors().find(author);
    return found == chain->authors().end() ? nullptr : &found->second;
}

std::vector<trust::EpochRecord> recorded_epochs(const trust::Registry& registry, AuthorId author,
                                                std::span<const RegistryChain::Listed> points) {
    const RegistryChain* const chain = registry.chain();
    const trust::AuthorFacts* const facts = facts_of(chain, author);
    if (facts == nullptr) {
        return registry.find(author)->epochs;
    }
    trust::AuthorFacts everywhere = *facts;
    everywhere.scoped_by.reset();
    return chain->in_history(everywhere, points).epochs;
}

}  // namespace aion::cli
