// SPDX-License-Identifier: MIT OR Apache-2.0
// What files and registries are, as docs/verification.md and docs/errors.md tell it, with keys for
// names and without bytes, hashes or signatures. Small enough to be read in one go and believed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/error.hpp"
#include "aion/policy/report.hpp"
#include "proof/model_basics.hpp"
#include "proof/model_chain.hpp"

namespace aion::proof::model {

struct Rotation {
    std::uint64_t author = 0;
    std::uint32_t from_epoch = 0;
    std::uint32_t to_epoch = 0;
    Key key = no_key;
    std::uint64_t from_version = 0;
    Key signed_by = no_key;
};

struct Revocation {
    std::uint64_t author = 0;
    std::uint32_t epoch = 0;
    std::uint16_t reason = 0;
    std::uint64_t from_version = 0;
    Key signed_by = no_key;
};

/// One without a chain, or one that is a chain.
class Registry {
  public:
    Registry() = default;

    explicit Registry(Chain of) : chain(std::move(of)) {}

    std::optional<Chain> chain;

    Applied pin(std::uint64_t author, Key master, Key key);
    Applied apply(const Rotation& rotation);
    Applied apply(const Revocation& revocation);

    /// Who speaks for an author at a version of that history.
    [[nodiscard]] std::optional<Key> key_at(std::uint64_t author, std::uint64_t version,
                                            const Versions& history) const;
    /// How many epochs an author has; 0 for an unknown one.
    [[nodiscard]] std::size_t epochs(std::uint64_t author) const;
    /// The versions at which something begins or ends, for tests that aim at the edges.
    [[nodiscard]] std::vector<std::uint64_t> edges() const;

  private:
    struct Epoch {
        Key key;
        std::uint64_t from;
        std::optional<std::uint64_t> successor_from;
        std::optional<std::pair<std::uint64_t, std::uint16_t>> revoked;  ///< From, reason.
    };

    struct Author {
        Key master;
        std::vector<Epoch> epochs;
    };

    std::map<std::uint64_t, Author> authors_;
};

struct Version {
    Identity identity = 0;  ///< Filled in by the model; no other version of any file has it.
    std::uint64_t author = 0;
    Key key = no_key;
    std::uint64_t time = 0;
    std::string payload;
    std::string message;
};

struct Verdict {
    std::uint64_t valid_signatures = 0;
    std::uint64_t first_refused = 0;  ///< Number of the version; 0: none, the file is VALID.
    policy::Reason reason{};          ///< Why that one is refused.
};

/// A request for a new version.
struct Request {
    Version version;  ///< `time` is filled in by the model.
    std::optional<std::uint64_t> explicit_time;
    bool message_is_text = true;
    bool force = false;                       ///< Commit without asking the registry.
    std::optional<ErrorCode> signer_failure;  ///< What comes of a signer that does not work.
};

/// A file and the clock beside it.
class File {
  public:
    std::uint64_t clock = 0;

    [[nodiscard]] bool exists() const noexcept { return !versions_.empty(); }

    [[nodiscard]] const std::vector<Version>& versions() const noexcept { return versions_; }

    /// Its history, as registries look at it.
    [[nodiscard]] Versions history() const;

    /// Error codes; empty when the file is now a new one of one version.
    Refusals create(const Request& request, bool replace);
    /// What forbids a commit whatever it is. `pinned_to_another`: the caller expects another file.
    [[nodiscard]] Refusals closed(const Registry& registry, bool pinned_to_another) const;
    /// What forbids this version, given that commits are possible; it is appended if nothing does.
    Refusals append(const Request& request, const Registry& registry);

    [[nodiscard]] Verdict verdict(const Registry& registry) const;
    /// Versions more than a minute ahead of the clock.
    [[nodiscard]] std::size_t in_the_future() const;

  private:
    static Identity next_identity();

    std::vector<Version> versions_;
};

}  // namespace aion::proof::model
