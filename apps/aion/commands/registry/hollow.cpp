// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/hollow.hpp"
#include "shell/chain_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <variant>

namespace aion::cli {
namespace {

using trust::AuthorFacts;
using trust::Bound;
using trust::RecordNumber;
using trust::RegistryChain;

struct BoundOf {
    template <class Facts>
    const Bound* operator()(const Facts& facts) const {
        if constexpr (requires { facts.until; }) {
            return &facts.until;
        } else {
            return nullptr;
        }
    }
};

const Bound& bound_in(const RegistryChain& chain, RecordNumber number) {
    static const Bound none;
    const Bound* const bound = std::visit(BoundOf{}, chain.records()[number].facts);
    return bound == nullptr ? none : *bound;
}

// The first version that the epoch may sign in whatever file: 1 where that depends on the file.
VersionNumber earliest(const RegistryChain& chain, const AuthorFacts& author, std::size_t epoch) {
    const auto lists = [&](RecordNumber number) { return !bound_in(chain, number).listed.empty(); };
    if (epoch > 0 && std::ranges::any_of(author.epochs[epoch - 1].rotated, lists)) {
        return genesis_version;
    }
    return std::max(author.epochs[epoch].unlisted_from, genesis_version);
}

bool is_hollow(const RegistryChain& chain, const AuthorFacts& author, std::size_t epoch) {
    const VersionNumber first = earliest(chain, author, epoch);
    const auto closes = [&](RecordNumber number) {
        const Bound& bound = bound_in(chain, number);
        return bound.listed.empty() && bound.unlisted <= first;
    };
    return std::ranges::any_of(author.epochs[epoch].rotated, closes) ||
           std::ranges::any_of(author.epochs[epoch].revoked, closes);
}

}  // namespace

std::vector<std::string> hollow_epochs(const RegistryChain* before, const RegistryChain& after,
                                       const std::set<AuthorId>& authors) {
    std::vector<std::string> warnings;
    for (const AuthorId id : authors) {
        const AuthorFacts* const then = facts_of(before, id);
        const AuthorFacts* const now = facts_of(&after, id);
        const std::size_t count = now == nullptr ? 0 : now->epochs.size();
        for (std::size_t i = 0; i < count; ++i) {
            const bool was =
                then != nullptr && i < then->epochs.size() && is_hollow(*before, *then, i);
            if (!was && is_hollow(after, *now, i)) {
                warnings.push_back(fmt::format(
                    "epoch {} of author {} may sign no version any more: what it signed is INVALID",
                    i, to_string(id)));
            }
        }
    }
    return warnings;
}

}  // namespace aion::cli
