// SPDX-License-Identifier: MIT OR Apache-2.0
// What is legal in a registry and yet probably not meant.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "aion/trust/registry.hpp"

namespace aion::trust {
namespace {

class Inspector {
  public:
    explicit Inspector(std::vector<RegistryWarning> warnings) : warnings_(std::move(warnings)) {}

    void inspect(AuthorId id, const Registry::Author& author) {
        for (const EpochRecord& epoch : author.epochs) {
            check_window(id, epoch);
            check_master(id, author.master_key, epoch);
            check_reuse(id, epoch);
        }
        check_future(id, author.epochs.back());
    }

    std::vector<RegistryWarning> take() && { return std::move(warnings_); }

  private:
    using Owner = std::pair<AuthorId, Epoch>;

    void warn(AuthorId id, Epoch epoch, std::string message) {
        warnings_.push_back({id, epoch, std::move(message)});
    }

    static std::string name(AuthorId id, Epoch epoch) {
        return fmt::format("epoch {} of author {}", epoch.value, id.value);
    }

    // A revocation may reach back to where the epoch begins, and a rotation to version 1 where it
    // begins at 0, which no file has: legal, and mostly a mistyped version.
    void check_window(AuthorId id, const EpochRecord& epoch) {
        if (epoch.may_sign_any()) {
            return;
        }
        const VersionNumber first = std::max(epoch.active_from, genesis_version);
        warn(id, epoch.epoch,
             fmt::format("{} can sign no version: the first could be {}, and it ends before {}",
                         name(id, epoch.epoch), first.value,
                         epoch.valid_until().value_or(first).value));
    }

    void check_master(AuthorId id, const PublicKey& master, const EpochRecord& epoch) {
        if (epoch.public_key == master) {
            warn(id, epoch.epoch,
                 fmt::format("{} uses the author's master key: whoever steals the signing key can "
                             "also rotate and revoke",
                             name(id, epoch.epoch)));
        }
    }

    // Two authors: either can sign as the other. Two epochs of one: what ended goes on.
    void check_reuse(AuthorId id, const EpochRecord& epoch) {
        const auto [first, fresh] = owners_.try_emplace(epoch.public_key, Owner{id, epoch.epoch});
        if (!fresh) {
            const auto& [owner, owned] = first->second;
            warn(id, epoch.epoch,
                 fmt::format("{} has the same key as {}", name(id, epoch.epoch),
                             name(owner, owned)));
        }
    }

    // Behind the end of an earlier epoch others follow.
    void check_future(AuthorId id, const EpochRecord& latest) {
        if (const auto end = latest.valid_until()) {
            warn(id, latest.epoch,
                 fmt::format("author {} has no epoch that may sign version {} or a later one: "
                             "rotate to a new key",
                             id.value, end->value));
        }
    }

    std::map<PublicKey, Owner> owners_;
    std::vector<RegistryWarning> warnings_;
};

}  // namespace

std::string UnknownKeys::text() const {
    std::string all;
    for (const std::string& place : places) {
        all += (all.empty() ? "" : ", ") + place;
    }
    return count > places.size() ? fmt::format("{} and {} more", all, count - places.size()) : all;
}

std::vector<RegistryWarning> Registry::warnings() const {
    std::vector<RegistryWarning> about_text;
    about_text.reserve(unknown_.places.size() + 1 + remarks_.size());
    for (const std::string& place : unknown_.places) {
        about_text.push_back(
            {std::nullopt, std::nullopt, place + " is no field that aion knows; it has no effect"});
    }
    if (unknown_.count > unknown_.places.size()) {
        about_text.push_back({std::nullopt, std::nullopt,
                              fmt::format("{} more fields that aion does not know have no effect",
                                          unknown_.count - unknown_.places.size())});
    }
    about_text.insert(about_text.end(), remarks_.begin(), remarks_.end());
    Inspector inspector(std::move(about_text));
    for (const auto& [id, author] : authors_) {
        inspector.inspect(id, author);
    }
    return std::move(inspector).take();
}

}  // namespace aion::trust
