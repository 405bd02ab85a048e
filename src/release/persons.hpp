// SPDX-License-Identifier: MIT OR Apache-2.0
// Who counts as one person, however many authors they are.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "aion/base/ids.hpp"
#include "aion/crypto/signing.hpp"

namespace aion::release {

/// Authors that were taken, by what tells persons apart: whoever has a key or the master key of
/// another author's is that author.
class Persons {
  public:
    /// Takes one more. The author before who is the same person, or the same author; nothing for a
    /// new person.
    std::optional<AuthorId> take(AuthorId author, const PublicKey& key, const PublicKey& master) {
        std::optional<AuthorId> same;
        if (!authors_.insert(author).second) {
            same = author;
        }
        for (const PublicKey& one : {key, master}) {
            const auto [holder, is_new] = holders_.emplace(one, author);
            if (!is_new && holder->second != author && !same) {
                same = holder->second;
            }
        }
        return same;
    }

  private:
    std::set<AuthorId> authors_;
    std::map<PublicKey, AuthorId> holders_;
};

}  // namespace aion::release
