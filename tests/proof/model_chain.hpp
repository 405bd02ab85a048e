// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry of signed records, as docs/registry.md tells it: whatever is asked is found out by
// going through all that was ever said, from the beginning.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "proof/model_basics.hpp"

namespace aion::proof::model {

/// A version is known by an identity, which stands for its hash: two histories that have the same
/// one have all versions before it in common.
using Identity = std::uint64_t;
/// Version 1, 2, …
using Versions = std::vector<Identity>;

struct Point {
    std::uint64_t version = 0;
    Identity identity = 0;
};

struct Bound {
    std::uint64_t unlisted = 0;
    std::vector<Point> listed;
};

enum class What : std::uint8_t {
    root,
    registration,
    rotation,
    revocation,
    tightening,
    extension,
    rekeying,
    scope,
};

/// A record; what a kind does not need is left as it is.
struct Said {
    What what{};
    std::uint64_t author = 0;
    std::uint32_t epoch = 0;       ///< Whose end it is.
    bool is_rotation_end = false;  ///< For tightening and extension.
    Key key = no_key;              ///< Operational; or the new master key.
    Key master = no_key;
    std::uint64_t from = 0;  ///< First version of epoch 0.
    Bound until;
    std::optional<std::vector<Point>> histories;
    std::set<Key> root_keys;
    std::size_t threshold = 1;
    std::set<Key> signed_by;
};

class Chain {
  public:
    /// `root` signed itself.
    explicit Chain(Said root) : said_{std::move(root)} {}

    Applied apply(const Said& next);

    /// Who speaks for an author at a version of that history.
    [[nodiscard]] std::optional<Key> key_at(std::uint64_t author, std::uint64_t version,
                                            const Versions& history) const;
    [[nodiscard]] std::size_t epochs(std::uint64_t author) const;
    [[nodiscard]] bool has_end(std::uint64_t author, std::uint32_t epoch, bool is_rotation) const;
    [[nodiscard]] std::vector<std::uint64_t> edges() const;
    [[nodiscard]] const Said& root() const;
    [[nodiscard]] Key master_of(std::uint64_t author) const;

  private:
    [[nodiscard]] const Said* last(What what, std::uint64_t author) const;
    [[nodiscard]] std::vector<Said> keys_of(std::uint64_t author) const;
    [[nodiscard]] std::vector<Bound> bounds(std::uint64_t author, std::uint32_t epoch,
                                            bool is_rotation) const;
    [[nodiscard]] std::optional<std::uint64_t> end(std::uint64_t author, std::uint32_t epoch,
                                                   bool is_rotation, const Versions& history) const;
    [[nodiscard]] std::uint64_t begin(std::uint64_t author, std::uint32_t epoch,
                                      const Versions& history) const;
    [[nodiscard]] bool is_signed(const Said& next) const;
    [[nodiscard]] bool is_possible(const Said& next) const;
    [[nodiscard]] bool is_any_revoked_behind(std::uint64_t author, std::uint32_t epoch) const;
    [[nodiscard]] bool begins_too_early(const Said& next) const;
    [[nodiscard]] bool ends_nothing_earlier(const Said& next) const;

    std::vector<Said> said_;  ///< All that was accepted, in order.
};

}  // namespace aion::proof::model
