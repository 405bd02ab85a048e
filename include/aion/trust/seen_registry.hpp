// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry as one history sees it: the only way to ask who may sign a version of a file.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "aion/base/ids.hpp"
#include "aion/trust/registry.hpp"

namespace aion::trust {

/// The version hash of one version of a history, made from its records; nothing for one that it
/// does not have.
using VersionHashes = std::function<std::optional<Hash>(VersionNumber)>;

/// Windows of a registry without a chain count versions of whatever file. Records of a chain may
/// list histories by version hash, and say for each where an epoch ends. What is found here holds
/// for one history. Borrows the registry.
class SeenRegistry {
  public:
    /// `hash_of` is asked, during this call only, for the versions that records list: of a file
    /// that is to be judged from its own bytes, never from hashes that it claims.
    SeenRegistry(const Registry& registry, const VersionHashes& hash_of);

    /// As a history sees it that does not exist yet, and whatever a record may list is none of.
    explicit SeenRegistry(const Registry& registry) : registry_(&registry) {}

    /// As `Registry::active_epoch`, `latest_epoch` and `find`, for this history.
    [[nodiscard]] const EpochRecord* active_epoch(AuthorId author,
                                                  VersionNumber version) const noexcept;
    [[nodiscard]] const EpochRecord* latest_epoch(AuthorId author) const noexcept;
    [[nodiscard]] const Registry::Author* find(AuthorId author) const noexcept;
    [[nodiscard]] const EpochRecord* find(AuthorId author, Epoch epoch) const noexcept;

    /// Whether a record lists a version of this history.
    [[nodiscard]] bool is_listed() const noexcept { return is_listed_; }

    /// False if the author's scope is histories of which this is none.
    [[nodiscard]] bool is_in_scope(AuthorId author) const noexcept;

    [[nodiscard]] const Registry& registry() const noexcept { return *registry_; }

  private:
    const Registry* registry_;
    bool is_listed_ = false;
    /// Those to whom it is another than a history that is not listed.
    std::map<AuthorId, Registry::Author> authors_;
    std::set<AuthorId> out_of_scope_;  ///< Of those.
};

}  // namespace aion::trust
