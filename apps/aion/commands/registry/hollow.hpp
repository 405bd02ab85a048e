// SPDX-License-Identifier: MIT OR Apache-2.0
// Epochs of a chain that lose every version.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/trust/registry_chain.hpp"

namespace aion::cli {

/// Of each epoch of `authors` that may sign no version of any file under `after`, and might under
/// `before` (nullptr: there was none): that all that it signed is INVALID. An epoch that several
/// records together leave without a version, each of them some, is not among them.
[[nodiscard]] std::vector<std::string> hollow_epochs(const trust::RegistryChain* before,
                                                     const trust::RegistryChain& after,
                                                     const std::set<AuthorId>& authors);

}  // namespace aion::cli
