// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/verify.hpp"

#include <deque>
#include <mutex>
#include <utility>

#include "base/try.hpp"

namespace aion::archive {
namespace {

constexpr ReadOptions regular_files{.regular_only = true};

// The names, each with what is known of its file without judging it.
class Asked final : public policy::FilesToJudge {
  public:
    Asked(Env& env, Names& names, const VerifyOptions& options)
        : env_(env), names_(names), options_(options) {}

    [[nodiscard]] std::optional<policy::FileToJudge> next() override {
        std::optional<Name> name = names_.next();
        if (!name) {
            return std::nullopt;
        }
        {
            const std::scoped_lock lock(mutex_);
            given_.push_back({name->position, name->position != 0 && name->error.has_value()});
        }
        if (name->error) {
            return policy::FileToJudge{std::move(name->path), fail(*std::move(name->error))};
        }
        policy::FileToJudge file{std::move(name->path)};
        if (options_.cache != nullptr) {
            remember(file);
        }
        return file;
    }

    struct Place {
        std::uint64_t position = 0;
        bool is_in_every_part = false;
    };

    // That of the file that is told next. They are told in the order of their names.
    [[nodiscard]] Place take() {
        const std::scoped_lock lock(mutex_);
        const Place place = given_.front();
        given_.pop_front();
        return place;
    }

    // When all that are told were told: whether there is another.
    [[nodiscard]] bool has_more() { return !given_.empty() || names_.next().has_value(); }

  private:
    // Whatever is in the way of an answer will be met again by whoever judges the file.
    void remember(policy::FileToJudge& file) {
        const auto info = env_.info(file.path);
        if (!info || !*info || (*info)->kind != FileKind::regular) {
            return;
        }
        if (std::optional<ResultCache::Found> found = options_.cache->find(**info)) {
            file.answer = std::move(found->report);
            file.info = **info;
            if (options_.rehash) {
                file.only_if = found->content;
            }
        }
    }

    Env& env_;
    Names& names_;
    const VerifyOptions& options_;
    std::mutex mutex_;         // `next` is called on any thread.
    std::deque<Place> given_;  // Not told yet.
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
        tally_.stopped = tally_.stopped && asked_.has_more();
        return tally_;
    }

  private:
    policy::Next take(const policy::JudgedFile& file) {
        Row row{.path = file.path, .report = file.report};
        const bool is_valid = file.report && file.report->is_valid();
        row.size = file.info ? file.info->size : 0;
        row.remembered = file.was_answered && is_valid;  // Pins may say no.
        const auto [position, is_in_every_part] = asked_.take();
        row.position = position;
        row.is_in_every_part = is_in_every_part;
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
