// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry and the chain that it proves itself by.
#include <algorithm>
#include <memory>
#include <utility>

#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"
#include "base/try.hpp"

namespace aion::trust {

Registry Registry::from_chain(RegistryChain chain) {
    Registry registry;
    for (const auto& [id, author] : chain.authors()) {
        registry.authors_.emplace_hint(registry.authors_.end(), id, chain.unlisted(author));
    }
    registry.chain_ = std::make_shared<const RegistryChain>(std::move(chain));
    return registry;
}

Result<Applied> Registry::append(const RegistryRecord& record) {
    if (!chain_) {
        return fail(operation_not_permitted("appending a record",
                                            "a registry that is a chain of signed records"));
    }
    if (record == chain_->records().back()) {
        return Applied::already;
    }
    RegistryChain chain = *chain_;
    AION_TRY(chain.append(record));
    const auto next = std::make_shared<const RegistryChain>(std::move(chain));
    if (const auto id = author_of(record.facts)) {
        authors_.insert_or_assign(*id, next->unlisted(next->authors().at(*id)));
    }
    chain_ = next;
    fingerprint_.drop();
    return Applied::changed;
}

Result<Applied> append(Registry& registry, std::span<const RegistryRecord> records) {
    if (registry.chain() == nullptr) {
        return fail(operation_not_permitted("appending records",
                                            "a registry that is a chain of signed records"));
    }
    RegistryChain chain = *registry.chain();
    const auto is_there = [&](const RegistryRecord& record) {
        return record.number < chain.hashes().size() &&
               chain.hashes()[record.number] == record.hash();
    };
    const auto added = std::ranges::find_if_not(records, is_there);
    if (added == records.end()) {
        return Applied::already;
    }
    AION_TRY(chain.append(std::span(added, records.end())));
    Registry next = Registry::from_chain(std::move(chain));
    next.unknown_ = std::move(registry.unknown_);
    next.remarks_ = std::move(registry.remarks_);
    registry = std::move(next);
    return Applied::changed;
}

// NOLINTNEXTLINE(bugprone-exception-escape): records always have a value.
bool Registry::has_same_chain(const Registry& other) const noexcept {
    if (!chain_ || !other.chain_) {
        return chain_ == other.chain_;
    }
    return chain_ == other.chain_ || *chain_ == *other.chain_;
}

bool Registry::is_or_continues(const Hash& digest) const {
    return fingerprint() == digest ||
           (chain_ && std::ranges::find(chain_->hashes(), digest) != chain_->hashes().end());
}

std::string_view Registry::author_name(AuthorId author) const noexcept {
    if (!chain_) {
        return {};
    }
    const auto known = chain_->authors().find(author);
    return known == chain_->authors().end() ? std::string_view() : known->second.name;
}

std::optional<AuthorId> Registry::author_named(std::string_view name) const {
    return chain_ ? chain_->author_named(name) : std::nullopt;
}

}  // namespace aion::trust
