// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "aion/archive/names.hpp"
#include "aion/archive/verify.hpp"
#include "aion/base/interrupt.hpp"
#include "aion/base/utf8.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "policy/two_verdicts.hpp"

namespace aion::archive {
namespace {

using trust::HistoryPoint;

constexpr ReadOptions regular_files{.regular_only = true};

// Files that are judged together; so many verdicts are held.
constexpr std::size_t round_size = 64;

/// A path as a record can say it: its end is what tells files apart.
std::string point_name(const std::filesystem::path& path) {
    constexpr std::string_view ellipsis = "…";
    std::string name = escape_controls(path.string());
    if (name.size() <= trust::max_point_name) {
        return name;
    }
    std::size_t cut = name.size() - (trust::max_point_name - ellipsis.size());
    const auto continues_character = [&] {
        return (static_cast<unsigned char>(name[cut]) & 0xC0U) == 0x80U;
    };
    while (cut < name.size() && continues_character()) {
        ++cut;
    }
    return name.replace(0, cut, ellipsis);
}

/// Histories by their heads. A file that is the beginning of another is listed, too: the hash of
/// the longer one's last version is not in it.
class Histories {
  public:
    void add(const std::filesystem::path& path, const policy::VerificationReport& report) {
        const std::vector<Hash>& hashes = report.history->version_hashes;
        const auto [place, is_new] = heads_.try_emplace(
            hashes.back(), Head{VersionNumber{hashes.size()}, report.file_id, path});
        if (!is_new && path.native() < place->second.path.native()) {
            // Whichever order they come in, the same one of its copies tells of a history.
            place->second.file_id = report.file_id;
            place->second.path = path;
        }
    }

    [[nodiscard]] std::vector<HistoryPoint> points() const {
        std::vector<HistoryPoint> points;
        points.reserve(heads_.size());
        for (const auto& [hash, head] : heads_) {
            points.push_back({head.version, hash, head.file_id, point_name(head.path)});
        }
        std::ranges::sort(points, {}, [](const HistoryPoint& point) {
            return std::pair(point.version, point.hash);
        });
        return points;
    }

  private:
    struct Head {
        VersionNumber version;
        FileId file_id;
        std::filesystem::path path;
    };

    std::map<Hash, Head> heads_;
};

/// What became of one name.
using Judged = Result<std::optional<VerdictChange>>;

class Comparison {
  public:
    Comparison(Env& env, const trust::Registry& before, const trust::Registry& after,
               const InventoryOptions& options)
        : env_(env), before_(before), after_(after), threads_(options.threads) {
        judging_.threads = options.threads;
        judging_.key_cache = &keys_;
    }

    /// Judges some names more. False at the end of them. Errors: of the first that has one.
    Result<bool> judge_some(Names& names) {
        std::vector<Name> round;
        while (round.size() < round_size) {
            std::optional<Name> name = names.next();
            if (!name) {
                break;
            }
            round.push_back(*std::move(name));
        }
        std::vector<Judged> judged(round.size());
        for_each_piece(thread_limit(threads_), round.size(),
                       [&](std::size_t i) { judged[i] = judge(std::move(round[i])); });
        for (Judged& one : judged) {
            AION_TRY_ASSIGN(std::optional<VerdictChange> change, std::move(one));
            ++found_.files;
            if (change) {
                found_.changes.push_back(*std::move(change));
            }
        }
        return round.size() == round_size;
    }

    [[nodiscard]] VerdictChanges take() {
        const auto path_of = [](const VerdictChange& change) -> const std::string& {
            return change.path.native();
        };
        std::ranges::sort(found_.changes, {}, path_of);
        const auto again = std::ranges::unique(found_.changes, {}, path_of);
        found_.changes.erase(again.begin(), again.end());
        return std::move(found_);
    }

  private:
    [[nodiscard]] Judged judge(Name name) {
        if (name.error) {
            return fail(*std::move(name.error));
        }
        const Interrupt* const interrupt = env_.interrupt();
        if (interrupt != nullptr && interrupt->requested()) {
            return fail(error_at_path(ErrorCode::interrupted, name.path.string()));
        }
        AION_TRY_ASSIGN(
            const policy::TwoVerdicts verdicts,
            policy::judge_under_both(env_, name.path, before_, after_, judging_, regular_files));
        const bool was_valid = verdicts.before.is_valid();
        const bool is_valid = verdicts.after.is_valid();
        if (was_valid == is_valid) {
            return std::nullopt;
        }
        return VerdictChange{
            .path = std::move(name.path),
            .was_valid = was_valid,
            .is_valid = is_valid,
            .reason = was_valid ? verdicts.after.reason() : verdicts.before.reason()};
    }

    Env& env_;
    const trust::Registry& before_;
    const trust::Registry& after_;
    unsigned threads_;
    crypto::KeyCache keys_;
    policy::VerifyOptions judging_;
    VerdictChanges found_;
};

}  // namespace

Result<Inventory> collect_inventory(Env& env, std::span<const std::filesystem::path> roots,
                                    const trust::Registry& registry,
                                    const InventoryOptions& options) {
    Histories histories;
    std::optional<Error> refusal;
    VerifyOptions verifying;
    verifying.judging.threads = options.threads;
    const std::unique_ptr<Names> names = scan(env, roots);
    const auto take = [&](const Row& row) {
        if (!row.report) {
            refusal = row.report.error();
        } else if (!row.report->is_valid()) {
            refusal =
                error_because(ErrorCode::invalid_argument,
                              fmt::format("{} is INVALID: {}", escape_controls(row.path.string()),
                                          row.report->reason()));
        } else {
            histories.add(row.path, *row.report);
        }
        return refusal ? policy::Next::stop : policy::Next::go_on;
    };
    AION_TRY_ASSIGN(const Tally tally, verify(env, *names, registry, verifying, take));
    if (refusal) {
        return fail(*std::move(refusal));
    }
    return Inventory{.points = histories.points(), .files = tally.files()};
}

Result<VerdictChanges> compare_verdicts(Env& env, std::span<const std::filesystem::path> roots,
                                        const trust::Registry& before, const trust::Registry& after,
                                        const InventoryOptions& options) {
    const std::unique_ptr<Names> names = scan(env, roots);
    Comparison comparison(env, before, after, options);
    for (bool has_more = true; has_more;) {
        AION_TRY_ASSIGN(has_more, comparison.judge_some(*names));
    }
    return comparison.take();
}

}  // namespace aion::archive
