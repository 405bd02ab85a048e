// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/chain_facts.hpp"

#include <algorithm>
#include <ranges>
#include <variant>

namespace aion::cli {
namespace {

using trust::Bound;
using trust::RecordNumber;
using trust::RegistryChain;
using Listed = RegistryChain::Listed;

const Bound* bound_of(const trust::RecordFacts& facts) {
    return std::visit(
        []<class Facts>(const Facts& one) -> const Bound* {
            if constexpr (requires { one.until; }) {
                return &one.until;
            } else {
                return nullptr;
            }
        },
        facts);
}

// `points`: ascending.
VersionNumber end_in(const Bound& bound, std::span<const Listed> points) {
    for (const Listed& at : std::views::reverse(points)) {
        const auto key = [](const trust::HistoryPoint& point) {
            return Listed{point.version, point.hash};
        };
        if (std::ranges::binary_search(bound.listed, at, {}, key)) {
            return VersionNumber{at.version.value + 1};
        }
    }
    return bound.unlisted;
}

}  // namespace

const trust::AuthorFacts* facts_of(const RegistryChain* chain, AuthorId author) {
    if (chain == nullptr) {
        return nullptr;
    }
    const auto found = chain->authors().find(author);
    return found == chain->authors().end() ? nullptr : &found->second;
}

std::vector<trust::EpochRecord> recorded_epochs(const trust::Registry& registry, AuthorId author,
                                                std::span<const Listed> points) {
    const RegistryChain* const chain = registry.chain();
    const trust::AuthorFacts* const facts = facts_of(chain, author);
    if (facts == nullptr) {
        return registry.find(author)->epochs;
    }
    trust::AuthorFacts everywhere = *facts;
    everywhere.scoped_by.reset();
    return chain->in_history(everywhere, points).epochs;
}

std::optional<RecordNumber> tightest_bound(const RegistryChain& chain,
                                           std::span<const RecordNumber> bounds,
                                           std::span<const Listed> points) {
    std::optional<RecordNumber> tightest;
    VersionNumber least;
    for (const RecordNumber number : bounds) {
        const Bound* const bound = bound_of(chain.records()[number].facts);
        if (bound == nullptr) {
            continue;
        }
        const VersionNumber end = end_in(*bound, points);
        if (!tightest || end < least) {
            tightest = number;
            least = end;
        }
    }
    return tightest;
}

}  // namespace aion::cli
