// SPDX-License-Identifier: MIT OR Apache-2.0
// Where epochs begin and end: in histories that records list, in others, and for readers who know
// of no lists (docs/registry.md#windows-by-history).
#include <algorithm>
#include <ranges>
#include <utility>

#include "trust/chain_state.hpp"

namespace aion::trust {
namespace {

using chain::end_behind;
using Listed = RegistryChain::Listed;
using Records = std::vector<RegistryRecord>;

Listed key_of(const HistoryPoint& point) {
    return {point.version, point.hash};
}

bool is_one_of(const std::vector<HistoryPoint>& points, const Listed& point) {
    return std::ranges::binary_search(points, point, {}, key_of);
}

// `points`: those of the history, ascending.
VersionNumber end_in(const Bound& bound, std::span<const Listed> points) {
    // Whichever are fewer are looked for among the others.
    if (bound.listed.size() < points.size()) {
        for (const HistoryPoint& point : std::views::reverse(bound.listed)) {
            if (std::ranges::binary_search(points, key_of(point))) {
                return end_behind(point.version);
            }
        }
        return bound.unlisted;
    }
    for (const Listed& point : std::views::reverse(points)) {
        if (is_one_of(bound.listed, point)) {
            return end_behind(point.version);
        }
    }
    return bound.unlisted;
}

bool lists_one_of(const Bound& bound, std::span<const Listed> points) {
    return std::ranges::any_of(points,
                               [&](const Listed& point) { return is_one_of(bound.listed, point); });
}

// Of all bounds the tightest. There is one at least.
template <class EndOf>
VersionNumber tightest(const Records& records, const std::vector<RecordNumber>& bounds,
                       const EndOf& end_of) {
    VersionNumber least{UINT64_MAX};
    for (const RecordNumber number : bounds) {
        least = std::min(least, end_of(chain::bound_of(records[number])));
    }
    return least;
}

// The least and the greatest end that any history can have under a bound.
VersionNumber least_end(const Bound& bound) {
    return bound.listed.empty()
               ? bound.unlisted
               : std::min(bound.unlisted, end_behind(bound.listed.front().version));
}

VersionNumber greatest_end(const Bound& bound) {
    return bound.listed.empty() ? bound.unlisted
                                : std::max(bound.unlisted, end_behind(bound.listed.back().version));
}

EpochRecord record_of(const EpochFacts& epoch, VersionNumber begin) {
    return {epoch.epoch, epoch.public_key, begin, std::nullopt, std::nullopt};
}

Registry::Author windows(const AuthorFacts& author, const Records& records,
                         std::span<const Listed> points, bool is_in_scope) {
    const auto end = [&](const Bound& bound) { return end_in(bound, points); };
    Registry::Author out{author.master_key, {}};
    out.epochs.reserve(author.epochs.size());
    VersionNumber begin = author.active_from;
    for (const EpochFacts& epoch : author.epochs) {
        EpochRecord one = record_of(epoch, begin);
        if (!epoch.rotated.empty()) {
            begin = std::max(begin, tightest(records, epoch.rotated, end));
            one.rotation = {Epoch{epoch.epoch.value + 1}, begin};
        }
        if (epoch.reason) {
            one.revocation = {*epoch.reason, tightest(records, epoch.revoked, end)};
        }
        if (!is_in_scope) {
            one.revocation = {epoch.reason.value_or(RevocationReason::unspecified),
                              VersionNumber{0}};
        }
        out.epochs.push_back(one);
    }
    return out;
}

}  // namespace

const Bound& chain::bound_of(const RegistryRecord& record) {
    static const Bound none;
    return std::visit(
        []<class Facts>(const Facts& facts) -> const Bound& {
            if constexpr (requires { facts.until; }) {
                return facts.until;
            } else {
                return none;
            }
        },
        record.facts);
}

void chain::restart_behind(AuthorFacts& author, std::size_t epoch,
                           std::span<const VersionNumber> handovers) {
    for (std::size_t next = epoch + 1; next < author.epochs.size(); ++next) {
        const VersionNumber begin =
            std::max(author.epochs[next - 1].unlisted_from, handovers[next - 1]);
        if (author.epochs[next].unlisted_from == begin) {
            return;  // And so do the others begin where they did.
        }
        author.epochs[next].unlisted_from = begin;
    }
}

std::optional<RecordNumber> RegistryChain::tightest_bound(std::span<const RecordNumber> bounds,
                                                          std::span<const Listed> points) const {
    const auto end = [&](RecordNumber number) {
        return end_in(chain::bound_of(records()[number]), points);
    };
    const auto found = std::ranges::min_element(bounds, {}, end);
    return found == bounds.end() ? std::nullopt : std::optional(*found);
}

std::vector<RecordNumber> RegistryChain::ended_only_by(const AuthorFacts& author, Epoch epoch,
                                                       VersionNumber version,
                                                       std::span<const Listed> points) const {
    if (epoch.value >= author.epochs.size() || !is_in_scope(author, points) ||
        version < in_history(author, points).epochs[epoch.value].active_from) {
        return {};
    }
    const EpochFacts& facts = author.epochs[epoch.value];
    std::vector<RecordNumber> since;
    for (const auto& [bounds, never_by] : {std::pair(&facts.rotated, facts.rotated_never_by),
                                           std::pair(&facts.revoked, facts.revoked_never_by)}) {
        bool is_never = false;
        for (const RecordNumber number : *bounds) {
            const Bound& bound = chain::bound_of(records()[number]);
            if (bound.unlisted.value == 0 && !lists_one_of(bound, points)) {
                is_never = true;
            } else if (end_in(bound, points) <= version) {
                return {};
            }
        }
        if (is_never) {
            since.push_back(*never_by);
        }
    }
    return since;
}

bool RegistryChain::is_in_scope(const AuthorFacts& author, std::span<const Listed> points) const {
    if (!author.scoped_by) {
        return true;
    }
    const auto& histories = std::get<AuthorScope>(records()[*author.scoped_by].facts).histories;
    if (histories->size() < points.size()) {
        return std::ranges::any_of(*histories, [&](const HistoryPoint& point) {
            return std::ranges::binary_search(points, key_of(point));
        });
    }
    return std::ranges::any_of(points,
                               [&](const Listed& point) { return is_one_of(*histories, point); });
}

Registry::Author RegistryChain::unlisted(const AuthorFacts& author) const {
    return in_history(author, {});
}

Registry::Author RegistryChain::in_history(const AuthorFacts& author,
                                           std::span<const Listed> points) const {
    return windows(author, records(), points, is_in_scope(author, points));
}

// Each epoch begins where it does in the history in which it begins last, and ends where it does in
// the one in which it ends first. A successor begins behind it, or no loader would read that; a
// revocation says what is in between.
Registry::Author RegistryChain::projected(const AuthorFacts& author) const {
    Registry::Author out{author.master_key, {}};
    out.epochs.reserve(author.epochs.size());
    VersionNumber begin = author.active_from;
    for (const EpochFacts& epoch : author.epochs) {
        EpochRecord one = record_of(epoch, begin);
        VersionNumber end{UINT64_MAX};
        if (!epoch.rotated.empty()) {
            const VersionNumber last = tightest(records(), epoch.rotated, greatest_end);
            begin = std::max(end_behind(begin), last);
            one.rotation = {Epoch{epoch.epoch.value + 1}, begin};
            end = tightest(records(), epoch.rotated, least_end);
        }
        if (epoch.reason) {
            end = std::min(end, tightest(records(), epoch.revoked, least_end));
        }
        if (author.scoped_by) {
            end = VersionNumber{0};
        }
        const bool ends_otherwise = one.rotation ? end < begin : author.scoped_by.has_value();
        if (epoch.reason || ends_otherwise) {
            const auto otherwise =
                author.scoped_by ? RevocationReason::unspecified : RevocationReason::superseded;
            one.revocation = {epoch.reason.value_or(otherwise), end};
        }
        out.epochs.push_back(one);
    }
    return out;
}

}  // namespace aion::trust
