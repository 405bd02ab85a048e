// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/verify.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <utility>

#include "aion/crypto/hash.hpp"
#include "base/try.hpp"

namespace aion::archive {
namespace {

using policy::VerificationReport;

// Bytes that are read at once to be compared with what is remembered.
constexpr std::size_t piece_size = std::size_t{1} << 20U;

constexpr ReadOptions regular_files{.regular_only = true};

// Whether the file is still the one with that trailing hash, to its last byte.
Result<bool> hashes_to(ReadableFile& file, const Hash& expected) {
    const std::uint64_t size = file.info().size;
    if (size < Hash::size) {
        return false;
    }
    Hash trailing;
    AION_TRY(file.read_at(size - Hash::size, trailing.bytes));
    if (trailing != expected) {
        return false;
    }
    crypto::Blake3 hash;
    Bytes piece(static_cast<std::size_t>(std::min<std::uint64_t>(size - Hash::size, piece_size)));
    for (std::uint64_t at = 0; at < size - Hash::size;) {
        const auto next = MutableByteView(piece).first(static_cast<std::size_t>(
            std::min<std::uint64_t>(size - Hash::size - at, piece.size())));
        AION_TRY(file.read_at(at, next));
        hash.update(next);
        at += next.size();
    }
    AION_TRY(file.check_unchanged());
    return hash.digest() == expected;
}

// The names, each with what is known of its file without judging it. Any thread asks, one at a
// time, while the caller's is told of files.
class Asked final : public policy::FilesToJudge {
  public:
    Asked(Env& env, Names& names, const VerifyOptions& options)
        : env_(env), names_(names), options_(options) {}

    [[nodiscard]] std::optional<policy::FileToJudge> next() override {
        std::optional<Name> name = names_.next();
        if (!name) {
            return std::nullopt;
        }
        if (name->error) {
            note({});
            return policy::FileToJudge{std::move(name->path), fail(*std::move(name->error))};
        }
        if (options_.cache != nullptr) {
            if (auto found = remembered(name->path)) {
                return policy::FileToJudge{std::move(name->path), *std::move(found)};
            }
        }
        return policy::FileToJudge{std::move(name->path)};
    }

    // What was answered in the place of a verdict.
    struct Answered {
        bool is_remembered = false;
        std::uint64_t size = 0;
    };

    // Of the next answered file that is told of.
    Answered take() {
        const std::scoped_lock lock(mutex_);
        const Answered next = answered_.front();
        answered_.pop_front();
        return next;
    }

  private:
    // Whatever is in the way of an answer will be met again by whoever judges the file.
    std::optional<VerificationReport> remembered(const std::filesystem::path& path) {
        if (options_.rehash) {
            const auto file = env_.open(path, regular_files);
            return file ? compared(**file) : std::nullopt;
        }
        const auto info = env_.info(path);
        if (!info || !*info || (*info)->kind != FileKind::regular) {
            return std::nullopt;
        }
        std::optional<ResultCache::Found> found = options_.cache->find(**info);
        return found ? answer(**info, std::move(found->report)) : std::nullopt;
    }

    std::optional<VerificationReport> compared(ReadableFile& file) {
        std::optional<ResultCache::Found> found = options_.cache->find(file.info());
        if (!found) {
            return std::nullopt;
        }
        const Result<bool> same = hashes_to(file, found->content);
        return same && *same ? answer(file.info(), std::move(found->report)) : std::nullopt;
    }

    std::optional<VerificationReport> answer(const FileInfo& info, VerificationReport report) {
        note({.is_remembered = true, .size = info.size});
        return report;
    }

    void note(Answered answered) {
        const std::scoped_lock lock(mutex_);
        answered_.push_back(answered);
    }

    Env& env_;
    Names& names_;
    const VerifyOptions& options_;
    std::mutex mutex_;
    std::deque<Answered> answered_;  // Those that are not told of yet.
};

class Run {
  public:
    Run(Env& env, Names& names, const trust::Registry& registry, const VerifyOptions& options,
        const RowSink& tell, Ledger* ledger)
        : env_(env),
          registry_(registry),
          options_(options),
          tell_(tell),
          ledger_(ledger),
          asked_(env, names, options) {}

    Result<Tally> run() {
        policy::VerifyOptions judging = options_.judging;
        judging.list_history = true;
        AION_TRY(policy::verify_many(
            env_, asked_, registry_, judging,
            [this](policy::JudgedFile file) { return take(file); }, regular_files));
        AION_TRY(std::move(failure_));
        return tally_;
    }

  private:
    policy::Next take(const policy::JudgedFile& file) {
        Row row{.path = file.path, .report = file.report};
        const bool is_valid = file.report && file.report->is_valid();
        row.size = file.info ? file.info->size : 0;
        if (file.was_answered) {
            const Asked::Answered answered = asked_.take();
            row.size = answered.size;
            row.remembered = answered.is_remembered && is_valid;  // Pins may say no.
        }
        tally_.count(row);
        failure_ = keep(file);
        const policy::Next next = tell_(row);
        if (!failure_) {
            return policy::Next::stop;
        }
        if (next == policy::Next::stop || (options_.fail_fast && !is_valid)) {
            tally_.stopped = true;
            return policy::Next::stop;
        }
        return policy::Next::go_on;
    }

    // What is remembered and compared of a VALID file.
    Result<> keep(const policy::JudgedFile& file) {
        if (!file.report || !file.report->is_valid() || !file.report->history) {
            return {};
        }
        if (options_.cache != nullptr && file.info && !file.was_answered) {
            options_.cache->put(*file.info, file.opened_at,
                                {*file.report, file.report->history->file_hash});
        }
        return ledger_ == nullptr
                   ? Result<>()
                   : ledger_->add(file.path, file.report->file_id, *file.report->history);
    }

    Env& env_;
    const trust::Registry& registry_;
    const VerifyOptions& options_;
    const RowSink& tell_;
    Ledger* ledger_;
    Asked asked_;
    Tally tally_;
    Result<> failure_;
};

}  // namespace

void Tally::count(const Row& row) noexcept {
    if (!row.report) {
        ++unreadable;
    } else {
        ++(row.report->is_valid() ? valid : invalid);
    }
    remembered += row.remembered ? 1 : 0;
    bytes += row.size;
}

Result<Tally> verify(Env& env, Names& names, const trust::Registry& registry,
                     const VerifyOptions& options, const RowSink& tell, Ledger* ledger) {
    auto tally = Run(env, names, registry, options, tell, ledger).run();
    if (options.cache != nullptr) {
        options.cache->flush();
    }
    return tally;
}

}  // namespace aion::archive
