// SPDX-License-Identifier: MIT OR Apache-2.0
// The files that a source gave and nobody has taken yet.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "aion/policy/verify_many.hpp"

namespace aion::policy {

/// Roughly what a report takes beside its own size, in bytes.
[[nodiscard]] inline std::size_t weight_of(const VerificationReport& report) {
    constexpr std::size_t finding_bytes = 256;
    return finding_bytes * (report.findings.size() + report.temporal_warnings.size()) +
           (report.history ? sizeof(Hash) * report.history->version_hashes.size() : 0);
}

/// Asks for files ahead of need. All but `mutex` is to be called with that locked.
class AskedFiles {
  public:
    /// `most_weight`: how much answers may weigh that nobody has taken.
    AskedFiles(FilesToJudge& files, std::size_t most_weight)
        : files_(files), most_weight_(most_weight) {}

    [[nodiscard]] std::mutex& mutex() noexcept { return mutex_; }

    /// How many there are to be taken, having asked for so many while `may_ask` says so.
    template <class MayAsk>
    std::size_t ask_for(std::size_t count, const MayAsk& may_ask) {
        while (asked_.size() < count && weight_ < most_weight_ && !has_ended_ && may_ask()) {
            if (std::optional<FileToJudge> next = files_.next()) {
                asked_.push_back(*std::move(next));
                weight_ += weight_of(asked_.back());
            } else {
                has_ended_ = true;
            }
        }
        return asked_.size();
    }

    /// The first one; there must be one.
    [[nodiscard]] FileToJudge take() {
        FileToJudge first = std::move(asked_.front());
        asked_.pop_front();
        weight_ -= weight_of(first);
        return first;
    }

    [[nodiscard]] const FileToJudge& first() const { return asked_.front(); }

  private:
    static std::size_t weight_of(const FileToJudge& file) {
        return file.answer && *file.answer ? policy::weight_of(**file.answer) : 0;
    }

    std::mutex mutex_;
    FilesToJudge& files_;
    std::deque<FileToJudge> asked_;
    std::size_t most_weight_;
    std::size_t weight_ = 0;
    bool has_ended_ = false;  // `files_` has.
};

}  // namespace aion::policy
