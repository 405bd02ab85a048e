// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/verify.hpp"

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
        ++given_;
        policy::FileToJudge file{.path = std::move(name->path), .tag = name->position};
        if (name->error) {
            file.answer = fail(*std::move(name->error));
        } else if (options_.cache != nullptr) {
            remember(file);
        }
        return file;
    }

    // When nobody asks any more and so many were told: whether there is another.
    [[nodiscard]] bool has_more_than(std::uint64_t told) {
        return given_ != told || names_.next().has_value();
    }

  private:
    // Whatever is in the way of an answer will be met again by whoever judges the file.
    void remember(policy::FileToJudge& file) {
        const auto info = env_.info(file.path);
        if (!info || !*info || (*info)->kind != FileKind::regular) {
            return;
        }
        if (auto found = options_.cache->find(**info)) {
            if (options_.rehash) {
                file.only_if = found->history->file_hash;
            }
            file.answer = *std::move(found);
            file.info = **info;
        }
    }

    Env& env_;
    Names& names_;
    const VerifyOptions& options_;
    std::uint64_t given_ = 0;
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
        tally_.stopped = tally_.stopped && asked_.has_more_than(tally_.files());
        return tally_;
    }

  private:
    policy::Next take(const policy::JudgedFile& file) {
        Row row{.path = file.path, .report = file.report};
        const bool is_valid = file.report && file.report->is_valid();
        row.size = file.info ? file.info->size : 0;
        row.remembered = file.was_answered && is_valid;  // Pins may say no.
        row.position = file.tag;
        // What could not be looked into has an answer without a file.
        row.is_in_every_part = file.tag != 0 && file.was_answered && !file.info;
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
            options_.cache->put(*file.info, file.opened_at, *file.report);
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
