// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry as one history sees it: the only way to ask who may sign a version of a file.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/trust/log_order.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"

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

    /// Asks `log` about a version of this history that names `key`, if that is not the key of the
    /// active epoch but one of its author's that may sign it but for records that leave it no
    /// version at all of histories that they do not list. If the version stands in front of each of
    /// them in the log, it was signed while the key was good: from here on its epoch is the active
    /// one for it. Whatever counts without the log does so whatever the log says.
    void ask_log(const LogOrder& log, const SignedVersion& version, const PublicKey& key);

    /// What came of that; nullptr if nobody asked, or a log has no say.
    [[nodiscard]] const LogAnswer* log_answer(AuthorId author,
                                              VersionNumber version) const noexcept;

    /// Whether any version counts because of its place in a log.
    [[nodiscard]] bool leans_on_log() const noexcept { return leans_on_log_; }

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
    std::set<AuthorId> out_of_scope_;            ///< Of those.
    std::vector<RegistryChain::Listed> points_;  ///< Of what records list, those that it has.
    std::map<std::pair<AuthorId, VersionNumber>, LogAnswer> log_answers_;
    bool leans_on_log_ = false;
};

}  // namespace aion::trust
