// SPDX-License-Identifier: MIT OR Apache-2.0
// What the records of a registry's chain say of one author, for whoever shows it.
#pragma once

#include <span>
#include <vector>

#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"

namespace aion::cli {

/// Nullptr where there is no chain, or no such author in it.
[[nodiscard]] const trust::AuthorFacts* facts_of(const trust::RegistryChain* chain,
                                                 AuthorId author);

/// The author's epochs as records end them in a history that has `points`, whatever the author's
/// scope: a history outside of it revokes nothing. `author`: whom the registry has.
[[nodiscard]] std::vector<trust::EpochRecord> recorded_epochs(
    const trust::Registry& registry, AuthorId author,
    std::span<const trust::RegistryChain::Listed> points = {});

}  // namespace aion::cli
