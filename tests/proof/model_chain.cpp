// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/model_chain.hpp"

#include <algorithm>

namespace aion::proof::model {

namespace {

bool has(const Versions& history, const Point& point) {
    return point.version >= 1 && point.version <= history.size() &&
           history[point.version - 1] == point.identity;
}

std::uint64_t value(const Bound& bound, const Versions& history) {
    std::uint64_t highest = 0;
    for (const Point& point : bound.listed) {
        if (has(history, point)) {
            highest = std::max(highest, point.version);
        }
    }
    return highest == 0 ? bound.unlisted : highest + 1;
}

/// A history of which nothing is known but that it has this version.
Versions only(const Point& point) {
    Versions history(point.version, 0);
    history.back() = point.identity;
    return history;
}

/// Those that tell bounds apart: with none, one or two of the versions that the bounds list.
std::vector<Versions> histories_of(std::initializer_list<const Bound*> bounds) {
    std::vector<Versions> histories = {{}};
    for (const Bound* const bound : bounds) {
        for (const Point& point : bound->listed) {
            histories.push_back(only(point));
        }
    }
    const std::vector<Versions> alone(histories.begin() + 1, histories.end());
    for (const Versions& earlier : alone) {
        for (const Versions& later : alone) {
            if (earlier.size() < later.size()) {
                histories.push_back(later);
                histories.back()[earlier.size() - 1] = earlier.back();
            }
        }
    }
    return histories;
}

std::size_t count_of(const std::set<Key>& keys, const std::set<Key>& among) {
    return static_cast<std::size_t>(
        std::ranges::count_if(keys, [&](Key key) { return among.contains(key); }));
}

}  // namespace

const Said* Chain::last(What what, std::uint64_t author) const {
    const auto found = std::find_if(said_.rbegin(), said_.rend(), [&](const Said& one) {
        return one.what == what && one.author == author;
    });
    return found == said_.rend() ? nullptr : &*found;
}

const Said& Chain::root() const {
    return *last(What::root, 0);
}

/// The records that began its epochs.
std::vector<Said> Chain::keys_of(std::uint64_t author) const {
    std::vector<Said> found;
    for (const Said& one : said_) {
        if (one.author == author &&
            (one.what == What::registration || one.what == What::rotation)) {
            found.push_back(one);
        }
    }
    return found;
}

std::size_t Chain::epochs(std::uint64_t author) const {
    return keys_of(author).size();
}

Key Chain::master_of(std::uint64_t author) const {
    if (const Said* const rekeyed = last(What::rekeying, author)) {
        return rekeyed->master;
    }
    const Said* const registered = last(What::registration, author);
    return registered == nullptr ? no_key : registered->master;
}

std::vector<Bound> Chain::bounds(std::uint64_t author, std::uint32_t epoch,
                                 bool is_rotation) const {
    std::vector<Bound> found;
    for (const Said& one : said_) {
        if (one.author != author || one.epoch != epoch) {
            continue;
        }
        if (one.what == (is_rotation ? What::rotation : What::revocation)) {
            found.push_back(one.until);
        } else if (one.is_rotation_end == is_rotation && one.what == What::tightening) {
            found.push_back(one.until);
        } else if (one.is_rotation_end == is_rotation && one.what == What::extension) {
            found = {one.until};
        }
    }
    return found;
}

bool Chain::has_end(std::uint64_t author, std::uint32_t epoch, bool is_rotation) const {
    return !bounds(author, epoch, is_rotation).empty();
}

std::optional<std::uint64_t> Chain::end(std::uint64_t author, std::uint32_t epoch, bool is_rotation,
                                        const Versions& history) const {
    std::optional<std::uint64_t> least;
    for (const Bound& bound : bounds(author, epoch, is_rotation)) {
        least = std::min(least.value_or(UINT64_MAX), value(bound, history));
    }
    return least;
}

std::uint64_t Chain::begin(std::uint64_t author, std::uint32_t epoch,
                           const Versions& history) const {
    if (epoch == 0) {
        return last(What::registration, author)->from;
    }
    return std::max(begin(author, epoch - 1, history),
                    end(author, epoch - 1, true, history).value());
}

std::optional<Key> Chain::key_at(std::uint64_t author, std::uint64_t version,
                                 const Versions& history) const {
    const Said* const scope = last(What::scope, author);
    if (scope != nullptr && scope->histories &&
        std::ranges::none_of(*scope->histories,
                             [&](const Point& point) { return has(history, point); })) {
        return std::nullopt;
    }
    const std::vector<Said> keys = keys_of(author);
    for (std::uint32_t epoch = 0; epoch < keys.size(); ++epoch) {
        const auto handed_over = end(author, epoch, true, history);
        const auto revoked = end(author, epoch, false, history);
        if (version >= begin(author, epoch, history) &&
            version < handed_over.value_or(UINT64_MAX) && version < revoked.value_or(UINT64_MAX)) {
            return keys[epoch].key;
        }
    }
    return std::nullopt;
}

std::vector<std::uint64_t> Chain::edges() const {
    std::vector<std::uint64_t> edges;
    for (const Said& one : said_) {
        edges.push_back(one.from);
        edges.push_back(one.until.unlisted);
        for (const Point& point : one.until.listed) {
            edges.push_back(point.version + 1);
        }
    }
    return edges;
}

bool Chain::is_any_revoked_behind(std::uint64_t author, std::uint32_t epoch) const {
    for (std::uint32_t later = epoch + 1; later < epochs(author); ++later) {
        if (has_end(author, later, false)) {
            return true;
        }
    }
    return false;
}

// A key that has no say is one too many.
bool Chain::is_signed(const Said& next) const {
    std::set<Key> may = root().root_keys;
    bool is_enough = count_of(next.signed_by, may) >= root().threshold;
    if (next.what == What::root) {
        is_enough = is_enough && count_of(next.signed_by, next.root_keys) >= next.threshold;
        may.insert(next.root_keys.begin(), next.root_keys.end());
    }
    const bool is_masters =
        next.what == What::rotation || next.what == What::revocation ||
        (next.what == What::tightening &&
         !(next.is_rotation_end && is_any_revoked_behind(next.author, next.epoch)));
    const Key master = master_of(next.author);
    if (is_masters && master != no_key) {
        is_enough = is_enough || next.signed_by.contains(master);
        may.insert(master);
    }
    return is_enough && count_of(next.signed_by, may) == next.signed_by.size();
}

// Where nothing is listed, a successor begins behind the beginning of the epoch that it ends, or is
// not to begin at all.
bool Chain::begins_too_early(const Said& next) const {
    return next.until.unlisted != 0 && next.until.unlisted <= begin(next.author, next.epoch, {});
}

bool Chain::ends_nothing_earlier(const Said& next) const {
    return std::ranges::any_of(
        bounds(next.author, next.epoch, next.is_rotation_end), [&](const Bound& before) {
            const std::vector<Versions> histories = histories_of({&before, &next.until});
            return std::ranges::none_of(histories, [&](const Versions& history) {
                return value(next.until, history) < value(before, history);
            });
        });
}

bool Chain::is_possible(const Said& next) const {
    const bool is_known = last(What::registration, next.author) != nullptr;
    const bool takes_key = next.what == What::registration || next.what == What::rotation;
    if (takes_key && std::ranges::any_of(said_, [&](const Said& one) {
            return (one.what == What::registration || one.what == What::rotation) &&
                   one.key == next.key;
        })) {
        return false;
    }
    switch (next.what) {
        case What::root:
            return true;
        case What::registration:
            return !is_known;
        case What::rotation:
            return is_known && next.epoch + 1 == epochs(next.author) && !begins_too_early(next);
        case What::revocation:
            return next.epoch < epochs(next.author) && !has_end(next.author, next.epoch, false);
        case What::tightening:
        case What::extension:
            return next.epoch < epochs(next.author) &&
                   has_end(next.author, next.epoch, next.is_rotation_end) &&
                   !(next.is_rotation_end && begins_too_early(next)) &&
                   !(next.what == What::tightening && ends_nothing_earlier(next));
        default:
            return is_known;
    }
}

Applied Chain::apply(const Said& next) {
    Applied result;
    if (!is_signed(next) || !is_possible(next)) {
        result.refusals.insert(ErrorCode::invalid_format);
    }
    const bool has_keys = next.what == What::registration || next.what == What::rotation;
    const bool has_master = next.what == What::registration || next.what == What::rekeying;
    if ((has_keys && next.key == no_key) || (has_master && next.master == no_key)) {
        result.refusals.insert(ErrorCode::invalid_public_key);
    }
    if (result.refusals.empty()) {
        said_.push_back(next);
        result.changed = true;
    }
    return result;
}

}  // namespace aion::proof::model
