// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trust/registry_unknown.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "aion/base/ascii.hpp"
#include "aion/base/similar.hpp"
#include "trust/details.hpp"

namespace aion::trust {
namespace {

constexpr std::array<std::string_view, 3> top_keys{"version", "authors", "chain"};
constexpr std::array<std::string_view, 4> author_keys{"author_id", "master_key", "epochs",
                                                      "revocations"};
constexpr std::array<std::string_view, 4> epoch_keys{"epoch", "public_key", "active_from_version",
                                                     "status"};
constexpr std::array<std::string_view, 3> revocation_keys{"epoch", "reason",
                                                          "effective_from_version"};

struct Kind {
    KeysOf kind;
    std::string_view place;  // For a key of this kind that stands elsewhere.
    std::span<const std::string_view> keys;
};

constexpr std::array<Kind, 4> kinds{{
    {KeysOf::top, " at the top", top_keys},
    {KeysOf::author, " of an author", author_keys},
    {KeysOf::epoch, " of an epoch", epoch_keys},
    {KeysOf::revocation, " of a revocation", revocation_keys},
}};

constexpr const Kind& row_of(KeysOf kind) {
    return kinds[static_cast<std::size_t>(kind)];
}

struct Suggestion {
    std::string_view key;
    std::string_view place;
};

// `revoked`, `revocation_list`, `Revoke`: the one thing that must not be said in vain.
bool speaks_of_revocation(std::string_view key) {
    constexpr std::string_view begin = "revo";
    return key.size() <= max_similar_size &&
           std::ranges::equal(key.substr(0, begin.size()), begin, {}, ascii_lower);
}

// What a key was probably meant to be: one of this object's; or one that is known elsewhere.
std::optional<Suggestion> meant(std::string_view key, const Kind& here) {
    if (const auto similar = most_similar(key, here.keys)) {
        return Suggestion{*similar, {}};
    }
    for (const Kind& other : kinds) {
        if (std::ranges::find(other.keys, key) != other.keys.end()) {
            return Suggestion{key, other.place};
        }
    }
    if (speaks_of_revocation(key)) {
        return Suggestion{"revocations",
                          here.kind == KeysOf::author ? "" : row_of(KeysOf::author).place};
    }
    return std::nullopt;
}

}  // namespace

Result<> note_unknown_keys(const json::ObjectReader& object, KeysOf kind, UnknownKeys& unknown) {
    const Kind& here = row_of(kind);
    for (const std::string_view key : object.unknown(here.keys)) {
        if (const auto other = meant(key, here)) {
            return fail(object.error_at(
                key, told<TrustDetail::registry_mistyped_key>(other->key, other->place)));
        }
        if (unknown.places.size() < UnknownKeys::max_places) {
            unknown.places.push_back(object.place_of(key));
        }
        ++unknown.count;
    }
    return {};
}

}  // namespace aion::trust
