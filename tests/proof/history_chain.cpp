// SPDX-License-Identifier: MIT OR Apache-2.0
// What can happen to a registry that is a chain of signed records, and what it has to come to.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/trust/seen_registry.hpp"
#include "proof/history.hpp"
#include "support/keys.hpp"
#include "support/reference_epoch.hpp"

namespace aion::proof {

using model::Key;
using model::Said;
using model::What;

namespace {

constexpr Key first_root_key = 240;
constexpr Key usual_master = 6;
constexpr Key last_fresh_key = 230;
// How far behind the last version windows are compared.
constexpr std::uint64_t beyond = 4;

std::string_view word_for(What what) {
    switch (what) {
        case What::root:
            return "root";
        case What::registration:
            return "register";
        case What::rotation:
            return "rotate";
        case What::revocation:
            return "revoke";
        case What::tightening:
            return "tighten";
        case What::extension:
            return "extend";
        case What::rekeying:
            return "rekey";
        case What::scope:
            return "scope";
    }
    return "";
}

std::string text_of(const std::vector<model::Point>& points) {
    std::string text;
    for (const model::Point& point : points) {
        text += fmt::format(" {}@{}", point.identity, point.version);
    }
    return text;
}

std::string text_of(const Said& said) {
    std::string text = fmt::format("{} {} epoch {}{}, key {}, master {}, from {}, until {} or",
                                   word_for(said.what), said.author, said.epoch,
                                   said.is_rotation_end ? " (rotation)" : "", said.key, said.master,
                                   said.from, said.until.unlisted);
    text += text_of(said.until.listed);
    text += said.histories ? "; only" + text_of(*said.histories) : "";
    text += "; signed by";
    for (const Key key : said.signed_by) {
        text += fmt::format(" {}", key);
    }
    return text;
}

std::vector<PublicKey> public_keys(const std::set<Key>& keys) {
    std::vector<PublicKey> all;
    for (const Key key : keys) {
        all.push_back(public_of(key));
    }
    std::ranges::sort(all);
    return all;
}

}  // namespace

crypto::SigningKey secret_of(Key key) {
    return test::key_from(key);
}

PublicKey public_of(Key key) {
    return key == model::no_key ? PublicKey{} : test::public_of(key);
}

// --- Chance --------------------------------------------------------------------------------------

Key History::fresh_key() {
    const bool is_new = !one_in(10) && last_key_ < last_fresh_key;
    return is_new ? ++last_key_ : static_cast<Key>(20 + below(last_key_ - 19));
}

std::vector<model::Point> History::any_points() {
    std::vector<model::Point> points;
    for (std::uint64_t i = below(4); i > 0 && !points_.empty(); --i) {
        // Most often of the file that there is, of which the last are the most interesting.
        const model::Point& point =
            points_[points_.size() - 1 -
                    below(one_in(3) ? points_.size() : std::min<std::size_t>(points_.size(), 5))];
        const bool is_new = std::ranges::none_of(
            points, [&](const model::Point& other) { return other.identity == point.identity; });
        if (is_new) {
            points.push_back(point);
        }
    }
    return points;
}

model::Bound History::any_bound() {
    const std::uint64_t unlisted = one_in(4) ? 0 : interesting_version();
    return {.unlisted = std::min<std::uint64_t>(unlisted, INT64_MAX), .listed = any_points()};
}

void History::sign_as_usual(Said& said) {
    const Said& root = now_.model.chain->root();
    const bool is_masters = said.what == What::rotation || said.what == What::revocation ||
                            said.what == What::tightening;
    if (is_masters && !one_in(4)) {
        said.signed_by.insert(now_.model.chain->master_of(said.author));
        said.signed_by.erase(model::no_key);
    } else {
        const bool is_all = one_in(3);
        for (const Key key : root.root_keys) {
            if (is_all || said.signed_by.size() < root.threshold) {
                said.signed_by.insert(key);
            }
        }
    }
    if (said.what == What::root) {
        said.signed_by.insert(said.root_keys.begin(), said.root_keys.end());
    }
    if (one_in(12)) {
        said.signed_by.insert(one_in(2) ? any_key() : first_root_key);
    }
    if (one_in(12) && !said.signed_by.empty()) {
        said.signed_by.erase(said.signed_by.begin());
    }
}

// --- Steps ---------------------------------------------------------------------------------------

void History::begin_chain() {
    Said root;
    root.what = What::root;
    root.root_keys = {first_root_key, first_root_key + 1, first_root_key + 2};
    root.threshold = 1 + below(3);
    trust::RegistryRecord record;
    record.facts =
        trust::RootRecord{public_keys(root.root_keys), static_cast<std::uint16_t>(root.threshold)};
    for (const Key key : root.root_keys) {
        auto signer = secret_of(key);
        trust::sign(record, signer).value();
    }
    now_ = {.model = model::Registry(model::Chain(root)),
            .real = trust::Registry::from_chain(trust::RegistryChain::replay({record}).value())};
    tell(fmt::format("chain with threshold {}", root.threshold));
}

void History::say_registration() {
    Said said;
    said.what = What::registration;
    said.author = any_author();
    said.master = one_in(15) ? model::no_key : static_cast<Key>(usual_master + below(2));
    said.key = one_in(15) ? model::no_key : fresh_key();
    said.from = one_in(4) ? below(3) : 0;
    say(std::move(said));
}

void History::say_rotation() {
    Said said;
    said.what = What::rotation;
    said.author = any_author();
    const auto epochs = static_cast<std::uint32_t>(now_.model.epochs(said.author));
    said.epoch = epochs == 0 || one_in(8) ? static_cast<std::uint32_t>(below(3)) : epochs - 1;
    said.key = one_in(20) ? model::no_key : fresh_key();
    said.until = any_bound();
    say(std::move(said));
}

// Of an end that there is, if there is any.
Said History::any_end() {
    Said said;
    for (int tries = 0; tries < 10; ++tries) {
        said.author = any_author();
        const std::size_t epochs = now_.model.epochs(said.author);
        said.epoch = static_cast<std::uint32_t>(epochs == 0 ? below(2) : below(epochs));
        said.is_rotation_end = one_in(2);
        if (now_.model.chain->has_end(said.author, said.epoch, said.is_rotation_end)) {
            break;
        }
    }
    said.until = any_bound();
    return said;
}

void History::say_something() {
    Said said;
    const auto kinds = std::to_array<What>(
        {What::revocation, What::revocation, What::revocation, What::tightening, What::tightening,
         What::extension, What::extension, What::scope, What::rekeying, What::root});
    const What what = kinds.at(below(kinds.size()));
    if (what == What::tightening || what == What::extension) {
        said = any_end();
    } else if (what == What::root) {
        for (Key key = 0; key < 4; ++key) {
            if (!one_in(4)) {
                said.root_keys.insert(static_cast<Key>(first_root_key + key));
            }
        }
        said.root_keys.insert(first_root_key + 4);
        said.threshold = 1 + below(std::min<std::size_t>(said.root_keys.size(), 3));
    } else {
        said.author = any_author();
        const std::size_t epochs = now_.model.epochs(said.author);
        said.epoch = static_cast<std::uint32_t>(below(epochs + 1));
    }
    said.what = what;
    if (what == What::revocation) {
        said.until = any_bound();
    } else if (what == What::rekeying) {
        said.master = one_in(8) ? model::no_key : static_cast<Key>(usual_master + below(2));
    } else if (what == What::scope && !one_in(3)) {
        said.histories = any_points();
        if (said.histories->empty()) {
            said.histories.reset();
        }
    }
    if (what == What::rekeying || what == What::scope || what == What::root) {
        said.epoch = 0;
    }
    say(std::move(said));
}

trust::HistoryPoint History::real_point(const model::Point& point) const {
    return {.version = VersionNumber{point.version},
            .hash = hashes_.at(point.identity),
            .file_id = {},
            .name = {}};
}

std::vector<trust::HistoryPoint> History::real_points(
    const std::vector<model::Point>& points) const {
    std::vector<trust::HistoryPoint> real;
    for (const model::Point& point : points) {
        real.push_back(real_point(point));
    }
    std::ranges::sort(real, {}, [](const trust::HistoryPoint& point) {
        return std::pair(point.version, point.hash);
    });
    return real;
}

trust::Bound History::real_bound(const model::Bound& bound) const {
    return {.unlisted = VersionNumber{bound.unlisted}, .listed = real_points(bound.listed)};
}

trust::RecordFacts History::real_facts(const Said& said) const {
    const AuthorId author{said.author};
    const Epoch epoch{said.epoch};
    const auto end = said.is_rotation_end ? trust::EpochEnd::rotation : trust::EpochEnd::revocation;
    switch (said.what) {
        case What::root:
            return trust::RootRecord{public_keys(said.root_keys),
                                     static_cast<std::uint16_t>(said.threshold)};
        case What::registration:
            return trust::AuthorRegistration{author,
                                             "",
                                             "",
                                             public_of(said.master),
                                             public_of(said.key),
                                             VersionNumber{said.from}};
        case What::rotation:
            return trust::EpochRotation{author, epoch, public_of(said.key), real_bound(said.until)};
        case What::revocation:
            return trust::EpochRevocation{author, epoch, trust::RevocationReason::compromised,
                                          real_bound(said.until)};
        case What::tightening:
            return trust::EndTightening{author, epoch, end, real_bound(said.until)};
        case What::extension:
            return trust::EndExtension{author, epoch, end, real_bound(said.until)};
        case What::rekeying:
            return trust::MasterRekeying{author, public_of(said.master)};
        case What::scope:
            return trust::AuthorScope{author, said.histories
                                                  ? std::optional(real_points(*said.histories))
                                                  : std::nullopt};
    }
    return {};
}

void History::say(Said said) {
    sign_as_usual(said);
    tell(text_of(said));
    trust::RegistryRecord record = now_.real.chain()->next_record(
        real_facts(said), Timestamp{file_.clock}, one_in(3) ? "for a reason" : "");
    for (const Key key : said.signed_by) {
        auto signer = secret_of(key);
        trust::sign(record, signer).value();
    }
    count(word_for(said.what));
    const bool is_misplaced = one_in(20);
    if (is_misplaced) {  // A record of another place says nothing here.
        record.number += below(2);
        record.previous.bytes[0] ^= 1U;
    }
    const trust::Registry before = now_.real;
    const model::Applied expected =
        is_misplaced ? model::Applied{{ErrorCode::invalid_format}} : now_.model.chain->apply(said);
    const auto got = now_.real.append(record);
    same_refusal(got, expected.refusals);
    if (expected.changed) {
        count(fmt::format("{} accepted", word_for(said.what)));
    }
    if ((now_.real == before) == expected.changed) {
        differ("a record that was refused changed the registry, or the other way round");
    }
    const auto again = now_.real.append(record);
    if (expected.changed && (!again || *again != trust::Applied::already)) {
        differ("the last record once more is not what was there already");
    }
    const auto reloaded = trust::Registry::from_json(now_.real.to_json());
    if (!reloaded || *reloaded != now_.real || reloaded->fingerprint() != now_.real.fingerprint()) {
        differ("the registry does not load again as it was");
    }
    if (!now_.real.is_or_continues(before.fingerprint()) && !before.chain()) {
        differ("a chain does not continue itself");
    }
    if (expected.changed && one_in(2)) {
        earlier_.push_back(now_);
    }
}

// --- Comparing -----------------------------------------------------------------------------------

void History::remember_points() {
    const auto& versions = file_.versions();
    for (std::size_t i = 0; i < versions.size(); ++i) {
        if (hashes_.emplace(versions[i].identity, heads_.at(i)).second) {
            points_.push_back({.version = i + 1, .identity = versions[i].identity});
        }
    }
    if (histories_.empty() || histories_.back().front() != versions.front().identity) {
        histories_.push_back(file_.history());
    } else {
        histories_.back() = file_.history();
    }
}

// Who speaks at each version, of every history that there was, and of one that nobody knows.
void History::same_windows() {
    std::vector<model::Versions> all(
        histories_.end() - std::min<std::ptrdiff_t>(3, std::ssize(histories_)), histories_.end());
    all.emplace_back();
    for (const model::Versions& history : all) {
        const trust::SeenRegistry seen(now_.real, [&](VersionNumber number) -> std::optional<Hash> {
            if (number.value == 0 || number.value > history.size()) {
                return std::nullopt;
            }
            return hashes_.at(history[number.value - 1]);
        });
        for (const std::uint64_t author : authors) {
            for (std::uint64_t version = 0; version <= history.size() + beyond; ++version) {
                const auto* const epoch =
                    seen.active_epoch(AuthorId{author}, VersionNumber{version});
                const auto key = now_.model.key_at(author, version, history);
                const auto expected = key ? std::optional(public_of(*key)) : std::nullopt;
                if ((epoch == nullptr ? std::nullopt : std::optional(epoch->public_key)) !=
                    expected) {
                    differ(fmt::format("another key of author {} for version {}: {} is expected",
                                       author, version, key.value_or(model::no_key)));
                }
            }
        }
        count(seen.is_listed() ? "listed" : "not listed");
    }
}

// Whatever readers who know of no chains let an author sign, by our rule or by the reference's,
// every history lets the author sign.
void History::same_projection() {
    std::vector<model::Versions> all = histories_;
    all.emplace_back();
    for (const auto& [id, facts] : now_.real.chain()->authors()) {
        const AuthorId author = id;
        const trust::Registry::Author projected = now_.real.chain()->projected(facts);
        const auto check = [&](VersionNumber version, const trust::EpochRecord* epoch) {
            if (epoch == nullptr) {
                return;
            }
            count("projected");
            const bool do_all = std::ranges::all_of(all, [&](const model::Versions& history) {
                const auto key = now_.model.key_at(author.value, version.value, history);
                return key && public_of(*key) == epoch->public_key;
            });
            if (!do_all) {
                differ(
                    fmt::format("the projection lets author {} sign version {}, and not all "
                                "histories do",
                                author.value, version.value));
            }
        };
        for (std::uint64_t at = 0; at <= file_.versions().size() + beyond; ++at) {
            const VersionNumber version{at};
            check(version, projected.active_epoch(version));
            check(version, aion::test::reference_epoch(projected, version));
        }
    }
}

}  // namespace aion::proof
