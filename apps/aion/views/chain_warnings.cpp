// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/chain_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "aion/base/counted.hpp"
#include "aion/base/similar.hpp"
#include "aion/base/time_text.hpp"
#include "aion/trust/registry_chain.hpp"

namespace aion::cli {
namespace {

using trust::RegistryChain;
using trust::RegistryWarning;

class ChainInspector {
  public:
    ChainInspector(const RegistryChain& chain, Timestamp now, std::vector<RegistryWarning>& into)
        : chain_(chain), now_(now), into_(into) {}

    void inspect() {
        look_at_times();
        look_at_root();
        look_at_keys();
        look_at_names();
    }

  private:
    void warn(std::string message, std::optional<AuthorId> author = std::nullopt) {
        into_.push_back({author, std::nullopt, std::move(message)});
    }

    void look_at_times() {
        const auto& records = chain_.records();
        for (std::size_t i = 1; i < records.size(); ++i) {
            if (records[i].time < records[i - 1].time) {
                warn(fmt::format("record {} says {}, which is before the record before it", i,
                                 rfc3339_seconds(records[i].time)));
            }
        }
        if (records.back().time > now_) {
            warn(fmt::format("record {} says {}, which is still to come", chain_.number(),
                             rfc3339_seconds(records.back().time)));
        }
        if (chain_.expires() && *chain_.expires() < now_) {
            warn(
                fmt::format("expired at {}: get a newer one, or renew it with `aion registry "
                            "expire`",
                            rfc3339_seconds(*chain_.expires())));
        }
    }

    void look_at_root() {
        const trust::RootRecord& root = chain_.root();
        if (root.keys.size() > 1 && root.threshold == 1) {
            warn(
                fmt::format("each of the {} alone may say everything: one that is stolen is "
                            "enough",
                            counted(root.keys.size(), "root key")));
        }
        for (const auto& [id, author] : chain_.authors()) {
            for (const trust::EpochFacts& epoch : author.epochs) {
                if (std::ranges::find(root.keys, epoch.public_key) != root.keys.end()) {
                    warn(fmt::format("epoch {} of author {} is a root key: it is where files are "
                                     "signed, and may say everything",
                                     to_string(epoch.epoch), to_string(id)),
                         id);
                }
            }
        }
    }

    void look_at_keys() {
        std::map<PublicKey, AuthorId> owners;
        for (const auto& [id, author] : chain_.authors()) {
            const auto [first, is_new] = owners.try_emplace(author.master_key, id);
            if (!is_new) {
                warn(fmt::format("author {} has the master key of author {}: one person, as far "
                                 "as thresholds are concerned",
                                 to_string(id), to_string(first->second)),
                     id);
            }
        }
    }

    // Each name with those before it; beyond some number nobody would read it, and it would last.
    void look_at_names() {
        constexpr std::size_t most = 1000;
        std::vector<std::pair<std::string_view, AuthorId>> before;
        for (const auto& [id, author] : chain_.authors()) {
            if (author.name.empty()) {
                continue;
            }
            for (const auto& [name, other] : before) {
                if (is_similar(author.name, name)) {
                    warn(fmt::format("author {} is called {}, which looks like author {}, {}",
                                     to_string(id), author.name, to_string(other), name),
                         id);
                }
            }
            if (before.size() < most) {
                before.emplace_back(author.name, id);
            }
        }
    }

    const RegistryChain& chain_;
    Timestamp now_;
    std::vector<RegistryWarning>& into_;
};

}  // namespace

std::vector<RegistryWarning> all_warnings(const trust::Registry& registry, Timestamp now) {
    std::vector<RegistryWarning> warnings = registry.warnings();
    if (const RegistryChain* const chain = registry.chain()) {
        ChainInspector(*chain, now, warnings).inspect();
    }
    return warnings;
}

}  // namespace aion::cli
